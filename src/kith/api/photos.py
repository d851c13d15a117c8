"""Photos: taken in, and served to whoever may see what they are attached to."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import File, Router, UploadedFile

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer
from kith.api.cards import Photo
from kith.api.fields import PathId
from kith.media.queries import photo_file
from kith.media.services import MOST_BYTES, take_in_photo
from kith.people.tokens import Scope
from kith.sharing import queries

router = Router(tags=["Photos"])

OPEN = Access(None)
UPLOADS = Access(
    Scope.CIRCLE_WRITE, writes=True, takes="multipart/form-data", most_bytes=MOST_BYTES + 64 * 1024
)
WEBP = {"content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}}}


@router.post("/photos", auth=UPLOADS, response={201: Photo})
def upload_photo(request: ApiRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take a photo in, for a share that is yet to be written. Nothing is kept of it but its pixels."""
    return answer(Photo, take_in_photo(request.viewer, file=file), status=201)


@router.get(
    "/photos/{id:photo_id}", auth=OPEN, response={200: None}, openapi_extra={"responses": {200: WEBP}}
)
def get_photo(
    request: ApiRequest, photo_id: PathId, size: Literal["large", "medium", "small"] = "large"
) -> HttpResponse:
    """A photo of the caller's own, or on a share they may see."""
    photo = queries.find_shared_photo(request.viewer, photo_id=photo_id)
    return HttpResponse(photo_file(photo, size=size), content_type="image/webp")

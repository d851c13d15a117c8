"""Photos: what goes in, and that nothing but the picture comes out."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from django.conf import settings
from PIL import Image

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.queries import find_stray_files, get_own_photo, open_photo
from kith.media.services import SIZES, PhotoRefused, erase_photos, take_in_photo
from kith.people.models import Person
from tests.shop.goods import NOON

pytestmark = pytest.mark.django_db
SECRET = b"31.2304N 121.4737E"


@pytest.fixture
def mei(settings: Any, tmp_path: Path) -> Viewer:
    settings.MEDIA_ROOT = tmp_path
    return Viewer(Person.objects.create_user("mei", display_name="Mei").pk, NOON)


def exif_with_place(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Kith Camera 9000"
    exif[0x9286] = SECRET
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 13.0, 49.0), "E", (121.0, 28.0, 25.0)
    return exif


def picture(width: int = 2000, height: int = 1000) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def encoded(image: Image.Image, form: str, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


def upload(form: str = "JPEG", orientation: int = 1) -> io.BytesIO:
    return encoded(picture(), form, exif=exif_with_place(orientation))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_metadata_survives_in_any_size(mei: Viewer, form: str) -> None:
    file = upload(form)
    assert b"Kith Camera" in file.getvalue() or form == "PNG"
    photo = take_in_photo(mei, file=file)
    for size, side in SIZES.items():
        with open_photo(photo, size) as stored:
            data = stored.read()
        copy = Image.open(io.BytesIO(data))
        assert copy.format == "WEBP"
        assert max(copy.size) == side
        assert not dict(copy.getexif())
        assert not {"exif", "xmp", "icc_profile"} & copy.info.keys()
        assert SECRET not in data
        assert b"Kith Camera" not in data
        assert b"EXIF" not in data


def test_it_stands_upright(mei: Viewer) -> None:
    photo = take_in_photo(mei, file=upload("JPEG", orientation=6))
    assert (photo.width, photo.height) == (800, 1600)
    with open_photo(photo, "small") as stored:
        copy = Image.open(stored).convert("RGB")
    red, _, blue = copy.getpixel((40, 10))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


def test_a_small_photo_is_not_blown_up(mei: Viewer) -> None:
    photo = take_in_photo(mei, file=encoded(picture(40, 20), "PNG"))
    assert (photo.width, photo.height) == (40, 20)


def test_what_is_transparent_becomes_white(mei: Viewer) -> None:
    photo = take_in_photo(mei, file=encoded(Image.new("RGBA", (30, 30), (0, 0, 0, 0)), "PNG"))
    with open_photo(photo, "large") as stored:
        assert Image.open(stored).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA"])
def test_odd_kinds_of_colour(mei: Viewer, mode: str) -> None:
    image = Image.new("I;16", (30, 30)) if mode == "I;16" else picture(30, 30).convert(mode)
    take_in_photo(mei, file=encoded(image, "JPEG" if mode == "CMYK" else "PNG"))


def bomb() -> bytes:
    """A PNG of some hundred kilobytes that claims to be 30,000 pixels in the square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (30_000).to_bytes(4, "big")
    head = chunk(b"IHDR", side + side + bytes([1, 0, 0, 0, 0]))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(112_530_000))) + chunk(b"IEND", b"")
    )


REFUSED: dict[str, Callable[[], bytes]] = {
    "a bomb": bomb,
    "cut off": lambda: upload().getvalue()[:5000],
    "a cut-off HEIC": lambda: upload("HEIF").getvalue()[:600],
    "nothing": lambda: b"",
    "SVG": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "HTML behind a JPEG's first bytes": lambda: b"\xff\xd8\xff\xe0<html><script>alert(1)</script>",
    "a GIF": lambda: encoded(picture(10, 10), "GIF").getvalue(),
    "a TIFF": lambda: encoded(picture(10, 10), "TIFF").getvalue(),
    "more than 20 MB": lambda: upload().getvalue() + bytes(21 * 1024 * 1024),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_sentence_and_nothing_left_behind(mei: Viewer, what: str) -> None:
    file = io.BytesIO(REFUSED[what]())
    with pytest.raises(PhotoRefused) as refusal:
        take_in_photo(mei, file=file)
    assert str(refusal.value).endswith((".", "。"))
    assert file.closed
    assert not Photo.objects.unguarded("a test counts").exists()
    assert not list(Path(settings.MEDIA_ROOT).iterdir())


def test_markup_hidden_behind_a_real_photo_does_not_come_out(mei: Viewer) -> None:
    file = io.BytesIO(upload().getvalue() + b"<script>alert(1)</script>")
    photo = take_in_photo(mei, file=file)
    for size in SIZES:
        with open_photo(photo, size) as stored:
            assert b"<script>" not in stored.read()


def test_the_upload_is_closed_and_names_tell_nothing(mei: Viewer) -> None:
    file = upload()
    photo = take_in_photo(mei, file=file)
    assert file.closed
    names = {path.name for path in Path(settings.MEDIA_ROOT).iterdir()}
    assert names == {f"{photo.name}-{size}.webp" for size in SIZES}
    assert len(photo.name) == 32


def test_a_photo_is_its_owners_alone(mei: Viewer) -> None:
    photo = take_in_photo(mei, file=upload())
    eve = Viewer(Person.objects.create_user("eve", display_name="Eve").pk, NOON)
    assert get_own_photo(mei, photo_id=photo.pk) == photo
    for other in (eve, Viewer(None, NOON)):
        with pytest.raises(NotThere):
            get_own_photo(other, photo_id=photo.pk)


def test_only_sizes_that_there_are(mei: Viewer) -> None:
    photo = take_in_photo(mei, file=upload())
    for size in ("huge", "../small", ""):
        with pytest.raises(NotThere):
            open_photo(photo, size)


def test_erasing_takes_the_files(mei: Viewer, django_capture_on_commit_callbacks: Any) -> None:
    photo = take_in_photo(mei, file=upload())
    assert not find_stray_files(Path(settings.MEDIA_ROOT))
    with django_capture_on_commit_callbacks(execute=True):
        erase_photos([photo])
    assert not list(Path(settings.MEDIA_ROOT).iterdir())
    assert not Photo.objects.unguarded("a test counts").exists()


def test_heic_can_be_read_here() -> None:
    assert pillow_heif.is_supported(upload("HEIF"))

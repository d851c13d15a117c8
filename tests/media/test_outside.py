"""Photos for strangers: faces blurred, never the same photo on both sides, nothing left behind."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image, ImageChops, ImageOps, ImageStat

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.detectors.alike import NOTHING, fingerprint_of
from kith.detectors.faces import Box, find_faces
from kith.media import services
from kith.media.models import Photo
from kith.media.queries import find_stray_files, get_own_photo, open_photo, photo_file
from kith.media.services import (
    SIZES,
    PhotoKnown,
    PhotoRefused,
    erase_photos,
    fingerprint_photos,
    path_of,
    take_in_photo,
)
from kith.media.veil import veil
from kith.people.models import Person
from tests.media.drawn import FACE, crowd, portrait, scene
from tests.shop.goods import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
INSIDE, OUTSIDE = False, True


@pytest.fixture
def mei(settings: Any, tmp_path: Path) -> Viewer:
    settings.MEDIA_ROOT = tmp_path
    return Viewer(Person.objects.create_user("mei", display_name="Mei").pk, NOON)


def sent(image: Image.Image, form: str = "JPEG", **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


def take(viewer: Viewer, image: Image.Image, outside: bool) -> Photo:
    return take_in_photo(viewer, file=sent(image), outside=outside)


def copy(photo: Photo, size: str = "large", *, veiled: bool = False) -> Image.Image:
    return Image.open(io.BytesIO(photo_file(photo, size=size, veiled=veiled))).convert("RGB")


def files() -> set[str]:
    return {path.name for path in Path(settings.MEDIA_ROOT).iterdir()}


# --- Faces -----------------------------------------------------------------------------------------


def test_outside_a_face_cannot_be_made_out_on_any_veiled_size(mei: Viewer) -> None:
    photo = take(mei, portrait(), OUTSIDE)
    assert photo.veiled not in {"", photo.name}
    assert len(photo.veiled) == 32
    assert find_faces(copy(photo))
    for size in SIZES:
        plain, veiled = copy(photo, size), copy(photo, size, veiled=True)
        assert plain.size == veiled.size
        assert not find_faces(veiled)
        assert likeness_of_faces(plain, veiled) < 0.5


def likeness_of_faces(plain: Image.Image, veiled: Image.Image) -> float:
    """How much of the features' light and dark is left: 1 all, 0 none."""
    scale = plain.width / 600
    eyes_to_mouth = (225, 270, 380, 465)
    left, top, right, bottom = (round(edge * scale) for edge in eyes_to_mouth)
    features = [image.convert("L").crop((left, top, right, bottom)) for image in (plain, veiled)]
    spread = [ImageStat.Stat(image).stddev[0] for image in features]
    return spread[1] / spread[0]


def test_every_face_of_a_group_is_veiled_and_the_rest_is_left(mei: Viewer) -> None:
    image, _ = crowd()
    photo = take(mei, image, OUTSIDE)
    assert find_faces(copy(photo))
    assert not find_faces(copy(photo, veiled=True))
    corner = (0, 0, 500, 400)
    apart = ImageChops.difference(copy(photo).crop(corner), copy(photo, veiled=True).crop(corner))
    assert max(high for _, high in apart.getextrema()) <= 4  # type: ignore[misc]


def test_a_photo_without_faces_has_nothing_to_veil(mei: Viewer) -> None:
    photo = take(mei, scene(1), OUTSIDE)
    assert photo.veiled == ""
    assert photo_file(photo, size="small", veiled=True) == photo_file(photo, size="small")
    assert len(files()) == len(SIZES)


def test_inside_nobody_is_veiled(mei: Viewer) -> None:
    photo = take(mei, portrait(), INSIDE)
    assert photo.veiled == ""
    assert len(files()) == len(SIZES)


def test_a_face_is_veiled_upright_when_the_photo_lay_on_its_side(mei: Viewer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: shown a quarter to the right
    lying = portrait().rotate(90, expand=True)
    photo = take_in_photo(mei, file=sent(lying, exif=exif), outside=True)
    assert (photo.width, photo.height) == (600, 700)
    assert not find_faces(copy(photo, veiled=True))
    assert likeness_of_faces(copy(photo), copy(photo, veiled=True)) < 0.5


def test_veiling_reaches_beyond_the_box_and_leaves_the_picture_it_was_given() -> None:
    image = scene(2)
    before = image.tobytes()
    box = Box(300, 200, 400, 300)
    done = veil(image, [box])
    assert image.tobytes() == before
    changed = ImageChops.difference(image, done).getbbox()
    assert changed is not None
    left, top, right, bottom = changed
    assert left < 295
    assert top < 195
    assert right > 405
    assert bottom > 305
    assert left >= 300 - 40
    assert right <= 400 + 40


def test_a_box_at_the_edge_is_veiled_to_the_edge() -> None:
    image = portrait().crop((FACE[0], FACE[1], FACE[2], FACE[3]))
    whole = Box(0, 0, image.width, image.height)
    grey, done = image.convert("L"), veil(image, [whole]).convert("L")
    for corner in ((0, 0, 20, 20), (image.width - 20, image.height - 20, image.width, image.height)):
        assert ImageStat.Stat(done.crop(corner)).stddev[0] < 20
    assert ImageStat.Stat(done).stddev[0] < ImageStat.Stat(grey).stddev[0]


def test_the_tiniest_face_is_no_error() -> None:
    assert veil(scene(1), [Box(0, 0, 1, 1), Box(799, 599, 800, 600)]).size == (800, 600)


# --- The same photo on both sides --------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [(INSIDE, OUTSIDE), (OUTSIDE, INSIDE)])
@pytest.mark.parametrize("change", [lambda image: image, ImageOps.mirror, lambda image: image.reduce(2)])
def test_a_photo_on_the_other_side_is_noticed(
    mei: Viewer, first: bool, second: bool, change: Callable[[Image.Image], Image.Image]
) -> None:
    take(mei, portrait(), first)
    before = files()
    with pytest.raises(PhotoKnown) as refusal:
        take(mei, change(portrait()), second)
    assert isinstance(refusal.value, PhotoRefused)
    assert refusal.value.code == "photo-known-elsewhere"
    with translation.override("en"):
        reason = str(refusal.value)
    assert ("friends" in reason) == second
    assert "choose another" in reason
    assert files() == before
    assert Photo.objects.unguarded("a test counts").count() == 1


@pytest.mark.parametrize("side", [INSIDE, OUTSIDE])
def test_on_one_side_a_photo_may_be_used_again(mei: Viewer, side: bool) -> None:
    take(mei, scene(1), side)
    take(mei, scene(1), side)


def test_another_photo_and_another_persons_photo_are_no_matter(mei: Viewer) -> None:
    eve = Viewer(Person.objects.create_user("eve", display_name="Eve").pk, NOON)
    take(mei, scene(1), INSIDE)
    take(eve, scene(1), OUTSIDE)
    take(mei, scene(2), OUTSIDE)


def test_a_photo_that_was_erased_is_forgotten(mei: Viewer) -> None:
    erase_photos([take(mei, scene(1), INSIDE)])
    take(mei, scene(1), OUTSIDE)


def test_plain_pictures_are_never_the_same(mei: Viewer) -> None:
    grey = Image.new("RGB", (300, 300), "grey")
    assert take(mei, grey, INSIDE).fingerprint == NOTHING
    assert take(mei, grey, OUTSIDE).fingerprint == NOTHING


def without_fingerprint(viewer: Viewer, image: Image.Image) -> Photo:
    photo = take(viewer, image, INSIDE)
    Photo.objects.unguarded("a test makes it old").filter(pk=photo.pk).update(fingerprint=None)
    return photo


def test_a_photo_from_before_fingerprints_is_noticed_too(mei: Viewer) -> None:
    without_fingerprint(mei, scene(1))
    with pytest.raises(PhotoKnown):
        take(mei, scene(1), OUTSIDE)


def test_fingerprints_of_old_photos_are_made_up_for_some_at_a_time(mei: Viewer) -> None:
    old = [without_fingerprint(mei, scene(seed)) for seed in range(3)]
    path_of(old[1].name, "large").unlink()
    path_of(old[2].name, "large").write_bytes(b"not a photo")
    assert fingerprint_photos(limit=2) == 2
    assert fingerprint_photos(limit=2) == 1
    assert fingerprint_photos(limit=2) == 0
    for photo in old:
        photo.refresh_from_db()
    assert old[0].fingerprint == fingerprint_of(copy(old[0])) != NOTHING
    assert [photo.fingerprint for photo in old[1:]] == [NOTHING, NOTHING]


# --- Sides, files and failures -------------------------------------------------------------------------


def test_a_photo_is_found_on_its_own_side_only(mei: Viewer) -> None:
    for side in (INSIDE, OUTSIDE):
        photo = take(mei, scene(side), side)
        assert get_own_photo(mei, photo_id=photo.pk, outside=side) == photo
        with pytest.raises(NotThere):
            get_own_photo(mei, photo_id=photo.pk, outside=not side)


def test_erasing_takes_both_sets_and_neither_is_stray(
    mei: Viewer, django_capture_on_commit_callbacks: Any
) -> None:
    photo = take(mei, portrait(), OUTSIDE)
    assert files() == {f"{name}-{size}.webp" for name in (photo.name, photo.veiled) for size in SIZES}
    assert find_stray_files(Path(settings.MEDIA_ROOT)) == set()
    Path(settings.MEDIA_ROOT, "left-over-small.webp").write_bytes(b"")
    assert find_stray_files(Path(settings.MEDIA_ROOT)) == {"left-over"}
    with django_capture_on_commit_callbacks(execute=True):
        erase_photos([photo])
    assert files() == {"left-over-small.webp"}


def test_veiled_copies_only_in_sizes_that_there_are_and_while_they_are_there(mei: Viewer) -> None:
    photo = take(mei, portrait(), OUTSIDE)
    with pytest.raises(NotThere):
        open_photo(photo, "huge", veiled=True)
    path_of(photo.veiled, "small").unlink()
    with pytest.raises(NotThere):  # never the plain one in its place
        open_photo(photo, "small", veiled=True)


@pytest.mark.parametrize("what", ["find_faces", "fingerprint_of", "veil", "is_known", "lock_people"])
def test_whatever_fails_nothing_is_left_behind(
    mei: Viewer, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def fails(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(services, what, fails)
    with pytest.raises(OSError, match="full"):
        take(mei, portrait(), OUTSIDE)
    assert not Photo.objects.unguarded("a test counts").exists()
    assert not Path(settings.MEDIA_ROOT).exists() or not files()


def test_a_disk_that_fills_up_in_the_second_set_leaves_neither(
    mei: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[str] = []
    store = services._store

    def fills_up(upright: Image.Image, name: str) -> None:
        stored.append(name)
        store(upright, name)
        if len(stored) == 2:
            raise OSError("the disk is full")

    monkeypatch.setattr(services, "_store", fills_up)
    with pytest.raises(OSError, match="full"):
        take(mei, portrait(), OUTSIDE)
    assert len(stored) == 2
    assert not files()

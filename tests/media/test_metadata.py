"""Nothing but pixels comes out, whatever was packed into the file: on every size, plain and veiled."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from kith.core.guard import Viewer
from kith.media.queries import photo_file
from kith.media.services import SIZES, take_in_photo
from kith.people.models import Person
from tests.media.drawn import portrait, scene
from tests.shop.goods import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PLACE, CAMERA, WORDS = b"31.2304N 121.4737E", b"Kith Camera 9000", b"taken at home by Mei"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description dc:creator="' + WORDS + b'"/></x:xmpmeta>'


@pytest.fixture
def mei(settings: Any, tmp_path: Path) -> Viewer:
    settings.MEDIA_ROOT = tmp_path
    return Viewer(Person.objects.create_user("mei", display_name="Mei").pk, NOON)


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x010F], found[0x9286], found[0x010E] = CAMERA.decode(), PLACE, WORDS.decode()
    gps = found.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 13.0, 49.0), "E", (121.0, 28.0, 25.0)
    return found


def icc() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    portrait().save(file, form, **options)
    return file.getvalue()


def with_text() -> bytes:
    text = PngInfo()
    text.add_text("Comment", WORDS.decode())
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    text.add_text("Packed", (PLACE * 9).decode(), zip=True)
    return saved("PNG", pnginfo=text, exif=exif(), icc_profile=icc())


def with_thumbnail() -> bytes:
    """A JPEG whose EXIF holds a little JPEG of another picture, as cameras write it, and a comment."""
    little = io.BytesIO()
    scene(9, (160, 120)).save(little, "JPEG", comment=WORDS)
    packed = exif().tobytes() + little.getvalue()
    return saved("JPEG", exif=packed, comment=WORDS, xmp=XMP, icc_profile=icc())


FILES: dict[str, Callable[[], bytes]] = {
    "JPEG with place, XMP, profile, comment": lambda: saved(
        "JPEG", exif=exif(), xmp=XMP, icc_profile=icc(), comment=WORDS
    ),
    "JPEG with a thumbnail": with_thumbnail,
    "PNG with text": with_text,
    "HEIC": lambda: saved("HEIF", exif=exif().tobytes(), xmp=XMP),
    "WebP": lambda: saved("WEBP", exif=exif(), xmp=XMP, icc_profile=icc()),
    "several frames (MPO)": lambda: saved(
        "MPO", save_all=True, append_images=[scene(9, (600, 700))], exif=exif()
    ),
    "several frames (WebP)": lambda: saved(
        "WEBP", save_all=True, append_images=[scene(9, (600, 700))], exif=exif(), xmp=XMP
    ),
}


def chunks(webp: bytes) -> list[bytes]:
    """The kinds of what a WebP file is made of."""
    assert webp[:4] == b"RIFF"
    assert webp[8:12] == b"WEBP"
    found, at = [], 12
    while at < len(webp):
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        found.append(webp[at : at + 4])
        at += 8 + length + length % 2
    return found


@pytest.mark.parametrize("what", FILES)
def test_each_file_holds_the_first_picture_and_nothing_else(mei: Viewer, what: str) -> None:
    data = FILES[what]()
    assert any(secret in data for secret in (PLACE, CAMERA, WORDS)), "the test's own file tells nothing"
    photo = take_in_photo(mei, file=io.BytesIO(data), outside=True)
    assert photo.veiled
    for veiled in (False, True):
        for size in SIZES:
            stored = photo_file(photo, size=size, veiled=veiled)
            assert chunks(stored) == [b"VP8 "]
            for secret in (PLACE, CAMERA, WORDS, b"Exif", b"xmp", b"ICC", b"JFIF"):
                assert secret not in stored
            copy = Image.open(io.BytesIO(stored))
            assert getattr(copy, "n_frames", 1) == 1
            assert not copy.getexif()
    first = Image.open(io.BytesIO(photo_file(photo, size="large"))).convert("RGB")
    for spot in ((20, 20), (300, 140), (300, 690)):
        shown, meant = first.getpixel(spot), portrait().getpixel(spot)
        assert all(abs(a - b) < 24 for a, b in zip(shown, meant, strict=True))  # type: ignore[arg-type]

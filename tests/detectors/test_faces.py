"""Faces are found where they are, and nothing else is; what it costs is paid by who uploads."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PIL import Image

from kith.detectors import faces
from kith.detectors.faces import Box, find_faces
from tests.media.drawn import FACE, Spot, crowd, portrait, scene


def covers(box: Box, face: Spot) -> bool:
    """From brows to mouth and from eye to eye: what somebody is known by."""
    left, top, right, bottom = face
    wide, high = right - left, bottom - top
    return (
        box.left <= left + wide * 0.2
        and box.right >= right - wide * 0.2
        and box.top <= top + high * 0.4
        and box.bottom >= bottom - high * 0.15
    )


def test_one_face_is_one_box_around_it() -> None:
    (found,) = find_faces(portrait())
    assert covers(found, FACE)
    assert found.area < 600 * 700 / 2


def test_each_face_in_a_group_is_found_large_or_small() -> None:
    image, there = crowd()
    found = find_faces(image)
    assert len(found) == len(there)
    for face in there:
        assert any(covers(box, face) for box in found)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_that_lies_on_its_side(degrees: int) -> None:
    assert find_faces(portrait().rotate(degrees, expand=True))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_any_kind_of_colour(mode: str) -> None:
    assert find_faces(portrait().convert(mode))


def test_a_face_at_the_edge_stays_within_the_picture() -> None:
    cut = portrait().crop((0, 0, 330, 700))
    for box in find_faces(cut):
        assert 0 <= box.left < box.right <= 330
        assert 0 <= box.top < box.bottom <= 700


@pytest.mark.parametrize("seed", range(4))
def test_no_faces_where_there_are_none(seed: int) -> None:
    assert find_faces(scene(seed)) == ()


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (200, 200)])
def test_nothing_in_an_empty_picture(size: tuple[int, int]) -> None:
    assert find_faces(Image.new("RGB", size, "grey")) == ()


def test_boxes_that_share_most_become_one_around_both() -> None:
    one, two, away = Box(0, 0, 10, 10), Box(2, 2, 14, 12), Box(30, 30, 40, 40)
    assert faces._merged([one, away, two]) == (Box(0, 0, 14, 12), away)


def test_it_takes_one_core_and_not_all() -> None:
    assert faces._model().get_session_options().intra_op_num_threads == 1


def test_pages_without_uploads_pay_nothing() -> None:
    program = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
import kith.media.services, kith.media.queries, kith.detectors.risk, kith.api.photos, kith.web.circle_write
heavy = {"onnxruntime", "numpy", "scipy", "imagehash", "cv2", "nudenet"} & sys.modules.keys()
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr

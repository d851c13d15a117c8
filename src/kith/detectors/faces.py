"""Where faces are in a picture.

The model is the small one that NudeNet ships in its wheel (YOLOv8n, MIT); nothing is fetched. It is run
here and not through NudeNet's own class, because that takes every core, reduces each picture to 320
pixels, where a face in a group is lost, and needs OpenCV, whose fifth version dropped parts of its API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

SIDES = (320, 640, 1280)
"""Each picture is looked at in these sizes: the first finds faces that fill it, the last those that are
some 30 pixels wide in 1600. All three take 0.3 s on one core."""
ENOUGH = 0.2
"""From this score on it is taken for a face. Low, since a lamp that is blurred harms nobody."""
FACE_ROWS = (4 + 1, 4 + 12)
"""FACE_FEMALE and FACE_MALE among the model's eighteen labels; the rows before them are the box."""
SAME_FACE = 0.4
"""Two boxes are one face if they share this much of the smaller one."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture in pixels; right and bottom lie outside, as in Pillow."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def around(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def shared_with(self, other: Box) -> float:
        """How much of the smaller box lies in the larger one, 0 to 1."""
        both = Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        smaller = min(self.area, other.area)
        return both.area / smaller if smaller and both.left < both.right else 0.0


def find_faces(image: Image.Image) -> tuple[Box, ...]:
    """Find faces in an upright picture, from forehead to chin.

    It finds most and not all: those narrower than a fiftieth of the picture, and many that are
    turned away or covered, are missed.
    """
    if not min(image.size):
        return ()
    colours = image.convert("RGB")
    sides = [side for side in SIDES if side == SIDES[0] or side <= 2 * max(image.size)]
    return _merged(box for side in sides for box in _look(colours, side))


def _look(image: Image.Image, side: int) -> Iterable[Box]:
    """Ask the model about the picture reduced to `side` pixels, on a black square as it was trained on."""
    import numpy as np

    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    square = Image.new("RGB", (side, side))
    square.paste(image.resize((width, height), Image.Resampling.BILINEAR))
    pixels = (np.asarray(square, dtype=np.float32) / 255).transpose(2, 0, 1)[None]
    found = _model().run(None, {"images": np.ascontiguousarray(pixels)})[0][0]
    scores = np.maximum(found[FACE_ROWS[0]], found[FACE_ROWS[1]])
    likely = np.flatnonzero(scores >= ENOUGH)
    for column in likely[np.argsort(-scores[likely])]:
        x, y, wide, high = (float(value) / scale for value in found[:4, column])
        box = Box(
            max(0, round(x - wide / 2)),
            max(0, round(y - high / 2)),
            min(image.width, round(x + wide / 2)),
            min(image.height, round(y + high / 2)),
        )
        if box.left < box.right and box.top < box.bottom:
            yield box


def _merged(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """One box for each face, around all that were found of it."""
    faces: list[Box] = []
    for box in boxes:
        whole = box
        while same := next((face for face in faces if face.shared_with(whole) >= SAME_FACE), None):
            faces.remove(same)
            whole = whole.around(same)
        faces.append(whole)
    return tuple(sorted(faces, key=lambda face: (face.top, face.left)))


@cache
def _model() -> Any:
    """Load the model once for each process: 0.1 s, and 60 MB from then on."""
    import onnxruntime

    package = find_spec("nudenet")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("nudenet, which brings the model of faces, is not installed")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # gives the memory of the largest picture back
    options.log_severity_level = 3
    path = Path(package.submodule_search_locations[0]) / "320n.onnx"
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

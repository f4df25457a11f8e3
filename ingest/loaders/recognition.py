"""Recognise the text in the picture of a page (OCR), with rapidocr and the models in its wheel.

Runs in the reading processes: sealed, limited, one thread each, since several pages are read side by side.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.loaders.lines import Cell, Line, RecognisedPage, clean

Pixels = NDArray[np.uint8]
"""A picture, shape (height, width, 3), blue green red."""

Corners = NDArray[np.float64]
"""Of lines, shape (lines, 4, 2): from the top left clockwise, x and y in pixels."""

LONGEST_SIDE = 2000
"""Pixels. An A4 page has 171 dots per inch then: enough for print of 6 points."""

DETECTION_SIDE = 1600
"""Pixels of the longer side for finding lines; reading them is done in the picture as it is."""

SURE_OF_LETTERS = 0.5
"""A dot of the picture belongs to a line from this share on."""

TALL = 1.5
"""A box this many times as high as wide holds a line that runs up or down."""

TURN_SAMPLE = 12
"""Lines that are asked which way up they stand."""

SURE_OF_TURN = 0.8
SAME_SIZE = 0.2
"""Boxes hug their letters, so heights of one print differ by this share."""

CELL_GAP = 1.5
"""A gap between two boxes of a row that is this many line heights wide parts two cells."""

GREY = (127, 127, 127)
SAME_ROW = 0.5
DIGITS = 2


class Box(NamedTuple):
    """A recognised line: places in points from the bottom left, after turning the page upright."""

    text: str
    score: float
    left: float
    right: float
    middle: float
    height: float


def is_installed() -> bool:
    return find_spec("rapidocr") is not None


def recognise(picture: Pixels, points_per_pixel: float) -> RecognisedPage:
    """The lines in the picture, which is turned upright by what stands in it. A picture without text gives no lines."""
    if picture.min() == picture.max():  # a blank page: looking for lines on it takes seconds
        return RecognisedPage()
    upright, found = _upright(picture)
    corners, texts, scores = _read(upright, found)
    if not texts:
        return RecognisedPage()
    boxes = list(_boxes(corners, [clean(text) for text in texts], scores, points_per_pixel, len(upright)))
    weight = sum(len(box.text) for box in boxes)
    confidence = sum(box.score * len(box.text) for box in boxes) / weight if weight else 0.0
    return RecognisedPage(tuple(_lines(boxes)), round(confidence, 3))


def _read(picture: Pixels, found: Corners) -> tuple[Corners, Sequence[str], Sequence[float]]:
    """Corners, texts and scores of the lines that were found. A few small words on a large page are seen only from near
    by."""
    corners, texts, scores = _read_lines(picture, found)
    half = len(picture) // 2
    if texts or half < DETECTION_SIDE // 2:
        return corners, texts, scores
    parts = (np.ascontiguousarray(picture[:half]), np.ascontiguousarray(picture[half:]))
    above, below = (_read(part, _detect(part)) for part in parts)
    return np.concatenate([above[0], below[0] + [0, half]]), (*above[1], *below[1]), (*above[2], *below[2])


def _read_lines(picture: Pixels, found: Corners) -> tuple[Corners, Sequence[str], Sequence[float]]:
    """As the engine itself does it, which would look for the lines once more before: that takes two seconds."""
    if not len(found):
        return np.zeros((0, 4, 2)), (), ()
    engine = _engine()
    lines, _ = engine.cls_and_rotate(engine.crop_text_regions(picture, found.astype(np.float32)))
    read = engine.recognize_txt([_with_room_behind(line) for line in lines])
    sure = [
        index
        for index, (text, score) in enumerate(zip(read.txts, read.scores, strict=True))
        if text.strip() and score >= engine.text_score
    ]
    return found[sure], [read.txts[index] for index in sure], [read.scores[index] for index in sure]


def _with_room_behind(line: Pixels) -> Pixels:
    """A full stop at the very edge would not be seen. Grey is what the engine fills up with: nothing, to its model."""
    import cv2

    room = line.shape[0] // 3
    return np.asarray(cv2.copyMakeBorder(line, 0, 0, 0, room, cv2.BORDER_CONSTANT, value=GREY), dtype=np.uint8)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    parameters: Mapping[str, Any] = {
        "Global.log_level": "critical",  # its messages quote the document
        "Global.max_side_len": LONGEST_SIDE,
        "Det.limit_type": "max",
        "Det.limit_side_len": DETECTION_SIDE,
        # Lines that stand close are not to grow together: two in one box are read as nonsense.
        "Det.use_dilation": False,
        "Det.thresh": SURE_OF_LETTERS,
        # Several lines at once are padded to the longest of them, which takes twice the memory and half as long again.
        "Rec.rec_batch_num": 1,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=dict(parameters))


def _upright(picture: Pixels) -> tuple[Pixels, Corners]:
    """Turned by the quarter turns that its lines call for, and where they stand then."""
    corners = _detect(picture)
    if not len(corners):
        return picture, corners
    tall = sum(_sides(box)[1] > TALL * _sides(box)[0] for box in corners)
    if tall > len(corners) / 2:
        picture = np.ascontiguousarray(np.rot90(picture))
        corners = _detect(picture)
    if not _stands_on_its_head(picture, corners):
        return picture, corners
    picture = np.ascontiguousarray(np.rot90(picture, 2))
    return picture, _detect(picture)


def _detect(picture: Pixels) -> Corners:
    boxes = _engine()(picture, use_det=True, use_cls=False, use_rec=False).boxes
    return np.zeros((0, 4, 2)) if boxes is None else np.asarray(boxes, dtype=np.float64)


def _sides(box: Corners) -> tuple[float, float]:
    """Width and height of a box that may stand askew."""
    return float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))


def _stands_on_its_head(picture: Pixels, corners: Corners) -> bool:
    """By the vote of its longest lines."""
    widest = sorted(corners, key=lambda box: _sides(box)[0], reverse=True)[:TURN_SAMPLE]
    votes = [vote for box in widest if (vote := _turn_of(_cut_out(picture, box))) is not None]
    return 2 * sum(votes) > len(votes)


def _turn_of(line: Pixels) -> bool | None:
    """Whether this line stands on its head; None when it does not tell."""
    if min(line.shape[:2]) < DIGITS:
        return None
    found = _engine()(line, use_det=False, use_cls=True, use_rec=False).cls_res
    if not found or found[0][1] < SURE_OF_TURN:
        return None
    return str(found[0][0]) == "180"


def _cut_out(picture: Pixels, box: NDArray[np.float64]) -> Pixels:
    """The line in the box, level: with a slanting line its neighbours would come along otherwise."""
    import cv2

    width, height = (max(1, round(side)) for side in _sides(box))
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    change = cv2.getPerspectiveTransform(box.astype(np.float32), level)
    return np.asarray(cv2.warpPerspective(picture, change, (width, height)), dtype=np.uint8)


def _boxes(corners: Corners, texts: Sequence[str], scores: Sequence[float], scale: float, height: int) -> Iterator[Box]:
    """The boxes as they would stand on a straight page: turned back by the slope that most of them have."""
    slopes = [np.arctan2(*(box[1] - box[0])[::-1]) for box in corners]
    slope = float(np.median(slopes)) if slopes else 0.0
    straighten = np.array([[np.cos(slope), np.sin(slope)], [-np.sin(slope), np.cos(slope)]])
    for box, text, score in zip(corners, texts, scores, strict=True):
        if text:
            placed = (box @ straighten.T) * scale
            middle = height * scale - float(placed[:, 1].mean())
            left, right = float(placed[:, 0].min()), float(placed[:, 0].max())
            yield Box(text, float(score), left, right, middle, _sides(box)[1] * scale)


def _lines(boxes: Sequence[Box]) -> Iterator[Line]:
    """Boxes that stand side by side make one line, with cells where the gaps are wide."""
    if not boxes:
        return
    usual = median(box.height for box in boxes)
    boxes = [box._replace(height=usual) if abs(box.height - usual) < SAME_SIZE * usual else box for box in boxes]
    for row in _rows(boxes):
        height = median(box.height for box in row)
        top = max(box.middle for box in row) + height / 2
        cells = list(_cells(row, CELL_GAP * height))
        line = Line("", top=top, height=height).cut_to(cells)
        yield replace(line, top=top)


def _rows(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """From the top down, each from left to right."""
    row: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.middle):
        if row and row[0].middle - box.middle > SAME_ROW * min(box.height, row[0].height):
            yield sorted(row, key=lambda box: box.left)
            row = []
        row.append(box)
    if row:
        yield sorted(row, key=lambda box: box.left)


def _cells(row: Sequence[Box], gap: float) -> Iterator[Cell]:
    cell = Cell(row[0].text, row[0].left, row[0].right)
    for box in row[1:]:
        if box.left - cell.right < gap:
            cell = Cell(f"{cell.text} {box.text}", cell.left, max(cell.right, box.right))
        else:
            yield cell
            cell = Cell(box.text, box.left, box.right)
    yield cell

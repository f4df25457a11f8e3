"""A letter as a scanner leaves it: one grey picture, a little crooked, with no text behind it."""

import io
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

RESOLUTION = 110
"""Dots per inch: a cheap office scanner's lowest setting."""

LETTER = """\
EASTMOOR WATER
Reservoir House, Fell Lane, Eastmoor



Calderwick Instruments Ltd
Service department
Millrace Works, Ashbeck

24 April 2026

Our reference: EW/WQ/0417


Drift of Heron 70 analysers at Scarfell treatment works


Dear Ms Nair,

four of the six Heron 70 analysers at Scarfell have drifted by more
than 0.08 mg/l within three weeks of calibration. Your engineer
replaced two membrane heads on 9 April, without lasting success.

We have gone back to taking samples by hand every four hours, which
costs us about 310 pounds a day. Please let us have six new heads from
another batch by 8 May, and tell us what was wrong with the old ones.

Until then we withhold payment of your invoice CI-26-0873.


Yours sincerely,



Rosalind Achterberg
Water Quality Manager
"""


def make(path: Path) -> None:
    scan = io.BytesIO()
    _scan(LETTER).save(scan, "JPEG", quality=45)
    scan.seek(0)
    canvas = Canvas(str(path), pagesize=A4, pageCompression=0, invariant=1)
    canvas.setTitle("Scan_20260428_1102")
    canvas.setProducer("OfficeScan 3.1")
    canvas.drawImage(ImageReader(scan), 0, 0, *A4)
    canvas.save()


def _scan(text: str) -> Image.Image:
    width, height = (round(side / 72 * RESOLUTION) for side in A4)
    page = Image.new("L", (width, height), 250)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=17)
    draw.multiline_text((width // 9, height // 14), text, fill=35, font=font, spacing=6)
    crooked = page.rotate(0.8, resample=Image.Resampling.BICUBIC, fillcolor=250)
    noise = Image.frombytes("L", (width // 2, height // 2), random.Random(1).randbytes((width // 2) * (height // 2)))
    grain = noise.point(lambda value: value // 14).resize((width, height), Image.Resampling.BILINEAR)
    return ImageChops.subtract(crooked, grain)

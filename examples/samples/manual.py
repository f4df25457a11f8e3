"""A maintenance manual with intervals, torques, error codes and a warning or two."""

from pathlib import Path

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, Rect, String
from reportlab.lib.pagesizes import A4
from reportlab.platypus import Flowable, PageBreak, Paragraph

from samples.paper import INK, SHADE, SMALL, TITLE, SampleDocument, flow, footer

ABOUT = """
Document AQ4-MM-EN, issue 5, November 2025. For meters with firmware 4.2 and later. Keep this manual with the meter.

# 1 About the meter

The Aquila 400 measures the flow of drinking water with two pairs of ultrasonic transducers. It has no moving parts.
The difference between the times that sound takes with and against the flow gives the velocity; the meter corrects it
for temperature and sums it to a volume.

| Characteristic | Value |
| Nominal diameters | DN50 to DN300 |
| Nominal pressure | PN16; PN25 on request |
| Temperature of the water | 0.1 to 50 °C |
| Ambient temperature | -25 to 55 °C |
| Accuracy | 1 % of reading from Q2 to Q4 |
| Ratio Q3/Q1 | 400 for DN50 to DN150, 250 for DN200 to DN300 |
| Protection | IP68, 2 m of water for 30 days |
| Battery life | 15 years at 15 °C with one telegram an hour |
| Straight pipe before and after | 3 diameters before, 2 diameters after |
| Data logger | 4,000 records; interval 1 minute to 24 hours |

## Safety

Only trained staff may open the meter. Close both valves and release the pressure before loosening a transducer: a
transducer under 16 bar leaves its seat like a bullet. Lithium batteries must not be charged, crushed or thrown into
fire. In chambers and manholes observe the rules for confined spaces.
"""

SCHEDULE = """
# 2 Maintenance schedule

| Task | Interval | Who |
| Read the error memory and battery level | every 6 months | operator |
| Inspect cable glands and seals | every 12 months | operator |
| Check zero flow | every 12 months | trained staff |
| Clean the transducers | every 36 months, or on error E-07 | trained staff |
| Replace the O-rings of the transducers | each time they are removed | trained staff |
| Calibrate | every 24 months for fiscal use, otherwise every 60 months | accredited laboratory |
| Replace the battery | on warning W-02, after 14 years at the latest | trained staff |

## Tools and material

Torque wrench 2 to 25 N·m, hexagon keys 3, 5 and 6 mm, circlip pliers, lint-free cloth, cleaning solution HC-2 or
household vinegar, silicone grease approved for drinking water, O-ring set AQ4-OR, verification seals AQ4-SEAL,
service cable SC-3 and the program Calderwick Link.
"""

PROCEDURES = """
# 3 Procedures

## 3.1 Checking zero flow

Close both valves and wait ten minutes until the water is at rest. Choose Service, Zero in Calderwick Link and start
the test, which takes three minutes. The mean velocity must lie within 2 mm/s. If it does not, look for a leaking
valve and for air before you store a new zero. The old value is kept in the log.

## 3.2 Cleaning the transducers

Close the valves, release the pressure and drain the meter. Loosen the four screws of the transducer holder crosswise
and pull the transducer straight out; do not turn it. Soak the tip in cleaning solution HC-2 diluted 1 to 10 for
fifteen minutes, wipe it with a lint-free cloth, and rinse it with drinking water. Never use a wire brush or solvent:
the matching layer is 0.4 mm thin.

Fit a new O-ring with a little silicone grease, insert the transducer with its mark facing upstream, and tighten the
screws crosswise in two steps to the final torque of the table. Open the upstream valve slowly, check for leaks for
five minutes, then check zero flow.

| Fastener | First step | Final torque |
| Transducer holder, M6 | 4 N·m | 8 N·m |
| Electronics housing, M5 | 2 N·m | 4.5 N·m |
| Cable gland M20 | hand-tight | 6 N·m |
| Flange bolts M16, DN80 and DN100 | 40 N·m | 95 N·m |
| Flange bolts M20, DN150 and DN200 | 70 N·m | 160 N·m |

## 3.3 Replacing the battery

Write down the volume index. Open the housing and connect the new battery to the free socket before you unplug the old
one; there are two sockets, so that the clock keeps running. If power is lost for more than 90 seconds the date has to
be set again. Reset the battery counter in Calderwick Link, replace the desiccant bag, close the housing and fix a new
seal. Dispose of the old battery under waste code 16 06 05.

## 3.4 Updating the firmware

Updates are signed. The meter refuses a file whose signature does not verify and shows E-21. An update takes six
minutes with the service cable and does not change volume index, zero or calibration. It is not possible over the
radio.
"""

ERRORS = """
# 4 Error and warning codes

| Code | Meaning | Remedy |
| W-01 | Pipe partly empty | Vent the pipe; check the mounting position |
| W-02 | Battery below 10 % | Replace the battery within six months |
| W-03 | Reverse flow for more than 24 hours | Check valves and direction arrow |
| W-05 | Clock not set | Set the date with Calderwick Link |
| E-04 | No signal on path 1 | Check plug and cable of transducers 1A and 1B |
| E-05 | No signal on path 2 | Check plug and cable of transducers 2A and 2B |
| E-07 | Signal below 40 % of reference | Clean the transducers |
| E-09 | Air or particles in the water | Wait; if it persists, vent the pipe |
| E-12 | Temperature sensor broken | Replace the transducer pair |
| E-15 | Memory fault | Read out the logger and send the meter in |
| E-21 | Firmware signature does not verify | Use the original file from the service portal |
| E-30 | Housing opened | Check the seal; reset with the service password |

The last 50 events are kept with date and volume. A meter that shows E-15 must not be used for billing.

# 5 Storage, return and spare parts

Store meters dry at -10 to 40 °C. A meter that has been in store for more than two years is calibrated before use.
Before you return a meter, ask for a number at returns@calderwick.example, disinfect it, and fix the declaration of
decontamination to the outside of the box.

Spare parts are supplied for twelve years after a model is withdrawn. Their codes are in the current price list.
Technical support: telephone 01632 960155, Monday to Friday 07:30 to 17:00.
"""


def make(path: Path) -> None:
    document = SampleDocument(path, title="Aquila 400 Maintenance Manual", subject="AQ4-MM-EN, issue 5")
    document.add_page("Page", footer("Aquila 400 · Maintenance Manual · AQ4-MM-EN issue 5"))
    story: list[Flowable] = [
        Paragraph("Aquila 400 Maintenance Manual", TITLE),
        *flow(ABOUT),
        PageBreak(),
        *flow(SCHEDULE),
    ]
    story += [_cross_section(), Paragraph("Figure 1: The two measuring paths, seen from the side.", SMALL), PageBreak()]
    document.build([*story, *flow(PROCEDURES), PageBreak(), *flow(ERRORS)])


def _cross_section() -> Drawing:
    """The meter body with its two crossing sound paths."""
    width, height = A4[0] - 125, 150
    drawing = Drawing(width, height)
    drawing.add(Rect(60, 40, width - 120, 70, fillColor=SHADE, strokeColor=INK))
    for left, right, bottom, top, name in ((130, 330, 40, 110, "1"), (150, 350, 110, 40, "2")):
        drawing.add(Line(left, bottom, right, top, strokeColor=INK, strokeDashArray=[3, 2]))
        for x, y, side in ((left, bottom, "A"), (right, top, "B")):
            drawing.add(Circle(x, y, 6, fillColor=INK, strokeColor=INK))
            drawing.add(String(x - 6, y + (12 if y > 75 else -20), f"{name}{side}", fontSize=8))
    drawing.add(Polygon([20, 70, 20, 80, 40, 75], fillColor=INK))
    drawing.add(String(14, 58, "Flow", fontSize=8))
    return drawing

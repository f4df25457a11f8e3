"""A price list whose tables run over several pages."""

from collections.abc import Iterator
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer

from samples.paper import TITLE, SampleDocument, flow, footer, heading_line, table

HEADER = ("Code", "Description", "GBP", "EUR", "Lead time")

AQUILA_400 = {50: 1_190, 80: 1_485, 100: 1_640, 125: 1_895, 150: 2_210, 200: 2_780, 250: 3_460, 300: 4_120}
"""List price in GBP of the battery version by nominal diameter in mm."""
VARIANTS = (
    ("B", "battery, display", 0, "3 weeks"),
    ("M", "mains 24 V, display, 4-20 mA output", 165, "3 weeks"),
    ("P", "mains 24 V, display, Modbus and pulse output", 240, "4 weeks"),
    ("X", "battery, display, for explosive atmospheres zone 1", 410, "6 weeks"),
)

AQUILA_200 = (
    ("AQ2-P1", "Aquila 200 portable clamp-on meter, pipes DN15 to DN100", 3_150, "2 weeks"),
    ("AQ2-P2", "Aquila 200 portable clamp-on meter, pipes DN50 to DN700", 3_690, "2 weeks"),
    ("AQ2-F1", "Aquila 200 fixed clamp-on meter, pipes DN50 to DN700", 2_870, "4 weeks"),
    ("AQ2-TH", "Pair of high-temperature transducers up to 180 °C", 1_240, "5 weeks"),
    ("AQ2-WT", "Ultrasonic wall thickness probe", 620, "2 weeks"),
    ("AQ2-CS", "Carrying case with charger and straps", 185, "from stock"),
)
HERON = (
    ("HE-50", "Heron 50 turbidity analyser, 0 to 100 NTU", 2_340, "3 weeks"),
    ("HE-50L", "Heron 50 turbidity analyser, low range 0 to 10 NTU", 2_690, "4 weeks"),
    ("HE-70", "Heron 70 free chlorine analyser, amperometric", 2_950, "4 weeks"),
    ("HE-70T", "Heron 70 total chlorine analyser with reagent pump", 3_480, "6 weeks"),
    ("HE-80", "Heron 80 multi-parameter panel: pH, conductivity, turbidity, chlorine", 7_950, "8 weeks"),
    ("HE-FC", "Flow cell with debubbler", 295, "from stock"),
    ("HE-WP", "Automatic wiper", 340, "2 weeks"),
    ("HE-CH", "Chlorine membrane head, set of 4", 128, "from stock"),
    ("HE-EL", "Electrolyte for Heron 70, 100 ml", 34, "from stock"),
    ("HE-HC2", "Cleaning solution HC-2, 1 litre", 27, "from stock"),
    ("HE-ST10", "Turbidity standard 10 NTU, 500 ml", 58, "from stock"),
    ("HE-ST100", "Turbidity standard 100 NTU, 500 ml", 61, "from stock"),
)
PLOVER = (
    ("PL-10", "Plover pressure logger, 10 bar, 2G and NB-IoT", 520, "2 weeks"),
    ("PL-20", "Plover pressure logger, 20 bar, 2G and NB-IoT", 545, "2 weeks"),
    ("PL-20T", "Plover transient logger, 20 bar, 128 samples a second", 890, "4 weeks"),
    ("PL-HY", "Hydrant cap with quick coupling", 145, "from stock"),
    ("PL-BAT", "Replacement battery pack with seal", 48, "from stock"),
    ("PL-ANT", "External antenna with 3 m cable", 39, "from stock"),
)
SPARES = (
    ("AQ4-BAT", "Lithium battery pack 19 Ah for Aquila 400", 86, "from stock"),
    ("AQ4-BAT2", "Lithium battery pack 38 Ah for Aquila 400", 149, "from stock"),
    ("AQ4-TR", "Transducer pair with O-rings for Aquila 400, DN50 to DN150", 385, "2 weeks"),
    ("AQ4-TRL", "Transducer pair with O-rings for Aquila 400, DN200 to DN300", 430, "2 weeks"),
    ("AQ4-DSP", "Display module with cover", 210, "2 weeks"),
    ("AQ4-OR", "O-ring set, EPDM, for one meter", 14, "from stock"),
    ("AQ4-SEAL", "Verification seals, bag of 50", 22, "from stock"),
    ("AQ4-GEL", "Coupling gel, tube of 75 ml", 9, "from stock"),
)
SERVICES = (
    ("SV-CAL1", "Calibration in the flow laboratory, DN50 to DN100, 3 points", 245, "10 working days"),
    ("SV-CAL2", "Calibration in the flow laboratory, DN125 to DN200, 3 points", 330, "10 working days"),
    ("SV-CAL3", "Calibration in the flow laboratory, DN250 and DN300, 3 points", 475, "15 working days"),
    ("SV-ADD", "Each further calibration point", 45, "with calibration"),
    ("SV-DAY", "Field engineer, day on site, within the United Kingdom", 780, "by agreement"),
    ("SV-HALF", "Field engineer, half day on site, within the United Kingdom", 460, "by agreement"),
    ("SV-TRN", "Training course at Ashbeck, one day, up to 8 people", 1_350, "by agreement"),
    ("SV-EXP", "Express handling in the workshop, supplement", 120, "5 working days"),
)
FAMILIES = (
    ("Aquila 200 clamp-on flow meters", AQUILA_200),
    ("Heron water quality analysers", HERON),
    ("Plover pressure loggers", PLOVER),
    ("Spare parts for Aquila 400", SPARES),
    ("Calibration and services", SERVICES),
)

TERMS = """
# Price list 2026

Prices are list prices for one piece, without value added tax, valid for orders received from 1 January to 31 December
2026. This list replaces the list of 2025. Compared with it, flow meters rise by 2.8 % on average, analysers by 3.4 %,
and spare parts are unchanged.

## Discounts

| Value of the order at list price | Water utilities | Other customers |
| up to £5,000 | 5 % | 0 % |
| £5,001 to £25,000 | 12 % | 6 % |
| £25,001 to £100,000 | 18 % | 11 % |
| above £100,000 | by quotation | by quotation |

Discounts are not given on calibration and services. Framework customers have the terms of their framework.

## Terms of sale

- The minimum order value is £150; below it a handling charge of £25 is added.
- Delivery within the United Kingdom is free above £1,000, otherwise £18 a parcel; pallets are charged at cost.
- Export is FCA Ashbeck (Incoterms 2020), packing included.
- Payment is due 30 days after the date of the invoice.
- The warranty is 36 months for flow meters, 24 months for analysers and 12 months for loggers, batteries excepted.
- Goods in original packing are taken back within 30 days, less 15 % for inspection.

## Whom to ask

Quotations: sales@calderwick.example, telephone 01632 960140. Technical questions: 01632 960155. Orders from the
Nordic countries: Calderwick Nordic AB, Västerås, nordic@calderwick.example.
"""


def make(path: Path) -> None:
    document = SampleDocument(path, title="Calderwick price list 2026", subject="List prices in GBP and EUR")
    document.add_page("Page", footer("Calderwick price list 2026 · all prices without VAT"))
    story: list[Flowable] = [Paragraph("Instruments for water", TITLE), *flow(TERMS)]
    story += _family("Aquila 400 ultrasonic flow meters", list(_aquila_400()))
    for name, items in FAMILIES:
        story += _family(name, [_row(*item) for item in items])
    document.build(story)


def _family(name: str, rows: list[tuple[str, ...]]) -> list[Flowable]:
    heading = heading_line(name, 2)
    heading.keepWithNext = 0  # else a table that fits on one page is never split
    return [CondPageBreak(120), heading, table([HEADER, *rows], A4[0] - 125), Spacer(0, 14)]


def _aquila_400() -> Iterator[tuple[str, ...]]:
    for diameter, price in AQUILA_400.items():
        for letter, description, supplement, lead_time in VARIANTS:
            yield _row(
                f"AQ4-{diameter:03}{letter}", f"Aquila 400 DN{diameter}, {description}", price + supplement, lead_time
            )


def _row(code: str, description: str, pounds: int, lead_time: str) -> tuple[str, ...]:
    euros = round(pounds * 1.18)
    return code, description, f"{pounds:,}", f"{euros:,}", lead_time

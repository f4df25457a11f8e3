"""Two quarterly reports that differ in little but their numbers, as such reports do."""

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.platypus import Flowable, PageBreak, Paragraph, Spacer

from samples.paper import TITLE, SampleDocument, flow, footer, table

WIDTH = A4[0] - 125

SECOND_TEXT = """
## Highlights

- Revenue of £13.1m, 10.1 % above the second quarter of 2025 (£11.9m).
- Operating profit of £1.6m (£1.5m); gross margin 41.8 % (40.6 %).
- Orders received of £13.9m; the order book stood at £16.3m on 30 June 2026.
- Net debt of £4.1m, after the dividend of £1.1m paid in May.

## Trading

Flow metering grew on deliveries of Aquila 400 meters under the framework with Eastmoor Water. Water quality began to
ship the Heron 80 panel in May. Service was held back by fewer slots in the calibration laboratory, which was closed
for nine days for its accreditation audit.

## Costs and people

Castings cost 2.4 % more than a year ago. The yearly pay review raised salaries by 3.6 % from April. The average
number of employees in the quarter was 318.

## Cash and investment

Capital expenditure was £0.8m, of which £0.5m was for the new calibration rig. Trade receivables were £8.6m, or 60
days of sales (63 days). Inventory rose to £7.7m ahead of the summer deliveries.
"""
SECOND_OUTLOOK = """
## Outlook

For the whole of 2026 we expect revenue between £51m and £53m and operating profit between £6.4m and £6.8m. The order
book covers about 68 % of the third and fourth quarters. The main uncertainty is the timing of utilities' spending.

## Currency

About 37 % of sales are in euro and Swedish krona. Forward contracts cover 65 % of the expected flows of the next
twelve months.
"""
SECOND_RESULTS = (
    ("£ million", "Q2 2026", "Q2 2025", "H1 2026", "H1 2025"),
    ("Flow metering", "7.9", "7.3", "15.5", "14.3"),
    ("Water quality", "3.4", "3.0", "6.8", "5.9"),
    ("Service", "1.8", "1.6", "3.5", "3.2"),
    ("Revenue", "13.1", "11.9", "25.8", "23.4"),
    ("Cost of sales", "(7.6)", "(7.1)", "(15.1)", "(13.9)"),
    ("Gross profit", "5.5", "4.8", "10.7", "9.5"),
    ("Selling and distribution", "(1.8)", "(1.5)", "(3.5)", "(3.0)"),
    ("Research and development", "(1.1)", "(0.9)", "(2.1)", "(1.8)"),
    ("Administration", "(1.0)", "(0.9)", "(2.0)", "(1.8)"),
    ("Operating profit", "1.6", "1.5", "3.1", "2.9"),
    ("Net finance cost", "(0.1)", "(0.1)", "(0.2)", "(0.2)"),
    ("Profit before tax", "1.5", "1.4", "2.9", "2.7"),
)
SECOND_BALANCE = (
    ("£ million", "30 June 2026", "31 December 2025", "30 June 2025"),
    ("Property, plant and equipment", "12.6", "11.8", "11.5"),
    ("Intangible assets", "4.9", "4.7", "4.4"),
    ("Inventory", "7.7", "7.0", "7.2"),
    ("Trade receivables", "8.6", "8.8", "8.2"),
    ("Trade payables", "(5.1)", "(5.3)", "(4.8)"),
    ("Net debt", "(4.1)", "(4.8)", "(6.2)"),
)

THIRD_TEXT = """
## Highlights

- Revenue of £13.4m, 10.7 % above the third quarter of 2025 (£12.1m).
- Operating profit of £1.8m (£1.5m); gross margin 42.1 % (40.9 %).
- Orders received of £15.8m; the order book stood at £18.7m on 30 September 2026.
- Net debt of £3.6m, the lowest since 2019.

## Trading

Flow metering grew on deliveries to utilities in the Nordic countries and on the first meters for explosive
atmospheres. Water quality had its best quarter so far, with 29 Heron 80 panels. Service recovered after the
accreditation audit of the spring.

## Costs and people

Castings cost 3.9 % more than a year ago, of which 2.1 points were the alloy surcharge. Energy was 6 % cheaper. The
average number of employees in the quarter was 324.

## Cash and investment

Capital expenditure was £0.7m, of which £0.4m was for the new calibration rig. Trade receivables were £8.9m, or 61
days of sales (62 days). Inventory fell to £7.4m.
"""
THIRD_OUTLOOK = """
## Outlook

For the whole of 2026 we now expect revenue between £52m and £54m and operating profit between £6.6m and £6.9m. The
order book covers about 91 % of the fourth quarter. The calibration rig will start work in February 2027, four months
later than planned.

## Currency

About 38 % of sales are in euro and Swedish krona. Forward contracts cover 70 % of the expected flows of the next
twelve months. A krona that is 10 % weaker would lower the operating profit of a full year by about £0.3m before
hedging.

## Events after the quarter

On 12 October 2026 Calderwick bought the order book and the tools of Lindqvist Mätteknik, a maker of sampling pumps in
Örebro, for SEK 6.5m.
"""
THIRD_RESULTS = (
    ("£ million", "Q3 2026", "Q3 2025", "9 months 2026", "9 months 2025"),
    ("Flow metering", "8.1", "7.4", "23.6", "21.7"),
    ("Water quality", "3.5", "3.1", "10.3", "9.0"),
    ("Service", "1.8", "1.6", "5.3", "4.8"),
    ("Revenue", "13.4", "12.1", "39.2", "35.5"),
    ("Cost of sales", "(7.8)", "(7.2)", "(22.9)", "(21.1)"),
    ("Gross profit", "5.6", "4.9", "16.3", "14.4"),
    ("Selling and distribution", "(1.7)", "(1.6)", "(5.2)", "(4.6)"),
    ("Research and development", "(1.1)", "(0.9)", "(3.2)", "(2.7)"),
    ("Administration", "(1.0)", "(0.9)", "(3.0)", "(2.7)"),
    ("Operating profit", "1.8", "1.5", "4.9", "4.4"),
    ("Net finance cost", "(0.1)", "(0.1)", "(0.3)", "(0.3)"),
    ("Profit before tax", "1.7", "1.4", "4.6", "4.1"),
)
THIRD_BALANCE = (
    ("£ million", "30 September 2026", "31 December 2025", "30 September 2025"),
    ("Property, plant and equipment", "12.9", "11.8", "11.6"),
    ("Intangible assets", "5.0", "4.7", "4.5"),
    ("Inventory", "7.4", "7.0", "7.1"),
    ("Trade receivables", "8.9", "8.8", "8.1"),
    ("Trade payables", "(5.2)", "(5.3)", "(4.9)"),
    ("Net debt", "(3.6)", "(4.8)", "(5.5)"),
)

NOTE = """
Unaudited. Prepared by the Finance department for the board, the employees' trust and the lending banks. Figures are
rounded to £0.1m and may not add up. Last year's figures in brackets.
"""

Rows = tuple[tuple[str, ...], ...]


def make_second_quarter(path: Path) -> None:
    _make(path, "Report on the second quarter of 2026", SECOND_TEXT, SECOND_RESULTS, SECOND_BALANCE, SECOND_OUTLOOK)


def make_third_quarter(path: Path) -> None:
    _make(path, "Report on the third quarter of 2026", THIRD_TEXT, THIRD_RESULTS, THIRD_BALANCE, THIRD_OUTLOOK)


def _make(path: Path, title: str, text: str, results: Rows, balance: Rows, outlook: str) -> None:
    document = SampleDocument(
        path, title=f"Calderwick Instruments: {title}", author="Tomasz Brandt", subject="Unaudited"
    )
    document.add_page("Page", footer(f"Calderwick Instruments Ltd · {title}"))
    story: list[Flowable] = [Paragraph(title, TITLE), *flow(NOTE), *flow(text), PageBreak()]
    story += [*flow("## Income statement"), table(results, WIDTH), Spacer(0, 14)]
    story += [*flow("## Extract from the balance sheet"), table(balance, WIDTH), PageBreak(), *flow(outlook)]
    document.build(story)

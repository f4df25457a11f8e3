"""The annual review: two columns, figures and tables, under a title across the page."""

from pathlib import Path

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, FrameBreak, NextPageTemplate, PageBreak, Paragraph, Spacer

from samples.paper import BODY, INK, RULE, SMALL, SampleDocument, flow, footer, table

MARGIN = 18 * mm
GUTTER = 8 * mm
COLUMN = (A4[0] - 2 * MARGIN - GUTTER) / 2
BANNER = 34 * mm
TEXT = ParagraphStyle("Column", BODY, fontSize=9.5, leading=13, spaceAfter=6)

STATEMENT = """
## Chief Executive's statement

2025 was a year in which patience paid. Utilities in Britain had put off replacing their meters for two years while
they waited for the new price control; when it was settled the orders came, and our workshops were ready for them.
Revenue rose by 10.2 % to £48.6m and operating profit to £6.2m, from £5.3m in 2024.

Three things made the difference. The second assembly line for the Aquila 400, which opened in March, cut the time
from order to dispatch from 31 to 19 working days. The Heron 70 analyser found customers outside Britain, above all in
Denmark and Finland. And our service business, long a side line, has become the reason why several customers choose
us.

There were disappointments too. The launch of the Heron 80 panel slipped from the autumn of 2025 to May 2026, because
the pump of the first design did not last. One accident cost a colleague four weeks of work; we have changed the way
in which heavy bodies are turned on the test bench. Deliveries of castings were unreliable until the summer, and we
carried more stock than we like.

I thank our 312 colleagues, who own a good part of this company, for what they achieved.

Margaret Oyelaran, Chief Executive
"""

MARKETS = """
## Markets

The United Kingdom remains our largest market, with sales of £21.9m. The largest single customer, Eastmoor Water,
accounted for 14 % of revenue (2024: 12 %). The Nordic countries grew fastest, by 21 %, from our office in Västerås.
In the rest of Europe sales were held back in Germany, where two large tenders were cancelled.

## Products

Flow metering brought in £29.4m. We delivered 11,850 Aquila 400 meters, after 10,200 in 2024, and the 100,000th meter
of the family left the works on 9 October. In water quality the Heron family reached £12.7m. Sales of Plover loggers
are counted under flow metering.

## Service

Service revenue rose to £6.5m. The flow laboratory calibrated 4,320 meters, and field engineers made 2,960 visits. At
the end of the year 61 % of utilities that own our instruments had a service contract with us.
"""

RESEARCH = """
## Research and development

We spent £3.7m on research and development, 7.6 % of revenue, and 34 people worked in it. Two patents were granted:
one for the detection of deposits on transducers from the shape of the echo, the other for a membrane head that shows
its own wear. The firmware of all instruments is now signed, and signatures are checked at each start.

A three-year project with the University of Ribblesdale studies how the sound of a leak travels in plastic pipes. It
is supported by a public grant of £420,000, of which £135,000 was received in 2025.

## People

The average number of employees was 312 (2024: 297). Twenty-three apprentices are in training. Women hold 27 % of
management posts (2024: 24 %). Staff turnover was 7.9 %. The profit share for the year is 4.2 % of salary.

## Safety

There was one lost-time accident in the year, on 4 November, after three in 2024. The rate fell to 1.9 for every
million hours worked. Near misses reported rose from 148 to 203, which we take as a sign of trust.
"""

ENVIRONMENT = """
## Environment

Electricity use fell to 1,840 MWh (2024: 1,965 MWh), of which the solar roof of the assembly hall produced 265 MWh.
Emissions of scope 1 and 2 were 312 tonnes of CO2 equivalent, after 356 tonnes in 2024 and 431 tonnes in 2021, our
base year. We aim to halve the base year's emissions by 2030. The flow laboratory now recovers its test water:
consumption fell by 38 % to 4,100 cubic metres.

## Principal risks

- Dependence on few customers: the five largest account for 41 % of revenue.
- Dependence on one foundry for large bodies; a second source is being qualified.
- Delay in the regulator's decisions, which moves utilities' orders from one year to the next.
- Attacks on our systems or on instruments in the field.
- Loss of the accreditation of the flow laboratory.

## Governance

The board met six times. The audit committee, chaired by Peter Hathersage, met three times, and the remuneration
committee, chaired by Ruth Penhallow, twice. Marlowe Finch LLP were reappointed as auditors in May 2025; they have
held office since 2019.

## Ownership

The employees' trust holds 58 % of the shares and the Calder family 37 %; the rest is held by present and former
managers. The board recommends a dividend of £1.1m for 2025, after £0.9m for 2024.
"""

YEARS = ("2021", "2022", "2023", "2024", "2025")
REVENUE = (36.2, 38.9, 41.0, 44.1, 48.6)
EMISSIONS = (431, 418, 389, 356, 312)

GLANCE = (
    ("", "2025", "2024"),
    ("Revenue, £m", "48.6", "44.1"),
    ("Gross margin", "41.3 %", "39.8 %"),
    ("Operating profit, £m", "6.2", "5.3"),
    ("Net debt, £m", "4.8", "7.1"),
    ("Employees, average", "312", "297"),
)
REGIONS = (
    ("Sales by region, £m", "2025", "2024"),
    ("United Kingdom", "21.9", "20.6"),
    ("Nordic countries", "9.8", "8.1"),
    ("Rest of Europe", "10.4", "10.1"),
    ("Rest of the world", "6.5", "5.3"),
    ("Total", "48.6", "44.1"),
)
SEGMENTS = (
    ("Sales by segment, £m", "2025", "2024"),
    ("Flow metering", "29.4", "26.2"),
    ("Water quality", "12.7", "11.9"),
    ("Service", "6.5", "6.0"),
    ("Total", "48.6", "44.1"),
)
FIVE_YEARS = (
    ("Five years", *YEARS),
    ("Revenue, £m", *(f"{value:.1f}" for value in REVENUE)),
    ("Operating profit, £m", "3.4", "3.9", "4.6", "5.3", "6.2"),
    ("Research and development, £m", "2.5", "2.8", "3.1", "3.4", "3.7"),
    ("Capital expenditure, £m", "1.6", "1.9", "3.2", "2.7", "2.2"),
    ("Net debt, £m", "5.9", "6.4", "8.0", "7.1", "4.8"),
    ("Employees, average", "268", "275", "288", "297", "312"),
)


def make(path: Path) -> None:
    document = SampleDocument(
        path, title="Calderwick Instruments: Annual Review 2025", subject="Year to 31 December 2025", margin=MARGIN
    )
    foot = footer("Calderwick Instruments Ltd · Annual Review 2025")

    def first_page(canvas: Canvas, page: BaseDocTemplate) -> None:
        _banner(canvas)
        foot(canvas, page)

    document.add_page("First", first_page, columns=2, top=BANNER, gutter=GUTTER)
    document.add_page("Page", foot, columns=2, gutter=GUTTER)
    story: list[Flowable] = [NextPageTemplate("Page"), *_column(STATEMENT), FrameBreak()]
    story += [*_column("## The year at a glance"), table(GLANCE, COLUMN), Spacer(0, 10), *_revenue_chart(), PageBreak()]
    story += [*_column(MARKETS), table(REGIONS, COLUMN), Spacer(0, 10), table(SEGMENTS, COLUMN), Spacer(0, 10)]
    story += [*_column(RESEARCH), *_column(ENVIRONMENT), *_emissions_chart(), Spacer(0, 12)]
    story += [*_column("## Five-year summary"), table(FIVE_YEARS, COLUMN)]
    document.build(story)


def _column(markup: str) -> list[Flowable]:
    return flow(markup, body=TEXT, width=COLUMN)


def _banner(canvas: Canvas) -> None:
    width, height = A4
    canvas.setFillColor(INK)
    canvas.rect(0, height - MARGIN - BANNER + 6 * mm, width, BANNER + MARGIN, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.setFont("Helvetica-Bold", 26)
    canvas.drawString(MARGIN, height - 27 * mm, "Annual Review 2025")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(MARGIN, height - 36 * mm, "Calderwick Instruments Ltd · year to 31 December 2025")
    canvas.setFillGray(0)


def _revenue_chart() -> list[Flowable]:
    chart = VerticalBarChart()
    chart.data = [REVENUE]
    chart.bars[0].fillColor = INK
    chart.valueAxis.valueMin, chart.valueAxis.valueMax, chart.valueAxis.valueStep = 0, 50, 10
    chart.barLabels.fontSize = 7
    chart.barLabelFormat = "%.1f"
    chart.barLabels.nudge = 6
    return _figure(chart, "Figure 1: Revenue in £ million, 2021 to 2025.")


def _emissions_chart() -> list[Flowable]:
    chart = HorizontalLineChart()
    chart.data = [EMISSIONS]
    chart.lines[0].strokeColor = INK
    chart.valueAxis.valueMin, chart.valueAxis.valueMax, chart.valueAxis.valueStep = 0, 500, 100
    return _figure(chart, "Figure 2: Emissions of scope 1 and 2 in tonnes of CO2 equivalent, 2021 to 2025.")


def _figure(chart: VerticalBarChart | HorizontalLineChart, caption: str) -> list[Flowable]:
    chart.x, chart.y, chart.width, chart.height = 24, 18, COLUMN - 30, 120
    chart.categoryAxis.categoryNames = list(YEARS)
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 7
    chart.categoryAxis.strokeColor = chart.valueAxis.strokeColor = RULE
    drawing = Drawing(COLUMN, 150)
    drawing.add(chart)
    return [drawing, Paragraph(caption, SMALL)]

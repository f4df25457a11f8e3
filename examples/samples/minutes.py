"""Minutes of two board meetings: the second one changes some of what the first one decided."""

from pathlib import Path

from reportlab.platypus import Paragraph

from samples.paper import TITLE, SampleDocument, flow, footer

MARCH = """
Minutes of the meeting of the board of directors of Calderwick Instruments Ltd held at Millrace Works, Ashbeck, on
Wednesday 18 March 2026 at 10:00.

Present: Ruth Penhallow (Chair), Margaret Oyelaran (Chief Executive), Tomasz Brandt (Finance Director), Helen
Strickland (Operations Director), Dr Anil Deshmukh (Technical Director), Gareth Lloyd-Evans and Peter Hathersage
(non-executive directors).

In attendance: Joanna Whitlow (Company Secretary), Fiona Cardew (Head of People, for item 6). Apologies: none.

# 1. Minutes of the last meeting and conflicts of interest

The minutes of the meeting of 21 January 2026 were approved and signed. No conflicts of interest were declared.

# 2. Chief Executive's report

Mrs Oyelaran reported orders of £8.9m in the first two months, 12 % above last year. Eastmoor Water had extended its
framework for Aquila 400 meters by two years, to March 2029; the extension is worth about £3.2m. The bid for the
Kingsmere reservoir monitoring scheme had been lost on price to a French competitor. The launch of the Heron 80 panel
was on plan for May.

# 3. Accounts for 2025 and dividend

Mr Brandt presented the audited accounts: revenue £48.6m, operating profit £6.2m. The auditors, Marlowe Finch LLP, had
given an unqualified opinion and reported two minor points on stock counting. The board approved the accounts and
resolved to recommend a dividend of £1.1m for 2025 (2024: £0.9m), payable on 29 May 2026.

# 4. Calibration rig

Dr Deshmukh presented the case for a new calibration rig for diameters up to DN600. The present rig, built in 1998,
ends at DN300 and was booked out for eleven weeks. Three offers had been received, from £1.28m to £1.61m. The board
approved capital expenditure of £1.35m for the rig, to be supplied by Rheintal Prüfanlagen GmbH and commissioned in
October 2026. Mr Hathersage asked for a post-investment review after twelve months, which was agreed.

# 5. Supply of castings

Mrs Strickland reported that the agreement with Norrvik Castings AB had taken effect on 1 February. A second source
for the DN80 and DN100 bodies was being qualified at a foundry in the Black Country; samples were due in June. The
board noted the risk and asked for a report in September.

# 6. People and safety

Ms Cardew reported 316 employees at the end of February and a voluntary turnover of 7.4 % over twelve months. There
had been no lost-time accident since 4 November 2025. The gender pay gap (median) had fallen from 11.9 % to 10.2 %.

# 7. Board and authorities

Peter Hathersage will retire from the board on 30 April 2026 after nine years. The board thanked him and resolved to
appoint Ingrid Sandvik, until lately operations director of a Norwegian water utility, as non-executive director from
1 May 2026 for three years. She will also take over from him as chair of the audit committee.

The board resolved to raise the Chief Executive's authority for a single order from £250,000 to £300,000 with effect
from 1 April 2026. The other limits stay as they are; the handbook will be changed in its next edition.

# 8. Any other business and next meeting

The register of gifts was inspected. The next meeting will be held on 17 June 2026 at the Penrith depot. The meeting
closed at 13:10.

Signed as a correct record: Ruth Penhallow, Chair.
"""

SEPTEMBER = """
Minutes of the meeting of the board of directors of Calderwick Instruments Ltd held at Millrace Works, Ashbeck, on
Wednesday 16 September 2026 at 10:00.

Present: Ruth Penhallow (Chair), Margaret Oyelaran (Chief Executive), Tomasz Brandt (Finance Director), Helen
Strickland (Operations Director), Dr Anil Deshmukh (Technical Director) and Ingrid Sandvik (non-executive director).

In attendance: Joanna Whitlow (Company Secretary), Priya Nair (Service Manager, for item 5). Apologies: Gareth
Lloyd-Evans.

# 1. Minutes of the last meeting and conflicts of interest

The minutes of the meeting of 17 June 2026 were approved and signed. Ms Sandvik declared that her former employer is a
customer of Calderwick Nordic AB.

# 2. Chief Executive's report

Mrs Oyelaran reported that the order book stood at £18.1m at the end of August. The Heron 80 panel, launched in May,
had brought 41 orders. A tender for 2,400 Plover loggers from a Scottish utility would be decided in November.

# 3. Calibration rig

Dr Deshmukh reported that the foundations had met an old mill race and had to be piled. The forecast cost is now
£1.42m against the £1.35m approved in March, and commissioning moves from October 2026 to February 2027. The board
approved the further £70,000 and asked that customers with booked slots be told at once.

# 4. Supply of castings

Mrs Strickland reported on the second source. The samples from Tipton Alloys had failed the pressure test in 3 of 50
bodies, and a second batch is due in December. Norrvik delivered 96 % of orders on time in the first half of the year,
with 940 defective parts per million.

# 5. Service and complaints

Ms Nair presented the service report. Complaints fell to 2.1 for every thousand instruments (first half of 2025: 2.9).
The mean time to answer a technical question was 5.6 working hours. A drift of Heron 70 analysers at one customer was
traced to membrane heads stored in the sun; the packing has been changed.

# 6. Insurance and information security

The cyber insurance was renewed with cover of £5m and an excess of £50,000, at a premium of £63,400 (last year
£58,900). The insurer requires a restoration test of the backups twice a year. The last test took 9 hours against a
target of 12.

# 7. Site in Västerås

The lease of the Nordic office ends on 31 March 2027. The board agreed to look for a building with a workshop of about
400 square metres, and set a ceiling of SEK 1.9m for the yearly rent.

# 8. Any other business and next meeting

The dates for 2027 were agreed. The next meeting will be held on 9 December 2026 at Millrace Works. The meeting closed
at 12:35.

Signed as a correct record: Ruth Penhallow, Chair.
"""


def make_march(path: Path) -> None:
    _make(path, "Minutes of the board, 18 March 2026", MARCH)


def make_september(path: Path) -> None:
    _make(path, "Minutes of the board, 16 September 2026", SEPTEMBER)


def _make(path: Path, title: str, text: str) -> None:
    document = SampleDocument(path, title=title, author="Joanna Whitlow", subject="Confidential")
    document.add_page("Page", footer(f"Calderwick Instruments Ltd · {title} · Confidential"))
    document.build([Paragraph("Minutes of the board", TITLE), *flow(text)])

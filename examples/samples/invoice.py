"""A supplier's invoice under the supply agreement; its sums follow from the agreement's prices."""

from decimal import Decimal
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.platypus import Paragraph, Spacer

from samples.paper import BODY, TITLE, SampleDocument, flow, footer, table

GOODS = (
    ("Body DN80, CI-4080 rev. F", 240, "64.20"),
    ("Body DN100, CI-4100 rev. F", 120, "82.50"),
    ("Body DN150, CI-4150 rev. C", 60, "131.00"),
)
PALLETS = 14
SURCHARGE = Decimal("0.021")
"""7 full per cent of nickel above the band, at 0.3 % each (Schedule 1 of the agreement)."""

HEAD = """
Norrvik Castings AB, Gjutaregatan 3, Norrvik, Sweden. VAT number SE556977041801.

| Invoice number | Date | Your order | Due |
| NC-26-1183 | 14 August 2026 | PO-26-2291 of 16 June 2026 | 28 September 2026 |

Bill to: Calderwick Instruments Ltd, Accounts payable, Millrace Works, Otley Road, Ashbeck, North Yorkshire YO99 4CW,
United Kingdom. Your contact: Helen Strickland. Our contact: Annika Ström, annika.strom@norrvik.example.

Ready for collection at our works on 14 August 2026, FCA Norrvik (Incoterms 2020), {pallets} pallets, gross weight
6,180 kg, customs tariff number 9026 90 00. Melts 26-0714 and 26-0722; material certificates 3.1 are attached.
"""
FOOT = """
Nickel, monthly average July 2026: USD 18,900 per tonne, 15.2 % above the base. Seven full per cent above the band at
0.3 % each.

Export from the European Union, no value added tax is charged. Payment within 45 days of the date of the invoice to
Sparbanken Norrvik, IBAN SE00 9999 0000 0412 7731 0018. Please state the invoice number. Overdue sums bear interest as
agreed.
"""


def make(path: Path) -> None:
    document = SampleDocument(
        path, title="Invoice NC-26-1183", author="Norrvik Castings AB", subject="Order PO-26-2291"
    )
    document.add_page("Page", footer("Norrvik Castings AB · Invoice NC-26-1183"))
    lines = table(_lines(), A4[0] - 125)
    document.build(
        [Paragraph("Invoice", TITLE), *flow(HEAD.format(pallets=PALLETS)), lines, Spacer(0, 12), *flow(FOOT, body=BODY)]
    )


def _lines() -> list[tuple[str, ...]]:
    amounts = [quantity * Decimal(price) for _, quantity, price in GOODS]
    goods = sum(amounts, Decimal())
    surcharge = (goods * SURCHARGE).quantize(Decimal("0.01"))
    pallets = PALLETS * Decimal("12.50")
    return [
        ("Goods", "Quantity", "Price, EUR", "Amount, EUR"),
        *(
            (name, str(quantity), price, f"{amount:,}")
            for (name, quantity, price), amount in zip(GOODS, amounts, strict=True)
        ),
        ("Goods in all", "", "", f"{goods:,}"),
        ("Alloy surcharge, July 2026", "", "2.1 %", f"{surcharge:,}"),
        ("Pallets", str(PALLETS), "12.50", f"{pallets:,}"),
        ("Total to pay", "", "", f"{goods + surcharge + pallets:,}"),
    ]

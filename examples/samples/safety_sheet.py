"""A safety data sheet in the sixteen sections that such sheets have."""

from pathlib import Path

from reportlab.platypus import Paragraph

from samples.paper import TITLE, SampleDocument, flow, footer

TEXT = """
Cleaning solution HC-2 for Heron analysers and Aquila meters. Revision 4, 3 February 2026, replaces revision 3 of 11
May 2023.

# 1. Identification

Product: HC-2, order code HE-HC2. Use: removes lime and iron deposits from sensors and flow cells; for trained users
only. Supplier: Calderwick Instruments Ltd, Millrace Works, Otley Road, Ashbeck, North Yorkshire YO99 4CW, telephone
01632 960100. Emergency telephone, day and night: 01632 960184. Contact for this sheet: sds@calderwick.example.

# 2. Hazards

Signal word: Warning. H290 may be corrosive to metals. H315 causes skin irritation. H319 causes serious eye
irritation. P264 wash hands thoroughly after handling. P280 wear protective gloves and eye protection. P305+P351+P338
if in eyes, rinse cautiously with water for several minutes.

# 3. Composition

| Substance | CAS number | Share by weight |
| Phosphoric acid | 7664-38-2 | 10 to 15 % |
| Citric acid | 77-92-9 | 3 to 5 % |
| Alcohol ethoxylate | 68439-46-3 | below 1 % |
| Water | 7732-18-5 | remainder |

# 4. First aid

Eyes: rinse with running water for at least 15 minutes with the lids held open, then see an eye doctor. Skin: take off
wetted clothing and wash with plenty of water. Swallowed: rinse the mouth, drink one or two glasses of water, do not
induce vomiting, call a doctor. Inhaled: fresh air.

# 5. Fire

The product does not burn. Use whatever suits the surroundings. In a fire, oxides of phosphorus may form: wear
breathing apparatus.

# 6. Accidental release

Keep people without protection away. Take up small amounts with plenty of water. Cover larger amounts with lime or
sodium bicarbonate until bubbling stops, sweep up and dispose of as described in section 13. Do not let the undiluted
product reach drains.

# 7. Handling and storage

Add the product to water, never water to the product. Never mix it with bleach or other products that contain
chlorine: poisonous gas forms. Store in the original bottle, upright, between 5 and 35 °C, away from metals and
alkalis. Shelf life 24 months from the date on the bottle, six months once opened.

# 8. Exposure and protection

Workplace limits for phosphoric acid (EH40): 1 mg/m³ over eight hours, 2 mg/m³ over fifteen minutes. Gloves of nitrile
rubber, at least 0.4 mm thick, breakthrough time above 480 minutes. Tightly fitting goggles. No breathing protection
is needed with normal ventilation.

# 9. Physical and chemical properties

| Property | Value |
| Appearance | clear, slightly blue liquid |
| Odour | faint |
| pH, undiluted at 20 °C | 1.3 |
| pH, diluted 1 to 10 | 2.1 |
| Boiling point | about 102 °C |
| Flash point | none |
| Density at 20 °C | 1.08 g/cm³ |
| Solubility in water | complete |

# 10. Stability and reactivity

Stable when stored as described. Attacks zinc, aluminium and mild steel with release of hydrogen. Reacts with strong
bases with release of heat.

# 11. Toxicology

Phosphoric acid: LD50 oral, rat, 1,530 mg/kg. Irritates skin and eyes. Not classified as sensitising, mutagenic,
carcinogenic or toxic for reproduction.

# 12. Ecology

Harmful to water organisms in high concentration because of its acidity. The surfactant is readily biodegradable.
Water hazard class 1 (Germany).

# 13. Disposal

Neutralise small residues with sodium bicarbonate to a pH between 6 and 9 and rinse away with plenty of water if the
water company allows it. Undiluted product: waste code 06 01 04. Rinse empty bottles three times and recycle.

# 14. Transport

| Item | Road (ADR) | Sea (IMDG) | Air (IATA) |
| UN number | 1805 | 1805 | 1805 |
| Proper shipping name | Phosphoric acid, solution | Phosphoric acid, solution | Phosphoric acid, solution |
| Class | 8 | 8 | 8 |
| Packing group | III | III | III |
| Limited quantity | 5 litres | 5 litres | 1 litre |

# 15. Regulation

Classified under the GB CLP Regulation. No substance on the candidate list of substances of very high concern above
0.1 %.

# 16. Other information

Changes from revision 3: share of phosphoric acid lowered from 15 to 20 % to 10 to 15 %, classification changed from
Danger (H314) to Warning (H315, H319), new emergency telephone. Prepared by Colin Braithwaite, Health and Safety
Adviser.
"""


def make(path: Path) -> None:
    document = SampleDocument(
        path, title="Safety data sheet: cleaning solution HC-2", subject="Revision 4, 3 February 2026"
    )
    document.add_page("Page", footer("Safety data sheet HC-2 · revision 4 · 3 February 2026"))
    document.build([Paragraph("Safety data sheet HC-2", TITLE), *flow(TEXT)])

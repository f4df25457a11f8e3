"""The text of the supply agreement, clause by clause."""

PARTIES = """
This agreement is made on 12 January 2026 between Calderwick Instruments Ltd, a company registered in England under
number 04718236 whose registered office is at Millrace Works, Otley Road, Ashbeck, North Yorkshire YO99 4CW (the
Buyer), and Norrvik Castings AB, a company registered in Sweden under number 556977-0418 whose registered office is at
Gjutaregatan 3, Norrvik, Sweden (the Supplier).

The Buyer makes flow meters and needs cast bodies for them. The Supplier runs a foundry and a machine shop and has
supplied the Buyer since 2017 under purchase orders. The parties now wish to agree terms for all further orders.
"""

CLAUSES = """
# 1. Definitions

1.1 Business Day means a day other than a Saturday, a Sunday or a public holiday in England or in Sweden.

1.2 Goods means the cast and machined meter bodies listed in Schedule 1, in the revisions of the drawings named there.

1.3 Forecast means the Buyer's rolling estimate of its needs under clause 4.

1.4 Defect means any departure of the Goods from the drawings, from Schedule 2 or from good foundry practice.

1.5 Lead Time means the time between receipt of an order and readiness of the Goods for collection: eight weeks for
orders within the Forecast and fourteen weeks for quantities above it.

# 2. Term

2.1 This agreement starts on 1 February 2026 and runs for an initial term of three years.

2.2 After the initial term it continues from year to year unless either party gives notice of at least six months
before the end of the initial term or of any year that follows.

2.3 Orders accepted before the end of this agreement are completed under its terms.

# 3. Supply

3.1 The Supplier shall make and deliver, and the Buyer shall buy, the Goods that the Buyer orders. In each calendar
year the Buyer shall order at least 60 % of its needs for the Goods from the Supplier.

3.2 The smallest quantity for one item in one order is 60 pieces.

3.3 The Supplier shall keep a safety stock of 600 machined bodies, in the mix agreed each quarter, at its own cost
until they are called off.

3.4 Patterns and core boxes paid for by the Buyer belong to the Buyer. The Supplier marks them, insures them for their
replacement value and hands them over on request within twenty Business Days.

# 4. Forecasts and orders

4.1 On the first Business Day of each month the Buyer sends a Forecast for the next twelve months. The first three
months are binding as to 80 % of the quantities.

4.2 The Supplier accepts or refuses an order within five Business Days. An order within the Forecast may not be
refused.

4.3 The Buyer may cancel an order before casting has begun, against payment of the material bought for it that cannot
be used otherwise.

# 5. Prices

5.1 The prices of the Goods are those of Schedule 1, in euro, without value added tax, packed for export.

5.2 Prices are reviewed once a year with effect from 1 February, for the first time in 2027. An increase may not
exceed the rise of the Swedish producer price index for metal goods, and in no case 3.5 % in one year.

5.3 If the monthly average of the nickel price on the London Metal Exchange differs by more than 8 % from the base of
USD 16,400 per tonne, an alloy surcharge or rebate is applied as set out in Schedule 1.

5.4 Pallets are charged at EUR 12.50 each and credited when returned in good condition.

# 6. Payment

6.1 Invoices are issued on readiness for collection and are due 45 days after the date of the invoice.

6.2 Overdue sums bear interest at 4 percentage points above the base rate of the Bank of England, from day to day.

6.3 The Buyer may withhold a sum that is disputed in good faith, if it says why within ten Business Days of the
invoice.

# 7. Delivery and delay

7.1 Goods are delivered FCA Norrvik (Incoterms 2020). Risk passes on loading to the Buyer's carrier.

7.2 If Goods are late by more than five Business Days for reasons that lie with the Supplier, the Supplier pays
liquidated damages of 0.5 % of the price of the late Goods for each full week, up to 5 % of that price.

7.3 If the delay exceeds ten weeks the Buyer may cancel the order and buy elsewhere; the Supplier bears the extra cost
up to 20 % of the price.

7.4 Liquidated damages are the only remedy for delay as such, except in the case of clause 7.3 and of wilful delay.

# 8. Quality

8.1 The Supplier keeps a quality system certified to ISO 9001 and supplies a material certificate 3.1 to EN 10204 with
each melt.

8.2 Each body is tested with water at 24 bar for two minutes. Test records are kept for ten years.

8.3 The agreed quality level is 1,200 defective parts per million over any six months. Above 2,500 parts per million
the Supplier presents a corrective plan within fifteen Business Days and bears the cost of sorting.

8.4 The Buyer may audit the foundry twice a year on ten Business Days' notice. Its Quality Manager, Dieter Lang, is
the contact for quality matters; the Supplier's contact is Annika Ström.

8.5 No change of process, melt source or subcontractor is made without the Buyer's written consent.

# 9. Warranty

9.1 The Supplier warrants that the Goods are free from Defects for 24 months from delivery, or for 18 months from the
sale of the meter to the Buyer's customer, whichever ends first.

9.2 The Buyer reports Defects within twenty Business Days of finding them. The Supplier replaces or credits defective
Goods within thirty days and pays the Buyer's cost of removal up to EUR 90 for each body.

# 10. Liability and insurance

10.1 Each party's total liability in a contract year is limited to 150 % of the sums paid or payable in the twelve
months before the claim. Nothing limits liability for death, personal injury, fraud or wilful default.

10.2 Neither party is liable for loss of profit or of goodwill, save for the sums named in clauses 7 and 9.

10.3 The Supplier maintains product liability insurance of at least EUR 5,000,000 for each event.

# 11. Confidentiality

11.1 Each party keeps the other's drawings, prices and forecasts secret, and uses them for this agreement only.

11.2 This duty lasts during the agreement and for five years after its end; for drawings marked Restricted it has no
end.

# 12. Force majeure

12.1 A party is excused while and so far as an event beyond its reasonable control prevents performance. Shortage of
energy counts as such an event only if supply is rationed by the authorities.

12.2 If the event lasts more than 90 days, the other party may end the agreement on 30 days' notice.

# 13. Ending the agreement early

13.1 Either party may end the agreement at once in writing if the other commits a material breach and does not mend it
within thirty days of being asked to, or becomes insolvent.

13.2 The Buyer may end it on three months' notice if control of the Supplier passes to a competitor of the Buyer.

13.3 On ending, the Supplier sells the safety stock to the Buyer at the prices of Schedule 1, less 10 %.

# 14. General

14.1 Notices are given in English, by courier or by electronic mail with confirmation, to the addresses at the head of
this agreement.

14.2 Neither party may assign this agreement without the consent of the other.

14.3 This agreement is governed by the law of England and Wales. Disputes are settled by one arbitrator under the
rules of the London Court of International Arbitration, seated in London.

14.4 Changes are valid only if signed by both parties. If a clause is void the others stand.
"""

SCHEDULES = """
# Schedule 1: Goods and prices

| Item | Drawing and revision | Alloy | Price each, EUR |
| Body DN50 | CI-4050 rev. D | CF8M | 41.80 |
| Body DN80 | CI-4080 rev. F | CF8M | 64.20 |
| Body DN100 | CI-4100 rev. F | CF8M | 82.50 |
| Body DN150 | CI-4150 rev. C | CF8M | 131.00 |
| Body DN200 | CI-4200 rev. C | CF8M | 208.40 |
| Blind flange DN80 | CI-4981 rev. A | CF8 | 18.90 |

Alloy surcharge: for each full 1 % by which the nickel average exceeds the band of clause 5.3, the price rises by 0.3
%; for each full 1 % by which it falls below the band, the price falls by the same share. The surcharge is shown as a
line of its own on the invoice.

# Schedule 2: Quality requirements

| Characteristic | Requirement | Check |
| Wall thickness | nominal minus 0.3 mm at most | ultrasonic, 5 points, every 20th body |
| Bore roundness | 0.08 mm | every body |
| Surface roughness of sealing faces | Ra 1.6 µm | every 10th body |
| Pressure test | 24 bar, 2 minutes, no leak | every body |
| Chemical composition | EN 10213, grade 1.4408 | every melt |

Signed for the Buyer by Helen Strickland, Operations Director, and for the Supplier by Lars Edqvist, Managing
Director, on 12 January 2026.
"""

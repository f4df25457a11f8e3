"""The text of the employee handbook, a chapter per page."""

CHAPTERS = (
    """
# 1 Welcome to Calderwick

Calderwick Instruments designs and builds flow meters and water quality instruments for water utilities. The company
was founded in Ashbeck in 1978 by Walter and Edith Calder, who made propeller meters in a disused paper mill, and has
been owned by its employees' trust and the Calder family since 2009. About three hundred people work here, most of
them at Millrace Works, the others at the service depot in Penrith and at our Nordic office in Västerås.

## Who this handbook is for

The handbook applies to everyone who has a contract of employment with Calderwick Instruments Ltd. Chapters 9 to 11
also apply to agency staff, contractors and visitors while they are on our sites. It is not part of the contract
unless a chapter says so. Colleagues in Västerås have a Swedish supplement, which takes precedence where the two
differ.

## How it is kept up to date

This is edition 7, in force from 1 January 2026. It replaces edition 6 of January 2024. Fiona Cardew, Head of People,
owns the text; the Executive Committee approves changes, and the staff council is consulted on them for at least four
weeks. Changes are announced on the notice boards and on the intranet. Questions go to the People team on extension
4120 or to people@calderwick.example.

## What changed since edition 6

- Annual leave rises by one day, from 25 to 26 days (chapter 4).
- Partner leave is now four weeks on full pay (chapter 6).
- The hotel ceilings have been raised (chapter 7).
- Working from abroad is allowed for a limited time (chapter 3).
""",
    """
# 2 Joining and leaving

## Probation

Every new employee serves a probation of six months. The line manager holds a review after six weeks, after three
months and in the last month. Probation can be extended once, by three months at most, in writing and before it ends.

## Notice

Notice is given in writing. During probation a shorter period applies. The company may ask you to work your notice,
may pay in lieu of it, or may ask you to stay at home during it on full pay.

| Length of service | Notice by the employee | Notice by the company |
| During probation | 1 week | 1 week |
| Up to 2 years | 1 month | 1 month |
| 2 to 5 years | 1 month | 2 months |
| More than 5 years | 2 months | 3 months |
| Executive Committee members | 6 months | 6 months |

## References and background checks

An offer depends on two references, on proof of the right to work and, for posts in finance and in information
technology, on a basic disclosure check. We give references that state post, dates and, if you ask for it, salary.

## Returning equipment

On the last working day you return laptop, telephone, site pass, keys, tools and company card to your line manager,
who signs the leaver's form. The final salary is paid on the next regular pay day. Leave not taken is paid out; leave
taken beyond what had been earned is deducted.

## Retirement

There is no fixed retirement age. Tell us six months before you would like to retire, so that your work can be handed
over; many colleagues reduce their hours over the last year, and we support this where the work allows.
""",
    """
# 3 Working time and place

## Hours

The full-time week has 37.5 hours. In the workshops it runs from Monday to Friday in two shifts, 06:00 to 14:00 and
14:00 to 22:00, each with an unpaid break of thirty minutes. In the offices there is flexitime: core hours are 10:00
to 15:00, and the rest can be placed between 07:00 and 19:00 as agreed in the team. Up to 12 hours may be carried as
credit or debit from one month into the next.

## Overtime and call-out

Overtime is voluntary, is agreed beforehand, and is paid at time and a half from Monday to Saturday and at double time
on Sundays and public holidays. Managers in grades 7 and above are not paid overtime. Field engineers on the call-out
rota receive £185 for each week on call, and a minimum of three hours' pay for each call that takes them from home.

## Working from home

Where the work allows, office staff may work from home up to two days a week. The line manager agrees the days with
the team. Workshop, calibration laboratory and dispatch posts are tied to the site. We provide a screen, a chair and a
docking station, once, up to £350 in value; the equipment stays the company's.

## Working from abroad

From January 2026 employees may work from another country for up to 15 working days in any twelve months. Apply to the
People team at least four weeks ahead, because tax, insurance and export control have to be checked. Restricted
information (chapter 9) must not be taken out of the United Kingdom or Sweden.

## Part-time work and job sharing

Any employee may ask for different hours from the first day of employment. We answer within two months, and refuse
only for one of the business reasons that the law lists.
""",
    """
# 4 Annual leave

## Entitlement

The leave year is the calendar year. Full-time employees have 26 days of paid annual leave in addition to the eight
public holidays of England. After five years of service the entitlement is 28 days, after ten years 30 days. It grows
from the first of January that follows the anniversary. Part-time employees have a share in proportion to their hours.

| Completed years of service | Days of annual leave |
| Fewer than 5 | 26 |
| 5 to 9 | 28 |
| 10 or more | 30 |

## Booking

Book leave in the time system. Give notice of at least twice the length of the leave; for more than ten working days
in a row ask three months ahead. The workshops close between Christmas and New Year: keep three days for it.

## Carrying leave over

Up to 5 days may be carried over into the next year. They must be taken by 31 March, after which they are lost. Leave
that could not be taken because of sickness or family leave may be carried over without this limit for 18 months.

## Buying and selling

In November you may buy up to 3 further days for the next year, or sell up to 2 days, at your daily rate. The price is
spread over twelve months of salary.

## Sickness during leave

If you fall ill while on leave, report it on the first day as described in chapter 5; the days are then credited
back on production of a medical certificate, also when the illness is shorter than a week.

## Unpaid leave and sabbaticals

After four years of service you may apply once for a sabbatical of between one and six months without pay. Pension
contributions of the company pause during it, life assurance continues.
""",
    """
# 5 Sickness

## Reporting

If you cannot work, call your line manager before your shift starts or, in the offices, by 09:30. A text message is
not enough on the first day. Say how long you expect to be away and what is urgent in your work.

## Certificates

For the first seven calendar days you certify the sickness yourself, on the form in the time system. From the eighth
day a fit note from a doctor or another registered professional is needed, and it must cover the whole absence without
gaps.

## Sick pay

Company sick pay includes statutory sick pay. It is counted over any twelve months.

| Service when the sickness starts | Weeks on full pay | Weeks on half pay |
| During probation | 2 | 0 |
| Probation to end of year 1 | 4 | 4 |
| 1 to 4 years | 8 | 8 |
| 5 years or more | 13 | 13 |

## Coming back

After every absence there is a short talk with the line manager. After four weeks or more, or three absences within
six months, we offer an appointment with occupational health. A phased return at full pay is possible for up
to four weeks when the doctor advises it.

## Medical appointments

Make them outside working hours where you can. If you cannot, up to two hours are paid, more for hospital appointments
and for antenatal care. Eye tests for work at screens are paid by the company every two years, with up to £70 towards
glasses that are needed for that work only.
""",
    """
# 6 Family leave

## Maternity and adoption

Tell us by the end of the fifteenth week before the week of birth. Employees with 26 weeks of service at that time
receive 20 weeks on full pay, followed by 19 weeks at the statutory rate; up to 13 further weeks may be taken unpaid.
Adoption leave is the same, counted from the date of placement. Ten keeping-in-touch days are paid at the daily rate.

## Partner leave

The partner of a mother or of the main adopter has four weeks on full pay, which may be taken in up to
three parts within the first year. Until the end of 2025 it was two weeks.

## Shared parental leave

Parents may share up to 50 weeks. Company pay follows the rule for maternity pay: weeks that would have been on full
pay for the mother are on full pay for the partner too, when both work for Calderwick.

## Parental leave

Each parent may take up to 18 weeks unpaid for every child until the eighteenth birthday, four weeks at most in one
year.

## Bereavement

On the death of a partner, child, parent or sibling five days are paid; for grandparents and parents in law, two days.
Parents who lose a child, or have a stillbirth after 24 weeks, have a further two weeks.

## Carers and emergencies

One week a year, unpaid, can be taken to care for a dependant with a long-term need, in single days if you like. In an
emergency involving a dependant the first day is paid.
""",
    """
# 7 Pay, pension and benefits

## Pay

Salaries are paid on the 25th of each month, or on the working day before. They are reviewed every April. Grades and
their ranges are published on the intranet. The profit share for all employees is up to 6 % of salary, depends on
operating profit against budget, and is paid with the April salary.

## Pension

You are enrolled in the Fellside Pensions Trust from the first day. You pay 5 % of salary, the company pays 8 %. If
you pay more, the company matches it up to a company contribution of 10 %. Contributions are made by salary exchange
unless you opt out.

## Insurance

Life assurance pays four times annual salary. Private medical insurance is offered after probation; the company pays
for the employee, and partner and children can be added at your own cost. Income protection starts after 26 weeks
of sickness and pays half of salary.

## Cycle and car

Bicycles up to £2,000 can be hired through salary exchange. Company cars are assigned to field engineers only; they
are electric or plug-in hybrid from 2024 on, and private use is allowed within the United Kingdom.

## Training and study

Each employee has a training budget of £900 a year, agreed at the annual review. For a recognised qualification the
company pays the fees and gives five days of study leave a year. Fees above £2,500 are repaid in part by those who
leave within twelve months of the final examination.

## Long service

After 10 years there is a gift of £250, after 25 years of £750 and one extra week of leave in that year.
""",
    """
# 8 Travel and expenses

## Principles

We repay what was reasonably spent for the company's work. Book rail, air and hotels through the travel desk,
extension 4135. Claims are made in the expenses system within 60 days, with a receipt for everything above £10. They
are paid with the next salary when they arrive by the 12th of the month.

## Rates and ceilings

| Item | Ceiling or rate |
| Hotel in the United Kingdom outside London | £120 a night, with breakfast |
| Hotel in London | £165 a night, with breakfast |
| Hotel abroad | £150 a night, with breakfast |
| Dinner when staying overnight | £32 |
| Lunch on journeys of more than ten hours | £12 |
| Private car, first 10,000 miles in a tax year | 45p a mile |
| Private car, further miles | 25p a mile |
| Motorcycle | 24p a mile |
| Bicycle | 20p a mile |

## Rail and air

Rail travel is in standard class. First class may be booked when it costs no more, or for journeys above four hours
with the approval of a director. Flights are in economy; on flights of more than seven hours premium economy is
allowed. For journeys that take less than five hours by train we do not fly.

## Company cards

Cards have a monthly limit of £1,500 unless the Finance Director, Tomasz Brandt, agrees to more. Cash may not be
drawn. A card that is lost is reported to the bank and to Finance at once.

## Entertaining

Business meals need the names of all guests on the claim. The ceiling is £55 a head, drinks included.
""",
    """
# 9 Information and equipment

## Classes of information

| Class | Examples | Where it may be kept |
| Public | Brochures, published prices | Anywhere |
| Internal | Work instructions, organisation charts | Company systems |
| Confidential | Customer contracts, personnel files, drawings | Company systems, encrypted when carried |
| Restricted | Firmware signing keys, bid prices, unpublished accounts | Named systems only, never on removable media |

## Passwords and devices

Passwords have at least 14 characters, are unique, and are kept in the password manager. A second factor is required
for every system that can be reached from outside. Screens lock after five minutes. Only the service desk, extension
4400, installs software.

## Loss, theft and breaches

Report a lost or stolen device to the service desk within one hour of noticing, at any time of day. Suspected breaches
of personal data go to Samuel Okafor, Data Protection Officer, within 24 hours at the latest, so that the regulator
can be told within the 72 hours that the law allows.

## Online assistants

Confidential and restricted information must not be entered into assistants or translators that run outside our
own systems. The list of approved tools is on the intranet.

## Keeping and deleting records

Applications that were not successful are deleted after six months. Personnel files are kept for six years after
employment ends. Recordings of the cameras at the gates are overwritten after 30 days. Calibration records are kept
for ten years, because customers' meters are billed on them.
""",
    """
# 10 Health and safety

## Responsibilities

Helen Strickland, Operations Director, is responsible for health and safety on behalf of the board. Colin Braithwaite,
Health and Safety Adviser, is on extension 4199 and walks the workshops every Tuesday. Everyone may stop work that
looks unsafe.

## Accidents and near misses

Report every accident on the day it happens and every near miss within two days, on the form at the first-aid points
or on the intranet. Fourteen first-aiders are named on the notice boards. Serious accidents are investigated within
ten working days, and what was learnt is shared with all teams.

## Noise, eyes and chemicals

Hearing protection is available from 80 dB(A) and compulsory from 85 dB(A), marked by blue signs. Safety glasses are
worn in all workshops. Safety data sheets hang at every place where a chemical is used, and nothing may be decanted
into drinks containers.

## Working alone

Nobody works alone in the flow laboratory, at height, or in a chamber or manhole. Elsewhere, field engineers who work
alone call the control desk every two hours; if a call is thirty minutes overdue the desk raises the alarm.

## Driving

No telephone calls while driving, hands-free ones included. After four and a half hours of work and driving take a
break of 45 minutes. Field engineers do not drive home after a working day of more than 13 hours: book a hotel.

## Fire

The assembly point of Millrace Works is the car park beside the river gate; that of the Penrith depot is the bus
lay-by. Alarms are tested on Wednesdays at 10:30.
""",
    """
# 11 Conduct

## Gifts and hospitality

Gifts worth more than £50, given or received, are entered in the register. Anything above £150 needs the approval of
the Company Secretary, Joanna Whitlow, before it is accepted. Gifts of money are refused, whatever the amount.

## Authority to spend

An order is signed by whoever holds authority for its whole value; splitting orders to stay below a limit is
misconduct.

| Role | Limit for one order, without VAT |
| Team leader | £1,000 |
| Department manager | £10,000 |
| Director | £50,000 |
| Chief Executive | £250,000 |
| Board | above £250,000 |

## Conflicts of interest

Declare every year, and whenever it changes, any interest that you or your family have in a supplier, customer or
competitor. A second job needs written consent, which is refused only where it harms our work or your health.

## Respect at work

We do not tolerate bullying, harassment or discrimination. Speak to your line manager, to the People team or to one of
the four dignity contacts named on the intranet. Complaints are answered within ten working days.

## Speaking up

If you see wrongdoing and cannot raise it with your manager, write to Gareth Lloyd-Evans, the non-executive director
responsible for whistleblowing, at speakup@calderwick.example, or call the independent line on 01632 960277. Nobody
who speaks up in good faith will suffer for it.
""",
    """
# 12 Grievances and discipline

## Grievances

Raise a problem informally first. If that does not help, write to your manager's manager. A meeting is held within ten
working days, and you may bring a colleague or a trade union representative. You may appeal once.

## Disciplinary steps

Before any warning the facts are investigated by someone who is not involved. You are told in writing what the
concern is and have at least five working days to prepare for the hearing.

| Step | Given by | Stays on file |
| First written warning | Line manager | 6 months |
| Final written warning | Department manager | 12 months |
| Dismissal | Director with the Head of People | not applicable |

## Gross misconduct

Theft, fraud, violence, falsified calibration records, serious breaches of safety rules and being at work under the
influence of alcohol or drugs can lead to dismissal without notice. Suspension during an investigation is on full pay
and is no judgement.

## Appeals

An appeal against a decision is made in writing within 10 working days of receiving it. It is heard by a director who
took no part in the case, and whose decision is final.

## The staff council

The staff council has nine elected members and meets on the first Thursday of every second month. Its chair in 2026 is
Maureen Tait of the calibration laboratory. The council nominates one trustee of the employees' trust.
""",
)

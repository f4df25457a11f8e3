"""Texts an exported model is compared with its original on: short and long, prose and figures, several languages."""

_SENTENCES = (
    "Either party may terminate this agreement with ninety days' written notice.",
    "Net revenue for the fiscal year was $4,512.7 million, an increase of 8.3% over the prior year.",
    "The capital of France is Paris.",
    "How long is the notice period for a senior engineer?",
    "Employees accrue 1.5 days of paid leave for each completed month of service.",
    "SELECT name, total FROM invoices WHERE due < '2024-01-31' ORDER BY total DESC;",
    "The patient was given 20 mg of the drug twice a day for six weeks without side effects.",
    "Die Kündigungsfrist beträgt drei Monate zum Ende eines Quartals.",
    "La société n'est pas responsable des dommages indirects.",
    "El contrato se renovará automáticamente salvo aviso en contrario.",
    "Item | Quantity | Unit price | Total",
    "Hydraulic pump HP-220 | 14 | 389.00 | 5,446.00",
    "In no event shall the supplier's liability exceed the fees paid in the twelve months before the claim.",
    "What was the ratio of current assets to current liabilities in 2019?",
    "Dogs are loyal animals that need exercise every day.",
    "Cats sleep for most of the day and hunt at night.",
    "The board approved the budget unanimously and adjourned at 16:40.",
    "Goodwill is tested for impairment at least once a year, or when events show that it may be impaired.",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "def add(a: int, b: int) -> int: return a + b",
    "Please find attached the minutes of our meeting of 12 March.",
    "The warranty does not cover damage caused by improper installation or ordinary wear.",
    "Basic earnings per share amounted to 2.41, diluted earnings per share to 2.38.",
    "Rain is expected in the north, with winds of up to 60 kilometres an hour.",
    "She opened the letter, read it twice, and put it back without a word.",
    "Passwords must have at least fourteen characters and are never sent by mail.",
    "The lessee shall keep the premises insured against fire, water and theft.",
    "Total debt decreased from 1.9 to 1.6 times adjusted EBITDA.",
    "Who is responsible for the safety of visitors on the site?",
    "Yes.",
    "ACME-2024/117-B",
    "The experiment was repeated three times and the mean of the results is reported in table 4.",
)

SAMPLE_TEXTS = _SENTENCES + tuple(
    " ".join(_SENTENCES[(start + step * (start % 3 + 1)) % len(_SENTENCES)] for step in range(start % 13 + 2))
    for start in range(len(_SENTENCES))
)
"""64 texts of 3 to some 300 tokens: each sentence alone, then 2 to 14 of them joined."""

SAMPLE_PAIRS = tuple((_SENTENCES[(7 * number) % len(_SENTENCES)], text) for number, text in enumerate(SAMPLE_TEXTS))
"""A question or sentence, and a text to score against it."""

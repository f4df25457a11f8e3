"""What kind of document a text names: annual report, contract, invoice. In English, German and French."""

import re

from ingest.folding import fold

# Matched against folded text.
_KINDS = {
    "annual report": r"10-?k(?:/a)?|20-?f|40-?f|annual reports?|annual accounts|annual review|integrated reports?"
    r"|geschaftsberichte?s?|jahresberichte?s?|jahresabschl\w+|konzernabschl\w+|rapports? annuels?|comptes annuels"
    r"|document d['\u2019]enregistrement universel",
    "quarterly report": r"10-?q|quarterly reports?|interim reports?|half-year(?:ly)? reports?|quartalsberichte?"
    r"|quartalsmitteilung|halbjahresberichte?|zwischenberichte?|rapports? (?:trimestriels?|semestriels?)",
    "current report": r"8-?k|6-?k|current reports?",
    "earnings release": r"earnings(?: releases?)?|press releases?|results announcements?|pressemitteilung"
    r"|communiques? de presse",
    "proxy statement": r"def ?14a|proxy statements?",
    "contract": r"contracts?|agreements?|leases?|terms and conditions|statement of work|\w*vertrag(?:es|s)?|vertrage"
    r"|vereinbarung|allgemeine geschaftsbedingungen|contrats?|bail commercial|conditions generales",
    "policy": r"polic(?:y|ies)|guidelines?|code of conduct|\w*richtlinien?|leitlinien?|verhaltenskodex|politique de"
    r"|charte",
    "handbook": r"hand-?books?|employee guide|\w*handbuch|livret d['\u2019]accueil|guide du salarie",
    "manual": r"manuals?|user guides?|operating instructions|\w*anleitung|mode d['\u2019]emploi"
    r"|manuel d['\u2019]utilisation",
    "minutes": r"(?<!\d )minutes|\w*protokoll|niederschrift|proces-verbal|compte rendu",
    "agenda": r"agenda|tagesordnung|ordre du jour",
    "invoice": r"invoices?|\w*rechnung|factures?|credit note|gutschrift",
    "order": r"purchase orders?|bestellung|auftragsbestatigung|bon de commande",
    "price list": r"price lists?|tariffs?|preislisten?|liste des prix|tarifs",
    "offer": r"offers?|quotations?|proposals?|tenders?|angebot|kostenvoranschlag|devis",
    "data sheet": r"data ?sheets?|sds|\w*datenblatt|fiche (?:technique|de donnees)",
    "letter": r"letters?|anschreiben|lettres?|courrier",
    "presentation": r"presentations?|slides?|prasentation",
}
# In file names a hyphen stands for the space.
_KIND = re.compile("|".join(f"\\b(?P<k{i}>{words.replace(' ', '[ -]')})\\b" for i, words in enumerate(_KINDS.values())))
_NAMES = tuple(_KINDS)


def kinds_in(text: str) -> frozenset[str]:
    """Kinds of document a text names, in the words of this module: `10-K` → `annual report`."""
    return frozenset(_NAMES[int(str(match.lastgroup)[1:])] for match in _KIND.finditer(fold(text)))


def kind_words_in(text: str) -> list[str]:
    """The words (folded) that a text names kinds of document by, in order: `leases` for contracts."""
    return [match[0] for match in _KIND.finditer(fold(text))]


def first_kind_in(text: str) -> str:
    """The kind that a text names first, "" for none."""
    match = _KIND.search(fold(text))
    return _NAMES[int(str(match.lastgroup)[1:])] if match else ""


def without_kinds(text: str) -> str:
    """The text, folded, without the words that name a kind."""
    return _KIND.sub(" ", fold(text))

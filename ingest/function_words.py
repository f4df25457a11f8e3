"""Function words of languages other than English: which words of a German or French question say nothing about where
its answer stands."""

import re
from functools import lru_cache

from ingest.folding import fold

_ENGLISH = frozenset(
    """
    a about all an and any are as at be been by can could did do does each every for from get give had has have how i
    if in into is it its many me more most much must my no not of on only or our should so some that the their them
    then there these they this those to under up was we were what when where which who whom whose why will with would
    you your
    """.split()  # noqa: SIM905
)

_OTHERS = {
    "German": """
        ab aber alle allem allen aller alles als am an auch auf aus bei beim bis da damit dann darf das dass dem den
        denn der des dessen deren die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer
        eines er es etwa fur gegen gibt hat hatte hatten haben hoch ich ihr ihre ihrem ihren ihrer im in ins ist jede
        jedem jeden jeder jedes kann kein keine keinen keiner konnen mit muss mussen nach nicht noch nur ob oder ohne
        pro seit sein seine seinem seinen seiner sich sie sind so soll sollen uber um und uns unser unsere unter viel
        viele vom von vor wann war waren warum was welche welchem welchen welcher welches wem wen wenn wer werden wie
        wieviel wird wo wohin woher worden wozu wurde wurden zu zum zur zwischen
        """,
    "French": """
        a au aucun aucune aux avec ce ces cet cette combien comment d dans de des dont du elle elles en entre est et
        etait etaient il ils j je l la laquelle le lequel les lesquels lesquelles leur leurs lors m mais n ne nos notre
        nous on ont ou par pas pendant peut peuvent plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s
        sa sans se sera ses si son sont sous sur t un une vers vos votre vous y
        """,
    "Spanish": """
        a al algun alguna como con cual cuales cuando cuanta cuantas cuanto cuantos de del desde donde e el ella ellos
        en entre era eran es esta estan estas este esto estos fue fueron ha han hasta hay la las le les lo los mas no
        o para pero por porque puede pueden que quien quienes se segun ser si sin sobre son su sus tiene tienen u un una
        unas uno unos y
        """,
    "Italian": """
        a ad ai al alla alle allo anche c che chi ci come con cosa cui d da dal dalla dalle dei del dell della delle
        dello di dove due e ed era erano fra gli ha hanno i il in l la le lo ma nei nel nell nella nelle no non o per
        perche piu puo qual quale quali quando quant quanta quante quanti quanto se si sono su sua sue sugli sui sul
        sulla suo suoi tra un una uno
        """,
    "Dutch": """
        aan al alle als bij dan dat de der deze die dit door een en er had heb hebben heeft het hoe hoeveel hun ik in
        is kan kunnen maar mag meer met mijn moet moeten na naar niet nog of om onder ons onze ook op over per te tot
        tussen uit van veel voor waar waarom wanneer waren was wat we welk welke werd werden wie worden wordt zal ze
        zich zijn zonder zou
        """,
    "Portuguese": """
        a ao aos as com como da das de desde do dos e ela elas ele eles em entre era eram essa esse esta este eu foi
        foram ha isso mais mas na nao nas no nos o os ou para pela pelas pelo pelos pode podem por porque qual quais
        quando quanta quantas quanto quantos que quem sao se sem ser seu seus sobre sua suas tem um uma umas uns
        """,
}
_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in _OTHERS.items()}

_TELL_NOTHING = frozenset(
    """
    comment die due hat on over plus pour sans sin son war
    da das de del den der des di do dos du el la las le les los van von zu zur
    """.split()  # noqa: SIM905
)
"""They are no sign of the language of a text: words in English, too, or parts of names (Van der Berg, Los Angeles)."""

_LEAST = 2
"""Function words of a language that a text in it holds, one of them a telling one."""

_WORD = re.compile(r"[^\W\d_]+")


def foreign_function_words(text: str) -> frozenset[str]:
    """The function words (folded) of the language that `text` is in; none when that is English, or cannot be told.

    A text is in a language when it holds more of its function words than of English ones, those that both have aside.
    Languages that hold equally many share the text: a question in Spanish may lose a word that is one in Portuguese.
    """
    return _of(frozenset(fold(word) for word in _WORD.findall(text)))


@lru_cache(maxsize=1 << 12)
def _of(words: frozenset[str]) -> frozenset[str]:
    leads = {language: _lead(words, own) for language, own in _BY_LANGUAGE.items()}
    most = max(leads.values())
    if most <= 0:
        return frozenset()
    return frozenset().union(*(_BY_LANGUAGE[language] for language, lead in leads.items() if lead == most))


def _lead(words: frozenset[str], own: frozenset[str]) -> int:
    """How many more words of a language than of English `words` holds; 0 when they are too few to tell."""
    held = words & own - _ENGLISH
    telling = [word for word in held - _TELL_NOTHING if len(word) > 1]
    return len(telling) - len(words & _ENGLISH - own) if len(held) >= _LEAST else 0

import pytest

from ingest.library.terms import terms_of


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("What is the notice period?", ["notice", "period"]),
        ("to be or not to be", ["to", "be", "or", "not"]),
        ("the company's 10-K for 2018", ["company", "10 k", "2018"]),
        ("price of 1,234.50 (net)", ["price", "1 234 50", "net"]),
        ('the "notice period" of AT&T', ["notice period", "at t"]),
        ("state-of-the-art", ["state of the art", "state", "art"]),
        ("Kündigungsfrist déjà", ["kündigungsfrist", "déjà"]),
        ("lease lease LEASE", ["lease"]),
        ("营业收入 2023", ["营业", "业收", "收入", "2023"]),
        ("", []),
        ('?! " * ( - ^', []),
    ],
)
def test_a_query_becomes_terms(query: str, terms: list[str]) -> None:
    assert [term for term in terms_of(query) if term not in {"at", "of", "the"}] == terms

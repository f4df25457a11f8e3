# ruff: noqa: RUF001  unusual characters are what is tested
import random
import sys
import time
import unicodedata

import pytest

from config.sanitise import sanitise

TERMINAL_ATTACKS = [
    "\x1b]52;c;c3RlYWw=\x07",  # OSC 52: set the clipboard
    "\x9d52;c;c3RlYWw=\x9c",  # the same with C1 controls
    "\x1b]0;title\x1b\\",
    "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    "\x1b[?1049h",
    "\x1bP+q544e\x1b\\",
    "\x90q\x9c",
    "\x1b_payload\x1b\\",
    "a\x08b\x7fc",
    "\x0e\x0f\x05\x00\x07",
]


@pytest.mark.parametrize("attack", TERMINAL_ATTACKS, ids=ascii)
def test_nothing_a_terminal_would_obey_is_left(attack: str) -> None:
    assert not any(unicodedata.category(character) == "Cc" for character in sanitise(attack))


@pytest.mark.parametrize(
    ("text", "sanitised"),
    [
        ("plain\ttext\nof “two” lines: 1 − 2 €", "plain\ttext\nof “two” lines: 1 − 2 €"),
        ("a\r\nb\rc\x0cd\x0be\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("confi\xaddential", "confidential"),
        ("\ufeffstart", "start"),
        ("evil\u202etxt.exe\u202c \u2066x\u2069\u200e\u200f\u061c", "eviltxt.exe x"),
        ("zero\u200bwidth\u2060joined", "zerowidthjoined"),
        ("hidden" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all"), "hidden"),
        ("variants\ufe01\ufe02\ufe03", "variants"),
        ("smuggled 葛\U000e0100\U000e0131\U000e0142", "smuggled 葛\U000e0100"),
        ("private \ue000\uf8ff\U000f0000\U0010fffd", "private "),
        ("broken \ud800\udfff pair", "broken  pair"),
        ("hyphen\ufffeated \uffff\ufdd0\U0001ffff", "hyphenated "),
        ("blank\u3164letters\uffa0", "blankletters"),
    ],
)
def test_what_is_dropped_and_what_stays(text: str, sanitised: str) -> None:
    assert sanitise(text) == sanitised


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian: "I want"
        "क्\u200dष श्री\u200cमान",  # Devanagari, both joiners
        "\U0001f469\u200d\U0001f4bb \U0001f3f3\ufe0f\u200d\U0001f308 ❤\ufe0f 1\ufe0f\u20e3 \U0001f44d\U0001f3fd",
        "葛\U000e0100城",  # a variant that Japanese place names need
        "ﷺ ۝ \u0600١٢",
        "𝒙 ∈ ℝ, 𠮷野家, 𐎀, עברית, עִבְרִית, ไทย, 한국어",
        "combin\u0301ed",
    ],
)
def test_writing_that_needs_its_marks_keeps_them(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize("text", ["pass\u200cword", "\u200d", "a\u200db", "👩\u200dx", "می\u200c\u200c\u200cخ"])
def test_joiners_hide_nothing_elsewhere(text: str) -> None:
    assert sanitise(text).count("\u200c") + sanitise(text).count("\u200d") == text.startswith("می")


def test_of_all_characters_only_the_unsafe_are_dropped() -> None:
    """Every assigned character, on its own, against Python's own tables."""
    visible_signs = {chr(code) for code in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)}
    blank_letters = {"\u3164", "\uffa0"}
    selectors = {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
    unsafe_categories = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}

    for character in map(chr, range(sys.maxunicode + 1)):
        category = unicodedata.category(character)
        if category == "Cn" or character in "\n\t":
            continue
        is_unsafe = category in unsafe_categories or character in blank_letters or character in selectors
        if is_unsafe and character not in visible_signs:
            assert sanitise(character) in {"", "\n"}, ascii(character)
        else:
            assert sanitise(character) == character, ascii(character)


def test_twice_is_once() -> None:
    """Text is sanitised when it is read and again when it is shown."""
    alphabet = (
        "ab1 \n\r\x1b\xad\u200b\u200c\u200d\ufe0e\ufe0f\u2764ب葛\U0001f469\U0001f3fd\U000e0041\U000e0100\ud800\u061c"
    )
    generator = random.Random(0)  # noqa: S311  a test
    for _ in range(50_000):
        text = "".join(generator.choices(alphabet, k=generator.randrange(1, 9)))
        once = sanitise(text)
        assert sanitise(once) == once, ascii(text)


def test_pieces_of_a_text_are_as_safe_as_the_whole() -> None:
    for attack in TERMINAL_ATTACKS:
        pieces = [sanitise(character) for character in attack]
        assert "".join(pieces) == sanitise(attack)


def test_thousands_of_pages_take_no_time() -> None:
    page = "Revenue of “Tidewater” – naïve estimate: 1 234,5 million €\n" * 50
    started = time.perf_counter()
    for _ in range(550):
        sanitise(page)

    assert time.perf_counter() - started < 0.5  # 0.01 s on an idle machine; 5,500 pages in well under a second

"""The one sanitiser for foreign text: what documents, file names and models say is data, never an instruction.

A terminal obeys control characters (set the clipboard, retitle the window, clear the screen), readers are fooled by
direction overrides and invisible characters, and a model reads instructions hidden in tag characters. None of these
survive. Text is sanitised when it is read from a file and again before it is shown.
"""

import re
import unicodedata

_LINE_BREAKS = "\r\v\f\x85\u2028\u2029"
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_VARIATION_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FILLERS = "\u3164\uffa0"  # letters by category, blank on screen

# Every character that could have to go, and all past the basic plane: the text between them is skipped at the speed of
# a table look-up (0.1 s for 5,500 pages), only these are looked at one by one.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    f"{_FILLERS}\ufe00-\ufe0f\ud800-\uf8ff\ufdd0-\ufdef\U00010000-\U0010ffff]"
)

# Arabic, Syriac, N'Ko, the Indic scripts, Myanmar, Khmer, Mongolian: their spelling needs joiners.
_JOINING_SCRIPTS = (
    "\u0600-\u061b\u061d-\u07ff\u0860-\u0dff\u1000-\u109f\u1780-\u180d\u180f-\u18af"
    "\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
)
_EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fffd\U00030000-\U0003fffd"
# A joiner stays after a letter of a script that needs it and between two emoji, a variation selector once after a
# character that has variants. Runs of them are a way to hide text.
_NEEDED = re.compile(
    f"(?<=[{_JOINING_SCRIPTS}])[{_NON_JOINER}{_JOINER}]"
    f"|(?:(?<=[{_EMOJI}])|(?<=[{_EMOJI}]\ufe0f)){_JOINER}(?=[{_EMOJI}])"
    f"|(?<=[#*0-9©®{_EMOJI}{_IDEOGRAPHS}])[{_VARIATION_SELECTORS}]"
)
_CONDITIONAL = re.compile(f"[{_NON_JOINER}{_JOINER}{_VARIATION_SELECTORS}]")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs"})
_VISIBLE_FORMAT = "\U000110bd\U000110cd"  # number signs of Kaithi; those of Arabic and Syriac are no suspects


def sanitise(text: str) -> str:
    """`text` without control, direction, invisible, private-use and surrogate characters.

    Newline and tab stay; every other line break (carriage return, form feed, U+2028 and the like) becomes a newline.
    What stays is printed by a terminal as it is, so the result is safe to show and to store. Works on a piece of a
    text as well as on the whole, so a model's words can be sanitised as they come.
    """
    return _SUSPECT.sub(_judge, text)


def one_line(text: str) -> str:
    """`text` sanitised, with a space for every line break and tab: a name with a line break in it would otherwise write
    a line of its own into what is shown."""
    return sanitise(text).replace("\n", " ").replace("\t", " ")


def _judge(match: re.Match[str]) -> str:
    """What a suspect character becomes: itself, a newline or nothing."""
    character = match[0]
    if character in _LINE_BREAKS:
        is_first_half = match.string.startswith("\r\n", match.start())
        return "" if is_first_half else "\n"
    if _CONDITIONAL.match(character):
        return character if _NEEDED.match(match.string, match.start()) else ""
    return "" if _is_dropped(character) else character


def _is_dropped(character: str) -> bool:
    if character in _VISIBLE_FORMAT:
        return False
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    is_tag = 0xE0000 <= code <= 0xE0FFF
    return is_noncharacter or is_tag or character in _FILLERS or unicodedata.category(character) in _DROPPED_CATEGORIES

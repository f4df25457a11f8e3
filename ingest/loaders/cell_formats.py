"""Numbers as a sheet shows them: Excel's number formats (ECMA-376 part 1, 18.8.30), as far as they carry meaning.

Dates are written as 2024-03-31, whatever the format's order of day and month, so that they mean one thing.
"""

import datetime
import math
import operator
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_DAY = "yyyy-mm-dd"
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: _DAY, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 32: "h:mm", 33: "h:mm:ss", 37: "#,##0", 38: "#,##0", 39: "#,##0.00",
    40: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), _DAY),
}  # fmt: skip
"""27 to 58 are those of Chinese, Japanese and Korean, where all of them mean the same kind of thing."""

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\*(?P<filling> )|[_*].|\[(?P<elapsed>h+|m+|s+)\]'
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]|(?P<mark>.)",
    re.IGNORECASE | re.DOTALL,
)
_TOUCHING_CODE = re.compile(r"\[\$[^\]-]*[^\W\d_](?:-[^\]]*)?\](?=[0#?])")
"""A currency's code with its figure directly behind: `[$EUR]#,##0`."""
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_COMPARED = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_SHOWN = frozenset("$€£¥ -():&")
"""Marks that stand for themselves."""
_DIGITS = frozenset("0#?")
_DATE_MARKS = re.compile(r"[ymdhs]", re.IGNORECASE)
_LARGEST_DATE = 2_958_465
"""The serial number of 9999-12-31, Excel's last day."""

_MOST_DECIMALS = 15
_EXACT_BELOW = 1e15
_EPOCH = datetime.datetime(1899, 12, 30)
_EPOCH_1904 = datetime.datetime(1904, 1, 1)

Part = tuple[bool, str]
"""Words that stand as they are (true), or marks of the pattern."""


def format_code(number: int, own: dict[int, str]) -> str:
    """The format's pattern: the file's own, or the built-in one of this number (empty: General)."""
    return own.get(number) or _BUILT_IN.get(number, "")


def shown(value: str, code: str, *, from_1904: bool = False) -> str:
    """A number as the sheet shows it under a format's pattern; `value` as it stands when it is no number."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    section, is_signed = _section(code, number)
    parts = _parts(section)
    marks = "".join(text for is_literal, text in parts if not is_literal)
    if not marks and _words(parts):
        return "".join(text for _, text in parts).strip()
    if _DATE_MARKS.search(marks.replace("General", "")) and 0 <= number <= _LARGEST_DATE:
        return _date(number, marks.lower(), _EPOCH_1904 if from_1904 else _EPOCH)
    if "e+" in marks.lower() or "/" in marks or not _DIGITS & set(marks):
        return _general(number)
    return _number(number if is_signed else abs(number), parts, marks)


def _section(code: str, number: float) -> tuple[str, bool]:
    """The section of the pattern that is for this number, and whether its sign is written out: by its condition where
    there are any, else that for negative numbers or zero where it has words of its own, else the first."""
    sections = code.split(";")
    if not any(map(_CONDITION.search, sections)):
        own = sections[1:2] if number < 0 else sections[2:3] if number == 0 else []
        if own and _words(_parts(own[0])) not in ("", _words(_parts(sections[0]))) and "@" not in own[0]:
            return own[0], False
        return sections[0], True
    for section in sections:
        condition = _CONDITION.search(section)
        if condition is None or _COMPARED[condition[1]](number, float(condition[2])):
            return section, True
    return "", True


def _words(parts: Sequence[Part]) -> str:
    """The letters of the words in a section."""
    return "".join(filter(str.isalpha, "".join(text for is_literal, text in parts if is_literal)))


@lru_cache(maxsize=256)  # a sheet has many cells and few formats
def _parts(section: str) -> tuple[Part, ...]:
    """The words and the marks of a section; gaps of a letter's width, colours and languages are left out, a filling
    of spaces is one."""
    parts: list[Part] = []
    for found in _PART.finditer(_TOUCHING_CODE.sub(r"\g<0> ", section)):
        literal = found["quoted"] or found["escaped"] or found["currency"] or found["filling"]
        if literal:
            parts.append((True, literal))
        elif found["elapsed"]:
            parts.append((False, found[0]))
        elif mark := found["mark"]:
            parts.append((mark in _SHOWN, mark))
    return tuple(parts)


def _date(number: float, marks: str, epoch: datetime.datetime) -> str:
    if elapsed := re.search(r"\[([hms])", marks):
        return _duration(number, elapsed[1], "s" in marks)
    has_day, has_time = bool(re.search(r"[yd]", marks)), bool(re.search(r"[hs]", marks))
    moment = epoch + datetime.timedelta(seconds=round(number * 86_400))
    time = moment.strftime("%H:%M:%S" if "s" in marks else "%H:%M")
    if has_time and not has_day:
        return time
    if "d" not in marks and not has_time:
        return moment.strftime("%Y-%m") if "m" in marks else moment.strftime("%Y")
    day = moment.strftime("%Y-%m-%d")
    return f"{day} {time}" if has_time else day


def _duration(days: float, largest: str, has_seconds: bool) -> str:
    """Days as hours, minutes or seconds that go on past a day: 1.6 → `38:24`."""
    seconds = round(days * 86_400) if has_seconds else round(days * 1_440) * 60
    if largest == "s":
        return str(seconds)
    hours = f"{seconds // 3_600}:{seconds // 60 % 60:02}" if largest == "h" else str(seconds // 60)
    return f"{hours}:{seconds % 60:02}" if has_seconds else hours


def _number(number: float, parts: Sequence[Part], marks: str) -> str:
    """With the words that stand before and behind its digits: `$1,234.50`, `3.2 kg`, `INV-0042`, `1.5M`."""
    places = [index for index, (is_literal, text) in enumerate(parts) if not is_literal and text in _DIGITS]
    lead = "".join(text for is_literal, text in parts[: places[0]] if is_literal)
    before = lead.strip().lstrip("-" if number < 0 else "")
    behind = "".join(text for is_literal, text in parts[places[-1] + 1 :] if is_literal).rstrip()
    inside = parts[places[0] : places[-1] + 1]
    if any(is_literal for is_literal, _ in inside) and not set(marks) & set(".,%"):
        return f"{_sign(number)}{before}{_filled(abs(number), inside)}{behind}"
    percent = "%" if "%" in marks else ""
    scaled = abs(number) * (100 if percent else 1) / 1_000 ** _thousands(marks)
    digits = _rounded(scaled, _decimals(marks), grouped=bool(re.search(r"[0#?],+[0#?]", marks)))
    whole, point, rest = digits.partition(".")
    padded = "0" * (marks.partition(".")[0].count("0") - sum(map(str.isdigit, whole))) + whole
    gap = " " if before[-1:].isalpha() and lead.endswith(" ") else ""
    return f"{_sign(number)}{before}{gap}{padded}{point}{rest}{percent}{behind}"


def _sign(number: float) -> str:
    return "-" if number < 0 else ""


def _filled(number: float, pattern: Sequence[Part]) -> str:
    """Digits in the places of a pattern with words between them, from the right: 10671234 in `000-00-0000` →
    `010-67-1234`."""
    left = _rounded(number, 0, grouped=False)
    out: list[str] = []
    for index, (is_literal, text) in reversed(list(enumerate(pattern))):
        if is_literal:
            out.append(text if left or (False, "0") in pattern[:index] else "")
        elif text in _DIGITS:
            out.append(left[-1:] or ("0" if text == "0" else ""))
            left = left[:-1]
    return left + "".join(reversed(out))


def _thousands(marks: str) -> int:
    """Commas behind the last digit: each divides by a thousand."""
    found = re.search(r"[0#?](,+)(?![0#?,])", marks)
    return len(found[1]) if found else 0


def _decimals(marks: str) -> int:
    found = re.search(r"\.([0#?]+)", marks)
    return min(len(found.group(1)), _MOST_DECIMALS) if found else 0


def _rounded(number: float, decimals: int, *, grouped: bool) -> str:
    if abs(number) < _EXACT_BELOW:  # as Excel rounds, half away from zero
        number = float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    return f"{number:,.{decimals}f}" if grouped else f"{number:.{decimals}f}"


def _general(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < _EXACT_BELOW else f"{number:.10g}"

"""Numbers as a sheet shows them: Excel's number formats (ECMA-376 part 1, 18.8.30), as far as they carry meaning.

Dates are written as 2024-03-31, whatever the format's order of day and month, so that they mean one thing.
"""

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Decimal

_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy-mm-dd",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00",
    40: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_CURRENCY = re.compile(r'[$€£¥]|\[\$([^\]-]+)(?:-[^\]]*)?\]|"\s*(EUR|USD|GBP|CHF|NOK|SEK|DKK|kr|zł|Kč)\.?\s*"')
_DATE_MARKS = re.compile(r"[ymdhs]", re.IGNORECASE)
_LARGEST_DATE = 2_958_465
"""The serial number of 9999-12-31, Excel's last day."""

_MOST_DECIMALS = 15
_EXACT_BELOW = 1e15
_EPOCH = datetime.datetime(1899, 12, 30)
_EPOCH_1904 = datetime.datetime(1904, 1, 1)


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
    section = code.split(";")[0]
    marks = _LITERALS.sub("", section)
    if _DATE_MARKS.search(marks.replace("General", "")) and 0 <= number <= _LARGEST_DATE:
        return _date(number, marks.lower(), _EPOCH_1904 if from_1904 else _EPOCH)
    if "%" in marks:
        return f"{_rounded(number * 100, _decimals(marks), grouped=',' in marks)}%"
    if "e+" in marks.lower() or not re.search(r"[0#?]", marks):
        return _general(number)
    text = _rounded(number, _decimals(marks), grouped="," in marks)
    if found := _CURRENCY.search(section):
        sign = found.group(1) or found.group(2) or found.group(0)
        before = found.start() < min((i for i in (section.find("0"), section.find("#")) if i >= 0), default=0)
        return f"{sign}{text}" if before and len(sign) == 1 else f"{text} {sign.strip()}"
    return text


def _date(number: float, marks: str, epoch: datetime.datetime) -> str:
    has_day, has_time = bool(re.search(r"[yd]", marks)), bool(re.search(r"[hs]", marks))
    moment = epoch + datetime.timedelta(seconds=round(number * 86_400))
    if "[h]" in marks:
        minutes = round(number * 1_440)
        return f"{minutes // 60}:{minutes % 60:02}"
    time = moment.strftime("%H:%M:%S" if "s" in marks else "%H:%M")
    if has_time and not has_day:
        return time
    if "d" not in marks and not has_time:
        return moment.strftime("%Y-%m") if "m" in marks else moment.strftime("%Y")
    day = moment.strftime("%Y-%m-%d")
    return f"{day} {time}" if has_time else day


def _decimals(marks: str) -> int:
    found = re.search(r"\.([0#?]+)", marks)
    return min(len(found.group(1)), _MOST_DECIMALS) if found else 0


def _rounded(number: float, decimals: int, *, grouped: bool) -> str:
    if abs(number) < _EXACT_BELOW:  # as Excel rounds, half away from zero
        number = float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    return f"{number:,.{decimals}f}" if grouped else f"{number:.{decimals}f}"


def _general(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < _EXACT_BELOW else f"{number:.10g}"

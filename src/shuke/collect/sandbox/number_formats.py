"""Number formats: what does a workbook show of a number that the number itself does not say?

Leading zeros, a percent sign, a currency, the letters of a code, a word that stands for a number.
As a workbook saves itself as CSV, but no digit is lost: 0.153 shown as 15 % is "15.3%".

    00000          42     "00042"
    "VIP"0000      42     "VIP0042"
    000-00-0000    123    "000-00-0123"
    0%             0.15   "15%"
    #,##0.00 "€"   1234.5 "1234.5 €"
    [=1]"yes";"no" 1      "yes"
    #,##0.00       1234.5 nothing: the number says it all
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from babel.core import get_global

#: Excel keeps 15 digits; of longer numbers, such as order numbers, the rest is lost.
DIGITS = 15

#: So many texts of numbers are kept for the cells that say the same.
_REMEMBERED = 1 << 15

#: Tells what is shown of a number; None where the number says it all.
Shown = Callable[[float], str | None]

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|(?P<space>[_*].)'
    r"|(?P<general>general|g/通用格式)|(?P<digits>[0#?]+)|(?P<exponent>e[-+])|(?P<mark>[.,%/@;])"
    r"|(?P<weekday>a{3,4})|(?P<date>[ymdhsbg]|am/pm|a/p|上午/下午)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
}
_LITERAL = {"quoted", "escaped", "plain"}
#: Words that people write for a currency where a sign or a code of three letters does not stand.
_CURRENCY_WORD = re.compile(
    r"元|圆|圓|円|人民币|rmb|kr\.?|zł|kč|ft|fr\.?|sfr\.?|rs\.?|rp|rm|руб\.?|р\.|lei|лв\.?", re.IGNORECASE
)
_CURRENCY_SIGN = re.compile(r"[A-Z]{0,3}[$¢-¥￥€£₠-⃀]")
_CURRENCY_CODES = frozenset(get_global("all_currencies"))
#: The currency of a country whose sign others have as well, by the country's number in Windows.
_CURRENCY_OF = {
    0x404: "TWD", 0x409: "USD", 0x411: "JPY", 0x804: "CNY", 0xC04: "HKD", 0xC09: "AUD", 0x1004: "SGD",
    0x1009: "CAD", 0x1409: "NZD", 0x406: "DKK", 0x40F: "ISK", 0x414: "NOK", 0x41D: "SEK",
}  # fmt: skip
_AMBIGUOUS = {"$", "¥", "￥", "kr", "kr."}


@dataclass(frozen=True)
class _Part:
    kind: str
    text: str


@dataclass(frozen=True)
class _Section:
    """One of the parts between semicolons: how numbers of some range are shown."""

    condition: Callable[[float], bool] | None
    shown: Shown | None


def shown_by(code: str) -> Shown | None:
    """What a format shows; None if it never shows more than the number says."""
    sections = [_section(parts) for parts in _sections(code)][:4]
    if not any(section.shown for section in sections[:3]):
        return None
    # Prices, rates and numbers of customers come again and again.
    return lru_cache(_REMEMBERED)(lambda value: _apply(sections, value))


@lru_cache(_REMEMBERED)
def plain(value: float) -> str:
    """A number with the digits that a workbook keeps: 17850, 0.00001, 6.20123456789012E+17."""
    if abs(value) >= 10**DIGITS:
        return f"{value:.{DIGITS}g}".upper() if "e" in f"{value:.{DIGITS}g}" else f"{value:.{DIGITS - 1}E}"
    return _decimal(Decimal(f"{value:.{DIGITS}g}"))


def _decimal(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _apply(sections: Sequence[_Section], value: float) -> str | None:
    section = _of(sections, value)
    return section.shown(value) if section.shown else None


def _of(sections: Sequence[_Section], value: float) -> _Section:
    """The section for a number: by its conditions, else positive; negative; zero."""
    numeric = sections[:3]
    if any(s.condition for s in numeric):
        return next((s for s in numeric if s.condition is None or s.condition(value)), numeric[-1])
    place = 1 if value < 0 else 2 if value == 0 else 0
    return numeric[place] if place < len(numeric) else numeric[0]


def _sections(code: str) -> list[list[_Part]]:
    parts = [_Part(str(found.lastgroup), found[str(found.lastgroup)]) for found in _TOKEN.finditer(code)]
    cut = groupby(parts, key=lambda part: part == _Part("mark", ";"))
    return [_joined(group) for is_cut, group in cut if not is_cut]


def _joined(parts: Iterable[_Part]) -> list[_Part]:
    """Letters that stand side by side as one part."""
    joined: list[_Part] = []
    for kind, group in groupby(parts, key=lambda part: "literal" if part.kind in _LITERAL else part.kind):
        same = list(group)
        joined += [_Part(kind, "".join(p.text for p in same))] if kind == "literal" else same
    return joined


def _section(parts: Sequence[_Part]) -> _Section:
    conditions = [found for p in parts if p.kind == "bracket" and (found := _CONDITION.fullmatch(p.text))]
    return _Section(_condition(conditions[0]) if conditions else None, _shown(parts))


def _condition(found: re.Match[str]) -> Callable[[float], bool]:
    compare, limit = _COMPARE[found[1]], float(found[2])
    return lambda value: compare(value, limit)


def _shown(parts: Sequence[_Part]) -> Shown | None:
    """What a section shows of its numbers."""
    kinds = {part.kind for part in parts}
    marks = {part.text for part in parts if part.kind == "mark"}
    if "date" in kinds or "exponent" in kinds or marks & {"@", "/"}:
        return None
    if "weekday" in kinds:
        return _day
    if "%" in marks:
        return _percent
    if not kinds & {"digits", "general"}:
        return _word(parts)
    holes = "".join(part.text for part in parts if part.kind == "digits")
    if holes.count("0") > 1 and not marks:
        return _code(parts)
    return _currency(parts) or (None if marks or not _is_name(parts) else _code(parts))


def _percent(value: float) -> str | None:
    return _decimal(Decimal(f"{value:.{DIGITS}g}") * 100) + "%" if abs(value) < 10**DIGITS else None


def _day(value: float) -> str | None:
    """A day of which only the weekday is shown."""
    whole = int(value)
    return (dt.date(1899, 12, 30) + dt.timedelta(whole)).isoformat() if 60 < whole < 2_958_466 else None


def _word(parts: Sequence[_Part]) -> Shown | None:
    """A word instead of the number."""
    text = "".join(_literal(part) for part in parts).strip()
    return (lambda _: text) if any(c.isalpha() for c in text) else None


def _literal(part: _Part) -> str:
    return part.text if part.kind == "literal" else ""


def _currency(parts: Sequence[_Part]) -> Shown | None:
    """The sign or word of a currency, before or behind the number."""
    figure = next(place for place, part in enumerate(parts) if part.kind in ("digits", "general"))
    signs = [(place, sign) for place, part in enumerate(parts) if (sign := _sign(part))]
    runs = {before: "".join(s for p, s in signs if (p < figure) is before) for before in (True, False)}
    if runs[True]:
        return lambda value: f"{'-' * (value < 0)}{_apart(runs[True])}{plain(abs(value))}"
    return (lambda value: f"{plain(value)} {runs[False]}") if runs[False] else None


def _sign(part: _Part) -> str:
    """The currency that a part names, if it names one."""
    if part.kind == "bracket" and part.text.startswith("$"):
        sign, _, country = part.text[1:].rpartition("-") if "-" in part.text else (part.text[1:], "", "")
        number = int(country, 16) & 0xFFFF if re.fullmatch("[0-9A-Fa-f]+", country) else 0
        return _CURRENCY_OF.get(number, sign.strip()) if sign.strip() in _AMBIGUOUS else sign.strip()
    text = _literal(part).strip()
    if found := _CURRENCY_SIGN.search(text):
        return found[0]
    return text if text in _CURRENCY_CODES or _CURRENCY_WORD.fullmatch(text) else ""


def _apart(sign: str) -> str:
    return f"{sign} " if sign[-1].isalpha() or sign.endswith(".") else sign


def _is_name(parts: Sequence[_Part]) -> bool:
    """Do letters stand before the digits, or dashes among them?"""
    figures = [place for place, part in enumerate(parts) if part.kind in ("digits", "general")]
    before = "".join(map(_literal, parts[: figures[0]]))
    within = "".join(map(_literal, parts[figures[0] : figures[-1]]))
    return any(c.isalpha() for c in before) or bool(within.strip())


def _code(parts: Sequence[_Part]) -> Shown:
    """A number that is a name: zeros before it, letters before it, or dashes within it."""
    return lambda value: _filled(parts, value)


def _filled(parts: Sequence[_Part], value: float) -> str | None:
    """The digits of a whole number in the places of the format, the last in the last."""
    if value < 0 or value != int(value) or value >= 10**DIGITS:
        return None
    digits = list(str(int(value)))
    leftmost = next(part for part in parts if part.kind in ("digits", "general"))
    shown: list[str] = []
    for part in reversed(parts):
        holes = part.text if part.kind == "digits" else ""
        shown += [digits.pop() if digits else hole.strip("#?") for hole in reversed(holes)]
        shown += reversed(_literal(part))
        if part is leftmost:
            shown, digits = [*shown, *reversed(digits)], []
    return "".join(reversed(shown)).strip()

"""Prices in items: what does a cell that lists products say that each of them, or all of a line, came to?

Tea x 2 ($4)       2 × 4, where the order comes to 8; 4 in all, where it comes to 4
2 × Latte @ 3.50   3.50 each
拿铁*2(¥36)         36 in all, where the order comes to 36
"""

import re
from collections.abc import Callable, Iterable, Sequence

from shuke.collect.shapes.sample import figure
from shuke.collect.shapes.shape import Of

_FIGURE = r"\d+(?:[.,]\d+)*"
_SUM = (
    rf"(?:[A-Za-z]{{0,3}}[$€£¥￥]\s?{_FIGURE}|{_FIGURE}\s?(?:€|£|元|円|块|(?:EUR|USD|GBP|CNY|RMB|CHF|kr)\b)|"
    rf"\b(?:EUR|USD|GBP|CNY|RMB|CHF)\s?{_FIGURE})"
)
_EACH = r"(?:\s*(?:/\s*)?(?:each|ea\b\.?|pcs?\b|per piece|stück|件|个|杯|份|瓶|盒))?"
#: A sum of money within what is said of one product; the two groups are `@ 3.50` and `($4)`.
PRICE = (
    rf"\s*[-–—:：=]?\s*[(（\[【]?\s*(?:(?:@|à\s|单价[:：]?)\s*({_SUM}|{_FIGURE})|共?({_SUM}))"
    rf"{_EACH}\s*[)）\]】]?"
)
#: `2 x $4.00`, before or behind its product: how many there are, and what each costs.
_COUNTED = rf"(\d{{1,4}})\s*[xX×*✕]\s*({_SUM})"
TIMES = ((rf"^\s*{_COUNTED}\s+(\S.*)$", r"\1 x \3 @ \2"), (_COUNTED, r"x \1 @ \2"))
_PRICE, _TIMES = re.compile(PRICE), re.compile(_COUNTED)
_AT = re.compile(r"@|à\s|单价|each|\bea\b|per piece|/\s?(?:件|个|杯|份|瓶|盒|pcs?)")
#: So many of the products must have a price before it is one.
_MOST = 0.8


def priced(parts: Sequence[str]) -> bool:
    """Whether products are listed with what they cost."""
    return bool(parts) and sum(bool(_PRICE.search(part)) for part in parts) >= _MOST * len(parts)


def of_what(rows: Iterable[tuple[Sequence[str], Sequence[str]]], count: Callable[[str], float]) -> Of | None:
    """Of what the prices are, by what the rows come to: pairs of the products of a cell and the other figures
    of its row. `count` says how many there are of a product. None where nothing tells."""
    each = line = several = 0
    for parts, figures in rows:
        told = [(count(plain(part)), amount(part)) for part in parts]
        several += any(pieces != 1 for pieces, _ in told)
        if all(_AT.search(part) or _TIMES.search(part) for part in parts):
            each += 1
            continue
        sums = {round(figure(cell), 2) for cell in figures}
        if sum(pieces * price for pieces, price in told) != sum(price for _, price in told):
            each += round(sum(pieces * price for pieces, price in told), 2) in sums
            line += round(sum(price for _, price in told), 2) in sums
    if not several:
        return "each"
    return None if each == line else "each" if each > line else "line"


def plain(part: str) -> str:
    """What is said of a product beside what it costs."""
    return _PRICE.sub("", _apart(part)).strip()


def amount(part: str) -> float:
    """What a product is said to cost."""
    found = _PRICE.search(_apart(part))
    return figure(found[1] or found[2]) if found else 0.0


def _apart(part: str) -> str:
    for pattern, order in TIMES:
        part = re.sub(pattern, order, part)
    return part

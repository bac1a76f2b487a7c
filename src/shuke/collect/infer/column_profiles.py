"""Column profiles: what might a column be that is not mapped yet?

A date is known by its values, whatever stands over it; most else by its values and a word in its header,
for a number alone is nothing yet. Only what a sense has (`tables.semantic_types`) is looked for.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ibis.expr.types as ir

from shuke.collect.infer import evidence
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.headers import words
from shuke.collect.values import currencies
from shuke.collect.values.folding import blank, folded
from shuke.tables.semantic_types import SemanticType

#: In how many of the cells that say something a shape must be met to be that of the column.
_MOST = 0.8

#: Words at least so long are also known at the end of another.
_COMPOUNDED = 5

_DIRECTIONS = (
    "in out income expense debit credit dr cr inflow outflow incoming outgoing soll haben s h "
    "收入 支出 收 支 借 贷 借方 贷方 进 出 入账 出账 不计收支 / neutral"
).split()
_MONEY = (
    r"^[-+(]?\s*(?:[a-z]{0,3}[¥$€£]\s?[-+]?\d[\d.,]*|\d[\d.,]*\s?(?:元|€|£|円)|[-+]?\d[\d,. ]*[.,]\d\d)\)?$"
)
_SERIAL = (
    r"^(?:[2-5]\d{4}(?:\.\d+)?|(?:19|20)\d{4}|1\d{9}|1\d{12}|(?:19|20)\d\d[-/.年]\d{1,2}月?|\d{1,2}[-/.月]\d{1,2}日?|"
    r"\d{1,2}[-. ](?:jan|feb|m[aä]r|apr|may|mai|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*)$"
)


@dataclass(frozen=True)
class ColumnSigns:
    """How many of the cells of a sample look like this, beside their `Shapes`."""

    priced: int = 0  # a number with a sign of money, or with exactly two decimals
    currency: int = 0
    direction: int = 0
    serial: int = 0  # a day as a count of days or seconds, a month, or a day without its year


@dataclass(frozen=True)
class ColumnProfile:
    """What a column looks like."""

    shapes: Shapes
    marks: ColumnSigns

    def mostly(self, count: int) -> bool:
        return self.shapes.said > 0 and count >= _MOST * self.shapes.said


def looks(rows: ir.Table, columns: Iterable[str]) -> dict[str, ColumnProfile]:
    """What the columns of a sheet look like, in a sample of its rows."""
    wanted = list(columns)
    seen, marks = evidence.shapes(rows, wanted), evidence.sampled(rows, wanted, _marks, ColumnSigns)
    return {column: ColumnProfile(seen[column], marks[column]) for column in wanted}


def sense(header: str, seen: ColumnProfile) -> SemanticType | None:
    """What a column seems to say; None where it says nothing, or nothing that has a sense."""
    shapes = seen.shapes
    if not shapes.said:
        return None
    numeric, dated = seen.mostly(shapes.number), seen.mostly(shapes.date)
    if dated and (not numeric or speaks(header, SemanticType.DAY)):
        return SemanticType.DAY
    if seen.mostly(seen.marks.currency):
        return SemanticType.CURRENCY
    if seen.mostly(seen.marks.direction):
        return SemanticType.DIRECTION
    if seen.mostly(shapes.email) or seen.mostly(shapes.mobile):
        return SemanticType.CUSTOMER
    return _by_header(header, seen, numeric=numeric)


def _by_header(header: str, seen: ColumnProfile, *, numeric: bool) -> SemanticType | None:
    """What a header's words speak for, as far as the values may be it."""
    shapes = seen.shapes
    money = numeric and (seen.mostly(seen.marks.priced) or speaks(header, SemanticType.AMOUNT))
    clock = shapes.clock >= _MOST * shapes.said
    possible = {
        SemanticType.ORDER: seen.mostly(shapes.code) and not seen.mostly(seen.marks.priced),
        SemanticType.CUSTOMER: not seen.mostly(seen.marks.priced) and not clock,
        SemanticType.QUANTITY: numeric and not seen.mostly(seen.marks.priced),
        SemanticType.DAY: seen.mostly(shapes.date + seen.marks.serial),
        SemanticType.STATUS: not numeric and not (shapes.mostly("initials") and not shapes.state),  # CA, TX
        SemanticType.AMOUNT: money,
    }
    spoken = (one for one, may in possible.items() if may and speaks(header, one))
    found = next(spoken, None)
    if found is None and money and not _spoken_against(header, SemanticType.AMOUNT):
        return SemanticType.AMOUNT
    return found


def speaks(header: str, one: SemanticType) -> bool:
    """Whether a word of the header speaks for it and none against."""
    speech, said = _speech()[one], words(header)
    heard = any(word in speech.words or word.endswith(speech.endings) for word in said)
    heard |= any(part in word for word in said for part in speech.parts)
    return heard and not _spoken_against(header, one)


def _spoken_against(header: str, one: SemanticType) -> bool:
    spoken = " ".join(words(header))
    return any(re.search(pattern, spoken) for pattern in _speech()[one].against)


@dataclass(frozen=True)
class _Speech:
    words: frozenset[str]
    endings: tuple[str, ...]  # of compounds: Kaufdatum, Gesamtbetrag
    parts: tuple[str, ...]
    against: tuple[str, ...]


@cache
def _speech() -> Mapping[SemanticType, _Speech]:
    """What lookalikes.toml says of each sense."""
    said = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        SemanticType(name): _Speech(
            frozenset(block["words"].split()),
            tuple(word for word in block["words"].split() if len(word) >= _COMPOUNDED),
            tuple(block["parts"].split()),
            tuple(block.get("against", ())),
        )
        for name, block in said.items()
    }


def _marks(cell: ir.StringValue) -> Mapping[str, ir.BooleanValue]:
    text = folded(cell).lower().strip()
    said = ~blank(cell)
    return {
        "priced": said & text.re_search(_MONEY),
        "currency": said & currencies.is_word(text),
        "direction": said & text.isin(_DIRECTIONS),
        "serial": said & text.re_search(_SERIAL),
    }

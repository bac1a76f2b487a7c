"""Evidence: what do the values of a column look like?

Shapes are counted over a sample spread through the file; what decides how a value is *read* (is the day or
the month first, is the comma a thousand or a fraction) is counted over every row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Protocol, TypeVar

import ibis
import ibis.expr.types as ir

from shuke.collect.values import birthdays
from shuke.collect.values.folding import blank, folded
from shuke.collect.values.identifiers import plausible
from shuke.dealings.statuses import state

_SAMPLE = 5_000
_CODES = "(?i:chf|s?fr|eur|usd|gbp|cny|rmb|jpy|hkd|twd|cad|aud|sek|nok|dkk|kr|zł|kč)"
_NUMBER = (
    rf"^[(+-]?\s*(?:[A-Za-z]{{0,3}}[¥$€£]|{_CODES}\.?\s)?\s*[-+]?\d[\d.,' ]*"
    rf"(?:元|[€£$]|%|岁|折|\s?{_CODES}\.?)?\)?[-–]{{0,2}}$"
)
_DATE = (
    r"^(?:(?:1[89]|20|21)\d\d[-/.年]\s?\d{1,2}(?:[-/.月]|$)|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:\D|$)|"
    r"1\d{3}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?$|"
    r"(?:1[5-9]|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{6})?$|"
    r"(?:令和|平成|昭和) ?(?:\d{1,2}|元) ?年|"
    r"(?i:(?:[a-z]+[,.]* )?\d{1,2}[. -]{1,2}(?:de )?(?:janv?|ene|gen|f[eé][bv]|m[aä]r|a[pvb]r|ma[yig]|"
    r"jui?[nl]|giu|lug|a[uû]g|ago|ao[uû]|sep|set|o[ck]t|out|ott|nov|d[eéi][cz])|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}))"
)
_THREE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:\D|$)"


@dataclass(frozen=True)
class Shapes:
    """How many cells of the sample are not blank, and what these look like."""

    said: int = 0
    email: int = 0
    mobile: int = 0  # of the People's Republic
    date: int = 0
    number: int = 0
    hash: int = 0  # #1001
    code: int = 0  # one word with a digit in it
    spaced: int = 0  # several words, or Chinese
    clock: int = 0  # 10:22 alone
    birthday: int = 0  # a month and a day alone
    fraction: int = 0  # a number as money is written, with two decimals
    initials: int = 0  # two capitals
    state: int = 0  # a word for what became of an order

    def mostly(self, shape: str) -> bool:
        """Whether nine in ten of the cells that say something have this shape."""
        return self.said > 0 and getattr(self, shape) >= 0.9 * self.said


@dataclass(frozen=True)
class DateOrderCounts:
    """Of the dates written as three short numbers: how many decide which of them is the day?"""

    three: int = 0
    same: int = 0  # 05/05/2024 says the same in either order
    first_beyond_12: int = 0
    second_beyond_12: int = 0
    first_beyond_31: int = 0
    third_beyond_31: int = 0  # or written with its century


@dataclass(frozen=True)
class DecimalMarks:
    """How many numbers can only be read with a decimal point, only with a comma, or with either?"""

    point: int = 0
    comma: int = 0
    undecidable: int = 0


class CountsDataclass(Protocol):
    """A dataclass of numbers."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Counts = TypeVar("Counts", bound=CountsDataclass)
Conditions = Callable[[ir.StringValue], Mapping[str, ir.BooleanValue]]


def shapes(rows: ir.Table, columns: Iterable[str]) -> Mapping[str, Shapes]:
    """What each column looks like, in a sample spread evenly over the file."""
    return sampled(rows, columns, _shapes, Shapes)


def sampled(
    rows: ir.Table, columns: Iterable[str], conditions: Conditions, kind: type[Counts]
) -> dict[str, Counts]:
    """How many cells of each column meet each condition, in a sample spread evenly over the file."""
    total = int(rows.count().to_pyarrow().as_py())
    sample = rows.filter(rows["__row__"] % (total // _SAMPLE + 1) == 0) if total > _SAMPLE else rows
    return _counted(sample, columns, conditions, kind)


def orders(rows: ir.Table, columns: Iterable[str]) -> Mapping[str, DateOrderCounts]:
    """What decides the order of day and month, over every row."""
    return _counted(
        rows, columns, _orders, DateOrderCounts, length=11
    )  # a day's worth: the time of day decides nothing


def marks(rows: ir.Table, columns: Iterable[str]) -> Mapping[str, DecimalMarks]:
    """What decides the decimal mark, over every row."""
    return _counted(rows, columns, _marks, DecimalMarks)


def _counted(
    rows: ir.Table, columns: Iterable[str], conditions: Conditions, kind: type[Counts], *, length: int = 100
) -> dict[str, Counts]:
    """How many cells of each column meet each condition, which is asked once of every different cell."""
    wanted = list(columns)
    if not wanted:
        return {}
    pairs = ibis.array([ibis.struct({"n": n, "cell": rows[c].left(length)}) for n, c in enumerate(wanted)])
    long = rows.select(pair=pairs.unnest()).select(n=lambda t: t.pair.n, cell=lambda t: t.pair.cell)
    cells = long.group_by("n", "cell").agg(times=lambda t: t.count())
    counts = {name: met.ifelse(cells.times, 0).sum() for name, met in conditions(cells.cell).items()}
    found = cells.group_by("n").agg(**counts).to_pyarrow().to_pylist()
    names = {field.name for field in fields(kind)}
    told = {row["n"]: {name: int(row[name] or 0) for name in names & set(row)} for row in found}
    return {c: kind(**told.get(n, {})) for n, c in enumerate(wanted)}


def _shapes(cell: ir.StringValue) -> Mapping[str, ir.BooleanValue]:
    said, text = ~blank(cell), folded(cell)
    worded = text.re_search(r"^\D{3,30}$") & ~text.re_search(
        r"(?i)^new\s"
    )  # New York is no state of an order
    looks = {
        "email": plausible("email", text),
        "mobile": text.re_search(r"^'?(?:\+?86[- ]?)?1[3-9]\d[- ]?[\d*]{4}[- ]?\d{4}$"),
        "date": text.re_search(_DATE),
        "number": text.re_search(_NUMBER),
        "fraction": text.re_search(r"^\D*\d{1,6}[.,]\d\d\D*$"),
        "initials": text.re_search(r"^[A-Z]{2}$"),
        "hash": text.re_search(r"^#\w*\d"),
        "code": text.re_search(r"^\S*\d\S*$"),
        "spaced": text.re_search(r"\S\s+\S|[\x{4E00}-\x{9FFF}]"),
        "birthday": text.re_search(f"(?i){birthdays.LOOKS}"),
        "state": ibis.cases((worded, state(text).notnull()), else_=False),
        "clock": text.re_search(r"^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?$"),
    }
    return {"said": said} | {name: said & look for name, look in looks.items()}


def _orders(cell: ir.StringValue) -> Mapping[str, ir.BooleanValue]:
    text = folded(cell)
    three = text.re_search(_THREE)
    first, second, third = (text.re_extract(_THREE, n).try_cast("int64") for n in (1, 2, 3))
    return {
        "three": three,
        "same": three & (first == second),
        "first_beyond_12": three & first.between(13, 31),
        "second_beyond_12": three & second.between(13, 31),
        "first_beyond_31": three & (first > 31),
        "third_beyond_31": three & (third > 31),
    }


def _marks(cell: ir.StringValue) -> Mapping[str, ir.BooleanValue]:
    bare = folded(cell).re_replace(r"[^\d.,]", "")
    either = bare.re_search(r"^[1-9]\d{0,2}[.,]\d{3}$")
    point = bare.re_search(r"\.\d{1,2}$|\.\d{4,}$|,.*\.|^0?\.\d+$|\d,\d{3},|^\d{4,}\.")
    comma = bare.re_search(r",\d{1,2}$|,\d{4,}$|\..*,|^0?,\d+$|\d\.\d{3}\.|^\d{4,},")
    return {"point": point & ~either, "comma": comma & ~either, "undecidable": either}

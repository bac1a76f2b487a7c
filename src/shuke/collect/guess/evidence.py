"""Evidence: what do the values of a column look like?

Shapes are counted over a sample spread through the file; what decides how a value is *read* (is the day or
the month first, is the comma a thousand or a fraction) is counted over every row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import ibis
import ibis.expr.types as ir

from shuke.collect.values.folding import blank, folded
from shuke.collect.values.identifiers import plausible

_SAMPLE = 20_000
_NUMBER = r"^[(+-]?\s*(?:[A-Za-z]{0,3}[¥$€£])?\s*[-+]?\d[\d.,' ]*(?:元|€|%)?\)?-?$"
_DATE = (
    r"^(?:(?:1[89]|20|21)\d\d[-/.年]\s?\d{1,2}(?:[-/.月]|$)|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:\D|$)|"
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{6})?$|"
    r"(?i:(?:[a-z]+,? )?\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}))"
)
_THREE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:\D|$)"


@dataclass(frozen=True)
class Shapes:
    """How many cells of the sample are not blank, how many of these differ, and what they look like."""

    said: int = 0
    distinct: int = 0
    email: int = 0
    mobile: int = 0  # of the People's Republic
    phone: int = 0
    date: int = 0
    number: int = 0
    hash: int = 0  # #1001
    code: int = 0  # one word with a digit in it
    spaced: int = 0  # several words, or Chinese
    clock: int = 0  # 10:22 alone

    def mostly(self, shape: str) -> bool:
        """Whether nine in ten of the cells that say something have this shape."""
        return self.said > 0 and getattr(self, shape) >= 0.9 * self.said


@dataclass(frozen=True)
class Order:
    """Of the dates written as three short numbers: how many decide which of them is the day?"""

    three: int = 0
    same: int = 0  # 05/05/2024 says the same in either order
    first_beyond_12: int = 0
    second_beyond_12: int = 0
    first_beyond_31: int = 0
    third_beyond_31: int = 0  # or written with its century


@dataclass(frozen=True)
class Marks:
    """How many numbers can only be read with a decimal point, only with a comma, or with either?"""

    point: int = 0
    comma: int = 0
    undecidable: int = 0


Counts = TypeVar("Counts", Shapes, Order, Marks)


def shapes(rows: ir.Table, columns: Iterable[str]) -> Mapping[str, Shapes]:
    """What each column looks like, in a sample spread evenly over the file."""
    total = int(rows.count().to_pyarrow().as_py())
    sample = rows.filter(rows["__row__"] % (total // _SAMPLE + 1) == 0) if total > _SAMPLE else rows
    return _counted(sample, columns, _shapes, Shapes)


def orders(rows: ir.Table, columns: Iterable[str]) -> Mapping[str, Order]:
    """What decides the order of day and month, over every row."""
    return _counted(rows, columns, _orders, Order)


def marks(rows: ir.Table, columns: Iterable[str]) -> Mapping[str, Marks]:
    """What decides the decimal mark, over every row."""
    return _counted(rows, columns, _marks, Marks)


def _counted(
    rows: ir.Table,
    columns: Iterable[str],
    counts: Callable[[ir.StringValue], Mapping[str, ir.Scalar]],
    kind: type[Counts],
) -> dict[str, Counts]:
    """All columns in one pass, one below the other, so that each condition is written "
    "once for all of them."""
    wanted = list(columns)
    if not wanted:
        return {}
    cells = ibis.array([ibis.struct({"n": n, "cell": rows[c]}) for n, c in enumerate(wanted)])
    long = rows.select(pair=cells.unnest()).select(n=lambda t: t.pair.n, cell=lambda t: t.pair.cell)
    found = long.group_by("n").agg(**counts(long.cell)).to_pyarrow().to_pylist()
    told = {row.pop("n"): {name: int(count or 0) for name, count in row.items()} for row in found}
    return {c: kind(**told.get(n, {})) for n, c in enumerate(wanted)}


def _shapes(cell: ir.StringValue) -> Mapping[str, ir.IntegerScalar]:
    said, text = ~blank(cell), folded(cell)
    looks = {
        "email": plausible("email", text),
        "mobile": text.re_search(r"^(?:\+?86[- ]?)?1[3-9]\d[- ]?[\d*]{4}[- ]?\d{4}$"),
        "phone": plausible("phone", text)
        & ~text.re_search(_DATE)
        & text.re_search(r"^\+|^0|[-() ]|^\d{10,11}$"),
        "date": text.re_search(_DATE),
        "number": text.re_search(_NUMBER) & text.re_search(r"\d"),
        "hash": text.re_search(r"^#\w*\d"),
        "code": text.re_search(r"^\S*\d\S*$"),
        "spaced": text.re_search(r"\S\s+\S|[\x{4E00}-\x{9FFF}]"),
        "clock": text.re_search(r"^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?$"),
    }
    counts = {name: (said & look).sum() for name, look in looks.items()}
    return counts | {"said": said.sum(), "distinct": cell.nunique(where=said)}


def _orders(cell: ir.StringValue) -> Mapping[str, ir.IntegerScalar]:
    text = folded(cell)
    three = text.re_search(_THREE)
    first, second, third = (text.re_extract(_THREE, n).try_cast("int64") for n in (1, 2, 3))
    return {
        "three": three.sum(),
        "same": (three & (first == second)).sum(),
        "first_beyond_12": (three & first.between(13, 31)).sum(),
        "second_beyond_12": (three & second.between(13, 31)).sum(),
        "first_beyond_31": (three & (first > 31)).sum(),
        "third_beyond_31": (three & (third > 31)).sum(),
    }


def _marks(cell: ir.StringValue) -> Mapping[str, ir.IntegerScalar]:
    bare = folded(cell).re_replace(r"[^\d.,]", "")
    either = bare.re_search(r"^[1-9]\d{0,2}[.,]\d{3}$")
    point = bare.re_search(r"\.\d{1,2}$|\.\d{4,}$|,.*\.|^0?\.\d+$|\d,\d{3},|^\d{4,}\.")
    comma = bare.re_search(r",\d{1,2}$|,\d{4,}$|\..*,|^0?,\d+$|\d\.\d{3}\.|^\d{4,},")
    return {"point": (point & ~either).sum(), "comma": (comma & ~either).sum(), "undecidable": either.sum()}

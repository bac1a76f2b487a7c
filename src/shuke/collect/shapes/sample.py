"""Sample: what do the first rows of a sheet show of its shape?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from shuke.collect.infer.headers import generics, meanings
from shuke.collect.mapping import targets
from shuke.collect.sheets import ROW, Sheet
from shuke.collect.sheets.header import kind_of
from shuke.tables import Type

#: Rows looked at; a shape is the same all through a file.
ROWS = 2000

#: So many cells show of what kind the others of a column are.
_TYPED = 200

Cell = str | None

_AMOUNTS = (Type.MONEY, Type.QUANTITY, Type.RATE, Type.NUMBER, Type.INTEGER)
_WHO = ("people", "identifiers", "memberships", "order_parties")


@dataclass(frozen=True)
class SheetSample:
    """The first rows of a sheet; what is blank is None."""

    columns: tuple[str, ...]
    numbers: tuple[int, ...]  # of the rows in the file
    cells: tuple[tuple[Cell, ...], ...]  # one tuple per column

    @property
    def height(self) -> int:
        return len(self.numbers)

    @cached_property
    def filled(self) -> tuple[tuple[bool, ...], ...]:
        """Which rows of each column say something."""
        return tuple(tuple(cell is not None for cell in column) for column in self.cells)

    def row(self, place: int) -> list[Cell]:
        return [column[place] for column in self.cells]

    def below(self, place: int) -> "SheetSample":
        """The same without the first rows."""
        return SheetSample(self.columns, self.numbers[place:], tuple(c[place:] for c in self.cells))

    def mostly(self, column: int, *kinds: str, share: float = 0.8) -> bool:
        """Whether what a column says is, by and large, of these kinds."""
        cells = (cell for cell in self.cells[column] if cell is not None)
        said = [kind_of(cell) for cell in islice(cells, _TYPED)]
        return bool(said) and sum(kind in kinds for kind in said) >= share * len(said)


def at(sheet: Sheet) -> SheetSample:
    """The first rows of a sheet."""
    return _of(sheet.parquet, sheet.columns)


def _of(path: Path, columns: Sequence[str]) -> SheetSample:
    file = pq.ParquetFile(path)
    batch = next(file.iter_batches(batch_size=ROWS, columns=[ROW, *columns]), None)
    if batch is None:
        return SheetSample(tuple(columns), (), tuple(() for _ in columns))
    numbers = batch.column(ROW).to_pylist()
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    cells = [batch.column(name).to_pylist() for name in columns]
    plain = tuple(tuple(_said(column[row]) for row in order) for column in cells)
    return SheetSample(tuple(columns), tuple(numbers[row] for row in order), plain)


def _said(cell: Cell) -> Cell:
    return cell if cell and not cell.isspace() else None


def meant(header: str) -> set[str]:
    """The targets that a header may mean."""
    return {meaning.target for meaning in meanings(header)}


def is_moment(header: str) -> bool:
    """Whether a header names a day or a time, be it by the bare word for one."""
    return "when" in generics(header) or any(
        targets()[target].type in (Type.DATE, Type.TIME) for target in meant(header)
    )


def is_amount(header: str) -> bool:
    """Whether a header names what may be added up."""
    return any(targets()[target].type in _AMOUNTS for target in meant(header))


def is_somebody(header: str) -> bool:
    return any(target.split(".")[0] in _WHO for target in meant(header))


def is_order(header: str) -> bool:
    return bool(meant(header) & {"orders.order_no", "invoices.invoice_no", "contracts.contract_no"})


def is_of_a_line(header: str) -> bool:
    return any(target.split(".")[0] in ("order_items", "products") for target in meant(header))


def figure(cell: Cell) -> float:
    """A figure however its fraction is marked; 0 where it is none."""
    bare = re.sub(r"[^\d.,]", "", cell or "")
    last = max(bare.rfind("."), bare.rfind(","))
    parted = last >= 0 and len(bare) - last != 4  # 1,200 is more than a thousand
    whole, rest = (bare[:last], bare[last + 1 :]) if parted else (bare, "")
    size = float(f"{re.sub('[.,]', '', whole) or 0}.{rest or 0}")
    return -size if re.match(r"\s*[-(]|.*-\s*$", cell or "") else size

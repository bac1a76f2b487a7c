"""Wholeness: is everything that landed still there and unchanged?

Batches are numbered one after the other and never taken out of the landing zone, so that a missing number, or
a batch that a build was made from and nobody finds, is a batch that is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shuke.errors import Damaged
from shuke.languages import N_, translate
from shuke.lazy import pa, pq
from shuke.store import file_records
from shuke.store.landing import Landing, Receipt, read_receipt

_ADVICE = N_(
    "Batch {batch} is damaged ({file}: {wrong}). Put the file back from a copy; or take the batch back with "
    "`shuke batches withdraw {number}` and import its files again."
)
_UNRECEIPTED = N_(
    "The receipt of batch {batch} is gone or damaged. Put {file} back from a copy; "
    "or run `shuke doctor --repair`, which makes it again from what landed."
)
_GONE = N_(
    "Batch {batch} is gone from data/landing. Put its folder back from a copy; or take the batch back with "
    "`shuke batches withdraw {number}` and import its files again."
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a batch that stands."""

    batch: str
    file: str | None  # none: the whole of it is gone
    error: Damaged


def check(landing: Landing, *, known: Iterable[str] = ()) -> None:
    """Raise `Damaged` for the first fault of a batch that stands; `known` are batches that must be there."""
    for fault in faults(landing, known=known):
        raise fault.error


def faults(landing: Landing, *, known: Iterable[str] = (), thorough: bool = False) -> Iterator[Fault]:
    """Every fault of a batch that stands. What stands in quarantine no build reads: only `thorough` looks."""
    taken_back = landing.taken_back()
    for batch in gone(landing, known=known):
        yield Fault(batch, None, Damaged(_GONE, batch=batch, number=_number(batch)))
    for folder in landing.batches():
        if _number(folder.name) in taken_back:
            continue
        try:
            receipt = read_receipt(folder / "receipt.json")
        except Damaged:
            where = f"data/landing/{folder.name}/receipt.json"
            yield Fault(folder.name, "receipt.json", Damaged(_UNRECEIPTED, batch=folder.name, file=where))
            continue
        for file, wrong in _wrong(folder, receipt, thorough=thorough):
            told = Damaged(
                _ADVICE, batch=folder.name, number=_number(folder.name), file=file, wrong=translate(wrong)
            )
            yield Fault(folder.name, file, told)


def gone(landing: Landing, *, known: Iterable[str] = ()) -> list[str]:
    """The batches that must be there, are not, and were not taken back; by number where nobody has a name."""
    named = {_number(name): name for name in known}
    there = {_number(folder.name) for folder in landing.batches()}
    missing = set(range(1, max(there | set(named), default=0) + 1)) - there - landing.taken_back()
    return [named.get(number, f"{number:06d}") for number in sorted(missing)]


def _wrong(folder: Path, receipt: Receipt, *, thorough: bool) -> Iterator[tuple[str, str]]:
    """The files of a batch that are not what its receipt says, and what is wrong with each."""
    there = {path.name for path in folder.glob("*.parquet")}
    if not receipt.landed:
        yield from _miscounted(folder, receipt)
        return
    for name in sorted(there | set(receipt.landed)):
        if name == "quarantine.parquet" and not thorough:
            continue
        if wrong := file_records.fault(folder / name, receipt.landed.get(name), thorough=thorough):
            yield name, wrong


def _miscounted(folder: Path, receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Of an old receipt, which holds no more than how many rows each table has."""
    for table, rows in receipt.tables.items():
        try:
            found = sum(pq.read_metadata(path).num_rows for path in folder.glob(f"{table}.*.parquet"))
        except (OSError, pa.ArrowException):
            yield f"{table}.*.parquet", N_("it cannot be read")
            continue
        if found != rows:
            yield f"{table}.*.parquet", N_("it has another number of rows") if found else N_("it is gone")


def _number(batch: str) -> int:
    return int(batch.partition("-")[0])

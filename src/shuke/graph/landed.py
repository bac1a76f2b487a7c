"""Landed: which rows of a canonical table does a run see, and what are they a function of?"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pyarrow.parquet as pq

from shuke.engine import Engine
from shuke.periods import midnight
from shuke.store import file_records
from shuke.store.in_force import delays, happened, history, in_force, in_order
from shuke.store.landing import Landing, Receipt
from shuke.tables import Canonical, Type
from shuke.tables.records import OWN


@dataclass(frozen=True)
class Landed:
    """The landing zone as a run sees it: batches in the order of their delivery, up to a day."""

    landing: Landing
    receipts: Sequence[Receipt]
    as_of: date
    zone: str
    _newest: dict[Path, dict[str, Any]] = field(default_factory=dict, repr=False)

    def versions(
        self, declared: Canonical, engine: Engine, *, whole: bool, unseen_by: Container[str] = ()
    ) -> ir.Table:
        """All that was said by the end of the day, or, where `whole`, ever; but what a build has seen."""
        fresh = {r.batch for r in self.receipts if r.batch not in unseen_by}
        rows = in_order(engine.read(self._files(declared, fresh), declared.schema), self.late)
        return rows if whole else history(rows, as_of=self.as_of, zone=self.zone)

    def records(
        self, declared: Canonical, engine: Engine, *, whole: bool, unseen_by: Container[str] = ()
    ) -> ir.Table:
        """The records in force, of which none is later than the day unless `whole`; see `continues` for those
        that a build has not seen."""
        versions = self.versions(declared, engine, whole=whole, unseen_by=unseen_by)
        found = in_force(versions, revised=self._revised(declared, unseen_by))
        return found if whole else happened(found, declared, as_of=self.as_of, zone=self.zone)

    def fingerprint(self, declared: Canonical, *, whole: bool) -> str:
        """Of the batches that hold the table, and of the day only where a row lies beyond it."""
        files = self.files(declared)
        landed = {(r.batch, name): told for r in self.receipts for name, told in r.landed.items()}
        told = []
        for batch, name, path in ((path.parent.name, path.name, path) for path in files):
            told.append((batch, name, (landed.get((batch, name)) or file_records.of(path)).sha256))
        late = sorted((batch, by) for batch, by in self.late.items() if any(batch == one for one, *_ in told))
        cut = None if whole or not self._goes_beyond(declared, files) else (self.as_of, self.zone)
        return sha256(repr((told, late, self._revised(declared), cut)).encode()).hexdigest()

    def continues(self, before: "Landed", declared: Canonical) -> bool:
        """Whether the records are those that were seen before, and beside them the records of what was
        delivered since: nothing revises or withdraws one, and no day keeps one back."""
        told = {r.batch for r in before.receipts}
        held = {file.parent.name for file in before.files(declared)}
        moved = any(before.late.get(batch) != self.late.get(batch) for batch in held)
        kept_back = any(each._goes_beyond(declared, each.files(declared)) for each in (before, self))
        return not (moved or kept_back or self._revised(declared, told))

    @cached_property
    def late(self) -> dict[str, timedelta]:
        """See `in_force.delays`."""
        return delays([(r.batch, r.received_at) for r in self.receipts])

    @cached_property
    def deliveries(self) -> tuple[tuple[str, date], ...]:
        """On which days each source but Shuke itself has delivered something, old or new, up to the day."""
        came = {
            (r.source, r.received_at.astimezone(ZoneInfo(self.zone)).date())
            for r in self.receipts
            if r.withdraws is None and r.source != OWN
        }
        return tuple(sorted((source, day) for source, day in came if day <= self.as_of))

    def files(self, declared: Canonical) -> list[Path]:
        """Those that hold the table."""
        return self._files(declared, {r.batch for r in self.receipts})

    def newest(self, declared: Canonical, column: str) -> Any:
        """The greatest value of a column in all batches; None where there is none.

        Raises `LookupError` where the files do not say so of themselves.
        """
        files = self.files(declared)
        return max((v for file in files if (v := self._greatest(file, column)) is not None), default=None)

    def _goes_beyond(self, declared: Canonical, files: Iterable[Path]) -> bool:
        """Whether a row was said, or happened, after the day; taken to be so where a file does not tell."""
        end = midnight(self.as_of, self.zone)
        limits: dict[str, datetime | date] = {"collected_at": end}
        if declared.event_time and not declared.lies_ahead:
            is_day = declared[declared.event_time].type is Type.DATE
            limits[declared.event_time] = self.as_of + timedelta(days=1) if is_day else end
        try:
            newest = [
                (self._greatest(file, column), limit) for file in files for column, limit in limits.items()
            ]
        except LookupError:
            return True
        return any(value is not None and value >= limit for value, limit in newest)

    def _greatest(self, file: Path, column: str) -> Any:
        if file not in self._newest:
            self._newest[file] = {}
        known = self._newest[file]
        if column not in known:
            known[column] = _greatest(file, column)
        return known[column]

    def _files(self, declared: Canonical, batches: set[str]) -> list[Path]:
        return self.landing.files(declared.name, batches=batches)

    def _revised(self, declared: Canonical, unseen_by: Container[str] = ()) -> bool:
        fresh = (r for r in self.receipts if r.batch not in unseen_by)
        return any(r.revisions.get(declared.name) or r.withdrawn for r in fresh)


def _greatest(file: Path, column: str) -> Any:
    """By the statistics of a Parquet file; raises `LookupError` where it has none of the column."""
    told = pq.read_metadata(file)
    place = next((n for n in range(told.num_columns) if told.schema.column(n).path == column), None)
    found = []
    for number in range(0 if place is None else told.num_row_groups):
        statistics = told.row_group(number).column(place).statistics
        if statistics is None:
            raise LookupError(column)
        if statistics.has_min_max:
            found.append(statistics.max)
        elif statistics.null_count != told.row_group(number).num_rows:
            raise LookupError(column)
    return max(found, default=None)

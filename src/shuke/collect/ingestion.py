"""Ingestion: how do files become a batch, or a question, and never half a batch?"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shuke.app import Project
from shuke.collect import account, layouts, new_rows, quarantine, resident_ids, sheets
from shuke.collect.canonical_rows import candidates
from shuke.collect.cells import Cells, bad_cells, typed
from shuke.collect.layouts import ResolvedLayout
from shuke.collect.mapping import COLLECTED_AT, Reading
from shuke.collect.null_columns import is_null_column, materialised
from shuke.collect.overlap import Overlap, settle, withdrawn_by
from shuke.collect.record_keys import RecordContext, with_record
from shuke.collect.row_notes import row_notes
from shuke.collect.sheets import Sheet
from shuke.collect.values import Home
from shuke.engine import DuckDB
from shuke.errors import Unreadable
from shuke.languages import N_, _
from shuke.store.accounts import Account, RejectionCount
from shuke.store.in_force import delays, in_order
from shuke.store.landing import BatchWriter, Receipt, ReceiptDetails, unnoted
from shuke.tables import CANONICAL


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What the person decided about a delivery."""

    mapping: Path | None = None  # read this mapping file in place of the project's own
    table: str | None = None  # what the rows are, where the headers do not tell
    columns: Mapping[str, Reading] = field(default_factory=dict)  # what some columns mean
    overlap: Overlap | None = None


def ingest(
    project: Project,
    source: str,
    paths: Sequence[Path],
    choices: ImportOptions = ImportOptions(),
    *,
    now: datetime,
    noted: ReceiptDetails = unnoted,
) -> Receipt:
    """Take in files of a source as one batch, all of it or none.

    `noted` writes down what is about to land. Where that fails nothing lands, for whoever is told that an
    import failed must not find it done.

    Raises `Unreadable` for what is no table, `UnsureMapping` and `LikelyOverlap` with the question that a
    person must answer first, and then nothing has landed.
    """
    layouts.require_name(source)
    with project.landing.delivery(source) as delivery:
        engine = DuckDB(scratch=delivery.scratch, memory=project.settings.memory)
        try:
            intake = _Ingestion(project, engine, delivery, source, choices, now)
            found = [one for path in paths for one in intake.file(path)]
            layouts.require_columns(choices.columns, found)
            intake.withdraw()
            receipt = intake.receipt(paths)
        finally:
            engine.close()
        noted(receipt)
        return delivery.land(receipt)


@dataclass
class _Ingestion:
    """One delivery while it is being read; counts what becomes of its rows."""

    project: Project
    engine: DuckDB
    delivery: BatchWriter
    source: str
    choices: ImportOptions
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    tables: Counter[str] = field(default_factory=Counter)
    revisions: Counter[str] = field(default_factory=Counter)
    rejects: list[ir.Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    replacing: list[ir.Table] = field(default_factory=list)  # the lines of files that replace earlier ones
    _parts: Iterator[int] = field(default_factory=count)

    def file(self, path: Path) -> list[ResolvedLayout]:
        """Take in a file; returns how each of its sheets was read."""
        found = sheets.read(path, work=self.delivery.scratch / "sheets")
        settled = [self._settled(sheet) for sheet in found]
        self.digests.append(_digest(path, settled))
        if not any(one.feeds for one in settled):
            layouts.keep(self.project, self.source, settled[0].layout)
            raise Unreadable(
                N_(
                    "{file}: none of its columns says what its rows are. Say it in {mapping}, such as "
                    '"{column}" = "orders.order_no"; `shuke dictionary` names what there is.'
                ),
                file=path.name, mapping=f"mappings/{self.source}.toml", column=settled[0].sheet.columns[0],
            )  # fmt: skip
        for one in settled:
            if one.feeds:
                self.sheet(one)
            else:
                self.notes.append(
                    _("{file}, {sheet}: left out, for none of its columns says what its rows are.").format(
                        file=one.sheet.file, sheet=one.sheet.sheet or "-"
                    )
                )
        return settled

    def _settled(self, sheet: Sheet) -> ResolvedLayout:
        chosen = self.choices
        found = layouts.find(
            self.project, self.source, sheet, self.engine,
            given=chosen.mapping, table=chosen.table, said=chosen.columns, today=self._home.today,
        )  # fmt: skip
        if found.feeds:
            layouts.settle(self.project, self.source, found)
        return found  # where it is left out, its doubts are nobody's concern

    def sheet(self, found: ResolvedLayout) -> None:
        sheet, layout, tables = found.sheet, found.read, list(found.feeds)
        self.counts["sheets"] += 1
        self.notes += [f"{sheet.file}: {note}" for note in (*sheet.notes, *found.notes)]
        read = typed(sheet, layout, self.engine, self._home)
        cells = resident_ids.keyed(read, self._key, checkpoint=self.engine.checkpoint)
        reader = RecordContext(self.source, self.project.settings.country, tables[0], self.engine.checkpoint)
        rejected = self._reject(sheet, cells, reader)
        accepted = cells.table.anti_join(rejected, "row") if rejected is not None else cells.table
        good = self.engine.checkpoint(with_record(replace(cells, table=accepted), reader))
        self.notes += [f"{sheet.file}: {said}" for said in row_notes(cells, good, reader)]
        self.accounts.append(account.account(sheet, layout, cells, good, tables[0]))
        told = [] if self._again else self._land_all(sheet, cells, good, tables, reader)
        self._count(sheet, good, told)

    @property
    def _home(self) -> Home:
        settings = self.project.settings
        return Home(settings.zone, settings.currency, self.now.astimezone(ZoneInfo(settings.zone)).date())

    def _key(self) -> bytes:
        return self.project.key

    @property
    def _again(self) -> bool:
        """Whether this very file, read this very way, has landed before, and nothing was taken back since."""
        if self.choices.overlap is not None:
            return False
        earlier = [r for r in self._earlier if r.source == self.source]
        last_taken_back = max((n for n, r in enumerate(earlier) if r.withdrawn or r.withdraws), default=-1)
        known = [digest for r in earlier[last_taken_back + 1 :] for digest in r.digests]
        return self.digests[-1] in (*known, *self.digests[:-1])

    @cached_property
    def _late(self) -> dict[str, timedelta]:
        """Which batches, this one included, a clock that was set back or forward has dated."""
        earlier = [(r.batch, r.received_at) for r in self._earlier]
        return delays([*earlier, (self.delivery.name, self.now)])

    @cached_property
    def _earlier(self) -> list[Receipt]:
        return self.project.landing.receipts()

    def _clock(self) -> list[str]:
        """What is said where the clock contradicts the order of deliveries."""
        if all(r.received_at <= self.now for r in self._earlier):
            return []
        told = _(
            "The clock of this machine is behind the time of an earlier import. This import still "
            "counts as the later one; correct the clock before you build."
        )
        return [told]

    def _reject(self, sheet: Sheet, cells: Cells, reader: RecordContext) -> ir.Table | None:
        """Put what cannot be accepted aside; returns the rejected rows."""
        torn = quarantine.of_rows(sheet, self.engine)
        if torn is not None:
            self.rejects.append(torn)
        found = quarantine.of_cells(sheet, cells, bad_cells(cells), reader.primary)
        if found is None:
            return None
        found = self.engine.checkpoint(found)
        self.rejects.append(found.mutate(row=found["row"] // sheet.parts))
        return found.filter(found.whole).select("row").distinct()

    def _land_all(
        self, sheet: Sheet, cells: Cells, good: ir.Table, tables: list[str], reader: RecordContext
    ) -> list[ir.Table]:
        """Write every table's part of a sheet; returns the rows of the sheet that said something new."""
        told = []
        for name in [*tables, *(["identifiers"] if "people" in tables else [])]:
            made = candidates(name, cells, good, reader)
            if made is not None:
                stated = bool(cells.slots_of(COLLECTED_AT))
                told += self._land(name, sheet, made, reader, stated=stated)
        return told

    def _land(
        self, name: str, sheet: Sheet, candidates: ir.Table, reader: RecordContext, *, stated: bool
    ) -> list[ir.Table]:
        """Write what the candidates add to what had landed; returns the rows of the sheet that did."""
        files = [*self.project.landing.files(name), *sorted(self.delivery.batch.glob(f"{name}.*.parquet"))]
        if files or (name == "order_items" and self.choices.overlap == "replace"):
            landed = self._landed(name, files)
            candidates = materialised(candidates, self.engine.checkpoint)
            if name == "order_items":
                candidates = self._settle(sheet, candidates, landed, reader)
            known = self.engine.checkpoint(new_rows.known(candidates, landed))
            part = new_rows.new_rows(candidates, known, CANONICAL[name], stated=stated)
        else:
            part = new_rows.first(candidates, CANONICAL[name])
        number = len(list(self.delivery.batch.glob(f"{name}.*.parquet"))) + 1
        if sheet.parts > 1:
            part = part.mutate(row=part["row"] // sheet.parts)
        written = self._write(name, number, self._provenance(part, withdrawn=False))
        return [written.select("row")] if written is not None else []

    def _settle(self, sheet: Sheet, lines: ir.Table, landed: ir.Table, reader: RecordContext) -> ir.Table:
        replaces = self.choices.overlap == "replace"
        if replaces:  # only the files of this delivery can overlap one another
            landed = _joined(self.replacing) if self.replacing else landed.limit(0)
        settled = settle(
            lines, landed, overlap=self.choices.overlap, reader=reader, zone=self.project.settings.zone,
            file=sheet.file,
        )  # fmt: skip
        if settled is not lines:
            settled = self.engine.checkpoint(settled)
        if replaces:
            self.replacing.append(settled)
        return settled

    def withdraw(self) -> None:
        """Take back what the files of this delivery take the place of."""
        files = self.project.landing.files("order_items")
        if self.replacing and files:
            landed = self._landed("order_items", files)
            gone = withdrawn_by(self.replacing, landed, zone=self.project.settings.zone)
            part = self._provenance(gone.mutate(revises=True), withdrawn=True)
            written = self._write("order_items", 0, part)
            self.counts["withdrawn"] += (
                int(written.count().to_pyarrow().as_py()) if written is not None else 0
            )

    def _landed(self, name: str, files: list[Path]) -> ir.Table:
        """What the source, or for shared tables any source, has said so far, this delivery included."""
        landed = in_order(self.engine.read(files, CANONICAL[name].schema), self._late)
        return landed if CANONICAL[name].shared else landed.filter(landed.source == self.source)

    def _provenance(self, part: ir.Table, *, withdrawn: bool) -> ir.Table:
        sheets_apart = timedelta(microseconds=self.counts["sheets"] - 1)  # what a later sheet says is newer
        received = self.now.astimezone(UTC).replace(tzinfo=None) + sheets_apart
        return part.mutate(
            source=ibis.literal(self.source), received_at=ibis.literal(received),
            withdrawn=ibis.literal(withdrawn), batch_id=ibis.literal(self.delivery.name),
        )  # fmt: skip

    def _write(self, name: str, number: int, part: ir.Table) -> ir.Table | None:
        """Write one part of a table into the batch, if it has rows."""
        schema = CANONICAL[name].schema
        folder = self.delivery.scratch / f"part-{next(self._parts)}"
        # A column of which no row says anything is not written: it takes as long as one that tells much.
        told = {n: part[n].cast(kind) for n, kind in schema.items() if not is_null_column(part[n])}
        self.engine.write(part.select(**told), folder)
        written = folder / "part-0.parquet"
        with pq.ParquetFile(written) as rows:
            revises = rows.read(columns=["revises"])["revises"]
        if not len(revises):
            return None
        place = self.delivery.batch / f"{name}.{number}.parquet"
        written.rename(place)
        self.tables[name] += len(revises)
        self.revisions[name] += pc.sum(revises).as_py() or 0
        return self.engine.read([place], schema)

    def _count(self, sheet: Sheet, good: ir.Table, told: list[ir.Table]) -> None:
        accepted = self.accounts[-1].rows
        if sheet.parts > 1:  # a row of the file is accepted where any row that came of it is
            accepted = int((good["row"] // sheet.parts).nunique().to_pyarrow().as_py())
        loaded = int(_joined(told).row.nunique().to_pyarrow().as_py()) if told else 0
        read = sheet.rows + len(sheet.bad_rows)
        self.counts.update(read=read, loaded=loaded, unchanged=accepted - loaded, rejected=read - accepted)

    def receipt(self, paths: Sequence[Path]) -> Receipt:
        bad_cells, refused = self._keep_rejects()
        return Receipt(
            batch=self.delivery.name, source=self.source, files=tuple(p.name for p in paths),
            received_at=self.now, read=self.counts["read"], loaded=self.counts["loaded"],
            unchanged=self.counts["unchanged"], rejected=self.counts["rejected"],
            tables=dict(self.tables), withdrawn=self.counts["withdrawn"],
            revisions={name: n for name, n in self.revisions.items() if n}, bad_cells=bad_cells,
            digests=tuple(self.digests), notes=(*self.notes, *self._clock()),
            accounts=tuple(self.accounts), refused=refused,
        )  # fmt: skip

    def _keep_rejects(self) -> tuple[int, tuple[RejectionCount, ...]]:
        """Write the quarantine; returns how many single cells of accepted rows are in it, and why all is."""
        if not self.rejects:
            return 0, ()
        folder = self.delivery.scratch / "quarantine"
        every = _joined(self.rejects)
        self.engine.write(every.order_by("file", "sheet", "row", "column"), folder)
        (folder / "part-0.parquet").rename(self.delivery.batch / "quarantine.parquet")
        refused = account.refused(every)
        return sum(each.rows for each in refused if not each.whole), refused


def _joined(tables: list[ir.Table]) -> ir.Table:
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _digest(path: Path, settled: list[ResolvedLayout]) -> str:
    """Of a file's name, its bytes, and how its columns are read: what is the same again adds nothing.

    The name counts, for two stores that sold the same send the same bytes.
    """
    manner = [
        (
            header,
            reading.to,
            reading.order,
            reading.decimal,
            reading.currency,
            reading.scale,
            *sorted(reading.words.items()),
        )
        for one in settled
        for header, reading in one.layout.columns.items()
    ]
    constants = [sorted(one.layout.constants.items()) for one in settled]
    shaped = [one.described.shape for one in settled if not one.described.shape.as_it_stands]
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    kinds = {one.described.shape.kind for one in settled}
    told = (path.name, content, manner, constants, *sorted(kinds, key=str), *shaped)
    return hashlib.sha256(repr(told).encode()).hexdigest()

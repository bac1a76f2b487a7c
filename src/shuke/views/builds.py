"""Builds: which ones are kept, how do two of them differ, and what came in with each batch?"""

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engine import Engine
from shuke.engine.workers import WORKERS
from shuke.languages import translate
from shuke.store import disk
from shuke.store.builds import Build
from shuke.tables import Derived, Type
from shuke.views import tables
from shuke.views.query import Declared
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class BuildSummary:
    """One build that readers can open."""

    number: int
    as_of: date
    built_at: datetime
    engine: str
    tables: int
    rows: int
    failed: tuple[str, ...]
    batches: int
    looks_back: bool
    in_force: bool


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A column's sum in either build."""

    column: str
    a: Decimal | int | None
    b: Decimal | int | None


@dataclass(frozen=True, kw_only=True)
class TableDiff:
    """How a table differs between builds A and B, by its key. None: that build has no such table."""

    table: str
    rows_a: int | None
    rows_b: int | None
    only_a: int
    only_b: int
    changed: int  # rows with the same key that say something else, beyond what rounding does
    sums: tuple[Sum, ...]

    @property
    def same(self) -> bool:
        return self.rows_a == self.rows_b and not (self.only_a or self.only_b or self.changed)


@dataclass(frozen=True, kw_only=True)
class Reject:
    """A row, or one cell of a row, that was not accepted."""

    file: str
    sheet: str | None
    row: int
    column: str | None
    value: str | None
    reason: str  # in the reader's language
    whole: bool  # the row; else the cell alone, and the rest of the row landed
    content: str | None  # of a rejected row, as JSON


@dataclass(frozen=True)
class Reason:
    """Why rows or cells of a column were not accepted, and how many."""

    column: str | None
    says: str  # in the reader's language
    rows: int


@dataclass(frozen=True)
class Quarantined:
    batch: str
    rejects: tuple[Reject, ...]
    total: int


def builds(project: Project) -> tuple[BuildSummary, ...]:
    """Every build that is kept, the newest first."""
    numbers = project.builds.numbers()
    current = project.builds.current().number if numbers else None
    return tuple(summary(project.builds.open(number), current) for number in reversed(numbers))


def diff(project: Project, a: int, b: int, *, viewer: Viewer) -> tuple[TableDiff, ...]:
    """Every table of either build: how many rows are only in one, how many changed, what sums became.

    What two builds wrote alike is not read, and told without sums. All else is read wholly: few may ask at a
    time, the others are told to come again (`Crowded`).
    """
    viewer.require(Capability.SEE)
    left, right = project.builds.open(a), project.builds.open(b)
    known = tables.tables(project, project.open())
    names = [n for n in dict.fromkeys([*left.manifest.tables, *right.manifest.tables]) if n in known]
    aside = disk.private(project.work)
    with WORKERS.place(), tempfile.TemporaryDirectory(prefix="diff-", dir=aside) as scratch:
        engine = project.engine(scratch=Path(scratch), name="duckdb")
        try:
            return tuple(_compare(engine, name, known[name], left, right) for name in names)
        finally:
            engine.close()


def quarantine(
    project: Project, batch: str, *, viewer: Viewer, limit: int | None = 50, offset: int = 0
) -> Quarantined:
    """What a batch, by name or number, held that could not be accepted, and why.

    The look is written down: it may be personal.
    """
    viewer.require(Capability.IMPORT_DATA)
    viewer.require(Capability.SEE_PERSONAL)
    batch = project.landing.receipt(batch).batch
    path = project.landing.quarantine(batch)
    rows = pq.read_table(path) if path.exists() else _NO_REJECTS
    event = AuditEvent(
        verb="looked_at_quarantine", subject_kind="batch", subject_id=batch, count=rows.num_rows
    )
    viewer.did(project.operations, event)
    page = rows.slice(offset, limit).to_pylist()
    return Quarantined(batch, tuple(map(_reject, page)), rows.num_rows)


#: Of a batch of which everything was accepted.
_NO_REJECTS = pa.Table.from_batches([], schema=pa.schema({"file": pa.string()}))


def reasons(project: Project, batch: str) -> tuple[Reason, ...]:
    """Why rows and cells of a batch were not accepted, the most frequent first; nothing of what they hold."""
    path = project.landing.quarantine(batch)
    if not path.exists():
        return ()
    found = pq.read_table(path, columns=["column", "reason", "detail"]).to_pylist()
    counted = Counter((row["column"], _said(row)) for row in found)
    return tuple(Reason(column, says, rows) for (column, says), rows in counted.most_common())


def _said(row: dict[str, Any]) -> str:
    """A reason in the reader's language: kept as a template of the catalogue and what fills it."""
    detail = json.loads(row.get("detail") or "{}")
    return translate(row["reason"]).format(**detail) if detail else translate(row["reason"])


def _reject(row: dict[str, Any]) -> Reject:
    summary: dict[str, Any] = {name: row.get(name) for name in Reject.__dataclass_fields__}
    return Reject(**{**summary, "reason": _said(row)})


def summary(build: Build, current: int | None) -> BuildSummary:
    """What is said of a build, where the one of number `current` is in force."""
    manifest = build.manifest
    return BuildSummary(
        number=build.number,
        as_of=manifest.as_of,
        built_at=manifest.built_at,
        engine=manifest.engine,
        tables=len(manifest.tables),
        rows=sum(made.rows for made in manifest.tables.values()),
        failed=tuple(name for name, made in manifest.tables.items() if made.failed),
        batches=len(manifest.batches),
        looks_back=manifest.looks_back,
        in_force=build.number == current,
    )


def _rows(build: Build, name: str) -> int | None:
    made = build.manifest.tables.get(name)
    return None if made is None or made.failed else made.rows


def _compare(engine: Engine, name: str, declared: Declared, left: Build, right: Build) -> TableDiff:
    rows_a, rows_b = _rows(left, name), _rows(right, name)
    counted: dict[str, Any] = {"only_a": rows_a or 0, "only_b": rows_b or 0, "changed": 0}
    if rows_a is not None and rows_b is not None:
        counted = dict.fromkeys(counted, 0)
        if not left.is_alike(right, name):
            sides = (engine.read([build.path(name)], declared.schema) for build in (left, right))
            counted = _counted(declared, *sides)
    sums = tuple(
        Sum(column=c, a=counted[f"a_{c}"], b=counted[f"b_{c}"])
        for c in _summed(declared)
        if f"a_{c}" in counted
    )
    differing = {key: counted[key] for key in ("only_a", "only_b", "changed")}
    return TableDiff(table=name, rows_a=rows_a, rows_b=rows_b, sums=sums, **differing)


def _counted(declared: Declared, a: ir.Table, b: ir.Table) -> dict[str, Any]:
    key = declared.key if isinstance(declared, Derived) else ("key",)
    names = [name for name in declared.schema.names if name not in key]
    left = a.select(**{f"k_{k}": a[k] for k in key}, **{f"a_{n}": a[n] for n in names}, in_a=True)
    right = b.select(**{f"k_{k}": b[k] for k in key}, **{f"b_{n}": b[n] for n in names}, in_b=True)
    both = left.outer_join(right, [f"k_{k}" for k in key])
    in_a, in_b = both.in_a.notnull(), both.in_b.notnull()
    differs = ibis.or_(ibis.literal(False), *(~_alike(both[f"a_{n}"], both[f"b_{n}"]) for n in names))
    sums = {f"{side}_{n}": both[f"{side}_{n}"].sum() for n in _summed(declared) for side in "ab"}
    counts = {
        "only_a": (in_a & ~in_b).sum(),
        "only_b": (in_b & ~in_a).sum(),
        "changed": (in_a & in_b & differs).sum(),
    }
    row: dict[str, Any] = both.agg(**counts, **sums).to_pyarrow().to_pylist()[0]
    return row | {name: row[name] or 0 for name in counts}


#: By so much, as a share of it, may a figure come out otherwise that another engine or another version of a
#: library works out of the same: logarithms and powers end in digits of their own.
ROUNDING = 1e-9


def _alike(a: ir.Value, b: ir.Value) -> ir.BooleanValue:
    same = a.identical_to(b)
    if not (isinstance(a, ir.FloatingValue) and isinstance(b, ir.FloatingValue)):
        return same
    near = (a - b).abs() <= ROUNDING * ibis.greatest(a.abs(), b.abs())
    return same | near.fill_null(False)


def _summed(declared: Declared) -> tuple[str, ...]:
    """Columns whose sum means something; what tells one row from another is no amount."""
    return tuple(
        c.name for c in declared.written
        if c.name not in declared.key
        and (c.type in (Type.MONEY, Type.QUANTITY) or (c.type is Type.INTEGER and c.unit == "count"))
    )  # fmt: skip

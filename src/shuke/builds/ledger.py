"""Ledger: what must outlive every build, and so lands as source `shuke`?

Decisions of people land before a build reads anything, so that its manifest names them; the ids that it
issues and the ids that change their meaning land before anybody can see the build. Whoever has the
landing zone has all of it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from shuke.app import Project
from shuke.builds.stewardship import Decision, decisions
from shuke.identity.history import identity_history
from shuke.identity.identities import customer_ids
from shuke.store.landing import BatchWriter, Receipt
from shuke.tables import CANONICAL

SOURCE = "shuke"


def land_decisions(project: Project, *, now: datetime) -> int:
    """Land what people have decided or undone since the last time; returns how many decisions."""
    made = decisions(project.operations)
    if not made:
        return 0
    with project.landing.delivery(SOURCE) as delivery:
        landed, gone = _landed(project.landing.files("decisions"))
        fresh = [d for d in made if d.number not in landed or not (d.stands or d.number in gone)]
        rows = [row for d in fresh for row in _rows(d, revises=d.number in landed)]
        if rows:
            arrived = {"source": SOURCE, "received_at": _stored(now), "batch_id": delivery.name}
            table = pa.Table.from_pylist(
                [{**arrived, **row, "row": n} for n, row in enumerate(rows, start=1)],
                schema=CANONICAL["decisions"].schema.to_pyarrow(),
            )
            pq.write_table(table, _place(delivery, "decisions"))
            _land(
                delivery, {"decisions": len(rows)}, now=now,
                revisions={"decisions": sum(row["revises"] for row in rows)},
                withdrawn=sum(row["withdrawn"] for row in rows),
            )  # fmt: skip
    return len(fresh)


def land_ids(
    project: Project, tables: Mapping[str, Path], *, number: int, looks_back: bool, now: datetime
) -> None:
    """Land the ids that build `number` issues and, unless it looks back, those whose meaning it changes.

    `tables` are the folders of its `customer_ids` and `identity_history`.
    """
    with project.landing.delivery(SOURCE) as delivery:
        reading = project.engine(scratch=delivery.scratch, name="duckdb")
        try:
            found = {"issued_ids": _issued(reading.read([tables["customer_ids"]], customer_ids.schema))}
            if not looks_back:
                events = reading.read([tables["identity_history"]], identity_history.schema)
                found["id_changes"] = _changed(events)
            counts = {name: int(rows.count().to_pyarrow().as_py()) for name, rows in found.items()}
            for name in filter(counts.get, found):
                rows = _arrived(found[name], name, number=number, delivery=delivery, now=now)
                reading.write(rows, delivery.scratch / name)
                (delivery.scratch / name / "part-0.parquet").rename(_place(delivery, name))
        finally:
            reading.close()
        if any(counts.values()):
            _land(delivery, {name: count for name, count in counts.items() if count}, now=now)


def _landed(files: list[Path]) -> tuple[set[int], set[int]]:
    """The decisions that have landed, and those whose undoing has."""
    found = [
        row for path in files for row in pq.read_table(path, columns=["decision", "withdrawn"]).to_pylist()
    ]
    return {row["decision"] for row in found}, {row["decision"] for row in found if row["withdrawn"]}


def _rows(decision: Decision, *, revises: bool) -> Iterator[dict[str, Any]]:
    for side, records in (("left", decision.left), ("right", decision.right)):
        for record in records:
            key = "\x1f".join([SOURCE, str(decision.number), side, record])
            yield {
                "decision": decision.number, "verb": decision.verb, "side": side, "record": record,
                "decided_at": _stored(decision.at), "key": hashlib.md5(key.encode()).hexdigest(),
                "said": f"{decision.verb} {'stands' if decision.stands else 'undone'}",
                # It was undone after it was made, whatever a clock says that was set back.
                "collected_at": _stored(max(decision.at, decision.undone_at or decision.at)),
                "revises": revises, "withdrawn": not decision.stands,
            }  # fmt: skip


def _issued(ids: ir.Table) -> ir.Table:
    return ids.filter(ids.build.isnull()).select(customer_id="issued_id", record="record", key="issued_id")


def _changed(events: ir.Table) -> ir.Table:
    changes = events.filter(events.build.isnull() & (events.nth > 1)).drop("build")
    return changes.mutate(key=changes.issued_id + "/" + changes.nth.cast(str))


def _arrived(rows: ir.Table, name: str, *, number: int, delivery: BatchWriter, now: datetime) -> ir.Table:
    """Rows in the columns of a canonical table, with their provenance."""
    told = rows.mutate(
        build=ibis.literal(number), source=ibis.literal(SOURCE), said=rows.key,
        received_at=ibis.literal(_stored(now)), batch_id=ibis.literal(delivery.name),
    )  # fmt: skip
    return told.select(
        **{
            column: told[column].cast(kind) if column in told.columns else ibis.null(kind)
            for column, kind in CANONICAL[name].schema.items()
        }
    )


def _land(delivery: BatchWriter, tables: dict[str, int], *, now: datetime, **further: Any) -> None:
    rows = sum(tables.values())
    delivery.land(
        Receipt(
            batch=delivery.name, source=SOURCE, files=(), received_at=now, read=rows, loaded=rows,
            unchanged=0, rejected=0, tables=tables, **further,
        )
    )  # fmt: skip


def _place(delivery: BatchWriter, table: str) -> Path:
    return delivery.batch / f"{table}.1.parquet"


def _stored(moment: datetime) -> datetime:
    """A moment as it is stored: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)

"""Own rows: how does what Shuke itself knows land, so that tables read it like what any source says?"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shuke.lazy import pa, pq
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL
from shuke.tables.records import OWN

if TYPE_CHECKING:
    from shuke.app import Project


def land(project: Project, tables: Mapping[str, list[dict[str, Any]]], *, now: datetime) -> int:
    """Land rows of several tables as one batch; returns how many. Each is `known` and says its columns."""
    told = {name: rows for name, rows in tables.items() if rows}
    if not told:
        return 0
    total = sum(map(len, told.values()))
    with project.landing.delivery(OWN) as delivery:
        arrived = {"source": OWN, "received_at": stored(now), "batch_id": delivery.name}
        for name, rows in told.items():
            numbered = [{**arrived, **row, "row": n} for n, row in enumerate(rows, start=1)]
            table = pa.Table.from_pylist(numbered, schema=CANONICAL[name].schema.to_pyarrow())
            pq.write_table(table, delivery.batch / f"{name}.1.parquet")
        revised = {name: sum(row["revises"] for row in rows) for name, rows in told.items()}
        delivery.land(
            Receipt(
                batch=delivery.name, source=OWN, files=(), received_at=now, read=total, loaded=total,
                unchanged=0, rejected=0, tables={name: len(rows) for name, rows in told.items()},
                revisions={name: number for name, number in revised.items() if number},
                withdrawn=sum(row["withdrawn"] for rows in told.values() for row in rows),
            )
        )  # fmt: skip
    return total


def known(number: str, *, state: str, at: datetime, revises: bool = False) -> dict[str, Any]:
    """What a landed row says of itself: what it is known by, what is said of it, and since when."""
    key = hashlib.md5(f"{OWN}\x1f{number}".encode()).hexdigest()
    return {
        "key": key, "said": state, "collected_at": stored(at), "withdrawn": False, "revises": revises,
    }  # fmt: skip


def founding(project: Project, customers: Collection[str]) -> dict[str, str]:
    """The founding record of each of these ids, by which what Shuke says of a customer is known."""
    if not customers:
        return {}
    chosen = [("customer_id", "in", set(customers))]
    return {
        row["customer_id"]: row["record"]
        for path in project.landing.files("issued_ids")
        for row in pq.read_table(path, columns=["customer_id", "record"], filters=chosen).to_pylist()
    }


def stored(moment: datetime) -> datetime:
    """A moment as it is stored: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)

"""Batches landed row by row, with every word of their provenance in the test's hand."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shuke.app import Project
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL

Row = dict[str, Any]

#: Enough for who tests something else: every further analysis costs every build of every test its time.
ANALYSES = ("monthly_sales", "product_distribution", "retention", "rfm")


def land(
    project: Project,
    source: str,
    *,
    received: datetime = datetime(2026, 1, 1, tzinfo=UTC),
    tables: Mapping[str, list[Row]] = MappingProxyType({}),
    **more: list[Row],
) -> str:
    """Land rows as one batch; keys are their natural ones, and a row may say `revises`. Returns the batch."""
    tables = {**tables, **more}
    with project.landing.delivery(source) as delivery:
        arrived = {"source": source, "batch_id": delivery.name, "received_at": received.replace(tzinfo=None)}
        for name, rows in tables.items():
            declared = CANONICAL[name]
            full = [
                {
                    **arrived,
                    "row": number,
                    "revises": False,
                    "withdrawn": False,
                    **_digests(name, source, row),
                    **row,
                }
                for number, row in enumerate(rows, start=2)
            ]
            path = delivery.batch / f"{name}.1.parquet"
            pq.write_table(pa.Table.from_pylist(full, schema=declared.schema.to_pyarrow()), path)
        delivery.land(
            Receipt(
                batch=delivery.name, source=source, files=(f"{source}.csv",), received_at=received,
                read=sum(map(len, tables.values())), loaded=sum(map(len, tables.values())), unchanged=0,
                rejected=0,
                tables={name: len(rows) for name, rows in tables.items()},
                revisions={name: sum(bool(r.get("revises")) for r in rows) for name, rows in tables.items()},
                withdrawn=sum(bool(r.get("withdrawn")) for rows in tables.values() for r in rows),
            )
        )  # fmt: skip
    return delivery.name


def _digests(name: str, source: str, row: Row) -> Row:
    key = [source, *(str(row.get(column)) for column in CANONICAL[name].key)]
    return {"key": _digest(key), "said": _digest([f"{k}={v}" for k, v in row.items()])}


def _digest(parts: list[str]) -> str:
    return hashlib.md5("|".join(parts).encode()).hexdigest()

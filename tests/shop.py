"""A small shop with a till and a web shop, landed by hand and built by the pipeline itself."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke import app
from shuke.app import Project
from shuke.builds import pipeline
from shuke.settings import Settings
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL
from tests.landing import ANALYSES

SETTINGS = Settings(
    name="Mill Lane Tea", country="GB", currency="GBP", zone="Europe/London", language="en", analyses=ANALYSES
)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 21)


def _utc(*parts: int) -> datetime:
    """A moment as it is stored: UTC, without saying so."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


PEOPLE: dict[str, list[dict[str, Any]]] = {
    "till": [
        {"record_id": "T1", "name": "Ann Lee", "city": "Leeds", "birth_date": date(1985, 3, 2)},
        {"record_id": "T2", "name": "张伟", "city": "杭州市"},
        {"record_id": "T3", "name": None, "city": "Bath"},
    ],
    "web": [
        {"record_id": "W1", "name": "Ann M. Lee", "city": "York", "address": "1 Mill Lane, York"},
        {"record_id": "W2", "name": "=cmd|' /C calc'!A0", "city": "Hull"},
    ],
}
IDENTIFIERS = {
    "till": [
        {"record_id": "T1", "kind": "phone", "value": "+44 7700 900123"},
        {"record_id": "T1", "kind": "member_no", "value": "M 0001"},
        {"record_id": "T2", "kind": "phone", "value": "138 0013 9000"},
    ],
    "web": [
        {"record_id": "W1", "kind": "email", "value": "ann@example.com"},
        {"record_id": "W1", "kind": "phone", "value": "07700 900123"},
        {"record_id": "W2", "kind": "email", "value": "bob@example.com"},
    ],
}
#: order number, day, record, product, quantity, price; the last is a return, the one before anonymous
LINES: dict[str, list[tuple[Any, ...]]] = {
    "till": [
        ("A1", _utc(2026, 9, 3, 10), "T1", "TEA", 2, "4.50"),
        ("A2", _utc(2026, 10, 5, 10), "T1", "CUP", 1, "7.00"),
        ("A3", _utc(2026, 10, 6, 10), "T2", "TEA", 10, "4.50"),
        ("A4", _utc(2026, 11, 2, 10), "T1", "TEA", 1, "4.60"),
        ("A5", _utc(2026, 11, 3, 10), None, "CUP", 3, "7.00"),
        ("A6", _utc(2026, 11, 5, 10), "T2", "TEA", -1, "4.50"),
    ],
    "web": [("B1", _utc(2026, 11, 20, 20), "W1", "POT", 1, "39.90")],
}
CALLS = [
    {
        "interaction_id": "K1", "at": _utc(2026, 10, 7, 9), "record_id": "T1", "kind": "complaint",
        "topic": "delivery", "text": "The cup came broken; ring me on 07700 900123.", "outcome": "sent anew",
    }
]  # fmt: skip


def make(root: Path) -> Project:
    """The project, with two batches landed and nothing built."""
    project = app.init(root, SETTINGS)
    for source in ("till", "web"):
        land(
            project, source, people=PEOPLE[source], identifiers=IDENTIFIERS[source],
            order_items=[*map(_line, LINES[source])], interactions=CALLS if source == "till" else [],
        )  # fmt: skip
    return project


def built(root: Path) -> Project:
    project = make(root)
    pipeline.build(project, now=NOW, as_of=AS_OF)
    return project


def shared(factory: pytest.TempPathFactory) -> Path:
    """The folder of the shop that all tests of this run look at; whoever would change it makes a copy."""
    root = factory.getbasetemp() / "tea-shop"
    return root if root.exists() else built(root).root


def land(project: Project, source: str, **rows: list[dict[str, Any]]) -> None:
    """Land rows as `collect` would: with key, provenance and receipt; two more of the file were rejected."""
    with project.landing.delivery(source) as delivery:
        for name, told in rows.items():
            if told:
                _write(delivery.batch / f"{name}.0.parquet", name, told, source=source, batch=delivery.name)
        read = max(map(len, rows.values())) + 2
        reasons = {"file": "till.csv", "row": 9, "column": "Qty", "value": "many", "reason": "not a number"}
        pq.write_table(
            pa.Table.from_pylist([{**reasons, "whole": True}, {**reasons, "row": 12, "whole": True}]),
            delivery.batch / "quarantine.parquet",
        )
        delivery.land(
            Receipt(
                batch=delivery.name, source=source, files=(f"{source}.csv",), received_at=NOW, read=read,
                loaded=read - 2, unchanged=0, rejected=2, tables={n: len(t) for n, t in rows.items() if t},
            )
        )  # fmt: skip


def _line(line: tuple[Any, ...]) -> dict[str, Any]:
    order, at, record, product, quantity, price = line
    return {
        "order_no": order, "ordered_at": at, "record_id": record, "product_id": product, "currency": "GBP",
        "product_name": product.title(), "quantity": Decimal(quantity), "price": Decimal(price),
        "amount": quantity * Decimal(price), "region": "Yorkshire", "nth": 1,
    }  # fmt: skip


def _write(path: Path, name: str, told: list[dict[str, Any]], *, source: str, batch: str) -> None:
    declared = CANONICAL[name]
    rows = [
        {
            **row, "source": source, "key": _digest(source, *(row.get(k) for k in declared.key)),
            "said": _digest(*row.values()), "collected_at": _said_at(row),
            "received_at": NOW.replace(tzinfo=None), "batch_id": batch, "row": number, "revises": False,
            "withdrawn": False,
        }
        for number, row in enumerate(told, start=2)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=declared.schema.to_pyarrow()), path)


def _said_at(row: dict[str, Any]) -> datetime | None:
    """When a source said so, where the row has a moment: an expense has but a day."""
    at = row.get("at") or row.get("ordered_at")
    return at if isinstance(at, datetime) else None


def _digest(*parts: object) -> str:
    return hashlib.md5("|".join(map(str, parts)).encode()).hexdigest()

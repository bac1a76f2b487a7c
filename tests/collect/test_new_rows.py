"""What a delivery says anew, row by row: small tables in memory, no files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from shuke.collect.new_rows import first, new_rows
from shuke.engine import DuckDB
from shuke.tables import CANONICAL

ORDERS = CANONICAL["orders"]


@pytest.fixture
def engine(tmp_path: Path) -> DuckDB:
    return DuckDB(scratch=tmp_path)


def _moment(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC).replace(tzinfo=None)


def _rows(engine: DuckDB, *rows: dict[str, Any], landed: bool) -> ir.Table:
    """Orders: key and order number are one; landed ones were received on the day of their batch."""
    full = [
        {
            "key": row["order_no"], "row": number, "revises": False, "withdrawn": False, "source": "web",
            "received_at": _moment(row.get("batch", 1)), "batch_id": f"00000{row.get('batch', 1)}-web",
            "said": str(sorted(row.items(), key=str)) if row.get("collected_at") else None,
            **{name: said for name, said in row.items() if name != "batch"},
        }
        for number, row in enumerate(rows, start=2)
    ]  # fmt: skip
    table = engine.checkpoint(ibis.memtable(pa.Table.from_pylist(full, schema=ORDERS.schema.to_pyarrow())))
    return table if landed else table.drop("received_at", "batch_id", "withdrawn", "source", "revises")


def _news(
    engine: DuckDB, landed: list[dict[str, Any]], told: list[dict[str, Any]], *, stated: bool = False
) -> list[tuple[Any, ...]]:
    there = _rows(engine, *landed, landed=True)
    found = new_rows(_rows(engine, *told, landed=False), there, ORDERS, stated=stated)
    rows = engine.checkpoint(found).to_pyarrow().to_pylist()
    return sorted((row["order_no"], row["status"], row["revises"]) for row in rows)


def test_what_is_the_same_or_silent_is_no_news(engine: DuckDB) -> None:
    landed = [{"order_no": "1", "status": "paid", "city": "Leeds"}]
    assert _news(engine, landed, [{"order_no": "1", "status": "paid"}]) == []
    assert _news(engine, landed, [{"order_no": "1"}]) == []


def test_a_new_key_or_another_value_is_news(engine: DuckDB) -> None:
    landed = [{"order_no": "1", "status": "paid"}]
    told = [{"order_no": "1", "status": "returned"}, {"order_no": "2", "status": "paid"}]
    assert _news(engine, landed, told) == [("1", "returned", True), ("2", "paid", False)]


def test_it_is_what_holds_now_that_counts_and_not_what_was_said_once(engine: DuckDB) -> None:
    landed = [
        {"order_no": "1", "status": "unpaid", "city": "Leeds", "batch": 1},
        {"order_no": "1", "status": "paid", "batch": 2, "revises": True},
    ]
    assert _news(engine, landed, [{"order_no": "1", "status": "paid", "city": "Leeds"}]) == []
    assert _news(engine, landed, [{"order_no": "1", "status": "unpaid"}]) == [("1", "unpaid", True)]


def test_what_was_withdrawn_is_news_again(engine: DuckDB) -> None:
    landed = [
        {"order_no": "1", "status": "paid", "batch": 1},
        {"order_no": "1", "status": "paid", "batch": 2, "revises": True, "withdrawn": True},
    ]
    assert _news(engine, landed, [{"order_no": "1", "status": "paid"}]) == [("1", "paid", True)]


def test_rows_of_a_file_that_share_a_key_are_taken_together(engine: DuckDB) -> None:
    told = [{"order_no": "1", "status": "unpaid"}, {"order_no": "1", "status": "paid"}]
    assert _news(engine, [{"order_no": "1", "status": "paid"}], told) == []
    assert len(_news(engine, [{"order_no": "1", "status": "unpaid"}], told)) == 2


def test_a_new_key_that_stands_twice_revises_itself(engine: DuckDB) -> None:
    told = [{"order_no": "2", "status": "paid"}, {"order_no": "2", "status": "unpaid"}]
    landed = [{"order_no": "1", "status": "paid"}]
    assert _news(engine, landed, told) == [("2", "paid", False), ("2", "unpaid", True)]


def test_a_mention_is_known_when_the_same_was_said_earlier_in_that_quarter(engine: DuckDB) -> None:
    def told(day: int, status: str) -> dict[str, Any]:
        return {"order_no": "1", "status": status, "said": status, "collected_at": _moment(day)}

    landed = [told(5, "paid")]
    assert _news(engine, landed, [told(5, "paid")]) == []
    assert _news(engine, landed, [told(7, "paid")]) == []
    assert _news(engine, landed, [told(3, "paid")]) == [("1", "paid", True)]
    assert _news(engine, landed, [told(3, "unpaid")]) == [("1", "unpaid", True)]


def test_what_a_source_dates_itself_is_known_only_for_that_moment(engine: DuckDB) -> None:
    def told(day: int) -> dict[str, Any]:
        return {"order_no": "1", "status": "paid", "said": "paid", "collected_at": _moment(day)}

    landed = [told(5)]
    assert _news(engine, landed, [told(5)], stated=True) == []
    assert _news(engine, landed, [told(7)], stated=True) == [("1", "paid", True)]


def test_further_columns_are_put_together_whatever_their_order(engine: DuckDB) -> None:
    landed = [{"order_no": "1", "further": '{"a": "1", "b": "2"}'}]
    assert _news(engine, landed, [{"order_no": "1", "further": '{"b": "2"}'}]) == []
    told = _rows(engine, {"order_no": "1", "further": '{"b": "3", "c": "4"}'}, landed=False)
    news = (
        engine.checkpoint(new_rows(told, _rows(engine, *landed, landed=True), ORDERS))
        .to_pyarrow()
        .to_pylist()
    )
    [further] = [row["further"] for row in news]
    assert all(part in further for part in ('"a":"1"', '"b":"3"', '"c":"4"'))


def test_where_nothing_has_landed_all_is_news_and_a_repeated_key_revises(engine: DuckDB) -> None:
    told = _rows(engine, {"order_no": "1", "status": "a"}, {"order_no": "2"}, {"order_no": "1"}, landed=False)
    rows = engine.checkpoint(first(told, ORDERS)).order_by("row").to_pyarrow().to_pylist()
    assert [(row["order_no"], row["revises"]) for row in rows] == [("1", False), ("2", False), ("1", True)]

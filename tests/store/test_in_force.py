from datetime import UTC, date, datetime, timedelta

import pytest

from shuke.periods import day_end
from shuke.store.in_force import delays, happened, history, in_force, in_order
from shuke.tables import CANONICAL
from tests.engine_fixtures import Row, Tables, at


def standing(desk: Tables, rows: list[Row], as_of: date = date(2026, 6, 30)) -> dict[str, Row]:
    """The orders in force at the end of a day in Shanghai, by key."""
    versions = history(desk.landed("orders", rows), as_of=as_of, zone="Asia/Shanghai")
    records = in_force(versions, revised=any(row.get("revises") for row in rows))
    kept = happened(records, CANONICAL["orders"], as_of=as_of, zone="Asia/Shanghai")
    return {row["key"]: row for row in desk.rows(kept)}


def test_the_newest_version_stands_with_what_it_is_silent_about_from_older_ones(engine):
    rows: list[Row] = [
        {"key": "a", "order_no": "1", "status": "paid", "city": "Leeds", "total": 9,
         "collected_at": "2026-01-03"},
        {"key": "a", "order_no": "1", "status": "new", "city": "York", "channel": "web",
         "collected_at": "2026-01-01", "revises": True},
        {"key": "a", "order_no": "1", "total": 8, "collected_at": "2026-01-05", "revises": True},
        {"key": "b", "order_no": "2", "status": "new"},
        {"key": "b", "order_no": "2", "status": "paid", "revises": True, "batch_id": "000002-till"},
        {"key": "c", "order_no": "3", "status": "new"},
        {"key": "c", "order_no": "3", "withdrawn": True, "revises": True, "batch_id": "000002-till"},
        {"key": "d", "order_no": "4", "status": "alone"},
    ]  # fmt: skip
    found = standing(engine, rows)
    assert {key: (row["status"], row["city"], row["channel"]) for key, row in found.items()} == {
        "a": ("paid", "Leeds", "web"), "b": ("paid", None, None), "d": ("alone", None, None)
    }  # fmt: skip
    assert (found["a"]["total"], found["a"]["collected_at"]) == (8, at("2026-01-05"))


def test_a_clock_that_was_set_back_makes_no_later_delivery_lose(engine):
    rows: list[Row] = [
        {"key": "a", "status": "new", "received_at": "2026-03-02"},
        {"key": "a", "status": "paid", "received_at": "2026-03-01", "revises": True,
         "batch_id": "000002-till"},
        {"key": "a", "city": "York", "received_at": "1970-01-01", "revises": True,
         "batch_id": "000003-till"},
        # What says when it was true, goes by that.
        {"key": "b", "status": "paid", "collected_at": "2026-01-05", "received_at": "2026-03-02"},
        {"key": "b", "status": "new", "collected_at": "2026-01-03", "received_at": "2026-03-01",
         "revises": True, "batch_id": "000002-till"},
        {"key": "c", "status": "new", "received_at": "2026-03-01", "batch_id": "999999-till"},
        {"key": "c", "status": "paid", "received_at": "2026-03-01", "revises": True, "batch_id": "1000000-a"},
    ]  # fmt: skip
    found = standing(engine, rows)
    assert {key: (row["status"], row["city"]) for key, row in found.items()} == {
        "a": ("paid", "York"), "b": ("paid", None), "c": ("paid", None)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "moved"),
    [
        ([], {}),
        ([1, 2, 2, 3], {}),
        ([5, 6, 2, 7], {"2": 6}),  # set back for a day
        ([5, 6, 2], {"2": 6}),
        ([5, 30, 6, 7], {"1": 5}),  # set forward for a day
        ([30, 5, 6], {"0": 5}),
        ([5, 1, 2, 6, 7, 8], {"0": 1}),
    ],
)
def test_as_few_deliveries_as_possible_are_taken_for_wrongly_dated(days, moved):
    times = [(str(place), datetime(2026, 3, day, tzinfo=UTC)) for place, day in enumerate(days)]
    found = delays(times)
    told = dict(times)
    assert {batch: round((told[batch] + by).timestamp() / 86400) for batch, by in found.items()} == {
        batch: round(datetime(2026, 3, day, tzinfo=UTC).timestamp() / 86400) for batch, day in moved.items()
    }
    meant = [told[batch] + found.get(batch, timedelta()) for batch, _ in times]
    assert meant == sorted(meant)


def test_rows_of_such_a_delivery_count_as_received_in_its_order(engine):
    days = {"000001-till": 2, "000002-till": 1, "000003-till": 3}
    landed = [(batch, datetime(2026, 3, day, tzinfo=UTC)) for batch, day in days.items()]
    rows = engine.landed(
        "orders", [{"key": b, "batch_id": b, "received_at": f"2026-03-0{day}"} for b, day in days.items()]
    )
    found = engine.rows(in_order(rows, delays(landed)))
    assert [row["key"] for row in sorted(found, key=lambda row: row["received_at"])] == list(days)
    assert in_order(rows, {}) is rows


def test_a_day_looked_back_to_knows_the_version_of_then_and_not_what_had_not_happened(engine):
    rows: list[Row] = [
        {"key": "a", "status": "new", "ordered_at": "2026-01-05", "collected_at": "2026-01-05"},
        {"key": "a", "status": "returned", "collected_at": "2026-02-05", "revises": True},
        # A later version that bears no date of its own does not make the order one of then.
        {"key": "b", "status": "new", "ordered_at": "2026-02-03"},
        {"key": "b", "status": "paid", "revises": True},
        {"key": "c", "status": "undated"},
        {"key": "d", "ordered_at": "2026-01-31T15:59:59"},
        {"key": "e", "ordered_at": "2026-01-31T16:00"},
        {"key": "f", "ordered_at": "2026-01-05", "collected_at": "2026-01-31T16:00"},
    ]
    found = standing(engine, rows, date(2026, 1, 31))
    assert {key: row["status"] for key, row in found.items()} == {"a": "new", "c": "undated", "d": None}
    now = standing(engine, rows)
    assert {key: row["status"] for key, row in now.items()} == {
        "a": "returned", "b": "paid", "c": "undated", "d": None, "e": None, "f": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 1, 31), "Asia/Shanghai", "2026-01-31T16:00"),
        (date(2026, 7, 31), "America/New_York", "2026-08-01T04:00"),
        (date(2026, 1, 31), "America/New_York", "2026-02-01T05:00"),
    ],
)
def test_a_day_ends_where_the_project_is(duckdb, day, zone, end):
    found: datetime = duckdb.engine.backend.execute(day_end(day, zone))
    assert found.isoformat().startswith(end)


def test_days_are_cut_as_days_and_not_as_moments(duckdb):
    rows = duckdb.landed("invoices", [{"key": d, "issued": d} for d in ("2026-01-31", "2026-02-01")])
    kept = happened(rows, CANONICAL["invoices"], as_of=date(2026, 1, 31), zone="Asia/Shanghai")
    assert [row["key"] for row in duckdb.rows(kept)] == ["2026-01-31"]

from datetime import date
from typing import Any

from shuke.profiles.facts import facts
from tests.engine_fixtures import Row, Tables, at

AS_OF = date(2026, 6, 1)
#: What was said, oldest first: of Anna by the till and the web shop, of Bert by the till.
PEOPLE: list[Row] = [
    {"record_id": "1", "name": "Ann Lee", "city": "Leeds", "collected_at": "2025-01-01", "channel": "shop"},
    {"record_id": "1", "city": "Leeds", "collected_at": "2025-09-01", "batch_id": "000003-till", "row": 5},
    {"source": "web", "record_id": "2", "city": "York", "collected_at": "2025-12-01", "row": 12},
    {"source": "web", "record_id": "2", "city": "Hull", "collected_at": "2026-02-01", "withdrawn": True},
    {"record_id": "1", "plan": "a kettle", "collected_at": "2026-01-01"},  # believed for 120 days
    {"record_id": "1", "plan": "a pot", "collected_at": "2026-03-01"},
    {"record_id": "5", "plan": "a cup", "birth_date": "1980-02-29", "collected_at": "2020-05-05"},
    {"record_id": "9", "name": "Nobody's", "collected_at": "2026-03-01"},
]
IDENTIFIERS: list[Row] = [
    {"record_id": "1", "kind": "phone", "value": "138 0013 9000", "collected_at": "2025-01-01"},
    {
        "source": "web",
        "record_id": "2",
        "kind": "phone",
        "value": "139****9000",
        "collected_at": "2026-03-01",
    },
    {"record_id": "5", "kind": "email", "value": "b***@example.com"},
    {"record_id": "1", "kind": "member_no", "value": "7"},
]


def told(
    desk: Tables, people: list[Row], identifiers: list[Row], *, zone: str = "UTC", **whose: str
) -> dict[tuple[Any, ...], Row]:
    """The facts by customer, attribute and value."""
    made = desk.made(
        facts, desk.landed("people", people), desk.landed("identifiers", identifiers),
        desk.identities(**whose), as_of=AS_OF, zone=zone,
    )  # fmt: skip
    return {(row["customer_id"], row["attribute"], row["value"]): row for row in desk.rows(made)}


def winners(found: dict[tuple[Any, ...], Row]) -> dict[tuple[str, str], str]:
    return {
        (customer, attribute): value for (customer, attribute, value), row in found.items() if row["wins"]
    }


def test_the_newest_believed_fact_wins_and_every_other_stays_with_who_said_it(engine):
    found = told(engine, PEOPLE, IDENTIFIERS, anna="1 web:2", bert="5")
    assert winners(found) == {
        ("anna", "name"): "Ann Lee",
        ("anna", "city"): "York",  # the newest; what was withdrawn was never said
        ("anna", "plan"): "a pot",
        ("anna", "phone"): "138 0013 9000",  # a masked one tells less
        ("bert", "birth_date"): "1980-02-29",  # never expires
        ("bert", "email"): "b***@example.com",  # nobody tells more
    }
    assert set(found) - {key for key, row in found.items() if row["wins"]} == {
        ("anna", "city", "Leeds"), ("anna", "plan", "a kettle"), ("anna", "phone", "139****9000"),
        ("bert", "plan", "a cup"),
    }  # fmt: skip
    leeds = found["anna", "city", "Leeds"]
    assert {name: leeds[name] for name in ("record", "source", "batch_id", "row", "channel", "believed")} == {
        "record": "till:1", "source": "till", "batch_id": "000003-till", "row": 5, "channel": None,
        "believed": True,
    }  # fmt: skip
    assert (leeds["first_at"], leeds["collected_at"]) == (at("2025-01-01"), at("2025-09-01"))
    assert {(f["believed"], f["believed_until"]) for f in found.values() if f["attribute"] == "plan"} == {
        (False, date(2026, 5, 1)), (True, date(2026, 6, 29)), (False, date(2020, 9, 2))
    }  # fmt: skip


def test_an_expired_fact_never_wins_even_alone(duckdb):
    found = told(duckdb, [{"record_id": "1", "job": "baker", "collected_at": "2020-01-01"}], [], anna="1")
    assert [(row["value"], row["believed"], row["wins"]) for row in found.values()] == [
        ("baker", False, False)
    ]


def test_a_fact_is_believed_on_its_last_day_and_not_on_the_next(duckdb):
    people: list[Row] = [
        {"record_id": "1", "plan": "today", "collected_at": "2026-02-01"},
        {"record_id": "2", "plan": "over", "collected_at": "2026-01-31"},
    ]
    found = told(duckdb, people, [], anna="1", bert="2")
    assert {row["value"]: row["believed"] for row in found.values()} == {"today": True, "over": False}


def test_a_plan_is_history_once_its_months_are_over_on_the_clocks_of_the_company(duckdb):
    """120 days: said on 1 February it holds on 1 June, said the day before it does not."""
    last_minute = [{"record_id": "1", "plan": "a kettle", "collected_at": "2026-01-31T16:00:00"}]
    ((_, here),) = told(duckdb, last_minute, [], zone="Asia/Shanghai", anna="1").items()
    ((_, there),) = told(duckdb, last_minute, [], zone="Europe/London", anna="1").items()
    assert (here["said_on"], here["believed_until"], here["wins"]) == (date(2026, 2, 1), AS_OF, True)
    assert (there["said_on"], there["wins"], there["reason"]) == (date(2026, 1, 31), False, "expired")


def test_silence_does_not_blank_what_was_said_before(duckdb):
    people: list[Row] = [
        {"record_id": "1", "city": "Leeds", "collected_at": "2026-01-01"},
        {"record_id": "1", "city": None, "collected_at": "2026-02-01"},
    ]
    assert winners(told(duckdb, people, [], anna="1")) == {("anna", "city"): "Leeds"}


def test_what_bears_no_date_is_dated_by_its_arrival(duckdb):
    people: list[Row] = [
        {"record_id": "1", "city": "Leeds", "collected_at": "2025-12-31"},
        {"record_id": "2", "city": "York", "received_at": "2026-01-02"},
        {"record_id": "3", "city": "Hull", "received_at": "2025-12-30"},
    ]
    assert winners(told(duckdb, people, [], anna="1 2 3")) == {("anna", "city"): "York"}


def test_a_customer_is_one_since_the_earliest_day_that_anybody_knows(duckdb):
    people: list[Row] = [
        {"record_id": "1", "since": "2021-03-01", "collected_at": "2025-01-01"},
        {"record_id": "2", "since": "2024-01-01", "collected_at": "2026-01-01"},
    ]
    assert winners(told(duckdb, people, [], anna="1 2")) == {("anna", "since"): "2021-03-01"}

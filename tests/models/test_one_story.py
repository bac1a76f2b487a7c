"""Does any table answer otherwise than `lifecycle` to whether a customer is gone?"""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.alerts.lapsing import lapsing
from shuke.analyses.complaints import complaints
from shuke.analyses.departures import departures
from shuke.analyses.keep_list import keep_list
from shuke.analyses.rfm import rfm
from shuke.models.churn import churn
from shuke.models.lifetime_value import lifetime_value
from shuke.models.next_purchase import next_purchase
from shuke.profiles.customers import customers
from tests.analyses.selling import FIRST, PURCHASES, written
from tests.engine_fixtures import Row, Tables
from tests.models.standing import ZONE, chances, identified, stood
from tests.models.test_churn import contract
from tests.models.test_lifecycle import TODAY, company, every


def told(desk: Tables, bought: list[Row], as_of: date, contracts: list[Row]) -> dict[str, dict[str, Row]]:
    """Every table that speaks of it, by name and customer."""
    lives = stood(desk, bought, as_of, contracts=contracts, people=[{"customer_id": "known"}])
    sold, everybody = written(desk, bought), desk.derived(customers, [])
    ids = identified(desk, contracts)
    worth = [{"customer_id": row["customer_id"], "value_12m": 100} for row in desk.rows(lives)]
    values = desk.derived(lifetime_value, worth)
    risks = desk.made(churn, chances(desk, bought, as_of, contracts=contracts), lives, values)
    landed = (desk.landed(name) for name in ("interactions", "coupons", "touches"))
    made = {
        "lifecycle": lives,
        "rfm": desk.made(rfm, sold, lives, as_of=as_of),
        "departures": desk.made(departures, sold, everybody, lives, as_of=as_of),
        "churn": risks,
        "keep_list": desk.made(
            keep_list, risks, values, desk.derived(complaints, []), *landed, ids, as_of=as_of, zone=ZONE
        ),
        "lapsing": desk.made(lapsing, sold, lives, as_of=as_of),
        "next_purchase": desk.made(next_purchase, sold, as_of=as_of),
    }
    return {
        name: {row.get("customer_id") or row["subject"]: row for row in desk.rows(table)}
        for name, table in made.items()
    }


def agree(story: dict[str, dict[str, Row]]) -> None:
    status = {who: row["status"] for who, row in story["lifecycle"].items()}
    lost = {who for who, code in status.items() if code == "lost"}
    bought = set(story["rfm"])
    assert {who for who, row in story["rfm"].items() if row["tier"] == "lost"} == lost & bought
    assert {who for who, row in story["departures"].items() if row["lost"]} == lost & bought
    for who, row in story["departures"].items():
        assert row["lost_on"] == (story["lifecycle"][who]["since"] if who in lost else None)
    for name in ("churn", "keep_list"):
        assert all(row["status"] == status[who] for who, row in story[name].items())
    assert not set(story["keep_list"]) & lost
    assert all(status[who] == "overdue" for who in story["lapsing"])
    expected = {who for who, row in story["next_purchase"].items() if row["expected_on"]}
    bound = {who for who, row in story["lifecycle"].items() if row["basis"] == "contract"}
    assert not (expected - bound) & lost
    due = {who for who, row in story["next_purchase"].items() if row["due_this_week"]}
    assert {status[who] for who in due - bound} <= {"new", "active", "returned", "due"}


def contracts() -> list[Row]:
    ends: list[dict[str, Any]] = [
        {},
        {"ends": "2026-01-01"},
        {"cancelled": "2026-06-30"},
        {"ends": "2027-01-01"},
    ]
    numbered = [contract(n, "2025-01-01", **ends[n % 4]) for n in range(40)]
    # Half of them buy as well.
    return [row | {"record_id": f"c{n:03}"} if n % 2 else row for n, row in enumerate(numbered)]


def test_all_tables_of_a_company_tell_one_story(duckdb_engine, tmp_path):
    # Each of them is held to Spark by its own test; all of them at once take minutes there.
    desk = Tables(duckdb_engine, tmp_path)
    late = [row for silent in range(25, 75, 2) for row in every(f"s{silent}", 25, 8, silent)]
    story = told(desk, company() + late, TODAY, contracts())
    codes = {row["status"] for row in story["lifecycle"].values()}
    assert codes >= {"prospect", "active", "due", "overdue", "lost", "contract"}
    assert story["lapsing"] and story["keep_list"]
    agree(story)


@settings(max_examples=6)
@given(
    PURCHASES,
    st.lists(st.sampled_from(["anna", "bert", "cleo"]), max_size=2, unique=True),
    st.integers(0, 90),
)
def test_all_tables_of_the_smallest_shops_tell_one_story(duckdb_engine, tmp_path_factory, rows, bound, ends):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("story"))
    held = [
        contract(n, f"{FIRST}", ends=f"{FIRST + timedelta(days=1 + ends)}") | {"record_id": who}
        for n, who in enumerate(sorted(bound))
    ]
    agree(told(desk, rows, FIRST + timedelta(days=60), held))

from datetime import date
from decimal import Decimal

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.rfm import rfm
from shuke.dealings.purchases import purchases
from shuke.models.next_purchase import next_purchase
from shuke.profiles.behaviour import behaviour
from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from shuke.segments.matching import ID, Matching, reads
from shuke.segments.reading import expression
from tests.engine_fixtures import Row, Tables, at
from tests.segments.conditions import ROWS, VOCABULARY, holds, nested, simple

AS_OF = date(2026, 6, 15)
ZONE = "Asia/Shanghai"


def meant(
    desk: Tables, text: str, *, as_of: date = AS_OF, zone: str = ZONE, **tables: ibis.Table
) -> set[str]:
    """The customers whom a condition means."""
    condition = expression(text, VOCABULARY)
    found = Matching.of([condition], tables.__getitem__, as_of=AS_OF, zone=zone)
    rows = found.table.filter(found.holds(condition, {})).select(ID)
    return {row[ID] for row in desk.rows(rows)}


def known(desk: Tables, *ids: str, **further: list) -> ibis.Table:
    rows = [{ID: one, **{name: values[n] for name, values in further.items()}} for n, one in enumerate(ids)]
    return desk.derived(customers, rows)


CONDITIONS = nested(simple().filter(lambda one: not one.calls and not one.segments))


@settings(max_examples=60)
@given(st.lists(CONDITIONS, min_size=1, max_size=8), st.lists(ROWS, min_size=1, max_size=8))
def test_a_condition_means_whom_plain_python_means(duckdb_engine, tmp_path_factory, conditions, rows):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("rows"))
    people = [{ID: str(n), **row} for n, row in enumerate(rows)]
    tables = {
        "customers": desk.derived(customers, _of(people, "city", "country", "records", "since")),
        "rfm": desk.derived(rfm, _of(people, "tier", "monetary", frequency="rfm.frequency")),
        "behaviour": desk.derived(behaviour, _of(people, "last_order")),
        "next_purchase": desk.derived(next_purchase, _of(people, "due_this_week")),
        "facts": desk.derived(
            facts,
            [
                {ID: p[ID], "record": "r", "attribute": "plan", "value": p["plan"], "wins": True,
                 "believed": True}
                for p in people if p["plan"] is not None
            ],
        ),
    }  # fmt: skip
    found = Matching.of(conditions, tables.__getitem__, as_of=AS_OF, zone=ZONE)
    told = found.table.select(ID, **{f"x{n}": found.holds(one, {}) for n, one in enumerate(conditions)})
    for row in desk.rows(told):
        person = people[int(row[ID])]
        for n, one in enumerate(conditions):
            assert row[f"x{n}"] == holds(one, person, AS_OF), (str(one), person)


def _of(people: list[Row], *names: str, **renamed: str) -> list[Row]:
    columns = {name: name for name in names} | renamed
    return [{ID: p[ID], **{column: p[name] for column, name in columns.items()}} for p in people]


def line(who: str, day: str, category: str = "Tea", amount: float = 10, **further) -> Row:
    named = {"line_id": f"{who}-{day}-{amount}", ID: who, "day": date.fromisoformat(day), "kind": "goods"}
    return {**named, "category": category, "amount": Decimal(amount), "is_return": False, **further}


LINES = [
    line("five", "2021-06-15", "婴儿用品 > 尿布"), line("four", "2022-06-15", "婴儿用品"),
    line("three", "2023-06-15", "婴儿用品"), line("late", "2023-06-16", "婴儿用品"),
    line("early", "2021-06-14", "婴儿用品"), line("other", "2022-06-15", "婴儿用品店"),
    line("back", "2022-06-15", "婴儿用品", is_return=True), line("fee", "2022-06-15", "婴儿用品", kind="fee"),
]  # fmt: skip


def test_what_was_bought_between_five_and_three_years_ago(engine):
    rows = {
        "purchases": engine.derived(purchases, LINES),
        "customers": known(engine, *{x[ID] for x in LINES}),
    }
    text = "bought(category => '婴儿用品', since => '5y', until => '3y')"
    assert meant(engine, text, **rows) == {"five", "four", "three"}
    assert meant(engine, f"not {text}", **rows) == {"late", "early", "other", "back", "fee"}


def test_how_much_was_spent_and_how_often_something_was_bought(engine):
    rows = {
        "purchases": engine.derived(purchases, [
            line("a", "2026-06-15", amount=60, order_id="1"),
            line("a", "2026-06-01", amount=50, order_id="2"),
            line("a", "2026-06-02", amount=-20, order_id="3", is_return=True),
            line("b", "2026-06-15", amount=60, order_id="4"),
            line("b", "2026-06-15", "Cups", 50, order_id="4"),
            line("c", "2025-06-15", amount=500, order_id="5"),
            line("c", "2026-06-16", amount=500, order_id="6"),
        ]),
        "customers": known(engine, "a", "b", "c", "d"),
    }  # fmt: skip
    assert meant(engine, "spent_on(within => '1y') = 90", **rows) == {"a"}
    assert meant(engine, "spent_on(within => '1y') > 90", **rows) == {"b"}
    assert meant(engine, "spent_on(within => '1y') = 0", **rows) == {"c", "d"}
    assert meant(engine, "bought(at_least => 2)", **rows) == {"a", "c"}
    assert meant(engine, "bought(at_least => 2, within => '30d')", **rows) == {"a"}
    assert meant(engine, "bought(category => 'Cups') and not bought(since => '2026-06-16')", **rows) == {"b"}


#: In Shanghai it is the 16th from 16:00 UTC of the 15th on.
EVENTS = [
    {"event_id": "1", "name": "search", "record_id": "r", "at": at("2026-06-14T16:00:00")},
    {"event_id": "2", "name": "search", "record_id": "s", "at": at("2026-06-14T15:59:59.999999")},
    {"event_id": "3", "name": "search", "record_id": "t", "at": at("2026-06-15T15:59:59.999999")},
    {"event_id": "4", "name": "search", "record_id": "u", "at": at("2026-06-15T16:00:00")},
    {"event_id": "5", "name": "view", "record_id": "r", "at": at("2026-06-15T10:00:00")},
    {"event_id": "6", "name": "search", "record_id": "v", "at": None},
]  # fmt: skip


def test_a_day_begins_at_midnight_where_the_company_is(engine):
    rows = {
        "landed_events": engine.landed("events", EVENTS),
        "identities": engine.identities(**{x: x for x in "rstuv"}),
        "customers": known(engine, *"rstuv"),
    }
    today = "count_of(event => 'search', within => '1d') >= 1"
    assert meant(engine, today, **rows) == {"r", "t"}
    assert meant(engine, today, zone="UTC", **rows) == {"t", "u"}
    assert meant(
        engine, "count_of(event => 'search', since => '2026-06-14', until => '2026-06-14') = 1", **rows
    ) == {"s"}
    assert meant(engine, "count_of() = 2", **rows) == {"r"}
    assert meant(engine, "count_of(event => 'search') = 1", **rows) == set("rstuv")


def test_moments_of_a_customer_are_days_of_the_company(engine):
    seen = [at("2026-06-14T15:59:59"), at("2026-06-14T16:00:00"), None]
    rows = {"customers": known(engine, "a", "b", "c", last_seen=seen)}
    assert meant(engine, "last_seen = '0d'", **rows) == {"b"}
    assert meant(engine, "last_seen < '0d'", **rows) == {"a"}
    assert meant(engine, "last_seen is null", **rows) == {"c"}


def test_what_has_expired_never_matches(engine):
    said = {"record": "r", "attribute": "plan", "value": "car"}
    rows = {
        "customers": known(engine, "a", "b", "c"),
        "facts": engine.derived(facts, [
            {**said, ID: "a", "wins": True, "believed": True},
            {**said, ID: "b", "record": "s", "wins": False, "believed": False},
            {**said, ID: "c", "record": "t", "wins": True, "believed": False},
        ]),
    }  # fmt: skip
    assert meant(engine, "plan = 'car'", **rows) == {"a"}
    assert meant(engine, "not plan = 'car'", **rows) == set()
    assert meant(engine, "plan is null", **rows) == {"b", "c"}


def test_whom_we_wrote_to_or_called_was_contacted(engine):
    touch = {"campaign_id": "x", "channel": "sms", "at": at("2026-06-10T09:00:00")}
    call = {"kind": "call", "channel": "phone", "at": at("2026-06-10T09:00:00")}
    rows = {
        "landed_touches": engine.landed("touches", [
            {**touch, "touch_id": "1", "record_id": "a", "group": "treated"},
            {**touch, "touch_id": "2", "record_id": "b", "group": "control"},
            {**touch, "touch_id": "3", "record_id": "c", "group": None, "at": at("2026-05-01T09:00:00")},
        ]),
        "landed_interactions": engine.landed("interactions", [
            {**call, "interaction_id": "1", "record_id": "d", "direction": "outbound"},
            {**call, "interaction_id": "2", "record_id": "e", "direction": "inbound"},
        ]),
        "identities": engine.identities(**{x: x for x in "abcde"}),
        "customers": known(engine, *"abcde"),
    }  # fmt: skip
    assert meant(engine, "contacted(within => '14d')", **rows) == {"a", "d"}
    assert meant(engine, "not contacted(within => '14d')", **rows) == {"b", "c", "e"}
    assert meant(engine, "contacted(channel => 'sms')", **rows) == {"a", "c"}
    assert meant(engine, "got_in_touch(kind => 'call') > 0", **rows) == {"d", "e"}


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("city = 'a'", {"customers"}),
        ("tier = 'a' and bought()", {"customers", "rfm", "purchases"}),
        ("contacted()", {"customers", "landed_touches", "landed_interactions", "identities"}),
    ],
)
def test_a_condition_reads_what_it_asks_for(text, tables):
    assert set(reads([expression(text, VOCABULARY)])) == tables

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.habits import best_day, busy_hours, habits
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Row, Tables, at, close

AS_OF = date(2026, 6, 30)


def table(desk: Tables, lines: list[Row], orders: list[Row] | None = None, *, as_of: date = AS_OF, **asked):
    heads = desk.landed("orders", orders)
    return desk.made(habits, written(desk, lines), heads, as_of=as_of, zone="Asia/Shanghai", **asked)


def found(desk: Tables, *rows, **asked) -> dict[str, Row]:
    return {row["customer_id"]: row for row in desk.rows(table(desk, *rows, **asked))}


def order(who: str, number: str, moment: str, amount: object = 10, **more) -> Row:
    """A line at a moment in UTC; Shanghai is eight hours ahead."""
    when = at(moment) + timedelta(hours=8)
    return sold(
        who, when.date(), amount, order_id=f"till:{number}", ordered_at=at(moment), source="till", **more
    )


LINES = [
    order("anna", "1", "2026-06-01T02:30", channel="shop", store_id="S1", category="Tea"),
    order("anna", "1", "2026-06-01T02:30", 20, channel="shop", store_id="S1", category="Tea"),
    order("anna", "2", "2026-06-08T02:10", channel="shop", store_id="S2", category="Cups"),
    order("anna", "3", "2026-06-10T15:59", channel="web", store_id=None, category="Tea"),
    order("anna", "4", "2026-06-11T02:00", -5, channel="web", store_id="S2"),
    order("bert", "5", "2026-06-30T16:00"),
    order("cleo", "6", "2026-05-31T16:00", 7, quantity=3),
    sold("dora", "2026-06-01", -5), sold(None, "2026-06-01", 5), sold("emil", None, 5),
]  # fmt: skip
PAID = [
    {"order_no": number, "payment": how}
    for number, how in (("1", "Cash"), ("2", "Card"), ("3", "Card"), ("6", None), ("9", "Cash"))
]


def test_favourites_baskets_and_shares_are_those_of_the_orders(engine):
    seen = found(engine, LINES, PAID)
    assert set(seen) == {"anna", "cleo"}
    anna = seen["anna"]
    expected = {
        "orders": 3, "channel": "shop", "store_id": "S1", "weekday": 0, "hour": 10, "payment": "Card",
        "category": "Tea", "categories": 2, "quarter": None,
    }  # fmt: skip
    assert {name: anna[name] for name in expected} == expected
    shares = ("channel", "store", "weekday", "hour", "payment", "category")
    assert all(
        close(anna[f"{name}_share"], share)
        for name, share in zip(shares, (2 / 3, 1 / 2, 2 / 3, 2 / 3, 2 / 3, 3 / 4), strict=True)
    )
    assert close(anna["diversity"], 16 / 10)
    assert (anna["basket_amount"], anna["amount"]) == (Decimal("16.6667"), Decimal(45))
    # At the stroke of midnight, Shanghai time: nobody noted the hour.
    assert (seen["cleo"]["hour"], seen["cleo"]["weekday"], seen["cleo"]["basket_quantity"]) == (None, 0, 3)


def test_of_times_equally_frequent_none_is_the_favourite(duckdb):
    rows = [
        order("anna", "1", "2026-06-01T02:30", channel="web"),
        order("anna", "2", "2026-06-02T03:30", channel="shop"),
    ]
    anna = found(duckdb, rows)["anna"]
    assert (anna["weekday"], anna["hour"], anna["weekday_share"], anna["channel"]) == (
        None,
        None,
        None,
        "shop",
    )


def test_the_strongest_quarter_is_looked_for_in_whole_years_only(duckdb):
    """The year before the last whole year has only its last days, all in one quarter."""
    springs = [sold("anna", f"{year}-02-{day:02}", 10) for year in (2025, 2026) for day in (3, 5)]
    summers = [sold("anna", f"2024-07-{day:02}", 10) for day in (1, 2, 3)]
    year = [sold("anna", "2025-08-01", 10)]
    anna = found(duckdb, [*summers, *springs, *year])["anna"]
    # Two years and none of a third: July 2024 counts, for it is within 730 days.
    assert (anna["quarter"], close(anna["quarter_share"], 4 / 8)) == (None, False)
    older = [sold("anna", "2024-05-30", 10)]
    anna = found(duckdb, [*older, *springs, *year])["anna"]
    assert (anna["quarter"], close(anna["quarter_share"], 4 / 5)) == (1, True)
    assert found(duckdb, [*older, *springs, *year], min_orders=9)["anna"]["quarter"] is None


def test_classes_go_by_what_those_who_brought_more_have_brought(duckdb):
    amounts = {"a": 80, "b": 10, "c": 5, "d": 2, "e": 2, "f": 1, "g": 0}
    rows = [sold(who, "2026-06-01", amount) for who, amount in amounts.items()]
    rows += [sold("h", "2026-06-01", 5), sold("h", "2026-06-02", -9)]
    assert {who: row["abc"] for who, row in found(duckdb, rows).items()} == {
        "a": "A", "b": "B", "c": "B", "d": "C", "e": "C", "f": "C", "g": "C", "h": "C"
    }  # fmt: skip
    alike = [sold(f"{n}", "2026-06-01", 10) for n in range(10)]
    assert {row["abc"] for row in found(duckdb, alike).values()} == {"A"}


VISITS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.integers(0, 40), st.sampled_from([1, 2, 14]),
        st.sampled_from([None, "x", "y"]), st.sampled_from(["Tea", "Cups", None]), st.integers(-300, 900),
    ),
    max_size=20,
)  # fmt: skip


@settings(max_examples=8)
@given(VISITS)
def test_habits_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, visits):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("habits"))
    rows = []
    for who, days, hour, store, category, cents in visits:
        moment = datetime.combine(FIRST + timedelta(days=days), datetime.min.time()) + timedelta(hours=hour)
        rows.append(order(who, f"{who}{days}", moment.isoformat(), Decimal(cents) / 100, store_id=store,
                          category=category))  # fmt: skip
    seen = found(desk, rows)
    assert seen.keys() == {row["customer_id"] for row in rows if not row["is_return"]}
    for who, row in seen.items():
        assert row["amount"] == sum(r["amount"] for r in rows if r["customer_id"] == who)
        assert {
            name: row[name] for name in ("orders", "store_id", "category", "weekday", "hour")
        } == _by_hand([r for r in rows if r["customer_id"] == who and not r["is_return"]])


def _by_hand(hers: list[Row]) -> Row:
    orders: dict[str, Row] = {}
    for row in hers:
        known = orders.setdefault(
            row["order_id"], {"at": row["ordered_at"], "stores": set(), "day": row["day"]}
        )
        known["at"], known["day"] = min(known["at"], row["ordered_at"]), min(known["day"], row["day"])
        known["stores"] |= {row["store_id"]} - {None}
    stores = Counter(min(o["stores"]) for o in orders.values() if o["stores"])
    hours = Counter((o["at"] + timedelta(hours=8)).hour for o in orders.values())
    return {
        "orders": len(orders),
        "store_id": _first(stores),
        "category": _first(Counter(row["category"] for row in hers if row["category"])),
        "weekday": _only(Counter(o["day"].weekday() for o in orders.values())),
        "hour": _only(hours),
    }


def _first(counts: Counter) -> str | None:
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _only(counts: Counter) -> int | None:
    most = [value for value, n in counts.items() if n == max(counts.values())]
    return most[0] if len(most) == 1 else None


@pytest.mark.parametrize("rows", [[], [sold("anna", "2026-06-01", -5)], [sold(None, "2026-06-01", 5)]])
def test_where_nobody_known_bought_there_is_no_habit(duckdb, rows):
    made = table(duckdb, rows)
    assert duckdb.rows(made) == []
    assert best_day(made).en == "Nobody who is known has bought yet."
    busy_hours(made).to_dict()


def test_the_picture_and_its_sentence_say_when_people_buy(duckdb):
    made = table(duckdb, LINES, PAID)
    assert busy_hours(made).to_dict()["mark"]["type"] == "rect"
    assert best_day(made).en.startswith("Monday is the favourite weekday of 100% of the 2 customers")
    assert "星期一" in best_day(made).zh

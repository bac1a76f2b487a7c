from datetime import date, timedelta
from decimal import Decimal

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.rfm import TIERS, rfm, value_map, value_sentence
from shuke.models.lifecycle import lifecycle
from shuke.tables.statuses import STATUSES
from tests.analyses.selling import FIRST, PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def standing(desk: Tables, rows: list[Row], **told: str) -> ir.Table:
    """Each customer's status; `active` of whom none is told."""
    people = {row["customer_id"]: "active" for row in rows if row["customer_id"]} | told
    return desk.derived(lifecycle, [{"customer_id": who, "status": of} for who, of in people.items()])


def scored(desk: Tables, rows: list[Row], as_of: date = AS_OF, **told: str) -> dict[str, Row]:
    table = desk.made(rfm, written(desk, rows), standing(desk, rows, **told), as_of=as_of)
    return {row["customer_id"]: row for row in desk.rows(table)}


def test_each_customer_is_scored_by_how_lately_how_often_and_for_how_much(engine):
    found = scored(
        engine,
        [
            sold("anna", "2026-06-20", 100, order_id="1"), sold("anna", "2026-06-20", 50, order_id="1"),
            sold("anna", "2026-05-01", 40, order_id="2"), sold("anna", "2026-06-25", -20, order_id="3"),
            sold("bert", "2026-06-29", 10, order_id="4"), sold("bert", "2026-06-29", 5, kind="shipping"),
            sold("cleo", "2025-01-10", "33.33"), sold("cleo", "2025-01-10", "33.33"),
            sold("cleo", "2025-02-10", 34),
            sold("dora", "2026-06-01", -5), sold("emil", "2026-06-30", None, order_id="5"),
            sold("fred", "2026-07-01", 99), sold("gina", None, 99), sold(None, "2026-06-01", 99),
        ],
        anna="overdue", bert="new", cleo="lost",
    )  # fmt: skip
    # Who has only returned, only undated lines, or only later ones, is not there.
    assert set(found) == {"anna", "bert", "cleo", "emil"}
    columns = ("recency_days", "frequency", "monetary", "quantity", "average_order", "r", "f", "m", "tier")
    assert {who: tuple(row[c] for c in columns) for who, row in found.items()} == {
        "anna": (10, 2, Decimal(170), Decimal(2), Decimal(85), 2, 4, 5, "cannot_lose"),
        "bert": (1, 1, Decimal(10), Decimal(1), Decimal(10), 4, 2, 2, "new"),
        "cleo": (505, 2, Decimal("100.66"), Decimal(3), Decimal("50.33"), 1, 4, 4, "lost"),
        "emil": (0, 1, Decimal(0), Decimal(1), Decimal(0), 5, 2, 1, "promising"),
    }
    assert (found["anna"]["first_day"], found["anna"]["last_day"]) == (date(2026, 5, 1), date(2026, 6, 20))


def test_equal_figures_get_equal_scores_in_the_middle_of_their_ranks(duckdb):
    once = [sold(f"once {n}", "2026-06-01", 10) for n in range(6)]
    often = [sold("often", f"2026-06-{day:02}", 10) for day in (1, 2, 3)]
    found = scored(duckdb, once + often)
    assert {(row["r"], row["f"], row["m"]) for who, row in found.items() if who != "often"} == {(3, 3, 3)}
    assert [found["often"][s] for s in "rfm"] == [5, 5, 5]


def test_where_there_is_nobody_to_compare_with_scores_are_in_the_middle(duckdb):
    assert [scored(duckdb, [sold("anna", "2026-06-01", 10)])["anna"][s] for s in "rfm"] == [3, 3, 3]


def test_ten_customers_make_five_pairs(duckdb):
    found = scored(duckdb, [sold(f"{n}", date(2026, 6, 1 + n), 10 + n) for n in range(10)])
    assert [found[str(n)]["r"] for n in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


@pytest.mark.parametrize("day", [1, 15, 29])
def test_who_has_bought_once_is_not_called_loyal_however_much_it_was(duckdb, day):
    crowd = [sold(f"{n}", date(2026, 6, 1) + timedelta(days=n), 1) for n in range(29)]
    found = scored(duckdb, [*crowd, sold("big", date(2026, 6, day), 9999)])
    assert found["big"]["tier"] in ("promising", "needs_attention")
    late = scored(duckdb, [*crowd, sold("big", date(2026, 6, day), 9999)], big="overdue")
    assert late["big"]["tier"] == "at_risk"


@settings(max_examples=15)
@given(PURCHASES, st.lists(st.sampled_from(list(STATUSES)), min_size=4, max_size=4))
def test_a_tier_never_speaks_against_the_status(duckdb_engine, tmp_path_factory, rows, statuses):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("tiers"))
    told = dict(zip(("anna", "bert", "cleo", "dora"), statuses, strict=True))
    for who, row in scored(desk, rows, FIRST + timedelta(days=90), **told).items():
        assert (row["tier"] == "lost") == (told[who] == "lost")
        assert (row["tier"] == "new") == (told[who] == "new")
        assert (row["tier"] in ("cannot_lose", "at_risk", "hibernating")) == (told[who] == "overdue")


@settings(max_examples=40)
@given(PURCHASES)
def test_rfm_is_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk, as_of = Tables(duckdb_engine, tmp_path_factory.mktemp("rfm")), FIRST + timedelta(days=90)
    found = scored(desk, rows, as_of)
    expected = _by_hand(rows, as_of)
    assert {who: {name: row[name] for name in expected[who]} for who, row in found.items()} == expected
    assert {row["tier"] for row in found.values()} <= set(TIERS)


def _by_hand(rows: list[Row], as_of: date) -> dict[str, Row]:
    figures: dict[str, Row] = {}
    for who in {row["customer_id"] for row in rows} - {None}:
        hers = [
            r
            for r in rows
            if r["customer_id"] == who and r["kind"] == "goods" and r["day"] and r["day"] <= as_of
        ]
        bought = [row for row in hers if not row["is_return"]]
        if bought:
            figures[who] = {
                "first_day": min(row["day"] for row in bought),
                "recency_days": (as_of - max(row["day"] for row in bought)).days,
                "frequency": len({row["order_id"] or row["day"] for row in bought}),
                "monetary": sum((row["amount"] or Decimal(0) for row in hers), Decimal(0)),
                "quantity": sum(row["quantity"] for row in hers),
            }
    scores = {"r": ("recency_days", -1), "f": ("frequency", 1), "m": ("monetary", 1)}
    for row in figures.values():
        for score, (name, sign) in scores.items():
            worse = sum(sign * other[name] < sign * row[name] for other in figures.values())
            alike = sum(other[name] == row[name] for other in figures.values())
            row[score] = int(5 * (worse + alike / 2) / len(figures)) + 1
    return figures


def test_the_picture_and_its_sentence_say_who_brings_the_money(duckdb):
    rows = [sold("anna", f"2026-06-{day:02}", 100) for day in range(1, 30)] + [
        sold(f"{n}", "2026-01-01", 10) for n in range(9)
    ]
    table = duckdb.made(rfm, written(duckdb, rows), standing(duckdb, rows), as_of=AS_OF)
    assert value_map(table).to_dict()["mark"]["type"] == "bar"
    assert value_sentence(table).en == "1 champion, 10% of all buyers, brings 97% of net sales."
    assert "重要价值客户" in value_sentence(table).zh

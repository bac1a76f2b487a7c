from collections import Counter
from datetime import date
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, hypergeom, poisson

from shuke.analyses import frequent_sets
from shuke.analyses.baskets import baskets, best_rules, strongest_rule
from shuke.analyses.false_discoveries import as_many, corrected
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 30)

#: Tea and cups go together; bread lies in every other basket, whatever else does.
CAFE = [["tea", "cup"]] * 30 + [["tea"]] * 10 + [["salt"], ["salt", "bread"]] * 40 + [["bread"]] * 40


def lines(orders: list[list[str]]) -> list[Row]:
    return [
        sold(
            f"c{n}", "2026-06-01", 5, order_id=f"o{n}",
            product_id=item, product_name=item.title(), category="All",
        )
        for n, order in enumerate(orders)
        for item in order
    ]  # fmt: skip


def rules(desk: Tables, rows: list[Row], **asked: object) -> dict[tuple[str, str], Row]:
    found = desk.rows(desk.made(baskets, written(desk, rows), as_of=AS_OF, **asked))
    return {(r["antecedent"], r["consequent"]): r for r in found if r["level"] == "product"}


def test_what_goes_together_is_found_and_what_does_not_is_not(engine):
    found = rules(engine, lines(CAFE))
    assert set(found) == {("tea", "cup"), ("cup", "tea")}
    rule = found["tea", "cup"]
    assert [rule[c] for c in ("baskets", "antecedent_baskets", "consequent_baskets")] == [30, 40, 30]
    assert close(rule["support"], 30 / 160)
    assert close(rule["confidence"], 0.75)
    assert close(rule["lift"], 0.75 / (30 / 160))
    assert close(rule["conviction"], (1 - 30 / 160) / 0.25)
    assert found["cup", "tea"]["conviction"] is None  # no exception
    assert rule["antecedent_name"] == "Tea"


def test_of_each_product_the_surest_rules_stand_here(duckdb):
    """Tea lies with cups more often than with milk, and with milk more often than with lemon."""
    orders = [["tea", "cup", "milk", "lemon"]] * 10 + [["tea", "cup", "milk"]] * 10 + [["tea", "cup"]] * 10
    few = rules(duckdb, lines(orders + [["salt"]] * 60), rules_per_antecedent=2)
    assert {consequent for first, consequent in few if first == "tea"} == {"cup", "milk"}
    assert len(rules(duckdb, lines(orders + [["salt"]] * 60))) == 12


def test_what_lies_together_in_too_small_a_share_of_all_baskets_is_no_rule(duckdb):
    assert rules(duckdb, lines(CAFE), support=0.2) == {}


@given(
    st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=20, max_size=40),
    st.sampled_from([0.1, 0.2, 0.25]), st.sampled_from([0.0, 0.3, 0.5, 0.8]),
)  # fmt: skip
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_with_nothing_held_down_the_rules_are_those_of_apriori(duckdb, orders, support, confidence):
    """Every set counted, every split tried: `minlen=2`, nothing held down."""
    asked = {"support": support, "confidence": confidence, "antecedents": 5, "rules_per_antecedent": 1000}
    held = [sorted(order) for order in orders]
    found = rules(duckdb, lines(held), min_baskets=1, lift=0.0, false_discovery_rate=1.0, **asked)
    assert {rule: row["confidence"] for rule, row in found.items()} == pytest.approx(
        _apriori(orders, support, confidence)
    )


def _apriori(orders: list[set[str]], support: float, min_baskets: float) -> dict[tuple[str, str], float]:
    found = {}
    held = {part for order in orders for size in range(1, 7) for part in combinations(sorted(order), size)}
    times = {part: sum(set(part) <= order for order in orders) for part in held}
    for part in (part for part in held if len(part) > 1 and times[part] >= support * len(orders) - 1e-9):
        for thing in part:
            front = tuple(other for other in part if other != thing)
            if times[part] / times[front] >= min_baskets - 1e-12:
                found[" + ".join(front), thing] = times[part] / times[front]
    return found


def test_several_things_in_front_are_named_and_counted_and_asked_for(engine):
    """Tea and cups hold milk together; neither does alone."""
    orders = [["tea", "cup", "milk"]] * 30 + [["tea"]] * 60 + [["cup"]] * 60 + [["salt"]] * 50
    assert all(row["antecedents"] == 1 for row in rules(engine, lines(orders)).values())
    rule = rules(engine, lines(orders), antecedents=2, confidence=0.9)["cup + tea", "milk"]
    assert (rule["antecedents"], rule["antecedent_baskets"], rule["confidence"]) == (2, 30, 1)
    assert rule["antecedent_name"] == "Cup + Tea"


def test_the_rules_of_baskets_that_are_looked_at_in_parts_are_the_same(duckdb, monkeypatch):
    whole = rules(duckdb, lines(CAFE), antecedents=2)
    monkeypatch.setattr(frequent_sets, "AT_ONCE", 40)
    assert rules(duckdb, lines(CAFE), antecedents=2) == whole


def test_lines_without_an_order_are_of_one_basket_by_customer_and_day(duckdb):
    rows = [sold(f"c{n}", "2026-06-01", 5, product_id=item) for n in range(20) for item in ("tea", "cup")] + [
        sold(f"d{n}", "2026-06-01", 5, product_id="salt") for n in range(40)
    ]
    assert ("tea", "cup") in rules(duckdb, rows)
    nobody = [{**row, "customer_id": None} for row in rows]
    assert rules(duckdb, nobody) == {}


def test_categories_have_rules_of_their_own(duckdb):
    rows = [
        {**row, "category": row["product_id"] + "s", "product_id": None, "product_name": None}
        for row in lines(CAFE)
    ]
    found = duckdb.rows(duckdb.made(baskets, written(duckdb, rows), as_of=AS_OF))
    assert {(r["level"], r["antecedent"]) for r in found} == {("category", "teas"), ("category", "cups")}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        lines([["tea"]]),
        lines([["tea", "cup"]]),
        [sold("c", "2026-06-01", -5, order_id="o", product_id=item) for item in "ab"],
        [sold("c", "2026-07-01", 5, order_id=f"{n}", product_id=item) for item in "ab" for n in range(20)],
    ],
    ids=["nothing", "one line", "one basket", "all returns", "all later"],
)
def test_where_nothing_can_be_said_there_is_no_rule(duckdb, rows):
    table = duckdb.made(baskets, written(duckdb, rows), as_of=AS_OF)
    assert duckdb.rows(table) == []
    assert "No two products" in strongest_rule(table).en


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=4), max_size=25))
def test_the_rules_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, orders):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("baskets"))
    found = rules(desk, lines(orders), min_baskets=2, false_discovery_rate=1.0)
    held = [set(order) for order in orders]
    counts = Counter(item for order in held for item in order)
    expected = {}
    for x, y in permutations("abcde", 2):
        both = sum({x, y} <= order for order in held)
        if both >= 2 and both * len(held) > counts[x] * counts[y]:
            expected[x, y] = (both, both / counts[x], both * len(held) / counts[x] / counts[y])
    assert set(found) == set(expected)
    for rule, (both, confidence, lift) in expected.items():
        assert found[rule]["baskets"] == both
        assert close(found[rule]["confidence"], confidence)
        assert close(found[rule]["lift"], lift)
        exact = poisson.sf(both - 1, counts[rule[0]] * counts[rule[1]] / len(held))
        assert found[rule]["p_value"] == pytest.approx(exact)


def test_the_chance_is_never_less_than_that_of_fishers_test():
    for both, one, other, all_ in [(5, 20, 30, 200), (10, 12, 40, 300), (3, 3, 3, 50)]:
        bound = as_many(np.array([both]), np.array([one * other / all_]))[0]
        assert bound >= hypergeom.sf(both - 1, all_, one, other)


def test_the_correction_is_that_of_benjamini_and_hochberg():
    p = np.array([0.04, 0.001, 0.2, 0.01])
    assert corrected(p, 4) == pytest.approx(false_discovery_control(p))
    assert corrected(p, 8) == pytest.approx(false_discovery_control([*p, 1, 1, 1, 1])[:4])


def test_the_picture_and_its_sentence_show_the_surest_rule(duckdb):
    table = duckdb.made(baskets, written(duckdb, lines(CAFE)), as_of=AS_OF)
    assert len(best_rules(table).to_dict()["layer"]) == 2
    assert strongest_rule(table).en.startswith("Of the baskets with Cup, 100% hold Tea too")
    assert "100%" in strongest_rule(table).zh

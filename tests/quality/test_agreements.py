"""Do the sources of a customer agree, and what follows of who is right?"""

import math
import random

import pytest

from shuke.quality.agreements import agreements
from shuke.quality.source_accuracy import source_accuracy
from shuke.quality.source_agreement import source_agreement
from tests.engine_fixtures import Row, Tables, close


def said(source: str, record: str, **told: str) -> Row:
    return {"source": source, "record_id": record, **told}


def test_a_value_agrees_when_another_source_says_the_same_and_only_then(engine):
    people = engine.landed("people", [
        said("till", "1", name="Ann Lee", city="Leeds", gender="female"),
        said("till", "2", name="ann  LEE"),
        said("web", "1", name="Ann-Lee", city="York"),
        said("card", "1", city="leeds"),
        said("till", "3", name="Bob"), said("till", "4", name="Bob"),
    ])  # fmt: skip
    who = engine.identities(ann="till:1 till:2 web:1 card:1", bob="till:3 till:4")
    rows = engine.rows(engine.made(agreements, people, who))
    assert {(r["record"], r["attribute"]): (r["agrees"], r["variants"]) for r in rows} == {
        ("till:1", "name"): (True, 1), ("till:2", "name"): (True, 1), ("web:1", "name"): (True, 1),
        ("till:1", "city"): (True, 2), ("card:1", "city"): (True, 2), ("web:1", "city"): (False, 2),
    }, "of what one source alone speaks nothing can be said"  # fmt: skip
    cities = {r["record"]: r["variant"] for r in rows if r["attribute"] == "city"}
    assert cities["till:1"] == cities["card:1"] != cities["web:1"]


def test_places_agree_without_their_suffix_and_a_firm_is_not_its_contact(engine):
    people = engine.landed("people", [
        said("till", "1", city="杭州市"), said("web", "1", city="杭州"),
        said("erp", "2", name="Mill Lane Ltd"), said("crm", "2", name="Ann Lee", organisation="Mill"),
    ])  # fmt: skip
    who = engine.identities(ann="till:1 web:1", firm="erp:2 crm:2")
    rows = engine.rows(engine.made(agreements, people, who))
    assert [(r["record"], r["attribute"], r["agrees"]) for r in rows] == [
        ("till:1", "city", True), ("web:1", "city", True),
    ]  # fmt: skip


def test_sources_are_compared_in_pairs_customer_by_customer(engine):
    rows = [
        {
            "record": f"{source}:{n}",
            "source": source,
            "customer_id": f"c{n}",
            "attribute": "city",
            "variant": v,
        }
        for n, told in enumerate(({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 1, "c": 2}))
        for source, v in told.items()
    ]
    found = engine.rows(engine.made(source_agreement, engine.derived(agreements, rows)))
    assert {(r["source"], r["other_source"]): (r["customers"], r["agreeing"]) for r in found} == {
        ("a", "b"): (3, 2), ("b", "a"): (3, 2), ("a", "c"): (1, 0), ("c", "a"): (1, 0),
        ("b", "c"): (1, 0), ("c", "b"): (1, 0),
    }  # fmt: skip


def pairs(attribute: str, **agreeing: tuple[int, int]) -> list[Row]:
    """Both ways round of `ab=(customers, agreeing)`."""
    return [
        {"attribute": attribute, "source": a, "other_source": b, "customers": n, "agreeing": k}
        for both, (n, k) in agreeing.items()
        for a, b in ((both[0], both[1]), (both[1], both[0]))
    ]


def accuracy(desk: Tables, rows: list[Row]) -> dict[str, Row]:
    found = desk.rows(desk.made(source_accuracy, desk.derived(source_agreement, rows)))
    return {row["source"]: row for row in found}


def test_three_sources_tell_how_often_each_is_right(engine):
    # Right in 9, 8 and 7 of 10, and never wrong alike: they agree in 0.72, 0.63 and 0.56.
    found = accuracy(engine, pairs("city", ab=(10_000, 7200), ac=(10_000, 6300), bc=(10_000, 5600)))
    for source, share in {"a": 0.9, "b": 0.8, "c": 0.7}.items():
        assert close(found[source]["score"], share) and found[source]["method"] == "three_way"
        assert found[source]["low"] < share < found[source]["high"] < found[source]["low"] + 0.05


def test_of_two_values_there_is_but_one_wrong(engine):
    # Right in 9, 8 and 7 of 10, and where two are wrong they say the same: 0.74, 0.66 and 0.62.
    found = accuracy(engine, pairs("gender", ab=(10_000, 7400), ac=(10_000, 6600), bc=(10_000, 6200)))
    for source, share in {"a": 0.9, "b": 0.8, "c": 0.7}.items():
        assert math.isclose(found[source]["score"], share, rel_tol=1e-9)


def test_two_sources_give_a_bound_and_few_customers_nothing(engine):
    found = accuracy(engine, pairs("city", ab=(100, 90), cd=(29, 29)))
    assert found["a"]["method"] == "two_way" and found["a"]["score"] is None and found["a"]["high"] == 1
    assert close(found["a"]["low"], 0.8256343384950865), "Wilson's for 90 of 100"
    assert {found[s]["method"] for s in "cd"} == {"too_few"} and found["c"]["low"] is None


@pytest.mark.parametrize("right", [(0.95, 0.6, 0.85), (0.99, 0.98, 0.97)])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(duckdb, right):
    dice = random.Random(7)
    rounds = 40
    rows: list[Row] = []
    for n in range(rounds):
        people = [[dice.random() < share for share in right] for _ in range(200)]
        both = {"ab": (0, 1), "ac": (0, 2), "bc": (1, 2)}
        agreed = {name: sum(x[i] and x[j] for x in people) for name, (i, j) in both.items()}
        rows += pairs(f"attribute {n}", **{name: (200, times) for name, times in agreed.items()})
    found = duckdb.rows(duckdb.made(source_accuracy, duckdb.derived(source_agreement, rows)))
    truth = dict(zip("abc", right, strict=True))
    held = sum(row["low"] <= truth[row["source"]] <= row["high"] for row in found)
    assert held / len(found) >= 0.9

"""Training: little data moves the figures little, and how rare a value is is counted."""

import random
from datetime import date, timedelta
from typing import Any

import ibis
import pytest

from shuke.identity import training
from shuke.identity.models import Model
from tests.engine_fixtures import Row, Tables, close
from tests.identity.evidence import COMPARABLES, person

CITIES = ["leeds", "york"]


def crowd(number: int) -> list[Row]:
    """People of two cities, of whom every third has a second record."""
    dice = random.Random(3)
    people = []
    for n in range(number):
        name = f"{dice.choice('abcdefgh')}nn {dice.choice('klmnop')}ay"
        born = date(1985, 1, 1) + timedelta(days=dice.randrange(5_000))
        told = {"birth_date": born, "city": dice.choice(CITIES), "email": f"{name[:2]}{n}@x.org"}
        people += [
            person(f"{n:04d}{r}", name, **told) | {"customer_id": n} for r in ("a", "b")[: 1 + (n % 3 == 0)]
        ]
    return people


def learnt(desk: Tables, people: list[Row], *, matches: float) -> dict[tuple[str, str], tuple[float, float]]:
    schema = ibis.schema(dict(COMPARABLES.items()) | {"customer_id": "int64"})
    records = desk.of(schema, people)
    engine: Any = desk.engine
    told = records.mutate(birth=records.birth_date.strftime("%Y%m%d"))
    found = training.figures(
        Model(), "person", told, linkage=engine.linkage, checkpoint=engine.checkpoint, matches=matches
    )
    return {(c, level): both for c, levels in found.items() for level, both in levels.items()}


def shipped() -> dict[tuple[str, str], tuple[float, float]]:
    return {(c.name, x.name): (x.m, x.u) for c in Model().comparisons["person"] for x in c.levels}


@pytest.fixture(scope="module")
def few(duckdb_engine, tmp_path_factory) -> dict[tuple[str, str], tuple[float, float]]:
    """Learnt from three hundred people, of whom nothing is known to match."""
    return learnt(Tables(duckdb_engine, tmp_path_factory.mktemp("few")), crowd(300), matches=0)


def test_where_no_pair_is_one_customers_what_is_shipped_of_customers_stays(few):
    assert {level: m for level, (m, _) in few.items()} == pytest.approx(
        {level: m for level, (m, _) in shipped().items() if level[1] not in ("twin", "household")}
    )


def test_few_people_move_the_figures_of_chance_a_part_of_the_way_to_the_truth(few):
    true, was, now = 1 / len(CITIES), shipped()["address", "city"][1], few["address", "city"][1]
    assert was < now < true
    assert now == pytest.approx((100_000 * was + 45_000 * true) / 145_000, rel=0.1)


def test_rules_keep_their_figures(few):
    assert ("name", "twin") not in few
    assert ("name", "household") not in few


def test_what_many_pairs_say_of_customers_counts(duckdb):
    found = learnt(duckdb, crowd(300), matches=1e9)
    assert found["name", "same"][0] > 0.95  # for here nobody makes a slip
    assert found["name", "same"][0] > shipped()["name", "same"][0]


def test_the_share_of_a_value_is_counted_and_what_occurs_once_has_one_for_all(engine):
    people = [
        person("a", "ann lee", city="leeds"),
        person("b", "ann lee", city="york"),
        person("c", "bo orr"),
    ]
    records = engine.of(COMPARABLES, people)
    found = {(row["column"], row["value"]): row["share"] for row in engine.rows(training.rarities(records))}
    assert found.keys() == {("name", "ann lee"), ("sound", "ann lee"), ("given", "ann"), ("family", "lee")}
    assert all(close(share, 2 / 3) for share in found.values())


def test_a_column_that_nobody_fills_has_no_rarest_value(duckdb):
    records = duckdb.of(COMPARABLES, [person("a", "ann lee", city="leeds"), person("b", "ann lee")])
    rarest = training.rarest(records)
    assert (rarest["city"], rarest["name"]) == (1, 1 / 2)
    assert "postcode" not in rarest

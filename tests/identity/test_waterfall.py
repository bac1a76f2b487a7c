"""Waterfall: the steps add up to what the build itself found of two records."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest

from shuke.engine import open_engine
from shuke.identity.models import Model
from shuke.identity.scoring import Scorer
from shuke.identity.waterfall import MeasuredWeights, waterfall
from tests.engine_fixtures import Row, Tables
from tests.identity.resolution import Resolution


def people(number: int) -> list[Row]:
    """So many, every second of whom is there twice, by two sources and partly under a name of many."""
    found: list[Row] = []
    for n in range(number):
        born = date(1950, 1, 1) + timedelta(days=n * 211)
        named = "Ann Lee" if n % 5 == 0 else f"{'ABCDEFGH'[n % 8]}orin {'KLMNOP'[n % 6]}astor"
        for source in ("till", "web")[: 1 + n % 2]:
            found.append(
                {"source": source, "record_id": str(n), "name": named, "birth_date": born,
                 "key": f"{source}{n}", "batch_id": f"1-{source}"}
            )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Iterator[Resolution]:
    """In an engine of its own, which no test that follows begins anew."""
    folder = tmp_path_factory.mktemp("waterfall")
    with closing(open_engine("duckdb", scratch=folder)) as engine:
        desk = Tables(engine, folder)
        resolution = Resolution(desk)
        resolution.build(people=desk.landed("people", people(60)))
        yield resolution


def test_the_steps_add_up_to_what_the_build_found(built):
    engine: Any = built.desk.engine
    scorer = Scorer(Model(), engine.linkage)
    records = {row["record"]: row for row in built.rows("normalised_records")}
    weights, borne = built.rows("match_weights"), built.rows("term_frequencies")
    pairs = built.rows("scored_pairs")
    assert len(pairs) > 50
    for pair in pairs[:: len(pairs) // 8]:
        both = [pair["record_l"], pair["record_r"]]
        by = MeasuredWeights(weights, [row for row in borne if row["record"] in both])
        falls = waterfall(scorer, *(records[one] for one in both), by=by)
        assert falls.weight == pytest.approx(falls.prior + sum(step.weight for step in falls.steps))
        assert falls.weight - falls.prior == pytest.approx(pair["weight"], abs=0.01)
        assert falls.probability == pytest.approx(pair["probability"], abs=0.001)
        assert falls.steps[0].left[0] == records[pair["record_l"]]["name"]

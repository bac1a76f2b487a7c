"""Chance: each pair is drawn once, there are as many as asked for, and on every engine they are the same."""

import ibis
import pytest

from shuke.identity.random_pairs import drawn
from tests.engine_fixtures import Tables

RECORDS = ibis.schema({"record": "string"})


def lots(desk: Tables, records: int, **how: int) -> list[tuple[str, str]]:
    rows = [{"record": f"till:{n}"} for n in range(records)]
    found = desk.rows(drawn(desk.of(RECORDS, rows), records, **how))
    return sorted((row["record_l"], row["record_r"]) for row in found)


@pytest.mark.parametrize("records", [0, 1, 2, 3, 4, 5, 12])
def test_of_few_records_every_pair_is_drawn_once(duckdb, records):
    found = lots(duckdb, records)
    assert len(found) == len(set(found)) == records * (records - 1) // 2
    assert all(one < other for one, other in found)


def test_of_many_there_are_about_as_many_pairs_as_asked_for_of_so_many_records(engine):
    found = lots(engine, 60, pairs=100, among=40)
    assert len(found) == len(set(found)) == 114  # three neighbours each, but for those at the end
    assert len({record for pair in found for record in pair}) == 40


def test_a_record_more_changes_few_of_the_pairs(duckdb):
    before, after = (set(lots(duckdb, many, pairs=150, among=50)) for many in (50, 51))
    assert len(before & after) > len(before) * 0.8

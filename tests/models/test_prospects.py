from datetime import date

import pytest

from shuke.analyses.listed_people import listed_people
from shuke.analyses.prospect_sources import prospect_sources
from shuke.errors import NotEnoughData
from shuke.identity.reviews import reviews
from shuke.models.prospects import how_alike, prospects, whom_to_win
from shuke.profiles.behaviour import behaviour
from shuke.profiles.customers import customers
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def made(desk: Tables, people: list[Row], rows: list[Row], pairs: tuple[Row, ...] = ()):
    listed = [{"customer_id": each["customer_id"], "source": "fair"} for each in people[::2]]
    return desk.checkpoint(
        desk.made(
            prospects, desk.derived(customers, people),
            desk.derived(behaviour, [{"customer_id": p["customer_id"], "contacts": 2} for p in people]),
            written(desk, rows), desk.derived(listed_people, listed), desk.derived(reviews, list(pairs)),
            desk.derived(prospect_sources, [{"source": "fair", "rate": 0.25}]), as_of=AS_OF,
        )
    )  # fmt: skip


def town(tells: bool) -> tuple[list[Row], list[Row]]:
    """Four hundred buyers, half of Leeds, who spend much if a town `tells`; twenty of each never bought."""
    people = [
        {"customer_id": f"{n:03}", "city": ("Leeds", "Bath")[n % 2], "gender": ("female", "male")[n // 2 % 2],
         "kind": "person", "first_seen": "2026-01-01"}
        for n in range(440)
    ]  # fmt: skip
    rich = [(n % 2 == 0 and n % 5 < 3) if tells else n * 7919 % 40 < 13 for n in range(400)]
    rows = [sold(f"{n:03}", "2026-03-01", 900 + n if rich[n] else 10, source="till") for n in range(400)]
    return people, rows


def test_who_is_like_good_customers_comes_first_with_the_reason(engine):
    pairs = ({"record_l": "a", "record_r": "b", "customer_l": "402", "customer_r": "007"},)
    found = {row["customer_id"]: row for row in engine.rows(made(engine, *town(True), pairs))}
    assert set(found) == {f"{n:03}" for n in range(400, 440)}
    leeds, bath = found["402"], found["403"]
    assert leeds["chance"] > 0.4 and bath["chance"] < 0.15
    assert leeds["chance_low"] < leeds["chance"] < leeds["chance_high"]
    assert leeds["method"] == "resemblance" and "more such customers are good ones" in leeds["reason"]
    assert (leeds["maybe_customer"], leeds["contacts"]) == ("007", 2) and bath["maybe_customer"] is None
    assert (leeds["listed_by"], leeds["source_rate"]) == ("fair", 0.25) and bath["source_rate"] is None


def test_where_nothing_tells_good_ones_from_others_it_says_so(duckdb):
    table = made(duckdb, *town(False))
    rows = duckdb.rows(table)
    assert {row["method"] for row in rows} == {"base"} and len({row["chance"] for row in rows}) == 1
    assert "nothing known of them tells good customers" in whom_to_win(table).en
    assert "无法区分" in whom_to_win(table).zh


def test_nobody_to_win_and_nobody_to_learn_from_are_told_as_such(duckdb):
    people, rows = town(True)
    with pytest.raises(NotEnoughData, match="Everybody who is known has bought"):
        made(duckdb, people[:400], rows)
    with pytest.raises(NotEnoughData, match="At least 60 customers"):
        made(duckdb, people, rows[:20])


def test_the_picture_and_its_sentence_tell_of_the_best(duckdb):
    table = made(duckdb, *town(True))
    assert how_alike(table).to_dict()["mark"]["type"] == "bar"
    assert whom_to_win(table).en.startswith("40 people are known and have never bought")

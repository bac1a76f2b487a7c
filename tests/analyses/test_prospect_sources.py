from datetime import date, datetime

import pytest

from shuke.analyses.listed_people import listed_people
from shuke.analyses.prospect_sources import best_source, good_shares, prospect_sources
from shuke.errors import NotEnoughData
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
LISTED = datetime.fromisoformat("2026-02-01")


def made(desk: Tables, people: list[Row], rows: list[Row]):
    landed = desk.landed("people", [{"collected_at": LISTED, **each} for each in people])
    records: dict[str, str] = {}
    for each in people:
        who = each["record_id"].split(".")[0]
        records[who] = f"{records.get(who, '')} {each['source']}:{each['record_id']}"
    who = desk.identities(**records)
    listed = desk.made(listed_people, landed, who, written(desk, rows), as_of=AS_OF, zone="Asia/Shanghai")
    return desk.checkpoint(desk.made(prospect_sources, desk.checkpoint(listed)))


def named(source: str, *names: str) -> list[Row]:
    return [{"source": source, "record_id": name} for name in names]


def bought(who: str, day: str, amount: int) -> Row:
    return sold(who, day, amount, source="till")


def test_who_was_a_customer_already_under_another_name_is_not_the_list_s_doing(engine):
    people = [*named("till", "anna", "bert"), *named("fair", "anna.card", "cleo.card", "dora.card"),
              *named("survey", "dora.answer", "emil.answer")]  # fmt: skip
    rows = [bought("anna", "2026-01-05", 50), bought("anna", "2026-03-05", 50),
            bought("bert", "2026-03-01", 5), bought("cleo", "2026-04-01", 900)]  # fmt: skip
    found = {row["source"]: row for row in engine.rows(made(engine, people, rows))}
    assert set(found) == {"fair", "survey"}
    fair = found["fair"]
    assert [fair[name] for name in ("people", "already", "became", "open", "good")] == [3, 1, 1, 1, 1]
    assert fair["rate"] == pytest.approx(0.5) and fair["good_low"] < 0.5 < fair["good_high"]
    assert fair["spent"] == 450 and found["survey"]["rate"] == 0


def test_a_source_that_brings_more_good_ones_beyond_chance_is_told(duckdb):
    people = [
        *named("fair", *(f"f{n:03}.c" for n in range(100))),
        *named("list", *(f"l{n:03}.c" for n in range(100))),
    ]
    rows = [bought(f"f{n:03}", "2026-03-01", 100 + n) for n in range(40)]
    rows += [bought(f"l{n:03}", "2026-03-01", 10) for n in range(40)]
    table = made(duckdb, people, rows)
    found = {row["source"]: row for row in duckdb.rows(table)}
    assert found["fair"]["differs"] and found["fair"]["good"] == 20 and found["list"]["good"] == 0
    frame = table.to_pandas()
    assert best_source(frame).en.startswith("“fair” brings the most good customers: 20.0%")
    assert "「fair」" in best_source(frame).zh and len(good_shares(frame).to_dict()["layer"]) == 2


def test_sources_that_all_sell_and_sources_that_brought_nobody_are_told_as_such(duckdb):
    with pytest.raises(NotEnoughData, match="No source names people"):
        made(duckdb, named("till", "anna"), [bought("anna", "2026-03-01", 5)])
    nobody = made(duckdb, named("fair", "anna.c"), [bought("bert", "2026-03-01", 5)]).to_pandas()
    assert "No source has brought a good customer yet." in best_source(nobody).en


def test_one_good_customer_more_than_others_brought_is_chance(duckdb):
    people = [each for s in "abcde" for each in named(f"list-{s}", *(f"{s}{n:02}.c" for n in range(12)))]
    rows = [bought("a00", "2026-03-01", 900), *(bought(f"x{n}", "2026-03-01", 10 + n) for n in range(9))]
    table = made(duckdb, people, rows)
    found = {row["source"]: row for row in duckdb.rows(table)}
    assert found["list-a"]["good"] == 1 and not any(row["differs"] for row in found.values())
    assert best_source(table.to_pandas()).en.startswith("No source differs from the others in good customers")
    assert 0 <= found["list-b"]["good_low"] < 1e-9

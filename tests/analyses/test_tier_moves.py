from decimal import Decimal

from shuke.analyses.rfm import rfm
from shuke.analyses.tier_moves import climbed, moves, tier_moves
from shuke.languages import Language, speaking
from tests.engine_fixtures import Row, Tables

COLUMNS = ("was", "becomes", "customers", "amount")


def moved(desk: Tables, now: list[Row], before: list[Row]) -> list[Row]:
    return desk.rows(desk.made(tier_moves, desk.derived(rfm, now), desk.derived(rfm, before)))


def scored(customer: str, tier: str, monetary: float = 10) -> Row:
    return {"customer_id": customer, "tier": tier, "monetary": monetary}


def test_customers_are_counted_by_where_they_were_and_where_they_are(engine):
    before = [
        scored("anna", "loyal"),
        scored("bert", "loyal"),
        scored("cleo", "lost"),
        scored("gone", "lost"),
    ]
    now = [
        scored("anna", "champions", 50), scored("bert", "loyal", 20), scored("cleo", "at_risk", -5),
        scored("dora", "new", 7), scored("emil", "new", 8),
    ]  # fmt: skip
    assert [tuple(row[c] for c in COLUMNS) for row in moved(engine, now, before)] == [
        ("lost", "at_risk", 1, Decimal(-5)),
        ("loyal", "champions", 1, Decimal(50)),
        ("loyal", "loyal", 1, Decimal(20)),
        ("newcomer", "new", 2, Decimal(15)),
    ]


def test_in_the_first_build_all_are_newcomers_and_without_buyers_nobody_has_moved(duckdb):
    (row,) = moved(duckdb, [scored("anna", "new")], [])
    assert (row["was"], row["becomes"]) == ("newcomer", "new")
    assert moved(duckdb, [], [scored("anna", "new")]) == []


def test_the_sentence_counts_climbers_and_the_picture_those_who_stayed_too(duckdb):
    now = [scored("anna", "champions"), scored("bert", "lost"), scored("cleo", "new")]
    before = [scored("anna", "loyal"), scored("bert", "loyal")]
    table = duckdb.made(tier_moves, duckdb.derived(rfm, now), duckdb.derived(rfm, before))
    frame = table.to_pandas()
    assert climbed(frame).en == (
        "Since the last build 1 customers have climbed, 1 have slipped and 1 are new."
    )
    assert "1 位下滑" in climbed(frame).zh
    assert len(moves(frame).to_dict()["layer"]) == 2
    assert climbed(frame[frame.was == "newcomer"]).en == "There is no earlier build to compare with."


def test_the_picture_says_which_way_they_went_in_the_readers_language(duckdb):
    now = [scored("anna", "champions"), scored("bert", "lost"), scored("cleo", "new"), scored("dora", "new")]
    before = [scored("anna", "loyal"), scored("bert", "loyal"), scored("dora", "new")]
    frame = duckdb.made(tier_moves, duckdb.derived(rfm, now), duckdb.derived(rfm, before)).to_pandas()
    ways: dict[Language, set[str]] = {
        "en": {"Climbed", "Slipped", "Stayed", "New buyers"},
        "zh": {"升级", "下滑", "不变", "新购买者"},
    }
    for language, words in ways.items():
        with speaking(language):
            (rows,) = moves(frame).to_dict()["datasets"].values()
        assert {row["way"] for row in rows} == words

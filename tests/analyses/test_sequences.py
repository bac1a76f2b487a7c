import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.sequences import sequences, surest, waits
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 30)


def bought(who: str, day: int, item: str) -> Row:
    return sold(who, FIRST + timedelta(days=day), 5, product_id=item, product_name=item.title())


def shop() -> list[Row]:
    """Thirty buy paper thirty days after a pen, thirty others salt after bread, and now and then paper."""
    rows = [
        row
        for n in range(30)
        for row in (bought(f"p{n}", n, "pen"), bought(f"p{n}", n + 30 + n % 3, "paper"))
    ]
    rows += [row for n in range(30) for row in (bought(f"b{n}", n, "bread"), bought(f"b{n}", n + 9, "salt"))]
    return rows + [bought(f"b{n}", n + 60, "paper") for n in range(3)]


def found(desk: Tables, rows: list[Row], **asked: object) -> dict[tuple[str, str], Row]:
    table = desk.made(sequences, written(desk, rows), as_of=AS_OF, **asked)
    return {(r["first"], r["later"]): r for r in desk.rows(table) if r["level"] == "product"}


def test_what_follows_is_found_with_the_days_between(engine):
    pairs = found(engine, shop())
    assert set(pairs) == {("pen", "paper"), ("bread", "salt")}
    pen = pairs["pen", "paper"]
    assert (pen["customers"], pen["could"], pen["share"]) == (30, 30, 1.0)
    assert (pen["days_from"], pen["days"], pen["days_until"]) == (30.0, 31.0, 32.0)
    # After bread and salt together, three of sixty... but salt was the last for all but three.
    assert close(pen["base"], (30 + 3 + 3) / (30 + 30 + 3))
    assert pen["first_name"] == "Pen"


def test_what_follows_later_than_asked_does_not_count(duckdb):
    assert ("pen", "paper") not in found(duckdb, shop(), within_days=20)


def test_many_customers_are_counted_in_parts(duckdb, monkeypatch):
    whole = found(duckdb, shop())
    monkeypatch.setattr(sys.modules["shuke.analyses.sequences"], "AT_ONCE", 30)
    assert found(duckdb, shop()) == whole


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [bought("anna", 1, "pen")],
        [bought(f"{n}", 1, item) for n in range(20) for item in ("pen", "paper")],
        [bought(f"{n}", n, "pen") for n in range(20)] + [bought(f"{n}", n + 9, "pen") for n in range(20)],
    ],
    ids=["nothing", "one purchase", "all on one day", "one product"],
)
def test_where_nothing_follows_there_is_no_row(duckdb, rows):
    table = duckdb.made(sequences, written(duckdb, rows), as_of=AS_OF)
    assert duckdb.rows(table) == []
    assert "Nothing follows" in surest(table).en


PURCHASES = st.lists(
    st.builds(bought, st.sampled_from("ABCDEF"), st.integers(0, 40), st.sampled_from("xyz")), max_size=40
)


@settings(max_examples=12, deadline=None)
@given(PURCHASES)
def test_the_pairs_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("sequences"))
    pairs = found(desk, rows, min_customers=1, within_days=20, false_discovery_rate=1.0)
    first: dict[str, dict[str, date]] = {}
    for row in sorted(rows, key=lambda row: row["day"]):
        first.setdefault(row["customer_id"], {}).setdefault(row["product_id"], row["day"])
    last = {who: max(r["day"] for r in rows if r["customer_id"] == who) for who in first}

    def counted(a: str, b: str) -> tuple[int, int]:
        able = [
            s for who, s in first.items() if a in s and last[who] > s[a] and not s.get(b, date.max) <= s[a]
        ]
        return sum(b in s and (s[b] - s[a]).days <= 20 for s in able), len(able)

    expected = {}
    for b in "xyz":
        for a in set("xyz") - {b}:
            each = [counted(other, b) for other in "xyz" if other != b]
            hits, base = counted(a, b), sum(n for n, _ in each) / max(sum(m for _, m in each), 1)
            if hits[0] and hits[0] / hits[1] > base * (1 + 1e-12):
                expected[a, b] = (*hits, base)
    assert {pair: (r["customers"], r["could"]) for pair, r in pairs.items()} == {
        pair: told[:2] for pair, told in expected.items()
    }
    for pair, (_, _, base) in expected.items():
        assert close(pairs[pair]["base"], base)


def test_the_picture_and_its_sentence_show_the_surest_pair(duckdb):
    table = duckdb.made(sequences, written(duckdb, shop()), as_of=AS_OF)
    assert len(waits(table).to_dict()["layer"]) == 2
    assert surest(table).en.startswith("After Bread, 100% of those who came again bought Salt")
    assert "Salt" in surest(table).zh

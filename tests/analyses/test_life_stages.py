from datetime import date, timedelta

import pytest

from shuke.analyses.life_rules import RULES, LifeRule, pattern, read
from shuke.analyses.life_stages import came_true, life_stages, stage_bars, stage_sentence
from shuke.errors import NotEnoughData, WrongSettings
from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from tests.analyses.selling import sold, written

AS_OF = date(2026, 6, 30)


def bought(who: str, day, category: str, **further):
    return sold(who, day, 20, category=category, product_name=f"{category} thing", **further)


def said(who: str, value: str, first: str, last: str | None = None, attribute: str = "city"):
    return {
        "customer_id": who, "record": f"till:{who}", "attribute": attribute, "value": value,
        "first_at": first, "collected_at": last or first, "freshness": 0.75,
    }  # fmt: skip


def made(desk, rows=(), people=(), told=(), as_of=AS_OF, **asked):
    table = desk.made(
        life_stages, written(desk, list(rows)), desk.derived(customers, list(people)),
        desk.derived(facts, list(told)), as_of=as_of, **asked,
    )  # fmt: skip
    # Computed, for Spark finds the tables of this process only then.
    return desk.checkpoint(table)


def stages(desk, *args, **further):
    return {(r["customer_id"], r["stage"]): r for r in desk.rows(made(desk, *args, **further))}


def test_a_rule_is_read_as_it_is_written():
    assert read("Baby|母婴 > 36..60 months > children|儿童") == LifeRule(
        ("baby", "母婴"), 36, 60, ("children", "儿童")
    )
    assert read("a > 1..2 个月 > b").most == 2
    assert all(read(rule).stage for rule in RULES)
    with pytest.raises(WrongSettings, match="Write it like"):
        read("baby goods four years ago")
    with pytest.raises(WrongSettings):
        read("a > 5..3 > b")


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (("cat",), "cat food", True), (("cat",), "educational", False), (("母婴",), "进口母婴用品", True),
        (("c++ (book)",), "c++ (book)", True),
    ],
)  # fmt: skip
def test_latin_words_are_found_where_a_word_begins(words, text, found):
    import re

    assert bool(re.search(pattern(words), text)) is found


def test_stages_come_from_rules_and_from_what_is_known(engine):
    rows = [
        bought("anna", "2022-08-01", "Baby > Care"), bought("bert", "2022-08-01", "Baby > Care"),
        bought("bert", "2026-01-01", "Children"), bought("cleo", "2026-01-01", "Baby > Care"),
        bought("dora", "2026-01-01", "Home > Bedding"), bought("emil", "2015-01-01", "Baby > Care"),
    ]  # fmt: skip
    people = [
        {"customer_id": "fred", "birth_from": "1965-01-01", "birth_until": "1965-01-01"},
        {"customer_id": "gina", "birth_from": "1955-01-01", "birth_until": "1955-12-31"},
        {"customer_id": "hans", "birth_from": "1966-01-01", "birth_until": "1966-12-31"},
    ]
    told = [
        said("ida", "北京市", "2020-01-01"), said("ida", "上海市", "2026-02-01"),
        # The same city written twice, and an old one that is still said.
        said("jim", "北京", "2020-01-01"), said("jim", "北京市", "2026-02-01"),
        said("kim", "北京", "2020-01-01", "2026-03-01"), said("kim", "上海", "2026-02-01"),
    ]  # fmt: skip
    found = stages(engine, rows, people, told)
    assert set(found) == {("anna", "baby > children"), ("fred", "retired"), ("ida", "moved")}
    grown = found["anna", "baby > children"]
    assert (grown["source"], grown["suggested_category"], grown["sure"]) == ("rule", "Children", None)
    assert grown["since"] == date(2022, 8, 1) + timedelta(days=1096)
    assert "2022-08-01" in grown["evidence"] and "2022-08-01" in grown["evidence_zh"]
    assert (found["fred", "retired"]["since"].year, found["fred", "retired"]["sure"]) == (2025, 1.0)
    moved = found["ida", "moved"]
    assert (moved["since"], moved["sure"], moved["suggested_category"]) == (
        date(2026, 2, 1),
        0.75,
        "Home > Bedding",
    )


def test_a_birth_date_that_is_half_within_is_half_sure(duckdb):
    born = {"customer_id": "anna", "birth_from": "1966-01-01", "birth_until": "1966-12-31"}
    assert stages(duckdb, people=[born], as_of=date(2026, 6, 1)) == {}
    assert 0.5 <= stages(duckdb, people=[born], as_of=date(2026, 8, 1))["anna", "retired"]["sure"] < 0.65


def test_parcels_that_go_elsewhere_tell_of_a_move(duckdb):
    def sent(who, day, city, **further):
        return bought(who, day, "Tea", city=city, **further)

    old = [sent(who, f"2025-0{m}-01", "Wuhan") for who in "ab" for m in (5, 6)]
    new = [
        sent("a", "2026-03-01", "Xi'an"),
        sent("a", "2026-04-01", "Xi'an"),
        sent("b", "2026-04-01", "Xi'an"),
    ]
    shop = [sent("c", f"2025-0{m}-01", "Wuhan", store_id="S1") for m in (5, 6)]
    shop += [sent("c", f"2026-0{m}-01", "Xi'an", store_id="S2") for m in (5, 6)]
    found = stages(duckdb, [*old, *new, *shop])
    assert found.keys() == {("a", "moved")}
    assert found["a", "moved"]["since"] == date(2026, 3, 1)


def test_how_sure_a_rule_is_comes_from_those_who_have_lived_through_it(duckdb):
    grown = [bought(f"{n:02}", "2019-01-01", "Baby") for n in range(20)]
    came = [bought(f"{n:02}", "2023-01-01", "Children") for n in range(15)]
    found = stages(duckdb, [*grown, *came, bought("anna", "2022-08-01", "Baby")])
    assert found["anna", "baby > children"]["sure"] == pytest.approx(0.75)


def test_a_rule_of_ones_own_takes_the_place_of_the_others(duckdb):
    rows = [bought("anna", "2026-01-01", "Ski boots"), bought("bert", "2026-01-01", "Baby")]
    found = stages(duckdb, rows, rules=("ski > 3..12 > wax",))
    assert found.keys() == {("anna", "ski > wax")}
    assert found["anna", "ski > wax"]["suggested_category"] is None


def test_nobody_and_returns_alone_give_an_empty_table(duckdb):
    assert stages(duckdb) == {}
    assert stages(duckdb, [sold("anna", "2022-08-01", -5, category="Baby")]) == {}


def test_it_is_graded_by_who_then_bought_what_was_suggested(duckdb):
    rows = [bought(who, "2022-08-01", "Baby") for who in "ab"] + [bought("c", "2023-01-01", "Children")]
    early = date(2026, 1, 1)
    then = made(duckdb, rows, as_of=early)
    later = [*rows, bought("a", "2026-02-01", "Children")]
    grade = came_true(then, written(duckdb, later), at=early, until=AS_OF)
    assert (grade.subjects, grade.measures[0].value) == (2, 0.5)
    assert grade.measures[0].naive == pytest.approx(1 / 3)
    with pytest.raises(NotEnoughData):
        came_true(then.limit(0), written(duckdb, later), at=early, until=AS_OF)


def test_the_picture_and_its_sentence_count_stages(duckdb):
    table = made(duckdb, [bought("anna", "2022-08-01", "Baby")])
    assert stage_bars(table).to_dict()["mark"]["type"] == "bar"
    assert (
        stage_sentence(table).en == "Customers have reached 1 kind of stage; most often “baby > children”: 1."
    )
    assert "「母婴 > 童装」，共 1 位" in stage_sentence(table).zh
    assert stage_sentence(table.limit(0)).en == "Nobody is known to have entered a new stage."


def ripe(many: int, came: int, others: int = 0) -> list:
    """So many customers whose skis ask for wax by the end of 2025, of whom some then came to it.

    Two in a hundred other customers come to it as well; of these `others` more.
    """
    rows = [bought(f"s{n:03}", "2025-03-01", "Ski") for n in range(many)]
    rows += [bought(f"s{n:03}", "2026-03-01", "Wax") for n in range(came)]
    rows += [bought(f"o{n:03}", "2024-03-01", "Tea") for n in range(100)]
    rows += [bought(f"o{n:03}", "2026-03-01", "Wax") for n in range(2 + others)]
    # Who is in it today.
    return [
        *rows,
        *(bought(f"n{n:03}", "2025-09-01", "Ski") for n in range(30)),
        bought("w", "2024-01-01", "Wax"),
    ]


SKIS = ("ski > 6..24 > wax",)


def test_a_stage_that_came_true_more_often_than_with_anybody_keeps_its_suggestion(duckdb):
    found = stages(duckdb, ripe(40, came=20), rules=SKIS)
    assert {(row["method"], row["suggested_category"]) for row in found.values()} == {("stage", "Wax")}


def test_a_stage_that_came_true_no_more_often_steps_back_and_says_so(duckdb):
    rows = ripe(40, came=2, others=10)
    table = made(duckdb, rows, rules=SKIS)
    told = duckdb.rows(table)
    assert len(told) >= 20
    assert {(row["method"], row["suggested_category"]) for row in told} == {("baseline", None)}
    assert "For 1 of them nothing is suggested" in stage_sentence(table).en
    assert "1 种不作建议" in stage_sentence(table).zh
    with pytest.raises(NotEnoughData, match="no more often than with anybody"):
        came_true(table, written(duckdb, rows), at=AS_OF, until=AS_OF + timedelta(days=90))


def test_a_stage_in_which_too_few_have_been_is_not_tried(duckdb):
    found = stages(duckdb, ripe(10, came=0), rules=SKIS)
    assert {row["method"] for row in found.values()} == {"untried"}


def test_newcomers_do_not_make_the_naive_forecast_look_better(duckdb):
    """Of two customers known by the day nobody came to it; that a newcomer did says nothing of them."""
    rows = [bought("a", "2022-08-01", "Baby"), bought("b", "2023-01-01", "Children")]
    then = made(duckdb, rows, as_of=date(2026, 1, 1))
    later = [*rows, bought("new", "2026-02-01", "Children")]
    (measure,) = came_true(then, written(duckdb, later), at=date(2026, 1, 1), until=AS_OF).measures
    assert (measure.value, measure.naive) == (0.0, 0.0)

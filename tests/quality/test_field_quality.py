"""Is each score the share of what is good, and does it count the rows that are not?"""

from collections.abc import Sequence
from datetime import date

from shuke.identity.identifiers import identifiers
from shuke.profiles.facts import facts
from shuke.quality.agreements import agreements
from shuke.quality.field_quality import field_quality
from shuke.quality.quality_exceptions import quality_exceptions
from shuke.quality.quality_trend import quality_trend
from shuke.quality.source_accuracy import source_accuracy
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 30)
LANDED = ("people", "identifiers", "orders", "order_items", "products")


def scores(
    desk: Tables,
    told: Sequence[Row] = (),
    agree: Sequence[Row] = (),
    sure: Sequence[Row] = (),
    **landed: list[Row],
) -> dict[tuple[str, str, str], Row]:
    tables = {name: desk.landed(name, landed.get(name)) for name in LANDED}
    who = desk.identities(
        **{f"c{r['record_id']}": r["record_id"] for r in landed.get("people", [])} or {"c": "0"}
    )
    who = who.mutate(records=1)
    known = desk.made(identifiers, tables["identifiers"], country="GB")
    wrong = desk.made(
        quality_exceptions,
        tables["people"],
        tables["identifiers"],
        tables["order_items"],
        tables["products"],
        known,
        who,
        as_of=AS_OF,
        country="GB",
    )
    made = desk.made(
        field_quality, *tables.values(), desk.of(facts.schema, [*told]), desk.derived(agreements, [*agree]),
        desk.derived(source_accuracy, [*sure]), wrong, as_of=AS_OF, country="GB",
    )  # fmt: skip
    return {(r["table_name"], r["attribute"], r["dimension"]): r for r in desk.rows(made)}


def test_a_field_is_as_complete_as_its_records_are_filled_and_as_valid_as_what_fills_it(engine):
    people = [
        {"record_id": "1", "name": "Ann"},
        {"record_id": "2", "name": "77"},
        {"record_id": "3"},
        {"record_id": "4"},
    ]
    phones = [{"record_id": "1", "kind": "phone", "value": "07700 900123"}]
    found = scores(engine, people=people, identifiers=phones, order_items=[{"price": 1}, {"price": -1}])
    counted = {what: (row["good"], row["of"]) for what, row in found.items()}
    assert counted == {
        ("people", "name", "completeness"): (2, 4), ("people", "name", "validity"): (1, 2),
        ("people", "record", "uniqueness"): (4, 4), ("identifiers", "phone", "completeness"): (1, 4),
        ("identifiers", "phone", "validity"): (1, 1), ("identifiers", "phone", "uniqueness"): (1, 1),
        ("order_items", "price", "completeness"): (2, 2), ("order_items", "price", "validity"): (1, 2),
    }, "what a source never fills is no field of it"  # fmt: skip
    name = found["people", "name", "completeness"]
    assert (
        name["score"] == 0.5
        and close(name["low"], 0.15003898915214955)
        and close(name["high"], 0.8499610108478503)
    )


def test_facts_are_timely_while_they_are_believed_and_consistent_while_confirmed(duckdb):
    told = [
        {"record": "till:1", "source": "till", "attribute": "city", "believed_until": day, "believed": held}
        for day, held in (("2026-01-01", False), ("2027-01-01", True), (None, True))
    ]
    agree = [
        {"record": f"till:{n}", "source": "till", "attribute": "city", "agrees": n < 3} for n in range(4)
    ]
    sure = [
        {"source": "till", "attribute": "city", "method": "three_way", "score": 0.9, "low": 0.8, "high": 1.0}
    ]
    sure += [{"source": "till", "attribute": "name", "method": "too_few"}]
    found = scores(duckdb, told, agree, sure)
    assert (found["facts", "city", "timeliness"]["good"], found["facts", "city", "timeliness"]["of"]) == (
        1,
        2,
    )
    assert found["agreements", "city", "consistency"]["score"] == 0.75
    assert (
        found["agreements", "city", "accuracy"] | {"source": "till"}
        == found["agreements", "city", "accuracy"]
    )
    assert [found["agreements", "city", "accuracy"][n] for n in ("good", "of", "score", "low")] == [
        3,
        4,
        0.9,
        0.8,
    ]
    assert len(found) == 3


def test_the_trend_keeps_every_day_and_takes_the_last_word_of_each(engine):
    field = {"source": "till", "table_name": "people", "attribute": "name", "dimension": "completeness"}
    earlier = [
        {**field, "day": "2026-06-29", "good": 1, "of": 4, "score": 0.25},
        {**field, "day": AS_OF, "good": 0, "of": 4, "score": 0.0},
    ]
    now = [{**field, "good": 3, "of": 4, "score": 0.75}]
    made = engine.made(
        quality_trend, engine.derived(quality_trend, earlier), engine.derived(field_quality, now), as_of=AS_OF
    )
    assert [(r["day"].isoformat(), r["good"]) for r in engine.rows(made, "day", "good")] == [
        ("2026-06-29", 1),
        ("2026-06-30", 3),
    ]

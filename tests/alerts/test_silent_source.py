import json
from datetime import date, timedelta

from shuke.alerts.silent_source import silent_source
from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def days(source: str, *ago: int) -> list[tuple[str, date]]:
    return [(source, AS_OF - timedelta(days=n)) for n in ago]


def found(desk: Tables, deliveries: list[tuple[str, date]], **asked: float) -> dict[str, Row]:
    sold = [
        {"source": "till", "kind": "goods", "day": AS_OF - timedelta(days=100), "amount": 3650},
        {"source": "till", "kind": "goods", "day": AS_OF - timedelta(days=900), "amount": 9999},
        {"source": "web", "kind": "goods", "day": AS_OF - timedelta(days=100), "amount": 7},
    ]
    made = desk.made(
        silent_source, desk.derived(purchases, sold), as_of=AS_OF, deliveries=tuple(deliveries), **asked
    )
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def test_a_source_is_silent_by_its_own_rhythm_and_what_it_would_have_sold_is_at_stake(engine):
    rows = found(
        engine,
        [
            *days("till", 15, 16, 17, 18, 19, 20), *days("web", 15, 45, 76, 106, 136, 167),
            *days("new", 20, 21), *days("shuke", 15, 16, 17, 18, 19, 20), *days("erp", 0, 1, 2, 3, 4, 5),
        ],
    )  # fmt: skip
    assert set(rows) == {"till"}
    till = rows["till"]
    assert (till["subject_kind"], till["severity"]) == ("source", "high")
    assert till["since"] == AS_OF - timedelta(days=12)
    assert till["at_stake"] == 150, "3650 a year is 10 a day, for 15 days"
    assert till["evidence"]["last"] == str(AS_OF - timedelta(days=15))


def test_weekends_and_one_long_holiday_are_part_of_a_rhythm_but_excuse_not_everything(engine):
    workdays = [n for n in range(60) if (AS_OF - timedelta(days=n)).weekday() < 5]
    assert not found(engine, days("till", *(n + 3 for n in workdays)))
    holiday = [*range(5, 15), *range(60, 70)]
    assert set(found(engine, days("till", *holiday))) == {"till"}


def test_what_comes_after_the_day_is_not_known_on_it(engine):
    assert not found(engine, days("till", 1, 8, 15, 22, 29, 36))
    assert not found(engine, [*days("till", -1, -2, -3, -4, -5, -6)])

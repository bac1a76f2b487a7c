from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from tests.engine_fixtures import Row, Tables, at, close


def golden(desk: Tables, *said: tuple[str, str, str], **whose: str) -> dict[str, Row]:
    """The golden records by customer; `said` are (customer, attribute, value) that win."""
    won = [
        {"customer_id": customer, "record": "till:1", "attribute": attribute, "value": value, "wins": True,
         "collected_at": "2025-03-01", "first_at": "2024-03-01", "received_at": "2026-01-01"}
        for customer, attribute, value in said
    ]  # fmt: skip
    records = [
        number if ":" in number else f"till:{number}" for ns in whose.values() for number in ns.split()
    ]
    known = [dict(zip(("source", "record_id"), record.split(":"), strict=True)) for record in records]
    people = desk.landed("people", known)
    made = desk.made(customers, people, desk.identities(**whose), desk.derived(facts, won), zone="UTC")
    return {row["customer_id"]: row for row in desk.rows(made)}


def test_a_golden_record_holds_the_winning_facts_in_their_types(engine):
    found = golden(
        engine, ("anna", "name", "Ann Lee"), ("anna", "birth_date", "1985-03-02"), ("anna", "phone", "0123"),
        ("firm", "organisation", "张记茶行"), ("boss", "organisation", "Tea Ltd"),
        ("boss", "name", "Bo Ross"),
        ("said", "kind", "organisation"), ("zhang", "family_name", "欧阳"), ("zhang", "given_name", "伟"),
        ("lee", "family_name", "Lee"), ("lee", "given_name", "Sue"),
        anna="1 2 web:3", firm="4", boss="5", said="6", zhang="7", lee="8", nobody="9",
    )  # fmt: skip
    assert set(found) == {"anna", "firm", "boss", "said", "zhang", "lee", "nobody"}
    anna = found["anna"]
    assert (anna["name"], anna["birth_date"], anna["phone"]) == ("Ann Lee", date(1985, 3, 2), "0123")
    assert (anna["records"], anna["sources"]) == (3, 2)
    assert (anna["first_seen"], anna["last_seen"]) == (at("2024-03-01"), at("2025-03-01"))
    assert {name: row["kind"] for name, row in found.items()} == {
        "anna": "person", "firm": "organisation", "boss": "person", "said": "organisation", "zhang": "person",
        "lee": "person", "nobody": "person",
    }  # fmt: skip
    assert (found["zhang"]["name"], found["lee"]["name"]) == ("欧阳伟", "Sue Lee")
    assert (found["nobody"]["name"], found["nobody"]["freshness"]) == (None, None)
    assert found["nobody"]["first_seen"] == found["nobody"]["last_seen"] == at("2026-01-01")


def test_a_name_is_as_whole_as_its_parts(duckdb):
    found = golden(
        duckdb, ("a", "family_name", "Lee"), ("b", "given_name", "Sue"), ("c", "name", "Dr Cy"),
        ("c", "given_name", "Cyril"), ("c", "family_name", "Day"), a="1", b="2", c="3",
    )  # fmt: skip
    assert [found[c]["name"] for c in "abc"] == ["Lee", "Sue", "Dr Cy"]


def aged(desk: Tables, *ages: tuple[str, str, str], **further: str) -> dict[str, tuple[date, date]]:
    """The birth dates that (customer, age, day) leave; `further` are birth dates by customer."""
    said: list[Row] = [
        {"customer_id": customer, "record": f"till:{n}", "attribute": "age", "value": age, "believed": True,
         "wins": False, "collected_at": day, "first_at": day, "received_at": "2026-01-01", "said_on": day}
        for n, (customer, age, day) in enumerate(ages)
    ]  # fmt: skip
    said += [
        {"customer_id": customer, "record": "till:9", "attribute": "birth_date", "value": day, "wins": True}
        for customer, day in further.items()
    ]
    whose = {customer: customer for customer in sorted({row["customer_id"] for row in said})}
    people = desk.landed("people", [{"record_id": customer} for customer in whose])
    made = desk.made(customers, people, desk.identities(**whose), desk.derived(facts, said), zone="UTC")
    return {row["customer_id"]: (row["birth_from"], row["birth_until"]) for row in desk.rows(made)}


def test_ages_narrow_the_birth_date_and_the_newest_are_believed(engine):
    found = aged(
        engine, ("one", "40", "2025-06-15"), ("two", "40", "2025-06-15"), ("two", "41", "2025-09-01"),
        ("odd", "60", "2020-01-01"), ("odd", "30", "2024-03-01"), ("odd", "31", "2025-03-01"),
        ("odd", "40", "2023-03-01"), ("bad", "999", "2025-01-01"), ("bad", "about 30", "2025-01-01"),
        ("known", "20", "2025-01-01"), ("leap", "1", "2024-02-29"),
        known="1985-03-02",
    )  # fmt: skip
    assert found == {
        "one": (date(1984, 6, 16), date(1985, 6, 15)),
        "two": (date(1984, 6, 16), date(1984, 9, 1)),  # had their birthday in between
        "odd": (
            date(1993, 3, 2),
            date(1994, 3, 1),
        ),  # 31 and 30 agree; 40 does not, so nothing before it counts
        "bad": (None, None),
        "known": (date(1985, 3, 2), date(1985, 3, 2)),
        "leap": (date(2022, 3, 1), date(2023, 2, 28)),
    }


@given(
    people=st.lists(
        st.tuples(
            st.dates(date(1930, 1, 1), date(2005, 12, 31)),
            st.lists(st.dates(date(2006, 1, 1), date(2026, 1, 1)), min_size=1, max_size=6, unique=True),
        ),
        min_size=20,
        max_size=40,
    )
)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_true_ages_never_rule_the_true_birth_date_out(people: list[tuple[date, list[date]]], duckdb):
    ages = [
        (f"p{n}", str(day.year - born.year - ((day.month, day.day) < (born.month, born.day))), str(day))
        for n, (born, asked) in enumerate(people)
        for day in asked
    ]
    found = aged(duckdb, *ages)
    for n, (born, _) in enumerate(people):
        low, high = found[f"p{n}"]
        assert low <= born <= high <= low + timedelta(days=366)


def test_an_age_said_again_within_the_year_narrows_and_later_is_one_said_once(duckdb):
    def span(first: str, last: str) -> tuple[date, date]:
        row = {"customer_id": "her", "record": "till:1", "attribute": "age", "value": "40", "believed": True,
               "collected_at": last, "first_at": first, "received_at": last, "said_on": last}  # fmt: skip
        people, ids = duckdb.landed("people", [{"record_id": "1"}]), duckdb.identities(her="1")
        made = duckdb.made(customers, people, ids, duckdb.derived(facts, [row]), zone="UTC")
        (found,) = duckdb.rows(made, "birth_from", "birth_until")
        return found["birth_from"], found["birth_until"]

    assert span("2025-01-01", "2025-06-01") == (date(1984, 6, 2), date(1985, 1, 1))
    assert span("2024-06-02", "2025-06-01") == (date(1984, 6, 2), date(1984, 6, 2))  # 40 all year long
    assert span("2024-06-01", "2025-06-01") == (date(1984, 6, 2), date(1985, 6, 1))
    assert span("2020-01-01", "2025-06-01") == (date(1984, 6, 2), date(1985, 6, 1))


def test_freshness_is_the_mean_over_what_was_ever_said(engine):
    said: list[Row] = [
        {"attribute": "city", "value": "Leeds", "wins": True, "freshness": 0.5},
        {"attribute": "city", "value": "York", "wins": False, "freshness": 0.4},
        {"attribute": "name", "value": "Ann", "wins": True, "freshness": 1.0},
        {"attribute": "job", "value": "cook", "wins": False, "freshness": 0.0},  # expired
        {"attribute": "plan", "value": "pot", "wins": True, "freshness": 1.0},  # no part of the record
    ]
    whole = [{"customer_id": "her", "record": f"till:{n}", **row} for n, row in enumerate(said)]
    people, ids = engine.landed("people", [{"record_id": "1"}]), engine.identities(her="1")
    made = engine.made(customers, people, ids, engine.derived(facts, whole), zone="UTC")
    ((row,),) = [engine.rows(made, "freshness")]
    assert close(row["freshness"], 0.5)

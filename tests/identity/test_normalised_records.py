"""What is compared of a record is what was said of it last, in one form, whatever came first."""

import random

import ibis.expr.types as ir

from shuke.identity.changed_records import changed_records
from shuke.identity.identifiers import identifiers
from shuke.identity.normalised_records import normalised_records
from tests.engine_fixtures import Row, Tables


def made(desk: Tables, people: list[Row], said: list[Row] | None = None, *kept: ir.Table) -> dict[str, Row]:
    """The forms of these records, without what is null; `kept`: who has changed, and what was there."""
    return {
        row["record"].removeprefix("till:"): {k: v for k, v in row.items() if v is not None}
        for row in written(desk, people, said, *kept)
    }


def written(desk: Tables, people: list[Row], said: list[Row] | None = None, *kept: ir.Table) -> list[Row]:
    known = desk.made(identifiers, desk.landed("identifiers", said), country="CN")
    return desk.rows(desk.made(normalised_records, desk.landed("people", people), known, *kept))


def test_a_record_has_every_fact_in_its_one_form(engine):
    person = {
        "record_id": "1", "name": "张伟先生", "birth_date": "1980-01-02", "organisation": "华为技术有限公司",
        "address": "广东省深圳市南山区科技园路5号", "postcode": "518000", "country": "中国",
    }  # fmt: skip
    said = [
        {"record_id": "1", "kind": "phone", "value": "138 0013 9000"},
        {"record_id": "1", "kind": "email", "value": "Wei.Zhang+x@Gmail.com"},
        {"record_id": "1", "kind": "resident_id", "scope": "CN", "value": "hmac:12ab"},
    ]
    row = made(engine, [person], said)["1"]
    assert str(row.pop("birth_date")) == "1980-01-02"
    assert row == {
        "record": "till:1", "source": "till", "kind": "person", "gender": "male",
        "name": "张伟", "hanzi": "张伟", "given": "wei", "familiar": False,
        "family": "zhang", "sound": "wei zhang",
        "organisation": "华为技术", "phone": "8613800139000", "email": "weizhang@gmail.com",
        "national_id": "hmac:12ab", "country": "cn", "region": "guangdong", "city": "shenzhen",
        "district": "nanshan", "postcode": "518000", "street": "科技园路5号", "house": "5",
    }  # fmt: skip


VERSIONS: list[Row] = [
    {"record_id": "1", "key": "k", "name": "Ann Lee", "city": "Leeds"},
    {"record_id": "1", "key": "k", "name": "Zoe Lee", "collected_at": "2025-01-01"},
    {"record_id": "1", "key": "k", "name": "Bea Lee", "collected_at": "2026-01-01"},
    {"record_id": "1", "key": "k", "name": "Amy Lee", "collected_at": "2026-01-01", "postcode": "LS1"},
]


def test_the_newest_value_of_each_fact_counts_in_whatever_order_it_arrived(duckdb):
    orders = [random.Random(n).sample(VERSIONS, k=len(VERSIONS)) for n in range(3)]
    found = [made(duckdb, order)["1"] for order in orders]
    assert found[0] == found[1] == found[2]
    assert (found[0]["name"], found[0]["city"], found[0]["postcode"]) == ("bea lee", "leeds", "ls1")


KINDS: list[tuple[Row, str | None]] = [
    ({"name": "王伟"}, "person"),
    ({"name": "王伟", "organisation": "腾讯"}, "person"),
    ({"organisation": "Acme"}, "organisation"),
    ({"name": "华为技术有限公司"}, "organisation"),
    ({"name": "Acme", "kind": "organisation"}, "organisation"),
    ({"city": "Leeds"}, None),
]


def test_it_is_a_person_or_an_organisation_where_something_tells(duckdb):
    rows = made(duckdb, [{"record_id": f"{n}", **said} for n, (said, _) in enumerate(KINDS)])
    assert [rows[f"{n}"].get("kind") for n in range(len(KINDS))] == [kind for _, kind in KINDS]
    assert {row["kind"] for row in rows.values() if "sound" in row} == {"person"}


def test_a_birth_date_of_any_century_counts_and_what_a_form_writes_for_none_does_not(duckdb):
    days = ("1800-05-05", "1900-01-01", "1970-01-01", "2100-01-01", "1900-01-02")
    rows = made(duckdb, [{"record_id": day, "birth_date": day} for day in days])
    assert [day for day in days if "birth_date" in rows[day]] == ["1800-05-05", "2100-01-01", "1900-01-02"]


def test_of_several_numbers_the_least_that_identifies_is_shown(duckdb):
    said = [
        {"record_id": "1", "kind": "phone", "value": number}
        for number in ("13900139002", "13900139001", "138****9000", "13800138000")
    ]
    assert made(duckdb, [{"record_id": "1"}], said)["1"]["phone"] == "8613900139001"


def test_nothing_at_all_and_equal_records_do_no_harm(duckdb):
    assert made(duckdb, []) == {}
    alike = made(
        duckdb, [{"record_id": f"{n}", "name": "x" * 10_000, "address": "😀" * 300} for n in range(5)]
    )
    assert len(alike) == 5


def test_only_records_that_have_changed_are_written_anew(duckdb):
    people = [
        {"record_id": n, "name": name, "city": "上海市"} for n, name in (("0", "张伟"), ("1", "Ann Lee"))
    ]
    before = written(duckdb, people)
    moved = [people[0], people[1] | {"city": "北京"}, {"record_id": "2", "name": "王丽"}]
    phones = [{"record_id": "2", "kind": "phone", "value": "13800139000"}]
    changed = duckdb.derived(changed_records, [{"record": f"till:{n}"} for n in "12"])
    assert written(duckdb, moved, phones, changed, duckdb.derived(normalised_records, before)) == written(
        duckdb, moved, phones
    )
    marked = duckdb.derived(normalised_records, [row | {"street": "as it was"} for row in before])
    found = made(duckdb, moved, phones, changed, marked)
    assert [found[n].get("street") for n in "012"] == ["as it was", None, None]

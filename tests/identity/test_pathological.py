"""Bad input: nothing that people or programs write breaks identity, joins strangers, or takes for ever."""

import time
from collections.abc import Iterator

import ibis
import ibis.expr.types as ir
import pytest

from shuke.tables import CANONICAL
from tests.engine_fixtures import Row, Tables
from tests.identity.resolution import Resolution, of_people


@pytest.fixture
def seconds() -> Iterator[None]:
    """Whatever it is, it takes seconds: of this process, whatever else the machine does."""
    started = time.process_time()
    yield
    assert time.process_time() - started < 60


def many(desk: Tables, table: str, number: int, **columns: ir.Value | str) -> ir.Table:
    """So many rows of a canonical table with `record_id` 1, 2, …"""
    schema = CANONICAL[table].schema
    rows = desk.checkpoint(ibis.range(1, number + 1).unnest().name("n").as_table())
    told = {
        "source": "till", "batch_id": "000001-till", "row": rows.n, "key": rows.n.cast(str),
        "record_id": rows.n.cast(str), **columns,
    }  # fmt: skip
    whole = {column: told.get(column, ibis.null(kind)) for column, kind in schema.items()}
    literal = {c: ibis.literal(v) if isinstance(v, str) else v for c, v in whole.items()}
    return desk.checkpoint(rows.select(**{c: literal[c].cast(kind) for c, kind in schema.items()}))


def customers(desk: Tables, people: list[Row], phones: dict[str, str] | None = None) -> list[str]:
    """Who is one with whom: the record numbers of each customer, "12" for records 1 and 2."""
    found = Resolution(desk).build(**of_people(desk, people, phones or {}))
    assert len(found) == len(people)
    together: dict[str, str] = {}
    for record, customer in sorted(found.items()):
        together[customer] = together.get(customer, "") + record.removeprefix("till:")
    return sorted(together.values())


def test_five_thousand_equal_records_that_say_little_stay_five_thousand_customers(duckdb, seconds):
    found = Resolution(duckdb).build(
        people=many(duckdb, "people", 5_000, name="Ann Lee", city="Leeds", birth_date="1985-03-02")
    )
    assert len(set(found.values())) == len(found) == 5_000


def test_one_identifier_on_a_hundred_thousand_records_identifies_nobody(duckdb, seconds):
    number = 100_000
    people = many(duckdb, "people", number)
    named = people.mutate(name=ibis.literal("P") + people.record_id + " Q" + people.record_id)
    said = many(duckdb, "identifiers", number, kind="phone", value="07700900123")
    found = Resolution(duckdb).build(people=duckdb.checkpoint(named), identifiers=said)
    assert len(set(found.values())) == number


def test_empty_names_are_nobodys(duckdb):
    written = ["", " ", "-", "?", "\u3000", "\u200b", "N/A", "null", "无", "...", "\x00", None]
    said = {"birth_date": "1985-03-02", "gender": "f"}
    people = [{"record_id": f"{n}{r}", "name": name, **said} for n, name in enumerate(written) for r in "ab"]
    assert len(customers(duckdb, people)) == len(people)


def test_names_of_ten_thousand_characters_are_compared_in_seconds(duckdb, seconds):
    long = ["x" * 10_000, "x" * 9_999 + "y", "长" * 10_000, "ann " * 2_500, "e" + "\u0301" * 9_999]
    people = [{"record_id": str(n), "name": name, "city": "Leeds"} for n, name in enumerate(long)]
    more = [{"record_id": f"{n}b", "family_name": name, "given_name": name} for n, name in enumerate(long)]
    found = customers(duckdb, people + more)
    assert len(found) >= len(long)
    assert not any({"0", "2"} <= set(one) or {"0", "3"} <= set(one) for one in found)


def test_ten_thousand_characters_shared_by_a_crowd_take_seconds(duckdb, seconds):
    crowd = [
        {
            "record_id": str(n),
            "name": f"{'ab' * 5_000} {chr(97 + n)}{'cd' * 4_000}",
            "birth_date": "1985-03-02",
            "address": "y" * 10_000 + str(n),
            "postcode": "LS1",
        }
        for n in range(10, 50)
    ]
    assert customers(duckdb, crowd)


STRANGERS = [
    ("😀😀😀", "😎😎😎"),
    ("👨‍👩‍👧 Lee", "👨‍👩‍👧 Ray"),
    ("محمد علي", "فاطمة حسن"),
    ("דוד כהן", "שרה לוי"),
    ("\u202eeeL nnA", "Tom Ray"),
    ("Ann' OR 1=1 --", "Bob' OR 1=1 --"),
    ("%", "_"),
    ("𝔄𝔫𝔫", "𝔅𝔬𝔟"),
]


def test_strangers_in_any_script_who_share_a_home_and_a_town_stay_two(duckdb):
    people = [
        {"record_id": f"{n}{side}", "name": name, "address": f"{n + 1} Mill Lane", "city": "Leeds"}
        for n, pair in enumerate(STRANGERS)
        for side, name in zip("ab", pair, strict=True)
    ]
    assert len(customers(duckdb, people)) == len(people)


def test_one_person_is_one_in_any_script(duckdb):
    names = ["محمد علي", "דוד כהן", "Дмитрий Орлов", "Νίκος Παππάς", "김민수", "山田太郎"]
    people = [
        {"record_id": f"{n}{r}", "name": name, "birth_date": f"198{n}-03-02", "city": "Leeds"}
        for n, name in enumerate(names)
        for r in "ab"
    ]
    phones = {f"{n}{r}": f"07700 90012{n}" for n in range(len(names)) for r in "ab"}
    assert customers(duckdb, people, phones) == [f"{n}a{n}b" for n in range(len(names))]


def test_strangers_with_an_impossible_birth_date_stay_strangers(duckdb):
    days = ["1800-01-01", "1899-12-31", "2099-12-31", "0001-01-01", "9999-12-31"]
    people = [
        {"record_id": f"{n}{r}", "name": name, "birth_date": born}
        for n, born in enumerate(days)
        for r, name in (("a", "Ann Lee"), ("b", "Tom Ray"), ("c", "Ann Leeming"))
    ]
    assert len(customers(duckdb, people)) == len(people)


def test_a_name_alone_joins_nobody(duckdb):
    people = [{"record_id": r, "name": "Wei Zhang"} for r in "123"]
    assert customers(duckdb, people) == ["1", "2", "3"]

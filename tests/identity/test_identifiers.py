import pytest

from shuke.identity.identifiers import identifiers
from tests.engine_fixtures import Tables


def normal(desk: Tables, written: list[tuple[str, str]], country: str = "CN") -> list[str | None]:
    """The normalised form of each (kind, value), null where it identifies nobody."""
    landed = desk.landed(
        "identifiers",
        [{"record_id": f"{n:03}", "kind": kind, "value": value} for n, (kind, value) in enumerate(written)],
    )
    found = {row["record"]: row["value"] for row in desk.rows(identifiers(landed, country=country))}
    return [found.get(f"till:{n:03}") for n in range(len(written))]


ONE_MOBILE = (
    "13800139000", "138 0013 9000", "138-0013-9000", "+86 138 0013 9000", "+86-13800139000",
    "0086 13800139000", "86 13800139000", "(+86)13800139000", "013800139000", "+86 (0)138 0013 9000",
    "１３８００１３９０００", "＋８６　１３８００１３９０００", "13800139000 ext 12", "13800139000转801",
    "13800139000#2", "13800139000 分机 3", " 13800139000\t",
)  # fmt: skip
MASKED = [
    *(("phone", f"138{mask}9000") for mask in ("****", "••••", "xxxx", "????", "····", "＊＊＊＊")),
    ("email", "a***@example.com"), ("member_no", "VIP****12"),
]  # fmt: skip
NOBODY = [
    *(("phone", v) for v in ("13800138000", "138 0013 8000", "00000000000", "11111111111", "123", "无")),
    ("phone", "13800139000/13900139000"),
    *(("email", v) for v in ("test@test.com", "TEST", "none", "", "ann at example.com")),
    *(("member_no", v) for v in ("test", "N/A", "0000", "-", " ", "99999999", "散客", "0")),
]  # fmt: skip
WORDS = {
    ("email", " Ann.Lee@Example.COM "): "ann.lee@example.com",
    ("email", "ａｎｎ＠ｑｑ．ｃｏｍ"): "ann@qq.com",
    ("member_no", "vip 0012"): "vip0012", ("member_no", "7"): "7", ("user_id", "x12"): "x12",
}  # fmt: skip


def test_however_it_is_written_a_number_has_one_form_and_what_says_nothing_has_none(engine):
    expected: dict[tuple[str, str], str | None] = {("phone", value): "8613800139000" for value in ONE_MOBILE}
    expected |= dict.fromkeys(MASKED) | dict.fromkeys(NOBODY) | WORDS
    assert dict(zip(expected, normal(engine, list(expected)), strict=True)) == expected


@pytest.mark.parametrize(
    ("country", "national", "international"),
    [
        ("CN", "010-8888 1234", "861088881234"),
        ("GB", "07700 900123", "447700900123"),
        ("GB", "+44 (0)7700 900123", "447700900123"),
        ("GB", "44 7700 900123", "447700900123"),
        ("GB", "+86 138 0013 9000", "8613800139000"),
        ("US", "(415) 555-2671", "14155552671"),
        ("US", "1-415-555-2671", "14155552671"),
        ("HK", "9123 4567", "85291234567"),
        ("HK", "852 9123 4567", "85291234567"),
        ("IT", "06 6982 1234", "390669821234"),  # the nought is part of the number
        ("RU", "8 916 123-45-67", "79161234567"),
        ("HU", "06 20 123 4567", "36201234567"),
        ("EU", "+33 6 12 34 56 78", "33612345678"),  # no country, no plan
    ],
)
def test_national_prefixes_are_those_of_the_country(duckdb, country, national, international):
    assert normal(duckdb, [("phone", national)], country) == [international]


def test_a_number_identifies_unless_too_many_share_it(engine):
    people = [{"record_id": f"{n}", "kind": "phone", "value": "13800139000"} for n in range(4)]
    people += [{"record_id": "x", "kind": "phone", "value": "13900139001"}]
    landed = engine.landed("identifiers", people)
    found = {
        (r["value"], r["records"], r["identifies"])
        for r in engine.rows(identifiers(landed, country="CN", limit=3))
    }
    assert found == {("8613800139000", 4, False), ("8613900139001", 1, True)}


def test_weak_kinds_never_identify(duckdb):
    landed = duckdb.landed(
        "identifiers",
        [{"record_id": r, "kind": k, "value": "AB12"} for r in "12" for k in ("device_id", "openid")],
    )
    found = duckdb.rows(identifiers(landed, country="CN"), "kind", "record", "identifies")
    assert [(r["kind"], r["identifies"]) for r in found] == [
        ("device_id", False), ("device_id", False), ("openid", True), ("openid", True)
    ]  # fmt: skip


def test_a_record_that_says_a_number_in_two_ways_has_it_once(duckdb):
    landed = duckdb.landed(
        "identifiers",
        [{"record_id": "1", "kind": "phone", "value": v} for v in ("13800139000", "+86 138 0013 9000")],
    )
    assert duckdb.rows(identifiers(landed, country="CN"), "record", "value", "records") == [
        {"record": "till:1", "value": "8613800139000", "records": 1}
    ]

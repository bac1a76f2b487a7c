import pytest

from shuke.identity.identifiers import identifiers
from tests.engine_fixtures import Tables


def normal(desk: Tables, written: list[tuple[str, str]], country: str = "CN") -> list[str | None]:
    """The normalised form of each (kind, value), null where it identifies nobody."""
    landed = desk.landed(
        "identifiers",
        [{"record_id": f"{n:03}", "kind": kind, "value": value} for n, (kind, value) in enumerate(written)],
    )
    found = {
        row["record"]: row["value"] for row in desk.rows(desk.made(identifiers, landed, country=country))
    }
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
        for r in engine.rows(engine.made(identifiers, landed, country="CN", max_records=3))
    }
    assert found == {("8613800139000", 4, False), ("8613900139001", 1, True)}


def test_weak_kinds_never_identify(duckdb):
    landed = duckdb.landed(
        "identifiers",
        [{"record_id": r, "kind": k, "value": "AB12"} for r in "12" for k in ("device_id", "openid")],
    )
    found = duckdb.rows(duckdb.made(identifiers, landed, country="CN"), "kind", "record", "identifies")
    assert [(r["kind"], r["identifies"]) for r in found] == [
        ("device_id", False), ("device_id", False), ("openid", True), ("openid", True)
    ]  # fmt: skip


def test_a_record_that_says_a_number_in_two_ways_has_it_once(duckdb):
    landed = duckdb.landed(
        "identifiers",
        [{"record_id": "1", "kind": "phone", "value": v} for v in ("13800139000", "+86 138 0013 9000")],
    )
    assert duckdb.rows(duckdb.made(identifiers, landed, country="CN"), "record", "value", "records") == [
        {"record": "till:1", "value": "8613800139000", "records": 1}
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann.Lee+shop@gmail.com", "annlee@googlemail.com", True),
        ("ann+shop@outlook.com", "ann@outlook.com", True),
        ("ann.lee@outlook.com", "annlee@outlook.com", False),
        ("ann+shop@example.com", "ann@example.com", False),
    ],
)
def test_mailboxes_are_one_where_the_provider_makes_them_one(duckdb, one, other, same):
    first, second = normal(duckdb, [("email", one), ("email", other)])
    assert (first == second) is same


def test_a_landline_counts_with_its_area_code_and_a_hot_line_never(engine):
    said = {
        "010-8888 1234": "861088881234", "01088881234": "861088881234", "0755-1234567-801": "867551234567",
        "0755 1234567 转 8": "867551234567", "(0755)1234567": "867551234567",
        "+86 755 12345678": "8675512345678", "88881234": None, "8888 1234": None, "400-810-8888": None,
        "8008108888": None, "0086 4008108888": None,
    }  # fmt: skip
    assert dict(zip(said, normal(engine, [("phone", n) for n in said]), strict=True)) == said


def test_users_are_numbered_by_each_source_and_cards_are_not(duckdb):
    landed = duckdb.landed(
        "identifiers",
        [
            {"record_id": "1", "source": source, "kind": kind, "value": "17", "scope": scope}
            for source in ("web", "app")
            for kind, scope in (("user_id", None), ("openid", "wx1"), ("openid", None), ("member_no", None))
        ],
    )
    found = duckdb.rows(duckdb.made(identifiers, landed, country="CN"), "kind", "scope", "records")
    assert [tuple(row.values()) for row in found if row["kind"] != "member_no"] == [
        ("openid", "app", 1), ("openid", "web", 1), ("openid", "wx1", 2), ("openid", "wx1", 2),
        ("user_id", "app", 1), ("user_id", "web", 1),
    ]  # fmt: skip
    assert [tuple(row.values()) for row in found if row["kind"] == "member_no"] == [("member_no", "", 2)] * 2


def test_a_number_that_was_given_up_identifies_no_longer(engine):
    said = [
        {"record_id": "1", "valid_from": "2015-01-01", "valid_until": "2019-12-31"},
        {"record_id": "2", "valid_from": "2020-06-01"},
        {"record_id": "3", "valid_until": "2100-01-01"},
    ]
    landed = engine.landed("identifiers", [{"kind": "phone", "value": "13900139001", **row} for row in said])
    found = engine.rows(
        engine.made(identifiers, landed, country="CN"), "record", "identifies", "valid_from", "valid_until"
    )
    assert [row["identifies"] for row in found] == [False, True, True]
    assert [str(row["valid_from"]) for row in found] == ["2015-01-01", "2020-06-01", "None"]


def test_a_company_says_itself_what_identifies_nobody(duckdb):
    landed = duckdb.landed(
        "identifiers",
        [{"record_id": v, "kind": "member_no", "value": v} for v in ("house card", "VIP 7", "test")],
    )
    found = duckdb.rows(
        duckdb.made(identifiers, landed, country="CN", ignored_values=("House Card",)), "value"
    )
    assert [row["value"] for row in found] == ["test", "vip7"]

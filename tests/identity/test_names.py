"""Names in any order, case, script and dress are the same name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.identity.identifiers import NEVER
from shuke.identity.names import names
from shuke.tables import CANONICAL
from shuke.text.characters import plain
from tests.engine_fixtures import Row, Tables

PARTS = ("name", "given_name", "family_name")


def told(desk: Tables, *said: str | dict[str, str]) -> list[Row]:
    """What the names come to, in their order."""
    rows: list[Row] = [{"name": name} if isinstance(name, str) else dict(name) for name in said]
    landed = desk.landed("people", [{"record_id": f"{n:04}", **row} for n, row in enumerate(rows)])
    texts = plain(landed.select("record_id", *PARTS), PARTS, checkpoint=desk.checkpoint)
    found = names(texts.rename(record="record_id"), placeholder_names=NEVER, checkpoint=desk.checkpoint)
    return desk.rows(desk.checkpoint(found), "record", "name", "hanzi", "given", "family", "sound", "title")


def sounds(desk: Tables, *said: str | dict[str, str]) -> list[str | None]:
    return [row["sound"] for row in told(desk, *said)]


ZHANG_WEI = (
    "张伟", "張偉", "Zhang Wei", "Wei Zhang", "ZHANGWEI", "zhang,wei", "Zhang, Wei", "ＺＨＡＮＧ　Ｗｅｉ",
    "张伟先生",
    "张伟（VIP）", "Mr. Wei Zhang", "Zhāng Wěi", "张 伟", "张伟经理",
)  # fmt: skip


def test_one_chinese_name_sounds_the_same_in_every_dress(engine):
    parted = [
        {"family_name": "张", "given_name": "伟"},
        {"family_name": "Zhang", "given_name": "Wei"},
        {"family_name": "ZHANG", "given_name": "wei", "name": "anything"},
    ]
    found = told(engine, *ZHANG_WEI, *parted)
    assert {(row["family"], row["given"], row["sound"]) for row in found} == {("zhang", "wei", "wei zhang")}
    assert {row["hanzi"] for row in found} == {"张伟", None}
    assert {row["name"] for row in found} == {"张伟", "wei zhang"}


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("欧阳修", "ouyang", "xiu"),
        ("Ouyang Xiu", "ouyang", "xiu"),
        ("Ou Yang Xiu", "ouyang", "xiu"),
        ("尉迟恭", "yuchi", "gong"),
        ("万俟卨", "moqi", "xie"),
        ("长孙无忌", "zhangsun", "wuji"),
        ("单田芳", "shan", "tianfang"),
        ("曾国藩", "zeng", "guofan"),
        ("查良镛", "zha", "liangyong"),
        ("解缙", "xie", "jin"),
        ("Zhang Xiao-Ming", "zhang", "xiaoming"),
        ("Xiao Ming Zhang", "zhang", "xiaoming"),
        ("吕布", "lu", "bu"),
        ("Lv Bu", "lu", "bu"),
        ("张先生", "zhang", None),
        ("王总", "wang", None),
        ("小张", None, "xiaozhang"),
    ],
)
def test_a_surname_is_known_by_its_characters_and_read_as_a_surname(duckdb, written, family, given):
    (found,) = told(duckdb, written)
    assert (found["family"], found["given"]) == (family, given)


@pytest.mark.parametrize(
    ("written", "family", "given", "sound"),
    [
        ("John Smith", "smith", "john", "john smith"),
        ("SMITH, JOHN", "smith", "john", "john smith"),
        ("Dr. John Smith Jr.", "smith", "john", "john smith"),
        ("Bob Smith", "smith", "bob", "robert smith"),
        ("Mary Ann O'Brien", "obrien", "maryann", "ann mary obrien"),
        ("Ludwig van Beethoven", "vanbeethoven", "ludwig", "beethoven ludwig van"),
        ("José García", "garcia", "jose", "garcia jose"),
        ("Jack Ma", "ma", "jack", "john ma"),
        ("Lina", None, "lina", "lina"),
        ("علي محمد", None, None, "علي محمد"),
    ],
)
def test_other_names_have_the_given_name_first_unless_a_comma_says_otherwise(
    duckdb, written, family, given, sound
):
    (found,) = told(duckdb, written)
    assert (found["family"], found["given"], found["sound"]) == (family, given, sound)


def test_one_part_alone_stays_what_the_source_calls_it(duckdb):
    found = told(duckdb, {"family_name": "Waller"}, {"given_name": "Lachlan"})
    assert [(row["family"], row["given"], row["sound"]) for row in found] == [
        ("waller", None, "waller"), (None, "lachlan", "lachlan")
    ]  # fmt: skip


def test_what_is_no_name_is_none(duckdb):
    nothing = (
        "",
        " ",
        "12345",
        "😀",
        "test",
        "UNKNOWN",
        "散客",
        "---",
        ",",
        "先生",
        "N/A",
        "().",
        "微信用户",
    )
    assert {row["name"] for row in told(duckdb, *nothing)} == {None}
    assert set(sounds(duckdb, *nothing)) == {None}


def test_very_long_names_and_emoji_do_no_harm(duckdb):
    found = told(duckdb, "x" * 10_000, "张伟😀", "伟" * 10_000, "zhang" * 2_000, "李\u202e四")
    assert [len(row["name"] or "") <= 200 for row in found] == [True] * 5
    assert (found[1]["sound"], found[4]["sound"]) == ("wei zhang", "li si")


def test_a_title_tells_the_sex(duckdb):
    found = told(duckdb, "Mr Lee", "Mrs Lee", "李女士", "李先生", "Dr Lee")
    assert [row["title"] for row in found] == ["male", "female", "female", "male", None]


# Of one script and without a comma, for what is left of two scripts, or of a name turned round, reads anew.
LATIN = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Lo"], exclude_characters=",，﹐︐")
WORDS = st.text(LATIN, max_size=12) | st.text("张王欧阳李先生女士总医师 ()（）1-", max_size=8)


@settings(max_examples=3, deadline=None)
@given(st.lists(WORDS, min_size=20, max_size=60))
def test_a_normalised_name_is_its_own_normal_form(duckdb_engine, tmp_path_factory, said):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("names"))
    once = [row["name"] for row in told(desk, *said)]
    again = [row["name"] for row in told(desk, *(name or "" for name in once))]
    assert again == once


@settings(max_examples=3, deadline=None)
@given(st.sampled_from(ZHANG_WEI[2:7]), st.randoms(use_true_random=False))
def test_case_and_width_never_tell_two_names_apart(duckdb_engine, tmp_path_factory, name, dice):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("names"))
    wide = {ord(c): chr(ord(c) + 0xFEE0) for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,"}
    odd = "".join(dice.choice((c.upper(), c.lower(), c.translate(wide))) for c in name)
    assert sounds(desk, odd) == ["wei zhang"]


def test_the_declared_names_are_those_of_people():
    assert set(PARTS) <= {column.name for column in CANONICAL["people"]}

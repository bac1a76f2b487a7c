"""Masking: what is left of a value, computed by the engine."""

from datetime import date

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.access.masking import RULES, Kind, mask

engine = ibis.duckdb.connect()


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("name", "张伟", "张*"),
        ("name", "欧阳娜娜", "欧*"),
        ("name", "John Smith", "J***"),
        ("name", " Émile Zola", "É***"),
        ("phone", "13812341234", "138****1234"),
        ("phone", "+86 138-1234-1234", "138****1234"),
        ("phone", "0086 138 1234 1234", "138****1234"),
        ("phone", "+44 20 7946 0958", "442****0958"),
        ("phone", "62345678", "62****78"),
        ("phone", "138****1234", "***"),
        ("phone", "110", "***"),
        ("email", "jane.doe@example.com", "j***@example.com"),
        ("email", "jane at example.com", "***"),
        ("email", "a@b@example.com", "***"),
        ("address", "浙江省杭州市西湖区文三路123号", "浙江省杭州市"),
        ("address", "上海市浦东新区世纪大道1号", "上海市"),
        ("address", "广西壮族自治区桂林市七星区", "广西壮族自治区桂林市"),
        ("address", "云南省大理白族自治州大理市", "云南省大理白族自治州"),
        ("address", "江苏省镇江市京口区", "江苏省镇江市"),
        ("address", "文三路城市花园3号楼", "***"),
        ("address", "12 High Street, London", "***"),
        ("date", "1985-03-02", "1985"),
        ("date", "2. März 1985", "***"),
        ("text", "likes jasmine tea", "***"),
    ],
)
def test_what_is_left_of_a_value(kind: Kind, value: str, masked: str):
    assert _masked([value], kind) == [masked]


def test_of_a_birth_date_the_year_is_left():
    assert engine.to_pyarrow(mask(ibis.literal(date(1985, 3, 2)), "date")).as_py() == "1985"


@pytest.mark.parametrize("kind", RULES)
def test_what_is_not_known_stays_unknown(kind: Kind):
    assert _masked([None, "", "  "], kind) == [None, None, None]


@pytest.mark.parametrize("kind", RULES)
@given(value=st.text(st.characters(exclude_characters="\0*", exclude_categories=["Cs"]), min_size=2))
def test_a_mask_never_shows_the_whole(kind: Kind, value: str):
    assert _masked([value], kind) != [value]


@given(st.from_regex(r"[0-9]{5,20}", fullmatch=True))
def test_a_mask_hides_four_digits_of_every_phone(value: str):
    (masked,) = _masked([value], "phone")
    assert masked is not None
    assert len(masked.replace("*", "")) <= len(value) - 4


def _masked(values: list[str | None], kind: Kind) -> list[str | None]:
    table = ibis.memtable({"value": values}, schema={"value": "string"})
    masked = engine.to_pyarrow(table.select(masked=mask(table.value, kind)))
    return list(masked["masked"].to_pylist())

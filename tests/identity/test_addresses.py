"""Addresses and places are the same in Chinese and in Latin letters, with and without what kind they are."""

import pytest

from shuke.identity import places
from shuke.identity.addresses import addresses
from shuke.text.characters import plain
from tests.engine_fixtures import Row, Tables

PARTS = ("country", "region", "city", "district", "address", "address_more", "house", "postcode")


def found(desk: Tables, *said: Row) -> list[Row]:
    """What the addresses come to, in their order, without what is null."""
    landed = desk.landed("people", [{"record_id": f"{n:03}", **row} for n, row in enumerate(said)])
    rows = landed.select(*PARTS, record="record_id")
    made = addresses(plain(rows, PARTS, checkpoint=desk.checkpoint), checkpoint=desk.checkpoint)
    told = desk.rows(desk.checkpoint(made), "record", *(p for p in PARTS if "address" not in p), "street")
    return [{k: v for k, v in row.items() if v is not None and k != "record"} for row in told]


NANSHAN = {
    "region": "guangdong",
    "city": "shenzhen",
    "district": "nanshan",
    "house": "5",
    "street": "科技园路5号",
}


def test_the_head_of_a_chinese_address_tells_where_it_is_however_it_is_written(engine):
    said: list[Row] = [
        {"address": "广东省深圳市南山区科技园路5号"},
        {"address": "深圳南山科技园路5号"},
        {"address": "廣東省 深圳市 南山區 科技園路５號"},
        {"region": "广东", "city": "Shenzhen", "district": "南山区", "address": "科技园路5号"},
        {"city": "深圳市", "address": "广东省深圳市南山区科技园路5号"},
    ]
    assert found(engine, *said) == [NANSHAN] * len(said)


@pytest.mark.parametrize(
    ("address", "region", "city", "district", "street"),
    [
        ("内蒙古自治区呼和浩特市赛罕区大学街1号", "neimenggu", "huhehaote", "saihan", "大学街1号"),
        ("北京海淀中关村大街27号", "beijing", "beijing", "haidian", "中关村大街27号"),
        ("吉林市昌邑区江湾路3号", "jilin", "jilin", "changyi", "江湾路3号"),
        ("湖南省湘西土家族苗族自治州吉首市人民路9号", "hunan", "xiangxi", "jishou", "人民路9号"),
        ("北京路100号", None, None, None, "北京路100号"),
        ("南山路8号", None, None, None, "南山路8号"),
    ],
)
def test_a_road_named_after_a_town_is_not_in_it(duckdb, address, *, region, city, district, street):
    (row,) = found(duckdb, {"address": address})
    assert (row.get("region"), row.get("city"), row.get("district"), row["street"]) == (
        region, city, district, street
    )  # fmt: skip


def test_western_addresses_have_their_words_in_one_form_and_the_house_apart(engine):
    said: list[Row] = [
        {"address": "Unit 3, 12 North High Street"},
        {"address": "12 N. HIGH ST"},
        {"address": "3/12 North High St."},
        {"house": "12", "address": "north high street"},
    ]
    assert found(engine, *said) == [{"house": "12", "street": "n high st"}] * 4


def test_what_there_is_of_an_australian_address_is_joined(duckdb):
    said = {"house": "6", "address": "tullaroop street", "address_more": "willaroo", "city": "st james"}
    (row,) = found(duckdb, said | {"region": "NSW", "postcode": "2776"})
    assert row == {
        "house": "6", "street": "tullaroop st willaroo", "city": "stjames", "region": "newsouthwales",
        "postcode": "2776",
    }  # fmt: skip


def test_a_post_office_box_and_a_code_have_one_form(duckdb):
    boxes = found(duckdb, {"address": "P.O. Box 77"}, {"address": "PO BOX 77"})
    written = ("10001-1234", "10001", "SW1A 1AA", "sw1a1aa", "000000")
    codes = found(duckdb, *({"postcode": code} for code in written))
    assert boxes[0] == boxes[1]
    assert [row.get("postcode") for row in codes] == ["10001", "10001", "sw1a1aa", "sw1a1aa", None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京市", "Beijing"), ("内蒙古自治区", "Inner Mongolia"), ("西藏", "Tibet"),
        ("香港特别行政区", "Hong Kong"),
        ("厦门市", "XIAMEN"), ("廣東省", "Guangdong Province"), ("陕西省", "shaanxi"), ("重庆", "Chong Qing"),
        ("CA", "California"), ("nsw", "New South Wales"),
    ],
)  # fmt: skip
def test_a_place_has_one_name(one, other):
    assert places.region(one) == places.region(other)


def test_two_provinces_that_sound_alike_stay_two():
    assert places.region("陕西") != places.region("山西")


def test_a_city_tells_its_province_and_a_country_its_letters():
    assert [places.region_of(city) for city in ("深圳市", "Sanya", "恩施", "Springfield")] == [
        "guangdong", "hainan", "hubei", None
    ]  # fmt: skip
    assert {places.country(name) for name in ("China", "中国", "CN", "中华人民共和国", "PRC")} == {"cn"}
    assert [places.country(name) for name in ("the Netherlands", "USA", "Narnia")] == ["nl", "us", "narnia"]

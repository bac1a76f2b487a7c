from pathlib import Path

import pytest

from shuke.collect.sheets.text import Encoding, encoding_of
from tests.collect.sheets.reading import Reader, rows, said

SHORT_CHINESE = "编号,姓名\n1,张伟\n"
TRADITIONAL = "編號,姓名,地址\n1,陳美玲,臺北市信義區\n2,黃志明,高雄市\n"
EUROPEAN = "id,name,city\n1,José Müller,Zürich\n2,Renée Åkesson,Malmö\n"
LONG_CHINESE = "订单编号,收货人,地址,备注\n" + "".join(
    f"{n},欧阳娜娜,浙江省杭州市西湖区文三路{n}号,请尽快发货，谢谢！\n" for n in range(300)
)


@pytest.mark.parametrize("text", [SHORT_CHINESE, LONG_CHINESE])
@pytest.mark.parametrize(
    ("codec", "shown"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("gbk", "GB18030"),
        ("gb18030", "GB18030"),
    ],
)
def test_chinese_is_read_in_every_encoding(written: Reader, text: str, codec: str, shown: str) -> None:
    sheet = written(text, encoding=codec)
    lines = text.splitlines()
    assert sheet.encoding == shown
    assert sheet.columns == tuple(lines[0].split(","))
    assert [row[1:] for row in rows(sheet)] == [tuple(line.split(",")) for line in lines[1:]]


@pytest.mark.parametrize("text", [TRADITIONAL, "編號,姓名\n1,林志玲\n", "id,name\n1,王建民\n"])
def test_traditional_chinese_is_read_as_big5(written: Reader, text: str) -> None:
    sheet = written(text, encoding="big5")
    assert sheet.encoding == "Big5"
    assert rows(sheet)[0][1:] == tuple(text.splitlines()[1].split(","))


@pytest.mark.parametrize("name", ["王芳", "李娜", "刘洋", "欧阳修", "陈静", "上海", "广东省"])
def test_one_short_chinese_name_is_enough(written: Reader, name: str) -> None:
    assert rows(written(f"id,name\n1,{name}\n", encoding="gbk")) == [(2, "1", name)]


@pytest.mark.parametrize("text", [EUROPEAN, "id,price\n1,5 €\n2,“7 £”\n", "id,name\n1,Zoë\n"])
def test_western_text_is_read_as_windows_1252(written: Reader, text: str) -> None:
    sheet = written(text, encoding="cp1252")
    assert sheet.encoding == "Windows-1252"
    assert [row[1:] for row in rows(sheet)] == [tuple(line.split(",")) for line in text.splitlines()[1:]]


def test_greek_and_russian_are_told_from_western_text(written: Reader) -> None:
    assert rows(written("id,name\n1,Αλέξανδρος\n2,Λεωνίδας\n", encoding="cp1253"))[0][2] == "Αλέξανδρος"
    assert rows(written("id,name\n1,Наталья\n2,Константин\n", encoding="cp1251"))[1][2] == "Константин"


@pytest.mark.parametrize(
    ("codec", "name"), [("gbk", "诸葛亮"), ("cp1252", "Søren"), ("utf-8", "诸葛亮"), ("gb18030", "诸葛亮 £5")]
)
def test_the_first_foreign_letter_may_stand_in_the_last_row(written: Reader, codec: str, name: str) -> None:
    plain = "".join(f"{n},name {n}\n" for n in range(50_000))
    sheet = written(f"id,name\n{plain}50000,{name}\n", encoding=codec)
    assert rows(sheet)[-1] == (50_002, "50000", name)


def test_a_damaged_character_is_counted_and_the_rest_is_read(written: Reader) -> None:
    content = bytearray("id,name\n" + "1,北京市朝阳区\n" * 40, "utf-8")
    del content[-2]
    sheet = written(bytes(content))
    assert rows(sheet)[0] == (2, "1", "北京市朝阳区")
    assert "1 character(s) are damaged: they cannot be read as UTF-8" in said(sheet)


def test_plain_ascii_is_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    assert str(encoding_of(tmp_path / "a.csv")) == "UTF-8"


@pytest.mark.parametrize(
    ("first", "second", "codec"),
    [
        ("José Müller,Zürich", "Zoë Ångström,Malmö", "cp1252"),
        ("李雷,上海市浦东新区", "韩梅梅,北京市朝阳区", "gb18030"),
        ("李雷,上海市浦东新区", "王小明,台北市信義區", "cp950"),
        ("Иван Петров,Москва", "Сергей Смирнов,Казань", "cp1251"),
    ],
)
@pytest.mark.parametrize("times", [1, 30])
def test_each_line_is_read_in_its_own_encoding(
    written: Reader, first: str, second: str, codec: str, times: int
) -> None:
    lines = [f"{n},{first}\n".encode() for n in range(times)]
    lines += [f"{n},{second}\n".encode(codec) for n in range(times, 2 * times)]
    for order in (lines, lines[::-1]):
        sheet = written(b"id,name,city\n" + b"".join(order))
        assert {row[2:] for row in rows(sheet)} == {tuple(first.split(",")), tuple(second.split(","))}
        assert f"more than one encoding: UTF-8, {Encoding(codec)}" in said(sheet)


def test_cells_of_one_line_may_differ_in_encoding(written: Reader) -> None:
    line = "1,José,".encode() + "Malmö\n".encode("cp1252")
    assert [row[1:] for row in rows(written(b"id,name,city\n" + line * 3))] == [("1", "José", "Malmö")] * 3


def test_names_in_gb18030_that_could_be_utf8_stay_what_they_are(written: Reader) -> None:
    names = ["李雷", "联通", "陆毅", "聂瑞", "拢拢", "韩梅梅", "欧阳娜娜", "王小明"]
    sheet = written(
        "编号,姓名\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names)), encoding="gb18030"
    )
    assert ([row[2] for row in rows(sheet)], said(sheet)) == (names, "")


def test_what_is_left_of_a_cut_character_is_damage(written: Reader) -> None:
    sheet = written("id,name\n1,José\n2,Zoë\n".encode() + b"3,Jos\xc3\n")
    assert rows(sheet)[2][2] == "Jos\ufffd"
    assert "1 character(s) are damaged" in said(sheet)

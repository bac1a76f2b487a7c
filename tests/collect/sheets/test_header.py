import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.collect.sheets.header import find, kind_of, names
from shuke.collect.sheets.sheet import ROW, RawRow


def header_row(*lines: str) -> int | None:
    layout = find([RawRow(n, list(line.split(","))) for n, line in enumerate(lines, start=1)])
    return None if layout is None else layout.header_row


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (["id,name", "1,a", "2,b"], 1),
        (["1,a", "2,b", "3,c"], 0),
        (["name,city", "Li,Hangzhou", "Han,Ningbo"], 1),
        (["product,2022,2023", "tea,150,170", "wine,90,120"], 1),
        (["A1,2022,5", "A2,2023,6", "A3,2023,7"], 0),
        (["# made by hand", "id,name,age", "1,a,30"], 2),
        (["导出时间,2024-01-01,,,", "店铺,旗舰店,,,", "日期,商品,数量,价格,金额", "2024-01-01,茶,1,2,3"], 3),
        (["13800000001,a@example.com", "13800000002,b@example.com"], 0),
        (["id,,age", "1,a,30"], 1),
        (["2,中国人"], 0),
        (["id,name"], 1),
        ([",", ","], None),
    ],
)
def test_the_header_is_found_by_what_stands_below_it(lines: list[str], row: int | None) -> None:
    assert header_row(*lines) == row


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("13.02.2026", "date"),
        ("2026.2.13", "date"),
        ("1.200,00", "number"),
        ("1.200.000", "number"),
        ("01.23.45.67.89", "number"),
    ],
)
def test_a_day_with_dots_is_no_number(cell: str, kind: str) -> None:
    assert kind_of(cell) == kind


def test_a_forgotten_heading_is_given_a_name() -> None:
    layout = find([RawRow(1, ["id", "name"]), RawRow(2, ["1", "a", "x"]), RawRow(3, ["2", "b", "y"])])
    assert layout is not None
    assert layout.columns == ("id", "name", "column 3")


def test_blank_and_repeated_headings_are_numbered() -> None:
    assert names(["id", "", "ID", None, " a\n b "]) == ("id", "column 2", "ID (2)", "column 4", "a b")


@given(st.lists(st.none() | st.text(max_size=5) | st.sampled_from(["a", "A", "a (2)", "column 2", ROW])))
def test_names_are_never_blank_nor_alike(cells: list[str | None]) -> None:
    made = names(cells)
    assert len({name.casefold() for name in (*made, ROW)}) == len(cells) + 1
    assert all(name.strip() for name in made)

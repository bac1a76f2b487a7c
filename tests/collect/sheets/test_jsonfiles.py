import json
from pathlib import Path

import pytest

from shuke.collect.sheets import jsonfiles, read
from shuke.errors import Unreadable
from tests.collect.sheets.reading import Reader, rows


def test_an_array_of_objects_is_a_table_with_every_key(written: Reader) -> None:
    sheet = written(
        '[{"id": 1, "price": 1.10}, {"id": 620123456789012345, "paid": true, "note": null}]', "a.json"
    )
    assert (sheet.columns, sheet.header_row) == (("id", "price", "paid", "note"), 0)
    assert rows(sheet) == [(1, "1", "1.10", None, None), (2, "620123456789012345", None, "true", None)]


def test_nested_objects_are_flattened_and_arrays_stay_json(written: Reader) -> None:
    sheet = written(
        '{"buyer": {"name": "李", "at": {"city": "杭州"}}, "tags": ["a", 1]}\n{"buyer": {}}\n', "a.jsonl"
    )
    assert sheet.columns == ("buyer.name", "buyer.at.city", "tags")
    assert rows(sheet) == [(1, "李", "杭州", '["a", "1"]')]
    assert sheet.blank_rows == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\n\n"])
def test_lines_of_objects_may_end_in_any_way(written: Reader, end: str) -> None:
    assert rows(written(end.join(['{"a": 1}', '{"a": 2}', ""]), "a.txt")) == [(1, "1"), (2, "2")]


def test_an_object_gives_a_sheet_for_each_array_in_it(tmp_path: Path, work: Path) -> None:
    content = {"page": 1, "data": {"orders": [{"id": "A1"}]}, "buyers": [{"name": "Li"}, {"name": "Han"}]}
    (tmp_path / "a.json").write_text(json.dumps(content))
    orders, buyers = read(tmp_path / "a.json", work=work)
    assert (orders.sheet, rows(orders)) == ("data.orders", [(1, "A1")])
    assert (buyers.sheet, rows(buyers)) == ("buyers", [(1, "Li"), (2, "Han")])


def test_rows_of_arrays_have_a_header(written: Reader) -> None:
    assert rows(written('[["id", "name"], [1, "a"], [2, "b"]]', "a.json")) == [(2, "1", "a"), (3, "2", "b")]
    assert rows(written('["id", "name"]\n[1, "a"]\n[2, "b"]\n', "a.jsonl")) == [(2, "1", "a"), (3, "2", "b")]


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_values_are_whole_wherever_a_chunk_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    values = [{"a": 12345, "b": "x,]}"}, {"a": -1.5, "b": ["]", {"c": "\\"}]}, {}]
    monkeypatch.setattr(jsonfiles, "_CHUNK", chunk)
    for name, text in (
        ("array", json.dumps(values, indent=1)),
        ("lines", "\n".join(map(json.dumps, values))),
    ):
        (tmp_path / name).write_text(text)
        assert list(jsonfiles.values(tmp_path / name)) == json.loads(
            json.dumps(values), parse_int=str, parse_float=str
        )


@pytest.mark.parametrize("content", ["[]", "[1, 2]", '{"a": ', "[{'a': 1}]", '[{"a": 1}', '{"a": 1} x', "{}"])
def test_json_that_is_no_table_is_unreadable(written: Reader, content: str) -> None:
    with pytest.raises(Unreadable, match=r"a\.json"):
        written(content, "a.json")


def test_json_may_be_utf_16(written: Reader) -> None:
    assert rows(written('[{"姓名": "李雷"}]', "a.json", "utf-16")) == [(1, "李雷")]

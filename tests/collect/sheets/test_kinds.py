from pathlib import Path

import pytest

from shuke.collect.sheets import expand, read
from shuke.errors import Unreadable, WrongCall
from tests.collect.sheets.reading import Reader, rows


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a.csv is empty"),
        (b"%PDF-1.7 ...", "a.csv is a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "a.csv is a PNG file"),
        (bytes(range(256)) * 20, "a.csv is a binary file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.csv is a web page or XML"),
        (b"PK\x03\x04 and no more", "a.csv is a damaged ZIP archive"),
        (b"PAR1 and no more", "a.csv is a damaged or encrypted Parquet file"),
    ],
)
def test_what_is_no_table_is_said_in_one_line(written: Reader, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as raised:
        written(content, "a.csv")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (",".join(f"c{n}" for n in range(2001)) + "\n1\n", "a.csv has more than the 2000 columns"),
        (f"name,{'x' * 2001}\nAnn,1\n", "the heading of column 2 has 2001 characters"),
        ("[{" + ",".join(f'"c{n}": 1' for n in range(2001)) + "}]", "a.csv has more than the 2000 columns"),
    ],
)
def test_what_nobody_could_look_through_is_refused(written: Reader, content: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        written(content, "a.csv")


def test_content_counts_not_the_name(written: Reader) -> None:
    assert rows(written('[{"id": 1}]', "table.csv")) == [(1, "1")]
    assert rows(written("id,name\n1,a\n", "table.xlsx")) == [(2, "1", "a")]


def test_an_upload_goes_by_the_name_it_had(tmp_path: Path, work: Path) -> None:
    (tmp_path / "3f2a").write_text("id,name\n1,a\n")
    [sheet] = read(tmp_path / "3f2a", work=work, name="客户.csv")
    assert sheet.file == "客户.csv"


def test_patterns_stand_for_files_in_order_each_once(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "[c].csv"):
        (tmp_path / name).touch()
    found = expand([str(tmp_path / "[ab].csv"), str(tmp_path / "a.csv"), str(tmp_path / "[c].csv")])
    assert [path.name for path in found] == ["a.csv", "b.csv", "[c].csv"]


def test_a_pattern_without_files_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="There is no file"):
        expand([str(tmp_path / "*.csv")])
    with pytest.raises(WrongCall, match="There is no file"):
        expand([str(tmp_path / "a.csv")])
    with pytest.raises(WrongCall, match="is a folder"):
        expand([str(tmp_path)])

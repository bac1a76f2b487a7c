"""Files that were made to take more than they are worth, and files that are broken somewhere."""

import io
import json
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from shuke.collect.sandbox import process
from shuke.collect.sandbox.inspection import WorkbookRefused, letters, look
from shuke.collect.sheets import isolated, read
from shuke.collect.sheets.sheet import InputFile
from shuke.errors import Unreadable
from tests.collect.sheets.reading import rows

TABLE = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
    b'<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
)
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def plain() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("Till")
        for number, row in enumerate([["id", "name", "paid"], [1, "Ann", 2.5], [2, "李雷", 3]]):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def workbook(path: Path, *cells: bytes, texts: bytes = b"") -> Path:
    """A workbook with one worksheet of these cells, and where `texts` are given, with these to share."""
    with zipfile.ZipFile(io.BytesIO(plain())) as given:
        members = {name: given.read(name) for name in given.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    body = b"<sheetData>" + b"".join(cells) + b"</sheetData>"
    members[sheet] = re.sub(
        rb"<dimension[^>]*>", b"", re.sub(rb"<sheetData>.*</sheetData>", body, members[sheet])
    )
    if texts:
        members["xl/sharedStrings.xml"] = re.sub(
            rb"<si>.*</si>", lambda _: b"<si><t>" + texts + b"</t></si>", members["xl/sharedStrings.xml"]
        )
    return packed(path, members)


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def open_document(path: Path, table: str) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Till">'
        f"{table}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return packed(path, {"mimetype": kind.encode(), "content.xml": content.encode()})


#: In a process of its own, of which nobody else has waited for a process: what a file is refused with, and
#: how many bytes the largest process took that was started to read it.
ALONE = """
import resource, sys
from pathlib import Path
from shuke.collect.sheets import read
from shuke.errors import Unreadable
try:
    read(Path(sys.argv[1]), work=Path(sys.argv[2]))
except Unreadable as refused:
    print(refused)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10)
"""


@pytest.mark.parametrize("between", [b"", b" " * (3 << 20)], ids=["small", "larger"])
def test_a_cell_far_away_is_named_and_costs_nothing(tmp_path: Path, work: Path, between: bytes) -> None:
    """In a larger file cells are looked at when its reader has asked for too much."""
    path = workbook(tmp_path / "a.xlsx", TABLE, between, FAR)
    told = subprocess.run(
        [sys.executable, "-c", ALONE, path, work], capture_output=True, text=True, check=True
    )
    refused, peak = told.stdout.splitlines()
    assert re.search(r"a\.xlsx, worksheet Till: .* cell XFD1048576, .* 1048576 rows and 16384", refused)
    assert 0 < int(peak) < 1 << 30


def test_cells_that_are_only_formatted_are_no_part_of_the_table(tmp_path: Path, work: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE, b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    [sheet] = read(path, work=work)
    assert rows(sheet) == [(2, "1", "2")]


def test_a_table_may_begin_far_down(tmp_path: Path, work: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", re.sub(rb'(r="[A-Z]*)(\d)"', rb'\g<1>100\2"', TABLE))
    [sheet] = read(path, work=work)
    assert (sheet.header_row, sheet.blank_rows, rows(sheet)) == (1001, 1000, [(1002, "1", "2")])


def test_shared_texts_of_many_megabytes_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE, texts=b"a" * (3 << 20))
    monkeypatch.setattr("shuke.collect.sandbox.inspection._TEXTS", 1 << 20)
    with pytest.raises(WorkbookRefused) as refused:
        look(path, memory=1 << 30, thorough=False)
    assert (refused.value.word, refused.value.values) == ("texts", {"size": 3, "most": 1})


def test_a_text_that_many_cells_share_ends_its_own_process(tmp_path: Path, work: Path) -> None:
    cells = (b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(3, 3000))
    path = workbook(tmp_path / "a.xlsx", TABLE, *cells, texts=b"ab" * (1 << 19))
    with pytest.raises(Unreadable, match=r"a\.xlsx takes more than \d+ MB of memory to read"):
        read(path, work=work)


@pytest.mark.parametrize(
    ("table", "cell"),
    [
        ('<table:table-row table:number-rows-repeated="1048576">{0}</table:table-row>', "XFD1048576"),
        ("<table:table-row>{1}</table:table-row><table:table-row>{0}</table:table-row>" * 600, "XFD1200"),
    ],
    ids=["rows", "columns"],
)
def test_cells_that_say_how_often_they_come_are_counted(
    tmp_path: Path, work: Path, table: str, cell: str
) -> None:
    filled = (
        '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    )
    path = open_document(tmp_path / "a.ods", table.format(filled, "<table:table-cell/>"))
    with pytest.raises(Unreadable, match=f"worksheet Till: .* cell {cell}"):
        read(path, work=work)


def test_an_old_workbook_is_looked_at_too(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Kasse")
    sheet.write(0, 0, "id")
    sheet.write(65_000, 200, 7)
    book.save(str(tmp_path / "a.xls"))
    with pytest.raises(WorkbookRefused) as refused:
        look(tmp_path / "a.xls", memory=64 << 20, thorough=False)
    assert refused.value.values | {"most": 0} == {
        "sheet": "Kasse", "cell": "GS65001", "rows": 65_001, "columns": 201, "most": 0,
    }  # fmt: skip
    look(tmp_path / "a.xls", memory=2 << 30, thorough=True)


def test_columns_are_called_as_a_spreadsheet_calls_them() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shuke.collect.sheets.jsonfiles._MOST", 16 << 20)
    monkeypatch.setattr("shuke.collect.sheets.jsonfiles._LARGE", 1 << 20)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", '[{"a": ' * 50_000, "too deep"),
        ("a.json", '{"a": [' + "{},[]," * 200_000 + "{}]}", "more than 16 MB"),
        ("a.json", "\n".join(json.dumps({f"k{n}": 1}) for n in range(2_500)), "more than the 2000"),
        ("a.vcf", "BEGIN:VCARD\n" + "TEL:1\n" * 5_000 + "END:VCARD\n", "more than 1000 lines"),
    ],
    ids=["deep", "many values", "many keys", "a long card"],
)
@pytest.mark.usefixtures("narrow")
def test_what_would_grow_beyond_measure_is_refused(
    tmp_path: Path, work: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(Unreadable, match=said):
        read(tmp_path / name, work=work)


def test_a_parquet_file_that_says_far_more_than_it_is_large_is_refused(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({"id": [17] * 60_000}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", work=work)[0].rows == 60_000
    monkeypatch.setattr("shuke.collect.sheets.parquets._LEAST", 1 << 10)
    monkeypatch.setattr("shuke.collect.sheets.parquets._RATIO", 2)
    with pytest.raises(Unreadable, match=r"a\.parquet is damaged, or takes more memory or time"):
        read(tmp_path / "a.parquet", work=work)


def test_a_process_is_kept_for_the_next_workbook_and_left_where_one_was_refused(
    tmp_path: Path, work: Path
) -> None:
    good, bad = workbook(tmp_path / "a.xlsx", TABLE), workbook(tmp_path / "b.xlsx", TABLE, FAR)
    read(good, work=work)
    [before] = {each.pid for each in isolated.POOL.idle}
    read(good, work=work)
    assert {each.pid for each in isolated.POOL.idle} == {before}
    with pytest.raises(Unreadable):
        read(bad, work=work)
    assert isolated.POOL.idle == []
    assert read(good, work=work)


def test_a_reader_that_is_given_no_more_memory_says_how_much_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def starved(*_path: object, **_limits: object) -> None:
        raise MemoryError

    monkeypatch.setattr(process, "take_at_most", lambda **_limits: None)
    monkeypatch.setattr(process, "look", starved)
    told = io.StringIO()
    process.serve(io.StringIO('{"path": "a.xlsx", "seconds": 1, "memory": 7340032, "look": false}\n'), told)
    [said] = [line for each in told.getvalue().splitlines() if "refused" in (line := json.loads(each))]
    reason = isolated.refused(said, InputFile(tmp_path, "a.xlsx", tmp_path))
    assert "a.xlsx takes more than 7 MB of memory" in str(reason)


def test_many_lines_and_parameters_of_a_card_cost_no_more_than_their_size(tmp_path: Path, work: Path) -> None:
    folded = b"NOTE;ENCODING=QUOTED-PRINTABLE:a" + b"=\n=" * 200_000 + b"b\n"
    (tmp_path / "a.vcf").write_bytes(
        b"BEGIN:VCARD\nFN:Ann\nTEL"
        + b";TYPE=a" * 200_000
        + b":1\n"
        + folded
        + b"TEL:2\n" * 900
        + b"END:VCARD\n"
    )
    begun = time.process_time()
    [sheet] = read(tmp_path / "a.vcf", work=work)
    assert len(sheet.columns) == 903
    assert time.process_time() - begun < 20

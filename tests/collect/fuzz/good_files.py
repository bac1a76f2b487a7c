"""One good file of every kind that is read, from which the broken ones are made."""

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

from tests.collect.sheets.test_workbooks import binary

HEADINGS = ["order no", "date", "customer", "phone", "city", "product", "qty", "paid"]


def table() -> list[list[object]]:
    people = [("李雷", "13800138000", "上海"), ("Ann Lee", "+44 20 7946 0000", "London"), ("Zoë", "", "Köln")]
    return [
        [1000 + n, f"2024-03-{n % 28 + 1:02}", *people[n % 3], f"Tea {n % 5}, green", n % 4 + 1, n * 2.5]
        for n in range(40)
    ]


def _rows() -> list[list[object]]:
    return [list(HEADINGS), *table()]


def text(delimiter: str = ",") -> str:
    rows = [
        delimiter.join(f'"{cell}"' if isinstance(cell, str) else str(cell) for cell in row) for row in table()
    ]
    return "\n".join([delimiter.join(HEADINGS), *rows, ""])


def packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def good(kind: str) -> bytes:
    """The good file of a kind, which is the ending of its name."""
    return KINDS[kind]()


def _xlsx() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet, day = book.add_worksheet("Till"), book.add_format({"num_format": "yyyy-mm-dd"})
        code, share = book.add_format({"num_format": "00000"}), book.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, [*HEADINGS, "code", "discount", "when"])
        for number, row in enumerate(table(), start=1):
            sheet.write_row(number, 0, row)
            sheet.write_number(number, 8, number, code)
            sheet.write_number(number, 9, number / 100, share)
            sheet.write_datetime(number, 10, dt.date(2024, 3, 5), day)
        sheet.merge_range("E2:E5", "Paris")
        book.add_worksheet("空").write_row(0, 0, ["id", "name"])
    return made.getvalue()


def _xls() -> bytes:
    book, made = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Kasse")
    share = xlwt.easyxf(num_format_str="0.0%")
    for number, row in enumerate(_rows()):
        for column, cell in enumerate(row):
            if column == 7 and number:
                sheet.write(number, column, cell, share)
            else:
                sheet.write(number, column, cell)
    book.save(made)
    return made.getvalue()


def _xlsb() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return binary(Path(folder) / "a.xlsb", ["code", "price"], [42.0, 12.5], [43.0, 0.15]).read_bytes()


def _ods() -> bytes:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    rows = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in _rows())
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Till">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    members = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return packed({name: content.encode() for name, content in members.items()})


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def objects() -> list[dict[str, object]]:
    return [
        {**dict(zip(HEADINGS, row, strict=True)), "who": {"tags": ["a", None], "vip": True}}
        for row in table()
    ]


def _parquet() -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(objects()), made, row_group_size=15)
    return made.getvalue()


def _cards() -> str:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:{0}\nTEL;TYPE=cell:{1}\nADR:;;1 Road;{2};;;\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE:a=3D=\n b\nEND:VCARD\n"
    )
    return "".join(card.format(*row[2:5]) for row in table())


KINDS: dict[str, Callable[[], bytes]] = {
    "csv": lambda: text().encode(),
    "tsv": lambda: text("\t").encode("utf-16"),
    "txt": lambda: text(";").replace("Zoë", "").replace("Köln", "").encode("gb18030"),
    "json": lambda: json.dumps(objects(), ensure_ascii=False).encode(),
    "jsonl": lambda: "\n".join(map(json.dumps, objects())).encode(),
    "nested.json": lambda: json.dumps({"data": {"orders": objects()}, "page": 1}, indent=1).encode(),
    "vcf": lambda: _cards().encode(),
    "xlsx": _xlsx,
    "xls": _xls,
    "xlsb": _xlsb,
    "ods": _ods,
    "parquet": _parquet,
    "html": f"<html><table><tr><td>{text().replace(',', '<td>')}</table></html>".encode,
    "zip": lambda: packed(
        {"orders.csv": good("csv"), "more/people.json": good("json"), "a.xlsx": good("xlsx")}
    ),
    "gz": lambda: gzip.compress(good("csv"), mtime=0),
    "bz2": lambda: bz2.compress(good("json")),
    "xz": lambda: lzma.compress(good("csv")),
}

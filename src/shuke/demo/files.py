"""Files: how do the systems hand over what they hold?"""

import codecs
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import xlsxwriter

from shuke.demo import exports
from shuke.demo.dirt import Dirt

#: above so many rows the members come as CSV: a sheet holds no more than 1,048,576, and nobody opens that
SHEET_ROWS = 50_000

_CHUNK = 1 << 22

#: the column of the members' sheet that holds numbers
_POINTS = 8

#: a workbook says when it was made; ours always says this, so that the same seed makes the same bytes
_MADE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file, and the name of the source under which it is to be imported."""

    source: str
    path: Path


#: source and query of every plain CSV file, in import order
_PLAIN = {
    "products.csv": ("products", exports.PRODUCTS),
    "stores.csv": ("stores", exports.STORES),
    "till_1.csv": ("till", exports.TILL_BEFORE),
    "till_2.csv": ("till", exports.TILL_AFTER),
    "webshop_orders.csv": ("webshop", exports.WEBSHOP),
    "invoices.csv": ("invoices", exports.INVOICES),
    "payments.csv": ("payments", exports.PAYMENTS),
    "credit_limits.csv": ("credit_limits", exports.CREDIT_LIMITS),
}


def write(db: duckdb.DuckDBPyConnection, folder: Path, *, dirt: Dirt) -> tuple[SourceFile, ...]:
    """Write all files into `folder`; tell them in the order in which to import them."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = [_plain(db, folder / name, source, query) for name, (source, query) in _PLAIN.items()]
    members = SourceFile(source="members", path=_members(db, folder))
    taobao = _plain(db, folder / "taobao_orders.csv", "taobao", exports.TAOBAO)
    if dirt.legacy_encodings:
        _transcode(taobao.path, "gb18030")
    return (*plain[:2], members, *plain[2:5], taobao, *plain[5:])


def _plain(
    db: duckdb.DuckDBPyConnection, path: Path, source: str, query: str, options: str = "HEADER"
) -> SourceFile:
    db.execute(f"COPY ({query}) TO '{_quoted(path)}' (FORMAT csv, {options})")
    return SourceFile(source=source, path=path)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _transcode(path: Path, encoding: str) -> None:
    """Put a UTF-8 file into another encoding, a piece at a time."""
    aside = path.with_suffix(".utf8")
    path.rename(aside)
    decoder, encoder = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementalencoder(encoding)()
    with aside.open("rb") as source, path.open("wb") as target:
        while piece := source.read(_CHUNK):
            target.write(encoder.encode(decoder.decode(piece)))
    aside.unlink()


def _members(db: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    (rows,) = db.execute("SELECT count(*) FROM cards").fetchall()[0]
    if rows > SHEET_ROWS:
        return _plain(db, folder / "members.csv", "members", exports.MEMBERS, "HEADER false").path
    _sheet(folder / "members.xlsx", db.execute(exports.MEMBERS).fetchall())
    return folder / "members.xlsx"


def _sheet(path: Path, rows: list[tuple[str | None, ...]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet("会员")
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                if text and column == _POINTS and text.isdigit():
                    sheet.write_number(number, column, int(text))
                else:
                    sheet.write_string(number, column, text or "")

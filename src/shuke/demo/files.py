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


#: what each file holds, of which source it is, and how it is written, in import order
_FILES = {
    "products.csv": ("products", exports.PRODUCTS, "csv, HEADER"),
    "stores.csv": ("stores", exports.STORES, "csv, HEADER"),
    "members.xlsx": ("members", exports.MEMBERS, "xlsx"),
    "till_1.csv": ("till", exports.TILL_BEFORE, "csv, HEADER"),
    "till_2.csv": ("till", exports.TILL_AFTER, "csv, HEADER"),
    "webshop_orders.csv": ("webshop", exports.WEBSHOP, "csv, HEADER"),
    "taobao_orders.csv": ("taobao", exports.TAOBAO, "csv, HEADER"),
    "call_centre.jsonl": ("call_centre", exports.CALL_CENTRE, "json"),
    "survey.csv": ("survey", exports.SURVEY, "csv, HEADER"),
    "exhibition.vcf": ("exhibition", exports.EXHIBITION, "vcard"),
    "partner_list.csv": ("partners", exports.PARTNERS, "csv, HEADER, DELIMITER ';'"),
    "invoices.csv": ("erp", exports.INVOICES, "csv, HEADER"),
    "payments.csv": ("erp", exports.PAYMENTS, "csv, HEADER"),
    "credit_limits.csv": ("erp", exports.CREDIT_LIMITS, "csv, HEADER"),
    "contracts.csv": ("erp", exports.CONTRACTS, "csv, HEADER"),
    "plans.csv": ("erp", exports.PLANS, "csv, HEADER"),
    "budgets.csv": ("erp", exports.BUDGETS, "csv, HEADER"),
    "expenses.csv": ("erp", exports.EXPENSES, "csv, HEADER"),
    "coupons.csv": ("club", exports.COUPONS, "csv, HEADER"),
    "mailings.csv": ("club", exports.MAILINGS, "csv, HEADER"),
    "letters.csv": ("club", exports.LETTERS, "csv, HEADER"),
    "app_events.jsonl": ("app", exports.EVENTS, "json"),
    "ratings.csv": ("ratings", exports.RATINGS, "csv, HEADER"),
    "service_survey.csv": ("care", exports.CARE, "csv, HEADER"),
    "sales_calls.csv": ("sales", exports.SALES_CALLS, "csv, HEADER"),
    "opportunities.csv": ("erp", exports.OPPORTUNITIES, "csv, HEADER"),
    "home_service.csv": ("club", exports.HOME_SERVICE, "csv, HEADER"),
    "market.csv": ("statistics", exports.OUTSIDE, "csv, HEADER"),
}

_LEGACY = {"taobao_orders.csv": "gb18030", "partner_list.csv": "utf-16"}


def write(db: duckdb.DuckDBPyConnection, folder: Path, *, dirt: Dirt) -> tuple[SourceFile, ...]:
    """Write all files into `folder`; tell them in the order in which to import them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = tuple(
        SourceFile(source=source, path=_write(db, folder / name, query, form))
        for name, (source, query, form) in _FILES.items()
    )
    if dirt.legacy_encodings:
        for name, encoding in _LEGACY.items():
            _transcode(folder / name, encoding)
    return made


def _write(db: duckdb.DuckDBPyConnection, path: Path, query: str, form: str) -> Path:
    if form == "xlsx" and _too_long(db):
        path, form = path.with_suffix(".csv"), "csv, HEADER false"
    if form == "xlsx":
        _sheet(path, db.execute(query).fetchall())
    elif form == "vcard":
        path.write_text(
            "".join(_vcard(row) for row in db.execute(query).fetchall()), encoding="utf-8", newline=""
        )
    else:
        db.execute(f"COPY ({query}) TO '{_quoted(path)}' (FORMAT {form})")
    return path


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


def _too_long(db: duckdb.DuckDBPyConnection) -> bool:
    (rows,) = db.execute("SELECT count(*) FROM cards").fetchall()[0]
    return int(rows) > SHEET_ROWS


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


def _vcard(lines: tuple[str | None, ...]) -> str:
    """The lines of a visitor that say something, between a card's first and last."""
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *filter(None, lines), "END:VCARD", ""))

"""Real exports, with figures that others have published or that were counted without this program."""

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from shuke.app import Opened
from shuke.builds import pipeline
from shuke.collect import sheets
from shuke.collect.mapping import Reading
from shuke.store.landing import Receipt
from tests.collect.desk import NOW, Desk, Meaning, open_desk

pytestmark = pytest.mark.shared

RETAIL: dict[str, Meaning] = {
    "InvoiceNo": "orders.order_no",
    "StockCode": "products.product_id",
    "Description": "products.name",
    "Quantity": "order_items.quantity",
    "InvoiceDate": "orders.ordered_at",
    "UnitPrice": "order_items.price",
    "CustomerID": "people.record_id",
    "Country": ["people.country", "orders.country"],
}
SHEET_ROWS = 100_000  # of the workbook: writing all of it would take longer than all else here


@pytest.fixture(scope="module")
def desk(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = open_desk(tmp_path_factory.mktemp("retail"))
    desk.folder.mkdir()
    desk.means("till", RETAIL)
    return desk


@pytest.fixture(scope="module")
def retail(shared_data: Path) -> Path:
    return shared_data / "online_retail_1" / "online_retail.parquet"


@pytest.fixture(scope="module")
def export(desk: Desk, retail: Path) -> Path:
    path = desk.folder / "online_retail.csv"
    duckdb.sql(f"COPY (FROM '{retail}') TO '{path}' (HEADER, TIMESTAMPFORMAT '%Y-%m-%d %H:%M')")
    return path


@pytest.fixture(scope="module")
def receipts(desk: Desk, export: Path) -> tuple[Receipt, Receipt]:
    """The export, imported twice."""
    return desk.take("till", export), desk.take("till", export)


@pytest.fixture(scope="module")
def opened(desk: Desk, receipts: tuple[Receipt, Receipt]) -> Opened:
    pipeline.build(desk.project, now=NOW)
    return desk.project.open()


def _one(opened: Opened, table: str, **figures: str) -> dict[str, Any]:
    """Figures over all rows of a table."""
    told = ", ".join(f"{figure} AS {name}" for name, figure in figures.items())
    return _rows(opened, table, f"SELECT {told} FROM rows")[0]


def _rows(opened: Opened, table: str, query: str) -> list[dict[str, Any]]:
    path = f"{opened.build.path(table)}/*.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW rows AS FROM read_parquet('{path}')")
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_line_of_the_export_lands_exact_repeats_included(receipts: tuple[Receipt, Receipt]) -> None:
    first, _ = receipts
    assert (first.read, first.loaded, first.unchanged, first.rejected) == (541_909, 541_909, 0, 0)
    assert first.tables["order_items"] == 541_909
    assert first.tables["orders"] == 25_900


def test_the_same_export_again_adds_nothing(receipts: tuple[Receipt, Receipt]) -> None:
    _, again = receipts
    assert (again.read, again.loaded, again.unchanged, again.rejected) == (541_909, 0, 541_909, 0)
    assert again.tables == {}


def test_the_purchases_agree_with_the_published_figures_to_the_cent(opened: Opened) -> None:
    assert _one(
        opened, "purchases", lines="count(*)", invoices="count(DISTINCT order_no)", amount="sum(amount)",
        anonymous="count(*) FILTER (customer_id IS NULL)", customers="count(DISTINCT customer_id)",
        cancellations="count(DISTINCT order_no) FILTER (order_no LIKE 'C%')",
        cancelled="count(*) FILTER (order_no LIKE 'C%')", returned="count(*) FILTER (is_return)",
    ) == {
        "lines": 541_909, "invoices": 25_900, "amount": Decimal("9747747.9340"), "anonymous": 135_080,
        "customers": 4_372, "cancellations": 3_836, "cancelled": 9_288, "returned": 10_624,
    }  # fmt: skip


def test_the_months_add_up_to_the_same_and_the_customers_are_those_of_the_export(opened: Opened) -> None:
    assert _one(opened, "monthly_sales", net="sum(net)", lines="sum(lines)", months="count(*)") == {
        "net": Decimal("9747747.9340"), "lines": 541_909, "months": 13
    }  # fmt: skip
    assert _one(opened, "customers", customers="count(*)") == {"customers": 4_372}


def test_postage_fees_and_corrections_are_not_goods(opened: Opened) -> None:
    found = _rows(
        opened, "purchases",
        "SELECT DISTINCT product_id, kind FROM rows "
        "WHERE product_id IN ('POST', 'DOT', 'M', 'BANK CHARGES', '85123A')",
    )  # fmt: skip
    assert {row["product_id"]: row["kind"] for row in found} == {
        "85123A": "goods", "POST": "shipping", "DOT": "shipping", "BANK CHARGES": "fee", "M": "adjustment"
    }  # fmt: skip


def test_a_workbook_gives_the_same_lines_as_the_text_file(
    desk: Desk, retail: Path, receipts: tuple[Receipt, Receipt]
) -> None:
    path = desk.folder / "online_retail.xlsx"
    _workbook(path, pq.read_table(retail).slice(0, SHEET_ROWS).to_pylist())
    receipt = desk.take("till", path)
    assert (receipt.read, receipt.rejected) == (SHEET_ROWS, 0)
    # Products have been called by several names, and what most of these rows call them is another one.
    assert set(receipt.tables) <= {"products"}
    assert receipt.loaded <= receipt.tables.get("products", 0) < 100


def _workbook(path: Path, rows: list[dict[str, Any]]) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    dates = book.add_format({"num_format": "d/m/yyyy h:mm"})
    sheet = book.add_worksheet("Online Retail")
    sheet.write_row(0, 0, list(RETAIL))
    for number, row in enumerate(rows, start=1):
        for column, said in enumerate(row.values()):
            if column == 4:
                sheet.write_datetime(number, column, said, dates)
            elif isinstance(said, str):
                sheet.write_string(number, column, said)
            elif said is not None:
                sheet.write_number(number, column, said)
    book.close()


def _meanings(columns: Iterable[str], known: dict[str, str]) -> dict[str, Meaning]:
    """What the columns of somebody's file mean; `phone (2)` means what `phone` does."""
    return {column: known.get(re.sub(r" \(\d\)$", "", column), "further") for column in columns}


def test_a_scraped_list_of_sites_lands_whole_with_its_odd_phones_put_aside(
    desk: Desk, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "dedupe_examples" / "csv_example_messy_input.csv"
    known = {
        "Id": "people.record_id", "Site name": "people.organisation", "Address": "people.address",
        "Zip": "people.postcode", "Phone": "identifiers.phone", "Fax": "identifiers.fax",
    }  # fmt: skip
    here = open_desk(tmp_path)
    [sheet] = sheets.read(path, work=tmp_path / "sheets")
    here.means("sites", _meanings(sheet.columns, known))
    receipt = here.take("sites", path)
    assert (receipt.read, receipt.loaded, receipt.rejected) == (3_337, 3_337, 0)
    assert len(here.now("people", "record_id")) == 3_337
    assert here.take("sites", path).loaded == 0


def test_a_price_list_with_prices_as_people_write_them(desk: Desk, shared_data: Path, tmp_path: Path) -> None:
    here = open_desk(tmp_path)
    dollars = Reading(("products.list_price",), currency="USD")  # which dollars a sign means is not guessed
    known = {"unique_id": "products.product_id", "title": "products.name", "description": "further"}
    here.means("shop", {**known, "price": dollars})
    receipt = here.take("shop", shared_data / "dedupe_examples" / "AbtBuy_Abt.csv")
    assert (receipt.read, receipt.loaded, receipt.rejected) == (1_081, 1_081, 0)
    assert receipt.tables == {"products": 1_081}


def test_address_books_of_many_makers_land(desk: Desk, shared_data: Path, tmp_path: Path) -> None:
    known = {"name": "people.name", "email": "identifiers.email", "phone": "identifiers.phone"}
    folder = shared_data / "vcard_ezvcard" / "io" / "text"
    here = open_desk(tmp_path)
    paths = [folder / f"{name}.vcf" for name in ("John_Doe_ANDROID", "gmail-list", "rfc6350-example")]
    for number, path in enumerate(paths):
        for sheet in sheets.read(path, work=tmp_path / str(number)):
            here.means("contacts", _meanings(sheet.columns, known))
    receipt = here.take("contacts", *paths)
    assert (receipt.read, receipt.rejected) == (10, 0)
    assert ("Simon Perreault",) in here.now("people", "name")

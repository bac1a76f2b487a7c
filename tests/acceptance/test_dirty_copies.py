"""Do dirtier copies of one export give the same net sales to the cent, or a question?

A few thousand lines of the public retail sheet, written in the ways in which tills, shops and people write.
"""

from collections.abc import Callable
from csv import writer
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from shuke.collect.ingestion import ingest
from shuke.errors import Undecided
from tests.cases.desk import NOW, Desk

pytestmark = pytest.mark.shared

Line = dict[str, Any]
HEADINGS = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
Dirt = Callable[[list[Line], Path], tuple[Path, Decimal]]


@pytest.fixture(scope="module")
def lines(shared_data: Path) -> list[Line]:
    """Every fortieth invoice: goods, postage, returns, and lines that nobody is known to have bought."""
    sheet = shared_data / "online_retail_1" / "online_retail.parquet"
    query = f"""
        FROM '{sheet}' SELECT {", ".join(HEADINGS)}
        WHERE hash(InvoiceNo) % 300 = 7 AND UnitPrice <> 0
        ORDER BY InvoiceDate, InvoiceNo, StockCode, Quantity
    """
    with duckdb.connect() as connection:
        rows = connection.execute(query).fetchall()
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows]


def net(lines: list[Line]) -> Decimal:
    return sum((_amount(line) for line in lines), Decimal(0))


def _amount(line: Line) -> Decimal:
    return Decimal(str(line["Quantity"])) * Decimal(str(line["UnitPrice"]))


def cells(line: Line) -> list[str]:
    told = {
        **line,
        "InvoiceDate": f"{line['InvoiceDate']:%Y-%m-%d %H:%M}",
        "UnitPrice": f"{line['UnitPrice']:.2f}",
    }
    return ["" if told[name] is None else str(told[name]) for name in HEADINGS]


def table(lines: list[Line], **more: Callable[[int, Line], str]) -> list[list[str]]:
    """The sheet as texts, with further columns."""
    rows = [[*cells(line), *(tell(n, line) for tell in more.values())] for n, line in enumerate(lines)]
    return [[*HEADINGS, *(name.replace("_", " ") for name in more)], *rows]


def csv(rows: list[list[str]], path: Path, *, mark: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer(file, delimiter=mark).writerows(rows)
    return path


def currency_words(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    words = ("GBP", "gbp", "£", "Pound", "英镑", "Pounds Sterling")
    return csv(table(lines, Currency=lambda n, _: words[n % len(words)]), folder / "words.csv"), net(lines)


def signs_in_amounts(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    rows = table(lines)
    signs = ("£{}", "{} GBP", "GBP {}", "£ {}")
    for n, row in enumerate(rows[1:]):
        row[5] = signs[n % len(signs)].format(row[5])
    return csv(rows, folder / "signs.csv"), net(lines)


def percent_discounts(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    shares = (0, 10, 25)
    rows = table(lines, Discount=lambda n, _: f"{shares[n % 3]}%")
    less = sum((_amount(line) * (100 - shares[n % 3]) / 100 for n, line in enumerate(lines)), Decimal(0))
    return csv(rows, folder / "percent.csv"), less


def statuses(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    """Every tenth invoice once more, under another number, as one that came to nothing."""
    words = ("Refunded", "Cancelled by customer", "已退款", "declined", "draft", "交易关闭")
    rows = table(lines, Status=lambda *_: "Paid")
    sold = [line for line in lines if line["Quantity"] > 0]
    for n, line in enumerate(sold[::10]):
        rows.append([f"9{line['InvoiceNo']}{n}", *cells(line)[1:], words[n % len(words)]])
    return csv(rows, folder / "statuses.csv"), net(lines)


def mixed_encodings(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    texts = [",".join(row).encode() for row in table([{**line, "Description": "PICNIC"} for line in lines])]
    for n in range(1, len(texts)):
        name = "CAFÉ CRÈME" if n % 3 else "Bückling"
        texts[n] = texts[n].replace(b"PICNIC", name.encode("utf-8" if n < len(texts) // 2 else "cp1252"))
    path = folder / "encodings.csv"
    path.write_bytes(b"\n".join(texts) + b"\n")
    return path, net(lines)


def header_in_two_rows(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    heading, *rows = table(lines)
    above = ["Order", "Product", "", "", "Order", "Product", "Customer"]
    return csv([above, heading, *rows], folder / "header.csv"), net(lines)


def titles_totals_and_repeated_headings(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    heading, *rows = table(lines)
    half = len(rows) // 2
    total = ["Total", "", "", str(sum(line["Quantity"] for line in lines)), "", "", ""]
    blank = [""] * len(heading)
    title = ["Sales report", *blank[1:]]
    printed = [
        title,
        ["Printed 2011-12-10", *blank[1:]],
        blank,
        heading,
        *rows[:half],
        heading,
        *rows[half:],
        total,
    ]
    return csv(printed, folder / "printed.csv"), net(lines)


def blank_parents(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    heading, *rows = table(lines)
    for above, below in zip(lines[::-1][1:], rows[::-1], strict=False):
        if str(above["InvoiceNo"]) == below[0]:
            below[0] = below[4] = below[6] = ""
    return csv([heading, *rows], folder / "parents.csv"), net(lines)


def merged_cells(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    path = folder / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        at = 1
        for _, group in groupby(lines, key=lambda line: line["InvoiceNo"]):
            several = list(group)
            for n, line in enumerate(several):
                sheet.write_row(at + n, 0, cells(line)[:3])
                sheet.write_number(at + n, 3, line["Quantity"])
                sheet.write_row(at + n, 4, cells(line)[4:5])
                sheet.write_number(at + n, 5, float(line["UnitPrice"]))
                sheet.write(at + n, 6, cells(line)[6])
            if len(several) > 1:
                for place in (0, 4, 6):
                    sheet.merge_range(at, place, at + len(several) - 1, place, cells(several[0])[place])
            at += len(several)
    return path, net(lines)


def decimal_commas(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    rows = table(lines)
    for row in rows[1:]:
        row[5] = row[5].replace(".", ",")
    return csv(rows, folder / "commas.csv", mark=";"), net(lines)


def direction_in_a_word(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    rows = table(lines, Transaction_type=lambda _, line: "Refund" if line["Quantity"] < 0 else "Sale")
    for row in rows[1:]:
        row[3] = row[3].removeprefix("-")
    return csv(rows, folder / "direction.csv"), net(lines)


def wide_months(lines: list[Line], folder: Path) -> tuple[Path, Decimal]:
    """One row a customer, one column a month."""
    known = [line for line in lines if line["CustomerID"] is not None]
    months = sorted({f"{line['InvoiceDate']:%Y-%m}" for line in known})
    sums: dict[int, dict[str, Decimal]] = {}
    for line in known:
        own = sums.setdefault(line["CustomerID"], dict.fromkeys(months, Decimal(0)))
        own[f"{line['InvoiceDate']:%Y-%m}"] += _amount(line)
    rows = [["CustomerID", *months], *([str(who), *map(str, own.values())] for who, own in sums.items())]
    return csv(rows, folder / "wide.csv"), net(known)


ALL: list[Dirt] = [
    currency_words, signs_in_amounts, percent_discounts, statuses, mixed_encodings, header_in_two_rows,
    titles_totals_and_repeated_headings, blank_parents, merged_cells, decimal_commas, direction_in_a_word,
    wide_months,
]  # fmt: skip


@pytest.mark.parametrize("dirt", ALL, ids=lambda dirt: dirt.__name__)
def test_a_dirtier_copy_says_the_same_or_is_asked_about(dirt: Dirt, lines: list[Line], tmp_path: Path):
    path, right = dirt(lines, tmp_path)
    assert sold(path, tmp_path) in (round(right, 2), "asked")


def test_the_clean_copy_is_read_without_a_question(lines: list[Line], tmp_path: Path):
    assert sold(csv(table(lines), tmp_path / "clean.csv"), tmp_path) == round(net(lines), 2)


def sold(path: Path, folder: Path) -> Decimal | str:
    """The net sales of a file, as a build would count them."""
    desk = Desk(folder)
    try:
        ingest(desk.project, "till", [path], now=NOW)
    except Undecided:
        return "asked"
    amounts = [row["amount"] for row in desk.table("purchases") if row["kind"] != "void"]
    return round(sum((amount for amount in amounts if amount is not None), Decimal(0)), 2)

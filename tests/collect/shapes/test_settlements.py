"""Settlements: what was paid of an invoice is a payment of its own, and what is open stays open."""

import pytest

from shuke.collect import layouts
from shuke.collect.preview import preview

COLUMNS = ["Invoice No", "Customer", "Invoice Date", "Due Date", "Amount"]


def paid(desk, more, *rows):
    receipt = desk.take("books", desk.write("books.csv", [*COLUMNS, *more], *rows))
    assert receipt.rejected == 0
    told = desk.now("payments", "invoice_no", "paid_at", "amount", "record_id")
    return [(no, at and str(at)[:10], str(amount), who) for no, at, amount, who in told]


@pytest.mark.parametrize(
    ("more", "first", "second"),
    [
        (["Paid Date"], ["2026-01-20"], [None]),
        (["Paid Date", "Balance"], ["2026-01-20", "0.00"], [None, "1,200.00"]),
        (["Paid Date", "Amount Paid"], ["2026-01-20", "100.00"], [None, "0.00"]),
        (["Paid Date", "Balance"], ["2026-01-20", "0"], [None, "1,200"]),
    ],
)
def test_what_is_paid_is_a_payment_and_the_rest_is_open(desk, more, first, second):
    found = paid(
        desk, more,
        ["I1", "Acme", "2026-01-05", "2026-02-05", "100.00", *first],
        ["I2", "Beta", "2026-01-06", "2026-02-06", "1,200.00", *second],
    )  # fmt: skip
    assert found == [("I1", "2026-01-20", "100.0000", "Acme")]
    assert [str(amount) for (amount,) in desk.now("invoices", "amount")] == ["100.0000", "1200.0000"]


def test_a_balance_says_what_was_paid_and_a_later_one_takes_its_place(desk):
    row = ["I3", "Acme", "2026-01-07", "2026-02-07", "300.00"]
    assert paid(desk, ["Paid Date", "Balance"], [*row, "2026-02-01", "120.00"])[0][2] == "180.0000"
    assert paid(desk, ["Paid Date", "Balance"], [*row, "2026-02-20", "0.00"]) == [
        ("I3", "2026-02-20", "300.0000", "Acme")
    ]


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(
            ["Order No", "Customer", "Order Date", "Total", "Paid Date"], id="orders with a day of payment"
        ),
        pytest.param(["Member", "Name", "Points", "Balance", "Due Date"], id="a balance of points"),
    ],
)
def test_what_is_no_list_of_invoices_has_no_payments_beside_it(desk, columns):
    row = ["1", "Ann", "2026-01-05", "20.00", "2026-01-06"]
    [seen] = preview(desk.project, "any", [desk.write("any.csv", columns, row, row)])
    assert seen.found.described.shape.settlement is None


@pytest.mark.parametrize(
    ("whole", "left", "rest"), [("1,200.00", "0", "1200.0000"), ("1.200,50", "200,50", "1000.0000")]
)
def test_thousands_are_told_from_fractions(desk, whole, left, rest):
    written = desk.write(
        "books.csv", [*COLUMNS, "Balance"], ["I1", "Acme", "2026-01-05", "2026-02-05", whole, left]
    )
    [seen] = preview(desk.project, "books", [written])
    assert [row["payment amount"] for row in seen.rows.to_pylist()] == [rest]


@pytest.mark.parametrize(("choice", "rest"), [(0, "1000.0000"), (1, "1.0000")])
def test_a_mark_that_no_figure_decides_is_asked(desk, choice, rest):
    written = desk.write(
        "books.csv",
        [*COLUMNS, "Balance"],
        ["I1", "Acme", "2026-01-05", "2026-02-05", "1,200", "200" if not choice else "0,200"],
    )
    [seen] = preview(desk.project, "books", [written])
    if choice:  # 0,200 decides it
        assert not seen.found.asked
    else:
        [ambiguity] = seen.found.asked
        layouts.reshape(desk.project, "books", ambiguity.choices[choice])
        [seen] = preview(desk.project, "books", [written])
    assert [row["payment amount"] for row in seen.rows.to_pylist()] == [rest]


def test_what_was_paid_is_understood_in_other_languages_and_the_invoice_is_its_total(desk):
    columns = ["Número", "Fecha vencimiento", "Base imponible", "Total factura", "Cobrado", "Pendiente"]
    row = ["F1", "2026-02-05", "100,00", "121,00", "21,00", "100,00"]
    [seen] = preview(desk.project, "libro", [desk.write("libro.csv", columns, row)])
    told = seen.found.described.shape.settlement
    assert told is not None
    assert (told.number, told.whole, told.paid, told.left) == (
        "Número",
        "Total factura",
        "Cobrado",
        "Pendiente",
    )

"""The second balance: which columns feed what, what is kept aside, and how many rows say what they should."""

import ibis
import pytest

from shuke.collect.infer.column_profiles import looks, sense
from shuke.languages import speaking
from shuke.store.accounts import UnusedColumn
from shuke.views import import_accounts
from tests.collect.desk import INVOICE

LINE = ("A1", "2024-03-05", "T", "Tea", 1, "5.00", "C1")


def test_every_column_is_accounted_for_and_every_line_for_what_it_says(desk):
    columns = INVOICE | {"Drawer": "further", "Paid on": "further", "Blank": "further", "Junk": "ignore"}
    rest = ("left", "2024-03-06", None, "x")
    receipt = desk.bring(
        "till", columns, (*LINE, *rest), ("A2", None, "T", "Tea", 2, None, None, *rest),
        ("A2", None, "T", "Tea", 2, "5.00", None, *rest),
    )  # fmt: skip
    (account,) = receipt.accounts
    assert account.feeds == {header: (to,) for header, to in INVOICE.items()}
    assert account.aside == (
        UnusedColumn(column="Drawer", to="further"),
        UnusedColumn(column="Paid on", to="further", looks="day"),
        UnusedColumn(column="Blank", to="further", said=False),
        UnusedColumn(column="Junk", to="ignore"),
    )  # fmt: skip
    assert (account.table, account.rows) == ("order_items", 2), "the line without a price was set aside"
    assert {s: account.says[s] for s in ("day", "order", "customer", "amount", "currency")} == {
        "day": 1, "order": 2, "customer": 1, "amount": 2, "currency": 0,
    }  # fmt: skip
    (refused,) = receipt.refused
    assert (refused.column, refused.rows, refused.whole) == ("Price", 1, True)


def test_a_line_has_the_day_that_another_line_of_its_order_says(desk):
    blank = (None, "T", "Tea", 1, "5.00", None)
    receipt = desk.bring("till", INVOICE, LINE, ("A1", *blank), ("A2", *blank))
    says = receipt.accounts[0].says
    assert (says["day"], says["customer"]) == (2, 2)


def test_that_most_lines_have_no_day_and_nobody_is_said_in_one_sentence(desk):
    bare = (None, "T", "Tea", 1, "5.00", None)
    receipt = desk.bring("till", INVOICE, *((f"A{n}", *bare) for n in range(3)))
    with speaking("en"):
        (said,) = import_accounts.wanting(receipt)
    assert "3 have no day, 3 have no customer" in said
    whole = desk.bring("till", INVOICE, *((f"B{n}", *LINE[1:]) for n in range(3)))
    assert import_accounts.wanting(whole) == []


def test_a_payment_of_an_invoice_is_its_customers(desk):
    columns = {"No": "payments.payment_no", "On": "payments.paid_at", "Sum": "payments.amount",
               "For": "invoices.invoice_no"}  # fmt: skip
    receipt = desk.bring("bank", columns, ("P1", "2024-03-05", "5.00", "I1"))
    assert receipt.accounts[0].says["customer"] == 1


@pytest.mark.parametrize(
    ("header", "values", "is_"),
    [
        ("xyz", ["2024-03-05", "2024-03-06"], "day"),
        ("购买日期", ["3月5日", "3月6日"], "day"),
        ("Kaufdatum", ["45356", "45357"], "day"),
        ("Postcode", ["45356", "45357"], None),
        ("Betrag", ["12,50", "3,00"], "amount"),
        ("总价", ["12", "30"], "amount"),
        ("税率", ["0.13", "0.13"], None),
        ("Menge", ["2", "1"], "quantity"),
        ("Kundennr", ["K17", "K18"], "customer"),
        ("Belegnr", ["B17", "B18"], "order"),
        ("商户单号", ["100", "101"], "order"),
        ("收/支", ["收入", "支出"], "direction"),
        ("当前状态", ["支付成功", "已全额退款"], "status"),
        ("coin", ["€", "gbp"], "currency"),
        ("mail", ["ann@example.com", "bob@example.com"], "customer"),
        ("Notes", ["left at the door", "ring twice"], None),
        ("Customer note", ["left at the door", "ring twice"], None),
        ("Customer", [None, None], None),
    ],
)
def test_a_column_is_told_by_its_values_and_by_the_words_over_it(header, values, is_):
    rows = ibis.memtable({"__row__": [1, 2], header: values}, schema={"__row__": "int64", header: "string"})
    assert sense(header, looks(rows, [header])[header]) == is_

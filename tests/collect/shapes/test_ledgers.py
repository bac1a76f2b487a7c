"""Ledgers: what came in and what went out in two columns is one payment a row, with its direction."""

import pytest

from shuke.collect.preview import preview

DAYS = ("2026-03-05", "2026-03-06", "2026-03-07")


def seen(desk, columns, *rows):
    [one] = preview(desk.project, "bank", [desk.write("bank.csv", columns, *rows)])
    return one


@pytest.mark.parametrize(
    ("came", "went"),
    [
        ("Money in", "Money out"), ("Credit Amount", "Debit Amount"), ("Paid in (£)", "Paid out (£)"),
        ("Deposits", "Withdrawals"), ("收入金额(元)", "支出金额(元)"), ("贷方发生额", "借方发生额"),
        ("Haben", "Soll"), ("Crédit", "Débit"), ("Entradas", "Saídas"), ("収入金額", "支出金額"),
    ],
)  # fmt: skip
def test_two_columns_become_an_amount_and_its_direction(desk, came, went):
    rows = [
        [DAYS[0], "Ann", None, "20.00"],
        [DAYS[1], "Rent", "900.00", "0.00"],
        [DAYS[2], "Bob", "-", "5.50"],
    ]
    one = seen(desk, ["Date", "Description", went, came], *rows)
    assert not one.found.asked
    told = [(row["payment amount"], row["payment direction"]) for row in one.rows.to_pylist()]
    assert told == [("20.00", "in"), ("900.00", "out"), ("5.50", "in")]


@pytest.mark.parametrize("days", [("13.02.2026", "14.02.2026"), ("2026年2月13日", "2026年2月14日")])
def test_a_statement_is_known_however_its_days_are_written(desk, days):
    columns = ["Buchungstag", "Zahlungsempfänger", "Verwendungszweck", "Soll", "Haben", "Saldo"]
    rows = [
        [days[0], "Vermieter", "Miete", "1.200,00", None, "3.800,00"],
        [days[1], "Anna", "17", None, "250,00", "4.050,00"],
    ]
    one = seen(desk, columns, *rows)
    assert one.tables[0] == "payments" and not one.found.ambiguities
    means = {header: reading.to for header, reading in one.found.layout.columns.items()}
    assert means["Buchungstag"] == ("payments.paid_at",) and means["Zahlungsempfänger"] == ("people.name",)
    assert means["Saldo"] == ("further",), "what a bank holds is no balance of points"


def test_only_what_came_in_is_a_payment_of_a_customer(desk):
    columns = ["日期", "对方户名", "收入", "支出", "余额"]
    path = desk.write(
        "流水.csv", columns,
        [DAYS[0], "李雷", "100.00", None, "1,100.00"], [DAYS[1], "房东", None, "900.00", "200.00"],
        [DAYS[2], "合计页", "100.00", "900.00", "200.00"],
    )  # fmt: skip
    receipt = desk.take("bank", path)
    paid = desk.now("payments", "direction", "amount")
    assert [(way, str(amount)) for way, amount in paid] == [("in", "100.0000"), ("out", "-900.0000")]
    assert [name for (name,) in desk.now("people", "name")] == ["李雷"]
    assert receipt.rejected == 1, "a row with both sides is no payment"
    assert any("came in" in note for note in receipt.notes)


@pytest.mark.parametrize("newest_first", [False, True])
def test_where_the_balance_moves_the_other_way_it_is_asked_which_came_in(desk, newest_first):
    rows = [
        [DAYS[0], "20.00", None, "120.00"],
        [DAYS[1], None, "90.00", "30.00"],
        [DAYS[2], "5.50", None, "35.50"],
    ]
    columns = ["日期", "借方", "贷方", "余额"]
    one = seen(desk, columns, *(rows[::-1] if newest_first else rows))
    [ambiguity] = one.found.asked
    assert 'ledger = {in = "借方", out = "贷方"}' in ambiguity.choices[0].line
    as_banks = [[day, out, into, left] for day, into, out, left in rows]
    assert not seen(desk, columns, *(as_banks[::-1] if newest_first else as_banks)).found.asked
    below_nothing = [[day, out and f"-{out}", into, left] for day, out, into, left in as_banks]
    assert not seen(desk, columns, *(below_nothing[::-1] if newest_first else below_nothing)).found.asked


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        pytest.param(
            ["Name", "Birthday", "Income", "Expenses"], ["Ann", "1980-01-05", "3000", "2000"], id="a person"
        ),
        pytest.param(["Date", "Store", "收入", "支出"], ["2026-01-05", "North", "900", "300"], id="a day"),
        pytest.param(["Order", "Date", "Amount", "Payment"], ["1", "2026-01-05", "9", "cash"], id="a means"),
    ],
)  # fmt: skip
def test_what_says_both_at_once_is_no_statement(desk, columns, row):
    assert seen(desk, columns, row, row).found.described.shape.ledger is None

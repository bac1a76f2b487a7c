"""Flags: a column of yes and no that says what came back is a status; one of numbers is asked about."""

import pytest

from shuke.collect.preview import preview

LINES = ["Order", "Date", "Product", "Qty", "Amount"]
SALES = (
    [1, "2026-01-25", "Tea", 1, "9.50"],
    [2, "2026-01-26", "Cup", 2, "8.00"],
    [3, "2026-01-27", "Tea", 1, "9"],
)


def lines(desk, header, *said):
    return desk.write(
        "sent.csv", [*LINES, header], *([*sale, word] for sale, word in zip(SALES, said, strict=True))
    )


def seen(desk, path):
    [one] = preview(desk.project, "till", [path])
    return one.found


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Returned", ("no", "yes", "no")),
        ("Returned?", ("N", "Y", None)),
        ("Is returned", ("FALSE", "TRUE", "FALSE")),
        ("是否退货", ("否", "是", "否")),
        ("Retourniert", ("nein", "ja", "nein")),
    ],
)
def test_what_came_back_is_no_sale(desk, header, said):
    desk.take("till", lines(desk, header, *said))
    states = [status for _, status in desk.now("order_items", "order_no", "status")]
    assert states == ["completed", "refunded", "completed" if said[2] else None]


def test_of_orders_the_order_came_back(desk):
    columns = ["Order No", "Date", "Total", "Refunded"]
    path = desk.write("sent.csv", columns, [1, "2026-01-25", "9.50", "N"], [2, "2026-01-26", "8.00", "Y"])
    desk.take("till", path)
    assert desk.now("orders", "order_no", "status") == [("1", "completed"), ("2", "refunded")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Order status", "Returned?"),
        ("Returned?", "Order status"),
        ("Cancelled", "Status"),
        ("状态", "是否退货"),
    ],
)
def test_a_flag_and_a_status_do_not_hide_one_another(desk, first, second):
    """A no says nothing beside a status, and a yes says more than it; whichever stands first."""
    columns = ["Order No", "Date", "Total", first, second]
    said = {"Order status": ("shipped", "cancelled", "shipped"), "flag": ("no", "no", "yes")}
    cells = [
        said["Order status" if "tatus" in name or name == "状态" else "flag"] for name in (first, second)
    ]
    rows = [[n, f"2026-01-2{n}", "9.50", a, b] for n, (a, b) in enumerate(zip(*cells, strict=True), 1)]
    desk.take("till", desk.write("sent.csv", columns, *rows))
    states = [status for _, status in desk.now("orders", "order_no", "status")]
    assert states == ["shipped", "cancelled", "cancelled" if "Cancelled" in columns else "refunded"]


def test_a_number_beside_a_status_is_asked_without_hiding_it(desk):
    path = desk.write(
        "sent.csv",
        [*LINES, "Status", "Returned"],
        *([*sale, "shipped", n] for sale, n in zip(SALES, (0, 1, 0), strict=True)),
    )
    [ambiguity] = seen(desk, path).ambiguities
    assert dict(ambiguity.choices[0].reading.words) == {"1": "refunded", "0": ""}


def test_a_number_may_count_pieces_and_is_asked(desk):
    [ambiguity] = seen(desk, lines(desk, "Returned", 0, 1, 0)).ambiguities
    assert ambiguity.column == "Returned"
    assert dict(ambiguity.choices[0].reading.words) == {"1": "refunded", "0": "completed"}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Refunded", ("0", "2.50", "0")),  # an amount
        ("Returned", ("no", "too small", "no")),  # why
        ("Return policy", ("yes", "no", "yes")),
        ("Gift", ("no", "yes", "no")),
    ],
)
def test_other_columns_are_no_flags(desk, header, said):
    assert seen(desk, lines(desk, header, *said)).layout.columns[header].to != ("order_items.status",)


def test_the_address_of_our_own_is_nobodys(desk):
    columns = ["Date", "Name", "Type", "Status", "Currency", "Gross",
               "From Email Address", "To Email Address", "Transaction ID", "Balance"]  # fmt: skip
    path = desk.write("activity.csv", columns,
        ["2026-06-20", "Ann Lee", "Website Payment", "Completed", "GBP", "25.00", "ann@example.org",
         "shop@example.com", "T1", "125.00"],
        ["2026-06-22", "Ann Lee", "Payment Refund", "Completed", "GBP", "-25.00", "shop@example.com",
         "ann@example.org", "T2", "100.00"],
        ["2026-06-23", None, "General Withdrawal", "Completed", "GBP", "-50.00", None, None, "T3", "50.00"],
    )  # fmt: skip
    desk.take("paypal", path)
    assert {value for (value,) in desk.now("identifiers", "value")} == {"ann@example.org"}
    paid = desk.now("payments", "payment_no", "direction", "record_id")
    assert [way for _, way, _ in paid] == ["in", "back", "out"]
    assert paid[0][2] == paid[1][2]
    assert paid[2][2] is None

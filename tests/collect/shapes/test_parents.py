"""Parents: what stands on the first line of an order alone holds for its others, and for no other order."""

import pytest

from shuke.collect.preview import preview
from shuke.errors import UnsureMapping, WrongSettings

ODOO = ["Order Reference", "Order Date", "Customer", "Total", "Order Lines/Product", "Order Lines/Quantity"]
LINES = ["order_no", "ordered_at", "record_id", "product_name", "quantity"]


def lines(desk):
    return [tuple(map(str, row)) for row in desk.now("order_items", *LINES)]


def test_an_order_goes_on_until_the_next_one_begins(desk):
    path = desk.write(
        "odoo.csv", ODOO,
        ["S1", "2026-01-05", "Acme", "140.00", "Chair", 1], [None, None, None, None, "Desk", 2],
        ["S2", "2026-01-06", "Beta", "30.00", "Lamp", 1], ["S3", "2026-01-07", "Acme", "80.00", "Lamp", 1],
        [None, None, None, None, "Desk", 4],
    )  # fmt: skip
    receipt = desk.take("odoo", path)
    assert lines(desk) == [
        ("S1", "2026-01-05 00:00:00", "Acme", "Chair", "1.0000"),
        ("S1", "2026-01-05 00:00:00", "Acme", "Desk", "2.0000"),
        ("S2", "2026-01-06 00:00:00", "Beta", "Lamp", "1.0000"),
        ("S3", "2026-01-07 00:00:00", "Acme", "Desk", "4.0000"),
        ("S3", "2026-01-07 00:00:00", "Acme", "Lamp", "1.0000"),
    ]
    assert (receipt.read, receipt.loaded) == (5, 5)
    assert [note for note in receipt.notes if "2 row(s): Order Reference, Order Date, Customer." in note]


def test_an_orders_total_stays_the_orders(desk):
    path = desk.write(
        "odoo.csv", ODOO,
        ["S1", "2026-01-05", "Acme", "140.00", "Chair", 1], [None, None, None, None, "Desk", 2],
    )  # fmt: skip
    [seen] = preview(desk.project, "odoo", [path])
    assert seen.found.layout.columns["Total"].to == ("orders.total",)
    assert [row["Total"] for row in seen.rows.to_pylist()] == ["140.00", None]
    desk.take("odoo", path)
    assert desk.now("order_items", "amount") == [(None,), (None,)]


def test_what_an_order_leaves_blank_is_not_taken_from_the_order_above(desk):
    path = desk.write(
        "odoo.csv", ODOO,
        ["S1", "2026-01-05", "Acme", "140.00", "Chair", 1], [None, None, None, None, "Desk", 2],
        ["S2", "2026-01-06", None, "30.00", "Lamp", 1], [None, None, None, None, "Desk", 3],
    )  # fmt: skip
    desk.take("odoo", path)
    assert [row[:3] for row in lines(desk)][2:] == [("S2", "2026-01-06 00:00:00", "None")] * 2


def test_lines_with_their_orders_number_take_the_rest_of_that_order_wherever_they_stand(desk):
    shopify = ["Name", "Email", "Financial Status", "Currency", "Total", "Created at", "Lineitem quantity",
               "Lineitem name", "Lineitem price"]  # fmt: skip
    path = desk.write(
        "shopify.csv", shopify,
        ["#1001", "ann@example.com", "paid", "USD", "55.00", "2026-04-05 10:00:00", 1, "Tea", "20.00"],
        ["#1001", None, None, None, None, "2026-04-05 10:00:00", 2, "Cup", "15.00"],
        ["#1002", "bob@example.com", "paid", "EUR", "25.00", "2026-04-06 10:00:00", 1, "Tea", "20.00"],
        ["#1003", None, None, None, "15.00", "2026-04-07 10:00:00", 1, "Cup", "15.00"],
    )  # fmt: skip
    desk.take("shop", path)
    currencies = desk.now("order_items", "order_no", "product_name", "currency", "record_id")
    (first, second), other = currencies[:2], currencies[3]
    assert first[2:] == second[2:]
    assert first[2] == "USD"
    assert other == ("#1003", "Cup", None, None)


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        pytest.param(
            ["Member", "Order No", "Date", "Product", "Qty", "Price"],
            [["M1", 1, "2026-01-05", "Tea", 1, 10], [None, 2, "2026-01-05", "Cup", 2, 50],
             ["M2", 3, "2026-01-06", "Tea", 1, 10], [None, 4, "2026-01-07", "Cup", 2, 50],
             ["M1", 5, "2026-01-08", "Tea", 1, 10], [None, 6, "2026-01-08", "Cup", 2, 50]],
            id="anonymous sales between those of members",
        ),
        pytest.param(
            ["Name", "Email", "Company", "Job"],
            [["Ann Lee", "ann@example.com", "Acme", "Boss"], ["Bob Ray", "bob@example.com", None, None],
             ["Cid Poe", "cid@example.com", "Beta", "Clerk"], ["Dan Moe", "dan@example.com", None, None]],
            id="people without a company",
        ),
        pytest.param(
            ["Order No", "Customer", "Date", "Product", "Qty", "Price"],
            [["A1", "Ann", "2026-01-05", "Tea", 1, 10], [None, None, "2026-01-09", "Cup", 2, 50],
             ["A1", "Ann", "2026-01-05", "Pot", 1, 10], [None, None, "2026-01-10", "Cup", 2, 50]],
            id="lines of one order that say so twice",
        ),
    ],
)  # fmt: skip
def test_what_is_merely_blank_stays_blank(desk, columns, rows):
    [seen] = preview(desk.project, "till", [desk.write("till.csv", columns, *rows)])
    assert seen.found.described.shape.as_it_stands
    assert not seen.found.asked


GROUPS = ["Date", "Product", "Qty", "Price"]
UNDER_DAYS = [
    ["2026-01-05", "Chair", 1, 10], [None, "Desk", 2, 50], [None, "Lamp", 1, 30],
    ["2026-01-06", "Chair", 1, 10], [None, "Lamp", 3, 30],
]  # fmt: skip


def test_one_column_over_groups_is_asked_and_the_answer_is_kept(desk):
    path = desk.write("days.csv", GROUPS, *UNDER_DAYS)
    with pytest.raises(UnsureMapping) as error:
        desk.take("till", path)
    assert "carry" in str(error.value)
    assert desk.project.landing.receipts() == []

    written = desk.project.mappings / "till.toml"
    yes, no = (
        f'[[shape]]\ncolumns = ["Date", "Product", "Qty", "Price"]\n{more}'
        for more in ('carry = { columns = ["Date"] }', "")
    )
    written.parent.mkdir(exist_ok=True)
    written.write_text(yes, "utf-8")
    desk.take("till", path, overlap="append")
    assert [str(day)[:10] for (day,) in desk.now("order_items", "ordered_at")] == ["2026-01-05"] * 3 + [
        "2026-01-06"
    ] * 2

    again = desk.take("till", path)
    assert (again.loaded, again.unchanged) == (0, 5)

    written.write_text(no, "utf-8")
    [seen] = preview(desk.project, "till", [path])
    assert [row["Date"] for row in seen.rows.to_pylist()].count(None) == 3


def test_a_shape_for_a_column_that_is_not_there_is_refused(desk):
    written = desk.project.mappings / "till.toml"
    written.parent.mkdir(exist_ok=True)
    written.write_text(
        '[[shape]]\ncolumns = ["Date", "Product", "Qty", "Price"]\ncarry = { columns = ["Day"] }', "utf-8"
    )
    with pytest.raises(WrongSettings, match="no column Day"):
        desk.take("till", desk.write("days.csv", GROUPS, *UNDER_DAYS))


@pytest.mark.parametrize(
    "wrong",
    ['carry = "Date"', "header_rows = 0", "pivot = 3", 'carry = [{ within = "Date" }]'],
)
def test_a_shape_that_says_what_there_is_not_is_refused(desk, wrong):
    written = desk.project.mappings / "till.toml"
    written.parent.mkdir(exist_ok=True)
    written.write_text(f'[[shape]]\ncolumns = ["Date", "Product", "Qty", "Price"]\n{wrong}', "utf-8")
    with pytest.raises(WrongSettings, match=r"till\.toml"):
        desk.take("till", desk.write("days.csv", GROUPS, *UNDER_DAYS))

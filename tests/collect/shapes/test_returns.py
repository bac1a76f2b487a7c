"""Returns: a list of what came back names the orders that it takes back, and sells nothing."""

import pytest

from shuke.collect.preview import preview


def seen(desk, name, columns, *rows):
    [one] = preview(desk.project, "till", [desk.write(name, columns, *rows)])
    return one


def test_each_return_is_a_document_of_its_own_that_names_its_order(desk):
    columns = ["退货单号", "订单号", "退货日期", "商品名称", "退货数量", "退款金额", "退货原因"]
    rows = [
        ["7", "1001", "2026-03-05", "茶", "1", "9.50", "破损"],
        ["T2", "1002", "2026-03-06", "杯", "2", "14", "大"],
    ]
    receipt = desk.take("till", desk.write("导出.csv", columns, *rows))
    told = desk.now("order_items", "order_no", "returns_order_no", "direction", "quantity", "amount")
    assert [(no, of, way, int(pieces), str(amount)) for no, of, way, pieces, amount in told] == [
        ("T2", "1002", "back", 2, "14.0000"), ("returned 7", "1001", "back", 1, "9.5000"),
    ]  # fmt: skip
    assert any("return of the order" in note for note in receipt.notes)


@pytest.mark.parametrize(
    "columns",
    [
        ["Order No", "Return Date", "Product", "Quantity", "Refund Amount", "Reason"],
        ["Bestellnummer", "Rückgabedatum", "Artikel", "Menge", "Erstattungsbetrag", "Rückgabegrund"],
        ["Original Invoice", "Date", "Item", "Qty", "Amount", "Credit Note No"],
        ["注文番号", "返品日", "商品名", "返品数量", "返金額", "返品理由"],
        ["N° de commande", "Date de remboursement", "Article", "Qté", "Montant remboursé", "Raison"],
        ["N° commande", "Date de retour", "Produit", "Quantité", "Montant remboursé", "Motif du retour"],
    ],
)
def test_returns_are_known_by_what_only_a_return_has(desk, columns):
    row = ["1001", "2026-03-05", "Tea", "1", "9.50", "R9"]
    one = seen(desk, "export.csv", columns, row)
    assert not one.found.ambiguities
    targets = {to for reading in one.found.layout.columns.values() for to in reading.to}
    assert targets >= {
        "orders.returns_order_no", "orders.ordered_at", "products.name", "order_items.quantity",
        "order_items.amount", "orders.direction", "orders.order_no",
    }  # fmt: skip


def test_an_order_of_which_only_the_number_is_listed_came_back_as_a_whole(desk):
    desk.take("till", desk.write("export.csv", ["Returned", "Order ID"], ["Yes", "1001"], ["Yes", "1002"]))
    # Of the column itself and of the list, the column speaks first.
    assert desk.now("orders", "order_no", "status") == [("1001", "refunded"), ("1002", "refunded")]


def test_amounts_without_goods_are_no_pieces(desk):
    columns = ["Order No", "Refund Date", "Refund Amount"]
    desk.take("till", desk.write("export.csv", columns, ["1001", "2026-03-05", "9.50"]))
    assert [int(pieces) for (pieces,) in desk.now("order_items", "quantity")] == [0]


@pytest.mark.parametrize(
    "name", ["refunds.csv", "2026退货.csv", "Rückgaben März.csv", "customer_returns.csv"]
)
def test_where_only_the_file_is_called_so_it_is_asked(desk, name):
    one = seen(
        desk,
        name,
        ["Order ID", "Customer", "Product", "Amount", "Date"],
        ["1", "A", "Tea", "9.50", "2026-03-05"],
    )
    [ambiguity] = one.found.asked
    assert "returns" in ambiguity.choices[0].line


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        pytest.param(
            ["Order ID", "Order Date", "Product", "Qty", "Price", "Refund Amount", "Return Date"],
            ["1", "2026-03-05", "Tea", "1", "9.50", "0.00", None],
            id="orders with what was refunded",
        ),
        pytest.param(["Order ID", "Date", "Amount", "Returned"], ["1", "2026-03-05", "9", "No"], id="a flag"),
    ],
)
def test_orders_of_which_some_came_back_are_orders(desk, columns, row):
    assert seen(desk, "orders.csv", columns, row).found.described.shape.returns is None

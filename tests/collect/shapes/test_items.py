"""Items: several products in one cell become lines, and the order's amount stays the order's."""

import pytest

from shuke.collect.preview import preview

ORDERS = ["order_id", "email", "date", "items", "total"]


def landed(desk, *cells, header="items"):
    columns = [header if name == "items" else name for name in ORDERS]
    rows = [[n, f"p{n}@example.com", "2026-01-05", cell, "20.00"] for n, cell in enumerate(cells, start=1)]
    receipt = desk.take("shop", desk.write("shop.csv", columns, *rows))
    lines = desk.now("order_items", "order_no", "product_name", "quantity", "amount")
    return receipt, [(no, name, int(quantity), amount) for no, name, quantity, amount in lines]


def test_each_product_is_a_line_and_the_total_is_not_multiplied(desk):
    receipt, lines = landed(desk, "Malbec 2020", "Pinot Noir 2020 x 2, Chardonnay 2021", None)
    assert lines == [
        ("1", "Malbec 2020", 1, None),
        ("2", "Chardonnay 2021", 1, None),
        ("2", "Pinot Noir 2020", 2, None),
    ]
    assert [str(total) for (total,) in desk.now("orders", "total")][:2] == ["20.0000", "20.0000"]
    assert receipt.read == 3
    assert {row for (row,) in desk.landed("order_items", "row")} == {2, 3}
    assert [reject["row"] for reject in desk.rejects(receipt)] == [4]


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("茶*2；杯*1", [("杯", 1), ("茶", 2)]),
        ("茶x2、杯×3件", [("杯", 3), ("茶", 2)]),
        ("2x Tea; 1x Cup", [("Cup", 1), ("Tea", 2)]),
        ("Tea (2)\nCup (1)", [("Cup", 1), ("Tea", 2)]),
        ("Tea: 2 | Pot (blue, large): 1", [("Pot (blue, large)", 1), ("Tea", 2)]),
        (
            '[{"name": "Tea", "quantity": 2}, {"name": "Cup, blue", "quantity": 1}]',
            [("Cup, blue", 1), ("Tea", 2)],
        ),
    ],
)
def test_ways_to_write_how_many(desk, cell, lines):
    rows = [
        [1, "a@example.com", "2026-01-05", cell, "20.00"],
        [2, "b@example.com", "2026-01-06", cell, "20.00"],
    ]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", ORDERS, *rows)])
    assert not seen.found.asked
    told = sorted((row["product name"], int(row["quantity"])) for row in seen.rows.to_pylist())
    assert told == sorted([*lines, *lines])


@pytest.mark.parametrize(
    ("cells", "totals", "price", "lines"),
    [
        (["Tea x 2 (£4)", "Cup x 1 (£7), Tea x 1 (£4)"], ["8", "11"], "unit price", ["£4", "£7", "£4"]),
        (["茶*2(36元)", "茶*1(18元)；杯*2(30元)"], ["36", "48"], "line total", ["36元", "18元", "30元"]),
        (["2 × Latte @ 3.50", "1 x Tea @ 4"], [None, None], "unit price", ["3.50", "4"]),
        (["2 x £4.00 Tea; 1 x £7 Cup", "Tea 3 x £5"], [None, None], "unit price", ["£4.00", "£7", "£5"]),
        (["Tee 2 Stück 4,50 €", "Tasse 1 Stück 7 €"], ["9,00", "7,00"], "unit price", ["4,50 €", "7 €"]),
        (['[{"name": "Tea", "quantity": 2, "price": "4.5"}]'] * 2, [None, None], "unit price", ["4.5"] * 2),
    ],
)  # fmt: skip
def test_what_products_cost_is_read_and_the_total_says_of_how_many(desk, cells, totals, price, lines):
    rows = [[n, "a@example.com", "2026-01-05", cell, totals[n]] for n, cell in enumerate(cells)]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", ORDERS, *rows)])
    assert not seen.found.asked
    told = seen.rows.to_pylist()
    assert [row[price] for row in told] == lines
    assert not any("£" in row["product name"] or "元" in row["product name"] for row in told)
    assert seen.found.layout.columns[price].to in (("order_items.price",), ("order_items.amount",))


def test_what_the_customer_paid_is_the_orders_where_products_have_prices_of_their_own(desk):
    columns = ["日期", "订单号", "会员手机", "商品", "实付"]
    rows = [
        ["2026-05-01", "1", "13912345678", "拿铁*2(36元);美式*1(18元)", "54"],
        ["2026-05-02", "2", "13912345679", "美式*1(18元)", "18"],
    ]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", columns, *rows)])
    means = {header: reading.to for header, reading in seen.found.layout.columns.items()}
    assert not seen.found.ambiguities
    assert (means["实付"], means["line total"]) == (("orders.total",), ("order_items.amount",))


def test_where_no_total_tells_of_how_many_a_price_is_it_is_asked(desk):
    rows = [[1, "a@example.com", "2026-01-05", "Tea x 2 (£4)", "9.50"]]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", ORDERS, *rows)])
    assert 'split = {column = "items", price = "each"}' in seen.found.asked[0].choices[0].line


def test_how_many_there_are_of_each_is_asked_where_nothing_says_it(desk):
    rows = [
        [1, "a@example.com", "2026-01-05", "Tea; Cup", "20.00"],
        [2, "b@example.com", "2026-01-06", "Tea", "9.00"],
    ]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", ORDERS, *rows)])
    assert [ambiguity.column for ambiguity in seen.found.ambiguities]
    assert 'split = "items"' in seen.found.ambiguities[0].choices[0].line


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("product", ["Tea, green", "Tea, black"]),
        ("address", ["1 High St, London; UK", "2 High St, London; UK"]),
        ("items", ["Tea", "Cup"]),
        ("items", ["3", "4"]),
    ],
)
def test_what_is_one_thing_stays_one(desk, header, cells):
    columns = [header if name == "items" else name for name in ORDERS]
    rows = [[n, f"p{n}@example.com", "2026-01-05", cell, "20.00"] for n, cell in enumerate(cells, start=1)]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", columns, *rows)])
    assert seen.found.described.shape.split is None


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(["id", "description", "price"], id="a list of goods"),
        pytest.param(["order_id", "description", "quantity"], id="lines that say how many"),
    ],
)
def test_what_a_description_lists_is_no_line(desk, columns):
    told = "Microwave x 2, Convection Oven; 1.5 cu. ft. Capacity, 1000 W"
    rows = [[n, told, n] for n in (1, 2, 3)] if columns[0] == "id" else [[n, "Tea; green", n] for n in (1, 2)]
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", columns, *rows)])
    assert seen.found.described.shape.split is None


def test_an_article_with_a_comma_in_its_name_and_a_day_of_launch_is_no_order(desk):
    """A price list tells of articles; no cell of it holds several."""
    columns = ["SKU", "Product Name", "List Price", "Launched"]
    rows = [[f"T{n}", "Tea, green; loose" if n % 2 else "Cup", "9.50", "2026-01-05"] for n in range(6)]
    assert desk.take("goods", desk.write("goods.csv", columns, *rows)).loaded == 6


def test_the_products_of_an_object_of_json_are_lines_too(desk):
    file = desk.folder / "orders.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        '[{"id": 7, "created_at": 1791187200, "customer": {"id": "c1"}, "refunds": [], "items": '
        '[{"sku": "TEA", "qty": 2, "price": "10.00"}, {"sku": "CUP", "qty": 1, "price": "8.00"}]},'
        '{"id": 8, "created_at": 1791187201, "customer": {"id": "c2"}, "refunds": [], "items": []}]',
        encoding="utf-8",
    )
    [seen] = preview(desk.project, "api", [file])
    assert [(row["product name"], row["quantity"]) for row in seen.rows.to_pylist()] == [
        ("TEA", "2"), ("CUP", "1"), (None, None)
    ]  # fmt: skip

"""Forms: products that are columns of a sheet of orders become lines, once a person has said so."""

import pytest

from shuke.collect import layouts
from shuke.collect.preview import preview


def looked_at(desk, path):
    [one] = preview(desk.project, "forms", [path])
    return one


def asked(desk, name, columns, *rows):
    one = looked_at(desk, desk.write(name, columns, *rows))
    return [choice.described.shape.melt for ambiguity in one.found.asked for choice in ambiguity.choices]


def test_each_product_of_an_order_is_a_line_of_so_many(desk):
    columns = ["Order no", "Date", "Customer", "Apples", "Pears", "Plums", "Total"]
    path = desk.write("sent.csv", columns, [1, "2026-01-05", "Ann Lee", 2, None, 1, "9.50"],
                      [2, "2026-01-06", "Bob Ray", None, 3, 0, "6.00"])  # fmt: skip
    [ambiguity] = looked_at(desk, path).found.asked
    assert '"product name"' in ambiguity.choices[0].line
    layouts.reshape(desk.project, "forms", ambiguity.choices[0])
    desk.take("forms", path)
    lines = desk.now("order_items", "order_no", "product_name", "quantity")
    assert [(o, p, int(q)) for o, p, q in lines] == [("1", "Apples", 2), ("1", "Plums", 1), ("2", "Pears", 3)]
    assert [str(total) for _, total in desk.now("orders", "order_no", "total")] == ["9.5000", "6.0000"]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("sent.csv", ["Order no", "Customer", "Apples", "Pears"]),
        ("order form.csv", ["Name", "E-mail", "Apples", "Pears"]),
        ("团购接龙.csv", ["姓名", "手机", "苹果", "梨"]),
        ("Bestellungen.csv", ["Name", "E-Mail", "Äpfel", "Birnen"]),
        ("pedidos.csv", ["Nombre", "Correo electrónico", "Manzanas", "Peras"]),
    ],
)
def test_it_is_asked_whether_columns_are_products(desk, name, columns):
    found = asked(desk, name, columns, ["K1", "a@example.org", 2, None], ["K2", "b@example.org", None, 3])
    assert [(m and (m.name, m.value)) for m in found] == [
        ("product name", "quantity"),
        ("product name", "amount"),
        None,
    ]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        pytest.param(["Order no", "Date", "Total", "Parcels", "Boxes"],
                     ([1, "2026-01-05", "9.50", 2, 1], [2, "2026-01-06", "7", 1, 3]), id="parcels"),
        pytest.param(["Order no", "SKU", "Qty", "Width", "Height"],
                     ([1, "T1", 1, 2, None], [2, "C1", 1, None, 3]), id="lines"),
        pytest.param(["Name", "E-mail", "Children", "Pets"],
                     (["Ann", "a@example.org", 2, None], ["Bob", "b@example.org", None, 3]), id="people"),
        pytest.param(["Order no", "Date", "Weight", "Volume"],
                     ([1, "2026-01-05", "2.45", None], [2, "2026-01-06", None, "3.5"]), id="no pieces"),
    ],
)  # fmt: skip
def test_other_figures_are_no_products(desk, columns, rows):
    assert all(melt is None or melt.name != "product name" or melt.value != "quantity"
               for melt in asked(desk, "sent.csv", columns, *rows)[:1])  # fmt: skip

from typing import Any

import pytest

from shuke.dealings.purchases import purchases
from tests.dealings.test_purchases import LANDED, line
from tests.engine_fixtures import Row, Tables


def _sold(desk: Tables, *lines: Row, products: list[Row] | None = None, **questions: Any) -> dict[str, Row]:
    rows = {"order_items": list(lines), "products": products}
    landed = [desk.landed(name, rows.get(name)) for name in LANDED]
    told = {"currency": "GBP", "zone": "Europe/London", **questions}
    made = desk.made(purchases, *landed, desk.identities(anna="1"), **told)
    return {row["line_id"]: row for row in desk.rows(made)}


def test_sizes_and_letters_are_goods_and_what_is_none_says_so_by_its_name(engine: Tables) -> None:
    names = {
        "S": ("T-shirt small", 10, "goods"), "M": ("T-shirt medium", 10, "goods"), "D": (None, 10, "goods"),
        "C2": ("Cable", 3, "goods"), "POST": ("Fence post", 9, "goods"), "B": ("Book", 8, "goods"),
        "DOT": ("DOTCOM POSTAGE", 12, "shipping"), "SHIP": ("Express shipping", 7, "shipping"),
        "DHL": ("顺丰运费", 7, "shipping"), "postage": (None, 7, "shipping"),
        "L100": ("Labels for shipping", 4, "goods"), "D7": ("Pizza delivery", 11, "goods"),
        "BANK": ("Bank Charges", 5, "fee"), "X": ("Manual", 6, "adjustment"),
        "SPRING": ("Coupon SPRING10", -4, "adjustment"), "GIFT": ("Gift voucher 20", 20, "goods"),
        "RB": ("会员满减", -4, "adjustment"), "OLD": ("Teapot", -4, "goods"),
    }  # fmt: skip
    sold = [
        line(code, 1, price, product_id=code, product_name=name) for code, (name, price, _) in names.items()
    ]
    products = [{"product_id": code, "name": name} for code, (name, _, _) in names.items()]
    found = _sold(engine, *sold, products=products)
    assert {code: row["kind"] for code, row in found.items()} == {
        c: kind for c, (_, _, kind) in names.items()
    }
    assert [code for code, row in found.items() if row["is_return"]] == ["OLD"]


def test_a_company_may_name_codes_of_its_own(duckdb: Tables) -> None:
    found = _sold(duckdb, line("a", product_id="VRS"), shipping=("vrs",))
    assert found["a"]["kind"] == "shipping"


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (("Cutlery", "cutlery "), {"84997D"}),
        ((None, "Cutlery"), {"84997D"}),
        ((None, None), {"84997D"}),
        (("Cutlery", "Parasol"), {"84997D", "84997d"}),
    ],
)
def test_codes_that_differ_in_case_alone_are_one_article_if_they_share_a_name(
    engine: Tables, names: tuple[str | None, str | None], codes: set[str]
) -> None:
    upper, lower = names
    found = _sold(
        engine,
        line("1", product_id="84997D", product_name=upper),
        line("2", product_id="84997d", product_name=lower),
        line("3", product_id="85123a", product_name="Lamp"),
    )  # fmt: skip
    assert {found[key]["product_id"] for key in "12"} == codes
    assert found["3"]["product_id"] == "85123a"

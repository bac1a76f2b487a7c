"""Kinds of file: what the rows are about is told by headers and values together."""

from collections.abc import Mapping, Sequence

import ibis
import pytest

from shuke.collect.infer import InferredLayout, evidence, infer, repeats
from shuke.collect.infer.file_kinds import KINDS, LINES, decide, scored

Columns = Mapping[str, Sequence[str | None]]


def table(columns: Columns):
    rows = max(len(column) for column in columns.values())
    return ibis.memtable(
        {"__row__": list(range(1, rows + 1)), **columns},
        schema={"__row__": "int64"} | dict.fromkeys(columns, "string"),
    )


def kind_of(columns: Columns) -> str:
    rows = table(columns)
    seen = evidence.shapes(rows, list(columns))
    return decide(list(columns), seen, repeats.facts(rows, seen)).name


def guessed(columns: Columns) -> InferredLayout:
    return infer(table(columns), name="sheet")


def to(columns: Columns) -> dict[str, tuple[str, ...]]:
    return {header: reading.to for header, reading in guessed(columns).layout.columns.items()}


DAYS = ["2024-03-05", "2024-03-09", "2024-04-01", "2024-04-17"]
MAILS = [f"guest{n}@example.com" for n in range(4)]


#: A kind, and a sheet of it: header, values.
SHEETS = """
people | email = a@x.org b@x.org c@x.org d@x.org
people | x = a@x.org b@x.org c@x.org d@x.org
order_items | Guest ID = 7 7 8 8 | Day = DAYS | Menu item = Soup Tea Soup Tea
order_items | 会员号 = 7 7 8 8 | 日期 = DAYS | 品名 = 茶 杯 茶 杯
people | Member ID = 7 8 9 10 | Name = Ann Bob Cy Di | Joined = DAYS
points | Card no = 7 7 7 8 | Date = DAYS | Points = 10 -5 3 2
people | Card no = 7 8 9 10 | Name = Ann Bob Cy Di | Points = 10 5 3 2
orders | Customer = 7 7 8 8 | Date = DAYS | Amount = 1.00 2.00 3.00 4.00
expenses | Day = DAYS | Campaign = a b a b | Cost = 1.5 2.5 1.5 2.5 | Clicks = 7 8 9 7
expenses | 日期 = DAYS | 推广计划 = a b a b | 花费 = 1.5 2.5 1.5 2.5 | 展现量 = 7 8 9 7
payments | 日期 = DAYS | 对方户名 = 甲 乙 丙 丁 | 借贷标志 = 贷 借 贷 借 | 金额 = 1.5 2.5 3.5 4.5 | 余额 = 9 7 8 6
payments | 会员姓名 = 张三 李四 王五 赵六 | 手机号 = 13812345678 13912345678 13712345678 13612345678 | 充值时间 = DAYS | 充值金额 = 1 2 3 4
products | product = tea cup pot can | series = a a b b | sales price = 1.5 2.5 3.5 4.5
people | account = Acme Globex Initech Hooli | sector = a b a b | employees = 10 20 30 40 | revenue = 1.5 2.5 3.5 4.5 | subsidiary of = a b c d
people | customerID = 1 2 3 4 | gender = f m f m | Contract = month year month month | MonthlyCharges = 1.5 2.5 3.5 4.5
staff | 员工编号 = 1 2 3 4 | 姓名 = 张三 李四 王五 赵六 | 部门 = 前台 前台 后厨 前台 | 入职日期 = DAYS
"""  # noqa: E501


def sheets() -> list[tuple[Columns, str]]:
    found: list[tuple[Columns, str]] = []
    for line in SHEETS.strip().splitlines():
        kind, *columns = line.split(" | ")
        parted = [column.split(" = ") for column in columns]
        found.append(({h: DAYS if values == "DAYS" else values.split() for h, values in parted}, kind))
    return found


@pytest.mark.parametrize(("columns", "kind"), sheets())
def test_headers_and_values_together_tell_what_the_rows_are_about(columns: Columns, kind: str):
    assert kind_of(columns) == kind


def test_a_list_of_what_is_in_stock_is_no_list_of_sales():
    stock = {
        "SKU": [f"P{n}" for n in range(30)],
        "Name": ["Tea pot"] * 30,
        "Price": ["9.50"] * 30,
        "Qty": ["4"] * 30,
    }
    assert kind_of(stock) == "products"
    sold = stock | {"SKU": [f"P{n % 5}" for n in range(30)], "Date": [DAYS[n % 4] for n in range(30)]}
    assert kind_of(sold) == "order_items"


def test_whoever_looks_after_customers_makes_of_their_list_no_list_of_employees():
    for header in ("Contact owner", "客户经理", "专属客服", "Account manager"):
        found = to({"First name": ["Ann", "Bob"], "Last name": ["Lee", "Ray"], header: ["Sheryl", None]})
        assert found[header] == ("people.account_manager",)


def test_a_column_without_a_value_is_no_key():
    found = to({"order id": ["1", "2"], "sku": [None, None], "dish id": ["5", "6"], "qty": ["1", "1"]})
    assert (found["sku"], found["dish id"]) == (("further",), ("products.product_id",))
    assert to({"order id": [None], "sku": [None], "qty": [None]})["sku"] == ("products.product_id",)


def test_the_number_of_an_order_is_not_that_of_its_payment():
    found = to({"Payment ID": ["p1", None], "Name": ["#1001", "#1001"], "Lineitem quantity": ["1", "2"]})
    assert (found["Name"], found["Payment ID"]) == (("orders.order_no",), ("further",))


@pytest.mark.parametrize(
    ("headers", "means"),
    [
        ("First name | Name | Email", ("people.given_name", "people.family_name")),
        ("Surname | Name | Email", ("people.family_name", "people.given_name")),
        ("First name | Last name | Name | Email", ("people.given_name", "people.family_name", "people.name")),
    ],
)
def test_a_name_beside_half_a_name_is_the_other_half(headers: str, means: tuple[str, ...]):
    columns = headers.split(" | ")
    found = to({header: ["Ann"] for header in columns})
    assert tuple(found[header][0] for header in columns[: len(means)]) == means


@pytest.mark.parametrize(
    ("header", "values", "means"),
    [
        ("Name", MAILS, "identifiers.email"),
        ("Phone", MAILS, "identifiers.email"),
        ("E-mail", ["13812345678", "13912345678"], "identifiers.phone"),
        ("Phone", ["13812345678", "13912345678"], "identifiers.phone"),
    ],
)
def test_addresses_are_known_by_their_look_whatever_stands_over_them(header, values, means):
    assert to({"Customer ID": ["1"] * len(values), header: values})[header] == (means,)


@pytest.mark.parametrize(
    ("states", "means"),
    [
        (["paid", "parked", "paid", "Cancelled"], "orders.status"),
        (["已付款", "已退款", "已付款", "已付款"], "orders.status"),
        (["CA", "NY", "CA", "TX"], "people.region"),
        (["New York", "New Jersey", "New York", "New York"], "people.region"),
    ],
)
def test_a_state_is_a_part_of_a_country_or_what_became_of_an_order(states, means):
    sales = {"order no": ["1", "2", "3", "4"], "date": DAYS, "sku": ["T"] * 4, "unit price": ["5"] * 4}
    assert to(sales | {"state": states})["state"][0] == means


def test_every_kind_says_what_speaks_for_it_in_the_columns_that_do():
    best, second, *_ = scored(["order no", "date", "sku", "qty", "amount"], {})
    assert best.kind.name == "order_items" and best.points >= second.points + 4
    assert (3, ("qty",)) in best.why
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_what_a_sheet_was_taken_for_is_said_with_the_columns_that_speak_for_it():
    found = guessed({"order no": ["1"], "sku": ["T1"], "qty": ["2"]})
    assert found.taken is not None and "order lines (" in found.taken.en and "qty" in found.taken.en
    assert infer(table({"qty": ["2"]}), name="sheet", table="products").taken is None


MOBILES = ["13812345678", "13912345678", "13712345678", "13612345678"]
PEOPLE = ["Ann", "Bob", "Cy", "Di"]


@pytest.mark.parametrize(
    "columns",
    [
        {"name": PEOPLE, "date": DAYS},
        {"id": ["1", "2", "3", "4"], "name": PEOPLE, "city": ["Rome"] * 4},
        {"姓名": PEOPLE, "金额": ["1.5", "2.5", "3", "4"]},
        {"Kunde": PEOPLE, "Artikel": ["Tee", "Tasse", "Tee", "Kanne"]},
    ],
)
def test_where_next_to_nothing_says_what_the_rows_are_several_kinds_are_possible(columns: Columns):
    assert {"people", "orders"} <= {kind.name for kind in guessed(columns).maybe}


@pytest.mark.parametrize(
    "columns",
    [
        {"会员卡号": PEOPLE, "姓名": PEOPLE, "电话": MOBILES, "充值日期": DAYS, "充值金额": ["100"] * 4},
        {"name": PEOPLE, "phone": MOBILES, "top-up date": DAYS, "top-up amount": ["5"] * 4},
        {"Telefon": MOBILES, "Kunde": PEOPLE, "Datum": DAYS, "Aufladebetrag": ["5"] * 4},
    ],
)
def test_whoever_paid_may_be_named_in_full_without_making_a_list_of_people(columns: Columns):
    found = guessed(columns)
    assert (found.kind.en, found.maybe) == ("Payments", ())


@pytest.mark.parametrize("header", ["x", "column 1", "list", "甲"])
def test_a_list_of_addresses_under_any_header_is_one_of_people(header: str):
    for values, means in ((MAILS, "identifiers.email"), (MOBILES, "identifiers.phone")):
        found = guessed({header: values, "y": ["hello", "bye", "ok", "no"]})
        assert found.layout.columns[header].to == (means,)
        assert (found.kind.en, found.maybe) == ("customers", ())


def test_an_amount_that_alone_says_what_a_line_is_worth_is_the_lines():
    lines = {
        "小票号": ["1", "2", "3"],
        "消费日期": DAYS[:3],
        "商品名称": ["茶", "杯", "壶"],
        "数量": ["1"] * 3,
    }
    assert to(lines | {"实付金额": ["9.50", "8.00", "7.00"]})["实付金额"] == ("order_items.amount",)
    repeated = {"小票号": ["1", "1", "2"], "实付金额": ["9.50", "9.50", "7.00"]}
    assert to(lines | repeated)["实付金额"] == ("orders.total",)


GUESTS: Columns = {"Guest name": ["Ann Baker", "Bob Quill"], "Email": ["a@x.example", "b@x.example"]}


@pytest.mark.parametrize(
    ("columns", "asked"),
    [
        pytest.param(
            {**GUESTS}
            | {"Ref": ["B1", "B2"], "Nights": ["2", "1"], "Cost": ["200.00", "80.00"]}
            | {"Currency": ["EUR", "EUR"], "Status": ["OK", "No-show"]},
            True,
            id="stays",
        ),
        pytest.param(
            {**GUESTS} | {"Total spent": ["200.00", "80.00"], "Tags": ["vip", "new"]},
            False,
            id="what they spent",
        ),
    ],
)
def test_people_beside_whom_dealings_are_told_may_be_dealings(columns: Columns, asked: bool):
    rows = ibis.memtable({"__row__": [2, 3], **columns})
    assert (LINES in infer(rows, name="sheet").maybe) == asked


def test_a_unit_of_measure_is_no_firm_and_an_amount_of_tax_no_number_of_a_taxpayer():
    rows = ibis.memtable({
        "__row__": [2, 3], "单据编号": ["1", "2"], "日期": ["2026-01-05", "2026-01-06"],
        "产品名称": ["茶", "杯"],
        "单位": ["盒", "只"], "数量": ["1", "2"], "金额": ["10.00", "20.00"],
    })  # fmt: skip
    assert infer(rows, name="sheet").layout.columns["单位"].to == ("further",)
    billed = ibis.memtable({
        "__row__": [2, 3], "Invoice No": ["1", "2"], "Due date": ["2026-01-05", "2026-01-06"],
        "Customer": ["Acme", "Bolt"], "VAT": ["20.00", "200.00"], "Gross": ["120.00", "1200.00"],
    })  # fmt: skip
    assert infer(billed, name="sheet").layout.columns["VAT"].to != ("identifiers.tax_id",)


def test_a_membership_with_a_term_and_a_fee_is_a_contract_by_its_number():
    found = to({
        "Membership No": ["S-1", "S-2"], "Email": ["a@a.example", "b@b.example"],
        "Start date": ["2026-02-01", "2025-03-01"], "End date": ["2027-01-31", "2026-02-28"],
        "Monthly fee": ["30.00", "20.00"], "Cancelled on": [None, "2026-01-05"],
    })  # fmt: skip
    assert found["Membership No"] == ("contracts.contract_no", "identifiers.member_no")


def test_beside_a_customers_number_a_customer_without_a_digit_is_the_name():
    lines = {
        "Order No": ["1", "2"], "Order Date": DAYS[:2], "Customer No": ["7", "8"], "Item": ["Tea", "Cup"],
        "Qty": ["1", "2"],
    }  # fmt: skip
    assert to({**lines, "Customer": ["Ann", "Guest"]})["Customer"] == ("people.name",)
    assert to({**lines, "Customer": ["A1", "B2"]})["Customer"] == ("further",)

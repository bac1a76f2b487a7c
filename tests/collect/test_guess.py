"""Guessing: the headers of real systems are understood, and what is open is asked."""

from collections.abc import Mapping, Sequence

import ibis
import pytest

from shuke.collect.infer import InferredLayout, explain, infer
from shuke.collect.infer.file_kinds import decide
from shuke.collect.infer.headers import compact, meanings
from shuke.collect.mapping import Layout, Reading
from shuke.languages import speaking
from tests.collect.dialects import DIALECTS, read
from tests.collect.dialects_further import FURTHER, parsed


@pytest.fixture(scope="module")
def guessed():
    def made(values: Mapping[str, Sequence[str | None]], **knobs) -> InferredLayout:
        rows = max(len(column) for column in values.values())
        table = ibis.memtable(
            {"__row__": list(range(1, rows + 1)), **values},
            schema={"__row__": "int64"} | dict.fromkeys(values, "string"),
        )
        return infer(table, name="sheet", **knobs)

    return made


def to(found: InferredLayout) -> dict[str, tuple[str, ...]]:
    return {header: reading.to for header, reading in found.layout.columns.items()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nine_in_ten_columns_of_a_real_export_are_understood(guessed, dialect):
    meant, values = read(dialect)
    found = to(guessed(values))
    missed = {h: found[h] for h, right in meant.items() if frozenset(found[h]) not in right}
    print(dialect, "missed:", missed)
    assert 1 - len(missed) / len(meant) >= 0.9, missed


def test_nineteen_in_twenty_columns_are_understood_in_seven_languages(guessed):
    """Over the exports of all systems together; none of them is left behind by much."""
    columns = 0
    missed: dict[tuple[str, str], tuple[str, ...]] = {}
    for system, export in FURTHER.items():
        meant, values = parsed(export)
        found = to(guessed({header: [cell or None for cell in cells] for header, cells in values.items()}))
        wrong = {h: found[h] for h, right in meant.items() if frozenset(found[h]) not in right}
        assert len(wrong) <= 0.1 * len(meant), (system, wrong)
        columns, missed = columns + len(meant), missed | {(system, h): to for h, to in wrong.items()}
    assert columns > 300
    assert len(missed) <= 0.05 * columns, missed


def test_a_header_may_be_written_with_its_accents_or_without_and_in_either_order(guessed):
    pairs = (
        ("Straße", "Strasse"), ("Stückzahl", "Stueckzahl"), ("Téléphone", "telephone"), ("Prénom", "PRENOM"),
        ("Numéro de client", "Client - numéro"), ("Código do produto", "codigo produto"),
        ("電話番号", "电话番号"),
    )  # fmt: skip
    for written, other in pairs:
        assert [m.target for m in meanings(written)][:1] == [m.target for m in meanings(other)][:1] != []


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"retail"}))
def test_a_real_export_asks_nothing_that_its_values_answer(guessed, dialect):
    assert [ambiguity.column for ambiguity in guessed(read(dialect)[1]).ambiguities] == []


def test_headers_in_traditional_characters_are_understood_as_those_in_simplified(guessed):
    traditional = (
        "訂單編號 訂單日期 會員卡號 客戶姓名 性別 電子郵件 聯絡電話 商品編號 商品名稱 單價 數量 訂單狀態 門市"
    )
    simplified = (
        "订单编号 订单日期 会员卡号 客户姓名 性别 电子邮件 联络电话 商品编号 商品名称 单价 数量 订单状态 门市"
    )
    understood = list(to(guessed({header: [None] for header in traditional.split()})).values())
    assert understood == list(to(guessed({header: [None] for header in simplified.split()})).values())
    assert ("further",) not in understood


def test_a_persons_name_among_order_lines_is_the_customers(guessed):
    found = to(guessed({header: [None] for header in "订单编号 姓名 性别 商品名称 数量 单价 日期".split()}))
    assert (found["姓名"], found["商品名称"]) == (("people.name",), ("products.name",))


@pytest.mark.parametrize(
    ("headers", "name_is"),
    [
        (["name", "gender", "phone"], "people.name"),
        (["name", "price", "category"], "products.name"),
        (["store_id", "name", "city", "opened"], "stores.name"),
        (["order no", "date", "qty", "price", "name"], "products.name"),
        (["名称", "手机", "生日"], "people.name"),
        (["名称", "零售价", "类别"], "products.name"),
    ],
)
def test_a_name_is_what_the_rest_of_the_file_is_about(guessed, headers, name_is):
    name = "名称" if "名称" in headers else "name"
    assert name_is in to(guessed(dict.fromkeys(headers, (None,))))[name]


@pytest.mark.parametrize(
    ("headers", "number_is", "amount_is"),
    [
        (["Invoice No", "Item", "Qty", "Amount"], "orders.order_no", "order_items.amount"),
        (["Invoice No", "Customer ID", "Due Date", "Amount"], "invoices.invoice_no", "invoices.amount"),
        (["Invoice No", "Payment No", "Date paid", "Amount"], "invoices.invoice_no", "payments.amount"),
        (["Invoice No", "Invoice Date", "Customer ID", "Amount"], "orders.order_no", "orders.total"),
    ],
)
def test_an_invoice_number_is_read_in_the_light_of_its_neighbours(guessed, headers, number_is, amount_is):
    found = to(guessed({header: [None] for header in headers}))
    assert found["Invoice No"] == (number_is,)
    assert found["Amount"] == (amount_is,)


def test_a_phone_beside_an_order_is_the_customers_and_beside_a_recipient_the_recipients(guessed):
    phones = ["13812345678", "13912345678"]
    alone = to(
        guessed(
            {"订单号": ["1", "2"], "下单时间": ["2024-03-05"] * 2, "手机": phones, "金额": ["1.00", "2.00"]}
        )
    )
    assert alone["手机"] == ("identifiers.phone",)
    sent = to(
        guessed(
            {"订单号": ["1", "2"], "下单时间": ["2024-03-05"] * 2, "收货人": ["张三", "李四"], "手机": phones}
        )
    )
    assert sent["手机"] == ("order_parties.recipient_phone",)
    assert sent["收货人"] == ("order_parties.recipient_name",)


def day_column(guessed, days: list[str], **knobs):
    found = guessed(
        {"order no": [str(n) for n in range(len(days))], "order date": days, "total": ["1.50"] * len(days)},
        **knobs,
    )
    return found.layout.columns["order date"], found.ambiguities


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["03/05/2024", "13/05/2024"], "dmy"),
        (["03/05/2024", "05/13/2024"], "mdy"),
        (["24/03/05", "99/12/31"], "ymd"),
        (["2/5/24 1:51", "2/20/24 11:30"], "mdy"),
        (["2024-03-05", "2024年3月6日"], None),
    ],
)
def test_one_value_decides_the_order_of_day_and_month_for_its_column(guessed, days, order):
    reading, ambiguities = day_column(guessed, days)
    assert (reading.order, ambiguities) == (order, ())


def test_the_deciding_value_may_stand_anywhere_in_a_large_file(guessed):
    reading, ambiguities = day_column(guessed, ["03/05/2024"] * 30_001 + ["13/05/2024"] + ["03/05/2024"] * 17)
    assert (reading.order, ambiguities) == ("dmy", ())


def test_an_order_that_no_value_decides_is_asked_with_the_line_that_answers(guessed):
    reading, (ambiguity,) = day_column(guessed, ["03/05/2024", "04/06/2024"], country="US")
    assert reading.order is None
    assert not reading.sure
    assert "United States" in ambiguity.question.en
    assert [choice.line for choice in ambiguity.choices] == [
        '"order date" = {to = "orders.ordered_at", order = "dmy"}',
        '"order date" = {to = "orders.ordered_at", order = "mdy"}',
    ]


def test_contradicting_dates_are_asked_about(guessed):
    _, ambiguities = day_column(guessed, ["13/05/2024", "05/13/2024"])
    assert [ambiguity.column for ambiguity in ambiguities] == ["order date"]


@pytest.mark.parametrize(
    ("totals", "decimal", "asked"),
    [
        (["1,299", "12.50"], ".", False),
        (["1.299", "12,50"], ",", False),
        (["1,299", "2,500"], None, True),
        (["1299", "2500"], None, False),
        (["1,299,000", "2,500"], ".", False),
    ],
)
def test_the_decimal_mark_is_decided_by_the_values_or_asked(guessed, totals, decimal, asked):
    found = guessed({"order no": ["1", "2"], "order date": ["2024-03-05"] * 2, "total": totals})
    assert found.layout.columns["total"].decimal == decimal
    assert [ambiguity.column for ambiguity in found.ambiguities] == (["total"] if asked else [])


def test_another_column_of_the_file_may_settle_the_decimal_mark(guessed):
    found = guessed(
        {"order no": ["1"], "order date": ["2024-03-05"], "shipping": ["4,90"], "total": ["1.299"]}
    )
    assert (found.layout.columns["total"].decimal, found.ambiguities) == (",", ())


def test_two_columns_for_one_amount_are_asked_about(guessed):
    lines = {"order no": ["1"], "item": ["x y"], "qty": ["1"], "revenue": ["2.00"], "turnover": ["3.00"]}
    (ambiguity,) = guessed(lines).ambiguities
    read = [
        {ambiguity.column: choice.reading.to[0]} | {h: r.to[0] for h, r in choice.also.items()}
        for choice in ambiguity.choices
    ]
    assert read == [
        {"turnover": "order_items.amount", "revenue": "further"},
        {"turnover": "further", "revenue": "order_items.amount"},
    ], "one is meant, and then the other is not"
    assert [choice.line for choice in ambiguity.choices] == [
        'turnover = "order_items.amount"', 'revenue = "order_items.amount"',
    ]  # fmt: skip


def test_phones_under_a_header_that_says_nothing_are_asked_about(guessed):
    found = guessed(
        {
            "姓名": ["张三", "李四", "王五"],
            "性别": ["男"] * 3,
            "F7": ["13812345678", "13912345678", "13700001111"],
        }
    )
    assert to(found)["F7"] == ("further",)
    (ambiguity,) = found.ambiguities
    assert ambiguity.choices[0].line == 'F7 = "identifiers.phone"'


def test_what_a_person_keeps_as_a_further_attribute_is_not_asked_about_again(guessed):
    sheet = {"姓名": ["张三", "李四", "王五"], "F7": ["13812345678", "13912345678", "13700001111"]}
    (ambiguity,) = guessed(sheet).ambiguities
    answer = ambiguity.choices[-1]
    assert (answer.line, answer.reading.to) == ('F7 = "further"', ("further",))
    found = guessed(sheet, known=[Layout("answered", {"F7": answer.reading})])
    assert (to(found)["F7"], found.ambiguities) == (("further",), ())


def test_a_date_header_over_words_is_asked_about(guessed):
    _, ambiguities = day_column(guessed, ["soon", "later", "never"])
    assert [ambiguity.column for ambiguity in ambiguities] == ["order date"]


def test_what_a_person_decided_for_a_header_holds_in_the_next_layout(guessed):
    known = Layout(
        "old", {"order date": Reading(("orders.ordered_at",), order="dmy"), "kund": Reading(("people.name",))}
    )
    values = {"order no": ["1"], "order date": ["03/05/2024"], "kund": ["Ann Example"], "total": ["1.50"]}
    found = guessed(values, known=[known])
    assert found.layout.columns["order date"].order == "dmy"
    assert to(found)["kund"] == ("people.name",)
    assert found.ambiguities == ()


def test_a_currency_in_the_headers_becomes_a_constant(guessed):
    found = guessed({"订单号": ["1"], "日期": ["2024-03-05"], "金额(元)": ["1.50"]})
    assert to(found)["金额(元)"] == ("orders.total",)
    assert found.layout.constants == {"orders.currency": "CNY"}


def test_headers_are_compared_without_case_width_and_signs():
    assert (
        len(
            {
                compact(h)
                for h in ("Order No.", "order_no", "orderNo", "ORDER NO", "Order #", "ｏｒｄｅｒ　ｎｏ")
            }
        )
        == 1
    )


def test_an_explanation_speaks_the_readers_language_and_holds_no_value(guessed):
    found = guessed({"姓名": ["张三"], "手机": ["13812345678"]})
    with speaking("zh"):
        rows = explain(found)
    assert [(row.column, row.to, row.label, row.looks) for row in rows] == [
        ("姓名", ("people.name",), "姓名", "文字"), ("手机", ("identifiers.phone",), "电话", "手机号"),
    ]  # fmt: skip
    assert "138" not in repr(rows)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("工单编号 来电时间 来电号码 问题描述 处理结果", "interactions"),
        ("submitted_at email question score comment", "responses"),
        ("发票号 客户编码 开票日期 到期日 金额", "invoices"),
        ("payment_no invoice_no payment_date amount", "payments"),
        ("客户编码 客户名称 信用额度 生效日期", "credit_limits"),
        ("opportunity_id account deal_stage close_value", "opportunities"),
        ("fn n email tel adr org title bday", "people"),
        ("货号 品名 品牌 零售价 进价", "products"),
        ("store_id store_name city opening_date", "stores"),
        ("event_id event timestamp user_id page_url", "events"),
        ("流水号 会员卡号 积分变动 时间", "points"),
        ("date store product units sales customer", "order_items"),
        ("id amount currency status created", "orders"),
        ("campaign_id campaign_type start_date end_date", "campaigns"),
    ],
)
def test_the_headers_together_tell_what_the_rows_are_about(headers, kind):
    assert decide(headers.split()).name == kind


def _meanings(*columns: str) -> dict[str, tuple[str, ...]]:
    rows = {"__row__": [2, 3]} | {name: ["", ""] for name in columns}
    return {h: r.to for h, r in infer(ibis.memtable(rows), name="a.csv").layout.columns.items()}


def test_the_id_of_a_record_is_no_number_of_the_customer():
    order = _meanings("External ID", "Order Reference", "Order Date", "Customer", "Order Lines/Product",
                      "Order Lines/Quantity", "Order Lines/Subtotal")  # fmt: skip
    assert order["External ID"] == ("further",)
    assert order["Order Reference"] == ("orders.order_no",)
    assert "people.record_id" in order["Customer"]
    assert order["Order Lines/Product"] == ("products.name",)
    contact = _meanings("External ID", "Name", "Email", "Phone")
    assert contact["External ID"] == ("people.record_id",)


def test_a_path_of_entity_and_attribute_is_read_as_both():
    told = _meanings("Order ID", "Date", "Customer/Name", "Goods/Name", "Goods/Qty", "Goods/Price")
    assert (told["Goods/Name"], told["Customer/Name"]) == (
        ("products.name",), ("people.record_id", "people.name")
    )  # fmt: skip


def test_the_day_of_a_report_of_advertising_is_that_of_its_cost():
    told = _meanings(
        "Campaign name", "Reporting starts", "Reporting ends", "Amount spent (GBP)", "Impressions"
    )
    assert told["Reporting starts"] == ("expenses.at",)


@pytest.mark.parametrize(
    "headers", ["Expense No|Date|Department|Employee|Amount", "费用单号|日期|部门|员工工号|金额"]
)
def test_an_expense_names_the_department_and_who_spent_it(headers):
    told = _meanings(*headers.split("|"))
    assert list(told.values()) == [
        ("expenses.expense_no",), ("expenses.at",), ("budgets.cost_centre",), ("staff.staff_id",),
        ("expenses.amount",),
    ]  # fmt: skip

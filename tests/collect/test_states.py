"""What a row's words say of it: was it a sale, and which way did its money go?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import ibis
import pytest

from shuke.collect.infer import InferredLayout, infer
from shuke.collect.mapping import Reading
from shuke.collect.values.directions import direction, least, together
from shuke.dealings.statuses import sends_back, state
from shuke.errors import UnsureMapping
from tests.collect.desk import INVOICE, Desk

WAYS = {
    "in": ("收入", "Credit", "CR", "Sale", "收", "Payment", "Rechnung", "recette", "消费"),
    "out": ("支出", "Debit", "DR", "Payout", "Fee", "付", "提现", "Ausgabe", "gasto"),
    "back": ("退款", "Refund", "Credit memo", "销售退货单", "Gutschrift", "avoir", "devolución", "back"),
    "none": ("不计收支", "/", "Transfer", "中性交易", "none"),
}


def _read(value: Any) -> Any:
    return ibis.duckdb.connect().execute(value)


@pytest.mark.parametrize(("code", "word"), [(code, word) for code, words in WAYS.items() for word in words])
def test_a_direction_means_one_thing_in_whatever_words(code: str, word: str) -> None:
    assert _read(direction(ibis.literal(word))) == code


def test_what_is_paid_out_as_a_refund_goes_back_and_what_comes_in_as_one_is_our_own() -> None:
    said = [("out", "back"), ("in", "back"), (None, "back"), ("out", "in"), ("in", None)]
    rows = ibis.memtable({"n": range(5), "way": [way for way, _ in said], "deed": [deed for _, deed in said]})
    read = rows.select("n", going=together(rows.way, rows.deed)).order_by("n").to_pyarrow()
    assert read["going"].to_pylist() == ["back", "none", "back", "out", "in"]


BILL = {
    "No": "payments.payment_no", "At": "payments.paid_at", "Who": "people.name", "Way": "payments.direction",
    "What": "payments.deed", "Sum": "payments.amount", "State": "payments.status",
    "Back": "payments.refunded",
}  # fmt: skip


def test_of_a_bill_only_what_came_in_and_stayed_is_paid_and_who_was_paid_is_no_customer(desk: Desk) -> None:
    receipt = desk.bring(
        "bill", BILL,
        ("1", "2024-05-01 12:45", "Noodles", "支出", "商户消费", "28", "支付成功", ""),
        ("2", "2024-05-02 10:10", "Li Si", "收入", "二维码收款", "100", "已存入零钱", ""),
        ("3", "2024-05-03 10:10", "Wang Wu", "收入", "二维码收款", "50", "已全额退款", ""),
        ("4", "2024-05-03 10:11", "Zhao", "支出", "二维码收款-退款", "9", "支付成功", ""),
        ("5", "2024-05-03 10:12", "Zhao", "收入", "二维码收款", "30", "支付成功", "12"),
        ("6", "2024-05-03 10:13", "Bank", "/", "零钱提现", "500", "提现已到账", ""),
    )  # fmt: skip
    assert desk.now("payments", "payment_no", "direction", "amount") == [
        ("1", "out", Decimal(-28)), ("2", "in", Decimal(100)), ("3", "in", Decimal(0)),
        ("4", "back", Decimal(-9)), ("5", "in", Decimal(18)), ("6", "none", Decimal(500)),
    ]  # fmt: skip
    assert [name for (name,) in desk.now("people", "name")] == ["Li Si", "Wang Wu", "Zhao"]
    assert any("2 rows are money that went out" in note for note in receipt.notes)


def test_lines_say_themselves_which_of_them_go_back_and_what_became_of_them(desk: Desk) -> None:
    columns = {h: to for h, to in INVOICE.items() if h != "Invoice"} | {
        "Kind": "orders.deed", "State": "orders.status"
    }  # fmt: skip
    desk.bring(
        "till", columns,
        ("2026-11-02 10:15", "TEA", "Tea", 2, "4.50", "C1", "Sales invoice", "paid"),
        ("2026-11-03 10:15", "TEA", "Tea", 2, "4.50", "C1", "Credit memo", "paid"),
        ("2026-11-04 10:15", "POT", "Pot", 1, "9.00", "C1", "Whatever", "cancelled"),
    )  # fmt: skip
    assert desk.now("order_items", "product_id", "direction", "status") == [
        ("POT", None, "cancelled"), ("TEA", "back", "paid"), ("TEA", "in", "paid")
    ]  # fmt: skip


ORDERS = ["order no", "order date", "customer id", "order total", "order status"]


def test_a_status_that_nobody_knows_is_asked_and_its_answer_is_kept_in_the_mapping(desk: Desk) -> None:
    said = [
        [2, 3, 4], ["1", "2", "3"], ["2026-01-05"] * 3, ["C1", "C2", "C3"], ["10", "20", "30"],
        ["paid", "parked", "zurückgestellt"],
    ]  # fmt: skip
    rows = ibis.memtable(dict(zip(["__row__", *ORDERS], said, strict=True)))
    [ambiguity] = infer(rows, name="orders.csv").ambiguities
    assert (ambiguity.column, "“parked”, “zurückgestellt”" in ambiguity.question.en) == ("order status", True)
    [cancelled] = [choice for choice in ambiguity.choices if "cancelled" in choice.line]
    assert cancelled.reading.words == {"parked": "cancelled", "zurückgestellt": "cancelled"}


def test_a_word_that_turns_up_later_is_asked_too_until_its_meaning_is_kept(desk: Desk) -> None:
    columns = {"Order": "orders.order_no", "Total": "orders.total", "State": "orders.status"}
    with pytest.raises(UnsureMapping, match=r"(?s)“parked”.*cancelled"):
        desk.bring("web", columns, ("7", "20.00", "parked"), ("8", "5.00", "paid"))
    known = columns | {"State": Reading(("orders.status",), words={"parked": "cancelled"})}
    desk.bring("web", known, ("7", "20.00", "parked"), ("8", "5.00", "paid"))
    assert desk.now("orders", "order_no", "status") == [("7", "cancelled"), ("8", "paid")]


def test_a_refund_of_nobody_knows_how_much_is_said(desk: Desk) -> None:
    columns = {
        "Order": "orders.order_no", "Total": "orders.total", "State": "orders.status",
        "Back": "orders.refunded",
    }  # fmt: skip
    rows = [
        ("1", "20", "partially refunded", ""),
        ("2", "20", "部分退款", "5"),
        ("3", "20", "已退款(￥3)", "0"),
    ]
    receipt = desk.bring("web", columns, *rows)
    assert [note for note in receipt.notes if "1 rows were refunded in part" in note]


def test_of_a_payment_the_amount_that_its_status_says_was_paid_back_is_taken_off(desk: Desk) -> None:
    columns = {h: to for h, to in BILL.items() if h != "Back"}
    desk.bring(
        "bill", columns, ("1", "2024-05-01 12:45", "Li", "收入", "收款", "28", "已退款(￥3.50)"),
        ("2", "2024-05-01 12:46", "Li", "收入", "收款", "28", "支付成功"),
    )  # fmt: skip
    assert [str(amount) for (amount,) in desk.now("payments", "amount")] == ["24.5000", "28.0000"]


def test_a_number_beside_two_names_is_said(desk: Desk) -> None:
    people = {"No": "people.record_id", "Name": "people.name"}
    one = desk.bring("crm", people, (1, "Ann Lee"), (1, "ANN LEE"), (2, "Bob"))
    assert not [note for note in one.notes if "two names" in note]
    receipt = desk.bring("crm", people, (1, "Ann Lee"), (1, "Bob Ray"), (2, "Bob"))
    assert [
        note for note in receipt.notes if "beside two names or more, each taken for one customer: 1" in note
    ]


def _guess(columns: Mapping[str, Sequence[str | None]]) -> InferredLayout:
    told: dict[str, Sequence[str | None]] = {
        "order no": ["1", "2", "3"], "order date": ["2026-01-05"] * 3, "customer id": ["C1", "C2", "C3"],
        "product": ["Tea", "Cup", "Tea"], "quantity": ["1", "2", "1"], "line total": ["10", "20", "30"],
    } | dict(columns)  # fmt: skip
    return infer(ibis.memtable({"__row__": [2, 3, 4], **told}), name="lines.csv")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param("售后状态", ["无售后", "退款成功", "售后关闭"], id="zh"),
        pytest.param("Refund status", [None, "Refunded", "Refund rejected"], id="en"),
        pytest.param("Zahlungsstatus", ["bezahlt", "erstattet", "bezahlt"], id="de"),
        pytest.param("Statut du paiement", ["payé", "remboursé", "payé"], id="fr"),
    ],
)
def test_a_second_status_that_undoes_a_sale_is_read_beside_the_first(
    header: str, words: list[str | None]
) -> None:
    found = _guess({"order status": ["shipped"] * 3, header: words})
    assert [found.layout.columns[h].to for h in ("order status", header)] == [("orders.status",)] * 2
    assert not found.ambiguities


def test_whether_a_state_of_something_else_counts_is_asked() -> None:
    found = _guess({"order status": ["paid"] * 3, "parcel status": ["delivered", "returned", "delivered"]})
    assert [ambiguity.column for ambiguity in found.ambiguities] == ["parcel status"]


def test_of_several_states_the_gravest_holds_and_a_delivery_does_not_unmake_it(desk: Desk) -> None:
    columns = INVOICE | {"State": "orders.status", "After": "orders.status"}
    line = ("2026-11-02", "TEA", "Tea", 2, "4.50", "C1")
    desk.bring(
        "web", columns,
        ("1", *line, "shipped", None), ("2", *line, "shipped", "refunded"), ("3", *line, "cancelled", "paid"),
        ("4", *line, "finished", "refund rejected"),
    )  # fmt: skip
    assert desk.now("orders", "order_no", "status") == [
        ("1", "shipped"), ("2", "refunded"), ("3", "cancelled"), ("4", "finished"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param("type", ["Order", "Refund", "Service Fee"], id="en"),
        pytest.param("Type", ["Vente", "Avoir", "Vente"], id="fr"),
        pytest.param("Vorgangsart", ["Verkauf", "Gutschrift", "Verkauf"], id="de"),
        pytest.param("取引区分", ["通常", "返品", "通常"], id="ja"),
        pytest.param("记录类型", ["销售", "退货", "销售"], id="zh"),
    ],
)
def test_a_column_of_kinds_says_by_its_words_which_rows_go_back(header: str, words: list[str | None]) -> None:
    assert _guess({header: words}).layout.columns[header].to == ("orders.deed",)


def test_kinds_of_anything_else_are_no_directions() -> None:
    found = _guess({"type": ["Black tea", "Return ticket", "Green tea"]})
    assert found.layout.columns["type"].to == ("further",)


def test_what_waits_for_its_money_is_sold_where_it_has_a_day_by_which_to_pay() -> None:
    states = {"status": ["Paid", "Awaiting Payment", "Voided"]}
    assert not _guess(states).layout.columns["status"].words
    billed = _guess({**states, "due date": ["2026-02-05"] * 3})
    assert billed.layout.columns["status"].words == {"Awaiting Payment": "completed"}


@pytest.mark.parametrize("orders", [1, 3])
def test_an_amount_that_stands_on_each_line_of_an_order_is_the_orders(orders: int) -> None:
    numbers = [str(n) for n in range(orders) for _ in range(2)]
    found = infer(
        ibis.memtable({
            "__row__": list(range(2, 2 + 2 * orders)), "order no": numbers,
            "order date": ["2026-01-05"] * 2 * orders, "customer id": ["C1"] * 2 * orders,
            "product": ["Tea", "Cup"] * orders, "quantity": ["1", "2"] * orders,
            "line total": ["55.00", "55.00"] * orders,
        }),
        name="lines.csv",
    )  # fmt: skip
    asked = [ambiguity.column for ambiguity in found.ambiguities]
    to = found.layout.columns["line total"].to
    assert (to, asked) == (
        (("orders.total",), []) if orders > 1 else (("order_items.amount",), ["line total"])
    )


def test_a_return_that_was_refused_is_none(column) -> None:
    words = ["退款成功", "退款关闭", "Refund rejected", "refunded", "申请退款"]
    assert column(words, sends_back) == [True, False, False, True, False]


def test_what_stands_on_each_line_beside_another_total_of_the_order_says_nothing_of_a_line() -> None:
    found = infer(
        ibis.memtable({
            "__row__": [2, 3, 4, 5], "order no": ["1", "1", "2", "2"], "order date": ["2026-01-05"] * 4,
            "customer id": ["C1"] * 4, "product": ["Tea", "Cup"] * 2, "quantity": ["1", "2"] * 2,
            "unit price": ["25.00", "15.00"] * 2, "line total": ["55.00"] * 4, "order total": ["61.00"] * 4,
        }),
        name="lines.csv",
    )  # fmt: skip
    [ambiguity] = found.ambiguities
    assert (ambiguity.column, ambiguity.choices[0].reading.to) == ("line total", ("further",))


def test_what_was_kept_of_an_order_is_no_part_of_the_sale() -> None:
    deeds = ["Order", "Order", "Refund"]
    found = _guess({"type": deeds, "amount-description": ["Principal", "Commission", "Principal"]})
    assert {h for h, r in found.layout.columns.items() if r.to == ("orders.deed",)} == {
        "type", "amount-description",
    }  # fmt: skip
    said = ibis.memtable({
        "n": range(4), "a": [*deeds, "Refund"],
        "b": ["Principal", "Promotion", "Principal", "RefundCommission"],
    })  # fmt: skip
    read = said.select("n", least=least([said.b, said.a])).order_by("n").to_pyarrow()["least"].to_pylist()
    assert read == ["Principal", "Order", "Refund", "RefundCommission"]


def test_how_goods_come_back_is_asked_only_where_nothing_says_whether_they_did() -> None:
    how = {"售后方式": ["仅退款", None, "退货退款"]}
    assert [ambiguity.column for ambiguity in _guess(how).ambiguities] == ["售后方式"]
    beside = _guess({**how, "售后状态": ["退款成功", None, "退款关闭"]})
    assert beside.layout.columns["售后方式"].to == ("further",) and not beside.ambiguities


def test_a_state_of_the_union_is_none_of_an_order() -> None:
    assert not _guess(
        {"order state": ["TX", "MA", "CA"], "order city": ["Austin", "Boston", "Fresno"]}
    ).ambiguities


@pytest.mark.parametrize(
    ("meant", "words"),
    [
        ("pending", "Overdue;Impagada;Vencida;no cobrada;em aberto;À payer;non réglée;Überfällig"),
        ("pending", "未收款;未结清;逾期;未入金"),
        ("completed", "Cobrado;Abono cobrado;Parcialmente cobrada;Réglée;Soldée;Beglichen;Liquidado"),
        ("completed", "待收货;部分收款;一部入金"),
        ("cancelled", "Anulada;Annulée;Storniert;已作废;無効"),
    ],
)  # fmt: skip
def test_what_became_of_an_invoice_is_read_in_seven_languages(column, meant: str, words: str) -> None:
    said = words.split(";")
    assert column(said, state) == [meant] * len(said)

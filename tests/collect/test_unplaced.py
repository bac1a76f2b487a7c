"""What looks like a thing that nothing else says is asked about; beside what says it, it is only noted."""

import ibis
import pytest

from shuke.collect import layouts
from shuke.collect.infer import infer
from shuke.collect.mapping import Layout, Reading
from shuke.collect.preview import preview

LINES = {
    "Order No": ["A1", "A2"], "Date": ["2024-03-05", "2024-03-06"], "SKU": ["T", "T"], "Qty": ["1", "2"],
    "Unit price": ["5.00", "5.00"], "Customer ID": ["C1", "C2"],
}  # fmt: skip


def guessed(values, **knobs):
    table = ibis.memtable(
        {"__row__": [1, 2], **values}, schema={"__row__": "int64"} | dict.fromkeys(values, "string")
    )
    return infer(table, name="sheet", **knobs)


def instead(header, other, *cells):
    """The lines with another column in place of one of them."""
    return {name: values for name, values in LINES.items() if name != header} | {other: list(cells)}


@pytest.mark.parametrize(
    ("missing", "header", "cells", "target"),
    [
        ("Date", "Wann", ("2024-03-05", "2024-03-06"), "orders.ordered_at"),
        ("Date", "Zahlungsdatum", ("45356", "45357"), "orders.ordered_at"),
        ("Unit price", "Posten Betrag", ("5,00", "10,00"), "order_items.amount"),
        ("Customer ID", "Shopper ref", ("C17", "C18"), "people.record_id"),
        ("Order No", "till voucher", ("V17", "V18"), "orders.order_no"),
    ],
)
def test_what_nothing_else_says_is_asked_of_the_column_that_looks_like_it(missing, header, cells, target):
    found = guessed(instead(missing, header, *cells))
    (ambiguity,) = found.ambiguities
    assert ambiguity.column == header
    assert (ambiguity.choices[0].reading.to, ambiguity.choices[-1].reading.to) == ((target,), ("further",))
    assert guessed(LINES).ambiguities == (), "and with its plain name nothing is asked"


def test_a_second_date_beside_the_day_of_the_order_is_no_question():
    beside = LINES | {"Updated": ["2024-04-01", "2024-04-02"], "Service charge": ["1.00", "2.00"]}
    assert guessed(beside).ambiguities == ()


def test_a_day_that_is_in_a_column_without_a_value_is_asked_of_the_one_that_has_some():
    found = guessed(LINES | {"Date": [None, None], "Wann": ["2024-03-05", "2024-03-06"]})
    assert [ambiguity.column for ambiguity in found.ambiguities] == ["Wann"]


def test_of_several_candidates_one_is_chosen_and_the_others_are_kept_aside():
    two = instead("Date", "Paid", "2024-03-05", "2024-03-06") | {"Shipped": ["2024-03-07", "2024-03-08"]}
    found = guessed(two)
    (ambiguity,) = found.ambiguities
    paid, shipped, none = ambiguity.choices
    for choice, right in (
        (paid, {"Paid": "orders.ordered_at", "Shipped": "further"}),
        (shipped, {"Paid": "further", "Shipped": "orders.ordered_at"}),
        (none, {"Paid": "further", "Shipped": "further"}),
    ):
        columns = layouts.answered(found.layout, {ambiguity.column: choice}).columns
        assert {header: columns[header].to for header in right} == {h: (to,) for h, to in right.items()}
        assert all(columns[header].sure for header in right)


def test_the_answer_says_how_the_values_are_written():
    (ambiguity,) = guessed(instead("Date", "Wann", "03/05/2024", "04/05/2024")).ambiguities
    assert [choice.reading.order for choice in ambiguity.choices] == ["dmy", "mdy", None]
    (ambiguity,) = guessed(instead("Date", "Wann", "03/25/2024", "04/05/2024")).ambiguities
    assert ambiguity.choices[0].line == 'Wann = {to = "orders.ordered_at", order = "mdy"}'


@pytest.mark.parametrize("decided", ["further", "orders.ordered_at"])
def test_what_a_person_decided_is_not_asked_again(decided):
    known = Layout("earlier", {"Wann": Reading((decided,))})
    asked = instead("Date", "Wann", "2024-03-05", "2024-03-06")
    assert guessed(asked, known=[known]).ambiguities == ()


def test_a_list_of_people_with_many_dates_asks_nothing():
    people = {"Name": ["Ann", "Bob"], "Email": ["a@example.com", "b@example.com"],
              "Seen": ["2024-03-05", "2024-03-06"], "Spent": ["5.00", "6.00"]}  # fmt: skip
    assert guessed(people).ambiguities == ()


def test_what_may_be_sales_without_headers_is_not_taken_for_a_list_of_people(desk):
    rows = (("1001", "2026-10-05", "ann@a.example", "Green tea", 2, "20.00"),
            ("1002", "2026-10-06", "bob@b.example", "Cup", 1, "8.00"),
            ("1003", "2026-10-07", "ann@a.example", "Cup", 1, "8.00"))  # fmt: skip
    [seen] = preview(desk.project, "till", [desk.write("till.csv", *rows)])
    [ambiguity] = seen.found.asked
    assert "What is each row" in ambiguity.question.en


def test_a_list_of_customers_with_a_sum_and_a_day_beside_their_addresses_is_no_question(desk):
    columns = ["Customer No", "Customer Name", "E-mail", "Credit Limit", "Currency", "Valid From"]
    rows = [[f"C{n}", f"Firm {n}", f"buying@firm{n}.example", "100.00", "CNY", "2023-10-31"] for n in (1, 2)]
    [seen] = preview(desk.project, "erp", [desk.write("limits.csv", columns, *rows)])
    assert not seen.found.asked and not seen.found.ambiguities
    assert seen.found.layout.columns["Credit Limit"].to == ("credit_limits.limit",)

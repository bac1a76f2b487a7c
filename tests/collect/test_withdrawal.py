"""A batch that should never have landed is taken back whole, and nothing that landed is changed for it."""

from datetime import UTC, datetime

import pytest

from shuke.collect.withdrawal import withdraw
from shuke.errors import WrongCall
from tests.collect.desk import INVOICE

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PEOPLE = {"No": "people.record_id", "Name": "people.name", "City": "people.city"}


def line(number, price="5.00"):
    return (number, "2024-03-05", "T", "Tea", 1, price, "C1")


def test_what_a_withdrawn_batch_said_holds_no_more_and_what_it_replaced_holds_again(desk):
    desk.bring("crm", PEOPLE, ("C1", "Ann", "York"))
    second = desk.bring("crm", PEOPLE, ("C1", "Ann", "Leeds"), ("C2", "Bob", "Hull"))
    assert desk.now("people", "record_id", "city") == [("C1", "Leeds"), ("C2", "Hull")]
    receipt = withdraw(desk.project, "2", now=NOW)
    assert desk.now("people", "record_id", "city") == [("C1", "York")]
    assert (receipt.withdraws, receipt.batch) == (second.batch, "000003-crm~000002")
    assert desk.project.landing.receipts()[-1] == receipt
    assert [r.batch for r in desk.project.landing.standing()] == ["000001-crm", receipt.batch]


def test_the_same_file_lands_again_after_its_batch_was_withdrawn(desk):
    first = desk.bring("till", INVOICE, line("A1"), line("A2"))
    path = next(desk.folder.glob("till-*.csv"))
    withdraw(desk.project, first.batch, now=NOW)
    again = desk.take("till", path)
    assert (again.loaded, again.unchanged) == (2, 0)
    assert len(desk.now("order_items", "order_no")) == 2


def test_a_withdrawal_that_is_withdrawn_lets_the_batch_stand_again(desk):
    first = desk.bring("till", INVOICE, line("A1"))
    path = next(desk.folder.glob("till-*.csv"))
    withdrawal = withdraw(desk.project, "1", now=NOW)
    withdraw(desk.project, withdrawal.batch, now=NOW)
    assert desk.project.landing.withdrawn() == {withdrawal.batch}
    assert desk.now("order_items", "order_no") == [("A1",)]
    assert desk.take("till", path).unchanged == first.read


def test_later_batches_that_left_out_what_it_had_said_are_named(desk):
    desk.bring("till", INVOICE, line("A1"))
    later = desk.bring("till", INVOICE, line("A1"), line("A2"))
    path = sorted(desk.folder.glob("till-*.csv"))[-1]
    receipt = withdraw(desk.project, "1", now=NOW)
    assert later.batch in receipt.notes[0]
    assert desk.now("order_items", "order_no") == [("A2",)]
    desk.take("till", path)
    assert desk.now("order_items", "order_no") == [("A1",), ("A2",)], "and imported again they count"


def test_nothing_is_withdrawn_twice_and_nothing_that_is_not_there(desk):
    desk.bring("till", INVOICE, line("A1"))
    withdraw(desk.project, "1", now=NOW)
    with pytest.raises(WrongCall, match="withdrawn already"):
        withdraw(desk.project, "1", now=NOW)
    with pytest.raises(WrongCall, match="no batch 9"):
        withdraw(desk.project, "9", now=NOW)

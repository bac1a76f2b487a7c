"""What an import says of its columns and of what its rows say."""

import pytest

from shuke.languages import speaking
from shuke.store.accounts import Account, UnusedColumn
from shuke.views import import_accounts


def account(**told) -> Account:
    return Account(file="till.csv", sheet=None, table="order_items", **told)


@pytest.mark.parametrize(
    ("says", "en", "zh"),
    [
        (
            {"day": 3, "order": 3, "customer": 2, "currency": 0},
            "of 3 rows, all have a day, an order; 2 have a customer; none has a currency",
            "共 3 行：全部有日期、订单；2 行有客户；均没有币种",
        ),
        (
            {"day": 3, "amount": 2, "currency": 0},
            "of 3 rows, all have a day; 2 have an amount; none has a currency; their amounts count as GBP",
            "共 3 行：全部有日期；2 行有金额；均没有币种；金额按 GBP 计",
        ),
        ({"day": 3, "status": 0}, "of 3 rows, all have a day", "共 3 行：全部有日期"),
    ],
)
def test_what_all_rows_say_is_told_apart_from_what_some_and_what_none_say(says, en, zh):
    held = account(rows=3, feeds={}, says=says)
    assert import_accounts.rows(held, "GBP") == en
    with speaking("zh"):
        assert import_accounts.rows(held, "GBP") == zh


def test_rows_of_which_nothing_is_expected_need_no_sentence():
    assert import_accounts.rows(account(rows=3, feeds={}), "GBP") is None
    assert import_accounts.rows(account(rows=0, feeds={}, says={"status": 0}), "GBP") is None


def test_columns_kept_aside_are_named_those_first_that_look_like_something():
    aside = (
        UnusedColumn(column="Note", to="further"),
        UnusedColumn(column="Paid at", to="further", looks="day"),
    )
    held = account(rows=1, feeds={"a": ("orders.order_no",), "b": ("orders.total",)}, aside=aside)
    assert import_accounts.columns(held) == (
        "2 of 4 columns feed something; kept aside: Paid at (looks like a date), Note"
    )

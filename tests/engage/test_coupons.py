"""A coupon is redeemed once, whoever tries, on SQLite and on PostgreSQL."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from shuke.access.audit import Actor
from shuke.engage import coupons, offers
from shuke.engage.coupons import NotRedeemable, Redemption, Till, UnknownCoupon
from shuke.engage.offers import OfferKind, OfferRecord, Terms
from shuke.errors import WrongCall
from shuke.store.offer_rows import coupons as rows
from shuke.store.operations import Operations

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
KEY = b"k" * 32
ANNA = Actor("anna", "cli")
TERMS = Terms(
    name="Ten off", kind=OfferKind.VALUE, value=Decimal(10), currency="EUR", starts=TODAY,
    ends=TODAY + timedelta(days=30),
)  # fmt: skip


def make(operations: Operations, **changes: Any) -> OfferRecord:
    with operations.writing() as connection:
        number = offers.make(connection, replace(TERMS, **changes), by=ANNA, now=NOW)
        return offers.get(connection, number)


def issue(
    operations: Operations, offer: OfferRecord, *customers: str, occasion: str = "spring", **further: Any
):
    with operations.writing() as connection:
        return coupons.issue(
            connection, offer, customers, occasion=occasion, key=KEY, by=ANNA, now=NOW, **further
        )


def redeem(
    operations: Operations, code: str, *, call: str | None = None, today: date = TODAY, customer: str = "",
    **till: Any,
) -> Redemption:  # fmt: skip
    whose = frozenset(customer.split())
    with operations.writing() as connection:
        return coupons.redeem(
            connection, code, Till(customers=whose, **till), idempotency_key=call or code, key=KEY, by=ANNA,
            now=NOW, today=today,
        )  # fmt: skip


def refused(operations: Operations, code: str, **further: Any) -> str:
    with pytest.raises(NotRedeemable) as told:
        redeem(operations, code, call=f"again {code}", **further)
    return str(told.value)


def test_a_coupon_is_redeemed_once_and_a_repeated_call_is_told_the_same(operations):
    offer = make(operations)
    code = issue(operations, offer, "C1").codes["C1"]
    first = redeem(operations, code, call="till-7", order_no="A1", source="till", amount=Decimal(25))
    assert (first.value, first.cost, first.customer_id) == (Decimal(10), Decimal(10), "C1")
    assert not first.repeated
    again = redeem(operations, code.lower().replace("-", " "), call="till-7", amount=Decimal(25))
    assert again == replace(first, repeated=True)
    assert refused(operations, code) == "The coupon has been redeemed already."
    (told,) = offers.every(operations)
    assert (told.issued, told.redeemed, told.cost) == (1, 1, Decimal(10))


def test_one_key_is_for_one_coupon(operations):
    codes = issue(operations, make(operations), "C1", "C2").codes
    redeem(operations, codes["C1"], call="till-7")
    with pytest.raises(WrongCall, match="Another coupon"):
        redeem(operations, codes["C2"], call="till-7")


def test_the_code_is_kept_nowhere_and_a_stranger_to_the_key_redeems_nothing(operations):
    code = issue(operations, make(operations), "C1").codes["C1"]
    with operations.reading() as connection:
        (row,) = connection.execute(sa.select(rows)).mappings()
    kept = str(dict(row))
    assert code not in kept and code.replace("-", "") not in kept
    with operations.writing() as connection, pytest.raises(UnknownCoupon):
        coupons.redeem(
            connection, code, Till(), idempotency_key="x", key=b"other" * 7, by=ANNA, now=NOW, today=TODAY
        )


@pytest.mark.parametrize(
    ("changes", "till", "why"),
    [
        ({}, {"today": TODAY - timedelta(days=1)}, "The offer has not begun yet."),
        ({}, {"today": TODAY + timedelta(days=31)}, "The coupon has expired."),
        ({}, {"customer": "C7"}, "The coupon is another customer's."),
        ({"least_order": Decimal(50)}, {"amount": Decimal("49.99")}, "The order is too small"),
        ({"least_order": Decimal(50)}, {}, "The order is too small"),
    ],
)
def test_it_is_refused_with_its_reason_and_stays_good(operations, changes, till, why):
    code = issue(operations, make(operations, **changes), "C1").codes["C1"]
    assert refused(operations, code, **till).startswith(why)
    assert redeem(operations, code, amount=Decimal(50), customer="C1 C9").value == 10


def test_no_more_than_the_offer_has_and_no_more_than_a_customer_may(operations):
    offer = make(operations, per_customer=2, total=3)
    codes = [issue(operations, offer, "C1", "C2", occasion=str(n)).codes for n in range(4)]
    redeem(operations, codes[0]["C1"], customer="C1")
    redeem(operations, codes[1]["C1"], customer="C1")
    assert "as many coupons" in refused(operations, codes[2]["C1"], customer="C1")
    # Whoever was merged with somebody has what that one has redeemed.
    assert "as many coupons" in refused(operations, codes[0]["C2"], customer="C1 C2")
    redeem(operations, codes[0]["C2"], customer="C2")
    assert "have been" in refused(operations, codes[1]["C2"], customer="C2")
    assert offers.every(operations)[0].redeemed == 3


def test_offers_stand_on_one_order_only_where_both_may(operations):
    alone, one, two = (make(operations, name=n, stacks=n != "alone") for n in ("alone", "one", "two"))
    codes = [issue(operations, offer, "C1", "C2").codes for offer in (alone, one, two)]
    order: dict[str, Any] = {"source": "till", "order_no": "A1"}
    redeem(operations, codes[1]["C1"], **order)
    redeem(operations, codes[2]["C1"], **order)
    assert "combined" in refused(operations, codes[0]["C1"], **order)
    redeem(operations, codes[0]["C1"], source="web", order_no="A1")
    assert "combined" in refused(operations, codes[1]["C2"], source="web", order_no="A1")


def test_issuing_again_gives_a_new_code_to_who_has_not_redeemed(operations):
    offer = make(operations)
    first = issue(operations, offer, "C1", "C2").codes
    redeem(operations, first["C2"])
    again = issue(operations, offer, "C1", "C2", "C3")
    assert set(again.codes) == {"C1", "C3"} and again.redeemed == ("C2",)
    with pytest.raises(UnknownCoupon):
        redeem(operations, first["C1"])
    redeem(operations, again.codes["C1"])
    assert offers.every(operations)[0].issued == 3


def test_who_opted_out_of_automated_choice_is_left_out_of_such_offers_alone(operations):
    chosen, typed = make(operations, is_automated=True), make(operations, name="typed")
    assert issue(operations, chosen, "C1", "C2", opted_out={"C2"}).left_out == ("C2",)
    assert set(issue(operations, typed, "C1", "C2", opted_out={"C2"}).codes) == {"C1", "C2"}


def test_what_was_taken_back_or_ended_is_not_redeemed(operations):
    offer = make(operations)
    codes = issue(operations, offer, "C1", "C2").codes
    redeem(operations, codes["C2"])
    with operations.writing() as connection:
        assert coupons.void(connection, offer.id, occasion="autumn", by=ANNA, now=NOW) == 0
        assert coupons.void(connection, offer.id, occasion="spring", by=ANNA, now=NOW) == 1
    assert refused(operations, codes["C1"]) == "The coupon was taken back."
    other = issue(operations, offer, "C3").codes["C3"]
    with operations.writing() as connection:
        offers.end(connection, offer.id, by=ANNA, now=NOW)
    assert refused(operations, other) == "The offer has been ended."


def test_bearers_redeem_as_whoever_they_are(operations):
    offer = make(operations)
    with operations.writing() as connection:
        codes = coupons.issue_unnamed(connection, offer, 3, occasion="print", key=KEY, by=ANNA, now=NOW)
    assert redeem(operations, codes[0]).customer_id is None
    assert redeem(operations, codes[1], customer="C5").customer_id == "C5"
    assert "as many coupons" in refused(operations, codes[2], customer="C5")


TRY = """
import sys
from datetime import UTC, date, datetime
from shuke.access.audit import Actor
from shuke.engage import coupons
from shuke.engage.coupons import NotRedeemable, Till
from shuke.store.operations import open_operations
operations, me, codes = open_operations(sys.argv[1]), sys.argv[2], sys.argv[3].split()
for code in codes:
    try:
        with operations.writing() as connection:
            coupons.redeem(
                connection, code, Till(), idempotency_key=f"{me} {code}", key=b"k" * 32,
                by=Actor(me, "api"), now=datetime(2026, 11, 21, 12, tzinfo=UTC), today=date(2026, 11, 21),
            )
        print(code)
    except NotRedeemable:
        pass
"""


def test_of_four_processes_one_redeems_each_and_no_more_than_there_are(operations, empty_database):
    offer = make(operations, total=30)
    codes = list(issue(operations, offer, *(f"C{n}" for n in range(40))).codes.values())
    tries = [
        subprocess.Popen(
            [sys.executable, "-c", TRY, empty_database, f"p{n}", " ".join(codes)],
            stdout=subprocess.PIPE, text=True,
        )
        for n in range(4)
    ]  # fmt: skip
    redeemed = [code for each in tries for code in each.communicate()[0].split()]
    assert [each.returncode for each in tries] == [0, 0, 0, 0]
    assert len(redeemed) == len(set(redeemed)) == 30
    assert offers.every(operations)[0].redeemed == 30

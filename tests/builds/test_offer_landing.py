"""What has come of coupons lands once, and is told of customers by the next build."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from shuke.actions import consents, identity
from shuke.actions import offers as actions
from shuke.builds import offer_landing, pipeline, unchanged
from shuke.engage.coupons import NotRedeemable
from shuke.engage.offers import OfferKind, Terms
from shuke.views import offers as view
from shuke.views.viewer import at_home
from tests.builds.test_pipeline import NOW, empty
from tests.few_tables import FEW, only
from tests.landing import land


@pytest.fixture(scope="module", autouse=True)
def few_tables():
    with only(*FEW, "consent_states"):
        yield


ANNA = at_home("anna", "cli", now=NOW)
TODAY = NOW.date()


@pytest.fixture
def project(tmp_path):
    made = empty(tmp_path)
    land(made, "till", people=[{"record_id": "1"}, {"record_id": "2"}])
    pipeline.build(made, now=NOW)
    return made


def landed(project, name):
    return [row for path in project.landing.files(name) for row in pq.read_table(path).to_pylist()]


def customers(project):
    rows = project.open().table("identities").to_pyarrow().to_pylist()
    return {row["record"]: row["customer_id"] for row in rows}


def make(project, **further):
    terms = Terms(
        name="Ten off", kind=OfferKind.VALUE, value=Decimal(10), currency="GBP",
        starts=TODAY, ends=TODAY + timedelta(days=30), reason="regulars", **further,
    )  # fmt: skip
    return actions.make(project, terms, viewer=ANNA)


def test_a_coupon_lands_when_it_is_given_out_and_again_when_it_is_redeemed(project):
    known = customers(project)
    number = make(project)
    told = actions.issue(project, number, known.values(), occasion="spring", viewer=ANNA)
    assert [offer_landing.land_offers(project, now=NOW) for _ in range(2)] == [3, 0]
    code = told.codes[known["till:1"]]
    actions.redeem(project, code, idempotency_key="A1", source="till", order_no="A1", viewer=ANNA)
    assert [offer_landing.land_offers(project, now=NOW) for _ in range(2)] == [1, 0]
    *given, last = landed(project, "coupons")
    assert {row["record_id"] for row in given} == {"till:1", "till:2"} and last["record_id"] == "till:1"
    assert (last["order_no"], last["value"], last["revises"]) == ("A1", Decimal(10), True)
    (expense,) = landed(project, "expenses")
    assert (expense["record_id"], expense["amount"]) == ("till:1", Decimal(10))
    assert (expense["campaign_id"], expense["at"]) == ("spring", TODAY)
    assert not any(code in str(row) or code.replace("-", "") in str(row) for row in (*given, last, expense))


def test_the_next_build_has_what_was_redeemed_and_is_not_the_same_again(project):
    pipeline.build(project, now=NOW)  # takes in which ids the first has issued
    assert unchanged.again(project, now=NOW, as_of=None, engine=None)
    known = customers(project)
    told = actions.issue(project, make(project), known.values(), occasion="spring", viewer=ANNA)
    assert unchanged.again(project, now=NOW, as_of=None, engine=None) is None
    pipeline.build(project, now=NOW)
    actions.redeem(project, told.codes[known["till:2"]], idempotency_key="A1", viewer=ANNA)
    assert unchanged.again(project, now=NOW, as_of=None, engine=None) is None
    pipeline.build(project, now=NOW)
    assert unchanged.again(project, now=NOW, as_of=None, engine=None)
    rows = project.open().table("landed_coupons").to_pyarrow().to_pylist()
    assert sorted((row["record_id"], row["redeemed_at"] is not None) for row in rows) == [
        ("till:1", False), ("till:2", True),
    ]  # fmt: skip


def test_what_was_taken_back_is_there_no_more_and_an_ended_offer_says_until_when(project):
    number = make(project)
    actions.issue(project, number, customers(project).values(), occasion="spring", viewer=ANNA)
    offer_landing.land_offers(project, now=NOW)
    assert actions.void(project, number, viewer=ANNA) == 2
    actions.end(project, number, viewer=ANNA)
    assert offer_landing.land_offers(project, now=NOW) == 3
    assert [row["withdrawn"] for row in landed(project, "coupons")] == [False, False, True, True]
    pipeline.build(project, now=NOW)
    assert project.open().table("landed_coupons").count().to_pyarrow().as_py() == 0
    (offer,) = project.open().table("landed_offers").to_pyarrow().to_pylist()
    assert (offer["reason"], offer["offer_ends"]) == ("regulars", TODAY + timedelta(days=30))


def test_who_said_no_to_automated_choice_is_left_out(project):
    said_at = NOW.replace(tzinfo=None)
    land(
        project, "web",
        people=[{"record_id": "9"}],
        consents=[{"record_id": "9", "purpose": "automated_choice", "granted": False, "at": said_at}],
    )  # fmt: skip
    pipeline.build(project, now=NOW)
    known = customers(project)
    number = make(project, is_automated=True)
    told = actions.issue(project, number, known.values(), occasion="spring", viewer=ANNA)
    assert told.left_out == (known["web:9"],) and len(told.codes) == 2
    # What they say between two builds counts at once.
    for record, granted in (("web:9", True), ("till:1", False)):
        consents.say(
            project, known[record], purpose="automated_choice", channel="any", granted=granted, how="call",
            viewer=replace(ANNA, now=NOW + timedelta(hours=1)),
        )  # fmt: skip
    again = actions.issue(project, number, known.values(), occasion="autumn", viewer=ANNA)
    assert again.left_out == (known["till:1"],)


def test_a_merged_customer_has_what_either_has_redeemed(project):
    known = customers(project)
    number = make(project)
    first = actions.issue(project, number, [known["till:1"]], occasion="one", viewer=ANNA).codes
    actions.redeem(project, first[known["till:1"]], idempotency_key="A1", viewer=ANNA)
    identity.merge(project, "till:1", "till:2", viewer=ANNA)
    pipeline.build(project, now=NOW)
    second = actions.issue(project, number, [known["till:2"]], occasion="two", viewer=ANNA).codes
    with pytest.raises(NotRedeemable, match="as many coupons"):
        actions.redeem(project, second[known["till:2"]], idempotency_key="A2", viewer=ANNA)


def test_a_coupon_that_an_order_names_is_redeemed_by_the_build_as_of_the_order(project):
    known = customers(project)
    codes = actions.issue(project, make(project), known.values(), occasion="spring", viewer=ANNA).codes
    moment = NOW.replace(tzinfo=None) + timedelta(hours=1)
    orders = [
        {"order_no": "A1", "record_id": "1", "ordered_at": moment, "total": Decimal(30),
         "coupon": codes[known["till:1"]].lower()},
        {"order_no": "A2", "record_id": "1", "ordered_at": moment, "total": Decimal(30),
         "coupon": codes[known["till:1"]]},
        {"order_no": "A3", "record_id": "2", "ordered_at": moment, "total": Decimal(30), "coupon": "WELCOME"},
    ]  # fmt: skip
    land(project, "till", orders=orders)
    pipeline.build(project, now=NOW)
    (offer,) = view.listed(project, viewer=ANNA)
    assert (offer.redeemed, offer.cost) == (1, Decimal(10))
    pipeline.build(project, now=NOW)
    (row,) = (r for r in landed(project, "coupons") if r["redeemed_at"])
    assert (row["order_no"], row["redeemed_at"]) == ("A1", moment)

"""A coupon from the offer to the till, over HTTP."""

import re
from datetime import date, timedelta

import pytest

from shuke.access.roles import Role

TODAY = date.today()  # noqa: DTZ011 - the server reads the clock


@pytest.fixture(scope="module")
def marketer(calling):
    return calling(Role.MARKETER)


def make(client, name, **further):
    terms = {"kind": "percent", "value": 12.5, "starts": f"{TODAY - timedelta(days=1)}",
             "ends": f"{TODAY + timedelta(days=9)}"}  # fmt: skip
    made = client.post("/api/offers", json={"name": name, **terms, **further})
    assert made.status_code == 201, made.text
    return made.json()["number"]


def issued(client, number, *customers):
    told = client.post(
        f"/api/offers/{number}/coupons", json={"customers": list(customers), "occasion": "spring"}
    )
    assert told.status_code == 201, told.text
    return told.json()["codes"]


def redeem(client, code, key, **order):
    return client.post(f"/api/coupons/{code}/redeem", json=order, headers={"Idempotency-Key": key})


@pytest.fixture
def customer(marketer):
    return marketer.get("/api/customers", params={"limit": 1}).json()["customers"][0]["customer_id"]


def test_a_coupon_is_redeemed_once_whoever_repeats_the_call(marketer, customer):
    number = make(marketer, "eighth off")
    code = issued(marketer, number, customer)[customer]
    order = {"source": "till", "order_no": "Z1", "amount": 20.2}
    first = redeem(marketer, code, "Z1", **order)
    assert first.status_code == 200, first.text
    assert first.json() | {"redeemed_at": ""} == {
        "coupon": first.json()["coupon"], "offer": number, "customer_id": customer, "redeemed_at": "",
        "order_no": "Z1", "value": 2.53, "cost": 2.53, "repeated": False,
    }  # fmt: skip
    assert redeem(marketer, code, "Z1", **order).json() == first.json() | {"repeated": True}
    again = redeem(marketer, code, "Z2", **order)
    assert (again.status_code, again.json()["code"]) == (422, "not_redeemable")
    assert again.json()["message"] == "The coupon has been redeemed already."
    told = next(o for o in marketer.get("/api/offers").json()["offers"] if o["number"] == number)
    assert (told["issued"], told["redeemed"], told["cost"]) == (1, 1, 2.53)


def test_a_wrong_code_is_not_found_and_says_so_in_chinese(marketer):
    told = marketer.post(
        "/api/coupons/AAAA-AAAA-AAAB/redeem", json={},
        headers={"Idempotency-Key": "x", "Accept-Language": "zh"},
    )  # fmt: skip
    assert told.status_code == 404 and "券码" in told.json()["message"]


def test_the_key_is_needed_and_so_is_the_right(marketer, viewer, customer):
    code = issued(marketer, make(marketer, "for rights"), customer)[customer]
    assert marketer.post(f"/api/coupons/{code}/redeem", json={"amount": 9}).status_code == 400
    assert redeem(viewer, code, "V1", amount=9).status_code == 403
    assert viewer.post("/api/offers", json={}).status_code == 403
    assert redeem(marketer, code, "V1", amount=9).status_code == 200


def test_an_ended_offer_redeems_nothing_and_terms_must_make_sense(marketer, customer):
    number = make(marketer, "ended")
    code = issued(marketer, number, customer)[customer]
    assert marketer.post(f"/api/offers/{number}/end").json() == {"number": number, "ended": True}
    assert redeem(marketer, code, "E1", amount=9).json()["message"] == "The offer has been ended."
    backwards = {"name": "b", "kind": "value", "value": 1, "starts": "2026-02-02", "ends": "2026-02-01"}
    assert marketer.post("/api/offers", json=backwards).status_code == 400
    assert issued(marketer, make(marketer, "other"), customer)
    strangers = {"customers": ["nobody"], "occasion": "x"}
    assert marketer.post(f"/api/offers/{number}/coupons", json=strangers).status_code == 404


def test_a_till_redeems_and_does_and_sees_nothing_else(marketer, calling, customer):
    number = make(marketer, "at the till")
    code = issued(marketer, number, customer)[customer]
    till = calling(Role.TILL)
    assert redeem(till, code, "T1", amount=10).status_code == 200
    described = till.get("/api/openapi.json").json()["paths"]
    readable = [p for p, methods in described.items() if "get" in methods and p.startswith("/api")]
    assert len(readable) > 20
    for path in readable:
        answer = till.get(re.sub(r"{\w+}", "1", path))
        assert answer.status_code in (403, 422), (path, answer.status_code)
    assert till.post(f"/api/offers/{number}/end").status_code == 403

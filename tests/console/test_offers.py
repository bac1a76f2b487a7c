"""The page Offers: an offer is made, coupons are given out once, and what came of them is told."""

import re

from starlette.testclient import TestClient

from shuke.actions import offers as actions
from shuke.app import Project
from shuke.views.viewer import at_home
from tests.console.company import NOW
from tests.console.conftest import token

FORM = {
    "name": "Ten <off>", "kind": "value", "value": "10", "starts": "2020-01-01", "ends": "2099-12-31",
    "per_customer": "1", "reason": "regulars",
}  # fmt: skip


def post(client: TestClient, path: str, **fields):
    page = client.get("/offers").text
    return client.post(path, data={"csrf": token(page), **fields})


def test_an_offer_is_made_given_out_and_told_of(built: Project, lin: TestClient):
    page = post(lin, "/offers", **FORM)
    assert page.status_code == 200 and "Ten &lt;off&gt;" in page.text and "regulars" in page.text
    number = int(str(page.url).rsplit("/", 1)[1])
    customer = re.search(r"/customers/(C[0-9A-F]{20})", lin.get("/customers").text)
    assert customer
    given = post(lin, f"/offers/{number}/coupons", occasion="spring", customers=customer[1])
    assert "shown once" in given.text
    code = re.search(rf"{customer[1]},([2-9A-Z]{{4}}-[2-9A-Z]{{4}}-[2-9A-Z]{{4}})", given.text)
    assert code
    assert code[1] not in lin.get(f"/offers/{number}").text
    actions.redeem(built, code[1], idempotency_key="x", viewer=at_home("tests", "cli", now=NOW))
    told = lin.get(f"/offers/{number}").text
    assert "100%" in told and "spring" in told
    assert "Of 1 coupons 1 were redeemed" in lin.get("/offers").text
    unnamed = post(lin, f"/offers/{number}/coupons", occasion="print", unnamed="3").text
    assert len(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", unnamed)) == 3
    assert "Take back 3" in unnamed
    meant = post(
        lin, f"/offers/{number}/coupons", occasion="meant", where=f"customer_id = '{customer[1]}'"
    ).text
    assert len(re.findall(rf"{customer[1]},[2-9A-Z]{{4}}-", meant)) == 1
    assert "Take back 3" not in post(lin, f"/offers/{number}", do="void", occasion="print").text
    assert "End it now" not in post(lin, f"/offers/{number}", do="end").text


def test_what_makes_no_sense_is_refused_in_words(lin: TestClient):
    for wrong, why in (
        ({"value": "ten"}, "ten is not an amount"), ({"ends": "tomorrow"}, "from which day"),
        ({"kind": "gift"}, "Choose what"), ({"kind": "percent", "value": "101"}, "in per cent"),
    ):  # fmt: skip
        answer = post(lin, "/offers", **(FORM | {"name": "other"} | wrong))
        assert answer.status_code == 400 and why in answer.text
    assert lin.get("/offers/999999").status_code == 404


def test_whoever_only_looks_is_shown_no_form(vera: TestClient):
    page = vera.get("/offers")
    assert page.status_code == 200 and 'action="/offers"' not in page.text
    assert vera.post("/offers", data={"csrf": token(page.text), **FORM}).status_code == 403

from datetime import date
from typing import Any

import pytest

from shuke.analyses.complaints import complaints
from shuke.analyses.keep_list import cared_for, keep_list, regrets
from shuke.models.churn import churn
from shuke.models.lifetime_value import lifetime_value
from tests.engine_fixtures import Row, Tables

TODAY = date(2026, 6, 30)


def risk(who: str, at_risk: Any, gone: float = 0.5) -> Row:
    return {
        "customer_id": who,
        "value_at_risk": at_risk,
        "gone": gone,
        "status": "lost" if gone > 0.9 else "due",
        "reason": "Silent",
        "reason_zh": "沉默",
    }


def made(desk: Tables, risks: list[Row], **lists: Any) -> Any:
    landed = {name: desk.landed(name, lists.pop(name, [])) for name in ("interactions", "coupons", "touches")}
    worth = [{"customer_id": row["customer_id"], "value_12m": 100} for row in risks]
    return desk.made(
        keep_list, desk.derived(churn, risks), desk.derived(lifetime_value, worth),
        desk.derived(complaints, lists.pop("complaints", [])), *landed.values(),
        desk.identities(anna="A1 web:A2", bert="B1", cleo="C1"), as_of=TODAY, zone="Asia/Shanghai", **lists,
    )  # fmt: skip


def talked(number: int, who: str, moment: str) -> Row:
    return {"interaction_id": str(number), "record_id": who, "at": moment}


@pytest.fixture
def company() -> dict[str, Any]:
    """Anna is looked after, Bert got a message, and Cleo nothing that counts."""
    return {
        "interactions": [
            talked(1, "A1", "2026-05-01T03:00"), talked(2, "A1", "2026-06-01T20:00"),
            talked(3, "B1", "2025-01-01T03:00"),
        ],
        "coupons": [
            {"coupon_code": "1", "record_id": "A2", "source": "web", "issued": "2026-04-01",
             "redeemed_at": "2026-04-05T03:00"},
            {"coupon_code": "2", "record_id": "A1", "issued": "2026-03-01"},
            {"coupon_code": "3", "record_id": "C1", "issued": "2026-07-01"},
        ],
        "touches": [
            {"touch_id": "1", "record_id": "B1", "at": "2026-06-02T03:00", "group": "treated"},
            {"touch_id": "2", "record_id": "C1", "at": "2026-06-02T03:00", "group": "Control"},
        ],
        "complaints": [
            {"complaint_id": "1", "customer_id": "anna", "day": "2026-05-01", "waiting": True},
            {"complaint_id": "2", "customer_id": "anna", "day": "2025-05-01", "waiting": True},
        ],
    }  # fmt: skip


def test_each_customer_stands_with_the_service_and_the_offers_received(engine, company):
    table = made(engine, [risk("anna", 10), risk("bert", 30), risk("cleo", 20)], **company)
    found = {row["customer_id"]: row for row in engine.rows(table)}
    assert {who: (row["rank"], row["care"]) for who, row in found.items()} == {
        "bert": (1, "offered"), "cleo": (2, "neither"), "anna": (3, "both"),
    }  # fmt: skip
    names = ("contacts", "complaints", "waiting", "coupons", "redeemed", "touches")
    assert [found["anna"][name] for name in names] == [2, 1, 2, 2, 1, 0]
    assert found["anna"]["last_contact"] == date(2026, 6, 2)  # in Shanghai
    assert found["anna"]["last_offer"] == date(2026, 4, 1)
    assert [found["cleo"][name] for name in names] == [0] * 6 and found["cleo"]["last_offer"] is None


def test_only_those_who_are_not_lost_and_with_whom_something_is_at_risk(duckdb):
    risks = [risk("lost", 90, gone=0.95), risk("nothing", 0), risk("unknown", None)]
    risks += [risk(f"c{n}", 5) for n in range(4)]
    found = duckdb.rows(made(duckdb, risks, max_customers=3), "rank", "customer_id")
    assert [(row["rank"], row["customer_id"]) for row in found] == [(1, "c0"), (2, "c1"), (3, "c2")]


def test_the_sentence_says_who_got_nothing(duckdb, company):
    frame = made(duckdb, [risk("anna", 10), risk("bert", 30), risk("cleo", 20)], **company).to_pandas()
    assert regrets(frame).en == (
        "With the 3 customers on the list 60 is at risk; 1 of them had neither service nor offer lately, "
        "1 wait for an answer to a complaint."
    )
    assert cared_for(frame).to_dict()["mark"]["type"] == "bar"
    assert regrets(made(duckdb, []).to_pandas()).en == "Nobody is on the list: no value is at risk."

from datetime import date
from decimal import Decimal

from shuke.analyses.campaign_contacts import campaign_contacts, reached_sentence
from shuke.analyses.campaign_results import campaign_results
from shuke.analyses.marketing import evidence_beside_bookkeeping, funnel, marketing, what_marketing_brought
from shuke.dealings.expense_items import expense_items
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
CAMPAIGNS = [
    {"campaign_id": "spring", "name": "Spring", "channel": "e-mail", "starts": "2026-03-01", "cost": 10},
    {"campaign_id": "june", "channel": "sms", "starts": "2026-06-20", "cost": 100},
]


def touch(n: int, record: str, day: str, campaign: str = "spring", **further: object) -> Row:
    return {"key": f"t{n}", "touch_id": str(n), "record_id": record, "campaign_id": campaign,
            "at": f"{day}T03:00", **further}  # fmt: skip


TOUCHES = [
    touch(1, "A1", "2026-03-01", delivered_at="2026-03-01T03:01", clicked_at="2026-03-02T03:01"),
    touch(2, "A1", "2026-03-09", channel="phone"), touch(3, "B1", "2026-03-02", group="control"),
    touch(4, "C1", "2026-03-02", channel="phone"), touch(5, "A1", "2026-06-20", "june"),
    touch(6, "stranger", "2026-03-02"), touch(7, "C1", "2026-07-02", "june"),
]  # fmt: skip
COUPONS = [
    {"key": "c1", "coupon_code": "1", "record_id": "D1", "campaign_id": "spring", "issued": "2026-03-03",
     "redeemed_at": "2026-03-05T01:00"},
]  # fmt: skip
BOUGHT = [
    sold("anna", "2025-12-20", 5, order_id="0"), sold("anna", "2026-03-04", 20, order_id="1", cost=12),
    sold("anna", "2026-03-10", -4, cost=2), sold("anna", "2026-04-20", 7, order_id="2", cost=3),
    sold("dora", "2026-03-05", 8, order_id="3"), sold("cleo", "2024-01-01", 9, order_id="4"),
    sold("cleo", "2026-03-30", 9, order_id="5"),
]  # fmt: skip


def reached(desk: Tables, touches=(), coupons=(), bought=()):
    return desk.checkpoint(desk.made(
        campaign_contacts, desk.landed("touches", list(touches)), desk.landed("coupons", list(coupons)),
        desk.landed("campaigns", CAMPAIGNS), written(desk, list(bought)), desk.landed("products"),
        desk.identities(anna="A1", bert="B1", cleo="C1", dora="D1"), as_of=AS_OF, zone="UTC",
    ))  # fmt: skip


def made(desk: Tables, contacts, expenses=(), results=()):
    return desk.checkpoint(desk.made(
        marketing, contacts, desk.landed("campaigns", CAMPAIGNS), desk.derived(expense_items, list(expenses)),
        desk.derived(campaign_results, list(results)), as_of=AS_OF,
    ))  # fmt: skip


def test_a_contact_leads_as_far_as_it_was_followed(engine):
    found = {
        (r["campaign_id"], r["customer_id"]): r
        for r in engine.rows(reached(engine, TOUCHES, COUPONS, BOUGHT))
    }
    assert found.keys() == {("spring", "anna"), ("spring", "cleo"), ("spring", "dora"), ("june", "anna")}
    anna, cleo, dora = (found["spring", who] for who in ("anna", "cleo", "dora"))
    assert (anna["first_day"], anna["channel"], anna["standing"]) == (date(2026, 3, 1), "e-mail", "recent")
    assert (anna["bought_on"], anna["again_on"]) == (date(2026, 3, 4), date(2026, 4, 20))
    assert (anna["revenue"], anna["margin"]) == (16, 6)  # what came back is taken off
    assert (anna["delivered"], anna["opened"], anna["clicked"], anna["redeemed"]) == (
        True,
        False,
        True,
        False,
    )
    assert (cleo["standing"], cleo["channel"], cleo["bought_on"]) == (
        "lapsed",
        "phone",
        None,
    )  # a day too late
    assert (dora["standing"], dora["redeemed"], dora["again_on"], dora["margin"]) == (
        "never",
        True,
        None,
        None,
    )
    assert found["june", "anna"]["standing"] == "recent"


def test_what_came_before_the_first_sale_on_record_is_not_judged(duckdb):
    later = [row for row in BOUGHT if row["day"] > date(2026, 3, 1)]
    found = {
        (r["campaign_id"], r["customer_id"]): r for r in duckdb.rows(reached(duckdb, TOUCHES, (), later))
    }
    assert found.keys() == {("spring", "anna"), ("june", "anna")}  # anna's second message, on 9 March
    assert found["spring", "anna"]["first_day"] == date(2026, 3, 9)


def result(metric: str, verdict: str, total: float, low: float | None, high: float | None) -> Row:
    return {"source": "till", "campaign_id": "spring", "metric": metric, "verdict": verdict, "treated": 3,
            "control": 1, "started": "2026-03-01", "total": total,
            "total_low": low, "total_high": high, "ratio_p": 0.5}  # fmt: skip


def test_the_funnel_the_cost_and_what_is_evidence(engine):
    contacts = reached(engine, TOUCHES, COUPONS, BOUGHT)
    billed = [{"expense_id": "1", "campaign_id": "spring", "amount": 31, "day": "2026-03-01"}]
    results = [result("revenue", "more", 12, 6, 18), result("margin", "unclear", 62, 31, 93)]
    found = {(r["by"], r["value"]): r for r in engine.rows(made(engine, contacts, billed, results))}
    whole, spring, june = found["all", "all"], found["campaign", "spring"], found["campaign", "june"]
    assert (whole["reached"], whole["delivered"], whole["opened"], whole["clicked"]) == (4, 1, None, 1)
    assert (whole["followed"], whole["bought"], whole["again"], whole["again_share"]) == (3, 2, 1, 0.5)
    assert (whole["cost"], spring["cost"], june["cost"]) == (131, 31, 100)  # the bill counts, not the plan
    assert (spring["revenue"], spring["roas"]) == (24, 24 / 31) and spring["roi"] == (6 - 31) / 31
    assert [spring[f"incremental_roi{end}"] for end in ("_low", "", "_high")] == [0, 1, 2]
    assert (spring["evidence"], spring["verdict"], june["evidence"]) == (
        "experiment",
        "unclear",
        "bookkeeping",
    )
    assert (june["followed"], june["bought_share"], june["campaign_name"]) == (0, None, None)
    for by in ("campaign", "channel", "standing"):
        rows = [row for (group, _), row in found.items() if group == by]
        for name in ("reached", "cost", "revenue", "bought", "again"):
            assert sum(row[name] for row in rows) == whole[name], (by, name)
    assert {value for by, value in found if by == "channel"} == {"e-mail", "phone", "sms"}


def test_arms_that_are_not_as_planned_or_too_small_are_no_evidence(duckdb):
    contacts = reached(duckdb, TOUCHES, COUPONS, BOUGHT)
    for verdict in ("imbalanced", "too_few"):
        results = [result("revenue", verdict, 12, 6, 18)]
        found = {(r["by"], r["value"]): r for r in duckdb.rows(made(duckdb, contacts, (), results))}
        spring = found["campaign", "spring"]
        assert (spring["evidence"], spring["verdict"]) == ("bookkeeping", verdict)
        assert spring["incremental_revenue"] is None and spring["cost"] == Decimal(10)


def test_the_page_says_what_is_evidence_and_what_bookkeeping(duckdb):
    contacts = reached(duckdb, TOUCHES, COUPONS, BOUGHT)
    frame = made(duckdb, contacts).to_pandas()
    assert (
        "None of 2 campaigns" in what_marketing_brought(frame).en
        and "67%" in what_marketing_brought(frame).en
    )
    proven = made(duckdb, contacts, (), [result("revenue", "more", 12, 6, 18)]).to_pandas()
    assert "1 of 2" in what_marketing_brought(proven).en and "12" in what_marketing_brought(proven).zh
    assert funnel(proven).to_dict() and evidence_beside_bookkeeping(proven).to_dict()


def test_without_contacts_there_is_a_plain_reason(engine):
    none = reached(engine, [], [], BOUGHT)
    assert "No message" in reached_sentence(none).en
    frame = made(engine, none).to_pandas()
    assert frame.empty and "No message" in what_marketing_brought(frame).en
    assert funnel(frame).to_dict() and evidence_beside_bookkeeping(frame).to_dict()

from datetime import date
from typing import Any

from shuke.dealings.purchases import purchases
from shuke.profiles.behaviour import behaviour
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 1)


def line(customer: str | None, day: str, order: str | None = None, **further: Any) -> Row:
    told = {"customer_id": customer, "day": day, "order_id": order, "kind": "goods", "is_return": False}
    return {"line_id": f"{day}{order}{further}", **told, **further}


def done(
    desk: Tables,
    lines: list[Row],
    *,
    calls: list[Row] | None = None,
    events: list[Row] | None = None,
    answers: list[Row] | None = None,
    **questions: Any,
) -> dict[str, Row]:
    """What each customer did; record `1` is Anna's and `2` is the firm's."""
    made = desk.made(
        behaviour, desk.derived(purchases, lines), desk.landed("interactions", calls),
        desk.landed("events", events), desk.landed("responses", answers),
        desk.identities(anna="1", firm="2"), as_of=AS_OF, zone="Asia/Shanghai", **questions,
    )  # fmt: skip
    return {row["customer_id"]: row for row in desk.rows(made)}


def test_what_each_customer_did_is_counted_up_to_the_day(engine):
    lines = [
        line("anna", "2026-01-01", "A1", channel="shop", store_id="S1", category="tea"),
        line("anna", "2026-01-01", "A1", channel="shop", store_id="S1", category="cups"),
        line("anna", "2026-03-02", "A2", channel="web", category="tea"),
        line("anna", "2026-03-12", channel="web", category="tea"),
        line("anna", "2026-03-20", "A3", is_return=True, channel="phone"),
        line("anna", "2026-03-21", "A4", kind="shipping", channel="phone"),
        line("anna", "2026-06-02", "A5", channel="phone"),  # has not happened
        line(None, "2026-03-02", "B1"),
    ]
    calls = [
        {"record_id": "1", "kind": "投诉", "channel": "phone", "at": "2026-05-31T15:59:00"},
        {"record_id": "1", "kind": "Complaint", "channel": "mail", "at": "2026-05-30T10:00:00"},
        {"record_id": "1", "kind": "inquiry", "channel": "mail", "at": "2026-05-01T10:00:00"},
        {"record_id": "1", "kind": "inquiry", "channel": "mail", "at": "2026-06-01T16:00:00"},  # 2 June there
        {"record_id": "9", "kind": "inquiry", "at": "2026-05-01T10:00:00"},  # nobody's
    ]
    events = [
        {"record_id": "2", "name": "page", "at": "2026-04-01T01:00:00"},
        {"record_id": "2", "name": "cart"},
    ]
    answers = [{"record_id": "2", "question": "How?", "at": "2026-04-02T01:00:00"}]
    found = done(engine, lines, calls=calls, events=events, answers=answers)
    assert set(found) == {"anna", "firm"}
    anna, firm = found["anna"], found["firm"]
    assert (anna["first_order"], anna["last_order"]) == (date(2026, 1, 1), date(2026, 3, 12))
    assert (anna["orders"], anna["returns"], anna["events"]) == (3, 1, 0) and close(anna["gap_days"], 35)
    assert (anna["channel"], anna["store_id"], anna["category"]) == ("web", "S1", "tea")
    assert (anna["contacts"], anna["complaints"], anna["contact_channel"]) == (3, 2, "mail")
    assert (anna["last_contact"], anna["last_answer"]) == (date(2026, 5, 31), None)
    assert (firm["events"], firm["last_event"], firm["answers"]) == (2, date(2026, 4, 1), 1)
    assert (firm["last_answer"], firm["orders"], firm["channel"]) == (date(2026, 4, 2), 0, None)


def test_of_channels_used_alike_the_later_one_counts(duckdb):
    lines = [
        line("anna", "2026-01-01", "A1", channel="web"),
        line("anna", "2026-01-05", "A2", channel="shop"),
    ]
    assert done(duckdb, lines)["anna"]["channel"] == "shop"
    same_day = [line("anna", "2026-01-01", f"A{c}", channel=c) for c in ("web", "shop")]
    assert done(duckdb, same_day)["anna"]["channel"] == "shop"


def test_one_purchase_has_no_gap_and_a_company_has_its_own_words(duckdb):
    calls = [{"record_id": "1", "kind": "Grumble", "at": "2026-05-01T10:00:00"}]
    anna = done(duckdb, [line("anna", "2026-01-01", "A1")], calls=calls, complaints=("grumble",))["anna"]
    assert (anna["gap_days"], anna["complaints"]) == (None, 1)


def test_nobody_did_anything(duckdb):
    assert done(duckdb, []) == {}

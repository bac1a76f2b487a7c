from datetime import date

import numpy as np
import pytest

from shuke.analyses.complaints import complaints
from shuke.analyses.incidence import incidence
from shuke.analyses.inquiries import inquiries, inquiry_sentence
from shuke.analyses.inquiry_orders import inquiry_orders, order_sentence, shares
from shuke.analyses.kaplan_meier import curve
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def asked(number: str, who: str = "A1", at: str = "2026-03-01T02:00", **further: object) -> Row:
    return {"key": number, "interaction_id": number, "record_id": who, "at": at, "kind": "Inquiry"} | further


def made(desk: Tables, calls: list[Row], bought=(), complained=(), products=()):
    table = desk.made(
        inquiries, desk.landed("interactions", calls), written(desk, list(bought)),
        desk.derived(complaints, list(complained)), desk.landed("products", list(products)),
        desk.identities(anna="A1", bert="B1"), as_of=AS_OF, zone="UTC",
    )  # fmt: skip
    return desk.checkpoint(table)


def test_an_inquiry_is_followed_to_what_the_customer_then_buys(engine):
    calls = [
        asked("1", status="closed", product_id="pie"), asked("2", "B1", product_id="tea", status="open"),
        asked("3", "B1", at="2026-06-25T00:00", product_id="tea"), asked("4", direction="Outbound"),
        asked("5", kind="service", text="询问营业时间"), asked("6", "X9"), asked("7", at="2026-07-02T00:00"),
        asked("8", status="unresolved"), asked("9", kind="service"),
    ]  # fmt: skip
    bought = [
        sold("anna", "2026-02-01", 5, product_id="pie"), sold("anna", "2026-03-05", 5, product_id="pie"),
        sold("bert", "2026-03-20", 5, product_id="cup", category="Tea"),
        sold("bert", "2026-03-19", -5, product_id="tea"),
    ]  # fmt: skip
    cross = [
        {"complaint_id": "8", "customer_id": "anna", "day": date(2026, 3, 1)},
        {"complaint_id": "c", "customer_id": "bert", "day": date(2026, 3, 10)},
    ]
    products = [{"product_id": "tea", "category": "Tea"}]
    found = {r["inquiry_id"]: r for r in engine.rows(made(engine, calls, bought, cross, products))}
    assert {k: (r["is_answered"], r["days_to_order"], r["advice"]) for k, r in found.items()} == {
        "1": (True, 4, "followed"), "2": (False, 19, "alike"), "3": (False, None, "open"),
        "5": (False, 4, None),
    }  # fmt: skip
    assert found["2"]["complained_on"] == date(2026, 3, 10) and found["3"]["followed_days"] == 5


def test_the_share_that_buys_counts_what_came_first_and_who_was_followed_shortly(engine):
    rows = [
        {"inquiry_id": str(n), "customer_id": "a", "day": date(2026, 3, 1), "is_answered": n % 2 == 0,
         "followed_days": 90, "days_to_order": 5 if n < 6 else None,
         "ordered_on": date(2026, 3, 6) if n < 6 else None,
         "complained_on": date(2026, 3, 4) if n in (5, 6) else None}
        for n in range(20)
    ]  # fmt: skip
    table = engine.checkpoint(engine.made(inquiry_orders, engine.derived(inquiries, rows)))
    found = {(r["group"], r["value"], r["days"]): r for r in engine.rows(table)}
    whole = found["all", "all", 30]
    assert whole["share"] == pytest.approx(5 / 20) and whole["low"] < 0.25 < whole["high"]
    assert (whole["half_by"], whole["unanswered"], whole["inquiries"]) == (5, 10, 20)
    assert {key[0] for key in found} == {"all", "is_answered"}
    frame = table.to_pandas() if engine.engine.__class__.__name__ == "DuckDB" else None
    if frame is not None:
        assert order_sentence(frame).en.startswith("After 25% of 20 inquiries the customer bought")
        assert shares(frame).to_dict()


def test_poor_data_has_a_plain_reason(duckdb):
    assert inquiry_sentence(made(duckdb, [])).en == "Nobody has asked anything."
    one = made(duckdb, [asked("1", product_id="pie", at="2026-01-01T00:00")])
    assert (
        inquiry_sentence(one).en == "1 of 1 inquiries have no answer. Of 1 on a product 0 led to buying it."
    )
    few = duckdb.made(inquiry_orders, one).to_pandas()
    assert few.empty and "too few" in order_sentence(few).en and shares(few).to_dict()


def test_with_nothing_else_in_the_way_it_is_kaplan_and_meier_turned_round():
    days, came, left = np.arange(1, 8), np.array([3, 0, 2, 1, 0, 4, 1.0]), np.array([0, 1, 2, 0, 3, 1, 2.0])
    found, stays = incidence(days, came, 0 * came, left), curve(days, came, left)
    assert found.share == pytest.approx(1 - stays.share)


def test_its_interval_covers_what_is_true():
    rng, runs, n, day = np.random.default_rng(4), 2000, 80, 20
    covered = 0
    for _ in range(runs):
        order, cross, left = rng.exponential(40, n), rng.exponential(60, n), rng.uniform(5, 60, n)
        first = np.minimum(np.minimum(order, cross), left)
        at, kind = np.ceil(first).astype(int), np.argmin([order, cross, left], axis=0)
        days = np.unique(at)
        counts = [((at[:, None] == days) & (kind[:, None] == k)).sum(0) for k in range(3)]
        _, low, high = incidence(days, *counts).by(day)
        rate = 1 / 40 + 1 / 60
        true = (1 / 40) / rate * (1 - np.exp(-rate * day))
        covered += low <= true <= high
    assert abs(covered / runs - 0.95) <= 3.29 * np.sqrt(0.05 * 0.95 / runs)

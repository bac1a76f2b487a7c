from datetime import date, timedelta

import numpy as np
import pytest

from shuke.analyses.campaign_contacts import campaign_contacts
from shuke.analyses.campaign_results import campaign_results
from shuke.analyses.crm_effect import crm_effect, effect_by_measure, what_moved
from shuke.analyses.own_contacts import own_contacts
from shuke.analyses.survey_scores import survey_scores
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
REACHED = date(2026, 2, 4)  # a Wednesday


def company(effect: float, customers: int = 240, seed: int = 4) -> tuple[list[Row], list[Row], list[Row]]:
    """Purchases, contacts and ratings: of those who were reached so many more buy afterwards."""
    rng = np.random.default_rng(seed)
    bought, contacts, rated = [], [], []
    for who in range(customers):
        keen, reached = who % 2 == 0, rng.random() < (0.5 if who % 2 == 0 else 0.25)
        bought.append(sold(f"c{who}", REACHED - timedelta(days=100 if keen else 200), 30))
        for start in (-60, 10):
            if rng.random() < (0.6 if keen else 0.3):
                bought.append(sold(f"c{who}", REACHED + timedelta(days=start), 20, cost=12))
        if reached:
            contacts.append(
                {"source": "till", "campaign_id": "spring", "customer_id": f"c{who}", "first_day": REACHED}
            )
            if rng.random() < effect:
                bought.append(sold(f"c{who}", REACHED + timedelta(days=30), 50, cost=20))
        for n, (day, better) in enumerate([(-20, 0), (20, effect if reached else 0)]):
            rated.append({"score_id": f"{who} {n}", "customer_id": f"c{who}",
                          "day": REACHED + timedelta(days=day),
                          "rating": float(np.clip(0.4 + better / 2 + rng.normal(0, 0.1), 0, 1))})  # fmt: skip
    return bought, contacts, rated


def made(desk: Tables, bought, contacts=(), rated=(), *, talks=(), results=(), **asked):
    return desk.checkpoint(desk.made(
        crm_effect, desk.derived(campaign_contacts, list(contacts)), desk.derived(own_contacts, list(talks)),
        written(desk, bought), desk.landed("products"), desk.derived(survey_scores, list(rated)),
        desk.landed("campaigns", [{"campaign_id": "spring", "name": "Spring letter"}]),
        desk.derived(campaign_results, list(results)), **{"as_of": AS_OF} | asked,
    ))  # fmt: skip


def test_a_measure_that_worked_is_found_in_every_figure(engine):
    held = [{"source": "till", "campaign_id": "spring", "metric": "revenue"}]
    found = {r["outcome"]: r for r in engine.rows(made(engine, *company(0.6), results=held))}
    assert {name: row["verdict"] for name, row in found.items()} == dict.fromkeys(
        ("retention", "revenue", "margin", "satisfaction"), "more"
    )
    revenue, margin = found["revenue"], found["margin"]
    assert revenue["low"] < 0.6 * 50 < revenue["high"] and margin["low"] < 0.6 * 30 < margin["high"]
    assert revenue["effect"] == revenue["change"] - revenue["alike_change"]
    assert (revenue["first_week"], revenue["measure_name"], revenue["experiment"]) == (
        date(2026, 2, 2), "Spring letter", True,
    )  # fmt: skip
    assert revenue["matched"] <= revenue["reached"] and revenue["p_adjusted"] >= revenue["p"]


def test_of_very_many_some_stand_for_all_and_nobody_who_was_reached_is_left_out(duckdb):
    data = company(0.6, customers=600)
    every, some = (
        {r["outcome"]: r for r in duckdb.rows(made(duckdb, *data, others=others))} for others in (600, 200)
    )
    for name, row in some.items():
        assert (row["reached"], row["verdict"]) == (every[name]["reached"], "more")
        assert row["change"] == pytest.approx(every[name]["change"])  # of all the reached
        assert row["alike"] < every[name]["alike"] / 2
        assert row["low"] < every[name]["effect"] < row["high"]


def test_one_that_changed_nothing_is_not(duckdb):
    frame = made(duckdb, *company(0.0)).to_pandas()
    assert set(frame.verdict) == {"unclear"} and "None of 4 figures" in what_moved(frame).en


def test_who_was_reached_shortly_before_or_after_is_nobodys_peer(duckdb):
    bought = [sold(f"c{n}", REACHED - timedelta(days=50), 10) for n in range(6)]
    days = {"c0": 0, "c1": 89, "c2": -30, "c3": 95}  # from the Wednesday; the week begins two days before
    talks = [
        {
            "contact_id": who,
            "customer_id": who,
            "day": REACHED + timedelta(days=day),
            "origin": "talk",
            "channel": "phone",
        }
        for who, day in days.items()
    ]
    frame = made(duckdb, bought, talks=talks, as_of=date(2026, 5, 4)).to_pandas()
    retention = frame[frame.outcome == "retention"].iloc[0]
    # c2 was reached before the week and c1 in the days after it; the other three are alike.
    assert (retention.reached, retention.alike, retention.kind, retention.measure) == (
        2,
        0,
        "contact",
        "phone",
    )


def test_few_are_not_judged(duckdb):
    bought, contacts, rated = company(0.6, customers=40)
    frame = made(duckdb, bought, contacts, rated).to_pandas()
    assert set(frame.verdict) == {"too_few"} and frame.low.isna().all() and "too few" in what_moved(frame).en


def test_the_page_says_what_moved(duckdb):
    frame = made(duckdb, *company(0.6)).to_pandas()
    assert "4 of 4 figures moved" in what_moved(frame).en and "Spring letter" in what_moved(frame).zh
    assert effect_by_measure(frame).to_dict()


def test_without_measures_there_is_a_plain_reason(engine):
    bought, contacts, _ = company(0.0, customers=4)
    frame = made(engine, bought).to_pandas()
    assert (
        frame.empty
        and "nothing can be compared" in what_moved(frame).en
        and effect_by_measure(frame).to_dict()
    )
    late = [{**row, "first_day": AS_OF} for row in contacts]
    assert made(engine, bought, late).to_pandas().empty

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from shuke.analyses.holdout_results import holdout_results, together, what_they_brought
from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, Tables

START = datetime(2026, 3, 1, 8)  # noqa: DTZ001 - as it lands: UTC, without saying so
TODAY = date(2026, 4, 30)


def touch(record: str, group: str, *, campaign: str = "spring", at: datetime = START) -> Row:
    return {
        "touch_id": f"{campaign} {record} {at}", "campaign_id": campaign, "record_id": record, "group": group,
        "at": at,
    }  # fmt: skip


def bought(customer: str, day: date, amount: float) -> Row:
    return {
        "line_id": f"{customer} {day} {amount}", "order_id": f"{customer} {day}", "customer_id": customer,
        "day": day, "quantity": 1, "amount": amount, "kind": "goods", "is_return": False,
    }  # fmt: skip


def made(desk: Tables, touches: list[Row], lines: list[Row], campaigns: list[Row] | None = None, **asked):
    people = {touch["record_id"] for touch in touches}
    return desk.made(
        holdout_results, desk.landed("touches", touches), desk.landed("campaigns", campaigns or []),
        desk.identities(**{name: name for name in sorted(people)}), desk.derived(purchases, lines),
        desk.landed("products", []), **{"as_of": TODAY, "zone": "Asia/Shanghai"} | asked,
    )  # fmt: skip


def told(desk: Tables, *asked, **answers) -> dict[str, Row]:
    return {row["metric"]: row for row in desk.rows(made(desk, *asked, **answers))}


def campaign(name: str = "spring", share: str | None = "0.4") -> Row:
    return {"campaign_id": name, "global_share": share}


def crowd(reached: int, outside: int) -> list[Row]:
    """So many of whom some are held out of one campaign: they are within reach of all of them."""
    arms = ["control" if n % 10 == 0 else "treated" for n in range(reached)]
    return [touch(f"r{n}", arm) for n, arm in enumerate(arms)] + [
        touch(f"g{n}", "global") for n in range(outside)
    ]


def days_of(rng: np.random.Generator, reached: int, outside: int, more: float) -> list[Row]:
    lines = []
    for side, number, extra in (("r", reached, more), ("g", outside, 0)):
        for n in range(number):
            usual = float(rng.integers(10, 50))
            lines.append(bought(f"{side}{n}", date(2026, 2, 1), usual))
            lines.append(bought(f"{side}{n}", date(2026, 3, 9), usual + extra + float(rng.integers(-3, 4))))
    return lines


def test_those_within_reach_are_held_against_those_whom_nothing_reaches(engine):
    lines = days_of(np.random.default_rng(1), 60, 40, 5)
    row = told(engine, crowd(60, 40), lines, [campaign()])["revenue"]
    assert (row["treated"], row["control"], row["verdict"]) == (60, 40, "more")
    assert row["adjusted_low"] < 5 < row["adjusted_high"]
    assert row["total"] == pytest.approx(60 * row["adjusted"])
    assert (row["planned"], row["ratio_p"]) == pytest.approx((0.4, 1))
    assert (row["started"], row["since"], row["until"]) == (date(2026, 3, 1), date(2025, 5, 1), TODAY)


def test_each_counts_from_the_first_campaign_that_meant_him_and_none_before(duckdb):
    touches = [
        touch("r1", "treated"), touch("r1", "control", campaign="summer", at=START + timedelta(days=20)),
        touch("g1", "global", campaign="summer", at=START + timedelta(days=20)), touch("g2", "global"),
    ]  # fmt: skip
    lines = [
        bought("r1", date(2026, 2, 28), 100), bought("r1", date(2026, 3, 1), 10),
        bought("g1", date(2026, 3, 20), 50), bought("g1", date(2026, 3, 21), 4),
        bought("g2", date(2026, 4, 30), 2), bought("g2", date(2026, 5, 1), 70),
    ]  # fmt: skip
    row = told(duckdb, touches, lines, [campaign(), campaign("summer")])["revenue"]
    assert (row["treated_mean"], row["control_mean"], row["contaminated"]) == (10, 3, 0)
    recent = told(duckdb, touches, lines, [campaign(), campaign("summer")], days=10)["revenue"]
    assert (recent["treated_mean"], recent["control_mean"]) == (0, 1)


def test_a_campaign_that_reaches_everybody_counts_on_neither_side(duckdb):
    touches = [touch("r1", "treated", campaign="recall"), touch("r2", "treated"), touch("g1", "global")]
    row = told(duckdb, touches, [], [campaign(), campaign("recall", "0")])["orders"]
    assert (row["treated"], row["control"]) == (1, 1)
    unsaid = told(duckdb, touches, [], [])[
        "orders"
    ]  # an imported one counts where somebody is held out of all
    assert (unsaid["treated"], unsaid["control"], unsaid["ratio_p"]) == (1, 1, None)


def test_a_small_campaign_counts_though_it_met_nobody_who_is_held_out(duckdb):
    touches = [touch("r1", "treated", campaign="tiny"), touch("r2", "treated"), touch("g1", "global")]
    row = told(duckdb, touches, [], [campaign(), campaign("tiny")])["orders"]
    assert row["treated"] == 2


def test_sides_that_are_not_as_planned_are_not_believed(duckdb):
    lines = days_of(np.random.default_rng(1), 60, 40, 5)
    row = told(duckdb, crowd(60, 40), lines, [campaign(share="0.02")])["revenue"]
    assert row["verdict"] == "imbalanced" and row["ratio_p"] < 1e-9


def test_of_companies_whose_campaigns_change_nothing_one_in_twenty_looks_as_if_they_did(duckdb):
    rng, seen = np.random.default_rng(7), 0
    for _ in range(30):
        verdict = told(duckdb, crowd(60, 40), days_of(rng, 60, 40, 0), [campaign()])["revenue"]["verdict"]
        seen += verdict in {"more", "less"}
    assert seen <= 6  # 99.9 % of such thirties have no more


def test_the_sentence_can_be_repeated_or_says_why_there_is_none(duckdb):
    def said(*asked):
        frame = made(duckdb, *asked).to_pandas()
        together(frame).to_dict()
        return what_they_brought(frame, currency="EUR")

    lines = days_of(np.random.default_rng(1), 60, 40, 5)
    sentence = said(crowd(60, 40), lines, [campaign()])
    assert sentence.en.startswith(
        "All campaigns together, in the last 365 days: of 100 customers 40 were never written to. It changed"
    )
    assert "95% 区间" in sentence.zh
    assert "not as they were planned" in said(crowd(60, 40), lines, [campaign(share="0.02")]).en
    assert "Too few customers" in said(crowd(3, 3), lines, [campaign()]).en
    assert "held out of all campaigns" in said([], []).en

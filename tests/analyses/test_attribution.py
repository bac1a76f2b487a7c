from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.analyses.attribution import METHODS, NO_CONTACT, attribution, four_methods, what_is_credited
from shuke.analyses.campaign_results import campaign_results
from shuke.analyses.removal_effects import removal_effects
from tests.analyses.selling import sold, written
from tests.analyses.test_marketing import CAMPAIGNS, result, touch
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
START, BOUGHT, LOST = "start", "bought", "lost"


def effects_of(*paths: tuple[str, int, int]) -> dict[str, float]:
    """Of journeys written "A > B", each with how many of it ended with a purchase and without one."""
    steps: Counter[tuple[str, str]] = Counter()
    for path, bought, lost in paths:
        stops = path.split(" > ")
        for ending, times in ((BOUGHT, bought), (LOST, lost)):
            for pair in zip([START, *stops], [*stops, ending], strict=True):
                steps[pair] += times
    names = sorted({stop for path, _, _ in paths for stop in path.split(" > ")})
    found = removal_effects(
        np.array([steps[START, n] for n in names], float),
        np.array([[steps[n, m] for m in names] for n in names], float),
        np.array([steps[n, BOUGHT] for n in names], float), np.array([steps[n, LOST] for n in names], float),
    )  # fmt: skip
    return dict(zip(names, found, strict=True))


def test_removal_effects_are_those_that_bryl_published():
    """Bryl (2016), Marketing multi-channel attribution model with R, part 1: 1/2, 1 and 1."""
    found = effects_of(("C1 > C2 > C3", 1, 0), ("C1", 0, 1), ("C2 > C3", 0, 1))
    assert found == pytest.approx({"C1": 0.5, "C2": 1, "C3": 1})
    shares = {name: effect / sum(found.values()) for name, effect in found.items()}
    assert shares == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4})


def test_removal_effects_are_near_those_that_pychattr_documents():
    """Its example, simulated 10,000 times after ChannelAttribution: 1.991 and 1.009 of three purchases."""
    found = effects_of(("A > B > A > B > B > A", 1, 0), ("A > B > B > A > A", 1, 0), ("A > A", 1, 0))
    shares = {name: 3 * effect / sum(found.values()) for name, effect in found.items()}
    assert shares == pytest.approx({"A": 1.991106, "B": 1.008894}, abs=0.02)


def test_removal_effects_are_those_of_removing_one_stop_after_another():
    """Puzyrov (2019): Google Ads alone twice, a mailing once, one after the other once, and once in vain."""
    paths = [("ads", 2, 1), ("mail", 1, 0), ("ads > mail", 1, 0)]
    found = effects_of(*paths)
    whole = 0.8 * (0.5 + 0.25) + 0.2
    assert found == pytest.approx({"ads": 1 - 0.2 / whole, "mail": 1 - 0.8 * 0.5 / whole})


def touches() -> list[Row]:
    return [
        touch(1, "A1", "2026-02-01"), touch(2, "A1", "2026-03-01", channel="phone"),
        touch(3, "A1", "2026-03-20", "june"), touch(4, "A1", "2026-03-27", channel="phone"),
        touch(5, "B1", "2026-03-02", group="control"), touch(6, "C1", "2026-03-02"),
        touch(7, "D1", "2026-03-02", status="bounced"), touch(8, "A1", "2026-06-25"),
    ]  # fmt: skip


def bought() -> list[Row]:
    return [
        sold("anna", "2026-03-27", "10.01"), sold("anna", "2026-03-28", 5), sold("anna", "2026-03-29", -3),
        sold("bert", "2026-03-05", 20), sold(None, "2026-03-05", "1.5"), sold("dora", "2026-03-04", 4),
        sold("anna", "2024-03-05", 999),
    ]  # fmt: skip


def made(desk: Tables, touched: list[Row], lines: list[Row], results=()):
    return desk.checkpoint(desk.made(
        attribution, desk.landed("touches", touched), desk.landed("coupons"),
        desk.landed("campaigns", CAMPAIGNS),
        written(desk, lines), desk.identities(anna="A1", bert="B1", cleo="C1", dora="D1"),
        desk.derived(campaign_results, list(results)), as_of=AS_OF, zone="UTC",
    ))  # fmt: skip


def test_each_way_credits_the_contacts_before_a_purchase(engine):
    found = {(r["by"], r["value"]): r for r in engine.rows(made(engine, touches(), bought()))}
    spring, june, rest = found["campaign", "spring"], found["campaign", "june"], found["campaign", NO_CONTACT]
    assert (spring["last_touch"], june["last_touch"]) == (Decimal("10.01"), 0)
    assert (spring["first_touch"], june["first_touch"]) == (Decimal("10.01"), 0)
    # Of 26, 7 and no days before: 0.0762, ½ and 1; those of 54 days before led to nothing.
    phone = Decimal(str(round(10.01 * (0.5 ** (26 / 7) + 1) / (0.5 ** (26 / 7) + 1.5), 4)))
    assert abs(found["channel", "phone"]["time_decay"] - phone) <= Decimal("0.0002")
    assert (
        found["channel", "sms"]["time_decay"] == june["time_decay"] == Decimal("10.01") - spring["time_decay"]
    )
    assert (spring["contacts"], spring["purchases"], june["contacts"], june["purchases"]) == (4, 1, 1, 1)
    assert rest["last_touch"] == Decimal("30.50") and rest["contacts"] is None
    # Of four contacts of spring two are lost, one leads to june and back, one to the purchase: 1/3 buy, and
    # without june 1/4.
    assert (spring["removal_effect"], june["removal_effect"]) == (pytest.approx(1), pytest.approx(0.25))
    assert june["markov"] == Decimal("2.002")


def test_credit_adds_up_to_all_sales_to_the_last_digit(engine):
    found = engine.rows(made(engine, touches(), bought()))
    for by in ("campaign", "channel"):
        for method in METHODS:
            assert sum(row[method] for row in found if row["by"] == by) == Decimal("40.51"), (by, method)


_DAYS = st.integers(0, 120).map(lambda n: str(date(2026, 2, 20) + timedelta(days=n)))
_TOUCHED = st.lists(st.tuples(st.sampled_from(["A1", "B1", "C1"]), _DAYS, st.sampled_from(["spring", "june"]),
                              st.sampled_from(["e-mail", "sms", None])), max_size=12)  # fmt: skip
_BOUGHT = st.lists(
    st.tuples(st.sampled_from(["anna", "bert", "dora", None]), _DAYS, st.integers(0, 9999)), max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TOUCHED, _BOUGHT)
def test_credit_adds_up_whatever_the_journeys(duckdb, touched, lines):
    rows = [touch(n, who, day, name, channel=channel) for n, (who, day, name, channel) in enumerate(touched)]
    goods = [sold(who, day, Decimal(pence) / 100) for who, day, pence in lines]
    found = duckdb.rows(made(duckdb, rows, goods))
    whole = sum((Decimal(pence) / 100 for _, _, pence in lines), Decimal(0))
    for by in ("campaign", "channel"):
        of = [row for row in found if row["by"] == by]
        assert all(sum(row[method] for row in of) == whole for method in METHODS) or not of
        assert all(0 <= row["removal_effect"] <= 1 + 1e-9 for row in of if row["removal_effect"] is not None)


def test_the_page_says_which_of_them_is_evidence(duckdb):
    frame = made(duckdb, touches(), bought()).to_pandas()
    assert "bookkeeping" in what_is_credited(frame).en and "25%" in what_is_credited(frame).en
    proven = made(duckdb, touches(), bought(), [result("revenue", "more", 12, 6, 18)]).to_pandas()
    assert "evidence is 12" in what_is_credited(proven).en and four_methods(proven).to_dict()
    assert set(proven[proven.value == "spring"].evidence) == {"experiment"}


def test_a_campaign_of_an_earlier_time_is_not_held_against_credit_that_it_cannot_have(duckdb):
    brought = [result("revenue", "more", 12, 6, 18) | {"started": "2025-06-15"}]
    early = [touch(1, "A1", "2025-06-15", "june"), *touches()]
    frame = made(duckdb, early, bought(), brought).to_pandas().set_index("value")
    assert "june" in frame.index and frame.loc["spring"].evidence == "bookkeeping"
    alone = made(duckdb, [touch(1, "A1", "2025-06-15", "june")], bought(), brought).to_pandas()
    assert set(alone.value) == {NO_CONTACT}


def test_without_contacts_there_is_a_plain_reason(engine):
    frame = made(engine, [], bought()).to_pandas()
    assert frame.empty and "nothing to credit" in what_is_credited(frame).en and four_methods(frame).to_dict()

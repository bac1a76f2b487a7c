from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from shuke.analyses.campaign_arms import campaign_arms
from shuke.analyses.campaign_results import campaign_results, forest, what_came_of_it
from shuke.dealings.purchases import purchases
from shuke.languages import Language, speaking
from tests.engine_fixtures import Row, Tables

START = date(2026, 3, 1)
TODAY = date(2026, 4, 30)


def member(customer: str, arm: str, day: date | None = START, campaign: str = "spring", **further) -> Row:
    return {"source": "till", "campaign_id": campaign, "customer_id": customer, "arm": arm,
            "assigned_day": day, "contaminated": False, "delivered": False, "opened": False,
            "clicked": False, **further}  # fmt: skip


def bought(customer: str, days: int, amount: float, **further) -> Row:
    day = START + timedelta(days=days)
    return {
        "line_id": f"{customer} {days} {amount}", "order_id": f"{customer} {day}", "customer_id": customer,
        "day": day, "quantity": 1, "amount": amount, "kind": "goods", "is_return": False, **further,
    }  # fmt: skip


def results(desk: Tables, members, lines, campaigns=(), products=(), **asked) -> dict[tuple[str, str], Row]:
    made = desk.made(
        campaign_results, desk.derived(campaign_arms, list(members)), desk.derived(purchases, list(lines)),
        desk.landed("campaigns", list(campaigns)), desk.landed("products", list(products)),
        **{"as_of": TODAY} | asked,
    )  # fmt: skip
    return {(row["campaign_id"], row["metric"]): row for row in desk.rows(made)}


def crowd(treated: int, control: int) -> list[Row]:
    return [member(f"t{n}", "treated") for n in range(treated)] + [
        member(f"c{n}", "control") for n in range(control)
    ]


def some_lines(rng: np.random.Generator) -> list[Row]:
    lines = []
    for arm, count, more in (("t", 60, 5), ("c", 40, 0)):
        for n in range(count):
            usual = float(rng.integers(10, 50))
            lines.append(bought(f"{arm}{n}", -30, usual))
            lines.append(bought(f"{arm}{n}", 3, usual + more + float(rng.integers(-3, 4))))
    return lines


def test_the_figures_are_those_worked_out_by_hand(engine):
    lines = some_lines(np.random.default_rng(1))
    row = results(engine, crowd(60, 40), lines)["spring", "revenue"]
    after, before = ([float(line["amount"]) for line in lines[start::2]] for start in (1, 0))
    y, x = np.array(after), np.array(before)
    reference = stats.ttest_ind(y[:60], y[60:]).confidence_interval()
    assert row["lift"] == pytest.approx(y[:60].mean() - y[60:].mean())
    assert (row["lift_low"], row["lift_high"]) == pytest.approx((reference.low, reference.high))
    inner = [(y[part] - y[part].mean(), x[part] - x[part].mean()) for part in (slice(60), slice(60, None))]
    theta = sum(float(v @ u) for v, u in inner) / sum(float(u @ u) for _, u in inner)
    z = y - theta * x
    reference = stats.ttest_ind(z[:60], z[60:]).confidence_interval()
    assert (row["adjusted_low"], row["adjusted_high"]) == pytest.approx((reference.low, reference.high))
    assert row["total"] == pytest.approx(60 * (z[:60].mean() - z[60:].mean()))
    assert (row["verdict"], row["treated"], row["control"]) == ("more", 60, 40)
    assert (row["started"], row["until"]) == (START, START + timedelta(days=27))


def test_everybody_counts_and_only_what_lies_in_the_time(duckdb):
    lines = [bought("t0", 0, 10), bought("t0", 27, 20), bought("t0", 28, 400), bought("t1", -1, 800),
             bought("t1", 5, 7, kind="void"), bought("c0", 1, 30),
             bought("c0", 2, -30, is_return=True, quantity=-1)]  # fmt: skip
    found = results(duckdb, crowd(2, 2), lines)
    assert (
        found["spring", "revenue"]["treated_mean"] == 15 and found["spring", "revenue"]["control_mean"] == 0
    )
    assert found["spring", "orders"]["treated_mean"] == 1 and found["spring", "orders"]["control_mean"] == 0.5
    assert found["spring", "buyers"]["treated_mean"] == 0.5
    assert found["spring", "revenue"]["lift_low"] is None
    assert found["spring", "revenue"]["verdict"] == "too_few"
    early = results(duckdb, crowd(2, 2), lines, as_of=START + timedelta(days=10))
    assert early["spring", "revenue"]["treated_mean"] == 5
    assert early["spring", "revenue"]["until"] == START + timedelta(days=10)
    assert results(duckdb, crowd(2, 2), lines, as_of=START - timedelta(days=1)) == {}


def test_margin_takes_the_cost_of_the_line_or_of_the_product(duckdb):
    lines = [
        bought("t0", 1, 10, cost=4),
        bought("t1", 1, 10, product_id="P", quantity=2),
        bought("t2", 1, 99),
    ]
    products = [{"product_id": "P", "cost": 3}]
    found = results(duckdb, crowd(4, 4), lines, products=products)
    assert found["spring", "margin"]["treated_mean"] == 2.5  # 6, 4, and what has no cost not at all
    assert ("spring", "margin") not in results(duckdb, crowd(4, 4), lines[2:])


def test_a_campaign_whose_holdouts_have_no_day_is_counted_from_its_start(duckdb):
    late = START + timedelta(days=10)
    members = [member("t0", "treated", late), member("c0", "control", None)]
    lines = [bought("t0", 2, 10), bought("c0", 2, 4)]
    told = results(duckdb, members, lines, [{"campaign_id": "spring", "name": "Spring", "starts": START}])
    assert told["spring", "revenue"]["lift"] == 6 and told["spring", "revenue"]["campaign_name"] == "Spring"
    assert results(duckdb, members, lines)["spring", "revenue"]["lift"] == 0


def test_arms_that_are_not_as_planned_are_not_believed(duckdb):
    planned = [{"campaign_id": "spring", "control_share": "0.05"}]
    lines = some_lines(np.random.default_rng(1))
    row = results(duckdb, crowd(60, 40), lines, planned)["spring", "revenue"]
    assert row["verdict"] == "imbalanced" and row["ratio_p"] < 1e-9
    fair = results(duckdb, crowd(60, 40), lines, [{**planned[0], "control_share": "0.4"}])
    assert fair["spring", "revenue"]["ratio_p"] == 1 and fair["spring", "revenue"]["verdict"] == "more"


def test_the_sentence_is_of_the_latest_campaign_and_says_what_one_may_say(duckdb):
    lines = some_lines(np.random.default_rng(1))

    def said(members, campaigns=()):
        made = duckdb.made(
            campaign_results, duckdb.derived(campaign_arms, members), duckdb.derived(purchases, lines),
            duckdb.landed("campaigns", list(campaigns)), duckdb.landed("products", []), as_of=TODAY,
        )  # fmt: skip
        frame = made.to_pandas()
        languages: tuple[Language, ...] = ("en", "zh")
        for language in languages:
            with speaking(language):
                forest(frame).to_dict()
        return what_came_of_it(frame, currency="EUR")

    told = said(crowd(60, 40), [{"campaign_id": "spring", "name": "Spring mailing"}])
    assert told.en.startswith("Spring mailing: of 100 customers 40 were held out. It changed revenue by €")
    assert "chance" not in told.en and "95% 区间" in told.zh
    assert said(crowd(3, 3)).en.endswith("too few purchases, to tell what it changed.")
    quiet = [member(f"t{n}", "treated" if n % 2 else "control") for n in range(60)]
    assert said(quiet).en.endswith("which may be chance.")
    assert (
        "not as they were planned"
        in said(crowd(60, 40), [{"campaign_id": "spring", "control_share": 0.05}]).en
    )
    assert said([]).en.startswith("No campaign has held anybody out")

"""Is what analyses are to find really in the files, and is the truth about it true?"""

import json
import math
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from shuke import demo
from tests.demo.exports import rows, truth


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> demo.Company:
    """Enough customers to count rare things."""
    return demo.make(tmp_path_factory.mktemp("busy"), customers=4000)


def _shares(hits: list[tuple[str, bool]]) -> dict[str, float]:
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for group, hit in hits:
        found[group].append(hit)
    return {group: sum(all_) / len(all_) for group, all_ in found.items()}


def _lines(company: demo.Company) -> list[dict[str, str]]:
    return [row for row in rows(company, "webshop_orders.csv") if int(row["Lineitem quantity"]) > 0]


def _day(row: dict[str, str]) -> date:
    return date.fromisoformat(row["Created at"][:10])


def test_six_in_a_hundred_have_a_contract_and_those_with_a_grievance_end_it(busy):
    contracts = truth(busy, "contracts")
    persons = [c for c in contracts if c["person"]]
    assert 0.04 < len(persons) / 4000 < 0.08
    ended = _shares([(c["cause"], c["cancelled"] is not None) for c in contracts])
    assert min(ended["complaint"], ended["usage"]) > 4 * ended["none"] > 0
    written = {row["合同编号"]: row["终止日期"] for row in rows(busy, "contracts.csv")}
    assert written == {c["contract"]: str(c["cancelled"] or "") for c in contracts}
    assert all(c["starts"] < c["cancelled"] <= demo.UNTIL for c in contracts if c["cancelled"])


def test_price_hunters_use_their_coupons_and_each_on_an_order_in_its_time(busy):
    coupons = {c["coupon"]: c for c in truth(busy, "coupons")}
    used = _shares([(c["motive"], c["order"] is not None) for c in coupons.values()])
    assert used["price"] > 2 * max(used["product"], used["service"])
    buyers = {order["order"]: order["person"] for order in truth(busy, "orders")}
    people = {r["record"]: r["person"] for r in truth(busy, "records") if r["source"] == "club"}
    for row in rows(busy, "coupons.csv"):
        if row["Order No"]:
            assert buyers[row["Order No"]] == people[row["Member Card"]]
            day = row["Redemption Date"][:10]
            assert row["Coupon Issued"] <= day <= row["Coupon Expires"]


def test_a_letter_of_a_mailing_that_works_makes_an_order_and_who_is_held_out_gets_none(busy):
    letters = truth(busy, "mailings")
    answered = _shares([(c["mailing"], c["is_answered"]) for c in letters if not c["alone"]])
    assert min(answered["MAIL-02"], answered["MAIL-03"]) > 0.05
    assert answered["MAIL-01"] == answered["MAIL-04"] == 0
    assert not any(c["is_answered"] for c in letters if c["alone"])
    held = _shares([(c["mailing"], c["alone"]) for c in letters])
    assert all(0.25 < share < 0.35 for share in held.values()) and len(held) == 4
    sent = rows(busy, "letters.csv")
    assert all(bool(row["Sent at"]) == (row["Group"] == "treated") for row in sent)
    assert Counter(row["Group"] == "control" for row in sent) == Counter(c["alone"] for c in letters)
    tills = {(o["person"], o["time"].date()) for o in truth(busy, "orders") if o["source"] == "till"}
    for c in letters:
        if c["is_answered"]:
            days = (c["sent_on"] + timedelta(days=n) for n in range(1, 21))
            assert any((c["person"], day) in tills for day in days)


def test_web_customers_look_for_ninety_days_and_mostly_at_what_they_are_fond_of(busy):
    (path,) = (file.path for file in busy.files if file.source == "app")
    events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {event["event"] for event in events} == {"page", "search", "view", "favourite", "cart"}
    begins = demo.UNTIL - timedelta(days=92)
    assert all(begins <= datetime.fromisoformat(e["event_time"]).date() <= demo.UNTIL for e in events)
    assert all(e["search_term"] for e in events if e["event"] == "search")
    person = {r["record"]: r["person"] for r in truth(busy, "records") if r["source"] == "app"}
    fond = {m["person"]: m["category"] for m in truth(busy, "motives")}
    category = {row["SKU"]: row["Category"].replace(" > ", "/") for row in rows(busy, "products.csv")}
    looked = [e for e in events if e["event"] == "view"]
    right = [fond[person[e["email"]]] == category[e["product_id"]] for e in looked]
    assert sum(right) / len(right) > 0.5
    assert max(Counter(e["email"] for e in events).values()) <= 30
    assert len(events) / len({e["email"] for e in events}) < 10


def test_nothing_is_sold_before_it_is_launched_and_everything_new_is_sold(busy):
    launched = {row["sku"]: row["launched"] for row in truth(busy, "launches")}
    assert len(launched) == 12
    assert sum(demo.UNTIL - day < timedelta(days=366) for day in launched.values()) == 6
    listed = {row["SKU"]: row["Launched"] for row in rows(busy, "products.csv")}
    assert all(listed[sku] == str(day) for sku, day in launched.items())
    sold: Counter[str] = Counter()
    for row in _lines(busy):
        sku = row["Lineitem sku"]
        assert str(_day(row)) >= listed[sku]
        sold[sku] += 1
    assert all(sold[sku] > 0 for sku in launched)


def test_buyers_rate_as_the_truth_says_and_only_what_is_sold(busy):
    meant = {row["sku"]: row["stars"] for row in truth(busy, "launches")}
    given: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows(busy, "ratings.csv"):
        given[row["SKU"]].append(int(row["Stars"]))
    for sku, stars in meant.items():
        assert len(given[sku]) >= 5
        assert (sum(given[sku]) / len(given[sku]) > 3.4) == (stars > 3.4)


def test_prices_are_those_of_the_day_and_a_third_of_the_products_never_changes(busy):
    prices: defaultdict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in truth(busy, "prices"):
        prices[row["sku"]].append((row["day"], row["price"]))
    still = sum(len(steps) == 1 for steps in prices.values()) / len(prices)
    assert 0.3 < still < 0.4
    for row in _lines(busy):
        price = [asked for day, asked in prices[row["Lineitem sku"]] if day <= _day(row)][-1]
        assert Decimal(row["Lineitem price"]) == price


def test_quantity_follows_the_net_price_as_each_motive_says(busy):
    dearest = {row["SKU"]: Decimal(row["List Price"]) for row in rows(busy, "products.csv")}
    buyer = {order["order"]: order["person"] for order in truth(busy, "orders")}
    motives = {row["person"]: row["motive"] for row in truth(busy, "motives")}
    usual: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    cheap: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for row in _lines(busy):
        quantity, motive = int(row["Lineitem quantity"]), motives[buyer[row["Name"]]]
        paid = Decimal(row["Lineitem price"]) - Decimal(row["Lineitem discount"]) / quantity
        ratio = float(paid / dearest[row["Lineitem sku"]])
        (usual if ratio > 0.995 else cheap)[motive].append((ratio, quantity))
    for planted in truth(busy, "elasticities"):
        motive, elasticity = planted["motive"], planted["elasticity"]
        mean = sum(q for _, q in usual[motive]) / len(usual[motive])
        expected = mean * sum(math.pow(r, -elasticity) for r, _ in cheap[motive])
        assert math.isclose(sum(q for _, q in cheap[motive]), expected, rel_tol=0.08)


def test_families_go_from_goods_for_babies_to_goods_for_children(busy):
    grows_on = {row["person"]: row["grows_on"] for row in truth(busy, "families")}
    assert 0.03 < len(grows_on) / 4000 < 0.1
    buyer = {order["order"]: order["person"] for order in truth(busy, "orders")}
    category = {row["SKU"]: row["Category"] for row in rows(busy, "products.csv")}
    bought = Counter(
        (_day(row) >= grows_on[buyer[row["Name"]]], category[row["Lineitem sku"]])
        for row in _lines(busy)
        if buyer[row["Name"]] in grows_on
    )
    assert bought[False, "Baby > Care"] > 4 * bought[False, "Baby > Children"]
    assert bought[True, "Baby > Children"] > 4 * bought[True, "Baby > Care"]

from datetime import datetime, timedelta
from typing import Any

import pytest

from shuke.models.related_products import related_products
from shuke.models.session import (
    NO_PRODUCT,
    NO_SIGNAL,
    TOO_VAGUE,
    UNKNOWN,
    UNMET,
    ProductTies,
    VisitorEvent,
    heard,
    suggestions,
    ties,
)
from shuke.models.signals import SEARCH, VIEW, Weights
from tests.engine_fixtures import Row, Tables

NOON = datetime.fromisoformat("2026-01-01T12:00:00+00:00")


def tie(product: str, other: str, weight: float, rank: int = 1, **more: Any) -> Row:
    return {
        "product_id": product, "rank": rank, "product_name": None if product == "*" else product.title(),
        "related_id": other, "related_name": other.title(), "category": "Tea > Ware",
        "weight": weight, "support": 9, "method": "popular" if product == "*" else "ease", **more,
    }  # fmt: skip


ROWS = [
    tie("*", "tea", 0.05, 1, category="Tea > Leaf"),
    tie("*", "mug", 0.025, 2),
    tie("cup", "saucer", 0.4, 1),
    tie("cup", "tea", 0.1, 2, category="Tea > Leaf"),
    tie("pot", "cosy", 0.3, 1, category=None),
    tie("pot", "saucer", 0.2, 2),
]


@pytest.fixture
def known(duckdb: Tables) -> ProductTies:
    return ties(duckdb.derived(related_products, ROWS))


def told(known: ProductTies, *events: VisitorEvent, **asked: Any) -> list[tuple[str, float]]:
    return [(each.product_id, round(each.score, 4)) for each in suggestions(events, known, **asked)]


def test_a_visitor_is_told_what_goes_with_what_was_looked_at_and_why(known):
    first, second, third = suggestions([VisitorEvent(name="View", product_id="cup")], known)
    assert (first.rank, first.product_id, first.product_name, first.category) == (
        1, "saucer", "Saucer", "Tea > Ware",
    )  # fmt: skip
    assert (first.reason.en, first.reason.zh) == ("Because you looked at Cup", "因为您浏览过Cup")
    assert (first.score, first.method) == (0.4, "ease")
    # Tea goes with cups, and is popular besides.
    assert (second.product_id, round(second.score, 4), second.method) == ("tea", 0.15, "ease")
    assert (third.product_id, third.score, third.method) == ("mug", 0.025, "popular")
    assert third.reason.en == "Popular with all customers"


def test_each_interest_counts_as_a_share_of_the_greatest_and_fades_by_the_half_hour(known):
    cart, view = (
        VisitorEvent(name="cart", product_id="pot", at=NOON),
        VisitorEvent(name="view", product_id="cup", at=NOON),
    )
    assert told(known, cart, view)[:2] == [("saucer", round(0.2 + 0.4 / 3, 4)), ("cosy", 0.3)]
    earlier = VisitorEvent(name="cart", product_id="pot", at=NOON - timedelta(minutes=60))
    # A quarter of a cart's 0.6 beside a view's 0.2.
    assert dict(told(known, earlier, view))["cosy"] == round(0.3 * 0.15 / 0.2, 4)
    # What has no time was done last, and a time without a zone is UTC.
    undated = VisitorEvent(name="view", product_id="cup")
    naive = VisitorEvent(
        name="cart", product_id="pot", at=(NOON - timedelta(minutes=60)).replace(tzinfo=None)
    )
    assert told(known, naive, undated, view) == told(known, earlier, view)


def test_the_strongest_event_of_a_product_counts_and_what_counts_nothing_is_silent(known):
    seen = [VisitorEvent(name=name, product_id="cup") for name in ("view", "cart", "view")]
    assert suggestions(seen, known)[0].reason.en == "Because you put into the cart Cup"
    assert told(known, *seen) == told(known, seen[0])
    alone = suggestions([seen[0]], known, weights=Weights(half_life=30, view=0))
    assert {each.method for each in alone} == {"popular"}


def test_words_searched_for_speak_for_the_products_whose_names_hold_them(known):
    assert heard(VisitorEvent(name="search", query=" CUP "), known) == (SEARCH, ["cup"])
    (first, *_) = suggestions([VisitorEvent(name="搜索", query="po")], known)
    assert (first.product_id, first.reason.zh) == ("cosy", "因为您搜索过类似商品：Pot")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (VisitorEvent(name="scroll", product_id="cup"), NO_SIGNAL),
        (VisitorEvent(name="view"), NO_PRODUCT),
        (VisitorEvent(name="search", query="c"), NO_PRODUCT),
        (VisitorEvent(name="view", product_id="boat"), UNKNOWN),
        (VisitorEvent(name="view", product_id="*"), UNKNOWN),
        (VisitorEvent(name="search", query="boat"), UNMET),
    ],
)  # fmt: skip
def test_what_says_nothing_is_told_apart_and_leaves_what_is_popular(known, event, why):
    assert heard(event, known) == why
    assert told(known, event) == told(known) == [("tea", 0.05), ("mug", 0.025)]


def test_words_that_fit_more_than_fifty_products_say_nothing(duckdb):
    many = ties(duckdb.derived(related_products, [tie(f"cup {n}", "tea", 0.1) for n in range(51)]))
    assert heard(VisitorEvent(name="search", query="cup"), many) == TOO_VAGUE
    found = heard(VisitorEvent(name="search", query="cup 1"), many)
    assert isinstance(found, tuple)
    assert found[0] == SEARCH


def test_what_the_visit_saw_or_the_company_suppressed_is_never_shown(known):
    view = VisitorEvent(name="view", product_id="cup")
    assert "tea" not in dict(told(known, view, VisitorEvent(name="view", product_id="tea")))
    assert "tea" in dict(told(known, view, VisitorEvent(name="search", query="tea")))
    assert dict(told(known, view, suppressed=("saucer", "Tea > Leaf"))) == {"mug": 0.025}
    assert told(known, view, suppressed=("Tea",)) == []
    assert len(told(known, view, many=1)) == 1


def test_ties_that_find_no_more_than_what_is_popular_are_left_out(duckdb):
    plain = ties(duckdb.derived(related_products, [{**row, "method": "popular"} for row in ROWS]))
    shown = suggestions([VisitorEvent(name="view", product_id="tea")], plain)
    assert [(each.product_id, each.method) for each in shown] == [("mug", "popular")]


def test_in_a_fresh_shop_nobody_is_told_anything(duckdb):
    empty = ties(duckdb.derived(related_products, []))
    assert heard(VisitorEvent(name="view", product_id="cup"), empty) == UNKNOWN
    assert suggestions([VisitorEvent(name="view", product_id="cup")], empty) == []


def test_what_is_known_without_a_name_goes_by_its_code(duckdb):
    nameless = tie("cup", "saucer", 0.4, product_name=None, related_name=None)
    known = ties(duckdb.derived(related_products, [nameless]))
    (only,) = suggestions([VisitorEvent(name="view", product_id="cup")], known)
    assert (only.product_name, only.reason.en) == ("saucer", "Because you looked at cup")
    assert heard(VisitorEvent(name="view", product_id="saucer"), known) == (VIEW, ["saucer"])

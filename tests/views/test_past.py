"""What was known of one customer on an earlier day, and is it what a build of that day would hold?"""

from datetime import date, timedelta
from typing import Any

import pytest

from shuke.app import Project
from shuke.builds import pipeline
from shuke.errors import WrongCall
from shuke.views import customer as page
from shuke.views.customer import CustomerPage
from shuke.views.find import find
from shuke.views.viewer import Viewer
from tests import shop
from tests.engine_fixtures import at

#: What is said of one man over three years, each time on another card of his.
SAID: list[dict[str, Any]] = [
    {"name": "Bert Ross", "city": "Leeds", "age": 40, "at": at("2023-05-01")},
    {"city": "York", "plan": "a kettle", "at": at("2025-06-01")},
    {"city": "Hull", "age": 43, "address": "2 Quay, Hull", "at": at("2026-06-01")},
]
BEFORE, BETWEEN, AFTER = date(2024, 1, 1), date(2025, 7, 1), date(2026, 11, 1)


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop with Bert's cards, which his e-mail joins."""
    made = shop.make(tmp_path_factory.mktemp("past") / "shop")
    cards = [{"record_id": f"C{n}", **row} for n, row in enumerate(SAID, start=1)]
    mail = [{"record_id": card["record_id"], "kind": "email", "value": "ross@example.com"} for card in cards]
    shop.land(made, "cards", people=cards, identifiers=mail)
    pipeline.build(made, now=shop.NOW, as_of=shop.AS_OF)
    return made


def seen(project: Project, viewer: Viewer, day: date | None, *, name: str = "Bert") -> CustomerPage:
    (found,) = find(project, name, viewer=viewer) if viewer.sees_personal else [{"customer_id": name}]
    return page.customer(project, found["customer_id"], viewer=viewer, as_of=day)


@pytest.mark.parametrize(("day", "city", "plan"), [
    (BEFORE, "Leeds", None), (BETWEEN, "York", "a kettle"), (AFTER, "Hull", None), (None, "Hull", None),
])  # fmt: skip
def test_the_record_is_shown_as_it_was(
    day: date | None, city: str, plan: str | None, cards: Project, owner: Viewer
):
    then = seen(cards, owner, day)
    assert (then.golden["name"], then.golden["city"]) == ("Bert Ross", city)
    assert [f.value for f in then.facts if f.attribute == "plan" and f.wins] == ([plan] if plan else [])
    assert (then.as_of, then.looks_back) == (day or shop.AS_OF, day is not None)


def test_ages_narrow_with_what_was_heard_since(cards: Project, owner: Viewer):
    spans = [seen(cards, owner, day).families["demographic"] for day in (BEFORE, AFTER)]
    assert [(s["birth_from"], s["birth_until"]) for s in spans] == [
        (date(1982, 5, 2), date(1983, 5, 1)),
        (date(1982, 6, 2), date(1983, 5, 1)),
    ]


def test_purchases_and_what_happened_end_with_the_day(cards: Project, owner: Viewer):
    day = date(2026, 10, 31)
    then = seen(cards, owner, day, name="Ann")
    assert [row["order_no"] for row in then.purchases] == ["A2", "A1"]
    assert then.timeline.events and all(e.at.date() <= day for e in then.timeline.events)
    assert (then.families["behaviour"]["orders"], then.figures["frequency"], then.alerts) == (2, 2, ())
    assert "tier" not in then.families["value"]  # a place among all needs all of them


def test_a_day_before_the_first_word_knows_nothing(cards: Project, owner: Viewer):
    then = seen(cards, owner, date(2020, 1, 1))
    assert {fact.attribute for fact in then.facts} == {"email"}  # which bears no day
    assert (then.golden.get("name"), then.purchases.total) == (None, 0)


def test_a_day_later_than_the_build_is_refused(cards: Project, owner: Viewer):
    with pytest.raises(WrongCall):
        seen(cards, owner, shop.AS_OF + timedelta(days=1))


def test_a_viewer_sees_the_past_masked_as_well(cards: Project, owner: Viewer, stranger: Viewer):
    now = seen(cards, owner, None)
    then = seen(cards, stranger, BETWEEN, name=now.customer_id)
    told = repr((then.golden, then.facts, then.families, then.records, then.timeline))
    for secret in ("Bert", "Ross", "kettle", "1982-", "C1"):
        assert secret not in told.replace(now.customer_id, ""), secret
    assert then.golden["city"] == "York" and "name" in then.hidden


def test_the_past_is_what_a_build_that_looks_back_holds(cards: Project, owner: Viewer):
    shown = {day: seen(cards, owner, day) for day in (BEFORE, BETWEEN)}
    for day, then in shown.items():
        pipeline.build(cards, now=shop.NOW, as_of=day)
        now = seen(cards, owner, None)
        assert not now.looks_back
        assert then.facts == now.facts
        assert then.golden == now.golden
        assert then.families["behaviour"] == now.families["behaviour"]

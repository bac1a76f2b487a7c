"""What may a shop's page show a visitor of whom nothing is known but this visit?"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shuke import app
from shuke.access import tokens, users
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from shuke.builds import pipeline
from shuke.errors import UnknownTable
from shuke.server import create_app
from shuke.settings import Settings
from shuke.views.viewer import at_home
from shuke.views.visitors import suggest
from tests.api.conftest import OWNER
from tests.few_tables import FEW, only
from tests.landing import land

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ROUTE = "/api/recommendations"


def order(number: int, day: datetime, item: str) -> dict[str, Any]:
    return {
        "order_no": f"{number}-{item}", "ordered_at": day, "record_id": f"T{number}", "product_id": item,
        "product_name": item.title(), "quantity": Decimal(1), "price": Decimal(9), "amount": Decimal(9),
        "currency": "EUR", "nth": 1,
    }  # fmt: skip


def bought() -> list[dict[str, Any]]:
    """Eight kinds of machine, each with its refill: whoever has the one buys the other, in spring or late."""
    began = datetime(2026, 5, 1, 10)  # noqa: DTZ001 - as moments are stored
    return [
        order(n, began + timedelta(days=day), f"{thing}{n % 8}")
        for n in range(160)
        for thing, day in (("machine", n % 7), ("refill", 10 if n < 100 else 180))
    ]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A shop of which a build knows what goes with what; refills of one kind are not to be offered."""
    asked = {"recommendations": {"suppressed": ["refill4"]}}
    settings = Settings(name="Mill", currency="EUR", analyses=("related_products",), tables=asked)
    project = app.init(tmp_path_factory.mktemp("visitors") / "shop", settings)
    land(project, "till", order_items=bought(), people=[{"record_id": f"T{n}"} for n in range(160)])
    return project


@pytest.fixture(scope="module")
def shop(project: Project) -> Iterator[TestClient]:
    """A web shop with a token that may look and no more."""
    user = users.create_user(project.operations, "webshop", Role.VIEWER, by=OWNER, now=NOW).user
    plain = tokens.issue(
        project.operations, user, TokenRequest(name="test", role=Role.VIEWER), by=OWNER, now=NOW
    )
    with TestClient(create_app(project), headers={"Authorization": f"Bearer {plain}"}) as client:
        yield client


def test_before_the_first_build_it_says_that_there_is_none(shop: TestClient, project: Project):
    answer = shop.post(ROUTE, json={"events": []})
    assert answer.status_code == 400 and "shuke build" in answer.json()["message"]
    with only(*FEW, "related_products"):
        pipeline.build(project, now=NOW)


def test_a_visitor_is_shown_what_goes_with_what_was_seen_in_words_of_their_own(shop: TestClient):
    seen = [
        {"name": "view", "product_id": "machine2", "at": "2026-11-21T17:00:00+08:00"},
        {"name": "cart", "product_id": "machine1", "at": "2026-11-21T09:05:00"},
    ]
    told = shop.post(ROUTE, json={"events": seen, "limit": 2}, headers={"Accept-Language": "en"}).json()
    assert (told["build"], told["as_of"], told["unheard"]) == (1, "2026-11-21", [])
    first, second = told["products"]
    assert (first["rank"], first["product_id"], first["product_name"]) == (1, "refill1", "Refill1")
    assert first["reason"] == "Because you put into the cart Machine1"
    assert second["product_id"] == "refill2" and first["score"] > second["score"] > 0
    assert {first["method"], second["method"]} <= {"ease", "neighbours"}
    chinese = shop.post(ROUTE, json={"events": seen}, headers={"Accept-Language": "zh-CN"}).json()
    assert chinese["products"][0]["reason"] == "因为您加购过Machine1"


def test_what_says_nothing_is_named_and_what_is_popular_is_shown(shop: TestClient):
    seen = [{"name": "view", "product_id": "boat"}, {"name": "scroll"}, {"name": "search", "query": "boats"}]
    told = shop.post(ROUTE, json={"events": seen}, headers={"Accept-Language": "en"}).json()
    assert [each["event"] for each in told["unheard"]] == [0, 1, 2]
    assert told["unheard"][0]["why"] == "not enough customers have bought a product of this code"
    assert told["products"] and {each["reason"] for each in told["products"]} == {
        "Popular with all customers"
    }
    assert shop.post(ROUTE, json={"events": []}).json()["products"][0]["method"] == "popular"


def test_what_the_company_suppressed_is_shown_to_nobody(shop: TestClient):
    for seen in ([], [{"name": "cart", "product_id": "machine4"}]):
        told = shop.post(ROUTE, json={"events": seen, "limit": 50}).json()
        assert "refill4" not in {each["product_id"] for each in told["products"]}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "events"),
        ({"events": {"name": "view"}}, "events"),
        ({"events": [{"product_id": "machine1"}]}, "name"),
        ({"events": [{"name": "view", "product": "machine1"}]}, "product"),
        ({"events": [{"name": "view", "at": "yesterday"}]}, "at"),
        ({"events": [{"name": "view"}] * 201}, "events"),
        ({"events": [], "limit": 0}, "limit"),
    ],
    ids=["nothing", "no list", "no name", "wrong word", "no time", "too many", "no limit"],
)  # fmt: skip
def test_a_call_that_cannot_be_used_is_told_which_part(shop: TestClient, body: dict[str, Any], named: str):
    answer = shop.post(ROUTE, json=body, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_call")
    assert answer.json()["message"].endswith(f": {named}")


def test_text_that_is_no_json_and_a_program_without_a_token_are_refused(shop: TestClient):
    assert shop.post(ROUTE, content="view machine1").status_code == 400
    assert TestClient(shop.app).post(ROUTE, json={"events": []}).status_code == 401


def test_a_build_without_what_it_reads_says_what_to_do(built: Path):
    # The tea shop makes only some of the analyses.
    with pytest.raises(UnknownTable, match=r"no table related_products.* shuke\.toml"):
        suggest(app.open_project(built), [], viewer=at_home("ann", "notebook", now=NOW))


def test_a_table_that_failed_says_why(project: Project, shop: TestClient):
    manifest: Path = project.builds.current().folder / "manifest.json"
    whole = manifest.read_text("utf-8")
    told = json.loads(whole)
    told["tables"]["related_products"]["failed"] = "too much of everything"
    try:
        manifest.write_text(json.dumps(told), "utf-8")
        project._opened.clear()
        answer = shop.post(ROUTE, json={"events": []})
        assert answer.status_code == 400 and "too much of everything" in answer.json()["message"]
    finally:
        manifest.write_text(whole, "utf-8")
        project._opened.clear()

"""A topic is named at any door, and the next build tells of it by that name."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke import app
from shuke.access import sessions, tokens, users
from shuke.access.roles import Principal, Role
from shuke.access.tokens import TokenRequest
from shuke.actions import topics as actions
from shuke.app import Project
from shuke.builds import pipeline
from shuke.console.request_context import SESSION_COOKIE
from shuke.errors import Denied, WrongCall
from shuke.server import create_app
from shuke.views import topics as view
from shuke.views.viewer import Viewer, at_home
from tests import shop
from tests.api.conftest import OWNER
from tests.few_tables import FEW, only

SAID = ("The parcel came late, delivery was slow", "The voucher gives no discount, the price is high")


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Project:
    every = replace(shop.SETTINGS, analyses=None)
    project = app.init(tmp_path_factory.mktemp("heard") / "shop", every)
    shop.land(project, "till", people=shop.PEOPLE["till"], identifiers=shop.IDENTIFIERS["till"])
    calls = [
        {"interaction_id": f"T{n}", "at": shop._utc(2026, 10, 1 + n), "record_id": "T1", "kind": "call",
         "text": f"{SAID[n % 2]} {n}"}
        for n in range(20)
    ]  # fmt: skip
    shop.land(project, "desk", interactions=calls)
    with only(*FEW, "topics"):
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    return project


def viewer(minutes: int = 0) -> Viewer:
    return at_home("ann", "cli", now=shop.NOW + timedelta(minutes=minutes))


def test_a_name_holds_at_once_and_the_next_build_has_it(heard):
    told = [topic for topic in view.listed(heard, viewer=viewer()) if topic.number]
    assert len(told) == 2
    number = next(topic.number for topic in told if "delivery" in topic.words)
    assert actions.name(heard, number, called=" Late  parcels ", viewer=viewer()).name == "Late parcels"
    assert actions.name(heard, number, pinned=True, viewer=viewer(1)).name == "Late parcels"
    with only(*FEW, "topics"):
        pipeline.build(heard, now=shop.NOW + timedelta(minutes=2), as_of=shop.AS_OF)
    rows = {row["topic_no"]: row for row in heard.open().table("topics").to_pyarrow().to_pylist()}
    assert (rows[number]["name"], rows[number]["pinned"]) == ("Late parcels", True)
    assert (
        actions.name(heard, number, called="", pinned=False, viewer=viewer(3)).name == rows[number]["words"]
    )


def test_only_who_may_names_and_only_what_is_there(heard):
    may_not = Viewer(Principal(1, "vera", frozenset({Role.VIEWER})), "api", shop.NOW)
    with pytest.raises(Denied):
        actions.name(heard, 1, called="x", viewer=may_not)
    for number in (0, 999):
        with pytest.raises(WrongCall, match=f"no topic {number}"):
            actions.name(heard, number, called="x", viewer=viewer())


def test_it_is_named_over_http_and_on_its_page(heard, quick_hashes):
    now = datetime.now(UTC)
    users.create_user(heard.operations, "lin", Role.ADMIN, by=OWNER, now=now)
    found = users.get_user(heard.operations, "lin")
    users.change_password(heard.operations, found, "a word of their own", by=OWNER, now=now)
    plain = tokens.issue(heard.operations, found, TokenRequest(name="t", role=Role.ADMIN), by=OWNER, now=now)
    client = TestClient(create_app(heard), follow_redirects=False)
    bearer = {"Authorization": f"Bearer {plain}"}
    told = client.post("/api/topics/1", headers=bearer, json={"called": "By program"})
    assert (told.status_code, told.json()["name"]) == (200, "By program"), told.text
    assert any(t["name"] == "By program" for t in client.get("/api/topics", headers=bearer).json()["topics"])
    assert client.post("/api/topics/999", headers=bearer, json={"called": "x"}).status_code == 400
    cookie = sessions.begin(heard.operations, heard.key, found, now=now)
    known = sessions.verify(heard.operations, heard.key, cookie, now=now)
    assert known
    inside = {"Cookie": f"{SESSION_COOKIE}={cookie}"}
    sent = {"csrf": known.csrf, "called": "On the page", "pinned": "1"}
    assert client.post("/topics/1", headers=inside, data=sent).status_code in {302, 303}
    page = client.get("/topics", headers=inside).text
    assert 'value="On the page"' in page and "checked" in page


def test_it_is_named_on_the_command_line(heard, shuke):
    root = Path(heard.root)
    assert "On the line" in shuke("topics", "name", "1", "On the line", "--pin", at=root).err
    told = json.loads(shuke("topics", "--format", "json", at=root).out)
    assert {t["name"]: t["pinned"] for t in told}["On the line"]
    assert "On the line" in shuke("topics", at=root).out

"""What becomes of several who do the same thing at the same moment, whatever can be done?

The acts are those that the description of the API has and those of the forms on all pages, so that a new
one is tried without being listed; each on either database.
"""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from bench.addresses import readable, routes
from shuke.access import sessions, tokens, users
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.actions import alert_rules, automations, campaigns, offers, segments, tasks
from shuke.alerts.own_rules import OwnRule
from shuke.app import Project, open_project
from shuke.builds import identity_training, pipeline
from shuke.builds.identity_training import ModelChange, TrainedModel
from shuke.console.request_context import SESSION_COOKIE
from shuke.engage import unsubscribing
from shuke.engage.automation import Automation
from shuke.engage.campaign import Campaign
from shuke.engage.offers import OfferKind, Terms
from shuke.engage.unsubscribing import Link
from shuke.server import create_app
from shuke.store import disk
from shuke.store.operations import open_operations
from shuke.views.viewer import at_home
from tests import shop
from tests.api import forms
from tests.api.conftest import OWNER
from tests.api.forms import Sent
from tests.api.test_described import body_of, example, operations
from tests.api.test_work import TILL
from tests.few_tables import FEW, only

ACTORS = 6
NOW = datetime.now(UTC)

#: What a field or a part of an address holds, by its name.
TOLD: dict[str, Any] = {
    "status": "acknowledged", "verb": "different", "left": ["till:T2"], "right": ["web:W2"], "number": "1",
    "query": "select 1 as one", "source": "desk", "events": [], "do": "different", "language": "zh",
    "old": "a word of their own", "new": "a word that is newer", "again": "a word that is newer",
    "q": "Ann", "where": [], "order_by": None, "questions": {}, "search": "tea", "descending": False,
    "role": "viewer", "password": "a word of their own", "token_id": "1", "limit": 5,
    "expression": "city is not null", "rules": None, "customers": None, "entries": "T1", "a": "rfm",
    "b": "rfm", "address": "ann@home.example", "called": "Late parcels", "pinned": True,
    "assignee": "admin-one", "comment": "rang twice",
}  # fmt: skip

#: By which a campaign would be sent.
NEWS = '\n[channels.news]\nkind = "webhook"\nurl = "http://127.0.0.1:9/hook"\n'

#: What takes more than this shop has: a table of what goes with what, and a version of the model.
NOT_HERE = {"/api/recommendations", "/api/identity/models/{number}/use"}

#: What the words of this test mean nothing to, so that it is refused; `tests/engage` does it well.
REFUSED = {
    "/api/campaigns", "/api/campaigns/{name}", "/api/campaigns/{name}/{verb}",
    "/api/campaigns/{name}/open-until", "/api/coupons/{code}/redeem",
    "/api/customers/{customer_id}/consents", "/api/offers", "/api/offers/{number}/coupons",
    "/api/alert-rule-switches/{name}", "/api/alert-rules/{name}", "/api/alert-replays/{rule}",
    "/alert-settings/{rule}",
    "/api/segment-comparison", "/api/segment-lookalikes", "/campaigns/new", "/offers", "/offers/{number}",
    "/offers/{number}/coupons",
    "/api/customer-annotations", "/customers",
    "/api/plans/{kind}/{year}", "/plans/{kind}/{year}",
    "/api/channels/{name}/events", "/api/channels/{name}/replies",
    "/api/automations", "/api/automations/{automation}", "/api/automations/{automation}/{verb}",
    "/api/tasks", "/api/task-changes", "/api/care",
    "/new-tasks",
}  # fmt: skip

#: An answer that says why it was not done.
TOLD_PLAINLY = {400, 401, 403, 404, 409, 413, 422, 429}


@pytest.fixture(scope="module")
def regular(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tea shop, of whose customers one has not come for long, and one has said much."""
    root = shop.make(tmp_path_factory.mktemp("regular") / "shop").root
    settings = root / "shuke.toml"
    settings.write_text(re.sub(r"(?m)^analyses.*\n", "", settings.read_text("utf-8")), "utf-8")
    project = open_project(root)
    first = shop._utc(2026, 7, 1, 10)
    weeks = [(f"D{n}", first + timedelta(days=7 * n), "T2", "TEA", 1, "4.50") for n in range(10)]
    shop.land(project, "till", order_items=[*map(shop._line, weeks)])
    calls = [
        {"interaction_id": f"C{n}", "at": first, "record_id": "T1", "text": f"The parcel came {n} days late"}
        for n in range(6)
    ]
    shop.land(project, "desk", interactions=calls)
    with only(*FEW, "lapsing", "topics"):
        build = pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    # A second one, the like of the first, so that there is one to be put in force.
    another = Path(shutil.copytree(build.folder, build.folder.with_name("000002"))) / "manifest.json"
    disk.write_json(another, {**disk.read_json(another), "number": 2})
    return project.root


@pytest.fixture
def busy(regular: Path, empty_database: str, quick_hashes: None, tmp_path: Path) -> Iterator[Project]:
    """The shop with its people in a database, on whom nothing waits."""
    root = Path(shutil.copytree(regular, tmp_path / "shop"))
    (root / "data" / "operations.db").unlink()
    settings = root / "shuke.toml"
    settings.write_text(re.sub(r"(?m)^database.*\n", "", settings.read_text("utf-8")), "utf-8")
    settings.write_text(f'database = "{empty_database}"\n' + settings.read_text("utf-8") + NEWS, "utf-8")
    open_operations(empty_database).close()  # of a project with a past none is made in silence
    project = open_project(root)
    for role in Role:
        users.create_user(project.operations, f"{role}-one", role, by=OWNER, now=NOW)
    admin = users.get_user(project.operations, "admin-one")
    users.change_password(project.operations, admin, TOLD["old"], by=OWNER, now=NOW)
    written_to_customers(project)
    yield project
    project.operations.close()


def written_to_customers(project: Project) -> None:
    """One of each, by the name or number that addresses are tried with."""
    viewer = at_home("ann", "cli", now=NOW)
    segments.save(project, "rfm", "city is not null", viewer=viewer)
    news = {"audience": "city is not null", "channel": "news", "content": {"en": {"text": "Tea"}}}
    campaigns.create(project, "rfm", Campaign.from_json(news), viewer=viewer)
    greeting = {"when": "birthday", "then": [{"do": "task", "title": "Greet them"}]}
    automations.create(project, "1", Automation.from_json(greeting), viewer=viewer)
    today = NOW.date()
    tasks.open_for(project, [customer(project)], "Ring them", today, assignee="admin-one", viewer=viewer)
    city = OwnRule(name="rfm", title="York", table="customers", where="city = 'York'", subject="customer_id")
    alert_rules.save(project, city, viewer=viewer)
    pot = Terms(
        name="A pot", kind=OfferKind.VALUE, value=Decimal(5), currency="GBP", starts=today, ends=today
    )
    offers.make(project, pot, viewer=viewer)


@pytest.fixture(autouse=True)
def nothing_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What builds and models are is tried elsewhere; here, who may begin one."""
    change = ModelChange(version=1, records=5, customers=4, merged=0, split=0)
    monkeypatch.setattr(pipeline, "build", lambda *_, **__: None)
    monkeypatch.setattr(
        identity_training, "train", lambda _: TrainedModel(version=1, kinds=(), change=change)
    )
    monkeypatch.setattr(identity_training, "change", lambda *_: change)


@dataclass(frozen=True)
class Act:
    """Something that can be done, by a program or by a button."""

    method: str
    url: str
    content: dict[str, Any]
    files: tuple[str, ...] = ()
    by_program: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.url} {self.content.get('do', '')}".strip()


class Server:
    """One server, and those who stand before it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.app = create_app(project)
        self.admin = users.get_user(project.operations, "admin-one")
        self.client().get("/api/openapi.json")  # written once, by whoever asks first

    def client(self) -> TestClient:
        return TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)

    def bearer(self) -> dict[str, str]:
        wish = TokenRequest(name="test", role=Role.ADMIN)
        plain = tokens.issue(self.project.operations, self.admin, wish, by=OWNER, now=NOW)
        return {"Authorization": f"Bearer {plain}"}

    def session(self) -> tuple[dict[str, str], str]:
        """The cookie of somebody who has come in, and what their forms send along."""
        at = datetime.now(UTC)
        cookie = sessions.begin(self.project.operations, self.project.key, self.admin, now=at)
        known = sessions.verify(self.project.operations, self.project.key, cookie, now=at)
        assert known
        return {"Cookie": f"{SESSION_COOKIE}={cookie}"}, known.csrf

    def page(self, path: str) -> str:
        client, (cookie, _) = self.client(), self.session()
        found = client.get(path, headers=cookie)
        # An address that says whom it is about leads to one that does not.
        return client.get(found.headers.get("location", path), headers=cookie).text

    def at_once(self, act: Act) -> list[Response]:
        """What all are answered who do it at the same moment, each as somebody who is in."""
        gate = Barrier(ACTORS)
        sends = [self.ready(act) for _ in range(ACTORS)]

        def send(one: Callable[[], Response]) -> Response:
            gate.wait()
            return one()

        with ThreadPoolExecutor(ACTORS) as pool:
            return [*pool.map(send, sends)]

    def ready(self, act: Act) -> Callable[[], Response]:
        client = self.client()
        given: dict[str, Any] = {}
        if act.files:
            given["files"] = {name: ("desk.csv", TILL.encode(), "text/csv") for name in act.files}
        if act.by_program:
            given["headers"] = self.bearer()
            given["data" if act.files else "json"] = act.content
        elif act.url == "/login":
            page = client.get("/login").text
            given["data"] = {**act.content, **next(forms.sent(page)).fields, "name": "admin-one"}
            given["data"]["password"] = TOLD["password"]
        else:
            given["headers"], csrf = self.session()
            given["data"] = {**act.content, "csrf": csrf}
        return lambda: client.request(act.method, act.url, **given)


@pytest.fixture
def server(busy: Project) -> Server:
    return Server(busy)


def of_programs(server: Server) -> Iterator[Act]:
    """Whatever the description says that a program can do."""
    described = server.client().get("/api/openapi.json").json()
    (alert,) = server.client().get("/api/alerts", headers=server.bearer()).json()["alerts"]
    there = {**TOLD, "rule": alert["rule"], "subject": alert["subject"], "until": "2026-12-01"}
    for path, method, operation in operations(described):
        if method == "get":
            continue
        inside = {
            name: {"name": "purchases", **there}.get(name, "1") for name in re.findall(r"{(\w+)}", path)
        }
        schema = body_of(operation)
        content = example(described, schema) if schema else {}
        body = {name: there.get(name, value) for name, value in content.items()}
        body.pop("seen", None)
        files = ("file",) if "multipart" in str(operation.get("requestBody")) else ()
        told = {"source": "desk"} if files else body
        yield Act(method.upper(), path.format(**inside), told, files, by_program=True)


def of_pages(server: Server, customer_id: str) -> Iterator[Act]:
    """Whatever a button on any page does; where buttons do the same to several, to the last of them."""
    paths = [path for path in readable(server.app, customer_id) if not path.startswith("/api")]
    paths += [
        "/identity/explain?a=till:T1&b=web:W1",
        "/alerts?status=open",
        "/batches/1",
        "/alert-settings/lapsing",
    ]
    paths += re.findall(r'href="(/alerts/lapsing/\w+)"', server.page("/alerts"))
    pages = [server.client().get("/login").text, *map(server.page, paths)]
    chosen: dict[tuple[str, str], Sent] = {}
    for button in (each for page in pages for each in forms.sent(page)):
        kind = re.sub(r"/[^/]*(\d|-one)[^/]*", "/*", button.action)
        chosen[kind, re.sub(r"\d+", "*", button.event)] = button
    for button in chosen.values():
        written = {n: value or str(TOLD.get(n, "word")) for n, value in button.fields.items() if n != "csrf"}
        yield Act("POST", button.action, written, button.files)


def of_readers(server: Server) -> Iterator[Act]:
    """What a script of ours sends, and what mail programs do."""
    yield Act("POST", "/segment-look", {"expression": "city is not null"})
    yield Act("POST", "/customer-lists/1", {})  # which was saved before
    link = Link(customer_id=customer(server.project), purpose="marketing", channel="email")
    yield Act("POST", f"/u/{unsubscribing.token(link, key=server.project.key)}", {})


def customer(project: Project) -> str:
    return str(project.open().table("customers").customer_id.max().execute())


def test_all_who_do_the_same_at_once_are_told_what_became_of_it(server: Server):
    tried: set[str] = set()
    done: set[str] = set()
    wrong: list[tuple[str, Counter[int]]] = []
    acts = [*of_programs(server), *of_pages(server, customer(server.project)), *of_readers(server)]
    while acts:
        act = acts.pop(0)
        answers = server.at_once(act)
        codes = Counter(answer.status_code for answer in answers)
        well = [answer for answer in answers if answer.status_code < 400]
        if [code for code in codes if code >= 400 and code not in TOLD_PLAINLY]:
            wrong.append((str(act), codes))
        tried.add(route := route_of(server.app, act))
        done.update({route} if well else ())
        # What is sent leads to a page with a form of its own.
        if well and act.url == "/import":
            found = forms.sent(server.page(well[0].headers["location"]))
            settled = next(each for each in found if each.action.startswith("/import/"))
            acts.append(Act("POST", settled.action, {**settled.fields, "look": ""}))
    assert not wrong
    routes = {path for path, methods in changing(server.app) if methods}
    assert tried == routes
    assert routes - done == NOT_HERE | REFUSED


def changing(server: FastAPI) -> Iterator[tuple[str, set[str]]]:
    """Every route by which something can be changed."""
    for path, _, methods in routes(server):
        yield path, methods - {"GET", "HEAD", "OPTIONS"}


def route_of(server: FastAPI, act: Act) -> str:
    path = act.url.partition("?")[0]
    matching = [
        template
        for template, methods in changing(server)
        if act.method in methods and re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", template), path)
    ]
    return min(matching, key=lambda template: template.count("{"))

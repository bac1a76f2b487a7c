"""The demo company in the console: which pages does somebody come to who follows every link?"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pyarrow as pa
from starlette.routing import Match
from starlette.testclient import TestClient

from shuke import app, demo
from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.actions import segments
from shuke.app import Project
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.console.responses import PageRoute
from shuke.console.routes import ROUTERS
from shuke.settings import Settings
from shuke.tables import CANONICAL
from shuke.views.viewer import at_home
from tests.console.company import PASSWORD
from tests.console.conftest import token

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)

CHANNELS = {"news": {"kind": "file", "folder": "sent"}}

#: What links lead to besides pages.
NO_PAGE = re.compile(
    r"/(api|static|charts|download|alerts-download|u|l|o)\b|/.*\.(csv|xlsx|json|parquet|svg|\{\w+\})$"
)

#: Pages of what nobody has made in the demo.
UNMADE = {"/automations/{automation}", "/customer-lists/{number}", "/tasks/{number}"}

#: Each table is a page of its own; of all else, so many of a kind are looked at.
OF_A_KIND = 3


def found(folder: Path) -> Project:
    """The company as `shuke demo` makes it, with what people add to it."""
    settings = Settings(
        name="Regular & Co.", country="CN", currency="CNY", zone="Asia/Shanghai", channels=CHANNELS
    )
    project = app.init(folder / "demo", settings)
    made = demo.make(folder / "files", until=NOW.date())
    for file in made.files:
        ingest(project, file.source, [file.path], now=NOW)
    segments.save(project, "regulars", "orders >= 3", viewer=at_home("tests", "cli", now=NOW))
    pipeline.build(project, now=NOW)
    by = Actor("tests", "cli")
    invited = users.create_user(project.operations, "lin", Role.ADMIN, by=by, now=NOW)
    users.change_password(project.operations, invited.user, PASSWORD, by=by, now=NOW)
    return project


def work(client: TestClient) -> list[str]:
    """Do what people do in the console; the addresses of what came of it."""
    csrf = {"csrf": token(client.get("/account").text)}
    offer = {
        "name": "Ten off", "kind": "value", "value": "10", "starts": "2020-01-01", "ends": "2099-12-31",
        "per_customer": "1", "reason": "",
    }  # fmt: skip
    rule = {
        "name": "dear", "title": "Dear lines", "seen": "0", "table": "purchases", "where": "amount > 100000",
        "subject": "customer_id", "money": "amount", "severity": "high", "lasts": "", "note": "",
    }  # fmt: skip
    campaign = {
        "name": "Spring", "audience": "orders >= 3", "channel": "news", "purpose": "service",
        "subject-en": "Tea", "text-en": "Come by",
    }  # fmt: skip
    file = {"file": ("desk.csv", "姓名,手机号,生日\n赵敏,13812340009,1991-01-01\n", "text/csv")}
    came = [
        client.post("/offers", data=csrf | offer),
        client.post("/alert-rules", data=csrf | rule),
        client.post("/campaigns/new", data=csrf | campaign),
        client.post("/import", data=csrf | {"source": "desk"}, files=file),
    ]
    assert [answer.status_code for answer in came] == [200] * len(came)
    return [answer.url.raw_path.decode() for answer in came]


def pages(client: TestClient, *, begin: list[str]) -> dict[str, str]:
    """Every page to which links lead, by its address; of a kind, a few."""
    reached: dict[str, str] = {}
    looked: Counter[str] = Counter()
    waiting = dict.fromkeys(begin)
    while waiting:
        address = next(iter(waiting))
        del waiting[address]
        one = kind(address)
        which = urlsplit(address).path if one == "/tables/{name}" else one
        if address in reached or looked[which] >= (1 if which != one else OF_A_KIND):
            continue
        answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        looked[which] += 1
        reached[address] = answer.text
        waiting |= dict.fromkeys(_links(address, answer.text))
    return reached


def _links(address: str, page: str) -> Iterator[str]:
    for link in re.findall(r'href="(/[^"]*)"', page):
        if not NO_PAGE.match(link):
            yield urljoin(address, unescape(link)).split("#")[0]


def words(page: str) -> str:
    """What people read of a page, without what is code; a bar stands between its parts."""
    read = re.sub(r"<(code|script|pre|option|textarea)\b.*?</\1>", " | ", page, flags=re.DOTALL)
    read = re.sub(r"</?(?:b|strong|em|span)\b[^>]*>", " ", read)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " | ", read)))


def data(project: Project) -> str:
    """Every text that the company's files said, and the words of topics found there, in small letters."""
    opened = project.open()
    texts: set[str] = set()
    for name in ("topics", *(f"landed_{name}" for name in CANONICAL)):
        if name in opened.reader.tables:
            for column in opened.table(name).to_pyarrow().columns:
                if pa.types.is_string(column.type):
                    texts |= {value for value in column.unique().to_pylist() if value}
    return "\n".join(texts).lower()


def kind(address: str) -> str:
    """The pattern of the addresses of its kind: /customers/{customer_id}."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(address).path}
    return next(route.path for route in _routes() if route.matches(scope)[0] is Match.FULL)


def kinds() -> set[str]:
    """Of which kinds there are pages to which a link may lead."""
    known = {route.path for route in _routes()}
    return {path for path in known if not NO_PAGE.match(path)} - {"/{path:path}", "/login"} - UNMADE


def _routes() -> Iterator[PageRoute]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, PageRoute) and "GET" in (route.methods or ()):
                yield route

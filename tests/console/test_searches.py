"""Does what somebody looks for stay out of addresses and logs, on every page?"""

import logging
import re
import socket
import threading
from html import unescape
from urllib.parse import unquote_plus

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from bench.addresses import readable
from shuke.app import Project
from shuke.cli import listening
from shuke.console.searches import is_personal
from tests.api.forms import sent
from tests.console.conftest import Enter, log_in, serving, token

#: What people type: names, phones and e-mails of people that there are, and of such that there are not.
TYPED = ("林薇", "Jane Smith", "13812340001", "jane.smith@example.com", "nobody @ all")

#: What forms may write into addresses: days, words of the vocabulary, staff, and answers.
SENDABLE = re.compile(
    r"as_of|status|rule|severity|assignee|assigned|segment|purpose|order|who|verb|subject|since|ask\..+|filter|s|"
    r"sort|down|page|q"
)


def typed(client: TestClient, text: str, place: str = "customers", page: str = "/customers"):
    """The page that is shown to somebody who has searched."""
    return client.post(f"/search/{place}", data={"q": text, "csrf": token(client.get(page).text)})


def addresses(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|action|src|data-chart)="([^"]*)"', page)]


@pytest.mark.parametrize("text", TYPED)
def test_what_is_searched_for_stands_in_no_address(lin: TestClient, text: str):
    for place, page in (("customers", "/"), ("rfm", "/tables/rfm")):
        found = typed(lin, text, place, page)
        assert found.status_code == 200
        visited = [str(found.url), *(str(each.headers["location"]) for each in found.history)]
        for address in [*visited, *addresses(found.text)]:
            assert not is_said(text, address)


def is_said(text: str, address: str) -> bool:
    plain = unquote_plus(address)
    return any(word in plain for word in (text, *text.split()) if len(word) > 3 or not word.isascii())


def test_a_search_is_sorted_turned_narrowed_and_taken_away_by_links_that_keep_it(lin: TestClient):
    found = typed(lin, "jane smi", "rfm", "/tables/rfm")
    assert "Jane Smith" in found.text and "Rows 1 to 1 of 1" in found.text
    again = lin.get(next(link for link in addresses(found.text) if "sort=frequency" in link))
    assert "Rows 1 to 1 of 1" in again.text and 'value="jane smi"' in again.text
    taken = lin.get(next(link for link in addresses(again.text) if "format=csv" in link))
    assert len(taken.content.splitlines()) == 2
    (form,) = (each for each in sent(again.text) if each.action == "/narrow/rfm")
    written = {"column": "frequency", "op": "ge", "value": "99999"}
    narrowed = lin.post(form.action, data={**form.fields, **written})
    assert "No row matches." in narrowed.text and "filter=frequency%3Age%3A99999" in str(narrowed.url)


def test_a_condition_on_who_somebody_is_is_kept_and_one_on_what_they_do_is_said(lin: TestClient):
    (form,) = (each for each in sent(lin.get("/customers").text) if each.action == "/narrow/customers")
    by_name = lin.post(form.action, data={**form.fields, "column": "name", "op": "eq", "value": "Jane Smith"})
    assert "Rows 1 to 1 of 1" in by_name.text and "filter" not in str(by_name.url)
    (form,) = (each for each in sent(by_name.text) if each.action == "/narrow/customers")
    both = lin.post(form.action, data={**form.fields, "column": "records", "op": "ge", "value": "1"})
    assert str(both.url).count("s=") == 1 and "filter=records%3Age%3A1" in str(both.url)
    assert "Rows 1 to 1 of 1" in both.text
    without_name, without_number = (
        lin.get(link)
        for link in re.findall(r'<a href="([^"]+)" aria-label="Take', both.text)
        for link in [unescape(link)]
    )
    assert "Jane Smith" in without_number.text and "Rows 1 to 1 of 1" in without_number.text
    assert "s=" not in str(without_name.url) and "Rows 1 to 1 of" not in without_name.text


def test_an_address_that_says_what_it_looks_for_leads_to_one_that_does_not(
    lin: TestClient, enter: Enter, built: Project
):
    asked = lin.get("/customers?q=nobody+at+all&filter=name%3Aeq%3AJane&sort=records", follow_redirects=False)
    assert asked.status_code == 303
    assert re.fullmatch(r"/customers\?s=[\w-]{20}&s=[\w-]{20}&sort=records", asked.headers["location"])
    stranger = enter(built).get(
        "/customers?q=Jane&filter=name%3Aeq%3AJane&sort=records", follow_redirects=False
    )
    assert stranger.headers["location"] == "/login?back=%2Fcustomers%3Fsort%3Drecords"


def test_whose_number_is_asked_about_stands_in_no_address(lin: TestClient):
    (form,) = (each for each in sent(lin.get("/identity").text) if each.action == "/identity/explain")
    told = lin.post(
        form.action, data={**form.fields, "a": "members:M1", "b": "members:M2"}, follow_redirects=False
    )
    assert re.fullmatch(r"/identity/explain\?s=[\w-]{20}&s=[\w-]{20}", told.headers["location"])
    straight = lin.get("/identity/explain?a=members%3AM1&b=members%3AM2", follow_redirects=False)
    assert straight.headers["location"] == told.headers["location"]


def test_a_token_says_nothing_to_anybody_else_and_that_in_their_language(
    built: Project, enter: Enter, lin: TestClient
):
    mine = str(typed(lin, "nobody at all").url)
    assert typed(lin, "nobody at all").url == mine, "the same search has the same address"
    theirs = TestClient(lin.app, headers={"Accept-Language": "zh-CN"})
    log_in(theirs, "max")
    answer = theirs.get(mine)
    assert answer.status_code == 404 and "请重新输入" in answer.text and "nobody" not in answer.text
    assert str(typed(theirs, "nobody at all").url) != mine


def test_what_was_typed_goes_with_the_session(built: Project, enter: Enter):
    client = enter(built, "max")
    kept = client.app.state.console.searches._kept  # type: ignore[attr-defined]
    page = typed(client, "nobody at all")
    assert kept
    client.post("/logout", data={"csrf": token(page.text)})
    assert not kept


def test_no_form_on_any_page_writes_what_is_typed_into_an_address(lin: TestClient):
    """Made from the routes, so that a new page is looked at without being listed."""
    app = lin.app
    assert isinstance(app, FastAPI)
    looked = 0
    for path in readable(app, customer(lin)):
        if path.startswith(("/api", "/static", "/charts", "/health")):
            continue
        for form in sent(lin.get(path).text, "get"):
            looked += 1
            assert all(SENDABLE.fullmatch(name) for name in form.fields if name), (path, form)
            assert "q" not in form.fields or path == "/dictionary", path
    assert looked


def customer(client: TestClient) -> str:
    found = re.search(r'href="/customers/(C\w+)"', client.get("/customers").text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("name", "value", "personal"),
    [
        ("q", "林薇", True), ("q", " ", False), ("filter", "name:eq:林薇", True),
        ("filter", "name:given", False),
        ("filter", "phone:contains:138", True), ("filter", "month:ge:2026-01-01", False),
        ("sort", "name", False),
        ("filter", "not a condition", False), ("a", "till:7", True), ("a", "C0123456789ABCDEF", False),
    ],
)  # fmt: skip
def test_what_gives_somebody_away_is_known_by_the_columns(name: str, value: str, personal: bool):
    assert is_personal(name, value) is personal


def test_a_server_writes_down_no_address_however_much_it_is_told_to(
    built: Project, caplog: pytest.LogCaptureFixture
):
    door = socket.create_server(("127.0.0.1", 0))
    with caplog.at_level(logging.DEBUG):
        server = uvicorn.Server(listening.config(serving(built)))
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
            logger = logging.getLogger(name)
            logger.setLevel(logging.DEBUG)
            logger.addHandler(caplog.handler)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        with socket.create_connection(door.getsockname()) as line:
            line.sendall(b"GET /customers?q=13899990000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert line.makefile("rb").readline().startswith(b"HTTP/1.1 303")
        server.should_exit = True
        thread.join(20)
    assert "13899990000" not in caplog.text

"""Who comes in, and where to."""

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.app import Project
from shuke.console.request_context import SESSION_COOKIE, local
from shuke.console.routes import ROUTERS
from tests.console.company import NOW, PASSWORD
from tests.console.conftest import Enter, log_in, serving, token

FORMS = sorted(
    route.path
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in (route.methods or ())
)


def test_who_is_not_logged_in_is_asked_to_and_comes_back_to_the_page(built: Project, enter: Enter):
    stranger = enter(built)
    asked = stranger.get("/customers?q=Jane&page=2", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (
        303, "/login?back=%2Fcustomers%3Fpage%3D2",
    )  # fmt: skip
    page = stranger.get(asked.headers["location"])
    sent = {"csrf": token(page.text), "name": "lin", "password": PASSWORD, "back": "/customers?page=2"}
    answer = stranger.post("/login", data=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers?page=2")


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""]
)
def test_logging_in_leads_nowhere_else(back: str):
    assert local(back) == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(built: Project, enter: Enter):
    stranger = enter(built)
    page = stranger.get("/login")
    sent = {"csrf": token(page.text), "name": "lin", "password": PASSWORD}
    cookies = stranger.post("/login", data=sent, follow_redirects=False).headers.get_list("set-cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith(SESSION_COOKIE)]
    assert "HttpOnly" in session and "SameSite=lax" in session and "Secure" not in session


def test_the_cookie_is_secure_where_the_connection_is(built: Project):
    with TestClient(serving(built), base_url="https://shop.example") as client:
        page = client.get("/login")
        sent = {"csrf": token(page.text), "name": "lin", "password": PASSWORD}
        answer = client.post("/login", data=sent, follow_redirects=False)
        assert all("Secure" in c for c in answer.headers.get_list("set-cookie") if SESSION_COOKIE in c)


def test_a_wrong_password_is_said_and_too_many_are_refused(own: Project, enter: Enter):
    stranger = enter(own)
    form = {"csrf": token(stranger.get("/login").text), "name": "lin", "password": "wrong"}
    answers = [stranger.post("/login", data=form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Wrong name or password." in answers[0].text
    assert "Try again in" in answers[5].text
    assert stranger.get("/", follow_redirects=False).status_code == 303


def test_a_one_time_password_has_to_be_changed_first(own: Project, enter: Enter):
    invited = users.create_user(own.operations, "new", Role.MARKETER, by=Actor("tests", "cli"), now=NOW)
    browser = enter(own)
    log_in(browser, "new", invited.one_time_password)
    assert browser.get("/customers").url.path == "/account/password"
    form = {
        "csrf": token(browser.get("/account/password").text), "old": invited.one_time_password,
        "new": "quite another one", "again": "quite another one",
    }  # fmt: skip
    assert browser.post("/account/password", data=form | {"again": "typo"}).status_code == 400
    assert browser.post("/account/password", data=form).url.path == "/"
    assert browser.get("/customers").url.path == "/customers"


#: Mail programs post to this one for their reader (RFC 8058), who has no page of ours; its address is signed.
UNSUBSCRIBE = "/u/{token}"


@pytest.mark.parametrize("path", [path for path in FORMS if path != UNSUBSCRIBE])
def test_no_form_does_anything_without_its_token(built: Project, lin: TestClient, enter: Enter, path: str):
    address = path.replace("{name}", "vera").replace("{token_id}", "1").replace("{token}", "0" * 32)
    assert lin.post(address, data={"csrf": "0" * 64}).status_code == 403
    assert enter(built).post(address, data={}, follow_redirects=False).status_code in (303, 403)


def test_logging_out_ends_the_session_itself(own: Project, enter: Enter):
    browser = enter(own, "lin")
    cookie = browser.cookies[SESSION_COOKIE]
    browser.post("/logout", data={"csrf": token(browser.get("/").text)})
    browser.cookies.set(SESSION_COOKIE, cookie)
    assert browser.get("/", follow_redirects=False).status_code == 303


def test_the_language_is_the_browsers_until_one_chooses(own: Project, enter: Enter):
    assert 'lang="en"' in enter(own, language="de-DE,en;q=0.5").get("/login").text
    browser = enter(own, "lin", language="zh-CN,zh;q=0.9")
    assert 'lang="zh-CN"' in browser.get("/").text
    form = {"csrf": token(browser.get("/").text), "language": "en", "back": "/tables"}
    assert browser.post("/language", data=form).url.path == "/tables"
    assert 'lang="en"' in browser.get("/").text
    assert 'lang="en"' in enter(own, "lin", language="zh-CN").get("/").text, "it is theirs in every browser"

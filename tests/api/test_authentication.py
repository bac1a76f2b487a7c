"""Who may call, and what may they do?"""

import pytest
from starlette.testclient import TestClient

from shuke.access import tokens, users
from shuke.access.roles import Capability, Role, allows
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from tests import shop
from tests.api.conftest import OWNER, Caller

ROUTES = [
    "/api/tables", "/api/tables/rfm", "/api/customers?q=ann", "/api/overview", "/api/alerts", "/api/builds",
    "/api/batches", "/api/dictionary", "/api/jobs",
]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_reads_anything_without_a_token(route: str, anybody: TestClient):
    answer = anybody.get(route)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "no_token"


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("role", Role)
def test_every_role_that_may_see_reads_what_gives_nobody_away(route: str, role: Role, calling: Caller):
    assert calling(role).get(route).status_code == (200 if allows(role, Capability.SEE) else 403)


def test_anybody_may_ask_whether_the_server_is_there(anybody: TestClient):
    assert anybody.get("/health").json()["status"] == "ok"


def test_a_revoked_token_and_a_disabled_user_come_to_their_end(project: Project, anybody: TestClient):
    user = users.create_user(project.operations, "leaver", Role.ANALYST, by=OWNER, now=shop.NOW).user
    wish = TokenRequest(name="test", role=Role.ANALYST)
    plain = tokens.issue(project.operations, user, wish, by=OWNER, now=shop.NOW)
    given = {"Authorization": f"Bearer {plain}"}
    assert anybody.get("/api/tables", headers=given).status_code == 200
    users.disable(project.operations, user, by=OWNER, now=shop.NOW)
    assert anybody.get("/api/tables", headers=given).status_code == 401


def test_wrong_tokens_are_counted_and_right_ones_are_not_kept_waiting(
    anybody: TestClient, analyst: TestClient
):
    answers = [anybody.get("/api/tables", headers={"Authorization": f"Bearer shuke_{n}"}) for n in range(8)]
    assert [a.status_code for a in answers][:3] == [401, 401, 401] and answers[-1].status_code == 429
    assert analyst.get("/api/tables").status_code == 200


@pytest.mark.parametrize(
    ("method", "route", "allowed"),
    [
        ("POST", "/api/sql", {"admin", "analyst"}),
        ("GET", "/api/tables/rfm?format=csv", {"admin", "analyst", "marketer"}),
        ("GET", "/api/batches/000001-till/quarantine", {"admin", "analyst", "marketer"}),
        ("POST", "/api/builds/1/in-force", {"admin", "analyst"}),
    ],
)  # fmt: skip
def test_who_may_not_is_refused(method: str, route: str, allowed: set[str], calling: Caller):
    told = {role.value: calling(role).request(method, route, json={"query": "select 1"}) for role in Role}
    assert {role for role, answer in told.items() if answer.status_code == 200} == allowed
    assert {answer.json()["code"] for role, answer in told.items() if role not in allowed} == {"denied"}


def test_errors_are_told_in_the_readers_language(anybody: TestClient):
    english = anybody.get("/api/tables", headers={"Accept-Language": "en"}).json()["message"]
    assert english.startswith("Send a valid token")


def test_the_description_is_openapi_3_1_and_no_page_loads_scripts_from_elsewhere(anybody: TestClient):
    told = anybody.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1") and "/api/tables/{name}" in told["paths"]
    assert all(anybody.get(page).status_code == 404 for page in ("/docs", "/redoc"))


def test_answers_are_guarded_like_pages(analyst: TestClient):
    headers = analyst.get("/api/tables").headers
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]

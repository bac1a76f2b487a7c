"""What do eight readers at once see while files are imported, a build is made and another put in force?"""

import threading
import time
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.testclient import TestClient

from bench.addresses import readable
from shuke.access import sessions
from shuke.access.roles import Role
from shuke.access.secret import project_key
from shuke.access.users import change_password, get_user
from shuke.app import Project
from shuke.console.request_context import SESSION_COOKIE
from tests.api.conftest import OWNER, Caller
from tests.api.test_work import TILL

READERS = 8

#: So many of them read the same addresses at the same moment.
TOGETHER = 2


def test_no_reader_is_turned_away_while_the_data_changes(project: Project, calling: Caller, few: None):
    admin = calling(Role.ADMIN)
    assert isinstance(admin.app, FastAPI)
    user, now = get_user(project.operations, "admin-one"), datetime.now(UTC)
    change_password(project.operations, user, "a word of their own", by=OWNER, now=now)
    customer_id = project.open().table("customers").customer_id.max().execute()
    paths = readable(admin.app, customer_id)
    key = project_key(project.data / "key")
    failed: list[tuple[str, int, str]] = []
    read_well: set[str] = set()
    # Written by the one loop of a server when it is first asked for; each client here has a loop of its own.
    admin.get("/api/openapi.json")

    def read(number: int) -> None:
        cookie = sessions.begin(project.operations, key, user, now=now)
        headers = {**admin.headers, "Cookie": f"{SESSION_COOKIE}={cookie}"}
        with_both = TestClient(admin.app, headers=headers, raise_server_exceptions=False)
        for path in paths[number // TOGETHER :: READERS // TOGETHER]:
            answer = with_both.get(path, follow_redirects=False)
            read_well.update([path] * (answer.status_code == 200))
            if answer.status_code >= 500:
                failed.append((path, answer.status_code, answer.text[:200]))

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    file = {"file": ("desk.csv", TILL.encode(), "text/csv")}
    assert admin.post("/api/imports", data={"source": "desk"}, files=file).status_code == 200
    assert admin.post("/api/builds").status_code == 202
    while not admin.get("/api/builds").json()["running"]["over"]:
        time.sleep(0.2)
    assert admin.post("/api/builds/1/in-force").status_code == 200
    for reader in readers:
        reader.join()
    assert not failed
    assert {"/", "/customers", "/api/quality", "/api/overview"} <= read_well
    assert project.builds.numbers() == [1, 2] and project.builds.current().number == 1

"""How does a program bring files in and have them built?"""

import time
from io import BytesIO

import pytest
from starlette.datastructures import UploadFile
from starlette.testclient import TestClient

from shuke.access import audit
from shuke.access.roles import Role
from shuke.app import Project
from shuke.web import uploads
from tests.api.conftest import Caller

TILL = "Receipt No,Date,SKU,Product,Qty,Unit Price,Customer ID\nR1,2026-11-02 10:00:00,TEA,Tea,2,4.50,17\n"


@pytest.fixture(scope="module")
def admin(calling: Caller) -> TestClient:
    return calling(Role.ADMIN)


def sent(client: TestClient, text: str, **form: str):
    return client.post("/api/imports", data=form, files={"file": ("desk.csv", text.encode(), "text/csv")})


def test_a_dry_run_tells_the_mapping_and_keeps_nothing(admin: TestClient, project: Project):
    (told,) = sent(admin, TILL, source="desk", dry_run="true").json()
    assert told["rows"] == 1 and {c["column"]: c["to"] for c in told["columns"]}["Qty"] == [
        "order_items.quantity"
    ]
    assert not [r for r in project.landing.receipts() if r.source == "desk"]
    assert not list((project.work / "uploads").glob("*")), "the upload is gone"


def test_files_land_once_and_a_second_time_change_nothing(admin: TestClient, project: Project):
    first, second = (sent(admin, TILL, source="desk").json() for _ in range(2))
    assert (first["read"], first["loaded"], second["loaded"], second["unchanged"]) == (1, 1, 0, 1)
    assert {"imported"} <= {entry.event.verb for entry in audit.read(project.operations)}
    assert [b["batch"] for b in admin.get("/api/batches").json()][:1] == [second["batch"]]


PHONE = "13899990000"
NAMED = f"李雷 {PHONE}"


def test_whoever_may_not_see_who_people_are_is_told_no_name_of_a_file(
    admin: TestClient, viewer: TestClient, project: Project
):
    file = {"file": (f"{NAMED}.csv", TILL.replace("R1", "R8").encode(), "text/csv")}
    landed = admin.post("/api/imports", data={"source": PHONE}, files=file).json()
    assert landed["files"] == [f"{NAMED}.csv"]
    told = viewer.get("/api/batches")
    assert "李雷" not in told.text and f"{PHONE}.csv" not in told.text and "***.csv" in told.text
    assert "李雷" in admin.get("/api/batches").text
    noted = [entry.event for entry in audit.read(project.operations, audit.AuditFilter(verb="imported"))]
    assert not [event for event in noted if "李雷" in str(event)] and noted[0].detail["source"] == "-"


def test_a_question_for_a_person_is_a_conflict_with_the_line_that_answers_it(admin: TestClient):
    slashes = "Receipt No,Date,SKU,Qty,Unit Price\nR1,03/04/2026,TEA,1,4.50\n"
    answer = sent(admin, slashes, source="slashes")
    assert (answer.status_code, answer.json()["code"]) == (409, "unsure_mapping")
    assert "order" in answer.json()["message"]


def test_what_is_no_table_is_refused(admin: TestClient):
    assert sent(admin, "", source="desk").json()["code"] == "unreadable"


def test_a_viewer_brings_nothing_in(viewer: TestClient):
    assert sent(viewer, TILL, source="desk").status_code == 403
    assert viewer.post("/api/builds").status_code == 403


def test_the_quarantine_is_for_those_who_import(admin: TestClient):
    told = admin.get("/api/batches/000001-till/quarantine").json()
    assert told["total"] == 2 and told["rejects"][0]["column"] == "Qty"


def test_a_batch_of_which_everything_was_accepted_has_an_empty_quarantine(admin: TestClient):
    clean = next(b for b in admin.get("/api/batches").json() if b["source"] == "shuke")
    told = admin.get(f"/api/batches/{clean['batch']}/quarantine").json()
    assert (told["total"], told["rejects"]) == (0, [])


@pytest.mark.parametrize(
    "names",
    [("till.csv", "till.csv"), ("a" * 300 + ".csv",), ("订" * 200 + ".csv",) * 2, ("..csv", "茶" * 90)],
)
def test_files_of_one_name_and_of_long_names_are_kept(project: Project, names: tuple[str, ...]):
    sent = [UploadFile(BytesIO(str(n).encode()), filename=name) for n, name in enumerate(names)]
    kept = uploads.keep(project, sent)
    assert sorted(path.read_text() for path in kept.files) == [str(n) for n in range(len(names))]
    assert {path.suffix for path in kept.files} <= {".csv", ""}
    kept.drop()


def test_a_build_goes_on_in_the_background(admin: TestClient):
    assert admin.post("/api/builds").status_code == 202
    for _ in range(300):
        told = admin.get("/api/builds").json()
        if told["running"]["over"]:
            break
        time.sleep(0.2)
    assert told["running"]["failed"] is None
    assert [b["number"] for b in told["builds"]] == [2, 1] and told["builds"][0]["in_force"]
    differing = {t["table"]: t for t in admin.get("/api/builds/1/diff/2").json()}
    since = [b for b in admin.get("/api/batches").json() if b["source"] in ("desk", PHONE)]
    assert differing["purchases"]["only_b"] == sum(b["loaded"] for b in since) > 0
    assert admin.post("/api/builds/1/in-force").json()["number"] == 1


def test_an_alert_is_acknowledged_and_no_longer_open(admin: TestClient, viewer: TestClient):
    unknown = admin.post("/api/alerts/lapsing/nobody", json={"status": "acknowledged"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_alert")
    assert viewer.post("/api/alerts/lapsing/nobody", json={"status": "resolved"}).status_code == 403

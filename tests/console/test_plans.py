"""Plans in the console and the API: typed in, pasted, and shown beside last year."""

from fastapi.testclient import TestClient

from shuke.app import Project
from tests.console.conftest import token

WHERE = "/plans/plans/2026?target_kind=region&target=Kent"


def test_a_plan_is_typed_in_pasted_and_its_history_shown(built: Project, lin: TestClient) -> None:
    page = lin.get("/plans?kind=plans&year=2026")
    assert page.status_code == 200 and "Company" in page.text
    data = {"csrf": token(lin.get(WHERE).text), "target_kind": "region", "target": "Kent"}
    page = lin.post("/plans/plans/2026", data={**data, "m1": "1200", "m2": "1,300.50"})
    assert page.status_code == 200 and 'value="1300.5"' in page.text
    pasted = "\n".join(str(100 * month) for month in range(1, 13))
    page = lin.post("/plans/plans/2026", data={**data, "pasted": pasted})
    assert 'name="m12" inputmode="decimal" size="12" value="1200"' in page.text
    assert "1,300.5" in page.text  # what it was before
    assert "Kent" in lin.get("/plans?kind=plans&year=2026").text
    wrong = lin.post("/plans/plans/2026", data={**data, "m1": "much"})
    assert wrong.status_code == 400 and "is not an amount" in wrong.text


def test_whoever_only_looks_types_nothing_in(vera: TestClient) -> None:
    page = vera.get(WHERE)
    assert page.status_code == 200 and "<input id" not in page.text
    fields = {"csrf": token(page.text), "target_kind": "region", "target": "Kent", "m1": "1"}
    assert vera.post("/plans/plans/2026", data=fields).status_code == 403


def test_of_whom_a_plan_is_asked_is_not_written_into_the_address(lin: TestClient) -> None:
    form = {"csrf": token(lin.get("/plans").text), "target_kind": "customer", "target": "13812340001"}
    page = lin.post("/plan-target/plans/2026", data=form)
    assert page.status_code == 200 and "/plans/plans/2026?" in str(page.url)
    assert "13812340001" not in str(page.url) and "13812340001" in page.text

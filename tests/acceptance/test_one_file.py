"""Is one new file all that an analysis or an alert rule takes, at every door?"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import shuke
from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from shuke.builds import pipeline
from shuke.server import create_app
from tests import shop
from tests.console.conftest import log_in

PASSWORD = "correct horse battery"
#: One that tells something of each customer, and says what its codes mean.
SIZES = """
import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="customer_id",
    title=Text("Basket sizes", "购物量"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("size", Type.TEXT, Text("Size", "大小"), codes={"big": Text("by the sackful", "整袋")}),
    ],
)
def sizes(purchases: ir.Table) -> ir.Table:
    \"\"\"How much each customer takes at once. One row per customer.\"\"\"
    known = purchases.filter(purchases.customer_id.notnull())
    most = known.group_by("customer_id").agg(most=known.quantity.max())
    return most.mutate(size=ibis.ifelse(most.most > 5, "big", "small"))
"""
#: One that warns, and says what a person calls the figures behind its findings.
BULK = """
import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence
from shuke.languages import Text


@alert_rule(
    title=Text("Bulk buyers", "大宗购买"),
    about=Text("Who may be selling on what they buy?", "谁可能在转售？"),
    evidence={"pieces": Text("pieces at once", "一次件数")},
)
def bulk(purchases: ir.Table, *, least: int = 5) -> ir.Table:
    \"\"\"Customers who bought more than `least` pieces on one line. One finding per customer.\"\"\"
    many = purchases.filter((purchases.quantity > least) & purchases.customer_id.notnull())
    found = many.group_by("customer_id").agg(since=many.day.min(), pieces=many.quantity.max())
    return found.select(
        rule=ibis.literal("bulk"), subject_kind=ibis.literal("customer"), subject=found.customer_id,
        since=found.since, severity=ibis.literal("high"), evidence=evidence(pieces=found.pieces),
    )
"""
PAGE = Path(__file__).parents[2] / "docs" / "analyses.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop with the very analysis of the manual, written into its folder."""
    project = shop.make(tmp_path_factory.mktemp("one-file") / "shop")
    example = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert example
    folder = project.root / "analyses"
    folder.mkdir(exist_ok=True)
    (folder / "weekdays.py").write_text(example[1], "utf-8")
    (folder / "sizes.py").write_text(SIZES, "utf-8")
    (folder / "bulk.py").write_text(BULK, "utf-8")
    pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    return project


@pytest.fixture(scope="module")
def client(project: Project) -> TestClient:
    """Somebody's browser and program at once."""
    by = Actor("tests", "cli")
    user = users.create_user(project.operations, "lin", Role.ADMIN, by=by, now=shop.NOW).user
    users.change_password(project.operations, user, PASSWORD, by=by, now=shop.NOW)
    wish = TokenRequest(name="test", role=Role.ANALYST)
    plain = tokens.issue(project.operations, user, wish, by=by, now=shop.NOW)
    client = TestClient(create_app(project), headers={"Accept-Language": "en-GB"})
    log_in(client, "lin", PASSWORD)
    client.headers["Authorization"] = f"Bearer {plain}"
    return client


def test_the_command_line_shows_it_and_its_columns(project: Project):
    rows = json.loads(_typed(project, "show", "weekdays", "--format", "json"))
    assert {row["weekday"] for row in rows} == {0, 1, 3, 4}
    assert sum(row["lines"] for row in rows) == 7
    assert "Weekday, Monday is 0" in _typed(project, "dictionary", "weekdays")
    assert "landed_order_items" in _typed(project, "lineage", "weekdays")


def test_the_api_answers_with_it_and_describes_it(client: TestClient):
    answer = client.get("/api/tables/weekdays").json()
    assert answer["total"] == 4
    assert "weekdays" in [table["name"] for table in client.get("/api/tables").json()]
    assert "weekdays" in {entry["table"] for entry in client.get("/api/dictionary").json()}


def test_the_console_has_its_page_with_chart_sentence_explanation_and_download(client: TestClient):
    page = client.get("/tables/weekdays").text
    assert "Weekdays" in page and "Most lines fall on weekday" in page
    assert "On which day of the week do people buy?" in page
    assert client.get("/charts/1/weekdays/0.json").json()["mark"]["type"] == "bar"
    assert client.get("/download/weekdays?format=csv").text.count("\n") == 5
    assert "weekdays" in client.get("/dictionary?q=weekday").text
    assert "/tables/weekdays" in client.get("/tables").text


def test_a_notebook_has_it_as_a_frame(project: Project):
    assert list(shuke.table(project, "weekdays").columns) == ["weekday", "lines", "amount"]


def test_what_it_says_of_a_customer_stands_on_their_page(project: Project, client: TestClient):
    found = client.get("/api/customers", params={"q": "T2"}).json()["customers"][0]["customer_id"]
    told = client.get(f"/api/customers/{found}").json()["analyses"]
    assert told["sizes"] == [{"customer_id": found, "size": "big"}]
    for page in (client.get(f"/customers/{found}").text, _typed(project, "customer", "T2")):
        assert "Basket sizes" in page and "by the sackful" in page


def test_a_rule_warns_at_every_door_and_its_figures_have_names(project: Project, client: TestClient):
    [told] = [alert for alert in client.get("/api/alerts").json()["alerts"] if alert["rule"] == "bulk"]
    assert told["title"] == "Bulk buyers" and told["labels"] == {"pieces": "pieces at once"}
    for page in (
        client.get("/alerts?rule=bulk").text,
        client.get("/tables/bulk").text,
        client.get(f"/customers/{told['subject']}").text,
        _typed(project, "alerts", "--rule", "bulk"),
    ):
        assert "Bulk buyers" in page and "pieces at once" in page
    chinese = client.get("/alerts?rule=bulk", headers={"Accept-Language": "zh-CN"}).text
    assert "大宗购买" in chinese and "一次件数" in chinese


def _typed(project: Project, *words: str) -> str:
    """What `shuke …` says, typed in the project's folder."""
    said = subprocess.run(
        [sys.executable, "-m", "shuke", *words], cwd=project.root, capture_output=True, text=True, check=True
    )
    return said.stdout

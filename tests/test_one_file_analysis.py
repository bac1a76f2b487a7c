"""The test of the architecture: whoever writes one new analysis touches one file, and finds it everywhere."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from shuke import pipeline
from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import Wish
from shuke.api import create_app
from shuke.app import Project
from tests import shop
from tests.console.conftest import log_in

FILE = '''
"""Baskets: how many pieces go into an order?"""

import altair as alt
import ibis.expr.types as ir
import pandas as pd

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="pieces",
    title=Text("Basket sizes", "购物篮大小"),
    about=Text("How many pieces go into an order?", "每单多少件？"),
    subject=None,
    columns=[
        Column("pieces", Type.QUANTITY, Text("Pieces in the basket", "件数"), unit="piece"),
        Column("orders", Type.INTEGER, Text("Orders", "订单数"), unit="count"),
    ],
)
def basket_sizes(orders: ir.Table, *, at_least: int = 1) -> ir.Table:
    """Orders by their pieces. One row per number of pieces."""
    sold = orders.filter(orders.quantity >= at_least)
    return sold.group_by(pieces=sold.quantity).agg(orders=sold.count())


@basket_sizes.chart
def sizes(frame: pd.DataFrame) -> alt.Chart:
    return alt.Chart(frame.astype(float)).mark_bar().encode(x="pieces:O", y="orders:Q")


@basket_sizes.sentence
def biggest(frame: pd.DataFrame) -> Text:
    most = f"{frame.pieces.max():.0f}"
    return Text(f"The biggest basket held {most} pieces.", f"最大一单 {most} 件。")
'''
ROWS = {1: 3, 2: 1, 3: 1, 10: 1}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop with the one file more, built."""
    project = shop.make(tmp_path_factory.mktemp("one file"))
    (project.root / "analyses").mkdir()
    (project.root / "analyses" / "basket_sizes.py").write_text(FILE, "utf-8")
    pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    return project


@pytest.fixture(scope="module")
def ann(project: Project) -> Iterator[TestClient]:
    """Ann's browser, who is an administrator and reads English."""
    by = Actor("setup", "cli")
    user = users.create_user(project.operations, "ann", Role.ADMIN, by=by, now=shop.NOW).user
    users.change_password(project.operations, user, "a long pass phrase", by=by, now=shop.NOW)
    with TestClient(create_app(project), headers={"Accept-Language": "en-GB"}) as client:
        log_in(client, "ann", "a long pass phrase")
        yield client


@pytest.fixture(scope="module")
def program(project: Project, ann: TestClient) -> TestClient:
    """A program that acts for Ann."""
    wish, by = Wish(name="test", role=Role.ANALYST), Actor("ann", "cli")
    token = tokens.issue(
        project.operations, users.get_user(project.operations, "ann"), wish, by=by, now=shop.NOW
    )
    return TestClient(ann.app, headers={"Authorization": f"Bearer {token}"})


def typed(project: Project, *words: str) -> str:
    """What `shuke …` prints in the project's folder."""
    said = subprocess.run(
        [sys.executable, "-m", "shuke", *words], cwd=project.root, capture_output=True, text=True, check=True
    )
    return said.stdout


def test_the_command_line_shows_it(project):
    shown = json.loads(typed(project, "show", "basket_sizes", "--format", "json"))
    assert {float(row["pieces"]): row["orders"] for row in shown} == ROWS
    asked = json.loads(typed(project, "show", "basket_sizes", "--ask", "at_least=3", "--format", "json"))
    assert {float(row["pieces"]) for row in asked} == {3, 10}


def test_the_dictionary_and_the_lineage_know_it(project):
    entries = json.loads(typed(project, "dictionary", "basket_sizes", "--format", "json"))
    assert [entry["column"] for entry in entries] == ["pieces", "orders"]
    assert "  orders" in typed(project, "lineage", "basket_sizes")


def test_a_program_reads_it_and_asks_it(program):
    answer = program.get("/api/tables/basket_sizes").json()
    assert {float(row["pieces"]): row["orders"] for row in answer["rows"]} == ROWS
    assert program.get("/api/tables/basket_sizes", params={"at_least": "3"}).json()["total"] == 2
    assert "basket_sizes" in {table["name"] for table in program.get("/api/tables").json()}
    assert len(program.get("/api/dictionary", params={"table": "basket_sizes"}).json()) == 2


def test_the_console_has_its_page_with_picture_sentence_and_download(ann):
    assert "/tables/basket_sizes" in ann.get("/tables").text
    page = ann.get("/tables/basket_sizes")
    assert page.status_code == 200
    for told in (
        "Basket sizes",
        "How many pieces go into an order?",
        "The biggest basket held 10 pieces.",
        "at_least",
    ):
        assert told in page.text
    assert "/charts/1/basket_sizes/0" in page.text
    assert ann.get("/charts/1/basket_sizes/0.json").json()["mark"]["type"] == "bar"
    assert "最大一单 10 件" in ann.get("/tables/basket_sizes", headers={"Accept-Language": "zh-CN"}).text
    assert "Basket sizes" in ann.get("/dictionary").text


def test_a_notebook_has_it_as_a_frame(project):
    assert dict(project.table("basket_sizes").astype(float).values) == ROWS

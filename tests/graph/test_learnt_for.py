"""What is learnt for one table alone is asked as that one is, and says for it what it lacks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shuke.app import Project
from shuke.builds import pipeline
from shuke.errors import WrongSettings
from shuke.tables import Derived
from shuke.views import tables
from shuke.views.query import Query
from shuke.views.viewer import at_home
from tests.builds.test_pipeline import NOW, TODAY, empty, rows, sale
from tests.few_tables import FEW, only
from tests.landing import land

#: How many lines there were of what was bought often, what that is a share of, and whose lines these are.
OWN = """
import ibis
import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.tables import Column, Type, table

PRODUCT = Column("product_id", Type.TEXT, Text("Product", "商品"))
LINES = Column("lines", Type.INTEGER, Text("Lines", "行数"))


@table(key="product_id", title=Text("Often", "常购"), learns_for="bought_often", columns=[PRODUCT, LINES])
def often(purchases: ir.Table, *, least: int = 1) -> ir.Table:
    told = purchases.group_by("product_id").agg(lines=purchases.count())
    found = told.filter(told.lines >= least)
    if not found.count().execute():
        raise NotEnoughData(N_("At least {least} whole months of sales are needed."), least=least)
    return found


@table(key="product_id", title=Text("Twice", "两倍"), learns_for="bought_often", columns=[PRODUCT, LINES])
def twice(often: ir.Table) -> ir.Table:
    return often.mutate(lines=2 * often.lines)


@table(
    key="order_id", title=Text("Bought often", "常购明细"),
    columns=[Column("order_id", Type.TEXT, Text("Order", "订单")), LINES],
)
def bought_often(purchases: ir.Table, often: ir.Table, twice: ir.Table, *, least: int = 1) -> ir.Table:
    both = purchases.inner_join(often.select("product_id"), "product_id").inner_join(twice, "product_id")
    return both.select("order_id", "lines").distinct()
"""

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture(autouse=True)
def some_tables() -> Iterator[None]:
    with only(*FEW):
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shop = empty(tmp_path / "shop")
    (shop.root / "analyses").mkdir()
    (shop.root / "analyses" / "often.py").write_text(OWN, "utf-8")
    lines = [sale(f"A{n}", TODAY) | {"product_id": "P"} for n in range(100)]
    land(shop, "till", order_items=lines, received=NOW)
    pipeline.build(shop, now=NOW)
    return shop


def told(project: Project, **asked: int) -> int:
    page = tables.rows(
        project, "bought_often", Query(parameters=asked), viewer=at_home("anna", "cli", now=NOW)
    )
    return len([*page])  # of the first page


def decided(project: Project, **tables: dict[str, int]) -> Project:
    return replace(project, settings=replace(project.settings, tables=tables))


def test_whoever_has_come_since_is_told_by_what_was_learnt_before(project):
    land(project, "till", order_items=[sale("B", TODAY) | {"product_id": "P"}], received=NOW)
    build = pipeline.build(project, now=NOW)
    made = {name: build.manifest.tables[name].build for name in ("often", "twice", "bought_often")}
    assert made == {"often": 1, "twice": 1, "bought_often": 2}
    assert {(row["order_id"], row["lines"]) for row in rows(project, "bought_often")} >= {("till:B", 200)}


def test_what_is_asked_of_a_table_is_asked_of_what_is_learnt_for_it_and_of_what_that_is_made_from(project):
    assert told(project, least=100) == 50
    with pytest.raises(Exception, match="At least 101 whole months"):
        told(project, least=101)


def test_what_the_company_answers_for_a_table_it_answers_for_what_is_learnt_for_it(project):
    build = pipeline.build(decided(project, bought_often={"least": 101}), now=NOW)
    failed = build.manifest.tables["bought_often"].failed
    assert failed == "Table often could not be made: At least 101 whole months of sales are needed."
    with pytest.raises(WrongSettings):
        pipeline.build(decided(project, often={"least": 101}), now=NOW)


def test_what_is_learnt_for_another_table_is_not_learnt_anew_for_this_one():
    def rows_of(purchases, *, least: int = 1): ...

    step = Derived(rows_of, ("a",), title=None, columns=(), learns_for="bought_often")  # type: ignore[arg-type]
    assert step.learns and step.learns_by(["least"], "bought_often")
    assert not step.learns_by(["least"], "recommendations") and not step.learns_by(["other"], "bought_often")

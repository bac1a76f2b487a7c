"""What was learnt from all that a company has stays as it is while little comes, and says since when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shuke.app import Project
from shuke.builds import pipeline
from shuke.collect.withdrawal import withdraw
from shuke.store.builds import Build
from shuke.views import tables
from shuke.views.query import Query
from shuke.views.viewer import at_home
from tests.builds.test_pipeline import NOW, TODAY, empty, rows, sale
from tests.few_tables import FEW, only
from tests.landing import land

#: What tea costs, as far as one can learn it, and what is made from that.
LEARNT = """
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="product_id", title=Text("Usual", "通常"), learns=True,
    columns=[
        Column("product_id", Type.TEXT, Text("Product", "商品")),
        Column("lines", Type.INTEGER, Text("Lines", "行数")),
        Column("day", Type.DATE, Text("Day", "日期")),
    ],
)
def usual(purchases: ir.Table, *, as_of: date, least: int = 1) -> ir.Table:
    told = purchases.group_by("product_id").agg(lines=purchases.count())
    return told.filter(told.lines >= least).mutate(day=ibis.literal(as_of))


@table(
    key="product_id", title=Text("Of it", "由此"),
    columns=[Column("product_id", Type.TEXT, Text("Product", "商品"))],
)
def of_it(usual: ir.Table) -> ir.Table:
    return usual.select("product_id")
"""


pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture(autouse=True)
def some_tables() -> Iterator[None]:
    with only(*FEW):
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A hundred lines, of which something was learnt."""
    shop = empty(tmp_path / "shop")
    (shop.root / "analyses").mkdir()
    (shop.root / "analyses" / "usual.py").write_text(LEARNT, "utf-8")
    land(shop, "till", order_items=[sale(f"A{n}", TODAY) for n in range(100)], received=NOW)
    pipeline.build(shop, now=NOW)
    return shop


def come(project: Project, lines: int) -> str:
    batch: str = land(project, "till", order_items=[sale(f"B{n}", TODAY) for n in range(lines)], received=NOW)
    return batch


def anew(build: Build) -> bool:
    """Whether it was learnt in this build, and then what is made from it as well."""
    told = {build.manifest.tables[name].build == build.number for name in ("usual", "of_it")}
    assert len(told) == 1
    return told.pop()


def test_a_hundredth_more_changes_nothing_of_what_was_learnt(project):
    come(project, 2)
    assert not anew(pipeline.build(project, now=NOW))
    assert len(rows(project, "purchases")) == 102
    assert [row["lines"] for row in rows(project, "usual")] == [100]


def test_what_has_come_in_all_counts_not_what_came_since_yesterday(project):
    come(project, 2)
    pipeline.build(project, now=NOW)
    land(project, "till", order_items=[sale("C", TODAY)], received=NOW)
    assert anew(pipeline.build(project, now=NOW))
    assert [row["lines"] for row in rows(project, "usual")] == [103]


def test_it_is_learnt_anew_after_a_week_and_says_until_then_from_when_it_is(project):
    viewer = at_home("anna", "cli", now=NOW)
    for days, as_of, learnt in ((6, TODAY, 1), (7, TODAY + timedelta(days=7), 3)):
        later = pipeline.build(project, now=NOW + timedelta(days=days))
        assert later.manifest.as_of == TODAY + timedelta(days=days)
        page = tables.rows(project, "usual", Query(), viewer=viewer)
        assert (page.as_of, page.learnt_in) == (as_of, learnt)
        assert {row["day"] for row in page} == {as_of}
        assert {each.as_of for each in tables.catalog(project) if each.name == "usual"} == {as_of}
        other = tables.rows(project, "purchases", Query(), viewer=viewer)
        assert (other.as_of, other.learnt_in) == (later.manifest.as_of, None)
        asked = tables.rows(project, "usual", Query(parameters={"least": 2}), viewer=viewer)
        assert (asked.as_of, asked.learnt_in) == (later.manifest.as_of, None)


def test_it_is_learnt_anew_where_a_batch_was_taken_back(project):
    batch = come(project, 2)
    pipeline.build(project, now=NOW)
    withdraw(project, project.landing.receipts()[0].batch, now=NOW)
    assert anew(pipeline.build(project, now=NOW))
    assert batch
    assert [row["lines"] for row in rows(project, "usual")] == [2]


def test_it_is_learnt_anew_where_it_is_asked_otherwise_or_for_another_day(project):
    other = replace(project, settings=replace(project.settings, tables={"usual": {"least": 2}}))
    assert anew(pipeline.build(other, now=NOW))
    assert anew(pipeline.build(other, now=NOW + timedelta(days=1), as_of=TODAY - timedelta(days=1)))


def test_it_is_learnt_anew_where_its_code_is_another(project):
    file = project.root / "analyses" / "usual.py"
    file.write_text(LEARNT.replace("lines >= least", "lines > least"), "utf-8")
    assert anew(pipeline.build(project, now=NOW))

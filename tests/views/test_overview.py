"""Does every figure of the overview lead to the rows that it counts?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shuke.app import Project
from shuke.views import alerts, receipts, tables
from shuke.views.overview import (
    ALERTS,
    BATCHES,
    Figure,
    PeriodComparison,
    Share,
    _year_before,
    overview,
    this_month,
)
from shuke.views.query import Query
from shuke.views.viewer import Viewer


def behind(project: Project, figure: Figure, viewer: Viewer) -> int | Decimal:
    """The count or sum of the rows that a click on the figure shows."""
    if figure.table == BATCHES:
        told = receipts.batches(project, viewer=viewer)
        return sum(int(getattr(receipt, str(figure.column))) for receipt in told)
    if figure.table == ALERTS:
        return alerts.listed(project, figure.where, viewer=viewer).total
    page = tables.rows(project, figure.table, Query(filters=figure.where, limit=None), viewer=viewer)
    if figure.column is None:
        return page.total
    return sum((row[figure.column] or Decimal(0) for row in page), Decimal(0))


def test_every_figure_leads_to_the_rows_behind_it(project: Project, owner: Viewer):
    figures = list(overview(project, viewer=owner).figures)
    assert len(figures) >= 15
    for figure in figures:
        assert figure.value == behind(project, figure, owner), figure.name


def test_this_month_is_compared_with_the_same_days_of_the_last(project: Project, owner: Viewer):
    seen = overview(project, viewer=owner)
    assert seen.month.now.value == Decimal("4.60") + 21 - Decimal("4.50") + Decimal("39.90")
    assert seen.month.before.value == 7 + 45
    assert seen.customers.value == 4
    assert seen.active and (seen.active.part.value, seen.active.whole.value) == (2, 2)
    assert {figure.name: figure.value for figure in seen.statuses} == {"prospect": 2, "active": 1, "due": 1}
    assert seen.year.change is None, "nothing was sold in the year before"


def test_a_year_of_which_only_the_end_is_known_is_not_compared_with_a_whole_one(
    project: Project, owner: Viewer
):
    seen = overview(project, viewer=owner)
    first = project.open().table("purchases").day.min().to_pyarrow().as_py()
    assert seen.year.known_from == first
    whole = PeriodComparison(now=seen.year.now, before=seen.year.now)
    assert whole.change == 0 and replace(whole, known_from=first).change is None


def test_quality_counts_what_is_missing(project: Project, owner: Viewer):
    told = overview(project, viewer=owner).quality
    figures = [each.part if isinstance(each, Share) else each for each in told]
    quality = {figure.name: figure.value for figure in figures}
    assert quality == {"rejected": 4, "anonymous": 1, "unconverted": 0, "unreachable": 1, "joined": 1}


def test_a_viewer_can_follow_every_figure_too(project: Project, stranger: Viewer):
    for figure in overview(project, viewer=stranger).figures:
        assert figure.value == behind(project, figure, stranger), figure.name


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_the_same_days_of_last_month_are_as_many_as_it_has(as_of: date):
    (first, last), (first_before, last_before) = this_month(as_of)
    assert first.day == first_before.day == 1 and last == as_of
    assert last_before < first and (last_before.day == as_of.day or (last_before - first_before).days >= 27)


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_a_year_holds_every_day_of_the_year_once(as_of: date):
    assert (as_of - _year_before(as_of)).days + 1 in (365, 366)

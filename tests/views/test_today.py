"""What is a manager told first, and is it so?"""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Principal, Role
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.views.today import today
from shuke.views.viewer import Viewer
from tests import shop


@pytest.fixture
def own(project: Project, tmp_path: Path) -> Project:
    return open_project(Path(shutil.copytree(project.root, tmp_path / "shop")))


@pytest.fixture
def ann(own: Project) -> Viewer:
    invited = users.create_user(own.operations, "ann", Role.ADMIN, by=Actor("owner", "cli"), now=shop.NOW)
    return Viewer(Principal(invited.user.id, "ann", frozenset({Role.ADMIN})), "console", shop.NOW)


def test_who_never_looked_is_told_of_seven_days_and_then_of_what_came_after(own: Project, ann: Viewer):
    seen = today(own, viewer=ann, looks_now=True)
    assert (seen.since.day, seen.since.at) == (shop.AS_OF - timedelta(days=7), None)
    assert [change.figure.value for change in seen.changes] == [Decimal("39.90")], "one sale in seven days"
    later = (("C1", shop._utc(2026, 11, 23, 10), "T2", "CUP", 2, "7.00"),)
    land_at = shop.NOW + timedelta(days=3)
    shop.land(own, "till", order_items=[*map(shop._line, later)])
    pipeline.build(own, now=land_at, as_of=date(2026, 11, 24))
    again = Viewer(ann.principal, "console", land_at)
    news = today(own, viewer=again, looks_now=True)
    assert (news.since.day, news.since.at) == (shop.AS_OF, shop.NOW)
    assert Decimal(14) in [change.figure.value for change in news.changes]
    assert today(own, viewer=again, looks_now=True).since == news.since, "a second look hides nothing"


def test_a_program_that_asks_is_no_look(own: Project, ann: Viewer):
    today(own, viewer=ann)
    pipeline.build(own, now=shop.NOW + timedelta(days=1), as_of=date(2026, 11, 22))
    assert today(own, viewer=ann).since.at is None


def test_this_month_is_unfinished_and_compared_with_the_same_days(project: Project, owner: Viewer):
    seen = today(project, viewer=owner, since=date(2026, 11, 1))
    assert seen.sales
    current = seen.sales.current
    assert (current.net.value, current.returns.value) == (Decimal("61.00"), Decimal("-4.50"))
    assert (current.known_days, current.days, current.is_finished) == (21, 30, False)
    assert seen.sales.month_before.value == 52
    so_far, whole = seen.in_words
    assert so_far == (
        "Nov 2026 so far: £61, with 21 of its 30 days gone by (70%). That is +17.3% against the same days of "
        "last month. Returns took £4 of it."
    )
    assert whole == "Oct 2026 brought £52. That is +477.8% against the month before."
    assert seen.since.day == date(2026, 11, 1)

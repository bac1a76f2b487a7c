"""What does one see of builds and batches?"""

import shutil
from datetime import date, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

from shuke.access import audit
from shuke.actions import builds as actions
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.engine.workers import Workers
from shuke.errors import Crowded, Denied, WrongCall
from shuke.languages import Text, speaking
from shuke.tables import Column, Type, table
from shuke.views import builds
from shuke.views.viewer import Viewer
from tests import shop


@pytest.fixture(scope="module")
def twice(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Built again after a further receipt and a changed address."""
    own = open_project(Path(shutil.copytree(project.root, tmp_path_factory.mktemp("twice") / "shop")))
    line = shop._line(("A7", shop._utc(2026, 11, 20, 10), "T2", "POT", 1, "39.90"))
    shop.land(own, "till", order_items=[line])
    pipeline.build(own, now=shop.NOW + timedelta(hours=1), as_of=shop.AS_OF)
    return own


def test_builds_are_listed_the_newest_first_and_one_is_in_force(twice: Project):
    kept = builds.builds(twice)
    assert [(build.number, build.in_force) for build in kept] == [(2, True), (1, False)]
    assert kept[0].as_of == date(2026, 11, 21) and kept[0].failed == ()


def test_two_builds_differ_in_rows_and_in_what_they_sum_to(twice: Project, owner: Viewer):
    found = {table.table: table for table in builds.diff(twice, 1, 2, viewer=owner)}
    purchases = found["purchases"]
    assert (purchases.rows_a, purchases.rows_b, purchases.only_a, purchases.only_b) == (7, 8, 0, 1)
    (amount,) = [s for s in purchases.sums if s.column == "amount"]
    assert (
        amount.a is not None and amount.b is not None and float(amount.b - amount.a) == pytest.approx(39.90)
    )
    assert found["rfm"].changed >= 1 and found["facts"].same


def test_what_comes_out_otherwise_in_its_last_places_alone_has_not_changed():
    @table(
        key="customer_id",
        title=Text("Chances", "机会"),
        columns=[Column(n, kind, Text(n, n)) for n, kind in (("customer_id", Type.TEXT), ("p", Type.NUMBER))],
    )
    def chances(purchases: ir.Table) -> ir.Table:
        """For this test."""
        return purchases

    before = {"same": 0.25, "rounded": 0.25370947477640304, "changed": 0.2537, "gone": 0.5, "none": None}
    after = {"same": 0.25, "rounded": 0.25370947477640315, "changed": 0.2538, "gone": None, "none": None}
    schema = {"customer_id": "string", "p": "float64"}
    sides = [ibis.memtable([*told.items()], schema=schema) for told in (before, after)]
    assert builds._counted(chances, *sides)["changed"] == 2


def test_while_enough_are_comparing_builds_others_are_told_to_come_again(
    project: Project, owner: Viewer, monkeypatch: pytest.MonkeyPatch
):
    one_at_a_time = Workers(at_once=1, waiting=0)
    monkeypatch.setattr(builds, "WORKERS", one_at_a_time)
    with one_at_a_time.place(), pytest.raises(Crowded):
        builds.diff(project, 1, 1, viewer=owner)
    assert builds.diff(project, 1, 1, viewer=owner)


def test_a_build_does_not_differ_from_itself_for_which_nothing_of_it_is_read(project: Project, owner: Viewer):
    found = builds.diff(project, 1, 1, viewer=owner)
    assert {table.table for table in found} >= {"purchases", "customers"}
    assert all(table.same and not table.sums for table in found)


def test_a_rollback_is_in_force_at_once_and_in_the_log(twice: Project, owner: Viewer, stranger: Viewer):
    with pytest.raises(Denied):
        actions.rollback(twice, 1, viewer=stranger)
    actions.rollback(twice, 1, viewer=owner)
    assert twice.open().build.number == 1
    assert audit.read(twice.operations)[0].event.verb == "rolled_back"
    actions.rollback(twice, 2, viewer=owner)


def test_the_quarantine_pages_and_tells_why_in_the_readers_words(project: Project, owner: Viewer):
    found = builds.quarantine(project, "000001-till", viewer=owner, limit=1, offset=1)
    assert found.total == 2 and [reject.row for reject in found.rejects] == [12]
    with speaking("en"):
        assert found.rejects[0].reason == "not a number"


def test_rejected_values_are_for_those_who_import(project: Project, owner: Viewer, stranger: Viewer):
    with pytest.raises(Denied):
        builds.quarantine(project, "000001-till", viewer=stranger)
    with pytest.raises(WrongCall, match="no batch"):
        builds.quarantine(project, "../../etc", viewer=owner)

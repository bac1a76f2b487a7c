"""What becomes of an alert that somebody takes care of?"""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from shuke.access import users
from shuke.access.roles import Role
from shuke.actions import alerts as actions
from shuke.alerts import notes
from shuke.alerts.flips import AlertSubject, Status
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.errors import Denied, WrongCall
from shuke.views import alerts
from shuke.views.alerts import UnknownAlert
from shuke.views.query import Condition
from shuke.views.viewer import Viewer, at_home
from tests import shop


@pytest.fixture(scope="module")
def regular(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """张伟 came every week of the summer, and then no more."""
    own = open_project(Path(shutil.copytree(project.root, tmp_path_factory.mktemp("alerts") / "shop")))
    first = shop._utc(2026, 7, 1, 10)
    weeks = [(f"D{n}", first + timedelta(days=7 * n), "T2", "TEA", 1, "4.50") for n in range(10)]
    shop.land(own, "till", order_items=[*map(shop._line, weeks)])
    pipeline.build(own, now=shop.NOW, as_of=shop.AS_OF)
    return own


def only(status: Status) -> list[Condition]:
    return [Condition("status", "eq", status.value)]


def test_who_no_longer_comes_is_an_open_alert_with_its_evidence(regular: Project, owner: Viewer):
    (alert,) = alerts.listed(regular, only(Status.OPEN), viewer=owner).alerts
    assert (alert.rule, alert.name, alert.status) == ("lapsing", "张伟", "open")
    assert alert.evidence["silent_days"] > alert.evidence["allowed_days"]
    assert alerts.counts(regular, viewer=owner) == {("lapsing", alert.severity): 1}


def test_a_viewer_sees_a_masked_name_and_handles_nothing(regular: Project, stranger: Viewer):
    (alert,) = alerts.listed(regular, viewer=stranger).alerts
    assert alert.name == "张*"
    with pytest.raises(Denied):
        actions.act(regular, "lapsing", alert.subject, Status.RESOLVED, viewer=stranger)


def test_what_is_taken_care_of_is_no_longer_open_until_it_is_reopened(regular: Project, owner: Viewer):
    (alert,) = alerts.listed(regular, viewer=owner).alerts
    taken = actions.act(regular, "lapsing", alert.subject, Status.ACKNOWLEDGED, viewer=owner)
    assert (taken.status, taken.who) == ("acknowledged", "ann")
    assert alerts.counts(regular, viewer=owner) == {}
    assert alerts.listed(regular, only(Status.ACKNOWLEDGED), viewer=owner).total == 1
    actions.act(regular, "lapsing", alert.subject, Status.OPEN, viewer=owner)
    assert alerts.listed(regular, only(Status.OPEN), viewer=owner).total == 1


def test_a_snoozed_alert_wakes_on_its_day(regular: Project, owner: Viewer):
    (alert,) = alerts.listed(regular, viewer=owner).alerts
    until = shop.AS_OF + timedelta(days=7)
    asleep = actions.act(regular, "lapsing", alert.subject, Status.SNOOZED, viewer=owner, until=until)
    assert asleep.until == until
    later = at_home("ann", "cli", now=shop.NOW + timedelta(days=7))
    assert (
        alerts.counts(regular, viewer=owner) == {} and sum(alerts.counts(regular, viewer=later).values()) == 1
    )


def test_an_alert_that_no_rule_found_cannot_be_handled(regular: Project, owner: Viewer):
    with pytest.raises(UnknownAlert):
        actions.act(regular, "lapsing", "nobody", Status.RESOLVED, viewer=owner)


def test_alerts_are_given_to_a_user_and_commented_on_all_at_once(regular, owner):
    users.create_user(regular.operations, "lin", Role.ANALYST, by=owner.actor, now=owner.now)
    everything = [Condition("rule", "eq", "lapsing")]
    with pytest.raises(WrongCall, match="There is no user"):
        actions.assign(regular, everything, "nobody", viewer=owner)
    assert actions.assign(regular, everything, "lin", viewer=owner) == 1
    assert actions.comment(regular, everything, " rang twice ", viewer=owner) == 1
    (given,) = alerts.listed(regular, [Condition("assignee", "eq", "lin")], viewer=owner).alerts
    subject = AlertSubject(given.rule, given.subject_kind, given.subject)
    said = [(note.assignee, note.comment) for note in notes.notes(regular.operations, subject)]
    assert said == [("lin", None), (None, "rang twice")]
    actions.assign(regular, everything, "", viewer=owner)
    assert alerts.listed(regular, everything, viewer=owner).alerts[0].assignee is None

"""Does whoever is given an alert or a task hear of it, once?"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.actions import alerts, assignments, automations, tasks
from shuke.alerts import flips
from shuke.alerts.flips import AlertFinding, AlertSubject
from shuke.app import Project
from shuke.engage.automation import Automation
from shuke.engage.tasks import TaskStatus
from shuke.errors import WrongSettings
from shuke.settings import Settings
from shuke.views.query import Condition
from tests.channels.listening import Mailbox, free_port
from tests.engage import club
from tests.landing import land

LATER, DUE = club.NOON + timedelta(minutes=10), date(2099, 12, 24)


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox) -> Iterator[Project]:
    """Of two members, where wu reads mail and lin does not want to."""
    mail = {"kind": "email", "server": box.address, "sender": "Tea <tea@tea.example>"}
    told = {"channel": "mail", "to": {"wu": "wu@tea.example"}}
    project = club.found(tmp_path / "shop", channels={"mail": mail}, assignments=told)
    club.members(project, 2)
    club.build(project)
    for name in ("lin", "wu"):
        users.create_user(project.operations, name, Role.ADMIN, by=Actor("ann", "cli"), now=club.NOON)
    yield project
    project.operations.close()


def opened(project: Project, title: str, *, to: str = "wu", by: str = "lin") -> int:
    one = min(club.customer_ids(project).values())
    (number,) = tasks.open_for(project, [one], title, DUE, viewer=club.viewer(by), assignee=to)
    return number


def test_what_is_given_within_minutes_is_told_in_one_message_once(shop: Project, box: Mailbox) -> None:
    opened(shop, "Ring them")
    opened(shop, "Thank them", to="lin")
    given = opened(shop, "Write to them", to="lin")
    tasks.change(shop, [given], assignee="wu", viewer=club.viewer(now=club.NOON + timedelta(minutes=2)))
    club.send(shop)
    assert not box.letters, "not before the minutes have passed"
    club.send(shop, now=LATER)
    (letter,) = box.letters
    assert letter["To"] == "wu@tea.example"
    assert letter["Subject"] == "Mill Lane Tea: 2 given to wu"
    told = letter.get_content()
    assert "Ring them · due 24 Dec 2099" in told
    assert "Write to them" in told
    assert "Thank them" not in told
    assert "Member" not in told, "a mailbox knows no roles"
    tasks.change(shop, [given], assignee="wu", comment="still", viewer=club.viewer(now=LATER))
    club.send(shop, now=LATER + timedelta(hours=1))
    assert len(box.letters) == 1


def test_who_takes_it_and_what_is_over_by_then_is_not_told(shop: Project, box: Mailbox) -> None:
    opened(shop, "Ring them", by="wu")
    done = opened(shop, "Thank them")
    tasks.change(shop, [done], status=TaskStatus.DONE, viewer=club.viewer())
    moved = opened(shop, "Write to them")
    tasks.change(shop, [moved], assignee="lin", viewer=club.viewer())
    club.send(shop, now=LATER)
    assert not box.letters


def test_an_alert_that_is_given_to_somebody_is_told_to_them(shop: Project, box: Mailbox) -> None:
    found = AlertFinding(
        subject=AlertSubject("undelivered", "notice", "finance"), since=club.NOON.date(), severity="high",
        evidence={"attempts": 3, "why": "no answer"},
    )  # fmt: skip
    with shop.operations.writing() as connection:
        flips.tell(connection, found, flips.Status.OPEN, now=club.NOON)
    this = [Condition("rule", "eq", "undelivered")]
    assert alerts.assign(shop, this, "wu", viewer=club.viewer()) == 1
    club.send(shop, now=LATER)
    (letter,) = box.letters
    assert "Notices that do not arrive" in letter.get_content()
    alerts.assign(shop, this, "wu", viewer=club.viewer(now=LATER))
    club.send(shop, now=LATER + timedelta(hours=1))
    assert len(box.letters) == 1, "they have it already"


def test_a_task_that_an_automation_opens_is_told(shop: Project, box: Mailbox) -> None:
    born = {"record_id": "M000", "birth_date": club.NOON.date().replace(year=1990)}
    known = {"record_id": "M000", "kind": "email", "value": "m000@home.example"}
    land(shop, "registry", people=[born], identifiers=[known])
    club.build(shop)
    step = {"do": "task", "title": "Greet them", "assignee": "wu"}
    written = Automation.from_json({"when": "birthday", "then": [step], "holdout": 0.0})
    automations.create(shop, "greeting", written, viewer=club.viewer())
    automations.begin(shop, "greeting", viewer=club.viewer())
    club.send(shop)
    club.send(shop, now=LATER)
    (letter,) = box.letters
    assert "Greet them" in letter.get_content()


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"channel": "mail", "to": "wu"},
        {"channel": "mail", "to": {"wu": 1}},
        {"to": {}},
    ],
)
def test_what_cannot_be_used_is_refused(wrong: dict[str, Any]) -> None:
    mail = {"kind": "email", "server": f"smtp://127.0.0.1:{free_port()}", "sender": "a@b.example"}
    with pytest.raises(WrongSettings, match="assignments"):
        assignments.of(Settings(name="Shop", channels={"mail": mail}, assignments=wrong))

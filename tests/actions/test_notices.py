"""Who hears of an alert, how often, and what becomes of a notice that does not arrive?"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shuke import app
from shuke.access.audit import Actor
from shuke.actions import work
from shuke.alerts import flips, notices
from shuke.alerts.flips import AlertFinding, AlertState, AlertSubject, Status
from shuke.app import Project
from shuke.builds import pipeline
from shuke.channels.webhook import signature
from shuke.errors import WrongSettings
from shuke.settings import Settings
from shuke.views import alerts
from shuke.views.viewer import at_home
from tests import shop
from tests.channels.listening import Mailbox, free_port, mail_server, web_server
from tests.few_tables import FEW, only

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOON.date()
MAIL = {"channel": "mail", "to": ["lin@shop.example"], "digest_days": 0}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes the project with these channels and notices."""
    projects: list[Project] = []

    def make(channels: dict[str, dict[str, Any]], told: dict[str, dict[str, Any]]) -> Project:
        settings = Settings(
            name="Shop", currency="CNY", language="en", zone="UTC", channels=channels, notices=told
        )
        projects.append(app.init(tmp_path / f"shop {len(projects)}", settings))
        return projects[-1]

    yield make
    for project in projects:
        project.operations.close()


def mail(address: str) -> dict[str, dict[str, Any]]:
    return {"mail": {"kind": "email", "server": address, "sender": "Shop <shop@shop.example>"}}


def found(rule: str, who: str, stake: int | None = 100, severity: str = "high") -> AlertFinding:
    return AlertFinding(
        subject=AlertSubject(rule, "customer", who), since=date(2026, 11, 1), severity=severity,
        evidence={"exposure": 120}, at_stake=None if stake is None else Decimal(stake),
    )  # fmt: skip


def built(project: Project, *findings: AlertFinding, build: int = 1, now: datetime = NOON) -> None:
    then = partial(notices.plan, settings=project.settings, build=build, now=now)
    flips.record(project.operations, findings, build=build, today=now.date(), now=now, then=then)


def works(project: Project, now: datetime = NOON) -> work.Worked:
    return work.work(project, worker="test", clock=lambda: now)


def test_an_alert_reaches_a_mailbox_a_signed_webhook_and_what_apprise_reaches_once(made):
    with mail_server() as box, web_server() as hook, web_server() as robot:
        channels = mail(box.address) | {
            "hook": {"kind": "webhook", "url": hook.address, "secret": "s3cret"},
            "robot": {"kind": "chat", "url": robot.address.replace("http", "json")},
        }
        quiet = {"digest_days": 0}
        told = {"a": MAIL, "b": {"channel": "hook", **quiet}, "c": {"channel": "robot", **quiet}}
        project = made(channels, told)
        for _ in range(2):  # a build that is done again says nothing new
            built(project, found("credit", "C1", 100), found("credit", "C2", 900))
            works(project)
        built(project, found("credit", "C1"), found("credit", "C2"), build=2)
        works(project)
    (letter,) = box.letters
    assert letter["To"] == "lin@shop.example" and letter["Subject"] == "Shop: 2 new alerts"
    text = letter.get_content()
    assert text.index("C2") < text.index("C1")  # where most is at stake comes first
    assert "Credit alerts" in text and "Exposure: 120" in text and "CN¥900.00 at stake" in text
    (body,), (headers,) = hook.bodies, hook.headers
    assert headers["X-Shuke-Signature"] == signature(body, "s3cret")
    assert headers["Idempotency-Key"] == "notice:b:0:1"
    assert [(a["subject"], a["at_stake"]) for a in json.loads(body)["alerts"]] == [
        ("C2", "900"),
        ("C1", "100"),
    ]
    (said,) = robot.bodies
    assert "2 new alerts" in json.loads(said)["title"]


def test_a_dead_target_is_an_alert_and_the_notice_arrives_once_when_it_is_back(made):
    port = free_port()
    project = made(mail(f"smtp://127.0.0.1:{port}"), {"finance": MAIL})
    built(project, found("credit", "C1"))
    now = NOON
    for _ in range(4):
        works(project, now)
        now += timedelta(minutes=10)
    assert [s.evidence["attempts"] for s in own(project)] == [3]
    built(project, found("credit", "C1"), build=2)  # no build ends that alert
    assert [s.status for s in own(project)] == [Status.OPEN]
    with mail_server(Mailbox(), port=port) as box:
        for _ in range(3):
            works(project, now)
            now += timedelta(hours=1)
    assert len(box.letters) == 1
    assert [s.status for s in own(project)] == [Status.RESOLVED]


def own(project: Project) -> list[AlertState]:
    with project.operations.reading() as connection:
        return list(flips.standing(connection, [flips.UNDELIVERED]).values())


def test_a_notice_concerns_its_rules_and_what_is_grave_enough_and_nothing_that_is_over(made):
    with mail_server() as box:
        project = made(mail(box.address), {"a": MAIL | {"rules": ["credit"], "severity": "medium"}})
        built(
            project, found("credit", "C1", severity="low"), found("lapsing", "C2"), found("credit", "C3"),
            found("credit", "C4", severity="medium"),
        )  # fmt: skip
        built(project, found("credit", "C4", severity="medium"), build=2)
        works(project)
    (letter,) = box.letters
    assert "C4" in letter.get_content()
    assert not any(who in letter.get_content() for who in ("C1", "C2", "C3"))


def test_who_is_to_be_reminded_is_so_until_somebody_has_taken_care(made):
    with mail_server() as box:
        project = made(mail(box.address), {"a": MAIL | {"remind_days": 7}})
        built(project, found("credit", "C1"), found("credit", "C2"))
        for day in range(16):
            works(project, NOON + timedelta(days=day))
        flips.act(
            project.operations, [found("credit", "C1")], Status.ACKNOWLEDGED, by=Actor("lin", "cli"),
            now=NOON, today=TODAY,
        )  # fmt: skip
        works(project, NOON + timedelta(days=22))
    subjects = [letter["Subject"] for letter in box.letters]
    assert subjects[:3] == ["Shop: 2 new alerts", *["Shop: 2 alerts still wait for somebody"] * 2]
    assert len(subjects) == 4 and "C1" not in box.letters[3].get_content()


def test_a_digest_a_day_says_what_is_open_and_what_is_over(made):
    with mail_server() as box:
        project = made(mail(box.address), {"a": MAIL | {"digest_days": 1, "severity": "high"}})
        built(project, found("credit", "C1"), found("credit", "C2"))
        built(project, found("credit", "C2"), build=2, now=NOON + timedelta(hours=1))
        for hour in range(0, 72, 6):
            works(project, NOON + timedelta(hours=hour))
    assert [letter["Subject"] for letter in box.letters] == [
        "Shop: a new alert",
        "Shop: alerts open: 1, over: 1",
    ]


def test_a_section_that_cannot_be_read_says_what_it_takes(made):
    wrong: Iterable[dict[str, Any]] = (
        {"channel": "none"}, MAIL | {"to": "lin"}, MAIL | {"severity": "grave"}, MAIL | {"remind_days": -1},
        MAIL | {"often": 1},
    )  # fmt: skip
    for told in wrong:
        project = made(mail("smtp://127.0.0.1:1"), {"a": told})
        with pytest.raises(WrongSettings, match=r"\[notices\.a\]"):
            pipeline.build(project, now=NOON)


FAILS = '''
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule
from shuke.languages import Text


@alert_rule(title=Text("Bulk", "大宗"), about=Text("Who?", "谁？"), evidence={})
def broken(purchases: ir.Table) -> ir.Table:
    """Customers. One finding per customer."""
    raise ZeroDivisionError
'''


def test_a_rule_that_fails_is_an_alert_and_what_it_had_found_stands(tmp_path):
    project = shop.make(tmp_path / "shop")
    (project.root / "analyses").mkdir(exist_ok=True)
    flips.record(project.operations, [found("broken", "C1")], build=0, today=TODAY, now=NOON)
    (project.root / "analyses" / "broken.py").write_text(FAILS, "utf-8")
    viewer = at_home("lin", "cli", now=shop.NOW)
    with only(*FEW):
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
        (told,) = alerts.listed(project, viewer=viewer).alerts
        assert (told.rule, told.subject) == ("switched_off", "broken")
        assert told.evidence == {"why": "ZeroDivisionError: ZeroDivisionError"}
        with project.operations.reading() as connection:
            assert flips.standing(connection)[found("broken", "C1").subject].status is Status.OPEN
        (project.root / "analyses" / "broken.py").unlink()
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    assert alerts.listed(project, viewer=viewer).total == 0

"""A simulation beside what is known of the past, before anything is switched on."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shuke.actions import automations, segments, simulations
from shuke.app import Project
from shuke.cli import automation as command
from shuke.engage.automation import Automation
from shuke.errors import WrongCall
from shuke.views import automations as view
from shuke.views.simulation import Simulation
from tests.engage import club
from tests.landing import land

TODAY, DAY = club.NOON.date(), timedelta(days=1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """With members who were born, bought and signed at known times."""
    news = {"kind": "webhook", "url": "http://127.0.0.1:9/hook"}
    folder = Path(tmp_path_factory.mktemp("simulated")) / "shop"
    project = club.found(folder, channels={"news": news})
    club.members(project, 3)
    naive = club.NOON.replace(tzinfo=None)
    land(
        project, "club",
        order_items=[club.order("M001", naive - 2 * DAY)],
        contracts=[
            {"contract_no": "K1", "record_id": "M002", "starts": TODAY - 300 * DAY, "ends": TODAY + 28 * DAY}
        ],
    )  # fmt: skip
    for name, back in (("M000", 1), ("M001", 3), ("M002", -2)):
        day = (TODAY - back * DAY).replace(year=1990)
        land(project, f"registry-{name}", people=[{"record_id": name, "birth_date": day}],
            identifiers=[{"record_id": name, "kind": "email", "value": f"{name.lower()}@home.example"}],
        )  # fmt: skip
    segments.save(project, "late", "bought(within => '1d')", viewer=club.viewer())
    club.build(project)
    yield project
    project.operations.close()


def written(name: str, project: Project, **further: Any) -> str:
    letter = {"do": "message", "channel": "news", "cost": "0.50", "content": {"en": {"text": "Tea"}}}
    told = {"then": [letter, {"do": "task", "title": "Call"}], "holdout": 0.0} | further
    automations.create(project, name, Automation.from_json(told), viewer=club.viewer())
    return name


def simulated(project: Project, name: str, *, days: int, every: int) -> Simulation:
    return simulations.simulate(project, name, days=days, every=every, viewer=club.viewer())


def test_it_tells_whom_it_would_have_reached_on_which_day_and_at_what_cost(shop: Project) -> None:
    found = simulated(shop, written("birthday", shop, when="birthday"), days=7, every=7)
    assert found.by_day == {TODAY - 3 * DAY: 1, TODAY - DAY: 1}
    assert (found.entered, found.customers, found.busiest, found.today) == (2, 2, 1, 2)
    assert found.cost == Decimal("1.00")
    page = view.one(shop, "birthday", viewer=club.viewer())
    assert page.simulation == found
    assert page.simulated_at == club.NOON


def test_it_leaves_out_whom_the_automation_excepts_as_they_were_on_that_day(shop: Project) -> None:
    name = written("excepting", shop, when="birthday", unless="bought(within => '3d')")
    found = simulated(shop, name, days=7, every=1)
    # M001 had not bought yet on the morning of their birthday, and has by now.
    assert found.by_day == {TODAY - 3 * DAY: 1, TODAY - DAY: 1}
    assert found.today == 1


def test_it_asks_of_what_has_landed_on_each_day_also_where_nothing_has(shop: Project) -> None:
    name = written("unwritten", shop, when="birthday", unless="contacted(within => '14d')")
    assert simulated(shop, name, days=7, every=7).entered == 2


def test_it_sees_who_came_into_a_segment_and_when_alerts_would_have_opened(shop: Project) -> None:
    when = {"trigger": "segment_entered", "segment": "late"}
    found = simulated(shop, written("welcome", shop, when=when), days=4, every=1)
    assert found.by_day == {TODAY - 2 * DAY: 1}
    assert found.today == 0
    when = {"trigger": "alert_opened", "rule": "contract_end"}
    found = simulated(shop, written("renew", shop, when=when), days=4, every=1)
    assert found.by_day == {TODAY - 2 * DAY: 1}


def test_what_a_program_asks_for_is_due_work_and_its_answer_is_kept(shop: Project) -> None:
    name = written("asked", shop, when="birthday")
    simulations.ask(shop, name, days=7, viewer=club.viewer())
    assert view.one(shop, name, viewer=club.viewer()).is_simulating
    assert club.send(shop, only=["simulation"]).done == 1
    page = view.one(shop, name, viewer=club.viewer())
    assert page.simulation
    assert not page.is_simulating
    assert page.simulation.entered == 2


def test_whoever_types_is_told_the_same(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.root)
    name = written("typed", shop, when="birthday")
    typed = ["simulate", name, "--days", "7", "--every", "7"]
    said = CliRunner().invoke(command.app, [*typed, "--format", "json"])
    assert said.exit_code == 0, said.output
    told = Simulation.from_json(json.loads(said.stdout))
    assert told == view.one(shop, name, viewer=club.viewer()).simulation
    assert (told.entered, told.cost) == (2, Decimal("1.00"))
    table = CliRunner().invoke(command.app, typed)
    assert "Would enter today" in table.stdout
    assert "£1.00" in table.stdout


def test_a_span_that_is_none_is_refused(shop: Project) -> None:
    written("wrong", shop, when="birthday")
    for days, every in ((0, 1), (5, 7), (400, 1)):
        with pytest.raises(WrongCall, match="looks back over"):
            simulated(shop, "wrong", days=days, every=every)

"""Does somebody get through their alerts on the command line?"""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from shuke.app import open_project
from shuke.builds import pipeline
from tests import shop
from tests.cli.conftest import Shuke
from tests.few_tables import FEW, only


@pytest.fixture
def warned(own_shop: Path) -> Path:
    """The tea shop, where 张伟 came every week of the summer, and then no more."""
    project = open_project(own_shop)
    first = shop._utc(2026, 7, 1, 10)
    weeks = [(f"D{n}", first + timedelta(days=7 * n), "T2", "TEA", 1, "4.50") for n in range(10)]
    shop.land(project, "till", order_items=[*map(shop._line, weeks)])
    with only(*FEW, "lapsing"):
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    return own_shop


def test_alerts_are_listed_marked_commented_on_and_their_history_is_told(
    shuke: Shuke, warned: Path, tmp_path: Path
):
    (alert,) = json.loads(shuke("alerts", "--format", "json", at=warned).out)
    assert alert["name"] == "张伟" and alert["phone"] in shuke("alerts", at=warned).out
    file = tmp_path / "alerts.csv"
    assert "1 rows written" in shuke("alerts", "--output", file, at=warned).err
    assert "张伟" in file.read_text("utf-8-sig")
    assert "Alerts commented on: 1" in shuke("alerts", "comment", "rang twice", at=warned).err
    slept = shuke("alerts", "mark", "snoozed", "--rule", "lapsing", "--until", "2199-01-01", at=warned)
    assert "Alerts changed: 1" in slept.err
    assert "No alert is open" in shuke("alerts", at=warned).err
    told = shuke("alerts", "history", "lapsing", alert["subject"], at=warned).out
    assert told.index("snoozed: ") < told.index("rang twice"), "the newest first"
    assert shuke("alerts", "mark", "open", "--status", "snoozed", at=warned).status == 0
    assert json.loads(shuke("alerts", "--format", "json", at=warned).out)[0]["status"] == "open"


def test_of_what_never_was_there_is_no_history(shuke: Shuke, built: Path):
    said = shuke("alerts", "history", "lapsing", "nobody", at=built)
    assert said.status == 2 and "There is no alert" in said.err


def test_a_rule_of_ones_own_is_made_listed_and_switched_off(shuke: Shuke, own_shop: Path):
    asked = ("--table", "purchases", "--subject", "customer_id", "--title", "Dear", "--money", "amount")
    said = shuke("alerts", "rule", "save", "dear", "--where", "amount > 1", *asked, at=own_shop)
    assert "Rule dear, version 1." in said.err and "it would find: " in said.err
    wrong = shuke("alerts", "rule", "save", "dear", "--where", "amounts > 1", *asked, at=own_shop)
    assert wrong.status == 2 and "Did you mean amount" in wrong.err
    assert "amount > 1" in shuke("alerts", "rule", "list", at=own_shop).out
    assert "version 2" in shuke("alerts", "rule", "off", "dear", at=own_shop).err
    told = json.loads(shuke("alerts", "rule", "history", "dear", "--format", "json", at=own_shop).out)
    assert [version["on"] for version in told["versions"]] == [False, True]
    assert "version 3" in shuke("alerts", "rule", "on", "dear", at=own_shop).err


def test_thresholds_are_set_and_told_with_who_says_them(shuke: Shuke, warned: Path):
    assert "the rule itself" in shuke("alerts", "settings", "list", at=warned).out
    told = shuke("alerts", "settings", "set", "lapsing", "grace=2.5", "--remind-days", "3", at=warned)
    assert "2.5" in told.out and "set here" in told.out and "Reminded every 3 days" in told.err
    found = json.loads(shuke("alerts", "settings", "show", "lapsing", "--format", "json", at=warned).out)
    assert found["history"][0]["thresholds"] == {"grace": 2.5}
    assert "grace=2.5" in shuke("alerts", "settings", "show", "lapsing", at=warned).err

"""Does somebody get through their alerts in the console?"""

import re
from datetime import UTC, datetime

from shuke.actions import work
from shuke.alerts.rule_settings import REPLAY
from shuke.app import Project
from shuke.views import tasks
from shuke.views.viewer import at_home
from tests.console.conftest import Enter, token
from tests.console.test_pages import rows_said


def ticked(page: str) -> str:
    found = re.search(r'type="checkbox" name="alert" value="(lapsing:C\w+)"', page)
    assert found
    return found[1]


def test_what_is_ticked_is_given_commented_on_and_put_to_sleep(own: Project, enter: Enter):
    browser = enter(own, "lin")
    page = browser.get("/alerts?status=open").text
    form = {"csrf": token(page), "alert": ticked(page), "back": "/alerts"}
    given = browser.post("/alert-deeds", data=form | {"do": "assign", "assignee": "max"})
    assert given.url.path == "/alerts" and rows_said(browser.get("/alerts?assignee=max").text) == 1
    browser.post("/alert-deeds", data=form | {"do": "comment", "comment": "rang <twice>"})
    browser.post("/alert-deeds", data=form | {"do": "snooze", "until": "2199-01-01"})
    assert rows_said(browser.get("/alerts?status=snoozed").text) == 1
    address = re.search(r'href="(/alerts/lapsing/C\w+)"', browser.get("/alerts").text)
    assert address
    story = browser.get(address[1]).text
    for told in ("given to max", "rang &lt;twice&gt;", "snoozed: ", "a build"):
        assert told in story
    assert "张伟" in story or "Evidence" in story
    chinese = enter(own, "lin", language="zh-CN").get(address[1]).text
    assert "处理经过" in chinese and "已暂缓" in chinese


def test_a_task_is_opened_of_an_alert_for_whom_it_is_given_to(own: Project, enter: Enter):
    browser = enter(own, "lin")
    page = browser.get("/alerts?status=open").text
    form = {"csrf": token(page), "alert": ticked(page), "back": "/alerts"}
    browser.post("/alert-deeds", data=form | {"do": "assign", "assignee": "max"})
    asked = {"do": "task", "task": "Ring them", "due_on": "2099-12-24"}
    assert browser.post("/alert-deeds", data=form | asked).url.path == "/alerts"
    assert browser.post("/alert-deeds", data=form | asked | {"due_on": "soon"}).status_code == 400
    (task,) = tasks.listed(own, viewer=at_home("lin", "console", now=datetime.now(UTC)))
    assert (task.title, task.assignee, task.origin_name) == ("Ring them", "max", "lapsing")
    told = browser.get(f"/tasks/{task.id}").text
    assert f'href="/alerts?rule=lapsing&amp;subject={task.customer_id}"' in told
    assert "Ring them</a>" in browser.get(f"/customers/{task.customer_id}").text


def test_all_of_a_list_are_meant_without_ticking_them(own: Project, enter: Enter):
    browser = enter(own, "lin")
    page = browser.get("/alerts?status=open").text
    form = {"csrf": token(page), "back": "/alerts", "status": "open"}
    nothing = browser.post("/alert-deeds", data=form | {"do": "resolve"})
    assert nothing.status_code == 400 and "Tick the alerts" in nothing.text
    browser.post("/alert-deeds", data=form | {"do": "resolve", "every": "1"})
    assert rows_said(browser.get("/alerts?status=open").text) == 0
    assert browser.post("/alert-deeds", data=form | {"do": "explode", "every": "1"}).status_code == 400
    wrong = browser.post("/alert-deeds", data=form | {"do": "snooze", "until": "soon", "every": "1"})
    assert wrong.status_code == 400 and "a day after today" in wrong.text


def test_the_list_is_taken_away_as_it_is_narrowed(own: Project, enter: Enter):
    browser = enter(own, "lin")
    page = browser.get("/alerts?status=open&rule=lapsing").text.replace("&amp;", "&")
    address = re.search(r'href="(/alerts-download\?[^"]*format=csv)"', page)
    assert address and "status=open" in address[1] and "rule=lapsing" in address[1]
    taken = browser.get(address[1])
    assert 'filename="alerts.csv"' in taken.headers["content-disposition"]
    assert len(taken.content.splitlines()) == 2
    assert browser.get("/alerts-download?format=exe").status_code == 400


def test_an_alert_that_never_was_has_no_page(own: Project, enter: Enter):
    assert enter(own, "lin").get("/alerts/lapsing/nobody").status_code == 404


def test_a_rule_of_ones_own_is_made_corrected_and_switched_off(own: Project, enter: Enter):
    browser = enter(own, "lin")
    form = {
        "csrf": token(browser.get("/alert-rules").text), "name": "dear", "title": "Dear lines", "seen": "0",
        "table": "purchases", "where": "amounts > 10", "subject": "customer_id", "money": "amount",
        "severity": "high", "lasts": "", "note": "",
    }  # fmt: skip
    wrong = browser.post("/alert-rules", data=form)
    assert "Did you mean amount" in wrong.text and 'value="amounts &gt; 10"' in wrong.text, "nothing is lost"
    kept = browser.post("/alert-rules", data=form | {"where": "amount > 1"})
    assert kept.url.path == "/alert-rules/dear" and "In the current build it finds: " in kept.text
    off = browser.post("/alert-rules/dear", data={"csrf": form["csrf"], "do": "off"})
    assert "Switch on" in off.text and "Dear lines" in browser.get("/alert-rules").text
    overtaken = browser.post("/alert-rules", data=form | {"where": "amount > 2"})
    assert overtaken.status_code == 409
    assert "自定义规则" in enter(own, "lin", language="zh-CN").get("/alert-rules/dear").text


def test_thresholds_are_set_and_tried_beside_who_says_them(own: Project, enter: Enter):
    browser = enter(own, "lin")
    assert "the rule itself" in browser.get("/alert-settings/lapsing").text
    form = {"csrf": token(browser.get("/alert-settings/lapsing").text), "seen": "0", "do": "save"}
    wrong = browser.post("/alert-settings/lapsing", data=form | {"threshold-grace": "soon"})
    assert wrong.status_code == 400 and 'value="soon"' in wrong.text, "nothing is lost"
    kept = browser.post("/alert-settings/lapsing", data=form | {"threshold-grace": "2.5", "remind_days": "3"})
    assert "set here · lin" in kept.text and "Reminded every 3 days" in kept.text
    assert "Days of grace: 2.5" in browser.get("/alert-settings").text
    span = {"since": "2026-01-01", "until": "2026-01-20", "threshold-grace": "9"}
    tried = browser.post("/alert-settings/lapsing", data=form | span | {"do": "try"})
    assert "is looking at the past" in tried.text
    work.work(own, worker="test", clock=lambda: datetime.now(UTC), only=[REPLAY])
    assert "What it would have told" in browser.get("/alert-settings/lapsing").text
    assert "阈值与提醒" in enter(own, "lin", language="zh-CN").get("/alert-settings/lapsing").text

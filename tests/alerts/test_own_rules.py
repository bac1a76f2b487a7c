import json
import os
from datetime import date
from pathlib import Path

import pytest

from shuke.access.audit import read
from shuke.actions import alert_rules as actions
from shuke.alerts import flips, own_rules, rule_versions
from shuke.alerts.own_rules import OwnRule
from shuke.app import Project
from shuke.builds import pipeline
from shuke.dealings.purchases import purchases
from shuke.errors import Overtaken, WrongCall
from shuke.graph import catalogue
from shuke.views import alert_rules, alerts
from shuke.views.query import Condition
from shuke.views.viewer import at_home
from tests import shop
from tests.engine_fixtures import Row, Tables
from tests.few_tables import FEW, only

OWNER = at_home("ann", "cli", now=shop.NOW)
DEAR = OwnRule(
    name="dear", title="Dear lines", table="purchases", where="amount > 100 and kind = 'goods'",
    subject="customer_id", money="amount", severity="high",
)  # fmt: skip


def line(number: str, who: str | None, amount: int, **more: str) -> Row:
    return {"line_id": number, "customer_id": who, "amount": amount, "kind": "goods", **more}


def found(desk: Tables, rule: OwnRule, *lines: Row, before: list[Row] | None = None) -> dict[str, Row]:
    step = own_rules.made(rule, catalogue.derived())
    earlier = desk.of(step.schema, before or [])
    made = desk.made(
        step, desk.derived(purchases, [*lines]), earlier, as_of=date(2026, 6, 30), zone="Asia/Shanghai"
    )
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def test_rows_that_meet_the_condition_are_found_by_subject_with_money_and_evidence(engine):
    rows = found(
        engine, DEAR, line("1", "anna", 120), line("2", "anna", 300), line("3", "anna", 100),
        line("4", "bert", 900, kind="fee"), line("5", None, 900),
    )  # fmt: skip
    assert set(rows) == {"anna"}
    one = rows["anna"]
    assert (one["rule"], one["subject_kind"], one["severity"]) == ("own_dear", "customer", "high")
    assert (one["at_stake"], one["since"]) == (420, date(2026, 6, 30))
    assert one["evidence"] == {"rows": 2, "amount": 300, "kind": "goods"}


def test_what_was_found_stays_while_the_wider_condition_holds(engine):
    rule = OwnRule(**{**vars(DEAR), "lasts": "amount > 80"})
    before = [{"rule": "own_dear", "subject": "anna", "since": date(2026, 6, 1)}]
    assert found(engine, rule, line("1", "anna", 90), before=before)["anna"]["since"] == date(2026, 6, 1)
    assert not found(engine, rule, line("1", "anna", 90))
    assert not found(engine, rule, line("1", "anna", 70), before=before)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"where": "amounts > 100"}, "Did you mean amount"),
        ({"where": "amount > 1; drop table users"}, "cannot be read"),
        ({"where": "amount > (select 1)"}, "cannot stand"),
        ({"where": "bought()"}, "no behaviours"),
        ({"where": "in_segment('vip')"}, "no behaviours"),
        ({"where": "(" * 500 + "amount > 1" + ")" * 500}, "too many nested brackets"),
        ({"table": "purchase"}, "Did you mean: purchases"),
        ({"table": "lapsing"}, "There is no table lapsing"),
        ({"table": "customers", "where": "name = 'Ann'"}, "no column 'name'"),
        ({"table": "customers", "where": "city = 'Leeds'", "subject": "phone"}, "no column 'phone'"),
        ({"money": "kind"}, "no amount of money"),
        ({"severity": "deadly"}, "A severity is one of"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_in_words(changed: dict[str, str], said: str):
    with pytest.raises(WrongCall, match=said):
        own_rules.check(OwnRule(**{**vars(DEAR), **changed}), catalogue.derived())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop.make(tmp_path / "shop")


def built(project: Project) -> dict[str, str | None]:
    with only(*FEW):
        made = pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF).manifest.tables
    return {name: each.failed for name, each in made.items() if name.startswith("own_")}


def test_a_rule_is_in_the_next_build_until_it_is_switched_off_and_its_versions_are_kept(project: Project):
    many = OwnRule(**{**vars(DEAR), "name": "many", "where": "quantity >= 10"})
    actions.save(project, many, viewer=OWNER, note="bulk", seen=0)
    assert built(project) == {"own_many": None}
    (alert,) = alerts.listed(project, [Condition("rule", "eq", "own_many")], viewer=OWNER).alerts
    assert str(alert.title) == "Dear lines" and alert.name == "张伟" and alert.status == "open"
    assert alert_rules.preview(project, many, viewer=OWNER).findings == 1

    with pytest.raises(Overtaken):
        actions.save(project, many, viewer=OWNER, seen=0)
    actions.save(project, OwnRule(**{**vars(many), "where": "quantity >= 99"}), viewer=OWNER, seen=1)
    assert built(project) == {"own_many": None}
    assert not alerts.listed(project, [Condition("rule", "eq", "own_many")], viewer=OWNER).total
    subject = flips.AlertSubject("own_many", "customer", alert.subject)
    assert [flip.status for flip in flips.history(project.operations, subject)] == ["open", "resolved"]

    actions.switch(project, "many", on=False, viewer=OWNER)
    assert built(project) == {}
    told = [(v.number, v.on, v.rule.where, v.who) for v in rule_versions.history(project.root, "many")]
    assert told == [
        (3, False, "quantity >= 99", "ann"), (2, True, "quantity >= 99", "ann"),
        (1, True, "quantity >= 10", "ann"),
    ]  # fmt: skip
    verbs = [entry.event.verb for entry in read(project.operations) if entry.event.subject_kind == "rule"]
    assert verbs == ["alert_rule.off", "alert_rule.saved", "alert_rule.saved"]


def test_a_rule_that_can_no_longer_be_read_is_an_alert_and_the_build_goes_on(project: Project):
    own = project.root / "analyses" / "reach.py"
    own.parent.mkdir(exist_ok=True)
    own.write_text(
        "import ibis.expr.types as ir\n"
        "from shuke.languages import Text\n"
        "from shuke.tables import Column, Type, table\n\n\n"
        "@table(key='customer_id', title=Text('Reach', 'R'),\n"
        "       columns=[Column('customer_id', Type.TEXT, Text('C', 'C'))])\n"
        "def reach(customers: ir.Table) -> ir.Table:\n"
        "    return customers\n",
        "utf-8",
    )
    rule = OwnRule(
        name="reached", title="Reached", table="reach", where="customer_id is not null", subject="customer_id"
    )
    actions.save(project, rule, viewer=OWNER)
    assert built(project) == {"own_reached": None}
    own.unlink()
    assert "There is no table reach" in (built(project)["own_reached"] or "")
    off = alerts.listed(project, [Condition("rule", "eq", "switched_off")], viewer=OWNER).alerts
    assert [alert.subject for alert in off] == ["own_reached"]
    assert "There is no table reach" in (alert_rules.one(project, "reached", viewer=OWNER).problem or "")


def test_what_no_rule_may_be_called_is_refused(project: Project):
    for name in ("", "Big", "1st", "a" * 41, "../up"):
        with pytest.raises(WrongCall, match="A rule's name"):
            actions.save(project, OwnRule(**{**vars(DEAR), "name": name}), viewer=OWNER)
    with pytest.raises(alert_rules.UnknownRule):
        actions.switch(project, "nothing", on=False, viewer=OWNER)


def test_a_rule_in_a_file_is_asked_anew_when_its_file_says_something_else(project: Project):
    file = project.root / "analyses" / "bulk.py"
    file.parent.mkdir(exist_ok=True)
    text = (
        "import ibis\nimport ibis.expr.types as ir\n"
        "from shuke.alerts.findings import alert_rule, evidence\n"
        "from shuke.languages import Text\n\n\n"
        "@alert_rule(title=Text('Bulk', 'B'), about=Text('?', '?'), evidence={'pieces': Text('p', 'p')})\n"
        "def own_bulk(purchases: ir.Table) -> ir.Table:\n"
        "    rows = purchases.filter(purchases.quantity >= LEAST)\n"
        "    return rows.select(subject='customer_id', since='day', severity=ibis.literal('low'),\n"
        "                       evidence=evidence(pieces=rows.quantity))\n"
    )
    for least, many in ((10, 1), (11, 0)):
        file.write_text(text.replace("LEAST", str(least)), "utf-8")
        os.utime(file, (least, least))  # within a second Python takes two files of one length for the same
        assert built(project) == {"own_bulk": None}
        assert alerts.listed(project, [Condition("rule", "eq", "own_bulk")], viewer=OWNER).total == many

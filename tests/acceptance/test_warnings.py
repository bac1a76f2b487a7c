"""Do the rules that warn find those of whom the demo's truth says that they are in trouble, and nobody
else?"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from shuke import demo
from shuke.alerts.findings import AREA
from shuke.app import Project
from shuke.builds import pipeline
from shuke.builds.alert_replay import replay
from shuke.graph import catalogue
from tests import shop
from tests.demo.building import built
from tests.demo.exports import truth
from tests.few_tables import FEW, only

TODAY = demo.UNTIL
PAID = datetime.fromisoformat("2026-11-09")  # as it is stored: UTC, without saying so
RULES = ("credit", "sales_progress", "expense", "lapsing", "contract_end")
#: What these rules look at; who has bought what is enough for the rest.
SOURCES = ("products", "stores", "members", "till", "webshop", "taobao", "erp")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> demo.Company:
    return demo.make(tmp_path_factory.mktemp("company"), customers=2000)


@pytest.fixture(scope="module")
def project(company: demo.Company, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("warned") / "demo"
    return built(company, folder, sources=SOURCES, tables=(*RULES, "planned_months"))


def findings(project: Project, rule: str) -> dict[str, dict[str, Any]]:
    return {row["subject"]: row for row in project.open().table(rule).to_pyarrow().to_pylist()}


def graded(found: set[Any], meant: set[Any], rule: str) -> tuple[float, float]:
    """Precision and recall; printed, for `pytest -rP` shows them."""
    hits = len(found & meant)
    precision, recall = hits / max(len(found), 1), hits / max(len(meant), 1)
    print(f"{rule}: {len(found)} found, {len(meant)} true; precision {precision:.2f}, recall {recall:.2f}")
    return precision, recall


def test_credit_is_red_for_all_who_are_beyond_their_limit_and_amber_for_all_who_are_near(company, project):
    known = project.open().table("identities").to_pyarrow().to_pylist()
    number = {r["customer_id"]: r["record_id"] for r in known if r["source"] == "erp"}
    found = {number[who]: row["severity"] for who, row in findings(project, "credit").items()}
    owed = truth(company, "credit")
    red = {row["customer"] for row in owed if row["beyond"]}
    amber = {row["customer"] for row in owed if row["open"] >= row["limit"] * 8 / 10} - red
    assert red
    assert graded({who for who, how in found.items() if how == "high"}, red, "credit, red") == (1, 1)
    assert {who for who, how in found.items() if how == "medium"} == amber


def test_a_plan_is_warned_of_where_it_is_missed(company, project):
    month = TODAY.replace(day=1)
    missed = {f"store:{p['store']}" for p in truth(company, "plans") if p["month"] == month and p["missed"]}
    assert missed
    assert graded(set(findings(project, "sales_progress")), missed, "sales_progress") == (1, 1)


def test_spending_is_warned_of_where_a_budget_is_overrun_or_spending_climbs(company, project):
    month = TODAY.replace(day=1)
    over = {b["cost_centre"] for b in truth(company, "budgets") if b["month"] == month and b["overrun"]}
    meant = {f"cost_centre:{name}" for name in over | {c["cost_centre"] for c in truth(company, "climbs")}}
    precision, recall = graded(set(findings(project, "expense")), meant, "expense")
    assert precision == 1 and recall >= 0.5


def test_who_lapses_has_mostly_left(company, project):
    """Some of those who are later than ever before come back; early is not late."""
    left = {row["person"] for row in truth(company, "churned")}
    person = {(row["source"], row["record"]): row["person"] for row in truth(company, "records")}
    owners = {
        row["customer_id"]: person[known]
        for row in project.open().table("identities").to_pyarrow().to_pylist()
        if (known := (row["source"], row["record_id"].rpartition(":")[2])) in person
    }
    found = {owners[who] for who in findings(project, "lapsing") if who in owners}
    print(f"lapsing: {len(found)} found, of whom {len(found & left)} have left")
    assert len(found & left) > len(found) / 2 > 0


def test_over_half_a_year_no_alert_flaps_and_each_cause_opens_one(company, project):
    """Week by week: a day takes three seconds. A cause is a month's plan, or a time beyond a limit."""
    rules = ("credit", "sales_progress")
    with only(*FEW, *RULES, "planned_months"):
        credit, plans = replay(
            project, rules, since=date(2026, 5, 9), until=TODAY, step=timedelta(days=7)
        )  # fmt: skip
    assert credit.looks == 26 and credit.openings and plans.openings
    months = [(o.subject, o.opened.replace(day=1)) for o in plans.openings]
    assert len(months) == len(set(months))
    for before, after in pairwise(sorted(credit.openings, key=lambda o: (o.subject, o.opened))):
        if before.subject == after.subject:
            assert before.closed and after.opened - before.closed > timedelta(days=7)
    print(f"credit: {len(credit.openings)} alerts, {credit.right} right, {credit.wrong} wrong")
    assert credit.right > credit.wrong
    missed = {(f"store:{p['store']}", p["month"]) for p in truth(company, "plans") if p["missed"]}
    precision, _recall = graded(
        set(months), {(who, month) for who, month in missed if month >= date(2026, 5, 1)}, "sales_progress"
    )
    assert precision >= 0.9
    assert (plans.right, plans.wrong) == (len(missed & set(months)), len(set(months) - missed))


def test_no_rule_fires_on_a_quiet_company(tmp_path):
    project = shop.make(tmp_path / "quiet")
    shop.land(
        project, "books",
        invoices=[{"invoice_no": "1", "record_id": "B1", "amount": 100, "issued": date(2026, 11, 2)}],
        payments=[{"payment_no": "1", "invoice_no": "1", "amount": 60, "paid_at": PAID}],
        credit_limits=[{"record_id": "B1", "limit": 200, "starts": date(2026, 1, 1)}],
        people=[{"record_id": "B1", "name": "Inn"}],
        plans=[{"period": date(2026, 11, 1), "amount": 40}],
        budgets=[{"period": date(2026, 11, 1), "cost_centre": "ads", "amount": 500}],
        expenses=[{"expense_no": "1", "at": date(2026, 11, 9), "cost_centre": "ads", "amount": 90}],
        contracts=[{"contract_no": "1", "record_id": "B1", "starts": date(2026, 1, 1)}],
    )  # fmt: skip
    rules = [name for name, table in catalogue.derived().items() if table.area == AREA]
    with only(*FEW, *rules):
        build = pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    told = {name: (build.manifest.tables[name].rows, build.manifest.tables[name].failed) for name in rules}
    assert told == dict.fromkeys(rules, (0, None))

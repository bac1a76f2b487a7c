"""Alert days: on which day does each rule warn, beside the day by which the demo's truth says that it should?

    python -m bench.alert_days DIR --days 365          # DIR is made where it is not there, and kept

The days are replayed one by one as builds of those days, over a made-up company of which it is known on which
day an organisation came near its limit, which plans are missed, which budgets are overrun and when contracts
end.
"""

import argparse
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from shuke import app, demo
from shuke.alerts.targets import month_of
from shuke.app import Project
from shuke.builds import pipeline
from shuke.builds.alert_replay import Opening, Replay, replay
from shuke.collect.ingestion import ingest
from shuke.settings import Settings

RULES = ("credit", "sales_progress", "expense", "contract_end")
#: What these rules look at.
SOURCES = ("products", "stores", "members", "till", "webshop", "taobao", "erp")
NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)
#: Days before a contract's end from which on it is due to be told of.
BEFORE = 30
#: Days within which spending that climbs is due to be told of: the half year that is compared.
CLIMBED = 90


@dataclass(frozen=True)
class Cause:
    """Something that a rule may tell of from `first` to `last`, and should by the day on which it is due."""

    rule: str
    subject: str
    first: date
    due: date
    last: date

    def is_told_by(self, opening: Opening) -> bool:
        """Whether an alert stood while it could be about this."""
        about = opening.subject == self.subject
        return about and opening.opened <= self.last and not (opening.closed and opening.closed <= self.first)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    project = _project(asked.folder, asked.customers)
    since = demo.UNTIL - timedelta(days=asked.days - 1)
    before = resource.getrusage(resource.RUSAGE_SELF)
    found = {each.rule: each for each in replay(project, RULES, since=since, until=demo.UNTIL)}
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    causes = [cause for cause in _causes(project, asked.folder) if cause.last >= since]
    for line in _told(found, causes, since):
        print(line)
    for rule, each in found.items():
        again = _again(each.openings, [cause for cause in causes if cause.rule == rule])
        print(f"{rule}: {len(each.openings)} openings; {again} again for one cause")
    print(f"{asked.days} days, {spent:.0f} CPU s")


def _project(folder: Path, customers: int) -> Project:
    if (folder / "demo").exists():
        return app.open_project(folder / "demo")
    company = demo.make(folder / "company", customers=customers)
    settings = Settings(name="Demo", country="CN", currency="CNY", zone="Asia/Shanghai", language="en")
    project = app.init(folder / "demo", settings)
    for file in company.files:
        if file.source in SOURCES:
            ingest(project, file.source, [file.path], now=NOW)
    pipeline.build(project, now=NOW, as_of=demo.UNTIL)
    return project


def _causes(project: Project, folder: Path) -> Iterator[Cause]:
    truth = {path.stem: path for path in (folder / "company").rglob("*.parquet")}
    known = _rows(project, "identities")
    customer = {row["record_id"]: row["customer_id"] for row in known if row["source"] == "erp"}
    for near in pq.read_table(truth["near_limits"]).to_pylist():
        last = near["until"] - timedelta(days=1) if near["until"] else demo.UNTIL
        yield Cause("credit", customer[near["customer"]], near["since"], near["since"], last)
    for plan in pq.read_table(truth["plans"]).to_pylist():
        if plan["missed"]:
            yield _of_month("sales_progress", f"store:{plan['store']}", plan["month"])
    for budget in pq.read_table(truth["budgets"]).to_pylist():
        if budget["overrun"]:
            yield _of_month("expense", f"cost_centre:{budget['cost_centre']}", budget["month"])
    for climb in pq.read_table(truth["climbs"]).to_pylist():
        due = climb["since"] + timedelta(days=CLIMBED)
        yield Cause("expense", f"cost_centre:{climb['cost_centre']}", climb["since"], due, demo.UNTIL)
    latest: dict[str, dict[str, Any]] = {}  # a contract that another follows does not end
    owner = {row["contract_no"]: customer.get(row["record_id"]) for row in _rows(project, "landed_contracts")}
    for contract in pq.read_table(truth["contracts"]).to_pylist():
        end = contract["cancelled"] or contract["ends"]
        if (who := owner[contract["contract"]]) and (who not in latest or latest[who]["end"] < end):
            latest[who] = contract | {"end": end}
    for who, contract in latest.items():
        first = contract["end"] - timedelta(days=BEFORE)
        due = contract["cancelled"] or first
        yield Cause("contract_end", who, first, due, contract["end"] + timedelta(days=BEFORE))


def _rows(project: Project, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = project.open().table(table).to_pyarrow().to_pylist()
    return rows


def _of_month(rule: str, subject: str, month: date) -> Cause:
    first, last = month_of(month)
    return Cause(rule, subject, first, min(last, demo.UNTIL), last)


def _told(found: dict[str, Replay], causes: Sequence[Cause], since: date) -> Iterator[str]:
    """A line for each cause that was due, and one for each rule: how many it told of, and what else."""
    yield f"{'rule':<16}{'cause':<40}{'due by':<12}{'told on':<12}days before"
    for rule in RULES:
        mine = sorted((c for c in causes if c.rule == rule), key=lambda c: (c.due, c.subject))
        due = [cause for cause in mine if since <= cause.due <= demo.UNTIL]
        late = told = 0
        for cause in due:
            days = sorted(max(o.opened, since) for o in found[rule].openings if cause.is_told_by(o))
            first = days[0] if days else None
            told, late = told + bool(first), late + bool(first and first > cause.due)
            early = (cause.due - first).days if first else ""
            yield f"{rule:<16}{cause.subject:<40}{cause.due!s:<12}{first or '-'!s:<12}{early}"
        others = [o for o in found[rule].openings if not any(cause.is_told_by(o) for cause in mine)]
        yield f"{rule}: {len(due)} causes, {told} told of, {late} of these late; {len(others)} others told of"


def _again(openings: Sequence[Opening], causes: Sequence[Cause]) -> int:
    """How many openings follow another one about the same cause."""
    about = [
        sum(o.subject == cause.subject and cause.first <= o.opened <= cause.last for o in openings)
        for cause in causes
    ]
    return sum(max(number - 1, 0) for number in about)


if __name__ == "__main__":
    main()

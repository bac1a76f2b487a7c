"""Alert days: on which day does each rule warn, beside the day by which the demo's truth says that it should?

    python -m bench.alert_days DIR --days 365          # DIR is made where it is not there, and kept

The days are replayed one by one as builds of those days, over a made-up company of which it is known which
plans are missed and which budgets are overrun. Both are causes of one month, to be told of by its last day.
"""

import argparse
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

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


@dataclass(frozen=True)
class Cause:
    """Something of a month that a rule should tell of by the month's end."""

    rule: str
    subject: str
    month: date


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
    causes = [cause for cause in _causes(asked.folder) if cause.month >= since]
    for line in _told(found, causes):
        print(line)
    for rule, each in found.items():
        print(f"{rule}: {len(each.openings)} openings; {_again(each.openings)} again for one cause")
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


def _causes(folder: Path) -> Iterator[Cause]:
    (truth,) = {path.parent for path in (folder / "company").rglob("plans.parquet")}
    for plan in pq.read_table(truth / "plans.parquet").to_pylist():
        if plan["missed"]:
            yield Cause("sales_progress", f"store:{plan['store']}", plan["month"])
    for budget in pq.read_table(truth / "budgets.parquet").to_pylist():
        if budget["overrun"]:
            yield Cause("expense", f"cost_centre:{budget['cost_centre']}", budget["month"])


def _told(found: dict[str, Replay], causes: Sequence[Cause]) -> Iterator[str]:
    """A line for each cause, and one for each rule: how many were told of, and what else was."""
    yield f"{'rule':<16}{'cause':<40}{'due by':<12}{'told on':<12}days before"
    for cause in sorted(causes, key=lambda c: (c.rule, c.month, c.subject)):
        due = min(month_of(cause.month)[1], demo.UNTIL)
        days = sorted(
            each.opened
            for each in found[cause.rule].openings
            if each.subject == cause.subject and each.opened.replace(day=1) == cause.month
        )
        first = days[0] if days else None
        what = f"{cause.subject} {cause.month:%Y-%m}"
        early = (due - first).days if first else ""
        yield f"{cause.rule:<16}{what:<40}{due!s:<12}{first or '-'!s:<12}{early}"
    for rule in sorted({cause.rule for cause in causes}):
        meant = {(cause.subject, cause.month) for cause in causes if cause.rule == rule}
        told = {(each.subject, each.opened.replace(day=1)) for each in found[rule].openings}
        yield f"{rule}: {len(meant)} causes, {len(meant & told)} told of; {len(told - meant)} others told of"


def _again(openings: Sequence[Opening]) -> int:
    """How many openings follow another one about the same within the same month."""
    return len(openings) - len({(each.subject, each.opened.replace(day=1)) for each in openings})


if __name__ == "__main__":
    main()

"""Care: who looks after the customers of a segment, and who of them comes first?

A rule names a segment, a contact and a priority. Every change of one is a row; the last one holds. Of several
that concern a customer the one of the highest priority does, of equals the first by name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store.task_rows import care_rules

#: No rule matters more.
MAX_PRIORITY = 100


@dataclass(frozen=True, kw_only=True)
class CareRule:
    """Who looks after a segment's customers, as it stands."""

    segment: str
    contact: str
    priority: int
    archived: bool = False
    number: int = 0
    at: datetime | None = None
    who: str | None = None

    def __post_init__(self) -> None:
        """Raises `WrongCall`."""
        if not self.contact.strip():
            raise WrongCall(N_("Say who looks after these customers."))
        if not 0 <= self.priority <= MAX_PRIORITY:
            raise WrongCall(N_("A priority is a number from 0 to {most}."), most=MAX_PRIORITY)


def write(connection: sa.Connection, rule: CareRule, *, who: str, now: datetime) -> None:
    """Let a rule hold in place of what held for its segment."""
    of = care_rules.c
    newest = connection.execute(
        sa.select(sa.func.max(of.number)).where(of.segment == rule.segment)
    ).scalar_one()
    row = {
        "segment": rule.segment, "number": (newest or 0) + 1, "contact": rule.contact.strip(),
        "priority": rule.priority, "archived": rule.archived, "at": now, "who": who,
    }  # fmt: skip
    connection.execute(sa.insert(care_rules), [row])


def rules(connection: sa.Connection) -> list[CareRule]:
    """Those that hold, the first that concerns a customer first."""
    of = care_rules.c
    last = sa.select(of.segment, sa.func.max(of.number).label("last")).group_by(of.segment).subquery()
    newest = (of.segment == last.c.segment) & (of.number == last.c.last)
    query = sa.select(care_rules).join(last, newest).where(~of.archived)
    found = [
        CareRule(**{name: row._mapping[name] for name in CareRule.__dataclass_fields__})
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda rule: (-rule.priority, rule.segment))


def concerning(rules_: Iterable[CareRule], segments: Iterable[str]) -> CareRule | None:
    """The rule that concerns who is in these segments."""
    within = set(segments)
    return next((rule for rule in rules_ if rule.segment in within), None)

"""Databases: does the operations database hold what it should, and what of it can be made again?"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sqlalchemy as sa

from shuke.app import Project
from shuke.errors import Damaged
from shuke.integrity.findings import IntegrityFinding
from shuke.integrity.places import set_aside
from shuke.languages import _
from shuke.store.operations import HEAD, Operations, connect, open_operations, revision
from shuke.store.operations import decisions as decided
from shuke.store.schema import metadata


def database(project: Project) -> Iterator[IntegrityFinding]:
    if wrong := _wrong(project):
        yield IntegrityFinding(
            check="database",
            place="data/operations.db" if isinstance(project.database, Path) else "database",
            what=wrong,
            lost=_(
                "Users, tokens, the audit log and what became of alerts. What people decided about who is "
                "who has landed with the builds, and is made again."
            ),
            advice=_(
                "Put it back from a copy. Where there is none, `--repair` moves it to data/damaged and makes "
                "a new one; then let people in again: shuke user add NAME"
            ),
            repair=partial(remake, project),
        )


def _wrong(project: Project) -> str | None:
    """What is wrong with it; None also where a project has none yet."""
    place = project.database
    if isinstance(place, Path) and not place.exists():
        return _("It is gone.") if project.has_history else None
    operations = connect(place)
    try:
        stands = revision(operations)
        if stands is None:
            return _("It is empty.") if project.has_history else None
        return _inside(operations) if stands == HEAD else None  # an older one is renewed when it is opened
    except Damaged as error:
        return str(error)
    finally:
        operations.close()


def _inside(operations: Operations) -> str | None:
    with operations.reading() as connection:
        lacking = sorted(set(metadata.tables) - set(sa.inspect(connection).get_table_names()))
        if lacking:
            return _("It lacks its tables {tables}.").format(tables=", ".join(lacking))
        if connection.dialect.name == "sqlite":
            told = str(connection.execute(sa.text("PRAGMA integrity_check(1)")).scalar())
            return None if told == "ok" else _("SQLite finds it damaged: {reason}").format(reason=told)
    return None


def remake(project: Project) -> None:
    """A new database with what has landed of the old one, which is kept in data/damaged."""
    rows = list(_landed(project))  # first, for what cannot be read there must not cost the old one
    place = project.database
    if isinstance(place, Path):
        for path in sorted(place.parent.glob(f"{place.name}*")):
            set_aside(project, path)
    operations = open_operations(place)
    try:
        with operations.writing() as connection:
            held = set(connection.execute(sa.select(decided.c.number)).scalars())
            if fresh := [row for row in rows if row["number"] not in held]:
                connection.execute(sa.insert(decided), fresh)
                _count_on(connection)
    finally:
        operations.close()


def _count_on(connection: sa.Connection) -> None:
    """PostgreSQL counts for itself, and does not see numbers that are given."""
    if connection.dialect.name == "postgresql":
        name = "pg_get_serial_sequence('decisions', 'number')"
        connection.execute(sa.text(f"SELECT setval({name}, (SELECT max(number) FROM decisions))"))


def _landed(project: Project) -> Iterator[dict[str, Any]]:
    """The decisions that have landed, as rows of the database; who made them and why has not landed."""
    sides: dict[int, dict[str, list[str]]] = defaultdict(lambda: {"left": [], "right": []})
    last: dict[int, dict[str, Any]] = {}
    for path in project.landing.files("decisions"):
        for row in pq.read_table(path).to_pylist():
            if row["record"] not in sides[row["decision"]][row["side"]]:
                sides[row["decision"]][row["side"]].append(row["record"])
            last[row["decision"]] = row
    for number, row in sorted(last.items()):
        gone = row["collected_at"].replace(tzinfo=UTC) if row.get("withdrawn") else None
        at: datetime = row["decided_at"].replace(tzinfo=UTC)
        yield {
            "number": number, "verb": row["verb"], "left_records": sorted(sides[number]["left"]),
            "right_records": sorted(sides[number]["right"]), "who": "?", "at": at, "note": "",
            "undone_at": gone, "undone_by": "?" if gone else None,
        }  # fmt: skip

"""Unused fields: what do sources fill that nobody reads, and what do they hardly ever fill?"""

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread

from shuke.app import Opened, Project
from shuke.graph import catalogue, lineage
from shuke.graph.names import LANDED
from shuke.languages import Text
from shuke.tables import CANONICAL, Derived

#: A field filled in a smaller share of its records is as good as empty.
NEARLY_EMPTY = 0.05

#: The shelves whose tables use a value, where others only pass it on or weigh it.
USING = ("dealings", "analyses", "alerts")

#: What tells whose row it is, or where it stands; identity reads these.
ALWAYS_READ = ("kind", "given_name", "family_name", "record_id")


@dataclass(frozen=True, kw_only=True)
class Unused:
    """A field of a source that could be left out."""

    source: str
    table: str
    attribute: str
    title: Text
    filled: int
    of: int
    why: str  # "unread": no table works with it; "empty": hardly ever filled


def unused(project: Project, opened: Opened) -> tuple[Unused, ...]:
    """Fields that are filled and read by nothing, and fields that are nearly always empty."""
    if "field_quality" not in opened.reader.tables:
        return ()
    fields = opened.table("field_quality").filter(lambda t: t.dimension == "completeness")
    read = _worked_with(project.root)
    found = [
        _unused(row, read)
        for row in fields.order_by("source", "table_name", "attribute").to_pyarrow().to_pylist()
        if row["table_name"] in CANONICAL and row["table_name"] != "identifiers"
    ]
    return tuple(field for field in found if field)


def prepare(root: Path) -> None:
    """Find out in the background what tables work with, so that the first who asks need not wait."""
    Thread(target=_prepare, args=(root,), name="unused-fields", daemon=True).start()


def _prepare(root: Path) -> None:
    with suppress(Exception):  # whoever asks is told what is wrong with the company's own analyses
        _worked_with(root)


def _unused(row: dict[str, object], read: frozenset[str]) -> Unused | None:
    table, attribute = str(row["table_name"]), str(row["attribute"])
    filled, of = int(str(row["good"])), int(str(row["of"]))
    why = "empty" if filled < of * NEARLY_EMPTY else "unread"
    if why == "unread" and (attribute in ALWAYS_READ or f"{LANDED}{table}.{attribute}" in read):
        return None
    known = CANONICAL[table][attribute].title
    return Unused(
        source=str(row["source"]),
        table=table,
        attribute=attribute,
        title=known,
        filled=filled,
        of=of,
        why=why,
    )


_ONCE = Lock()


def _worked_with(root: Path) -> frozenset[str]:
    own = tuple(catalogue.digests(root).items())
    with _ONCE:  # whoever asks meanwhile waits for the answer rather than work it out as well
        return _read(root if own else None, own)


@lru_cache(maxsize=8)
def _read(root: Path | None, _own: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Every landed column that a table works with, and every attribute of the golden record.

    That is found in the code alone, which stays as it is while a server runs, but for a project's own.
    """
    known = catalogue.derived(root)
    using = [step for step in known.values() if step.area in USING and _reads_what_landed(step)]
    columns = {c for step in using for read in lineage.columns_read(step, known).values() for c in read}
    golden = {f"{LANDED}people.{name}" for name in known["customers"].schema}
    return frozenset(columns | golden)


def _reads_what_landed(step: Derived) -> bool:
    """Whether a table is made from landed rows at first hand: no other can work with a landed column."""
    return any(name.startswith(LANDED) for name in step.reads)

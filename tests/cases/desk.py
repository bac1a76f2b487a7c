"""Desk: what does one case do, and what came of it?"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shuke import app
from shuke.app import Project
from shuke.builds import pipeline
from shuke.collect.ingestion import ImportOptions, ingest
from shuke.errors import LikelyOverlap, UnsureMapping
from shuke.graph import catalogue
from shuke.graph.inputs import Inputs
from shuke.graph.run import Run
from shuke.settings import Settings
from shuke.store.landing import Receipt

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

Row = dict[str, Any]
Case = Callable[["Desk"], None]

#: Every case by its name, in the order in which they were written down.
ALL: dict[str, Case] = {}


class Asked(Exception):
    """A person is asked, which is right wherever nothing decides."""


class Wrong(Exception):
    """What came out is not what is right; says what."""


def case(name: str) -> Callable[[Case], Case]:
    """Mark a function as what one case does and expects."""

    def keep(function: Case) -> Case:
        ALL[name] = function
        return function

    return keep


@dataclass
class Desk:
    """A new project, into which the files of a case are imported."""

    root: Path
    settings: Settings = field(default_factory=lambda: Settings(name="case", country="GB", currency="GBP"))
    as_of: date | None = None

    def at(self, country: str, currency: str) -> None:
        self.settings = Settings(name="case", country=country, currency=currency)

    @property
    def project(self) -> Project:
        folder = self.root / "project"
        made = (folder / "shuke.toml").exists()
        return app.open_project(folder) if made else app.init(folder, self.settings)

    def imports(self, name: str, source: str = "src", **choices: Any) -> Receipt:
        """Import a file of the cases; what the import asks is no fault."""
        try:
            return ingest(self.project, source, [CASES / name], ImportOptions(**choices), now=NOW)
        except (UnsureMapping, LikelyOverlap) as question:
            raise Asked(str(question).splitlines()[0]) from None

    def tables(self, *names: str) -> dict[str, list[Row]]:
        """Tables as a build would make them, and what they are made from, and no others."""
        project, tables = self.project, catalogue.derived()
        receipts = project.landing.receipts()
        with project.builds.making() as making:
            as_of = self.as_of or pipeline.default_as_of(project, receipts, scratch=making.scratch, now=NOW)
            run = Run(
                inputs=Inputs.of(project, receipts, as_of), tables=tables, family="duckdb",
                opens=partial(project.engine, scratch=making.scratch), folder=making.scratch / "tables",
            )  # fmt: skip
            with closing(run):
                made = run.make(only=names)
                for name in names:
                    expect(not made[name].failed, f"{name} failed: {made[name].failed}")
                return {name: run.table(name).to_pyarrow().to_pylist() for name in names}

    def table(self, name: str) -> list[Row]:
        return self.tables(name)[name]

    def groups(self) -> dict[str, str]:
        """Whose each record is: the number of the record in its source -> customer."""
        return {row["record"].partition(":")[2]: row["customer_id"] for row in self.table("identities")}


def expect(held: bool, what: str) -> None:
    if not held:
        raise Wrong(what)


def same(found: object, right: object, what: str) -> None:
    expect(found == right, f"{what}: {found!r}, not {right!r}")


def outcome(name: str) -> str:
    """`right`, `asked: …` or `wrong: …`."""
    with TemporaryDirectory() as folder:
        try:
            ALL[name](Desk(Path(folder)))
        except Asked as question:
            return f"asked: {question}"
        except Wrong as fault:
            return f"wrong: {fault}"
        # What ends in any other exception would be a traceback on somebody's terminal.
        except Exception as error:  # noqa: BLE001
            return f"wrong: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return "right"


def apart(desk: Desk, groups: Sequence[Iterable[str]], *, asked_is_right: bool = True) -> None:
    """No two records of one group are one customer, or a person is asked about them."""
    made = desk.tables("identities", "reviews")
    whose = {row["record"].partition(":")[2]: row["customer_id"] for row in made["identities"]}
    for group in groups:
        members = list(group)
        customers = [whose[member] for member in members]
        expect(len(set(customers)) == len(members), f"{'/'.join(members)} are one customer")

"""Resolution: what does identity take in a process of its own, and what does Splink by itself?

What is measured is written beside the project, as `figures.json`: the parent reads it there.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir

from bench import company
from shuke.app import Project
from shuke.engine import Engine
from shuke.engine.parquet import pieces
from shuke.graph import catalogue
from shuke.graph.names import HISTORY, NEW, base_table, canonical
from shuke.identity.blocking import FEW, MOST, RULES
from shuke.identity.identifiers import record_of
from shuke.identity.models import Model
from shuke.identity.scoring import Scorer, settings
from shuke.store.builds import Build, Manifest, TableRecord
from shuke.store.in_force import in_force
from shuke.tables.declared import as_declared
from shuke.version import __version__
from shuke.views.evaluation import evaluate
from shuke.views.viewer import at_home

#: The whole step, in the order of a build.
STEPS = (
    "identifiers", "changed_records", "normalised_records", "term_frequencies", "oversized_blocks",
    "exact_matches", "compared_pairs", "match_weights", "scored_pairs", "thresholds",
    "identities", "reviews",
)  # fmt: skip

#: Pairs of less weight are of no use to plain Splink: among a thousand records they would not be one.
LEAST = 3.0

#: Records whose digest begins with less come later: one in a hundred.
_LATER = "028f"

#: What plain Splink finds by an identifier: the columns of `normalised_records` that hold one.
_IDENTIFIERS = ("phone", "email", "national_id")


@dataclass
class Figures:
    """What the parts of one process took."""

    records: int = 0
    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[part] = time.perf_counter() - wall
        self.cpu[part] = time.process_time() - cpu


def resolve(project: Project, *, without_later: bool) -> Figures:
    """Make a build that has the tables of identity alone and put it in force.

    `without_later` leaves one record in a hundred out and starts from nothing; else what the build before
    found is made use of.
    """
    found = Figures()
    with project.builds.making() as making, closing(project.engine(scratch=making.scratch)) as engine:
        before = project.builds.current() if project.builds.pointed and not without_later else None
        run = _Run(project, engine, making.folder / "tables", before, without_later=without_later)
        for name in ("landed_people", "landed_identifiers"):
            engine.write(run.table(name), run.folder / name)
        for name in STEPS:
            with found.timed(name):
                engine.write(run.made(name), run.folder / name)
        found.records = int(run.table("identities").count().execute())
        own = f"{making.number:032x}"
        made = {
            path.name: making.keep(path.name, path, fingerprint=own, seconds=0.0)
            for path in list(run.folder.iterdir())
        }
        project.builds.point(making.finish(_manifest(making.number, project, made)).number)
    return found


@dataclass(frozen=True)
class _Run:
    """The steps of one build, by the names of the tables."""

    project: Project
    engine: Engine
    folder: Path
    before: Build | None
    without_later: bool

    def made(self, name: str) -> ir.Table:
        step = catalogue.derived()[name]
        supplied: Mapping[str, Any] = {
            "country": self.project.settings.country, "checkpoint": self.engine.checkpoint,
            "scorer": Scorer(self.project.model(), self.engine.linkage), "pseudonym": self.project.pseudonym,
        }  # fmt: skip
        asked = {parameter: supplied[parameter] for parameter in step.keywords if parameter in supplied}
        table = step(*map(self.table, step.reads), **asked)
        return as_declared(table, step)

    def table(self, name: str) -> ir.Table:
        if declared := canonical(name):
            landed = self.engine.read(self.project.landing.files(declared.name), declared.schema)
            if name.startswith(NEW):
                return self._fresh(landed)
            rows = landed if name.startswith(HISTORY) else in_force(landed, revised=True)
            return rows.filter(_digest(rows) >= _LATER) if self.without_later and _tells(rows) else rows
        own = base_table(name)
        schema = catalogue.derived()[own].schema
        if own == name:
            return self.engine.read([self.folder / name], schema)
        return self.engine.read([self.before.path(own)] if self.before else [], schema)

    def _fresh(self, landed: ir.Table) -> ir.Table:
        """What the build before has not seen: all of the records that come later, nothing of any other."""
        if self.before is None:
            return landed.filter(_digest(landed) >= _LATER) if _tells(landed) else landed
        return landed.filter(_digest(landed) < _LATER if _tells(landed) else ibis.literal(False))


def _tells(rows: ir.Table) -> bool:
    return "record_id" in rows.columns and "source" in rows.columns


def _digest(rows: ir.Table) -> ir.StringValue:
    return record_of(rows).hexdigest("md5").substr(0, 4)


def _manifest(number: int, project: Project, made: dict[str, TableRecord]) -> Manifest:
    return Manifest(
        number=number, as_of=date(company.NOW.year, company.NOW.month, company.NOW.day), looks_back=False,
        built_at=company.NOW, engine="duckdb", version=__version__, settings=project.settings.digest,
        batches=tuple(r.batch for r in project.landing.receipts()), currency=project.settings.currency,
        zone=project.settings.zone, tables=made, models={"identity": Model().version},
    )  # fmt: skip


def splink(project: Project) -> Figures:
    """Plain Splink over the people of the current build: the same rules, comparisons and threshold."""
    from splink import DuckDBAPI, Linker

    build, found = project.builds.current(), Figures()
    place = project.work / "splink"
    place.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(place / "db"), config={"memory_limit": project.settings.memory}) as db:
        [(merge_at,)] = db.sql(
            f"SELECT merge_at FROM read_parquet({pieces(build.path('thresholds'))}) WHERE kind = 'person'"
        ).fetchall()
        with found.timed("splink"):
            db.execute(f"CREATE TABLE people AS {_keyed(build)}")
            linker = Linker(DuckDBAPI(db).register("people"), _settings(db), log_level=None)
            pairs = linker.inference.predict(threshold_match_weight=LEAST, warning_mode="never")
            linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, float(merge_at))
        [(found.records,)] = db.sql("SELECT count(*) FROM people").fetchall()
    return found


def _rules() -> dict[str, str]:
    """What each rule puts together, as SQL; null where a record lacks a part of it."""
    written = {"+".join(rule): " || '|' || ".join(map(_part, rule)) for rule in RULES["person"]}
    return written | {name: name for name in _IDENTIFIERS}


def _part(part: str) -> str:
    column, _, letters = part.partition(":")
    if column.endswith("?"):
        return f"coalesce({column[:-1]}, '')"
    if column.endswith("@"):
        return f"nullif(split_part({column[:-1]}, '@', 1), '')"
    return f"substr({column}, 1, {letters})" if letters else f"{column}::VARCHAR"


def _keyed(build: Build) -> str:
    """The people with a column for each rule, empty where too many have the same: a part of the rules."""
    keys = ", ".join(f"{key} AS key_{n}" for n, key in enumerate(_rules().values()))
    few = ", ".join(
        f"CASE WHEN count(*) OVER (PARTITION BY key_{n}) <= {FEW.get(f'person:{name}', MOST)} "
        f"THEN key_{n} END AS key_{n}"
        for n, name in enumerate(_rules())
    )
    return f"""
        WITH people AS (
            SELECT *, strftime(birth_date, '%Y%m%d') AS birth,
                regexp_replace(email, '[0-9._-]', '', 'g') AS letters, {keys}
            FROM read_parquet({pieces(build.path("normalised_records"))}) WHERE kind = 'person'
        )
        SELECT * EXCLUDE ({", ".join(f"key_{n}" for n, _ in enumerate(_rules()))}), {few} FROM people
        """


def _settings(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The comparisons of Shuke with rules of Splink's own, and even chances per record beforehand."""
    [(records,)] = db.sql("SELECT count(*) FROM people").fetchall()
    rules = [f"l.key_{n} = r.key_{n}" for n, _ in enumerate(_rules())]
    shared = settings(Model().comparisons["person"], similarity="jaro_winkler_similarity")
    return shared | {
        "blocking_rules_to_generate_predictions": rules,
        "probability_two_random_records_match": 1 / (records + 1),
    }


def judged(project: Project, truth: Path) -> dict[str, float]:
    """How good the current build is, as `shuke identity evaluate` says."""
    pairs = evaluate(project, truth, viewer=at_home(project.settings.name, "cli", now=company.NOW)).pairs
    return {"f1": pairs.f1, "precision": pairs.precision, "recall": pairs.recall}


def _main(what: str, folder: Path) -> None:
    project = company.project(folder)
    match what:
        case "resolve" | "resolve-most":
            said: Mapping[str, Any] = vars(resolve(project, without_later=what == "resolve-most"))
        case "splink":
            said = vars(splink(project))
        case _:
            said = judged(project, folder / "truth" / "identities.csv")
    (folder / "figures.json").write_text(json.dumps(said), "utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))

"""Does a whole build hold the same rows whenever it is made, and does what is asked of it agree with them?

To the last digit, on any number of threads. A whole build is dear: all questions about one are asked here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from shuke import demo
from shuke.app import Project, init
from shuke.builds import parameterised
from shuke.builds.pipeline import build
from shuke.collect.ingestion import ingest
from shuke.engine import DuckDB
from shuke.errors import WrongCall
from shuke.graph import catalogue, code
from shuke.graph.names import LAST_BUILD, PREVIOUS, base_table
from shuke.settings import Settings
from shuke.store.builds import Build
from shuke.tables import Derived
from shuke.views import builds
from shuke.views.viewer import at_home
from tests.engine_fixtures import close
from tests.few_tables import FEW, only
from tests.shared_tables import SharedTables

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
#: A whole company is imported and built three times first.
pytestmark = pytest.mark.timeout(900)

#: Places are compared from fifty customers on.
TOO_FEW = {"places", "place_gaps"}

ASKABLE = [step for _, step in sorted(catalogue.derived(None).items()) if step.parameters]


@contextmanager
def on(threads: int, *, upgrade: str) -> Iterator[None]:
    """Builds run on so many threads, among which even few rows are divided, and find no table standing."""
    opened = DuckDB.__init__

    def divided(engine: DuckDB, **options: Any) -> None:
        opened(engine, **options)
        engine._run(f"SET threads = {threads}")
        if threads > 1:
            engine._run("PRAGMA verify_parallelism")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDB, "__init__", divided)
        patch.setattr(code, "libraries", lambda: upgrade)
        yield


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A made-up company of few customers, imported."""
    folder = tmp_path_factory.mktemp("first")
    company = demo.make(folder / "company", customers=300, seed=11, until=date(2026, 10, 31))
    project = init(folder / "project", Settings(name="Regular & Co."))
    for file in company.files:
        ingest(project, file.source, [file.path], now=NOW)
    return project


@pytest.fixture(scope="module")
def made(project: Project, shared_tables: SharedTables) -> tuple[Build, Build]:
    """Two builds of it, each of which has made every table anew."""
    with shared_tables.unused():
        with on(1, upgrade="before"):
            with only(*FEW, *_looked_back_at()):
                build(project, now=NOW)  # issues ids, which the next one finds landed
            one = build(project, now=NOW)
        with on(4, upgrade="after"):
            return one, build(project, now=NOW)


def test_builds_that_make_every_table_anew_are_the_same_to_the_last_digit_and_diff_says_so(
    project: Project, made: tuple[Build, Build]
):
    one, other = made
    anew = {name for name, made in other.manifest.tables.items() if made.build == other.number}
    assert anew == _with_rows(other) == _with_rows(one)
    assert [name for name in sorted(anew) if _rows_of_one_alone(one, other, name)] == []
    assert [name for name in sorted(anew) if not one.is_alike(other, name)] == []  # in one order, too
    told = builds.diff(project, one.number, other.number, viewer=at_home("Ann", "cli", now=NOW))
    assert {each.table for each in told if not each.same} == set()
    assert {each.table for each in told} == set(other.manifest.tables)


@pytest.mark.parametrize("step", ASKABLE, ids=lambda step: step.name)
@pytest.mark.usefixtures("made")
def test_asked_for_the_builds_own_answer_a_table_is_what_the_build_holds(step: Derived, project: Project):
    opened = project.open()
    if step.name not in opened.reader.tables:
        pytest.skip("this shop is too small for it")
    own = {name: default for name, (_kind, default) in step.parameters.items()}
    own |= project.settings.answers(step.name)
    asked = parameterised.ask(project, opened, step.name, own).order_by(*step.key).to_pyarrow().to_pylist()
    stored = opened.table(step.name).order_by(*step.key).to_pyarrow().to_pylist()
    assert len(asked) == len(stored)
    assert all(_same(one, other) for one, other in zip(asked, stored, strict=True))


@pytest.mark.usefixtures("made")
def test_another_answer_is_another_table_and_is_kept_while_the_build_is_open(project: Project):
    opened = project.open()
    one = parameterised.ask(project, opened, "baskets", {"least": 1, "lift": 0.0, "false_share": 1.0})
    assert one.count().execute() >= opened.table("baskets").count().execute()
    assert parameterised.ask(
        project, opened, "baskets", {"least": 1, "lift": 0.0, "false_share": 1.0}
    ).equals(one)


@pytest.mark.usefixtures("made")
def test_a_table_without_parameters_says_so(project: Project):
    with pytest.raises(WrongCall, match="Table landed_orders takes no parameters"):
        parameterised.ask(project, project.open(), "landed_orders", {"least": 1})


def _looked_back_at() -> set[str]:
    """The tables of a build that its next one reads."""
    reads = {read for step in catalogue.derived().values() for read in step.reads}
    return {base_table(read) for read in reads if read.startswith((LAST_BUILD, PREVIOUS))}


def _with_rows(build: Build) -> set[str]:
    """All tables but those for which so small a company has too few customers."""
    failed = {name for name, made in build.manifest.tables.items() if made.failed}
    assert failed <= TOO_FEW
    return set(build.manifest.tables) - failed


def _rows_of_one_alone(one: Build, other: Build, table: str) -> int:
    here, there = (f"from read_parquet('{build.path(table)}/*.parquet')" for build in (one, other))
    alone = f"(({here}) except all ({there})) union all (({there}) except all ({here}))"
    ((rows,),) = duckdb.connect().execute(f"select count(*) from ({alone})").fetchall()
    return int(rows)


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        close(one[name], value) if isinstance(value, float) else one[name] == value
        for name, value in other.items()
    )

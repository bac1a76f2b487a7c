from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.errors import UnknownTable, WrongCall
from shuke.store.builds import Build, Builds, BuildWriter, Manifest, TableRecord
from tests.at_once import ACTORS, at_once

pytestmark = pytest.mark.usefixtures("alone")


def manifest(number: int, **further: object) -> Manifest:
    told: dict[str, object] = {
        "number": number, "as_of": date(2026, 5, 1), "looks_back": False, "engine": "duckdb", "version": "1",
        "built_at": datetime(2026, 5, 1, 12, tzinfo=UTC), "settings": "s", "batches": ("000001-till",),
        "currency": "CNY", "zone": "Asia/Shanghai", "tables": {"rfm": TableRecord(rows=2, seconds=0.5)},
        "analyses": {"mine.py": "digest"},
    }  # fmt: skip
    return Manifest(**{**told, **further})  # type: ignore[arg-type]


def make(builds: Builds) -> Build:
    with builds.making() as making:
        kept = keep(making, "rfm", making.number)
        built = making.finish(manifest(making.number, tables={"rfm": kept}))
    return builds.point(built.number)


def keep(making: BuildWriter, table: str, marked: int) -> TableRecord:
    """A table of as many rows as it is marked by."""
    folder = making.folder / table
    folder.mkdir()
    pq.write_table(pa.table({"n": range(marked)}), folder / "part-0.parquet")
    return making.keep(table, folder, fingerprint=f"{marked:032x}", seconds=0.5)


def prune(builds: Builds, *, read: Build | None = None) -> None:
    with builds.making() as making:
        making.prune(read=read)


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    return Builds(tmp_path / "builds", tmp_path / "aside", kept=3)


def test_a_manifest_is_read_as_it_was_written(builds):
    made = make(builds)
    assert builds.open(1).manifest == made.manifest
    assert made.manifest == manifest(1, tables=made.manifest.tables)
    assert made.manifest.tables["rfm"].rows == 1


def test_nothing_is_seen_of_a_build_in_the_making(builds):
    with builds.making() as making:
        keep(making, "rfm", 1)
        assert builds.numbers() == []
    assert builds.numbers() == []
    assert not builds.pointed


def test_a_build_is_in_force_once_it_is_pointed_at(builds):
    with pytest.raises(WrongCall, match="Nothing has been built yet"):
        builds.current()
    make(builds)
    with builds.making() as making:
        making.finish(manifest(making.number))
    assert builds.current().number == 1
    builds.point(2)
    assert builds.current().number == 2


def test_one_can_go_back_to_any_build_that_is_there(builds):
    make(builds)
    make(builds)
    assert builds.point(1).number == builds.current().number == 1
    with pytest.raises(WrongCall, match="no build 9"):
        builds.point(9)
    assert builds.current().number == 1


def test_numbers_go_on_after_a_roll_back(builds):
    for _ in range(2):
        make(builds)
    builds.point(1)
    assert make(builds).number == 3


def test_old_builds_are_dropped_but_never_the_one_in_force(builds):
    for _ in range(5):
        make(builds)
    prune(builds)
    assert builds.numbers() == [3, 4, 5]
    builds.point(3)
    for _ in range(2):
        with builds.making() as making:
            making.finish(manifest(making.number))
    prune(builds)
    assert builds.numbers() == [3, 5, 6, 7]
    assert make(builds).number == 8


def test_whoever_reads_a_build_when_the_next_comes_into_force_may_read_on(tmp_path):
    builds = Builds(tmp_path / "builds", tmp_path / "aside", kept=1)
    before = make(builds)
    make(builds)
    prune(builds, read=before)
    assert builds.numbers() == [1, 2] and builds.current().number == 2
    make(builds)
    prune(builds, read=builds.open(2))
    assert builds.numbers() == [2, 3]


def test_of_sixteen_who_build_and_drop_at_once_each_has_a_number_and_one_is_in_force(builds):
    def build(_: int) -> int:
        made = make(builds)
        prune(builds, read=made)
        return made.number

    assert {*at_once(build)} == {*range(1, ACTORS + 1)}
    assert builds.current().number in builds.numbers() and len(builds.numbers()) <= builds.kept + 2


def test_of_sixteen_who_put_builds_in_force_while_one_drops_old_ones_nobody_points_at_none(builds):
    for _ in range(5):
        make(builds)
    told = at_once(lambda n: prune(builds) if n % 4 == 0 else builds.point(n % 5 + 1).number)
    assert {each for each in told if each is not None} <= {1, 2, 3, 4, 5, WrongCall}
    assert builds.current().number in builds.numbers()


def test_a_table_that_a_build_does_not_have_is_named_with_those_it_has(builds):
    built = make(builds)
    assert built.path("rfm") == builds.folder / "tables" / f"rfm.{1:032x}"
    with pytest.raises(UnknownTable, match=r"No table is named zzz in build 1\. There are: rfm\."):
        built.path("zzz")
    with pytest.raises(UnknownTable, match=r"No table is named rmf in build 1\. Is it: rfm\?"):
        built.path("rmf")


def test_what_a_killed_process_left_is_swept_by_the_next(builds):
    left = builds.work / "build"
    left.mkdir(parents=True)
    (left / "half.parquet").write_text("x")
    with builds.making() as making:
        assert not (making.folder / "half.parquet").exists()


def test_a_build_of_an_older_version_has_its_tables_in_its_own_folder(builds):
    with builds.making() as making:
        made = making.finish(manifest(making.number, tables={"rfm": TableRecord(rows=2, seconds=0.5)}))
    assert made.path("rfm") == made.folder / "rfm"


def test_a_table_stands_for_the_next_build_even_if_its_own_came_to_no_end(builds):
    with builds.making() as making:
        assert making.standing("rfm", f"{3:032x}") is None
        keep(making, "rfm", 3)
    with builds.making() as making:
        stood = making.standing("rfm", f"{3:032x}")
        assert stood
        assert (stood.rows, stood.fingerprint) == (3, f"{3:032x}")
        assert making.standing("rfm", f"{4:032x}") is None


def test_a_damaged_table_does_not_stand_and_is_put_right_by_the_next_that_is_made(builds):
    (part,) = make(builds).path("rfm").glob("*.parquet")
    part.chmod(0o600)
    part.write_bytes(b"rubbish")
    with builds.making() as making:
        assert making.standing("rfm", f"{1:032x}") is None
        assert keep(making, "rfm", 1).rows == 1
        assert making.standing("rfm", f"{1:032x}")


def test_tables_that_no_build_names_are_dropped_with_the_builds(builds):
    for _ in range(5):
        make(builds)
    with builds.making() as making:
        keep(making, "rfm", 9)
    prune(builds)
    tables = sorted(path.name for path in (builds.folder / "tables").iterdir())
    assert tables == [f"rfm.{number:032x}" for number in (3, 4, 5)]
    assert all(not [*builds.open(number).faults(thorough=True)] for number in builds.numbers())


def test_where_a_manifest_cannot_be_read_no_table_is_dropped(builds):
    for _ in range(2):
        make(builds)
    with builds.making() as making:
        keep(making, "rfm", 9)
    (builds.folder / "000001" / "manifest.json").write_text("{")
    prune(builds)
    assert len(list((builds.folder / "tables").iterdir())) == 3

"""Killed at any moment, refused by the disk at any step: an import or a build is whole or not there."""

import errno
import random
import shutil
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from multiprocessing.process import BaseProcess
from operator import itemgetter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.errors import ShukeError, Unavailable
from tests.acceptance import victims
from tests.collect.desk import NOW, Desk, open_desk
from tests.few_tables import only
from tests.landing import land
from tests.refusals import fail, steps

LINES = {"Order": "orders.order_no", "Code": "products.product_id", "Qty": "order_items.quantity"}

#: A hundred in all; a build takes longer.
IMPORTS, BUILDS = 84, 16


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return _open(tmp_path)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A shop with one import and one build; the tests of builds share it."""
    desk = _open(tmp_path_factory.mktemp("crashes"))
    desk.take("till", _next_file(desk))
    with only(*victims.TABLES):
        pipeline.build(desk.project, now=NOW)
    desk.project.operations.close()
    return desk


def _open(folder: Path) -> Desk:
    desk = open_desk(folder)
    desk.means("till", LINES)
    return desk


def _sales(number: int) -> list[tuple[str, str, int]]:
    return [(f"{number}-{line}", "TEA", line) for line in range(1, 6)]


def _next_file(desk: Desk) -> Path:
    """A file with five lines that have not been imported yet."""
    number = len(desk.project.landing.receipts()) + 1
    return desk.write(f"{number}.csv", list(LINES), *_sales(number))


def _check_landing(project: Project) -> None:
    """Every batch that can be seen is whole, and holds what its receipt says."""
    folders = list(project.landing.folder.iterdir()) if project.landing.folder.exists() else []
    receipts = project.landing.receipts()
    assert sorted(folder.name for folder in folders) == [receipt.batch for receipt in receipts]
    for receipt in receipts:
        files = sorted((project.landing.folder / receipt.batch).glob("*.parquet"))
        landed: dict[str, int] = {}
        for path in files:
            table = path.name.partition(".")[0]
            landed[table] = landed.get(table, 0) + pq.read_table(path).num_rows
        assert landed == receipt.tables


def _check_builds(project: Project) -> None:
    """The pointer names a whole build, and every other build that can be seen is whole as well."""
    folders = sorted(path.name for path in project.builds.folder.glob("[0-9]*"))
    assert folders == [f"{number:06d}" for number in project.builds.numbers()]
    for number in project.builds.numbers():
        _check_build(project, number)
    assert project.builds.current().number in project.builds.numbers()


def _check_build(project: Project, number: int) -> None:
    build = project.builds.open(number)
    for name, made in build.manifest.tables.items():
        rows = sum(pq.read_metadata(piece).num_rows for piece in build.path(name).glob("*.parquet"))
        assert made.failed or rows == made.rows


def _litter(project: Project) -> list[str]:
    """What is left of unfinished work once the next piece of work has been done."""
    hidden = [path.name for path in project.data.rglob(".*") if path.suffix != ".lock"]
    return sorted([*hidden, *_aside(project)])


def _aside(project: Project) -> list[str]:
    """The folders of unfinished work."""
    return [path.name for path in project.work.glob("*") if path.suffix != ".lock"]


def _kill_at_random(times: int, duration: float, *projects: Callable[[], BaseProcess]) -> Iterator[None]:
    """Start and kill, so many times in all, anywhere from the first moment to a little beyond the last.

    Two projects at once, one a core: it takes half as long.
    """
    dice = random.Random(4711)
    for _ in range(times // len(projects)):
        running = [(dice.uniform(0, duration * 1.1), start()) for start in projects]
        started = time.perf_counter()
        for moment, process in sorted(running, key=itemgetter(0)):
            process.join(max(0.0, started + moment - time.perf_counter()))
            process.kill()
            process.join()
        yield


def _time_of(start: Callable[[], BaseProcess]) -> float:
    start().join()  # the first one also loads what the next ones find loaded
    started = time.perf_counter()
    process = start()
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - started


def test_an_import_killed_at_any_moment_leaves_its_whole_batch_or_nothing(tmp_path: Path) -> None:
    desks = [_open(tmp_path / name) for name in ("a", "b")]
    starts = [lambda d=d: victims.start(victims.take, d.project.root, "till", _next_file(d)) for d in desks]
    duration = _time_of(starts[0])
    landed = [2, 0]
    for _ in _kill_at_random(IMPORTS, duration, *starts):
        for number, desk in enumerate(desks):
            _check_landing(desk.project)
            count = len(desk.project.landing.receipts())
            assert count - landed[number] in (0, 1)
            landed[number] = count
            assert len(_aside(desk.project)) <= 1
    for number, desk in enumerate(desks):
        desk.take("till", _next_file(desk))
        assert len(desk.now("order_items", "order_no")) == 5 * (landed[number] + 1)
        assert _litter(desk.project) == []


def test_a_build_killed_at_any_moment_leaves_a_whole_build_in_force(shop: Desk, tmp_path: Path) -> None:
    projects = [
        open_project(shutil.copytree(shop.project.root, tmp_path / name, symlinks=True))
        for name in ("a", "b")
    ]
    starts = [lambda p=p: victims.start(victims.build, p.root) for p in projects]
    landed = 1
    _land_more(projects[0], landed)
    for _ in _kill_at_random(BUILDS, _time_of(starts[0]), *starts):
        landed += 1
        for project in projects:
            _check_builds(project)
            _check_landing(project)
            assert len(_aside(project)) <= 3
            _land_more(project, landed)
    for project, more in zip(projects, (landed, landed - 1), strict=True):
        with only(*victims.TABLES):
            build = pipeline.build(project, now=NOW)
        assert build.manifest.tables["purchases"].rows == 5 + more
        _check_builds(project)
        assert _old(_litter(project)) == []


def _land_more(project: Project, number: int) -> None:
    """One more line, so that a build has something to make."""
    order = {"order_no": f"more {number}", "line_no": 1, "product_id": "TEA", "quantity": Decimal(1)}
    land(project, "till", order_items=[order])


def _old(litter: list[str]) -> list[str]:
    """Without what was written beside the pointer this very minute: it may be somebody's who lives."""
    return [name for name in litter if not name.startswith(".current.")]


def test_an_import_killed_at_each_step_to_the_disk_leaves_its_whole_batch_or_nothing(desk: Desk) -> None:
    codes = []
    for step in range(1, 100):
        before = len(desk.project.landing.receipts())
        process = victims.start(
            victims.dying, step, victims.take, desk.project.root, "till", _next_file(desk)
        )
        process.join()
        codes.append(process.exitcode)
        _check_landing(desk.project)
        if process.exitcode == 0:
            break
        appeared = len(desk.project.landing.receipts()) - before
        assert appeared in (0, 1)
    assert codes[:-1] == [-9] * (len(codes) - 1)
    assert codes[-1] == 0
    assert len(codes) > 6
    assert _litter(desk.project) == []


def test_an_import_refused_at_any_step_has_done_nothing_and_can_be_tried_again(desk: Desk) -> None:
    refused, reached = 0, True
    while reached:
        refused += 1
        before = desk.project.landing.receipts()
        path = _next_file(desk)
        with steps(refused=refused) as taken:
            try:
                desk.take("till", path)
            except Unavailable:
                assert desk.project.landing.receipts() == before
                _check_landing(desk.project)
                assert _litter(desk.project) == []
        reached = taken.reached
    assert set(taken.taken) == {"fsync", "rename", "replace"}
    assert desk.now("order_items", "order_no") == [(order,) for order, _, _ in _sales(1)]


def test_a_build_refused_at_any_step_leaves_a_whole_build_in_force(shop: Desk, tmp_path: Path) -> None:
    """What one attempt has made stands for the next one, which is refused a step later."""
    root = shutil.copytree(shop.project.root, tmp_path / "shop")
    _land_more(open_project(root), 1)
    refused, reached, kinds = 0, True, set()
    while reached:
        refused += 1
        project = open_project(root)
        with steps(refused=refused) as taken:
            try:
                with only(*victims.TABLES):
                    pipeline.build(project, now=NOW)
            except ShukeError:
                _check_builds(project)
                _check_landing(project)
        project.operations.close()
        kinds |= set(taken.taken)
        reached = taken.reached
    assert kinds == {"fsync", "rename", "replace", "commit"}
    assert refused > 10
    assert project.builds.current().number == project.builds.numbers()[-1]
    assert _litter(project) == []


def test_what_fails_for_a_limit_of_file_sizes_has_not_landed(desk: Desk) -> None:
    desk.project.operations.close()
    codes = []
    for kilobytes in (1, 6, 12, 20, 400):
        before = len(desk.project.landing.receipts())
        process = victims.start(
            victims.limited, kilobytes * 1024, desk.project.root, "till", _next_file(desk)
        )
        process.join()
        _check_landing(desk.project)
        assert (process.exitcode == 0) == (len(desk.project.landing.receipts()) > before)
        codes.append(process.exitcode)
    assert codes == [victims.TOLD] * 4 + [0]


@pytest.mark.parametrize("work", ["import", "build"])
def test_a_full_disk_is_one_clear_line(desk: Desk, work: str) -> None:
    desk.take("till", _next_file(desk))
    with (
        steps(refused=1, instead=lambda name: fail(name, code=errno.ENOSPC)),
        pytest.raises(Unavailable, match=r"^The disk is full\. Free some space and try again\.$"),
    ):
        desk.take("till", _next_file(desk)) if work == "import" else pipeline.build(desk.project, now=NOW)


def test_two_imports_at_once_both_land(desk: Desk) -> None:
    desk.means("web", LINES)
    files = {source: desk.write(f"{source}.csv", list(LINES), *_sales(1)) for source in ("till", "web")}
    processes = [
        victims.start(victims.take, desk.project.root, source, path) for source, path in files.items()
    ]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert {receipt.source for receipt in desk.project.landing.receipts()} == {"till", "web"}
    assert [receipt.batch[:6] for receipt in desk.project.landing.receipts()] == ["000001", "000002"]
    assert len(desk.now("order_items", "order_no")) == 10


def test_one_imports_and_reads_while_another_builds(few: None, desk: Desk) -> None:
    desk.take("till", _next_file(desk))
    project = desk.project
    pipeline.build(project, now=NOW)
    opened = project.open()
    building = victims.start(victims.build, project.root)
    seen = set()
    desk.take("till", _next_file(desk))
    while building.is_alive():
        seen.add(len(open_project(project.root).table("purchases")))
        seen.add(int(opened.table("purchases").count().execute()))
    building.join()
    assert building.exitcode == 0
    assert seen <= {5, 10}  # the import may have landed before the build looked
    assert project.builds.current().number == 2
    assert int(opened.table("purchases").count().execute()) == 5  # who holds a build keeps it
    pipeline.build(project, now=NOW)
    assert len(project.table("purchases")) == 10

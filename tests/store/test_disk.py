import errno
import os
import threading
import time
from pathlib import Path

import pytest

from shuke.errors import Busy, Unavailable
from shuke.store import disk
from tests.refusals import fail, steps


def _finished(folder: Path) -> Path:
    aside = folder / "aside" / "batch"
    (aside / "deeper").mkdir(parents=True)
    (aside / "one").write_text("1")
    (aside / "deeper" / "two").write_text("2")
    return aside


def _listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_published_folder_is_whole_and_no_longer_aside(tmp_path: Path) -> None:
    disk.publish(_finished(tmp_path), tmp_path / "landing" / "1")
    assert _listing(tmp_path / "landing") == ["1", "1/deeper", "1/deeper/two", "1/one"]
    assert _listing(tmp_path / "aside") == []


def test_everything_in_a_folder_reaches_the_disk_before_the_folder_is_seen(tmp_path: Path) -> None:
    aside = _finished(tmp_path)
    with steps() as taken:
        disk.publish(aside, tmp_path / "landing" / "1")
    # two files, the folder within, the folder itself; then it appears; then its place
    assert taken.taken == ["fsync"] * 4 + ["rename"] + ["fsync"]


def test_a_folder_is_published_whole_or_not_at_all_whichever_step_fails(tmp_path: Path) -> None:
    for step in range(1, 7):
        aside = _finished(tmp_path / str(step))
        with steps(refused=step), pytest.raises(Unavailable):
            disk.publish(aside, tmp_path / str(step) / "landing" / "1")
        assert _listing(tmp_path / str(step) / "landing") == []
        disk.publish(aside, tmp_path / str(step) / "landing" / "1")
        assert (tmp_path / str(step) / "landing" / "1" / "deeper" / "two").read_text() == "2"


def test_what_is_already_published_is_never_published_over(tmp_path: Path) -> None:
    disk.publish(_finished(tmp_path), tmp_path / "landing" / "1")
    with pytest.raises(OSError, match="not empty"):
        disk.publish(_finished(tmp_path), tmp_path / "landing" / "1")
    assert _listing(tmp_path / "aside" / "batch") == ["deeper", "deeper/two", "one"]


def test_replacing_a_file_keeps_the_old_or_has_the_new_whichever_step_fails(tmp_path: Path) -> None:
    path = tmp_path / "current"
    disk.replace(path, b"1")
    for step in range(1, 4):
        with steps(refused=step), pytest.raises(Unavailable):
            disk.replace(path, b"2")
        assert path.read_bytes() in (b"1", b"2")
        assert _listing(tmp_path) == ["current"]
    disk.replace(path, b"3")
    assert path.read_bytes() == b"3"


def test_a_reader_sees_the_old_content_or_the_new_and_never_a_part(tmp_path: Path) -> None:
    path, contents, seen = tmp_path / "current", {b"a" * 70_000, b"b" * 70_000}, set()
    disk.replace(path, b"a" * 70_000)
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for content in sorted(contents) * 50:
        disk.replace(path, content)
    done.set()
    reader.join()
    assert seen <= contents


def test_a_secret_is_never_readable_by_others_not_even_while_it_is_written(tmp_path: Path) -> None:
    modes: list[int] = []

    def look(_: str) -> None:
        modes.extend(path.stat().st_mode & 0o777 for path in tmp_path.iterdir())

    with steps(refused=1, instead=look):
        disk.replace(tmp_path / "key", b"secret")
    assert modes == [0o600]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_what_a_killed_process_left_beside_a_file_goes_with_the_next_change(tmp_path: Path) -> None:
    left, living = tmp_path / ".current.4711", tmp_path / ".current.4712"
    left.write_text("half")
    living.write_text("half")
    hour_ago = time.time() - 3600
    os.utime(left, (hour_ago, hour_ago))
    disk.replace(tmp_path / "current", b"1")
    assert _listing(tmp_path) == [".current.4712", "current"]


def test_json_comes_back_as_it_was_written(tmp_path: Path) -> None:
    disk.write_json(tmp_path / "a.json", {"name": "熟客", "rows": 3, "none": None})
    assert disk.read_json(tmp_path / "a.json") == {"name": "熟客", "rows": 3, "none": None}
    assert "熟客" in (tmp_path / "a.json").read_text("utf-8")


def test_a_folder_of_work_in_progress_is_gone_afterwards_however_the_work_ends(tmp_path: Path) -> None:
    def work(number: int) -> None:
        with disk.aside(tmp_path / "work") as folder:
            (folder / "half").write_text("1")
            assert 1 / number

    work(1)
    assert _listing(tmp_path) == []
    with pytest.raises(ZeroDivisionError):
        work(0)
    assert _listing(tmp_path) == []


def test_what_a_killed_process_left_aside_is_swept_by_the_next(tmp_path: Path) -> None:
    _finished(tmp_path)
    with disk.aside(tmp_path / "aside") as folder:
        assert _listing(folder) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "The disk is full. Free some space and try again."),
        (errno.EROFS, "The disk cannot be written to"),
    ],
)
def test_a_disk_that_takes_nothing_any_more_is_one_clear_line(tmp_path: Path, code: int, said: str) -> None:
    with (
        steps(refused=1, instead=lambda name: fail(name, code=code)),
        pytest.raises(Unavailable, match=said) as caught,
        disk.aside(tmp_path / "work") as folder,
    ):
        disk.replace(folder / "current", b"1")
    assert "\n" not in str(caught.value)
    assert _listing(tmp_path) == []


def test_an_error_that_is_not_the_disks_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk.aside(tmp_path / "work"):
        (tmp_path / "nothing.csv").read_text()


def test_two_do_not_do_the_same_at_once_and_the_later_one_is_told_so(tmp_path: Path) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with disk.only_one(tmp_path / "a.lock", doing="building"):
            held.set()
            done.wait()

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    with (
        pytest.raises(Busy, match="Another process is building this project"),
        disk.only_one(tmp_path / "a.lock", doing="building", wait=0.05),
    ):
        pass
    done.set()
    other.join()
    with disk.only_one(tmp_path / "a.lock", doing="building", wait=0.05):
        pass

"""Who works out what people ask in SQL, so that no question can harm or hold up the server?"""

import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from shuke.engine import sql_check
from shuke.engine.workers import CANCELLATION, Cancellation, QueryLimits, SqlQuery, Workers, read
from shuke.errors import Crowded, ShukeError, Unavailable, WrongCall
from tests.engine.statements import anything

#: Wide, for on a busy machine a worker takes seconds to begin.
LIMITS = QueryLimits(seconds=60, memory=2**28, rows=1000, bytes=2**20)
FOR_EVER = "select count(*) from range(1000000000000) t(i) where i % 7 = 3"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of one table, and a manifest beside it."""
    root = tmp_path_factory.mktemp("build")
    (root / "customers").mkdir()
    path = root / "customers" / "part-0.parquet"
    duckdb.sql(f"copy (select 'C' || i as customer_id, 'name' as name from range(10) t(i)) to '{path}'")
    (root / "manifest.json").write_text("{}")
    return root


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(at_once=1, waiting=1, patience=0.2)
    yield made
    made.close()


def ask(workers: Workers, folder: Path, sql: str, limits: QueryLimits = LIMITS, **more) -> pa.Table:
    files = {"customers": [str(folder / "customers" / "part-0.parquet")]}
    with workers.place():
        return read(workers.answer(SqlQuery(sql=sql, files=files, **more), limits)).read_all()


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_worker_answers_with_the_tables_that_it_is_given(workers: Workers, folder: Path):
    found = ask(
        workers, folder, "select * from few join brought using (customer_id)",
        rows={"brought": pa.table({"customer_id": ["C1", "C2"], "n": [1, 2]})},
        views={"few": "select customer_id from customers where customer_id <> 'C2'"},
    )  # fmt: skip
    assert found.to_pylist() == [{"customer_id": "C1", "n": 1}]
    with pytest.raises(WrongCall, match="brought"):  # nothing stays for whoever asks next
        ask(workers, folder, "select * from brought")


@pytest.mark.parametrize(
    "sql",
    [
        "with x as (copy (select 1) to '{path}' (format parquet, use_tmp_file false)) select 1",
        "with x as (copy (select 1) to '{path}') select 1",
        "with x as (copy (select 1) to '{folder}/manifest.json' (format csv, use_tmp_file false)) select 1",
        "with x as (copy (select 1) to '{folder}/new.csv') select 1",
        "copy (select 1) to '{folder}/new.csv'",
        "attach '{folder}/new.db'",
        "export database '{folder}/new'",
        "from enable_logging('QueryLog', storage := 'file', storage_config := {{'path': '{folder}/log'}})",
        "select * from enable_logging('QueryLog')",
        "call enable_profiling()",
        "set log_query_path = '{folder}/log'",
        "set lambda_syntax = 'DEFAULT'",
        "set threads = 64",
        "reset memory_limit",
        "install httpfs",
        "load httpfs",
        "select * from read_text('{folder}/manifest.json')",
        "select * from '{folder}/manifest.json'",
        "select * from glob('{folder}/**')",
        "create persistent secret s (type s3)",
    ],
)
def test_what_nobody_checked_can_still_not_write_nor_read_anything_else(
    sql: str, workers: Workers, folder: Path
):
    before = digest(folder)
    with pytest.raises(WrongCall) as refused:
        ask(workers, folder, sql.format(folder=folder, path=folder / "customers" / "part-0.parquet"))
    assert digest(folder) == before
    assert str(folder) not in str(refused.value)
    assert ask(workers, folder, "select count(*) as n from customers")["n"].to_pylist() == [10]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select * from range(100000)", "more than 1000 rows"),
        ("select repeat('x', 10000) as x from range(900)", "larger than 1 MB"),
        ("select list(repeat('x', 1000) || i) from range(2000000) t(i)", "memory"),
        ("select length(repeat('x', 3000000000))", "memory"),
        ("select name::int from customers", "try_cast"),
        ("select nonsense from customers", "nonsense"),
    ],
)
def test_an_answer_that_cannot_be_is_one_line_without_values(
    sql: str, told: str, workers: Workers, folder: Path
):
    with pytest.raises(WrongCall, match=told) as refused:
        ask(workers, folder, sql)
    assert "name'" not in str(refused.value) and "\n" not in str(refused.value)


def test_what_takes_too_long_is_ended_and_the_next_question_answered(workers: Workers, folder: Path):
    with pytest.raises(WrongCall, match="more than 1 second"):
        ask(workers, folder, FOR_EVER, QueryLimits(seconds=1))
    assert ask(workers, folder, "select 1 as n").num_rows == 1


def test_whoever_leaves_is_worked_for_no_longer(workers: Workers, folder: Path):
    leaving = Cancellation()
    token = CANCELLATION.set(leaving)
    try:
        threading.Timer(0.3, leaving.leave).start()
        with pytest.raises(WrongCall, match="disconnected"):
            ask(workers, folder, FOR_EVER, QueryLimits(seconds=60))
        with pytest.raises(
            WrongCall, match="disconnected"
        ):  # and what they would have asked then is not begun
            ask(workers, folder, FOR_EVER, QueryLimits(seconds=60))
    finally:
        CANCELLATION.reset(token)


def test_who_comes_when_all_are_busy_is_told_at_once_or_after_a_moment(workers: Workers):
    def wait() -> None:
        with pytest.raises(Crowded), workers.place():
            pass

    with workers.place():
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.05)
        wait()
        waiting.join()
    with workers.place():
        pass


def test_a_machine_on_which_no_worker_runs_is_told_of_as_such(monkeypatch, folder: Path):
    monkeypatch.setattr("sys.executable", "/bin/false")
    broken = Workers()
    with pytest.raises(Unavailable, match="does not run"):
        ask(broken, folder, "select 1")
    assert broken.kept.idle == []


def test_rows_that_nobody_reads_to_the_end_hold_nobody_up(workers: Workers, folder: Path):
    endless = workers.answer(SqlQuery(sql="select * from range(900)"), LIMITS)
    next(endless)
    endless.close()
    assert ask(workers, folder, "select 1 as n").num_rows == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_worker_knows_no_secret_of_the_server(monkeypatch, folder: Path):
    monkeypatch.setenv("SHUKE_TEST_SECRET", "open sesame")
    fresh = Workers()
    try:
        ask(fresh, folder, "select 1")
        (pid,) = [each.pid for each in fresh.kept.idle]
        assert b"sesame" not in Path(f"/proc/{pid}/environ").read_bytes() if Path("/proc").exists() else True
        assert os.getpriority(os.PRIO_PROCESS, pid) >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 1)
    finally:
        fresh.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything("FOLDER"))
def test_whatever_is_asked_no_file_changes_and_the_next_question_is_answered(
    text: str, workers: Workers, folder: Path, monkeypatch
):
    """Once as it is checked and once as it stands, which the lock of the engine must hold alone."""
    text = text.replace("FOLDER", str(folder))
    before = digest(folder)
    monkeypatch.chdir(folder)
    for way in (_checked, str):
        try:
            ask(workers, folder, way(text), QueryLimits(seconds=10, memory=2**28, rows=1000, bytes=2**20))
        except ShukeError as refusal:
            told = str(refusal)
            assert str(folder) not in told or str(folder) in text
    assert digest(folder) == before
    assert ask(workers, folder, "select count(*) as n from customers")["n"].to_pylist() == [10]


def _checked(text: str) -> str:
    return sql_check.query(text, ["customers"]).sql

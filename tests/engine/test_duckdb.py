"""What does the engine of one machine say when it cannot go on?"""

from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.collect.sheets.rows import open_engine
from shuke.engine import duckdb as duckdb_module
from shuke.engine.duckdb import AS_INSTALLED, DuckDB, disk_full_as_unwritable
from shuke.engine.reader import Reader
from shuke.engine.worker import SETTINGS
from shuke.errors import Unavailable


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to write to")
def test_a_full_disk_is_told_in_one_line():
    with pytest.raises(Unavailable, match="disk is full"), disk_full_as_unwritable():
        duckdb.connect().execute("COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT parquet)")


def test_any_other_refusal_of_the_disk_stays_what_it_is(tmp_path: Path):
    with pytest.raises(duckdb.IOException), disk_full_as_unwritable():
        duckdb.connect().execute(f"COPY (SELECT 1) TO '{tmp_path}/nowhere/file' (FORMAT csv)")


def test_no_engine_fetches_code_while_it_runs(tmp_path: Path):
    building = DuckDB(scratch=tmp_path / "scratch")
    wanted = (f"current_setting('{name}')" for name in AS_INSTALLED)
    asked = f"select {', '.join(wanted)}"
    for connection in (building.backend.con, Reader({}).backend.con, open_engine(tmp_path)):
        assert connection.execute(asked).fetchall() == [(False, False)]
    assert {SETTINGS[name] for name in AS_INSTALLED} == {False}
    building.close()


def _part(number: int) -> ir.Table:
    rows = range(number, 1_200_000, 20)
    texts = {"id": [f"{7919 * n % 1_200_007:09}" for n in rows], "told": [f"{n:09}" * 10 for n in rows]}
    return ibis.memtable(pa.table(texts))


def test_a_table_in_parts_is_sorted_and_written_in_little_memory(tmp_path: Path):
    engine = DuckDB(scratch=tmp_path / "scratch", memory="150MB")
    whole = engine.checkpoint(_part(number) for number in range(20))
    engine.write(whole, tmp_path / "made", key=["id"])
    engine.close()
    ids = pq.read_table(tmp_path / "made")["id"].to_pylist()
    assert len(ids) == 1_200_000
    assert ids == sorted(ids)


def test_a_checkpoint_of_many_rows_leaves_the_memory_to_others(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(duckdb_module, "MOST_HELD", 2)
    engine = DuckDB(scratch=tmp_path / "scratch")
    with engine.passing():
        few, many = (engine.checkpoint(ibis.memtable({"n": list(range(n))})) for n in (2, 3))
        assert [engine.backend.to_pyarrow(rows)["n"].to_pylist() for rows in (few, many)] == [
            [0, 1],
            [0, 1, 2],
        ]
        assert engine._tables() == {few.get_name()}
        assert len(list(engine._files())) == 1
    assert not engine._tables()
    assert not list(engine._files())
    engine.close()


def test_rows_of_this_process_are_let_go_once_they_are_read(tmp_path: Path):
    engine = DuckDB(scratch=tmp_path / "scratch")
    rows = ibis.memtable({"n": [1, 2]})

    def shown() -> list[str]:
        views = engine._run("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        return [name for (name,) in views if name == rows.get_name()]

    for _ in range(2):  # they may be read again
        kept = engine.checkpoint(rows)
        assert engine.backend.to_pyarrow(kept)["n"].to_pylist() == [1, 2]
        assert not shown()
    with engine.passing():
        assert engine.backend.to_pyarrow(rows)["n"].to_pylist() == [1, 2]
        assert shown()
    assert not shown()
    engine.close()

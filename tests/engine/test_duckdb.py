"""What does the engine of one machine say when it cannot go on?"""

from pathlib import Path

import duckdb
import pytest

from shuke.collect.sheets.rows import open_engine
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

"""What does the engine of one machine say when it cannot go on?"""

from pathlib import Path

import duckdb
import pytest

from shuke.engine.duckdb import no_room_told
from shuke.errors import Unavailable


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to write to")
def test_a_full_disk_is_told_in_one_line():
    with pytest.raises(Unavailable, match="disk is full"), no_room_told():
        duckdb.connect().execute("COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT parquet)")


def test_any_other_refusal_of_the_disk_stays_what_it_is(tmp_path: Path):
    with pytest.raises(duckdb.IOException), no_room_told():
        duckdb.connect().execute(f"COPY (SELECT 1) TO '{tmp_path}/nowhere/file' (FORMAT csv)")

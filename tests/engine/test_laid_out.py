"""Are the rows of one value found in a Parquet file, however it lies?"""

from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.engine.laid_out import LaidOut
from shuke.engine.parquet import LAID_OUT_ROWS
from tests.engine_fixtures import Tables

VALUES = st.one_of(st.none(), st.sampled_from("abcde"), st.sampled_from(["", "é", "王", "\U0001f600"]))


@pytest.mark.parametrize("in_order", [True, False])
@given(whose=st.lists(VALUES, max_size=30), wanted=st.lists(VALUES.filter(bool), max_size=3, unique=True))
def test_all_rows_of_the_wanted_values_are_found_and_no_others(
    tmp_path_factory: pytest.TempPathFactory, whose: list[str | None], wanted: list[str], in_order: bool
):
    lying = sorted(whose, key=lambda v: (v is None, (v or "").encode())) if in_order else whose
    rows = pa.table({"n": range(len(lying)), "whose": pa.array(lying, pa.string())})
    file = tmp_path_factory.mktemp("laid") / "part-0.parquet"
    pq.write_table(rows, file, row_group_size=4)
    found = LaidOut(str(file)).rows("whose", wanted)
    assert found.to_pylist() == [row for row in rows.to_pylist() if row["whose"] in wanted]


def test_only_the_columns_that_are_asked_for_are_read(tmp_path: Path):
    pq.write_table(pa.table({"n": [1, 2], "whose": ["a", "b"]}), tmp_path / "rows.parquet")
    file = LaidOut(str(tmp_path / "rows.parquet"))
    assert file.rows("whose", ["b"], ["n"]).to_pylist() == [{"n": 2}]
    assert file.rows("whose", ["c"], ["n"]).schema == pa.schema({"n": pa.int64()})


def test_an_engine_lays_out_what_it_writes(engine: Tables, tmp_path: Path):
    of = ibis.schema({"whose": "string", "n": "int64"})
    rows = engine.of(of, [{"whose": f"c{n * 7919 % 10_000:05}", "n": n} for n in range(10_000)])
    engine.engine.write(rows, tmp_path / "laid", by="whose")
    for file in (tmp_path / "laid").glob("*.parquet"):
        lying = pq.read_table(file)["whose"].to_pylist()
        assert lying == sorted(lying)
        assert pq.read_metadata(file).num_row_groups == -(-len(lying) // LAID_OUT_ROWS)

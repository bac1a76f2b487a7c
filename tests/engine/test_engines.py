from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.engine import open_engine
from shuke.errors import WrongCall
from tests.engine_fixtures import at

SCHEMA = ibis.schema({"name": "string", "n": "int64", "price": "decimal(18, 4)", "at": "timestamp(6)"})


def test_absent_columns_are_null_and_other_types_are_cast(engine, tmp_path):
    path = tmp_path / "a b's 客户.parquet"
    pq.write_table(pa.table({"n": pa.array([1, 2], pa.int64()), "more": ["x", "y"]}), path)
    assert engine.rows(engine.engine.read([path], SCHEMA)) == [
        {"name": None, "n": n, "price": None, "at": None} for n in (1, 2)
    ]


def test_what_was_never_written_is_read_as_no_rows(engine):
    assert engine.rows(engine.engine.read([], SCHEMA)) == []


def test_a_table_is_written_in_the_types_that_its_expression_has(engine, tmp_path):
    rows = engine.of(
        SCHEMA, [{"name": "a", "n": 3, "price": "1.5", "at": "2026-01-05T10:00"}, {"name": "b", "n": 4}]
    )
    # A sum of whole numbers and a product of decimals: each engine has a wider type of its own for them.
    made = rows.group_by("name").agg(
        n=rows.n.sum(), price=(rows.price * rows.price).max(), at=rows["at"].max()
    )
    typed = made.select("name", "n", price=made.price.cast("decimal(18, 4)"), at=made["at"])
    folder = tmp_path / "made anew"
    engine.engine.write(typed, folder)
    written = pq.read_table(folder)
    assert {f.name: f.type for f in written.schema} == {f.name: f.type for f in SCHEMA.to_pyarrow()}
    assert sorted(written.to_pylist(), key=lambda row: row["name"]) == [
        {"name": "a", "n": 3, "price": Decimal("2.25"), "at": at("2026-01-05T10:00")},
        {"name": "b", "n": 4, "price": None, "at": None},
    ]
    assert all(path.suffix == ".parquet" for path in folder.iterdir())


def test_a_checkpoint_stands_by_itself(engine):
    rows = engine.of(SCHEMA, [{"n": 1}, {"n": 2}])
    kept = engine.checkpoint(rows.mutate(n=rows.n * 10))
    assert kept.columns == rows.columns
    assert [row["n"] for row in engine.rows(kept, "n")] == [10, 20]


def test_a_checkpoint_in_parts_is_one_table_worked_out_part_by_part(engine):
    asked = []

    def parts():
        for n in (1, 2, 3):
            asked.append(n)
            yield engine.of(SCHEMA, [{"n": n}, {"n": 10 * n}])

    whole = engine.checkpoint(parts())
    assert asked == [1, 2, 3]
    assert sorted(row["n"] for row in engine.rows(whole, "n")) == [1, 2, 3, 10, 20, 30]


def test_what_was_computed_on_the_way_to_a_table_is_dropped_with_it(engine, tmp_path):
    rows = engine.of(SCHEMA, [{"n": 1}, {"n": 2}])
    before = engine.checkpoint(rows)
    with engine.engine.passing():
        on_the_way = engine.checkpoint(rows.mutate(n=rows.n * 10))
        engine.engine.write(on_the_way, tmp_path / "made")
    assert [row["n"] for row in engine.rows(before, "n")] == [1, 2]
    assert pq.read_table(tmp_path / "made")["n"].to_pylist() == [10, 20]
    with pytest.raises(Exception, match=r"(?i)checkpoint|exist"):
        engine.rows(on_the_way, "n")


@pytest.mark.parametrize(
    ("said", "keyed"),
    [
        ([], True),
        ([("a", 1), ("a", 2), ("b", 1)], True),
        ([("a", 1), ("b", 1), ("a", 1)], False),
        ([("a", 1), (None, 1)], False),
        ([("a", 1), ("a", None)], False),
    ],
    ids=["no row", "each its own", "one twice", "first part empty", "last part empty"],
)
def test_a_written_table_is_keyed_where_each_row_is_the_only_one_of_its_key(engine, tmp_path, said, keyed):
    folder = tmp_path / "it's written"
    engine.engine.write(engine.of(SCHEMA, [{"name": name, "n": n, "price": "1"} for name, n in said]), folder)
    assert engine.engine.is_keyed(folder, ("name", "n")) is keyed


@pytest.mark.parametrize("name", ["duckbd", "local[x]", "spark:host"])
def test_what_is_no_engine_is_refused_with_what_is_one(tmp_path: Path, name: str):
    with pytest.raises(WrongCall, match="Accepted, for example: duckdb"):
        open_engine(name, scratch=tmp_path)


@pytest.mark.spark
def test_a_session_that_runs_already_is_used_and_left_running(spark_engine, tmp_path):
    beside = open_engine("local[2]", scratch=tmp_path)
    beside.close()
    assert spark_engine.session.range(3).count() == 3
    with pytest.raises(WrongCall, match=r"Spark runs on local\[2\] in this process already"):
        open_engine("local[1]", scratch=tmp_path)

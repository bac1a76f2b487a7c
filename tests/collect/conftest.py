"""What the tests of collecting may ask for."""

from pathlib import Path

import ibis
import pytest

from tests.collect.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An import desk in front of an empty project."""
    return open_desk(tmp_path)


@pytest.fixture(scope="module")
def connection():
    return ibis.duckdb.connect()


@pytest.fixture
def column(connection):
    """Evaluates an expression over a column of texts."""

    def evaluate(texts, function) -> list:
        rows = ibis.memtable({"t": texts}, schema={"t": "string"})
        found: list = connection.to_pyarrow(rows.select(v=function(rows.t)))["v"].to_pylist()
        return found

    return evaluate

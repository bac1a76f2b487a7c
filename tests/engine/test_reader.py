"""How many answers to what nobody computed beforehand are kept?"""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from shuke.engine import reader
from shuke.engine.reader import Reader


@pytest.fixture
def opened() -> Iterator[Reader]:
    found = Reader({})
    yield found
    found.close()


@pytest.mark.parametrize(("stays", "most", "kept"), [(0.0, 64, 8), (120.0, 10, 10), (120.0, 64, 12)])
def test_answers_do_not_pile_up(
    opened: Reader, monkeypatch: pytest.MonkeyPatch, stays: float, most: int, kept: int
):
    """The last few stay, and for a while those that somebody may be reading, but never very many."""
    monkeypatch.setattr(reader, "STAYS", stays)
    monkeypatch.setattr(reader, "MOST", most)
    for number in range(12):
        assert opened.cached(f"answer_{number}", lambda: pa.table({"n": [1, 2]})).count().execute() == 2
    tables = "select count(*) from duckdb_tables()"
    assert opened.backend.con.execute(tables).fetchone() == (kept,)


def test_an_answer_that_is_kept_is_not_made_again(opened: Reader):
    opened.cached("answer", lambda: pa.table({"n": [1]}))
    assert opened.cached("answer", lambda: pytest.fail("made again")).count().execute() == 1

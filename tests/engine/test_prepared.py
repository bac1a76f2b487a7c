"""Is a question that is planned once answered as if it were planned anew?"""

from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shuke.engine import prepared
from shuke.engine.reader import Reader
from shuke.errors import Damaged

ROWS = pa.table({"whose": ["a", "b", "b'; drop"], "n": [1, 2, 3]})


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    (tmp_path / "things").mkdir()
    pq.write_table(ROWS, tmp_path / "things" / "part-0.parquet")
    found = Reader({"things": tmp_path / "things"})
    yield found
    found.close()


def test_what_is_given_differs_from_answer_to_answer(reader: Reader):
    things, asked = reader.table("things"), []

    def whose():
        asked.append(1)
        return things.filter(things.whose == prepared.given("whom")).select("n")

    answers = [reader.answer("whose", whose, whom=whom)["n"] for whom in ROWS["whose"].to_pylist()]
    assert [answer.to_pylist() for answer in answers] == [[1], [2], [3]]
    assert len(asked) == 1


def test_a_question_may_be_asked_of_a_few_rows_alone(reader: Reader):
    def how_many():
        return reader.table("things").count().as_table()

    few = reader.among("how many", how_many, lambda name: {"things": ROWS.slice(1)}[name])
    assert [*few.to_pylist()[0].values()] == [2]
    assert [*reader.answer("how many", how_many).to_pylist()[0].values()] == [3]
    assert [*reader.among("how many", how_many, lambda _: ROWS.slice(3)).to_pylist()[0].values()] == [0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("'; drop table x; --")
@example("\\' || $text || \x00")
@given(st.text(max_size=20))
def test_a_question_without_a_table_takes_any_text_as_it_is(reader: Reader, text: str):
    def doubled():
        said = prepared.given("text")
        return ibis.array([1, 2]).unnest().name("n").as_table().mutate(said=said.concat(said))

    answer = reader.answer("doubled", doubled, text=text)
    assert answer["said"].to_pylist() == [text + text] * 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\ue000whom\ue000")
@example("$whom")
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20))
def test_what_a_question_says_itself_is_never_taken_for_a_value_that_is_given(reader: Reader, text: str):
    def ours():
        things = reader.table("things")
        return things.filter((things.whose == prepared.given("whom")) | (things.whose == text)).select("n")

    assert reader.answer(("ours", text), ours, whom="a")["n"].to_pylist() == [
        1,
        *([2] if text == "b" else []),
    ]


def test_rows_that_are_gone_are_said_to_be(reader: Reader, tmp_path: Path):
    (tmp_path / "things" / "part-0.parquet").write_bytes(b"no table")
    with pytest.raises(Damaged):
        reader.rows("things", "whose", ["a"])

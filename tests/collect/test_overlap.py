"""Two stores, tills without receipts: what looks alike is asked about, and the answer is kept to."""

from pathlib import Path

import pytest

from shuke.errors import LikelyOverlap
from shuke.store.landing import Receipt
from tests.collect.desk import INVOICE, ROLL, Cell, Desk

MONDAY, TUESDAY, WEDNESDAY = "2026-11-02", "2026-11-03", "2026-11-04"
TEA, CUP, POT = (MONDAY, "TEA", 1, "4.50"), (MONDAY, "CUP", 1, "7.00"), (TUESDAY, "POT", 1, "39.90")
BEAN = (WEDNESDAY, "BEAN", 2, "9.00")
Row = tuple[Cell, ...]


@pytest.fixture
def till(desk: Desk) -> Desk:
    """A desk at which a roll of three lines, two of them alike, has been imported."""
    desk.bring("till", ROLL, TEA, TEA, CUP)
    return desk


def _goods(desk: Desk) -> list[str]:
    return [product for (product,) in desk.now("order_items", "product_id")]


def _file(desk: Desk, name: str, *rows: Row) -> Path:
    return desk.write(name, list(ROLL), *rows)


def test_lines_that_only_look_alike_are_asked_about_and_nothing_lands(till: Desk) -> None:
    with pytest.raises(LikelyOverlap, match=r"2 of 3 lines of till-1\.csv .* --overlap: union") as asked:
        till.bring("till", ROLL, TEA, CUP, POT)
    assert "4.50" not in str(asked.value)
    assert len(till.project.landing.receipts()) == 1
    assert _goods(till) == ["CUP", "TEA", "TEA"]


def test_nothing_is_asked_where_nothing_looks_alike(till: Desk) -> None:
    assert till.bring("till", ROLL, POT, BEAN).loaded == 2
    assert _goods(till) == ["BEAN", "CUP", "POT", "TEA", "TEA"]


def test_the_roll_of_another_source_raises_no_question(till: Desk) -> None:
    assert till.bring("station", ROLL, TEA, TEA, CUP).loaded == 3


def test_the_same_file_again_is_recognised_without_a_question(till: Desk) -> None:
    again = till.take("till", *till.folder.glob("*.csv"))
    assert (again.loaded, again.unchanged, again.tables) == (0, 3, {})


def test_the_same_file_twice_in_one_command_is_recognised_too(desk: Desk) -> None:
    desk.means("till", ROLL)
    path = _file(desk, "a.csv", TEA, TEA, CUP)
    receipt = desk.take("till", path, path)
    assert (receipt.read, receipt.loaded, receipt.unchanged) == (6, 3, 3)


def test_two_stores_that_sold_the_same_are_asked_about_though_their_files_are_alike(till: Desk) -> None:
    (one,) = till.folder.glob("*.csv")
    other = one.with_name("other-store.csv")
    other.write_bytes(one.read_bytes())
    with pytest.raises(LikelyOverlap):
        till.take("till", other)
    assert till.take("till", other, overlap="append").loaded == 3


def test_union_takes_what_is_alike_for_the_same_lines(till: Desk) -> None:
    first = till.bring("till", ROLL, TEA, TEA, TEA, CUP, POT, overlap="union")
    assert (first.loaded, first.unchanged, first.withdrawn) == (2, 3, 0)
    assert _goods(till) == ["CUP", "POT", "TEA", "TEA", "TEA"]
    again = till.bring("till", ROLL, POT, TEA, CUP, overlap="union")
    assert (again.loaded, again.unchanged) == (0, 3)


def test_append_takes_every_line_for_a_further_one_however_often(till: Desk) -> None:
    for times in (2, 3):
        receipt = till.bring("till", ROLL, TEA, TEA, CUP, overlap="append")
        assert (receipt.loaded, receipt.unchanged) == (3, 0)
        assert _goods(till) == ["CUP"] * times + ["TEA"] * 2 * times


def test_two_files_of_one_command_lose_no_line_to_each_other(desk: Desk) -> None:
    desk.means("till", ROLL)
    mill, station = _file(desk, "mill.csv", TEA, TEA, CUP), _file(desk, "station.csv", TEA, POT)
    with pytest.raises(LikelyOverlap, match=r"1 of 2 lines of station\.csv"):
        desk.take("till", mill, station)
    receipt = desk.take("till", mill, station, overlap="append")
    assert (receipt.read, receipt.loaded) == (5, 5)
    assert _goods(desk) == ["CUP", "POT", "TEA", "TEA", "TEA"]


def test_replace_puts_a_file_in_the_place_of_its_days(till: Desk) -> None:
    till.bring("till", ROLL, BEAN)
    receipt = till.bring("till", ROLL, TEA, POT, overlap="replace")
    assert (receipt.loaded, receipt.unchanged, receipt.withdrawn) == (1, 1, 2)
    assert _goods(till) == ["BEAN", "POT", "TEA"]  # Wednesday is not of its days


def test_replacing_twice_changes_nothing_the_second_time(till: Desk) -> None:
    till.bring("till", ROLL, TEA, POT, overlap="replace")
    again = till.bring("till", ROLL, TEA, POT, overlap="replace")
    assert (again.loaded, again.unchanged, again.withdrawn, again.tables) == (0, 2, 0, {})
    assert _goods(till) == ["POT", "TEA"]


def test_a_line_that_was_withdrawn_comes_back_with_a_later_file(till: Desk) -> None:
    till.bring("till", ROLL, CUP, overlap="replace")
    assert _goods(till) == ["CUP"]
    back = till.bring("till", ROLL, TEA, TEA, CUP, overlap="replace")
    assert (back.loaded, back.unchanged, back.withdrawn) == (2, 1, 0)
    assert _goods(till) == ["CUP", "TEA", "TEA"]


def test_two_files_replace_together_and_not_each_other(till: Desk) -> None:
    mill, station = _file(till, "mill.csv", CUP, TEA), _file(till, "station.csv", TEA, TEA, POT)
    receipt = till.take("till", mill, station, overlap="replace")
    assert (receipt.read, receipt.loaded, receipt.unchanged, receipt.withdrawn) == (5, 2, 3, 0)
    assert _goods(till) == ["CUP", "POT", "TEA", "TEA", "TEA"]
    alone = till.take("till", station, overlap="replace")
    assert (alone.loaded, alone.withdrawn) == (0, 2)
    assert _goods(till) == ["POT", "TEA", "TEA"]


def test_one_store_does_not_replace_the_lines_of_another(desk: Desk) -> None:
    columns = ROLL | {"Store": "stores.store_id"}
    desk.bring("till", columns, (*TEA, "Mill"), (*CUP, "Station"))
    receipt = desk.bring(
        "till", columns, (*POT, "Mill"), (MONDAY, "BEAN", 1, "9.00", "Mill"), overlap="replace"
    )
    assert receipt.withdrawn == 1
    assert _goods(desk) == ["BEAN", "CUP", "POT"]


def test_what_has_an_order_number_is_never_withdrawn_nor_numbered_on(desk: Desk) -> None:
    desk.means("till", INVOICE)
    line = ("1001", "2026-11-02", "TEA", "Tea", 2, "4.50", "C1")
    desk.bring("till", INVOICE, line)
    for choice in ("append", "replace", None):
        again = desk.bring("till", INVOICE, line, overlap=choice)
        assert (again.loaded, again.withdrawn) == (0, 0)
    assert _goods(desk) == ["TEA"]


def test_a_time_and_a_till_tell_lines_apart_and_a_time_alone_does_not(desk: Desk) -> None:
    timed = (f"{MONDAY} 10:15", "TEA", 1, "4.50")
    columns = ROLL | {"Till": "stores.store_id"}
    desk.bring("tills", columns, (*timed, "1"))
    known: Receipt = desk.bring("tills", columns, (*timed, "1"), (*timed, "2"))
    assert (known.loaded, known.unchanged) == (1, 1)
    desk.bring("till", ROLL, timed)
    with pytest.raises(LikelyOverlap):
        desk.bring("till", ROLL, timed, POT)

"""Identity numbers tell what they tell, and then nobody can read them any more."""

from pathlib import Path

import pytest
from stdnum.cn import ric

from shuke.access.secret import project_key
from shuke.text import national_ids
from tests.collect.desk import Desk, open_desk

COLUMNS = {"No": "people.record_id", "Name": "people.name", "ID": "identifiers.resident_id"}
ANN = "11010519491231002" + ric.calc_check_digit("110105194912310020")
WRONG = ANN[:-1] + ("1" if ANN[-1] != "1" else "2")
OLD = "440305" + "800101" + "231"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def _everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _told(desk: Desk) -> dict[str, tuple[str, ...]]:
    rows = desk.landed("people", "record_id", "birth_date", "gender", "region")
    return {number: tuple(map(str, facts)) for number, *facts in rows}


def test_a_number_lands_as_a_digest_under_the_key_with_what_it_tells(desk):
    desk.bring("bank", COLUMNS, ("1", "安", ANN))
    digest = national_ids.keyed(ANN, project_key(desk.project.data / "key"))
    assert desk.landed("identifiers", "kind", "scope", "value") == [("resident_id", "CN", digest)]
    assert _told(desk) == {"1": ("1949-12-31", "female", "北京市")}
    assert ANN.encode() not in _everything(desk.project.data)


def test_what_the_source_says_itself_is_not_overruled(desk):
    columns = COLUMNS | {"Born": "people.birth_date"}
    desk.bring("bank", columns, ("1", "安", ANN, "1950-01-02"), ("2", "边", ANN, ""))
    assert {number: facts[0] for number, facts in _told(desk).items()} == {
        "1": "1950-01-02",
        "2": "1949-12-31",
    }


def test_a_number_whose_check_digit_fails_is_a_bad_cell_and_struck_out(desk):
    receipt = desk.bring("bank", COLUMNS, ("1", "安", WRONG))
    (reject,) = desk.rejects(receipt)
    assert (reject["column"], reject["value"], reject["whole"]) == ("ID", "11****", False)
    assert desk.landed("people", "name") == [("安",)]
    assert not desk.landed("identifiers", "value")


def test_a_rejected_row_does_not_keep_the_number_either(desk):
    columns = COLUMNS | {
        "Order": "orders.order_no",
        "Qty": "order_items.quantity",
        "Price": "order_items.price",
    }
    receipt = desk.bring("bank", columns, ("1", "安", ANN, "A1", "1", "dear"))
    assert [reject["column"] for reject in desk.rejects(receipt)] == ["Price"]
    assert ANN not in str(desk.rejects(receipt))


def test_the_numbers_of_fifteen_and_of_eighteen_digits_of_one_person_are_one(desk):
    long = national_ids.resident(OLD)
    desk.bring("bank", COLUMNS, ("1", "安", OLD), ("2", "安", long))
    assert len(set(desk.landed("identifiers", "value"))) == 1


def test_among_other_identity_numbers_those_of_residents_are_keyed_and_others_kept(desk):
    columns = COLUMNS | {"ID": "identifiers.national_id"}
    receipt = desk.bring("bank", columns, ("1", "安", ANN), ("2", "Bo", "E1234567"), ("3", "陈", WRONG))
    landed = desk.landed("identifiers", "record_id", "kind", "value")
    assert [row[:2] for row in landed] == [("1", "resident_id"), ("2", "national_id")]
    assert landed[0][2].startswith("hmac:")
    assert landed[1][2] == "E1234567"
    assert [reject["value"] for reject in desk.rejects(receipt)] == ["11****"]

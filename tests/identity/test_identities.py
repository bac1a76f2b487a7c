"""Customer ids: given once, kept for ever."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.identity.identifiers import identifiers
from shuke.identity.identities import customer_ids, identities
from shuke.identity.links import links
from tests.engine_fixtures import Row, Tables


class Register:
    """The ids that builds have issued so far, and the build after them."""

    def __init__(self, desk: Tables) -> None:
        self.desk = desk
        self.issued: list[Row] = []
        self.builds = 0

    def build(self, phones: dict[str, str]) -> dict[str, str]:
        """Who is whose: record number -> customer id. `phones` gives each record's phones."""
        self.identities, self.ids = self._made(phones)
        self.builds += 1
        self.issued += [
            {"customer_id": row["issued_id"], "record": row["record"], "build": self.builds}
            for row in self.ids
            if row["build"] is None
        ]
        return {row["record_id"]: row["customer_id"] for row in self.identities}

    def means(self, issued_id: str) -> str | None:
        """The customer whom an id means in the last build."""
        meant: str | None = next(row["customer_id"] for row in self.ids if row["issued_id"] == issued_id)
        return meant

    def _made(self, phones: dict[str, str]) -> tuple[list[Row], list[Row]]:
        desk: Any = self.desk
        people = desk.landed("people", [{"record_id": record} for record in phones])
        numbers = [
            {"record_id": record, "kind": "phone", "value": f"1380000{number}"}
            for record, held in phones.items()
            for number in held.split()
        ]
        issued = desk.landed("issued_ids", self.issued)
        joined = links(identifiers(desk.landed("identifiers", numbers), country="CN"))
        made = desk.engine.checkpoint(desk.made(identities, people, joined, issued))
        return desk.rows(made), desk.rows(desk.made(customer_ids, made, issued))


def test_records_that_share_a_number_are_one_customer_with_one_id(engine):
    register = Register(engine)
    whose = register.build({"1": "1001", "2": "1001 1002", "3": "1002", "4": "1003", "5": ""})
    assert whose["1"] == whose["2"] == whose["3"]
    assert len({whose["1"], whose["4"], whose["5"]}) == 3
    assert [(r["record"], r["founding"], r["records"]) for r in register.identities] == [
        ("till:1", True, 3), ("till:2", False, 3), ("till:3", False, 3),
        ("till:4", True, 1), ("till:5", True, 1),
    ]  # fmt: skip


def test_when_two_customers_merge_both_ids_mean_the_one(duckdb):
    register = Register(duckdb)
    whose = register.build({"1": "1001", "2": "1002", "3": ""})
    kept = min(whose["1"], whose["2"])  # of one age
    assert register.build({"1": "1001", "2": "1001 1002", "3": ""}) == whose | {"1": kept, "2": kept}
    assert [register.means(whose[number]) for number in "123"] == [kept, kept, whose["3"]]


def test_building_again_changes_no_id(duckdb):
    register = Register(duckdb)
    first = register.build({"1": "1001", "2": "1001", "3": ""})
    assert register.build({"3": "", "2": "1001", "1": "1001"}) == first
    assert all(row["build"] == 1 for row in register.ids)


def test_a_new_record_takes_the_id_that_is_there_even_if_its_own_number_is_less(duckdb):
    register = Register(duckdb)
    first = register.build({"5": "1001"})
    assert register.build({"5": "1001", "0": "1001"}) == {"5": first["5"], "0": first["5"]}


def test_of_two_merged_customers_the_older_id_stays(duckdb):
    register = Register(duckdb)
    old = register.build({"9": "1009"})["9"]
    young = register.build({"9": "1009", "1": "1001"})["1"]
    assert register.build({"9": "1009 1001", "1": "1001"}) == {"9": old, "1": old}
    assert (register.means(old), register.means(young)) == (old, old)


def test_a_split_leaves_the_id_with_the_founding_record(duckdb):
    register = Register(duckdb)
    one = register.build({"1": "1001", "2": "1001"})["1"]
    split = register.build({"1": "1001", "2": "1002"})
    assert split["1"] == one
    assert split["2"] != one
    assert register.means(one) == one
    again = register.build({"1": "1001", "2": "1002", "3": "1002"})
    assert again == split | {"3": split["2"]}


def test_customers_who_were_merged_and_part_again_have_their_own_ids_again(duckdb):
    register = Register(duckdb)
    apart = register.build({"1": "1001", "2": "1002"})
    register.build({"1": "1001", "2": "1001"})
    assert register.build({"1": "1001", "2": "1002"}) == apart


def test_an_id_whose_founding_record_is_gone_means_nobody_and_goes_to_nobody(duckdb):
    register = Register(duckdb)
    gone = register.build({"1": "1001", "2": "1001"})["1"]
    left = register.build({"2": "1001"})["2"]
    assert left != gone
    assert register.means(gone) is None
    assert register.build({"2": "1001", "3": ""})["3"] not in (gone, left)


PHONES = st.dictionaries(
    st.sampled_from("123456"), st.sets(st.sampled_from(["1001", "1002", "1003"])).map(" ".join), min_size=1
)


@settings(max_examples=12)  # three builds each
@given(st.lists(PHONES, min_size=2, max_size=4))
def test_every_id_means_the_holder_of_its_founding_record_whatever_happens(
    duckdb_engine, tmp_path_factory, history
):
    register = Register(Tables(duckdb_engine, tmp_path_factory.mktemp("ids")))
    for phones in history:
        whose = register.build(phones)
        founders = {row["customer_id"]: row["record"].removeprefix("till:") for row in register.issued}
        assert len(founders) == len(register.issued)  # none was issued twice
        assert {i: register.means(i) for i in founders} == {i: whose.get(r) for i, r in founders.items()}
        assert set(whose.values()) <= set(founders)

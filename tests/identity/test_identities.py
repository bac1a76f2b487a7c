"""Customer ids: given once, kept for ever."""

from hashlib import md5
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.identity.exact_matches import exact_matches
from shuke.identity.identities import customer_ids, identities
from shuke.identity.pseudonyms import Pseudonym
from tests import engine_fixtures
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, IDENTIFIERS, PAIRS, decided, held, pair, thresholds


class Register:
    """The ids that builds have issued so far, and the build after them."""

    def __init__(self, desk: Tables) -> None:
        self.desk = desk
        self.issued: list[Row] = []
        self.builds = 0

    def build(
        self, phones: dict[str, str], *, decisions: list[Row] | None = None, pairs: list[Row] | None = None
    ) -> dict[str, str]:
        """Who is whose: record number -> customer id. `phones` gives each record's phones."""
        self.identities, self.ids = self._made(phones, decisions or [], pairs or [])
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

    def _made(
        self, phones: dict[str, str], decisions: list[Row], pairs: list[Row]
    ) -> tuple[list[Row], list[Row]]:
        desk: Any = self.desk
        numbers = desk.of(
            IDENTIFIERS, [held(f"till:{r}", "phone", n) for r, said in phones.items() for n in said.split()]
        )
        said = desk.of(COMPARABLES, [{"record": f"till:{r}"} for r in phones])
        issued = desk.landed("issued_ids", self.issued)
        made = desk.engine.checkpoint(
            desk.made(
                identities, desk.landed("people", [{"record_id": r} for r in phones]), numbers, said,
                desk.made(exact_matches, numbers, said), desk.of(PAIRS, pairs), thresholds(desk),
                desk.landed("decisions", decisions), issued,
            )
        )  # fmt: skip
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


def test_an_id_that_can_be_made_of_a_guess_leads_to_one_that_cannot(engine):
    register = Register(engine)
    guessed = [f"C{md5(f'till:{n}'.encode()).hexdigest()[:16].upper()}" for n in "12"]
    register.issued = [
        {"customer_id": old, "record": f"till:{n}", "build": 1} for n, old in zip("12", guessed, strict=True)
    ]
    register.builds = 1
    whose = register.build({"1": "1001", "2": ""})
    assert [register.means(old) for old in guessed] == [whose["1"], whose["2"]]
    assert not {*whose.values()} & {*guessed}
    assert register.build({"1": "1001", "2": ""}) == whose


def test_with_another_key_everybody_has_another_id(duckdb, monkeypatch):
    first = Register(duckdb).build({"1": "1001", "2": ""})
    monkeypatch.setattr(engine_fixtures, "PSEUDONYM", Pseudonym.keyed(b"another key"))
    second = Register(duckdb).build({"1": "1001", "2": ""})
    assert not {*first.values()} & {*second.values()}


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


def test_a_pair_joins_from_the_threshold_of_its_kind_on(engine):
    register = Register(engine)
    found = [pair("till:1", "till:2", 0.95), pair("till:2", "till:3", 0.949)]
    whose = register.build(dict.fromkeys("123", ""), pairs=found)
    assert whose["1"] == whose["2"] != whose["3"]


def test_a_merge_and_its_undoing_leave_every_id_as_it_was(duckdb):
    register, phones = Register(duckdb), dict.fromkeys("123", "")
    apart = register.build(phones)
    merged = register.build(phones, decisions=decided(1, "same", "till:1 till:9", "till:2"))
    assert len(set(merged.values())) == 2 and merged["1"] == merged["2"]
    assert register.build(phones) == apart


def test_a_split_goes_through_certain_links_and_undoing_it_restores_the_customer(duckdb):
    register, phones = Register(duckdb), {"1": "1001", "2": "1001 1002", "3": "1002", "4": "1002"}
    one = register.build(phones)
    split = register.build(phones, decisions=decided(1, "split", "till:1 till:4", "till:2 till:3"))
    assert split["1"] == split["4"] == one["1"]
    assert split["2"] == split["3"] != one["1"]
    assert register.build(phones) == one
    assert register.means(split["2"]) == one["1"]


def test_the_newer_of_two_decisions_holds(duckdb):
    phones = {"1": "1001", "2": "1001"}
    never, same = decided(1, "different", "till:1", "till:2"), decided(2, "same", "till:1", "till:2")
    assert len(set(Register(duckdb).build(phones, decisions=never).values())) == 2
    assert len(set(Register(duckdb).build(phones, decisions=never + same).values())) == 1


PHONES = st.dictionaries(
    st.sampled_from("123456"), st.sets(st.sampled_from(["1001", "1002", "1003"])).map(" ".join), min_size=1
)
SIDES = st.permutations([f"till:{n}" for n in "123456"]).map(lambda r: (" ".join(r[:2]), " ".join(r[2:4])))
DECISIONS = st.lists(st.tuples(st.sampled_from(["same", "different", "split"]), SIDES), max_size=3)


@settings(max_examples=6)  # three builds each
@given(st.lists(st.tuples(PHONES, DECISIONS), min_size=2, max_size=4))
def test_every_id_means_the_holder_of_its_founding_record_whatever_happens(
    duckdb_engine, tmp_path_factory, history
):
    """Records come and go, merge and split; a decision that the next build does not find is undone."""
    register = Register(Tables(duckdb_engine, tmp_path_factory.mktemp("ids")))
    for phones, told in history:
        rows = [row for n, (verb, sides) in enumerate(told, start=1) for row in decided(n, verb, *sides)]
        whose = register.build(phones, decisions=rows)
        founders = {row["customer_id"]: row["record"].removeprefix("till:") for row in register.issued}
        assert len(founders) == len(register.issued)  # none was issued twice
        assert {i: register.means(i) for i in founders} == {i: whose.get(r) for i, r in founders.items()}
        assert set(whose.values()) <= set(founders)

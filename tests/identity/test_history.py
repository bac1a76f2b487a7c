"""What became of every customer id."""

from typing import Any

from shuke.identity.history import identity_history
from shuke.identity.identities import customer_ids, identities
from tests.engine_fixtures import Row, Tables


def told(
    desk: Tables,
    *,
    now: dict[str, str],
    ids: dict[str, tuple[str, int | None]],
    before: dict[str, str] | None = None,
    changes: list[Row] | None = None,
    decided: list[Row] | None = None,
) -> list[tuple[Any, ...]]:
    """(id, nth, event, was, becomes, why) beyond `issued`. `ids` are id -> (founding record, build)."""
    held = [{"record": r, "customer_id": c} for r, c in now.items()]
    earlier = [{"record": r, "customer_id": c} for r, c in (before or {}).items()]
    issued = [
        {"issued_id": name, "record": record, "build": build, "customer_id": now.get(record)}
        for name, (record, build) in ids.items()
    ]
    made = desk.made(
        identity_history, desk.derived(customer_ids, issued), desk.derived(identities, held),
        desk.derived(identities, earlier), desk.landed("id_changes", changes),
        desk.landed("decisions", decided),
    )  # fmt: skip
    columns = ("issued_id", "nth", "event", "was", "becomes", "why")
    return [tuple(row[c] for c in columns) for row in desk.rows(made) if row["nth"] > 1]


TWO: dict[str, tuple[str, int | None]] = {"A": ("1", 1), "B": ("2", 1)}
MERGED = {
    "issued_id": "B",
    "nth": 2,
    "build": 2,
    "event": "merged",
    "was": "B",
    "becomes": "A",
    "why": "evidence",
}
B_MERGED = ("B", 2, "merged", "B", "A", "evidence")


def test_a_customer_whose_id_was_made_without_the_key_has_it_renewed(engine):
    old, new = "C0123456789ABCDEF", "C0123456789ABCDEF0123"
    ids = {old: ("1", 1), new: ("1", None)}
    assert told(engine, now={"1": new}, ids=ids, before={"1": old}) == [
        (old, 2, "renewed", old, new, "evidence")
    ]


def test_every_id_was_issued_by_its_build_and_nothing_else_happened(engine):
    held = {"1": "A", "2": "B"}
    assert told(engine, now=held, ids=TWO, before=held) == []
    ids = engine.derived(customer_ids, [{"issued_id": "A", "record": "1", "build": 1, "customer_id": "A"}])
    nothing = engine.derived(identities, [])
    [row] = engine.rows(
        engine.made(
            identity_history, ids, nothing, nothing, engine.landed("id_changes"), engine.landed("decisions")
        )
    )
    assert (row["event"], row["was"], row["becomes"], row["build"]) == ("issued", None, "A", 1)


def test_an_id_that_merges_means_the_other_and_is_told_once(engine):
    held = {"1": "A", "2": "A"}
    assert told(engine, now=held, ids=TWO) == [B_MERGED]
    assert told(engine, now=held, ids=TWO, changes=[MERGED]) == [B_MERGED]


def test_an_id_that_comes_apart_again_is_revived(engine):
    again = told(engine, now={"1": "A", "2": "B"}, ids=TWO, changes=[MERGED])
    assert again == [B_MERGED, ("B", 3, "revived", "A", "B", "evidence")]


def test_an_id_issued_to_records_that_were_somebodys_is_split_off(duckdb):
    ids: dict[str, tuple[str, int | None]] = {"A": ("1", 1), "C": ("3", None)}
    held = {"1": "A", "3": "C"}
    assert told(duckdb, now=held, ids=ids, before={"1": "A", "3": "A"}) == [
        ("C", 2, "split", "A", "C", "evidence")
    ]
    assert told(duckdb, now=held, ids=ids) == []


def test_an_id_whose_record_is_gone_ends_and_may_come_back(duckdb):
    ended = {"issued_id": "B", "nth": 2, "build": 2, "event": "ended", "was": "B"}
    assert told(duckdb, now={"1": "A"}, ids=TWO) == [("B", 2, "ended", "B", None, "evidence")]
    assert told(duckdb, now={"1": "A"}, ids=TWO, changes=[ended]) == [("B", 2, "ended", "B", None, None)]
    back = told(duckdb, now={"1": "A", "2": "B"}, ids=TWO, changes=[ended])
    assert back[-1] == ("B", 3, "revived", None, "B", "evidence")


def test_a_decision_is_the_reason_where_it_says_so_of_the_two(duckdb):
    def side(verb: str, **records: str) -> list[Row]:
        return [{"decision": 1, "verb": verb, "side": side, "record": r} for side, r in records.items()]

    merged = {"1": "A", "2": "A"}
    assert told(duckdb, now=merged, ids=TWO, decided=side("same", left="1", right="2"))[0][-1] == "decision"
    assert (
        told(duckdb, now=merged, ids=TWO, decided=side("different", left="1", right="2"))[0][-1] == "evidence"
    )
    assert told(duckdb, now=merged, ids=TWO, decided=side("same", left="1", right="9"))[0][-1] == "evidence"
    apart = {"1": "A", "2": "B"}
    again = told(duckdb, now=apart, ids=TWO, changes=[MERGED], decided=side("split", left="2", right="1"))
    assert again[-1] == ("B", 3, "revived", "A", "B", "decision")

from collections import Counter
from hashlib import sha256

import ibis
import pytest

from shuke.engage.holdout import assign, held_out_of_all, standing, uniform
from shuke.identity.identities import customer_ids
from tests.engine_fixtures import Row, Tables

ENTRANTS = ibis.schema({"customer_id": "string", "stratum": "string"})
ASSIGNED = ibis.schema(
    {"customer_id": "string", "stratum": "string", "arm": "string", "moment": "timestamp(6)"}
)
NOBODY: list[Row] = []


def people(count, stratum="all", first=0):
    return [{"customer_id": f"C{n:05d}", "stratum": stratum} for n in range(first, first + count)]


def arms(
    desk: Tables, entrants, assigned=NOBODY, *, held=NOBODY, salt="spring", share=0.05
) -> dict[str, str]:
    found = assign(
        desk.of(ENTRANTS, entrants), desk.of(ASSIGNED, assigned),
        global_holdout=desk.of(ibis.schema({"customer_id": "string"}), held), salt=salt, share=share,
    )  # fmt: skip
    return {row["customer_id"]: row["arm"] for row in desk.rows(found, "customer_id", "arm")}


def assigned(entrants, found):
    return [{**row, "arm": found[row["customer_id"]], "moment": "2026-05-01"} for row in entrants]


def control(found) -> set[str]:
    return {customer for customer, arm in found.items() if arm == "control"}


def test_every_stratum_holds_out_its_share_and_both_engines_the_same(engine):
    found = arms(engine, people(1000, "loyal") + people(40, "vip", 1000) + people(10, None, 2000))
    by = Counter("loyal" if c < "C01000" else "vip" if c < "C02000" else "none" for c in control(found))
    assert (by["loyal"], by["vip"]) == (50, 2) and by["none"] in (0, 1)
    assert sorted(control(found))[:3] == ["C00005", "C00018", "C00025"]


def test_who_enters_later_moves_nobody_and_goes_on_where_the_counting_stopped(duckdb):
    first = people(130)
    found = arms(duckdb, first)
    later = people(270, first=130)
    then = arms(duckdb, later, assigned(first, found))
    assert set(then) == {row["customer_id"] for row in later}
    assert len(control(found)) in (6, 7) and len(control(found)) + len(control(then)) == 20


def test_one_at_a_time_comes_to_the_same_share(duckdb):
    so_far: list[Row] = []
    for entrant in people(60):
        so_far += assigned([entrant], arms(duckdb, [entrant], so_far, share=0.1))
    assert sum(row["arm"] == "control" for row in so_far) == 6


def test_another_campaign_holds_out_others(duckdb):
    spring = control(arms(duckdb, people(1000), share=0.2))
    autumn = control(arms(duckdb, people(1000), share=0.2, salt="autumn"))
    assert len(spring) == len(autumn) == 200
    assert 15 < len(spring & autumn) < 70  # forty by chance


@pytest.mark.parametrize("stratum", ["a", "b", "c"])
def test_the_only_one_of_a_stratum_is_held_out_as_often_as_anybody(duckdb, stratum):
    lone = [{"customer_id": f"C{n}", "stratum": f"{stratum}{n}"} for n in range(2000)]
    assert abs(len(control(arms(duckdb, lone))) - 100) < 45


def test_those_held_out_of_all_are_in_neither_arm(engine):
    everyone = people(400)
    table = engine.of(ENTRANTS, everyone)
    held = engine.rows(held_out_of_all(table, salt="2026", share=0.1))
    assert 15 < len(held) < 70
    found = arms(engine, everyone, held=held)
    assert {c for c, arm in found.items() if arm == "global"} == {row["customer_id"] for row in held}
    assert len(control(found)) in range(int((400 - len(held)) * 0.05), int((400 - len(held)) * 0.05) + 2)


def test_a_larger_global_share_keeps_whom_it_had(duckdb):
    table = duckdb.of(ENTRANTS, people(500))
    small, large = (
        {row["customer_id"] for row in duckdb.rows(held_out_of_all(table, salt="2026", share=share))}
        for share in (0.05, 0.2)
    )
    assert small < large


def test_the_arm_follows_a_merge_and_the_earlier_assignment_wins(engine):
    ids = [
        {"issued_id": "C1", "customer_id": "C1"}, {"issued_id": "C2", "customer_id": "C1"},
        {"issued_id": "C3", "customer_id": "C1"}, {"issued_id": "C4", "customer_id": "C4"},
        {"issued_id": "C5", "customer_id": None},
    ]  # fmt: skip
    rows = [
        {"customer_id": "C1", "arm": "treated", "stratum": "new", "moment": "2026-05-03"},
        {"customer_id": "C2", "arm": "control", "stratum": "vip", "moment": "2026-05-01"},
        {"customer_id": "C3", "arm": "control", "stratum": "new", "moment": "2026-05-02"},
        {"customer_id": "C4", "arm": "treated", "stratum": "new", "moment": "2026-05-03"},
        {"customer_id": "C5", "arm": "treated", "stratum": "new", "moment": "2026-05-03"},
    ]
    found = standing(engine.of(ASSIGNED, rows), engine.derived(customer_ids, ids))
    told = engine.rows(found, "customer_id", "arm", "stratum", "contaminated")
    assert [tuple(row.values()) for row in told] == [
        ("C1", "control", "vip", True), ("C4", "treated", "new", False),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "spring", "春节 ·", "a" * 300])
def test_a_text_alone_decides_its_number(duckdb, text):
    table = duckdb.of(ibis.schema({"text": "string"}), [{"text": text}])
    (row,) = duckdb.rows(table.select(number=uniform(table.text)))
    assert row["number"] == int(sha256(text.encode()).hexdigest()[:8], 16) / 2**32

from datetime import date, timedelta

import numpy as np

from shuke.analyses.contact_cadence import cadence_sentence, contact_cadence, fifths_bars
from shuke.analyses.contact_effect import contact_effect, effect_dots, effect_sentence, matched_effect
from shuke.analyses.contacts import contact_bars, contact_sentence, contacts
from shuke.analyses.own_contacts import contacted_sentence, own_contacts
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def test_what_the_company_began_is_kept_and_who_was_held_out_is_not(engine):
    calls = [
        {"key": "1", "interaction_id": "1", "record_id": "A1", "at": "2026-05-01T02:00",
         "direction": "Outbound ", "department": "Sales"},
        {"key": "2", "interaction_id": "2", "record_id": "A1", "at": "2026-05-01T02:00",
         "direction": "inbound"},
        {"key": "3", "interaction_id": "3", "record_id": "A1", "at": "2026-05-01T02:00"},
        {"key": "4", "interaction_id": "4", "record_id": "A1", "at": "2026-07-01T02:00", "direction": "呼出"},
    ]  # fmt: skip
    touches = [
        {"key": f"t{n}", "touch_id": str(n), "record_id": "B1", "at": "2026-05-02T00:00", **more}
        for n, more in enumerate([{"group": "treated"}, {"group": "control"}, {"status": "Bounced"}, {}])
    ]  # fmt: skip
    table = engine.made(
        own_contacts, engine.landed("interactions", calls), engine.landed("touches", touches),
        engine.identities(anna="A1", bert="B1"), as_of=AS_OF, zone="UTC",
    )  # fmt: skip
    found = {r["contact_id"]: (r["customer_id"], r["origin"]) for r in engine.rows(engine.checkpoint(table))}
    assert found == {"1": ("anna", "talk"), "t0": ("bert", "message"), "t3": ("bert", "message")}


def contact(n: int, who: str, day: str | date, **further: object) -> Row:
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return {
        "contact_id": f"{n:05}",
        "customer_id": who,
        "day": when,
        "origin": "talk",
        "channel": "phone",
    } | further


def test_the_best_whom_nobody_calls_are_named_and_who_is_called_too_often(engine):
    bought = [sold(f"c{n}", "2026-05-01", 10 * (n + 1)) for n in range(10)]
    made = [
        *(contact(n, "c0", "2026-06-20") for n in range(5)), contact(9, "c9", "2026-06-01"),
        contact(10, "c8", "2025-11-01"), contact(11, "c8", "2025-10-02"),
    ]  # fmt: skip
    table = engine.made(
        contact_cadence, engine.derived(own_contacts, made), written(engine, bought), as_of=AS_OF
    )
    found = {r["customer_id"]: r for r in engine.rows(engine.checkpoint(table))}
    told = {who: row["verdict"] for who, row in found.items() if row["verdict"] != "right"}
    assert told == {"c8": "too_little", "c0": "too_much"}
    assert (found["c8"]["gap_days"], found["c8"]["neglected"], found["c8"]["fifth"]) == (30, 90, 5)
    assert found["c1"]["contacts"] == 0 and found["c1"]["last_contact"] is None


def test_a_purchase_counts_for_who_called_before_it(engine):
    made = [
        contact(1, "a", "2026-05-01", staff_id="S1"), contact(2, "b", "2026-05-01", staff_id="S1"),
        contact(3, "a", "2026-06-20", staff_id="S2"), contact(4, "a", "2024-01-01", staff_id="S3"),
    ]  # fmt: skip
    bought = [sold("a", "2026-05-20", 5), sold("b", "2026-05-01", 5), sold("b", "2026-07-30", 5)]
    table = engine.made(contacts, engine.derived(own_contacts, made), written(engine, bought), as_of=AS_OF)
    found = {(r["by"], r["value"]): r for r in engine.rows(engine.checkpoint(table))}
    assert {v for by, v in found if by == "staff_id"} == {"S1", "S2"}
    one, other = found["staff_id", "S1"], found["staff_id", "S2"]
    assert (one["followed"], one["bought"], one["share"]) == (2, 1, 0.5)
    assert (other["followed"], other["share"]) == (0, None) and found["department", ""]["contacts"] == 3


def company(effect: float, customers: int = 400, seed: int = 3) -> tuple[list[Row], list[Row]]:
    """Who buys often is called often; a call makes so many more buy within the month after."""
    rng = np.random.default_rng(seed)
    bought, made, n = [], [], 0
    for who in range(customers):
        keen = who % 2 == 0
        for month in range(18):
            first = date(2025, 1, 1) + timedelta(days=30 * month)
            called = rng.random() < (0.3 if keen else 0.1)
            if called:
                n += 1
                made.append(contact(n, f"c{who}", first.replace(day=10)))
            if rng.random() < (0.5 if keen else 0.1):
                bought.append(sold(f"c{who}", first.replace(day=5), 10))
            if called and rng.random() < effect:
                bought.append(sold(f"c{who}", first.replace(day=10) + timedelta(days=35), 10))
    return bought, made


def effect_of(desk: Tables, bought: list[Row], made: list[Row]):
    table = desk.made(contact_effect, desk.derived(own_contacts, made), written(desk, bought), as_of=AS_OF)
    return desk.checkpoint(table)


def test_where_contact_brings_nothing_matching_says_so_though_the_plain_difference_is_large(duckdb):
    frame = effect_of(duckdb, *company(0.0)).to_pandas().set_index("channel")
    row = frame.loc["all"]
    assert row.naive > 0.1 and abs(row.effect) < row.naive / 3
    assert "between" in effect_sentence(frame.reset_index()).en and effect_dots(frame.reset_index()).to_dict()


def test_where_contact_brings_something_it_is_found(engine):
    bought, made = company(0.6, customers=120)
    found = {row["channel"]: row for row in engine.rows(effect_of(engine, bought, made))}
    assert found["all"]["low"] > 0 and found.keys() == {"all", "phone"}
    assert found["all"]["matched"] <= found["all"]["contacted"]


def test_the_interval_covers_what_is_true():
    rng, runs = np.random.default_rng(8), 2000
    n, m = np.array([30, 40, 60]), np.array([200, 90, 80])
    q, true = np.array([0.1, 0.3, 0.5]), 0.1
    covered = 0
    for _ in range(runs):
        told = matched_effect(n, m, rng.binomial(n, q + true), rng.binomial(m, q))
        covered += told["low"] <= true <= told["high"]
    assert abs(covered / runs - 0.95) <= 3.29 * np.sqrt(0.05 * 0.95 / runs)


def test_without_contacts_there_is_a_plain_reason(duckdb):
    none = duckdb.derived(own_contacts, [])
    bought = written(duckdb, [sold("a", "2026-05-01", 10)])
    assert "No contact" in contacted_sentence(none).en
    told = duckdb.made(contacts, none, bought, as_of=AS_OF).to_pandas()
    assert told.empty and "No contact" in contact_sentence(told).en and contact_bars(told).to_dict()
    cadence = duckdb.checkpoint(duckdb.made(contact_cadence, none, bought, as_of=AS_OF))
    assert {row["verdict"] for row in duckdb.rows(cadence)} == {"unknown"}
    assert "No contact" in cadence_sentence(cadence).en and fifths_bars(cadence).to_dict()
    effect = effect_of(duckdb, [sold("a", "2026-05-01", 10)], []).to_pandas()
    assert effect.empty and "Too few" in effect_sentence(effect).en and effect_dots(effect).to_dict()

import json
from datetime import date, datetime, timedelta

from shuke.alerts.consent_expiry import consent_expiry
from shuke.dealings.purchases import purchases
from shuke.profiles.consent_states import consent_states
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
#: Consents from so many days before stand for so many days more: valid for two years.
TWO_YEARS = 730


def consent(who: str, left: int | None, *, channel: str = "email", granted: bool = True) -> Row:
    day = None if left is None else AS_OF - timedelta(days=TWO_YEARS - left)
    since = None if day is None else datetime(day.year, day.month, day.day, 9)  # noqa: DTZ001 - UTC, as stored
    return {
        "customer_id": who, "purpose": "marketing", "channel": channel, "granted": granted, "since": since
    }  # fmt: skip


def found(desk: Tables, *told: Row, **asked: float) -> dict[str, Row]:
    sold = [{"customer_id": "anna", "kind": "goods", "day": AS_OF, "amount": 80}]
    made = desk.made(
        consent_expiry, desk.derived(consent_states, [*told]), desk.derived(purchases, sold), as_of=AS_OF,
        zone="Asia/Shanghai", **asked,
    )  # fmt: skip
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def test_a_wave_of_consents_that_grow_old_is_one_warning_with_what_they_spend(engine):
    rows = found(
        engine,
        consent("anna", 20), consent("bert", 30), consent("cleo", 31), consent("dora", -1),
        consent("emil", 5, granted=False), consent("fred", None), consent("anna", 400, channel="sms"),
    )  # fmt: skip
    assert set(rows) == {"marketing email"}
    row = rows["marketing email"]
    assert (row["subject_kind"], row["severity"], row["at_stake"]) == ("consent", "high", 80)
    assert row["since"] == AS_OF - timedelta(days=10)
    assert row["evidence"] == {
        "customers": 2, "of": 3, "first": str(AS_OF + timedelta(days=20)), "wave_percent": 67
    }  # fmt: skip


def test_consents_that_stand_for_ever_or_of_a_few_are_no_warning(engine):
    many = [consent(f"c{n}", 400) for n in range(9)]
    assert not found(engine, *many, consent("anna", 20), valid_days=0)
    assert not found(engine, *many, consent("anna", 20), min_share=0.2)
    assert set(found(engine, *many, consent("anna", 20), min_share=0.1)) == {"marketing email"}

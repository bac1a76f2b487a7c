import json
from datetime import date

from shuke.alerts.contract_end import contract_end
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def found(desk: Tables, contracts: list[Row], **whose: str) -> dict[str, Row]:
    rates = [{"currency": "EUR", "day": "2026-01-01", "rate": 8}]
    made = desk.made(
        contract_end, desk.landed("contracts", contracts), desk.landed("exchange_rates", rates),
        desk.identities(**whose), as_of=AS_OF, currency="CNY",
    )  # fmt: skip
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def contract(who: str, ends: str | None, **more: str | int) -> Row:
    return {"record_id": who, "starts": "2025-07-01", "ends": ends, "monthly_fee": 10, **more}


def test_a_contract_that_ends_with_nothing_to_follow_is_found_with_the_fees_of_a_year(engine):
    rows = found(
        engine,
        [
            contract("a", "2026-07-15"), contract("b", "2026-07-15"), contract("b", "2027-07-15"),
            contract("c", "2027-01-01", cancelled="2026-07-20", currency="EUR"), contract("d", "2026-08-15"),
            contract("e", "2026-06-10"), contract("f", "2026-05-10"), contract("g", None),
        ],
        anna="a", bert="b", cleo="c", dora="d", emil="e", fred="f", gina="g",
    )  # fmt: skip
    told = {who: (row["since"], row["severity"], row["at_stake"]) for who, row in rows.items()}
    assert told == {
        "anna": (date(2026, 6, 15), "medium", 120), "cleo": (date(2026, 6, 20), "high", 960),
        "emil": (date(2026, 5, 11), "medium", 120),
    }  # fmt: skip
    assert rows["anna"]["evidence"] == {
        "ends": "2026-07-15", "contracts": 1, "monthly_fee": 10.0, "cancelled": None
    }  # fmt: skip

"""On which activity was something spent?"""

from datetime import UTC, date, datetime

import pytest

from shuke.dealings.expense_items import expense_items
from shuke.identity.identities import identities
from tests.engine_fixtures import Tables


def activity(desk: Tables, *centres: str) -> list[str]:
    spent = [
        {"expense_id": f"E{n}", "at": datetime(2026, 6, 1, tzinfo=UTC), "amount": 1, "currency": "GBP",
         "cost_centre": centre} for n, centre in enumerate(centres)
    ]  # fmt: skip
    table = desk.made(
        expense_items, desk.landed("expenses", spent), desk.landed("exchange_rates", []),
        desk.derived(identities, []), as_of=date(2026, 7, 1), currency="GBP",
    )  # fmt: skip
    told = {row["cost_centre"]: row["activity"] for row in desk.rows(table)}
    return [told[centre] for centre in centres]


@pytest.mark.parametrize(
    ("named", "centres"),
    [
        (
            "service",
            ["Customer Service", "Service", "服务", "Technical customer support", "客服外包", "售后维修"],
        ),
        ("marketing", ["Werbung", "Marketing & PR", "市场推广"]),
        ("logistics", ["Freight out", "Paketversand", "顺丰快递"]),
        ("credit", ["Bad debts", "Factoring fees", "坏账准备"]),
    ],
)
def test_a_cost_centre_is_of_the_activity_that_its_name_says(duckdb, named: str, centres: list[str]):
    assert set(activity(duckdb, *centres)) == {named}


def test_what_serves_the_house_and_not_its_customers_is_of_no_activity(duckdb):
    overheads = [
        "IT services", "Facility services", "Cleaning service", "Service vehicles", "Support staff canteen",
        "Stamp collection", "Card fees (credit)", "设备维修", "云服务器", "Rent", "信用卡手续费",
    ]  # fmt: skip
    assert set(activity(duckdb, *overheads)) == {"other"}

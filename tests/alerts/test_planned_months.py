"""What is planned for each month stands beside what came of it, and what it was a year before."""

from datetime import date
from typing import Any

from shuke.alerts.planned_months import planned_months
from shuke.dealings.expense_items import expense_items
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 15)
MAY, JUNE, LATER = date(2026, 5, 1), date(2026, 6, 1), date(2027, 6, 1)


def months(
    desk: Tables, *, plans: list[Row], budgets: list[Row], lines: list[Row], costs: list[Row], **whose: str
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    who, told = desk.identities(**whose), {"as_of": AS_OF, "currency": "CNY"}
    spent = desk.made(
        expense_items, desk.landed("expenses", costs), desk.landed("exchange_rates", []), who, **told
    )
    made = desk.made(
        planned_months, desk.landed("plans", plans), desk.landed("budgets", budgets), spent,
        written(desk, lines), desk.landed("order_items", []), desk.landed("orders", []), who, **told,
    )  # fmt: skip
    return {
        (row["kind"], row["subject"], row["month"]): (row["planned"], row["actual"], row["last_year"])
        for row in desk.rows(made)
    }


def test_plans_and_budgets_stand_beside_their_months_and_the_year_before(engine):
    found = months(
        engine,
        plans=[
            {"period": "2026-06-01", "region": "Kent", "amount": 90},
            {"period": "2026-05-01", "amount": 500},
        ],
        budgets=[{"period": "2026-06-01", "cost_centre": "ads", "amount": 40}],
        lines=[
            sold("anna", "2025-06-30", 70, region="Kent"), sold("anna", "2026-06-02", 30, region="Kent"),
            sold("ben", "2026-06-03", -5, region="Kent"), sold("ben", "2026-06-03", 8, region="York"),
            sold("ben", "2026-06-20", 999, region="Kent"),
        ],
        costs=[{"at": "2026-06-01", "cost_centre": "ads", "amount": 12}],
    )  # fmt: skip
    assert found["plans", "region:Kent", JUNE] == (90, 25, 70)
    assert found["plans", "region:York", JUNE] == (None, 8, None)
    assert found["plans", "company", JUNE] == (None, 33, 70)
    assert found["plans", "company", MAY] == (500, None, None)
    assert found["plans", "region:York", LATER] == (None, None, 8)
    assert found["budgets", "cost_centre:ads", JUNE] == (40, 12, None)
    assert not [subject for _, subject, _ in found if subject in {"anna", "ben"}]  # nobody plans for them

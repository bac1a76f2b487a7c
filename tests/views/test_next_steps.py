"""What should be done for a customer now?"""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from shuke.languages import speaking
from shuke.views import next_steps
from shuke.views.dossier import Dossier

TODAY = date(2026, 3, 5)
CALM: dict[str, Any] = {
    "status": "active",
    "contract_ends": None,
    "reason": "Bought 3 days ago",
    "reason_zh": "3 天前购买",
}
AT_RISK: dict[str, Any] = {
    "status": "overdue", "value_at_risk": Decimal(460),
    "reason": "Silent for 70 days", "reason_zh": "已沉默 70 天",
}  # fmt: skip


def advised(**tables: list[dict[str, Any]]) -> list[next_steps.NextStep]:
    """What is advised for a customer of whom these tables of a build tell so much."""
    manifest = SimpleNamespace(as_of=TODAY, currency="GBP")
    opened = SimpleNamespace(
        build=SimpleNamespace(manifest=manifest), reader=SimpleNamespace(tables=set(tables))
    )
    rows = {name: pa.Table.from_pylist(told) for name, told in tables.items()}
    return [*next_steps.of(Dossier(opened, "C1", rows))]  # type: ignore[arg-type]


def test_a_complaint_that_waits_comes_first_with_the_day_since_when():
    days = [date(2026, 2, 1), date(2026, 1, 7), date(2025, 1, 1)]
    complaints = [{"day": day, "waiting": day.year == 2026} for day in days]
    first, second = advised(keep_list=[AT_RISK], complaints=complaints)
    assert (first.what, first.why) == ("Answer their complaint", "waiting since 7 Jan 2026")
    assert (second.what, second.why) == (
        "Get in touch before they leave",
        "£460.00 at risk: Silent for 70 days",
    )


def test_who_is_overdue_is_to_be_spoken_to_once_whether_or_not_they_are_worth_most():
    overdue = CALM | {"status": "overdue"}
    assert [step.table for step in advised(lifecycle=[overdue], keep_list=[AT_RISK])] == ["keep_list"]
    assert [step.table for step in advised(lifecycle=[overdue], keep_list=[])] == ["lifecycle"]


def test_a_contract_is_talked_about_in_its_last_ninety_days():
    def whys(ends: date) -> list[str | None]:
        return [step.why for step in advised(lifecycle=[CALM | {"contract_ends": ends}])]

    assert whys(date(2026, 6, 3)) == ["it ends on 3 Jun 2026"]
    assert whys(date(2026, 6, 4)) == [] and whys(date(2026, 3, 4)) == []


def test_at_most_three_replacements_are_named_those_that_are_longest_due_first():
    replacements = [
        {"level": "product", "item": f"P{day}", "product_name": None, "times": 2}
        | {"due_on": date(2026, 2, day), "overdue": day != 1}
        for day in (9, 7, 5, 3, 1)
    ]  # fmt: skip
    steps = advised(replacements=replacements)
    assert [step.what for step in steps] == ["Remind them of P3", "Remind them of P5", "Remind them of P7"]
    assert steps[0].why == "due since 3 Feb 2026, bought 2 times"


def test_products_are_suggested_by_name_in_the_readers_language():
    products = [
        {"rank": rank, "product_id": f"P{rank}", "product_name": f"Tea {rank}"} for rank in (4, 2, 1, 3)
    ]
    with speaking("en"):
        assert [step.what for step in advised(recommendations=products)] == ["Suggest Tea 1, Tea 2 and Tea 3"]
    with speaking("zh"):
        assert [step.what for step in advised(recommendations=products)] == ["推荐：Tea 1、Tea 2和Tea 3"]


def test_of_a_customer_who_needs_nothing_nothing_is_advised():
    assert advised() == advised(complaints=[], lifecycle=[CALM], keep_list=[], next_purchase=[]) == []

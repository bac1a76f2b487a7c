"""What is owed, for how long, when was each invoice paid, and when will the open ones be?"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.expected_payments import by_week, coming_in, expected_payments, paid_when_expected
from shuke.analyses.receivables import BUCKETS, ages, receivables, who_owes
from shuke.dealings.invoice_settlements import invoice_settlements
from shuke.dealings.receivable_entries import receivable_entries
from shuke.errors import NotEnoughData
from shuke.languages import Language, speaking
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def bill(number: str, amount: Any, issued: str, due: str | None = None, who: str = "A", **more: Any) -> Row:
    return {"invoice_no": number, "record_id": who, "amount": amount, "issued": issued, "due": due, **more}


def pay(number: str, amount: Any, at: str | None, invoice: str | None = None, **more: Any) -> Row:
    return {"payment_no": number, "amount": amount, "paid_at": at, "invoice_no": invoice, **more}


def entries(desk: Tables, invoices: list[Row], payments: list[Row]) -> ir.Table:
    rates = desk.landed("exchange_rates", [{"currency": "EUR", "day": "2026-01-01", "rate": 8}])
    return desk.made(
        receivable_entries, desk.landed("invoices", invoices), desk.landed("payments", payments), rates,
        desk.identities(anna="A", bert="B"), currency="CNY", zone="UTC",
    )  # fmt: skip


def settled(desk: Tables, invoices: list[Row], payments: list[Row]) -> ir.Table:
    return desk.made(invoice_settlements, entries(desk, invoices, payments), as_of=AS_OF)


def owed(
    desk: Tables, invoices: list[Row], payments: list[Row], said: list[Row] | None = None
) -> tuple[ir.Table, dict[tuple[str, str], Row]]:
    table = desk.made(
        receivables, entries(desk, invoices, payments), settled(desk, invoices, payments),
        desk.landed("interactions", said), desk.identities(anna="A", bert="B"), as_of=AS_OF, zone="UTC",
    )  # fmt: skip
    return table, {(row["customer_id"], row["currency"]): row for row in desk.rows(table)}


INVOICES = [
    bill("1", 100, "2026-01-01", "2026-01-31"), bill("2", 200, "2026-02-01", "2026-03-03"),
    bill("3", 50, "2026-04-01", "2026-05-31"), bill("4", 80, "2026-06-01", "2026-07-15"),
    bill("5", -30, "2026-05-10"), bill("6", 40, "2026-05-01", "2026-06-20", who="B"),
    bill("7", 10, "2026-06-01", "2026-06-25", who="B", currency="EUR"),
]  # fmt: skip
PAYMENTS = [
    pay("a", 60, "2026-01-20", "1"), pay("b", 40, "2026-02-10", "1"),  # in parts, ten days late
    pay("c", 150, "2026-03-10", "2"),  # a part
    pay("d", 40, "2026-04-05", record_id="A"),  # names none: the oldest
    pay("e", 5, "2026-06-28", "7", currency="EUR"), pay("f", 9, "2026-06-28", "6", status="failed"),
]  # fmt: skip


def test_each_invoice_is_open_or_was_paid_on_its_day_whatever_paid_it(engine):
    rows = {r["invoice"]: r for r in engine.rows(settled(engine, INVOICES, PAYMENTS))}
    found = {
        name.removeprefix("till:"): (row["open_amount"], row["settled_on"], row["days_late"])
        for name, row in rows.items()
    }
    assert found == {
        "1": (0, date(2026, 2, 10), 10),
        "2": (0, date(2026, 5, 10), 68),  # 150 by name, 40 by the advance, 10 by the credit note
        "3": (30, None, 30),  # 20 by the rest of the credit note
        "4": (80, None, -15),
        "6": (40, None, 10),
        "7": (5, None, 5),
    }


def test_a_customer_owes_what_is_open_by_age_and_habit(engine):
    said = [
        {"interaction_id": "1", "record_id": "B", "at": "2026-06-02", "text": "There is an INVOICE ERROR"},
        {"interaction_id": "2", "record_id": "B", "at": "2026-06-03", "text": "账单有误", "status": "已解决"},
    ]
    table, found = owed(engine, INVOICES, PAYMENTS, said)
    anna, bert, euro = found["anna", "CNY"], found["bert", "CNY"], found["bert", "EUR"]
    assert [anna[name] for name in ("balance", *BUCKETS, "unused")] == [110, 80, 30, 0, 0, 0, 0]
    assert (anna["oldest_due"], anna["paid_invoices"], anna["on_time"]) == (date(2026, 5, 31), 2, 0.0)
    assert (anna["mean_days_late"], anna["disputes"], bert["disputes"]) == (39, 0, 1)
    assert anna["dso"] == pytest.approx(110 / 50 * 90)  # of 90 days: 80 and a credit note of 30
    assert (bert["balance"], bert["overdue_30"], euro["balance"], euro["overdue_30"]) == (40, 40, 5, 5)
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        with speaking(language):
            ages(table).to_dict()
    assert who_owes(table).en == (
        "CN¥150 are open with 2 customers; 47% of it is overdue, 0% for more than 90 days."
    )


def test_who_has_paid_ahead_has_a_credit_and_who_has_paid_owes_nothing(duckdb):
    _, found = owed(duckdb, [bill("1", 10, "2026-06-01")], [pay("a", 25, "2026-06-02", record_id="A")])
    row = found["anna", "CNY"]
    assert (row["balance"], row["unused"], row["not_due"], row["dso"]) == (-15, 15, 0, None)
    table, _ = owed(duckdb, [bill("1", 10, "2026-06-01")], [pay("a", 10, None, "1")])
    assert who_owes(table).en == "Every invoice is paid."
    nothing, _ = owed(duckdb, [], [])
    assert who_owes(nothing).en == "Nobody owes anything."


_CENTS = st.integers(-5000, 9000).filter(bool).map(lambda cents: Decimal(cents) / 100)
_DAYS = st.none() | st.integers(0, 200).map(lambda n: AS_OF - timedelta(days=n))
_WHO = st.sampled_from(["A", "B"])


@settings(max_examples=25)
@given(
    st.lists(st.tuples(_WHO, _CENTS, _DAYS, _DAYS), max_size=8),
    st.lists(st.tuples(_WHO, _CENTS, _DAYS, st.none() | st.integers(0, 9)), max_size=8),
)
def test_receivables_are_invoices_less_payments(duckdb_engine, tmp_path_factory, billed, paid):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("owed"))
    invoices = [
        {"invoice_no": str(n), "record_id": who, "amount": amount, "issued": day, "due": due}
        for n, (who, amount, day, due) in enumerate(billed)
    ]
    payments = [
        pay(str(n), amount, day and day.isoformat(), None if invoice is None else str(invoice), record_id=who)
        for n, (who, amount, day, invoice) in enumerate(paid)
    ]
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for who, amount, *_ in billed:
        expected[who] += amount
    for who, amount, _, invoice in paid:
        expected[billed[invoice][0] if invoice is not None and invoice < len(billed) else who] -= amount
    _, found = owed(desk, invoices, payments)
    names = {"A": "anna", "B": "bert"}
    assert {who: row["balance"] for (who, _), row in found.items()} == {
        names[who]: amount for who, amount in expected.items()
    }
    for row in found.values():
        assert sum(row[name] for name in BUCKETS) - row["unused"] == row["balance"]
        assert all(row[name] >= 0 for name in BUCKETS)


def history(late: list[int], open_due: str = "2026-06-20") -> tuple[list[Row], list[Row]]:
    """Invoices of Anna that were paid so many days late, and one that is open."""
    due = date(2026, 3, 1)
    invoices = [bill(str(n), 10, "2026-02-01", due.isoformat()) for n in range(len(late))]
    payments = [pay(str(n), 10, (due + timedelta(days=d)).isoformat(), str(n)) for n, d in enumerate(late)]
    return [*invoices, bill("open", 7, "2026-05-20", open_due)], payments


def test_an_open_invoice_is_expected_by_how_late_others_were_that_waited_as_long(engine):
    invoices, payments = history([0, 5, 12, 14, 20, 26, 30])
    (row,) = engine.rows(engine.made(expected_payments, settled(engine, invoices, payments)))
    # Ten days late already: of 12, 14, 20, 26 and 30 days the middle one is expected.
    assert (row["expected"], row["earliest"], row["latest"]) == (
        date(2026, 7, 10), date(2026, 7, 2), date(2026, 7, 20)
    )  # fmt: skip
    assert (row["basis"], row["paid_invoices"], row["days_late"]) == ("own", 5, 10)


def test_without_a_habit_of_their_own_that_of_all_is_taken_or_nothing_is_expected(duckdb):
    invoices, payments = history([12] * 20)
    other = [bill("new", 3, "2026-05-01", "2026-06-25", who="B"), bill("old", 3, "2025-01-01", who="B")]
    table = duckdb.made(expected_payments, settled(duckdb, [*invoices, *other], payments))
    rows = {row["invoice"]: row for row in duckdb.rows(table)}
    assert (rows["till:new"]["basis"], rows["till:new"]["expected"]) == ("all", date(2026, 7, 7))
    assert (rows["till:old"]["basis"], rows["till:old"]["expected"]) == ("none", None)
    with speaking("zh"):
        by_week(table).to_dict()
    told = coming_in(table.to_pandas()).en
    assert told.startswith(
        "CN¥13 are open on 3 invoices; half of what can be expected should be in by 2 July"
    )
    assert coming_in(table.to_pandas().iloc[:0]).en == "No invoice is open."
    few = duckdb.made(expected_payments, settled(duckdb, other, []))
    assert "too few were ever paid" in coming_in(few.to_pandas()).en


def test_the_expected_day_is_graded_by_what_came(duckdb):
    invoices, payments = history([0, 5, 12, 14, 20, 26, 30])
    told = duckdb.made(expected_payments, settled(duckdb, invoices, payments))
    came = [{"invoice": "till:open", "customer_id": "anna", "settled_on": "2026-07-12"}]
    later = duckdb.derived(invoice_settlements, came)
    grade = paid_when_expected(told, later, at=AS_OF, until=date(2026, 9, 28))
    assert [(m.name, m.value, m.naive) for m in grade.measures] == [("mae_days", 2, 12), ("within", 1, 0.8)]
    with pytest.raises(NotEnoughData):
        paid_when_expected(told, duckdb.derived(invoice_settlements, []), at=AS_OF, until=AS_OF)

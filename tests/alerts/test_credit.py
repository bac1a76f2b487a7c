"""Who owes how much against which limit, and who is warned of?"""

import json
from datetime import date
from typing import Any

import pytest

from shuke.alerts.credit import credit
from shuke.alerts.credit_currency import credit_currency
from shuke.alerts.credit_exposure import credit_exposure
from shuke.dealings.receivable_entries import receivable_entries
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
TOLD: dict[str, Any] = {"as_of": AS_OF, "currency": "CNY", "zone": "Asia/Shanghai"}


def exposed(desk: Tables, *, default: float = 0.0, lines: list[Row] | None = None, **landed: Any) -> Any:
    """The exposure of what landed; `whose` says which records are one customer's."""
    whose = landed.pop("whose")
    names = ("invoices", "credit_limits", "exchange_rates", "organisation_parents", "orders")
    tables = [desk.landed(name, landed.get(name, [])) for name in names]
    who = desk.identities(**whose)
    payments = desk.landed("payments", landed.get("payments", []))
    told = {name: TOLD[name] for name in ("currency", "zone")}
    entries = desk.made(receivable_entries, tables[0], payments, tables[2], who, **told)
    return desk.made(
        credit_exposure, entries, *tables, written(desk, lines or []), who,
        default_limit=default, **TOLD,
    )  # fmt: skip


def found(
    desk: Tables, rule: Any = credit, *, before: list[Row] | None = None, **landed: Any
) -> dict[str, Row]:
    exposure = exposed(desk, **landed)
    earlier = [desk.derived(credit, before or [])] if rule is credit else []
    asked = {"as_of": AS_OF} if rule is credit else {}
    rows = desk.rows(desk.made(rule, exposure, *earlier, **asked))
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in rows}


def bill(number: str, record: str, amount: float, issued: str | None = "2026-05-01", **more: Any) -> Row:
    return {"invoice_no": number, "record_id": record, "amount": amount, "issued": issued, **more}


def pay(number: str, amount: float, invoice: str | None = None, at: str = "2026-05-10", **more: Any) -> Row:
    return {"payment_no": number, "amount": amount, "invoice_no": invoice, "paid_at": at, **more}


def limit(record: str, amount: float, starts: str | None = None, **more: str) -> Row:
    return {"record_id": record, "limit": amount, "starts": starts, **more}


def test_red_above_the_limit_amber_from_four_fifths_with_what_is_open(engine):
    rows = found(
        engine,
        invoices=[
            bill("1", "a", 900), bill("2", "a", 150, "2026-05-20"), bill("3", "b", 1000), bill("4", "c", 790),
            bill("5", "d", 700), bill("6", "d2", 700), bill("7", "e", 5000), bill("8", "nobody", 9999),
            bill("9", "h", 1, None),
        ],
        payments=[
            pay("1", 50, "1"), pay("2", 1, record_id="c"),
            pay("3", 50, "5", record_id="b"),  # whoever pays, it is the invoice that is settled
        ],
        credit_limits=[
            limit("a", 900), limit("b", 1000), limit("c", 1000), limit("d", 600), limit("d2", 200),
            limit("h", 0, "2026-01-01"), limit("nobody", 1),
        ],
        whose={"anna": "a", "bert": "b", "cleo": "c", "dora": "d d2", "emil": "e", "hans": "h"},
    )  # fmt: skip
    assert {who: (row["since"], row["severity"], row["at_stake"]) for who, row in rows.items()} == {
        "anna": (date(2026, 5, 20), "high", 1000), "bert": (date(2026, 5, 1), "medium", 1000),
        "dora": (date(2026, 5, 1), "high", 1350), "hans": (date(2026, 1, 1), "high", 1),
    }  # fmt: skip
    told = rows["dora"]["evidence"]
    assert (told["exposure"], told["limit"], told["used_percent"]) == (1350.0, 800.0, 169)
    assert rows["hans"]["evidence"]["used_percent"] is None


def test_part_payments_credit_notes_advances_and_money_paid_back_count(duckdb):
    [row] = duckdb.rows(
        exposed(
            duckdb,
            invoices=[bill("1", "a", 1000), bill("2", "a", -200)],
            payments=[
                pay("1", 300, "1"), pay("2", 100, record_id="a"), pay("3", 40, "1", direction="back"),
                pay("4", 500, "1", status="failed"), pay("5", 70, record_id="a", direction="out"),
                pay("6", 60, "1", refunded=50),
            ],
            whose={"anna": "a"},
        )
    )  # fmt: skip
    assert row["exposure"] == row["invoiced"] == 1000 - 200 - 300 - 100 + 40 - 10
    assert row["limit"] is None and row["limit_of"] == "none"


def test_a_limit_is_measured_in_its_own_currency_at_the_rate_of_the_day(engine):
    rates = [
        {"currency": code, "day": day, "rate": rate}
        for code, day, rate in (
            ("EUR", "2026-05-01", 9), ("EUR", "2026-06-01", 8), ("USD", "2026-01-01", 4),
            ("USD", "2026-07-09", 1),
        )
    ]  # fmt: skip
    rows = found(
        engine,
        invoices=[
            bill("1", "a", 100, currency="EUR"), bill("2", "b", 800), bill("3", "b", 50, currency="USD"),
            bill("4", "c", 10, currency="GBP"),
        ],
        payments=[pay("1", 450, "1", currency="CNY")],  # of the tenth of May, when a euro was nine
        credit_limits=[limit("a", 390), limit("b", 120, currency="EUR"), limit("c", 1)],
        exchange_rates=rates, whose={"anna": "a", "bert": "b", "cleo": "c"},
    )  # fmt: skip
    told = {who: (row["evidence"]["exposure"], row["at_stake"], row["severity"]) for who, row in rows.items()}
    assert told == {"anna": (400.0, 400, "high"), "bert": (125.0, 1000, "high")}


def test_of_several_limits_each_counts_for_its_currency_and_the_worst_is_told(duckdb):
    rows = found(
        duckdb,
        invoices=[bill("1", "i", 300, currency="EUR"), bill("2", "i", 600, currency="USD")],
        credit_limits=[limit("i", 250, currency="EUR"), limit("i", 300, currency="USD")],
        whose={"ivan": "i"},
    )
    assert rows["ivan"]["evidence"]["currency"] == "USD"
    assert rows["ivan"]["at_stake"] is None  # there is no rate


def test_branches_without_a_limit_count_with_the_organisation_above_and_others_by_default(engine):
    family = [{"record_id": low, "parent_record_id": high} for low, high in ("ab", "bc", "dc")]
    rows = engine.rows(
        exposed(
            engine, default=50,
            invoices=[bill(n, n, 100) for n in "abcdx"],
            credit_limits=[limit("c", 250), limit("d", 500)],
            organisation_parents=[*family, {"record_id": "c", "parent_record_id": "c"}],
            whose={"a": "a", "b": "b", "c": "c", "d": "d", "x": "x"},
        ),
        "customer_id", "exposure", "limit", "limit_of", "customers",
    )  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        ("c", 300, 250, "parent", 3), ("d", 100, 500, "own", 1), ("x", 100, 50, "default", 1)
    ]  # fmt: skip


def version(status: str | None, when: str, **more: str) -> Row:
    told = {"order_no": "O1", "record_id": "a", "ordered_at": "2026-05-02", "collected_at": when}
    return told | {"status": status} | more


LINES = [sold("anna", "2026-05-02", 500, order_id="till:O1", currency="CNY", stated_amount=500)]
NAMES_ORDERS = bill("7", "z", 10, order_no="O9")
OTHER = {"order_no": "O9", "record_id": "z", "ordered_at": "2026-05-01", "status": "paid"}


@pytest.mark.parametrize(
    "history",
    [
        [version("Delivered", "2026-05-05")],
        [version("Delivered", "2026-05-05"), version("closed", "2026-06-01")],
        [version("Delivered", "2026-05-05"), version("已关闭", "2026-06-01"), version("open", "2026-06-20")],
        [version("已签收", "2026-05-05"), version("changed", "2026-06-28")],
    ],
)
def test_what_was_delivered_counts_however_its_order_is_changed_closed_or_reopened(duckdb, history):
    rows = found(
        duckdb, invoices=[NAMES_ORDERS], orders=[*history, OTHER], lines=LINES,
        credit_limits=[limit("a", 400)], whose={"anna": "a", "zoe": "z"},
    )  # fmt: skip
    assert rows["anna"]["since"] == date(2026, 5, 5)
    assert (rows["anna"]["evidence"]["delivered"], rows["anna"]["severity"]) == (500.0, "high")


def test_what_is_invoiced_paid_or_not_delivered_is_not_counted_twice_or_too_early(duckdb):
    def left(*history: Row, invoices: tuple[Row, ...] = (NAMES_ORDERS,)) -> list[int]:
        told = exposed(
            duckdb, invoices=[*invoices], orders=[*history, OTHER], lines=LINES,
            whose={"anna": "a", "zoe": "z"},
        )  # fmt: skip
        return [row["delivered"] for row in duckdb.rows(told) if row["customer_id"] == "anna"]

    assert left(version("new", "2026-05-03")) == []
    assert left(version("delivered", "2026-05-03"), version("paid", "2026-05-09")) == []
    assert left(version("delivered", "2026-05-03"), invoices=()) == []  # nobody there buys on account
    part = bill("8", "a", 300, order_no="O1")
    assert left(version("delivered", "2026-05-03"), invoices=(NAMES_ORDERS, part)) == [200]


def test_overdue_is_what_is_left_of_the_oldest_invoices_by_age(duckdb):
    ages = [
        ("1", "2026-06-30"),
        ("2", "2026-06-20"),
        ("3", "2026-05-01"),
        ("4", "2026-04-10"),
        ("5", "2026-01-01"),
    ]
    [row] = duckdb.rows(
        exposed(
            duckdb,
            invoices=[*(bill(n, "a", 100, "2025-12-01", due=due) for n, due in ages), bill("6", "a", -30)],
            payments=[pay("1", 50, "2"), pay("2", 40, record_id="a")],
            whose={"anna": "a"},
        )
    )
    late = [row[name] for name in ("overdue_30", "overdue_60", "overdue_90", "overdue_more")]
    assert late == [50, 100, 100, 30] and row["exposure"] == 380


def test_who_will_cross_the_limit_within_thirty_days_at_their_pace_is_told_before(duckdb):
    def pace(*days: str, of: float) -> dict[str, Row]:
        bills = [bill(str(n), "a", of, day) for n, day in enumerate(days)]
        return found(duckdb, invoices=bills, credit_limits=[limit("a", 1000)], whose={"anna": "a"})

    steady = pace("2026-04-05", "2026-04-25", "2026-05-15", "2026-06-05", "2026-06-25", of=151)
    assert (steady["anna"]["severity"], steady["anna"]["evidence"]["days_left"]) == ("low", 30)
    assert pace("2026-06-25", of=750) == {}  # one large bill is no rhythm
    assert pace("2026-04-05", "2026-04-06", "2026-04-07", of=250) == {}  # nor is what has stopped


def test_who_comes_back_a_little_below_the_edge_stays_found_until_it_is_far_enough(duckdb):
    def at(open_: float, **more: Any) -> dict[str, Row]:
        bills = [bill("1", "a", open_)]
        return found(duckdb, invoices=bills, credit_limits=[limit("a", 1000)], whose={"anna": "a"}, **more)

    before = [{"rule": "credit", "subject": "anna", "since": "2026-06-03"}]
    assert at(780) == {} and at(740, before=before) == {}
    assert at(780, before=before)["anna"]["since"] == date(2026, 6, 3)


def test_the_limit_is_the_newest_that_is_in_force_and_holds_from_its_day(duckdb):
    limits = [limit("a", 50, None), limit("a", 500, "2026-01-01"), limit("a", 80, "2026-06-29")]
    later = limit("a", 9999, "2026-07-01")
    told: dict[str, Any] = {"invoices": [bill("1", "a", 100)], "whose": {"anna": "a"}}
    row = found(duckdb, credit_limits=[*limits, later], **told)["anna"]
    assert (row["evidence"]["limit"], row["since"]) == (80, date(2026, 6, 29))
    assert found(duckdb, credit_limits=[*limits[:2], later], **told) == {}


def test_it_holds_since_the_exposure_last_rose_above_the_limit(duckdb):
    bills = [
        bill("1", "a", 150, "2026-01-05"),
        bill("2", "a", 150, "2026-03-05"),
        bill("3", "a", 9, "2026-04-01"),
    ]
    paid = [pay("1", 150, "1", "2026-02-01T20:00")]
    told: dict[str, Any] = {"credit_limits": [limit("a", 100)], "whose": {"anna": "a"}}
    assert found(duckdb, invoices=bills, payments=paid, **told)["anna"]["since"] == date(2026, 3, 5)
    assert found(duckdb, invoices=bills, **told)["anna"]["since"] == date(2026, 1, 5)


def test_a_payment_settles_the_invoice_of_another_source_unless_several_have_its_number(duckdb):
    bills = [
        bill("1", "a", 1000), bill("2", "b", 1000), bill("2", "c", 50) | {"source": "other"},
        bill("3", "d", 1000), bill("4", "d", -900),
    ]  # fmt: skip
    paid = [pay(n, 950, n) | {"source": "bank"} for n in "12"]
    limits = [limit(who, 500) for who in "abd"]
    told = found(
        duckdb, invoices=bills, payments=paid, credit_limits=limits,
        whose={"anna": "a", "bert": "b", "dora": "d"},
    )  # fmt: skip
    assert set(told) == {"bert"}


def test_what_is_owed_in_a_currency_without_a_rate_is_said(duckdb):
    rows = found(
        duckdb, credit_currency,
        invoices=[
            bill("1", "a", 900, currency="EUR"), bill("2", "a", 50), bill("3", "b", 900, currency="EUR"),
            bill("4", "c", 70, "2026-04-02", currency="USD"), bill("5", "c", 70, currency="eur"),
            bill("6", "d", 70, currency="EUR"),
        ],
        payments=[pay("1", 70, "6")],
        credit_limits=[limit("a", 100), limit("c", 100, currency="EUR"), limit("d", 100)],
        whose={"anna": "a", "bert": "b", "cleo": "c", "dora": "d"},
    )  # fmt: skip
    assert {who: row["evidence"] for who, row in rows.items()} == {
        "anna": {"open": 900.0, "currency": "EUR"}, "cleo": {"open": 70.0, "currency": "USD"},
    }  # fmt: skip
    assert rows["cleo"]["since"] == date(2026, 4, 2)

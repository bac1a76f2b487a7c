import json
from datetime import date

from shuke.alerts.credit import credit
from shuke.alerts.credit_currency import credit_currency
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def found(
    desk: Tables, invoices: list[Row], payments: list[Row], limits: list[Row], *, rule=credit, **whose: str
) -> dict[str, Row]:
    made = desk.made(
        rule, desk.landed("invoices", invoices), desk.landed("payments", payments),
        desk.landed("credit_limits", limits), desk.identities(**whose),
        as_of=AS_OF, currency="CNY", zone="Asia/Shanghai",
    )  # fmt: skip
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def bill(number: str, record: str, amount: float, issued: str | None = "2026-05-01", **further: str) -> Row:
    return {"invoice_no": number, "record_id": record, "amount": amount, "issued": issued, **further}


def limit(record: str, amount: float, starts: str | None = None, **further: str) -> Row:
    return {"record_id": record, "limit": amount, "starts": starts, **further}


def test_who_owes_more_than_their_limit_is_found_with_what_is_open(engine):
    rows = found(
        engine,
        [
            bill("1", "a", 900), bill("2", "a", 150, "2026-05-20"), bill("3", "b", 1000),
            bill("4", "c", 1001), bill("5", "d", 700), bill("6", "d2", 700), bill("7", "e", 5000),
            bill("8", "f", 10, currency="EUR"),
            bill("9", "g", 10, currency="CNY"), bill("10", "h", 1, None), bill("11", "nobody", 9999),
            bill("12", "i", 300, currency="EUR"), bill("13", "i", 600, currency="USD"),
        ],
        [
            {"payment_no": "1", "invoice_no": "1", "amount": 50, "paid_at": "2026-05-10"},
            {"payment_no": "2", "record_id": "c", "amount": 1, "paid_at": "2026-05-10"},
            # whoever pays, it is the invoice that is settled
            {"payment_no": "3", "invoice_no": "5", "record_id": "b", "amount": 50, "paid_at": "2026-05-10"},
        ],
        [
            limit("a", 900), limit("b", 1000), limit("c", 1000), limit("d", 600), limit("d2", 200),
            limit("f", 5), limit("g", 5, currency="CNY"), limit("h", 0, "2026-01-01"), limit("nobody", 1),
            limit("i", 250, currency="EUR"), limit("i", 300, "2026-01-01", currency="USD"),
        ],
        anna="a", bert="b", cleo="c", dora="d d2", emil="e", fred="f", gina="g", hans="h", ivan="i",
    )  # fmt: skip
    assert {who: (row["since"], row["severity"], row["evidence"]["open"]) for who, row in rows.items()} == {
        "anna": (date(2026, 5, 20), "high", 1000.0), "dora": (date(2026, 5, 1), "high", 1350.0),
        "gina": (date(2026, 5, 1), "high", 10.0), "hans": (date(2026, 1, 1), "high", 1.0),
        "ivan": (date(2026, 5, 1), "high", 600.0),
    }  # fmt: skip
    assert rows["dora"]["evidence"] == {"open": 1350.0, "limit": 800.0, "currency": "CNY"}
    assert (rows["ivan"]["evidence"]["currency"], rows["anna"]["rule"]) == ("USD", "credit")


def test_a_little_over_the_limit_is_less_grave(duckdb):
    rows = found(
        duckdb,
        [bill("1", "a", 109.99), bill("2", "b", 110)],
        [],
        [limit("a", 100), limit("b", 100)],
        anna="a",
        bert="b",
    )
    assert {who: row["severity"] for who, row in rows.items()} == {"anna": "medium", "bert": "high"}


def test_the_limit_is_the_newest_that_is_in_force(duckdb):
    limits = [limit("a", 50, None), limit("a", 500, "2026-01-01"), limit("a", 80, "2026-06-30")]
    later = limit("a", 9999, "2026-07-01")
    assert (
        found(duckdb, [bill("1", "a", 100)], [], [*limits, later], anna="a")["anna"]["evidence"]["limit"]
        == 80
    )
    assert found(duckdb, [bill("1", "a", 100)], [], [*limits[:2], later], anna="a") == {}


def test_it_holds_since_the_balance_last_rose_above_the_limit(duckdb):
    invoices = [
        bill("1", "a", 150, "2026-01-05"),
        bill("2", "a", 150, "2026-03-05"),
        bill("3", "a", 10, "2026-04-01"),
    ]
    paid = [{"payment_no": "1", "invoice_no": "1", "amount": 150, "paid_at": "2026-02-01T20:00"}]
    assert found(duckdb, invoices, paid, [limit("a", 100)], anna="a")["anna"]["since"] == date(2026, 3, 5)
    assert found(duckdb, invoices, [], [limit("a", 100)], anna="a")["anna"]["since"] == date(2026, 1, 5)


def test_a_limit_that_was_lowered_is_exceeded_since_that_day(duckdb):
    rows = found(duckdb, [bill("1", "a", 150)], [], [limit("a", 100, "2026-06-01")], anna="a")
    assert rows["anna"]["since"] == date(2026, 6, 1)


def test_two_records_of_one_customer_owe_and_may_owe_together(duckdb):
    invoices, limits = [bill("1", "a", 150), bill("2", "b", 20)], [limit("a", 100), limit("b", 100)]
    assert set(found(duckdb, invoices, [], limits, anna="a", bert="b")) == {"anna"}
    assert found(duckdb, invoices, [], limits, anna="a b") == {}


def test_a_payment_settles_the_invoice_of_another_source_unless_several_have_its_number(duckdb):
    bills = [
        bill("1", "a", 1000), bill("2", "b", 1000), bill("2", "c", 50) | {"source": "other"},
        bill("3", "d", 1000), bill("4", "d", -900),
    ]  # fmt: skip
    paid = [
        {"payment_no": n, "invoice_no": n, "amount": 950, "paid_at": "2026-05-10", "source": "bank"}
        for n in "12"
    ]
    limits = [limit(who, 500) for who in "abd"]
    assert set(found(duckdb, bills, paid, limits, anna="a", bert="b", dora="d")) == {"bert"}


def test_an_older_row_whose_code_was_not_read_counts_with_the_others(duckdb):
    (row,) = found(duckdb, [bill("1", "a", 100, currency="cny")], [], [limit("a", 50)], anna="a").values()
    assert row["evidence"]["currency"] == "CNY"


def test_what_is_owed_in_a_currency_that_no_limit_speaks_of_is_said(engine):
    invoices = [
        bill("1", "a", 900, currency="EUR"), bill("2", "a", 50), bill("3", "b", 900, currency="EUR"),
        bill("4", "c", 70, "2026-04-02", currency="USD"), bill("5", "c", 70, currency="EUR"),
        bill("6", "d", 70, currency="EUR"),
    ]  # fmt: skip
    paid = [{"payment_no": "1", "invoice_no": "6", "amount": 70, "paid_at": "2026-05-10"}]
    limits = [limit("a", 100), limit("c", 100, currency="EUR"), limit("d", 100)]
    whose = {"anna": "a", "bert": "b", "cleo": "c", "dora": "d"}
    rows = found(engine, invoices, paid, limits, rule=credit_currency, **whose)
    assert {who: row["evidence"] for who, row in rows.items()} == {
        "anna": {"open": 900.0, "currency": "EUR"}, "cleo": {"open": 70.0, "currency": "USD"},
    }  # fmt: skip
    assert rows["cleo"]["since"] == date(2026, 4, 2)

from datetime import date

from shuke.alerts.credit import credit
from shuke.analyses.eligibility import ending, owing

AS_OF = date(2026, 6, 30)


def debtors(desk, invoices, payments, findings=()):
    beyond = [{"rule": "credit", "subject": who, "severity": "high"} for who in findings]
    tables = desk.derived(credit, [*beyond, {"rule": "credit", "subject": "near", "severity": "medium"}])
    found = owing(
        tables, desk.landed("invoices", invoices), desk.landed("payments", payments),
        desk.identities(anna="1", bert="2", cleo="3"), as_of=AS_OF,
    )  # fmt: skip
    return [row["customer_id"] for row in desk.rows(found)]


def invoice(number, who, amount, due="2026-05-01", **further):
    return {"invoice_no": number, "record_id": who, "amount": amount, "due": due, **further}


def test_who_is_beyond_the_limit_or_has_let_an_invoice_pass_may_not_buy_on_credit(engine):
    invoices = [
        invoice("1", "1", 100),
        invoice("2", "2", 100),
        invoice("3", "3", 100, due="2026-06-30"),
    ]
    paid = [{"payment_no": "1", "invoice_no": "1", "record_id": "1", "amount": 100}]
    assert debtors(engine, invoices, paid, findings=["dora"]) == ["bert", "dora"]


def test_a_payment_that_names_no_invoice_counts_for_the_customer(duckdb):
    loose = [{"payment_no": "1", "record_id": "1", "amount": 150}]
    two = [invoice("1", "1", 100), invoice("2", "1", 50)]
    assert debtors(duckdb, two, loose) == []
    assert debtors(duckdb, [*two, invoice("3", "1", 1)], loose) == ["anna"]


def test_what_was_paid_too_much_on_one_invoice_pays_no_other(duckdb):
    paid = [{"payment_no": "1", "invoice_no": "1", "record_id": "1", "amount": 500}]
    assert debtors(duckdb, [invoice("1", "1", 100), invoice("2", "1", 50)], paid) == ["anna"]


def test_a_payment_in_the_banks_file_settles_the_invoice_of_the_books(duckdb):
    paid = [{"payment_no": "1", "invoice_no": "1", "amount": 100, "source": "bank"}]
    assert debtors(duckdb, [invoice("1", "1", 100)], paid) == []
    twice = [invoice("1", "1", 100), invoice("1", "2", 100) | {"source": "other"}]
    assert "anna" in debtors(duckdb, twice, paid), (
        "of two invoices of that number nobody knows which is meant"
    )


def test_the_first_contract_to_end_counts_unless_it_is_cancelled(duckdb):
    contracts = [
        {"contract_no": "a", "record_id": "1", "ends": "2026-09-01"},
        {"contract_no": "b", "record_id": "1", "ends": "2026-07-15"},
        {"contract_no": "c", "record_id": "1", "ends": "2026-07-01", "cancelled": "2026-05-01"},
        {"contract_no": "d", "record_id": "2", "ends": "2027-01-01"},
        {"contract_no": "e", "record_id": "3", "ends": "2026-06-29"},
    ]
    people = duckdb.identities(anna="1", bert="2", cleo="3")
    found = duckdb.rows(ending(duckdb.landed("contracts", contracts), people, as_of=AS_OF, days=90))
    assert found == [{"customer_id": "anna", "contract_ends": date(2026, 7, 15)}]

from tests.collect.desk import INVOICE, Desk

TEA = ("1001", "2026-11-02 10:15", "TEA", "Tea", 2, "4.50")
CUP = ("1001", "2026-11-02 10:15", "CUP", "Cup", 1, "7.00")
POT = ("1002", "2026-11-03 16:40", "POT", "Tea pot", 1, "39.90")


def _customers(desk: Desk) -> list[str | None]:
    return [record for (record,) in desk.now("order_items", "record_id")]


def test_who_is_known_by_a_phone_alone_is_one_person_however_it_is_written(desk: Desk) -> None:
    columns = {header: to for header, to in INVOICE.items() if header != "Customer"} | {
        "Phone": "identifiers.phone"
    }  # fmt: skip
    desk.bring("till", columns, (*TEA, "07700 900123"), (*POT, "+44 7700 900123"))
    [(record,)] = desk.now("people", "record_id")
    assert "900123" not in record
    assert set(_customers(desk)) == {record}


def test_records_without_any_number_are_known_by_what_they_say(desk: Desk) -> None:
    guests = {"Name": "people.name", "City": "people.city", "Likes": "people.interest"}
    rows = [("Ann Lee", "Leeds", "tea"), ("Ann Lee", "York", "tea"), ("Bob Ray", "Leeds", "")]
    assert desk.bring("fair", guests, *rows).loaded == 3
    assert desk.bring("fair", guests, *reversed(rows)).loaded == 0
    assert len(desk.now("people", "record_id", "name", "city")) == 3


def _who(desk: Desk) -> list[str]:
    return [name for _, name in desk.now("people", "record_id", "name")]


def test_people_who_share_a_company_a_phone_or_a_mailbox_are_each_a_record(desk: Desk) -> None:
    contacts = {
        "Name": "people.name", "Company": "people.organisation", "Tel": "identifiers.phone",
        "Mail": "identifiers.email",
    }  # fmt: skip
    rows = [
        ("Ann Lee", "Acme Ltd", "0113 496 0000", "info@acme.example"),
        ("Bob Ray", "Acme Ltd", "0113 496 0000", "info@acme.example"),
        ("Carl Fox", "Acme Ltd", "", ""),
    ]
    assert desk.bring("fair", contacts, *rows).loaded == 3
    assert sorted(_who(desk)) == ["Ann Lee", "Bob Ray", "Carl Fox"]
    again = desk.bring("fair", contacts, *reversed(rows))
    assert (again.loaded, again.unchanged) == (0, 3)
    moved = desk.bring("fair", contacts, *rows[:2], ("Carl Fox", "Beta Ltd", "", ""))
    assert (moved.loaded, moved.unchanged) == (1, 2)
    assert sorted(_who(desk)) == ["Ann Lee", "Bob Ray", "Carl Fox", "Carl Fox"]


def test_rows_of_people_exactly_alike_are_two_rows_and_no_repeat_of_one_another(desk: Desk) -> None:
    guests = {"Name": "people.name", "City": "people.city", "Badge": "further"}
    receipt = desk.bring("fair", guests, *[("Ann Lee", "Leeds", "red")] * 2, ("Bob", "York", "red"))
    assert (receipt.loaded, receipt.unchanged) == (3, 0)
    assert len({record for (record,) in desk.now("people", "record_id")}) == 3
    same = desk.bring("fair", guests, ("Bob", "York", "red"), *[("Ann Lee", "Leeds", "red")] * 2)
    assert (same.loaded, same.unchanged) == (0, 3)
    more = desk.bring("fair", guests, *[("Ann Lee", "Leeds", "red")] * 3)
    assert (more.loaded, more.unchanged) == (1, 2)


def test_a_list_of_addresses_alone_is_people_and_a_row_that_says_nobody_is_none(desk: Desk) -> None:
    receipt = desk.bring(
        "news", {"email": "identifiers.email", "Seen": "further"},
        ("ann@example.com", "1"), ("", "2"), ("bob@example.com", "3"),
    )  # fmt: skip
    assert receipt.tables == {"people": 2, "identifiers": 2}


def test_what_is_soon_another_makes_nobody_another(desk: Desk) -> None:
    members = {"Name": "people.name", "City": "people.city", "Age": "people.age", "Plan": "people.plan"}
    desk.bring("fair", members, ("Ann Lee", "Leeds", 41, "kettle"))
    assert desk.bring("fair", members, ("Ann Lee", "Leeds", 42, "pot")).loaded == 1
    assert desk.now("people", "name", "age", "plan") == [("Ann Lee", 42, "pot")]


def test_colleagues_who_order_under_one_address_are_as_many_as_their_names(desk: Desk) -> None:
    columns = {header: to for header, to in INVOICE.items() if header != "Customer"} | {
        "Mail": "identifiers.email", "Name": "people.name"
    }  # fmt: skip
    desk.bring(
        "web", columns,
        (*TEA, "info@acme.example", "Ann Lee"), (*POT, "Info@acme.example", "Bob Ray"),
        (*CUP, "info@acme.example", "ANN  LEE"),
    )  # fmt: skip
    assert len(set(_customers(desk))) == 2
    assert {name for (name,) in desk.now("people", "name")} >= {"Bob Ray"}

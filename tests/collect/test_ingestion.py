import random
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.collect.shapes import described
from shuke.errors import ShukeError, Unreadable, UnsureMapping, WrongCall
from tests.collect.desk import INVOICE, Cell, Desk, open_desk

TEA = ("1001", "2026-11-02 10:15", "TEA", "Tea", 2, "4.50", "C1")
CUP = ("1001", "2026-11-02 10:15", "CUP", "Cup", 1, "7.00", "C1")
POT = ("1002", "2026-11-03 16:40", "POT", "Tea pot", 1, "39.90", "")


def _lines(desk: Desk) -> list[tuple[object, ...]]:
    return desk.now("order_items", "order_no", "product_id", "quantity", "price", "record_id")


def test_invoice_lines_feed_lines_orders_products_and_people_at_once(desk: Desk) -> None:
    receipt = desk.bring("till", INVOICE, TEA, CUP, POT)
    assert (receipt.read, receipt.loaded, receipt.unchanged, receipt.rejected) == (3, 3, 0, 0)
    assert receipt.tables == {"order_items": 3, "orders": 2, "products": 3, "people": 1}
    assert _lines(desk) == [
        ("1001", "CUP", Decimal(1), Decimal("7.00"), "C1"),
        ("1001", "TEA", Decimal(2), Decimal("4.50"), "C1"),
        ("1002", "POT", Decimal(1), Decimal("39.90"), None),
    ]
    assert desk.now("orders", "order_no", "record_id") == [("1001", "C1"), ("1002", None)]
    assert desk.now("products", "product_id", "name") == [("CUP", "Cup"), ("POT", "Tea pot"), ("TEA", "Tea")]
    assert desk.now("people", "record_id") == [("C1",)]


def test_a_time_without_a_zone_is_that_of_the_shop_and_is_kept_in_utc(desk: Desk) -> None:
    desk.bring("till", INVOICE, ("1", "2026-07-01 00:30", "TEA", "Tea", 1, "4.50", ""))
    assert [str(at) for (at,) in desk.now("order_items", "ordered_at")] == ["2026-06-30 23:30:00"]


def test_every_landed_row_says_whence_and_when_it_came(desk: Desk) -> None:
    receipt = desk.bring("till", INVOICE, TEA, POT)
    rows = desk.landed("order_items", "source", "batch_id", "row", "received_at", "revises", "withdrawn")
    moment = receipt.received_at.replace(tzinfo=None)
    assert rows == [("till", receipt.batch, number, moment, False, False) for number in (2, 3)]


def test_the_same_file_twice_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.means("till", INVOICE)
    path = desk.write("till.csv", list(INVOICE), TEA, TEA, CUP, POT)
    first, again = desk.take("till", path), desk.take("till", path)
    assert first.loaded == 4
    assert (again.read, again.loaded, again.unchanged, again.tables) == (4, 0, 4, {})
    assert again.digests == first.digests
    assert desk.project.landing.files("order_items") == [
        desk.project.landing.folder / first.batch / "order_items.1.parquet"
    ]


def test_exact_repeats_within_a_file_are_real_lines_and_are_kept(desk: Desk) -> None:
    desk.bring("till", INVOICE, TEA, TEA, TEA, POT)
    assert len(_lines(desk)) == 4
    more = desk.bring("till", INVOICE, TEA, TEA, TEA, TEA, POT)
    assert (more.loaded, more.unchanged) == (1, 4)
    assert len(_lines(desk)) == 5


def test_several_files_of_one_command_are_one_batch_and_see_one_another(desk: Desk) -> None:
    desk.means("till", INVOICE)
    receipt = desk.take(
        "till",
        desk.write("november.csv", list(INVOICE), TEA, CUP),
        desk.write("november-again.csv", list(INVOICE), CUP, TEA, POT),
    )
    assert (receipt.read, receipt.loaded, receipt.unchanged) == (5, 3, 2)
    assert receipt.files == ("november.csv", "november-again.csv")
    assert len(desk.project.landing.receipts()) == 1
    assert len(_lines(desk)) == 3


def test_a_source_does_not_see_the_lines_of_another(desk: Desk) -> None:
    desk.bring("till", INVOICE, TEA)
    assert desk.bring("web", INVOICE, TEA).loaded == 1
    assert desk.now("order_items", "source", "order_no") == [("till", "1001"), ("web", "1001")]
    assert desk.now("products", "product_id") == [("TEA",)]  # a code means one thing in every source


def test_overlapping_exports_with_other_column_names_count_each_line_once(desk: Desk) -> None:
    other = {
        "单号": "orders.order_no", "客户号": "people.record_id", "单价": "order_items.price",
        "数量": "order_items.quantity", "商品": "products.product_id", "时间": "orders.ordered_at",
    }  # fmt: skip
    desk.bring("till", INVOICE, TEA, CUP)
    receipt = desk.bring(
        "till", other,
        ("1002", "", "£39.90", "1", "POT", "2026年11月3日 16:40"),
        ("1001", "C1", "4.5", "2.0", "TEA", "2026/11/02 10:15:00"),
    )  # fmt: skip
    assert (receipt.loaded, receipt.unchanged) == (1, 1)
    assert [line[1] for line in _lines(desk)] == ["CUP", "TEA", "POT"]
    assert desk.now("products", "product_id", "name")[2] == ("TEA", "Tea")  # the second export was silent


def test_a_re_export_with_the_customer_filled_in_doubles_nothing(desk: Desk) -> None:
    desk.bring("till", INVOICE, TEA, POT)
    receipt = desk.bring("till", INVOICE, TEA, (*POT[:6], "C2"))
    assert (receipt.loaded, receipt.unchanged) == (1, 1)
    assert receipt.revisions == {"order_items": 1, "orders": 1}
    assert [(line[0], line[4]) for line in _lines(desk)] == [("1001", "C1"), ("1002", "C2")]
    assert desk.now("people", "record_id") == [("C1",), ("C2",)]


def test_a_re_export_with_one_more_column_doubles_nothing_and_adds_what_it_says(desk: Desk) -> None:
    desk.bring("till", INVOICE, TEA, POT)
    wider = INVOICE | {"Status": "order_items.status"}
    assert desk.bring("till", wider, (*TEA, "paid"), (*POT, "")).loaded == 1
    assert desk.now("order_items", "order_no", "status") == [("1001", "paid"), ("1002", None)]
    assert desk.bring("till", wider, (*TEA, "paid"), (*POT, "")).loaded == 0


def test_a_re_export_with_a_column_less_changes_nothing_and_keeps_the_older_facts(desk: Desk) -> None:
    desk.bring("till", INVOICE, TEA, POT)
    narrower = {header: to for header, to in INVOICE.items() if header not in ("Customer", "Item")}
    receipt = desk.bring("till", narrower, (*TEA[:3], *TEA[4:6]), (*POT[:3], *POT[4:6]))
    assert (receipt.loaded, receipt.unchanged, receipt.tables) == (0, 2, {})
    assert desk.now("order_items", "product_name", "record_id") == [("Tea", "C1"), ("Tea pot", None)]


def test_a_changed_status_revises_the_line_and_the_newest_one_counts(desk: Desk) -> None:
    columns = INVOICE | {"Status": "order_items.status"}
    desk.bring("till", columns, (*TEA, "unpaid"), (*POT, "paid"))
    receipt = desk.bring("till", columns, (*TEA, "paid"), (*POT, "paid"))
    assert (receipt.loaded, receipt.unchanged, receipt.revisions) == (1, 1, {"order_items": 1})
    assert desk.now("order_items", "order_no", "status") == [("1001", "paid"), ("1002", "paid")]


def test_a_clock_that_was_set_back_makes_no_later_delivery_lose_and_is_told(desk: Desk) -> None:
    columns = {"Card": "people.record_id", "City": "people.city"}
    assert not desk.bring("club", columns, ("1", "York")).notes
    desk.moment -= timedelta(days=3)
    receipt = desk.bring("club", columns, ("1", "Hull"))
    assert [note for note in receipt.notes if note.startswith("The clock of this machine is behind")]
    assert desk.now("people", "record_id", "city") == [("1", "Hull")]
    assert desk.bring("club", columns, ("1", "Hull")).unchanged == 1  # known, not news that lost


def test_a_newer_record_that_is_silent_about_a_field_does_not_blank_it(desk: Desk) -> None:
    members = {
        "No": "people.record_id", "Name": "people.name", "City": "people.city", "Seen": "record.collected_at"
    }  # fmt: skip
    desk.bring("cards", members, ("1", "Ann Lee", "Leeds", "2026-01-05"))
    desk.bring("cards", members, ("1", "", "York", "2026-03-01"))
    assert desk.now("people", "name", "city") == [("Ann Lee", "York")]


def test_the_newest_statement_counts_even_when_it_arrives_first(desk: Desk) -> None:
    members = {"No": "people.record_id", "City": "people.city", "Seen": "record.collected_at"}
    desk.bring("cards", members, ("1", "York", "2026-03-01"))
    assert desk.bring("cards", members, ("1", "Leeds", "2026-01-05")).loaded == 1
    assert desk.now("people", "city") == [("York",)]
    assert desk.bring("cards", members, ("1", "York", "2026-02-01")).loaded == 1  # news of the past
    assert desk.now("people", "city") == [("York",)]


def test_further_columns_are_kept_and_a_file_without_them_takes_none_away(desk: Desk) -> None:
    wide = INVOICE | {"Drawer": "further", "Gift": "further"}
    desk.bring("till", INVOICE | {"Drawer": "further"}, (*TEA, "3"))
    desk.bring("till", wide, (*TEA, "3", "yes"))
    again = desk.bring("till", INVOICE | {"Drawer": "further"}, (*TEA, "3"))
    assert again.loaded == 0
    [(further,)] = desk.now("order_items", "further")
    assert '"Drawer"' in further
    assert '"Gift"' in further


def test_an_order_that_stands_twice_in_a_file_is_settled_once(desk: Desk) -> None:
    orders = {"Order": "orders.order_no", "Total": "orders.total", "State": "orders.status"}
    rows = [("7", "20.00", "unpaid"), ("8", "5.00", "paid"), ("7", "20.00", "paid")]
    first = desk.bring("web", orders, *rows)
    assert (first.read, first.loaded + first.unchanged) == (3, 3)
    assert desk.now("orders", "order_no", "status") == [("7", "paid"), ("8", "paid")]
    again = desk.bring("web", orders, *rows)
    assert (again.loaded, again.unchanged, again.tables) == (0, 3, {})


def test_an_order_is_told_field_by_field_by_whichever_of_its_lines_say_something(desk: Desk) -> None:
    wide = INVOICE | {
        "State": "orders.status", "Paid": "orders.total", "Code used": "orders.coupon", "Town": "orders.city",
    }  # fmt: skip
    desk.bring(
        "web", wide,
        (*TEA, "voided", "45.00", "SPRING", ""),
        (*CUP, "", "", "", "Leeds"), (*POT[:6], "C1", "paid", "", "", ""),
        ("1001", *POT[1:6], "C1", "", "", "", "York"),
        ("1001", *POT[1:6], "C1", "", "", "", "Leeds"),
    )  # fmt: skip
    assert desk.now("orders", "order_no", "status", "total", "coupon", "city") == [
        ("1001", "voided", Decimal(45), "SPRING", "Leeds"), ("1002", "paid", None, None, None),
    ]  # fmt: skip


def test_of_what_lines_say_alike_often_of_their_order_the_later_counts(desk: Desk) -> None:
    wide = INVOICE | {"State": "orders.status", "Town": "orders.city"}
    desk.bring("web", wide, (*TEA, "unpaid", "York"), (*CUP, "paid", "York"), (*TEA, "paid", "Leeds"))
    desk.bring("shop", wide, (*TEA, "unpaid", "York"), (*CUP, "paid", "Leeds"))
    assert desk.now("orders", "source", "status", "city") == [
        ("shop", "paid", "Leeds"), ("web", "paid", "York")
    ]  # fmt: skip


def test_like_lines_of_two_customers_stay_theirs_when_the_rows_come_in_another_order(desk: Desk) -> None:
    named, nobody = (*TEA[:6], "C1"), (*TEA[:6], "")
    desk.bring("till", INVOICE, named, nobody)
    desk.bring("till", INVOICE, nobody, named)
    assert [line[4] for line in _lines(desk)] == ["C1", None]


MEMBERS = {
    "Card": "identifiers.member_no", "Name": "people.name", "Mobile": "identifiers.phone",
    "E-mail": "identifiers.email", "Tier": "memberships.tier", "Joined": "memberships.joined",
}  # fmt: skip


def test_a_file_of_members_feeds_people_identifiers_and_memberships(desk: Desk) -> None:
    receipt = desk.bring(
        "cards", MEMBERS,
        ("M1", "Ann Lee", "07700 900123", "ann@example.com", "gold", "2020-02-01"),
        ("M2", "张伟", "138 0013 9000", "", "", ""),
    )  # fmt: skip
    assert receipt.tables == {"memberships": 2, "people": 2, "identifiers": 5}
    assert desk.now("memberships", "member_no", "tier") == [("M1", "gold"), ("M2", None)]
    assert desk.now("people", "name") == [("Ann Lee",), ("张伟",)]
    kinds = [kind for (kind,) in desk.now("identifiers", "kind")]
    assert kinds == ["email", "member_no", "member_no", "phone", "phone"]
    people = {record for (record,) in desk.now("people", "record_id")}
    assert people == {record for (record,) in desk.now("identifiers", "record_id")}
    assert people == {record for (record,) in desk.now("memberships", "record_id")}


def test_a_recipient_never_becomes_a_customer(desk: Desk) -> None:
    shop = INVOICE | {
        "Ship to": "order_parties.recipient_name", "Ship phone": "order_parties.recipient_phone"
    }  # fmt: skip
    receipt = desk.bring("web", shop, (*TEA, "Bob Ray", "07700 900456"), (*POT, "Eve Orr", "07700 900789"))
    assert desk.now("people", "record_id", "name") == [("C1", None)]
    assert "identifiers" not in receipt.tables
    assert desk.now("order_parties", "order_no", "recipient_name") == [
        ("1001", "Bob Ray"),
        ("1002", "Eve Orr"),
    ]


def test_whatever_a_name_holds_lands_as_it_was_written(desk: Desk) -> None:
    names = [
        "O'Brien 👩‍👩‍👧 Söze",
        "محمد بن سلمان",
        "熟" * 10_000,
        '=cmd|"x"!A1; DROP TABLE people;--',
        "a\nb",
    ]
    people = {"No": "people.record_id", "Name": "people.name"}
    receipt = desk.bring("crm", people, *((number, name) for number, name in enumerate(names, 1)))
    assert receipt.loaded == 5
    landed = [name for _, name in desk.now("people", "record_id", "name")]
    assert landed[:4] == names[:4]
    assert landed[4].split() == ["a", "b"]
    again = desk.take("crm", *desk.folder.glob("crm-*.csv"))
    assert again.loaded == 0


def test_a_null_byte_in_a_file_is_survived(desk: Desk) -> None:
    desk.means("crm", {"No": "people.record_id", "Name": "people.name"})
    path = desk.write("crm.csv", ["No", "Name"], (1, "Ann\0 Lee"), (2, "Bob"))
    receipt = desk.take("crm", path)
    assert receipt.read == 2
    assert ("2", "Bob") in desk.now("people", "record_id", "name")


def test_a_constant_of_the_mapping_stands_in_every_row(desk: Desk) -> None:
    desk.means("till", INVOICE, orders__currency="EUR", stores__store_id="Mill Lane")
    desk.take("till", desk.write("till.csv", list(INVOICE), TEA, POT))
    assert desk.now("order_items", "currency", "store_id") == [("EUR", "Mill Lane")] * 2


def test_a_file_that_is_no_table_takes_nothing_in_not_even_the_files_before_it(desk: Desk) -> None:
    desk.means("till", INVOICE)
    good, empty = desk.write("a.csv", list(INVOICE), TEA), desk.folder / "b.csv"
    empty.write_text("")
    with pytest.raises(Unreadable):
        desk.take("till", good, empty)
    assert desk.project.landing.receipts() == []
    assert [path.name for path in desk.project.work.iterdir() if path.suffix != ".lock"] == []


def test_a_file_that_says_nothing_of_what_its_rows_are_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(Unreadable, match=r"misc-0\.csv: none of its columns .* mappings/misc\.toml"):
        desk.bring("misc", {"A": "further", "B": "further"}, (1, 2))


@pytest.mark.parametrize("name", ["shuke", "", "../till", "a b", "-till", "till/x", "x" * 65])
def test_a_source_cannot_have_just_any_name(desk: Desk, name: str) -> None:
    with pytest.raises(WrongCall, match="cannot be the name of a source"):
        desk.take(name, desk.write("till.csv", list(INVOICE), TEA))


def test_a_source_may_have_a_chinese_name(desk: Desk) -> None:
    assert desk.bring("天猫旗舰店", INVOICE, TEA).batch == "000001-天猫旗舰店"


#: What people's cells hold: mostly sense, some of it none.
ORDERS = st.sampled_from(["1001", "1002", "1003"])
CELLS: list[st.SearchStrategy[Cell]] = [
    ORDERS | st.sampled_from(["", "6.2E+17"]),
    st.sampled_from(["2026-11-02 10:15", "2026-11-03 16:40", "", "soon"]),
    st.sampled_from(["TEA", "CUP", ""]),
    st.just("Something"),
    st.sampled_from([1, 1, 2, -1, "", "many"]),
    st.sampled_from(["4.50", "4.50", "7", "0", "", "dear"]),
    st.just("C1"),
]
ROWS = st.lists(st.tuples(*CELLS) | st.just(("",) * 7), min_size=1, max_size=60)


@given(rows=ROWS, seed=st.integers(0, 9))
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_a_file_holds_every_row_is_accounted_for_once(
    rows: list[tuple[Cell, ...]], seed: int
) -> None:
    said = [row for row in rows if any(row)]
    with TemporaryDirectory() as folder:
        desk = open_desk(Path(folder))
        try:
            first = desk.bring("till", INVOICE, *rows)
        except ShukeError:
            assert len(said) <= 1  # a file of blank rows is no table
            return
        assert first.read == len(said)
        if _is_carried(desk):  # what is blank below an order's first line depends on the order of the rows
            return
        assert first.loaded == first.tables.get("order_items", 0) == sum(map(_can_land, said))
        assert first.rejected == len({reject["row"] for reject in desk.rejects(first) if reject["whole"]})
        shuffled = random.Random(seed).sample(rows, len(rows))
        again = desk.take("till", *desk.folder.glob("*.csv"))
        otherwise = desk.bring("till", INVOICE, *shuffled, overlap="union")
        for receipt in (again, *([] if _is_carried(desk) else [otherwise])):
            assert (receipt.read, receipt.loaded, receipt.rejected) == (first.read, 0, first.rejected)
            assert receipt.tables == {}


def _is_carried(desk: Desk) -> bool:
    return bool(described.load(desk.project.mappings / "till.toml"))


def _can_land(row: tuple[Cell, ...]) -> bool:
    order, moment, _, _, quantity, price, _ = row
    return (
        order != "6.2E+17" and moment != "soon" and quantity not in ("", "many") and price not in ("", "dear")
    )


def test_what_the_rows_are_is_said_in_the_mapping_file_where_hardly_anything_says_so(desk: Desk) -> None:
    """Away from a terminal the error has what to write, and each answer holds once it is written."""
    file = desk.write("list.csv", ["id", "name", "city"], ["1", "Tea", "Rome"], ["2", "Cup", "Oslo"])
    with pytest.raises(UnsureMapping) as error:
        desk.take("goods", file)
    told, _, block = str(error.value).partition("\n\n")
    assert "--as products" in told and "--as people" in told
    desk.project.mappings.mkdir(exist_ok=True)
    answer = re.sub('kind = "[a-z_]+"', 'kind = "products"', block)
    (desk.project.mappings / "goods.toml").write_text(answer, "utf-8")
    assert desk.take("goods", file).tables == {"products": 2}

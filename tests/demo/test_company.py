"""Is the demo company the same every time, and what it says of itself true?"""

import hashlib
import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shuke import demo
from tests.demo.exports import members, rows, truth

#: of each file with order lines: order, quantity, unit price, discount
LINES = {
    "till_1.csv": ("Receipt No", "Qty", "Unit Price", "Discount"),
    "till_2.csv": ("Receipt No", "Qty", "Unit Price", "Discount"),
    "webshop_orders.csv": ("Name", "Lineitem quantity", "Lineitem price", "Lineitem discount"),
    "taobao_orders.csv": ("订单编号", "购买数量", "单价", "优惠金额"),
}


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _money(text: str) -> Decimal:
    return Decimal(text.removeprefix("¥").replace(",", ""))


def test_the_same_seed_makes_the_same_company_byte_for_byte(tmp_path):
    demo.make(tmp_path / "one", customers=200, seed=5)
    demo.make(tmp_path / "two", customers=200, seed=5)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")


def test_another_seed_makes_another_company(tmp_path):
    demo.make(tmp_path / "one", customers=200, seed=5)
    demo.make(tmp_path / "two", customers=200, seed=6)
    one, two = _digests(tmp_path / "one"), _digests(tmp_path / "two")
    same = {name for name in one if one[name] == two[name]}
    assert same <= {
        "files/mailings.csv",
        "files/products.csv",
        "files/stores.csv",
        "truth/baskets.parquet",
        "truth/elasticities.parquet",
        "truth/launches.parquet",
        "truth/prices.parquet",
        "truth/regions.parquet",
    }


def test_nothing_is_left_beside_files_and_truth(company):
    assert {path.name for path in company.truth.parent.iterdir()} == {"files", "truth"}


def test_every_file_is_named_in_import_order(company, folder):
    assert [file.source for file in company.files] == [
        "products", "stores", "members", "till", "till", "webshop", "taobao", "call_centre",
        "survey", "exhibition", "partners", *("erp",) * 7, *("club",) * 3, "app", "ratings", "care",
        "sales", "erp", "club", "statistics",
    ]  # fmt: skip
    assert {file.path for file in company.files} == set(folder.iterdir())


def test_a_thousand_customers_make_ten_to_twelve_thousand_lines(company):
    lines = sum(total["lines"] for total in truth(company, "totals") if total["lines"] and not total["file"])
    assert 10_000 <= lines <= 12_000


#: what is not UTF-8
ENCODINGS = {"taobao_orders.csv": "gb18030", "partner_list.csv": "utf-16"}


def _rows(company: demo.Company, name: str) -> list[dict[str, str]]:
    return rows(company, name, encoding=ENCODINGS.get(name, "utf-8"))


@pytest.mark.parametrize("name", LINES)
def test_the_totals_of_order_lines_are_those_of_the_file(company, name):
    order, quantity, price, discount = LINES[name]
    found = _rows(company, name)
    (total,) = (total for total in truth(company, "totals") if total["file"] == name)
    assert total["lines"] == total["rows"] == len(found)
    assert total["orders"] == len({row[order] for row in found})
    assert total["gross"] == sum(int(row[quantity]) * _money(row[price]) for row in found)
    assert total["discount"] == sum(_money(row[discount]) for row in found)
    assert total["amount"] == total["gross"] - total["discount"]
    assert total["returned_lines"] == sum(int(row[quantity]) < 0 for row in found)


def test_what_both_till_exports_hold_counts_once(company):
    both = [row["Receipt No"] for name in ("till_1.csv", "till_2.csv") for row in _rows(company, name)]
    (total,) = (t for t in truth(company, "totals") if t["source"] == "till" and t["file"] is None)
    assert total["orders"] == len(set(both))
    assert total["lines"] < len(both)


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("invoices.csv", "Amount"),
        ("payments.csv", "Amount"),
        ("credit_limits.csv", "Credit Limit"),
        ("contracts.csv", "月费"),
        ("coupons.csv", "Coupon Value"),
    ],
)
def test_the_totals_of_receivables_are_those_of_the_file(company, name, amount):
    found = _rows(company, name)
    (total,) = (total for total in truth(company, "totals") if total["file"] == name)
    assert (total["rows"], total["amount"]) == (len(found), sum(Decimal(row[amount]) for row in found))


def test_the_totals_count_the_rows_of_every_other_file(company, folder):
    totals = {total["file"]: total["rows"] for total in truth(company, "totals")}
    for name in ("products.csv", "stores.csv", "survey.csv", "partner_list.csv", "ratings.csv"):
        assert totals[name] == len(_rows(company, name))
    assert totals["app_events.jsonl"] == len((folder / "app_events.jsonl").read_text("utf-8").splitlines())
    assert totals["members.xlsx"] == len(members(company)) - 3
    assert totals["call_centre.jsonl"] == len((folder / "call_centre.jsonl").read_text("utf-8").splitlines())
    assert totals["exhibition.vcf"] == (folder / "exhibition.vcf").read_text("utf-8").count("BEGIN:VCARD")


def test_an_organisation_is_beyond_its_limit_when_it_owes_more(company):
    owed: defaultdict[str, Decimal] = defaultdict(Decimal)
    for invoice in rows(company, "invoices.csv"):
        owed[invoice["Customer No"]] += Decimal(invoice["Amount"])
    for payment in rows(company, "payments.csv"):
        owed[payment["Customer No"]] -= Decimal(payment["Amount"])
    limits = {row["Customer No"]: Decimal(row["Credit Limit"]) for row in rows(company, "credit_limits.csv")}
    beyond = {credit["customer"] for credit in truth(company, "credit") if credit["beyond"]}
    assert beyond == {customer for customer, limit in limits.items() if owed[customer] > limit}
    assert 0 < len(beyond) < len(limits)


def test_nobody_buys_after_leaving_and_nothing_happens_after_the_last_day(company):
    left = {row["person"]: row["last_alive"] for row in truth(company, "churned")}
    for order in truth(company, "orders"):
        day = order["time"].date()
        assert day <= demo.UNTIL
        assert order["returned"] or day <= left.get(order["person"], demo.UNTIL)


def test_the_last_day_is_the_callers(tmp_path):
    company = demo.make(tmp_path, customers=100, until=date(2024, 2, 29))
    days = {order["time"].date() for order in truth(company, "orders")}
    assert date(2024, 2, 1) < max(days) <= date(2024, 2, 29)


def test_every_order_of_a_file_leads_to_its_person(company):
    known = {(order["source"], order["order"]) for order in truth(company, "orders")}
    for name, (column, *_) in LINES.items():
        source = name.partition("_")[0]
        written = {row[column].removeprefix('="').removesuffix('"') for row in _rows(company, name)}
        assert {(source, order) for order in written} <= known


def test_every_record_of_a_file_leads_to_its_person(company, folder):
    known = {(record["source"], record["record"]) for record in truth(company, "records")}
    calls = [json.loads(line) for line in (folder / "call_centre.jsonl").read_text("utf-8").splitlines()]
    assert {("members", row[0]) for row in members(company)[2:-1]} <= known
    assert {("call_centre", call["call_id"]) for call in calls} <= known
    assert {("taobao", row["买家会员名"]) for row in _rows(company, "taobao_orders.csv")} <= known
    assert {("webshop", row["Email"]) for row in rows(company, "webshop_orders.csv") if row["Email"]} <= known
    assert {("partners", row["序号"]) for row in _rows(company, "partner_list.csv")} <= known


def test_cards_shown_at_the_till_are_members(company):
    cards = {row[0] for row in members(company)}
    shown = {row["Member Card"] for name in ("till_1.csv", "till_2.csv") for row in _rows(company, name)}
    assert shown - {""} <= cards


def test_a_planted_companion_comes_along_far_more_often_than_by_chance(company):
    baskets: dict[str, set[str]] = {}
    for name in ("till_1.csv", "till_2.csv"):
        for row in _rows(company, name):
            baskets.setdefault(row["Receipt No"], set()).add(row["SKU"])
    several = [basket for basket in baskets.values() if len(basket) > 1]
    planted = {(pair["sku"], pair["companion"]) for pair in truth(company, "baskets")}
    together = sum(any((a, b) in planted for a in basket for b in basket) for basket in several)
    assert 0.15 < together / len(several) < 0.6


def test_price_hunters_wait_for_discounts(company):
    motives = {row["person"]: row["motive"] for row in truth(company, "motives")}
    buyer = {order["order"]: motives[order["person"]] for order in truth(company, "orders")}
    reduced: dict[str, list[bool]] = {}
    for row in rows(company, "webshop_orders.csv"):
        reduced.setdefault(buyer[row["Name"]], []).append(row["Lineitem discount"] not in {"0.00", "-0.00"})
    shares = {motive: sum(found) / len(found) for motive, found in reduced.items()}
    assert shares["price"] > 1.5 * shares["product"] > 1.5 * shares["service"]


def test_the_days_before_the_spring_festival_sell_more_than_those_after(company):
    days = Counter(order["time"].date() for order in truth(company, "orders") if not order["returned"])
    before = sum(days[date(2025, 1, day)] for day in range(10, 24))
    after = sum(days[date.fromordinal(date(2025, 1, 29).toordinal() + n)] for n in range(7))
    assert before / 14 > 2 * after / 7

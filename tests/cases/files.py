"""Files: what do the cases that are files mean, and is it what lands?"""

from collections import Counter
from datetime import date
from decimal import Decimal

from shuke.collect.ingestion import ingest
from shuke.graph import catalogue
from tests.cases.desk import NOW, Desk, case, expect, same


def net(desk: Desk) -> dict[str, Decimal]:
    """What the lines of each month come to."""
    months: Counter[str] = Counter()
    for row in desk.table("purchases"):
        if row["kind"] != "void":
            months[str(row["month"])[:7]] += row["amount"] or 0
    return {month: Decimal(total) for month, total in months.items()}


@case("case-01-credit-currency")
def _(desk: Desk) -> None:
    for part in ("invoices", "payments", "limits"):
        desk.imports(f"case-01-credit-currency.{part}.csv", "erp")
    desk.imports("case-01-credit-currency.bank-payments.csv", "bank")
    desk.as_of = date(2026, 2, 10)
    made = desk.tables("credit", "identities")
    number = {row["customer_id"]: row["record"].partition(":")[2] for row in made["identities"]}
    warned = {number[row["subject"]] for row in made["credit"]}
    expect(warned >= {"C1", "C2", "C7", "C8"}, f"warned of {sorted(warned)}")
    expect(not warned & {"C4", "C5", "C6", "C9"}, f"warned of {sorted(warned)}")


@case("case-02-odoo-blank-parents")
def _(desk: Desk) -> None:
    desk.imports("case-02-odoo-blank-parents.csv", "odoo")
    lines = desk.table("purchases")
    same(len(lines), 6, "lines")
    same({row["order_no"] for row in lines}, {"S00001", "S00002", "S00003"}, "orders")
    same(sum(row["amount"] for row in lines), 250, "net")
    by_customer: Counter[str | None] = Counter()
    for row in lines:
        by_customer[row["customer_id"]] += row["amount"]
    expect(None not in by_customer, "a line without a buyer")
    same(sorted(by_customer.values()), [30, 220], "by customer")


@case("case-02-merged-cells")
def _(desk: Desk) -> None:
    desk.imports("case-02-merged-cells.xlsx", "sheet")
    lines = desk.table("purchases")
    expect(
        all(row["order_no"] and row["customer_id"] and row["day"] for row in lines),
        "a line without its order",
    )
    orders: Counter[str] = Counter()
    for row in lines:
        orders[row["order_no"]] += row["amount"]
    same((len(lines), dict(orders)), (4, {"A1": 60, "A2": 20}), "lines and orders")


@case("case-03-currency-words-cn")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    desk.imports("case-03-currency-words-cn.csv")
    made = desk.tables("purchases", "monthly_sales", "rfm")
    same([row["amount"] for row in made["purchases"]], [50] * 6, "amounts")
    same([(row["net"], row["unconverted"]) for row in made["monthly_sales"]][:1], [(300, 0)], "January")
    same([row["monetary"] for row in made["rfm"]], [300], "worth")


@case("case-04-currency-in-amount")
def _(desk: Desk) -> None:
    desk.imports("case-04-currency-in-amount.csv")
    found = {row["order_no"]: row for row in desk.table("purchases")}
    for order, currency in {"A6": "EUR", "A7": "USD", "A8": "EUR", "A9": "GBP"}.items():
        if order in found:
            same(found[order]["currency"], currency, order)
    same(found["A1"]["amount"], Decimal("-1234.50"), "A1")
    same(found["A13"]["amount"], Decimal("1234.50"), "A13")


@case("case-05-refunds-as-sales")
def _(desk: Desk) -> None:
    desk.imports("case-05-refunds-as-sales.csv")
    made = desk.tables("purchases", "rfm", "identities")
    whose = {row["customer_id"]: row["record"].partition(":")[2] for row in made["identities"]}
    often = {whose[row["customer_id"]]: row["frequency"] for row in made["rfm"]}
    same(often.get("C1"), 1, "how often C1 bought")
    expect(set(often) <= {"C1", "C2", "C6"}, f"buyers are {sorted(often)}")
    returns = {row["order_no"] for row in made["purchases"] if row["is_return"]}
    expect({"A2", "A4", "A7"} <= returns, f"returns are {sorted(returns)}")
    same(net(desk), {"2026-01": Decimal(50), "2026-02": Decimal(-100)}, "months")
    sold = sum(row["amount"] for row in made["purchases"] if not row["is_return"] and row["kind"] != "void")
    back = sum(row["amount"] for row in made["purchases"] if row["is_return"])
    same(sold + back, Decimal(-50), "net")


@case("case-07-namibia-naples")
def _(desk: Desk) -> None:
    desk.at("IT", "EUR")
    desk.imports("case-07-namibia-naples.csv")
    found = {row["record_id"]: row for row in desk.table("landed_people")}
    told = {number: (row["city"], row["region"], row["country"]) for number, row in found.items()}
    same(
        told,
        {
            "1": ("Napoli", "NA", "IT"),
            "2": ("None", "TO", "IT"),
            "3": ("Nan", "Nan", "TH"),
            "4": ("Nil", "BN", "IT"),
        },
        "cities, provinces and countries",
    )


@case("case-07-names-in-capitals")
def _(desk: Desk) -> None:
    """What the note says of Namibia and of surnames, whose file the first check does not hold."""
    desk.at("US", "USD")
    file = desk.root / "capitals.csv"
    people = [
        ("JOHN", "SMITH", "US"),
        ("ANNA", "NULL", "NA"),
        ("BEA", "NONE", "ZA"),
        ("CY", "NA", "NA"),
        ("DI", "NAN", "TH"),
    ]
    file.write_text(
        "customer id,first name,last name,country\n"
        + "".join(f"{n},{','.join(row)}\n" for n, row in enumerate(people, start=1)),
        "utf-8",
    )
    ingest(desk.project, "crm", [file], now=NOW)
    rows = sorted(desk.table("landed_people"), key=lambda row: row["record_id"])
    same(
        [(row["given_name"].upper(), (row["family_name"] or "").upper(), row["country"]) for row in rows],
        people, "names and countries",
    )  # fmt: skip


@case("case-08-mixed-encodings")
def _(desk: Desk) -> None:
    desk.imports("case-08-mixed-encodings.csv")
    same(
        [row["name"] for row in sorted(desk.table("landed_people"), key=lambda row: row["record_id"])],
        ["José Müller", "René Böhm", "Zoë Ångström"], "names",
    )  # fmt: skip


@case("case-09-xlsx-leading-zeros")
def _(desk: Desk) -> None:
    desk.imports("case-09-xlsx-leading-zeros.xlsx")
    found = {row["record_id"]: row["postcode"] for row in desk.table("landed_people")}
    same(found, {"000001": "01234", "000002": "02138", "000042": "90210"}, "customers and postcodes")


@case("case-10-mixed-line-ends")
def _(desk: Desk) -> None:
    desk.imports("case-10-mixed-line-ends.csv")
    same(_called(desk), {"1": "Ann", "2": "Bob", "3": "Cy", "4": "Di"}, "customers")


@case("case-10-cr-with-lf-in-cell")
def _(desk: Desk) -> None:
    desk.imports("case-10-cr-with-lf-in-cell.csv")
    same(_called(desk), {"1": "Ann", "2": "Bob", "3": "Cy"}, "customers")


def _called(desk: Desk) -> dict[str, str]:
    """What the customers of a file are called: the first of their names."""
    return {row["record_id"]: row["name"].split()[0] for row in desk.table("landed_people")}


@case("case-11-repeated-header")
def _(desk: Desk) -> None:
    receipt = desk.imports("case-11-repeated-header.csv")
    numbers = {row["record_id"] for row in desk.table("landed_people")}
    same(numbers, {str(n) for n in range(40)}, "customers")
    expect(any("21" in note or "22" in note for note in receipt.notes), f"said: {receipt.notes}")


@case("case-11-short")
def _(desk: Desk) -> None:
    """The short file of the note: two rows, the heading, two rows."""
    file = desk.root / "short.csv"
    file.write_text("customer id,name\n1,Ann Lee\ncustomer id,name\n2,Bob Ray\n", "utf-8")
    receipt = ingest(desk.project, "crm", [file], now=NOW)
    same({row["record_id"] for row in desk.table("landed_people")}, {"1", "2"}, "customers")
    expect(any("heading" in note.lower() for note in receipt.notes), f"said: {receipt.notes}")


@case("case-15-percent-discount")
def _(desk: Desk) -> None:
    desk.imports("case-15-percent-discount.csv")
    same({row["order_no"]: row["amount"] for row in desk.table("purchases")},
         {"A1": 180, "A2": 150, "A3": 50}, "amounts")  # fmt: skip
    taxes = {row["order_no"]: row["tax"] for row in desk.table("purchases")}
    expect(set(taxes.values()) != {Decimal(20)}, f"taxes are {taxes}")


@case("case-22-product-codes")
def _(desk: Desk) -> None:
    desk.imports("case-22-product-codes.csv")
    lines = desk.table("purchases")
    same({row["kind"] for row in lines}, {"goods"}, "kinds")
    same(len({row["product_id"] for row in lines}), 3, "products")


@case("file-01-email-list")
def _(desk: Desk) -> None:
    desk.imports("file-01-email-list.csv", "news")
    made = desk.tables("customers", "landed_identifiers")
    same(len(made["customers"]), 3, "customers")
    same({row["kind"] for row in made["landed_identifiers"]}, {"email"}, "identifiers")


@case("file-02-shopify-payment-id")
def _(desk: Desk) -> None:
    desk.at("DE", "EUR")
    desk.imports("file-02-shopify-payment-id.csv")
    lines = desk.table("purchases")
    sums: Counter[str] = Counter()
    for row in lines:
        sums[row["order_no"]] += row["quantity"] * row["price"]
    same(dict(sums), {"#1001": 50, "#1002": 20}, "orders")
    same({row["currency"] for row in lines}, {"EUR"}, "currencies")


@case("file-02c-shopify-voided-two-lines")
def _(desk: Desk) -> None:
    desk.at("US", "USD")
    desk.imports("file-02c-shopify-voided-two-lines.csv")
    made = desk.tables("purchases", "landed_orders")
    same(sum(row["amount"] or 0 for row in made["purchases"]), 0, "net")
    first = next(row for row in made["landed_orders"] if row["order_no"] == "#1001")
    same([first[name] for name in ("total", "shipping", "discount")], [45, 5, 10], "#1001")
    same(first["coupon"], "SPRING", "coupon of #1001")


@case("file-03-empty-barcode")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    receipt = desk.imports("file-03-empty-barcode.csv")
    same(receipt.rejected, 0, "rejected")
    lines = desk.table("purchases")
    same((len(lines), len({row["order_no"] for row in lines})), (3, 2), "lines and orders")


@case("file-04-discount-rate")
def _(desk: Desk) -> None:
    desk.imports("file-04-discount-rate.csv")
    same(sum(row["amount"] for row in desk.table("purchases")), 1045, "net")


@case("file-05-cn-purchase-date")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    desk.imports("file-05-cn-purchase-date.csv")
    same(net(desk), {"2024-02": Decimal(93), "2024-11": Decimal(232), "2024-12": Decimal(891)}, "months")


@case("file-06-member-date-item")
def _(desk: Desk) -> None:
    desk.imports("file-06-member-date-item.csv")
    made = desk.tables("purchases", "customers")
    same((len(made["purchases"]), len(made["customers"])), (3, 2), "purchases and customers")


@case("file-08-wechat-income-expense")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    desk.imports("file-08-wechat-income-expense.csv", "wechat")
    made = desk.tables("purchases", "landed_payments")
    came = [
        row["amount"]
        for row in made["purchases"]
        if row["kind"] != "void" and not row["is_return"] and row["amount"]
    ]
    expect(Decimal(28) not in came and sum(came, Decimal(0)) in (0, 100), f"sold: {came}")
    kept = {
        row.get("payment_no") or row.get("order_no") for row in [*made["landed_payments"], *made["purchases"]]
    }
    expect("4200000002" in kept, f"numbers are {sorted(map(str, kept))}")
    same({row["name"] for row in desk.table("landed_people")} >= {"李四"}, True, "李四 paid")
    if made["landed_payments"]:
        ways = {row["payment_no"]: (row["direction"], row["status"]) for row in made["landed_payments"]}
        same([ways[f"420000000{n}"][0] for n in (1, 2)], ["out", "in"], "directions")
        expect(ways["4200000003"] != ways["4200000002"], f"of 4200000003: {ways['4200000003']}")


@case("file-09-cn-bill-few-rows")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    receipt = desk.imports("file-09-cn-bill-few-rows.csv", "alipay")
    same((receipt.read, receipt.rejected), (2, 0), "read and rejected")
    made = desk.tables("landed_payments", "landed_orders", "purchases")
    rows = made["landed_payments"] or made["purchases"]
    same(sum(row["amount"] for row in rows), Decimal("69.74"), "came in")


@case("file-11-qualtrics-three-headers")
def _(desk: Desk) -> None:
    desk.imports("file-11-qualtrics-three-headers.csv", "survey")
    made = desk.tables("landed_responses", "customers")
    scores = sorted(int(row["score"]) for row in made["landed_responses"] if row["score"] is not None)
    same(scores, [3, 7, 9], "scores")
    same(len(made["customers"]), 3, "customers")
    same({str(row["at"])[:10] for row in made["landed_responses"]},
         {"2024-07-18", "2024-07-19", "2024-07-20"}, "days")  # fmt: skip


@case("file-13-ads-cost")
def _(desk: Desk) -> None:
    desk.at("US", "USD")
    desk.imports("file-13-ads-cost.csv", "ads")
    rows = sorted(desk.table("landed_expenses"), key=lambda row: row["amount"])
    same([row["amount"] for row in rows], [Decimal("336.43"), Decimal("1052.81")], "costs")
    same([str(row["at"])[:10] for row in rows], ["2024-09-27", "2024-09-28"], "days")
    same({(row["campaign_id"], row["currency"]) for row in rows}, {("Autumn", "USD")}, "campaigns")


@case("file-16-german-customers")
def _(desk: Desk) -> None:
    desk.at("DE", "EUR")
    desk.imports("file-16-german-customers.csv")
    made = desk.tables("customers", "landed_people", "landed_identifiers")
    same({row["name"] for row in made["customers"]}, {"Gina Bentz", "Willi Saum"}, "customers")
    first = next(row for row in made["landed_people"] if row["record_id"] == "1")
    same(
        (str(first["birth_date"]), first["postcode"], first["city"]),
        ("1986-05-31", "41460", "Bremen"),
        "of 1",
    )
    same(Counter(row["kind"] for row in made["landed_identifiers"]), {"phone": 2, "email": 2}, "identifiers")


@case("file-17-us-two-digit-year")
def _(desk: Desk) -> None:
    desk.at("US", "USD")
    desk.imports("file-17-us-two-digit-year.csv")
    since = sorted(str(row["since"])[:10] for row in desk.table("landed_people"))
    same(since, ["2024-02-05", "2024-02-20", "2024-02-28"], "customer since")


@case("file-19-items-in-one-cell")
def _(desk: Desk) -> None:
    desk.at("US", "USD")
    desk.imports("file-19-items-in-one-cell.csv", "web")
    lines = [row for row in desk.table("purchases") if row["order_no"] == "2"]
    same(
        {(row["product_name"], int(row["quantity"])) for row in lines if row["quantity"]},
        {("Pinot Noir 2020", 2), ("Chardonnay 2021", 1)}, "products of 2",
    )  # fmt: skip
    same(sum(row["amount"] or 0 for row in desk.table("purchases")), 80, "net")


@case("file-20-contact-owner")
def _(desk: Desk) -> None:
    desk.at("US", "USD")
    desk.imports("file-20-contact-owner.csv", "crm")
    made = desk.tables("customers", "landed_identifiers")
    same({row["name"].split()[0] for row in made["customers"]}, {"Sabine", "Jake", "Tim"}, "customers")
    same(Counter(row["kind"] for row in made["landed_identifiers"]), {"phone": 3, "email": 3}, "identifiers")


@case("tea-shop")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    desk.imports("tea-shop/会员消费明细.xlsx", "till")
    desk.imports("tea-shop/会员资料.csv", "members")
    desk.imports("tea-shop/储值.xls", "topups")
    warnings = [name for name, table in catalogue.derived().items() if table.area == "alerts"]
    made = desk.tables(
        "purchases", "customers", "reviews", "monthly_sales", "rfm", "landed_people", *warnings
    )
    same(len(made["purchases"]), 1500, "lines")
    expect(all(row["day"] for row in made["purchases"]), "lines without a day")
    same(len({row["store_id"] for row in made["purchases"]}), 3, "stores")
    same(len(made["customers"]), 220, "customers")
    expect(len(made["reviews"]) < 20, f"{len(made['reviews'])} reviews")
    expect(bool(made["monthly_sales"] and made["rfm"]), "no sales")
    expect(any(made[name] for name in warnings), "no alerts")
    names = {row["name"] for row in made["landed_people"]}
    expect(
        not {name for name in names if name and ("合计" in name or name == "220人")}, "a total is a customer"
    )
    born = [row for row in made["landed_people"] if row["birth_month_day"] or row["birth_date"]]
    expect(len(born) > 100, f"{len(born)} birthdays")

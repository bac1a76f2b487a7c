"""Currencies: whatever people call one reads as its code, and what several share is not guessed."""

from decimal import Decimal

import ibis
import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.collect.mapping import Reading
from shuke.collect.values import Home, currencies, read
from shuke.collect.values.currency_words import in_header, settled, without
from shuke.errors import UnsureMapping, WrongSettings
from shuke.tables import Type
from tests.collect.desk import INVOICE

POINT = Reading(decimal=".")


def said_in(home: str | None, how: Reading = POINT):
    return lambda text: read(text, Type.CURRENCY, how, Home("UTC", home))


ALWAYS = {
    "usd": "USD",
    "US$": "USD",
    "美元": "USD",
    "US Dollar": "USD",
    "RMB": "CNY",
    "CNH": "CNY",
    "人民币": "CNY",
    "人民幣": "CNY",
    "renminbi": "CNY",
    "€": "EUR",
    "Euro": "EUR",
    "欧元": "EUR",
    "£": "GBP",
    "British Pound (GBP)": "GBP",
    "英镑": "GBP",
    "HK$": "HKD",
    "港币": "HKD",
    "NT$": "TWD",
    "新台币": "TWD",
    "A$": "AUD",
    "R$": "BRL",
    "zł": "PLN",
    "₹": "INR",
    "元": "CNY",
    "Schweizer Franken": "CHF",
    "日元": "JPY",
    " ＵＳＤ ": "USD",
}


@pytest.mark.parametrize("home", ["CNY", "GBP", None])
def test_what_only_one_currency_is_called_is_its_code(column, home):
    assert column(list(ALWAYS), said_in(home)) == list(ALWAYS.values())


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        ("CNY", ["CNY", None, None, None, "CNY"]),
        ("JPY", ["JPY", None, None, None, "CNY"]),
        ("GBP", [None, None, None, "GBP", "CNY"]),
        ("AUD", [None, "AUD", None, None, "CNY"]),
        ("SEK", [None, None, "SEK", None, "CNY"]),
        ("TWD", [None, "TWD", None, None, "TWD"]),
    ],
)
def test_what_several_are_called_is_the_one_at_home_or_nobodys(column, home, expected):
    assert column(["￥", "$", "kr.", "pound", "元"], said_in(home)) == expected


def test_a_person_may_say_which_currency_a_column_means(column):
    assert column(["$", "€"], said_in("GBP", Reading(currency="CAD"))) == ["CAD", "EUR"]


def test_what_is_no_currency_is_nothing(column):
    assert column(["cash", "12", "??", "card (VISA)"], said_in("CNY")) == [None] * 4


#: Every sign that CLDR has for a currency in a few languages, and that is no other's.
SIGNS = [
    (sign, code)
    for language in ("en", "zh", "de", "fr", "ja")
    for code, sign in Locale.parse(language).currency_symbols.items()
    if settled(sign, None) == code
]
FORMS = ["{sign}{n}", "{sign} {n}", "{n} {sign}", "{n}{sign}", "({sign}{n})"]
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


@settings(max_examples=3, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SIGNS), AMOUNTS, st.sampled_from(FORMS)), min_size=50, max_size=90))
def test_any_sign_beside_any_amount_reads_to_the_amount_and_its_code(cells):
    told = [(sign, code, -abs(n) if "(" in form else n, form) for (sign, code), n, form in cells]
    texts = [form.format(sign=sign, n=f"{abs(n) if '(' in form else n:,f}") for sign, _, n, form in told]
    rows = ibis.memtable({"t": texts}, schema={"t": "string"})
    value, code = read(rows.t, Type.MONEY, POINT, Home("UTC")), currencies.code_beside(rows.t, None)
    found = ibis.duckdb.connect().to_pyarrow(rows.select(v=value, c=code)).to_pylist()
    assert [(row["v"], row["c"]) for row in found] == [(n, code) for _, code, n, _ in told]


def test_a_header_may_name_the_currency_of_its_amounts():
    named = {
        "Total (USD)": ("USD", "Total"),
        "金额(元)": ("元", "金额"),
        "金额（单位：元）": ("元", "金额"),
        "Total £": ("£", "Total"),
        "Price in EUR": ("EUR", "Price"),
        "USD amount": ("USD", "amount"),
        "Total_GBP": ("GBP", "Total"),
        "Sales (all)": (None, "Sales (all)"),
        "Total (net)": (None, "Total (net)"),
        "Qty (pcs)": (None, "Qty (pcs)"),
    }
    assert {header: (in_header(header), without(header)) for header in named} == named
    assert settled("元", "CNY") == "CNY"


LINES = {**INVOICE, "Price": "further", "Amount": "order_items.amount"}


def landed(desk, *rows, currency=None):
    """What lands of (amount, currency) in a project whose own is the pound."""
    columns = {**LINES, "Cur": "orders.currency"} if currency else LINES
    made = [(f"I{n}", "2026-03-05 10:00", "P1", "Tea", 1, None, f"C{n}", *row) for n, row in enumerate(rows)]
    layout = list(columns)
    layout.remove("Amount")
    layout.insert(7, "Amount")
    receipt = desk.bring("till", {name: columns[name] for name in layout}, *made)
    told = desk.now("order_items", "order_no", "amount", "currency")
    return [(amount, code) for _, amount, code in told], desk.rejects(receipt)


def test_a_sign_beside_an_amount_is_the_currency_of_its_row(desk):
    told, rejects = landed(desk, ("€12.50",), ("US$ 12.50",), ("12.50 EUR",), ("£12.50",), ("12.50",))
    amount = Decimal("12.5")
    assert told == [(amount, code) for code in ("EUR", "USD", "EUR", "GBP", None)]
    assert rejects == []


def test_a_sign_that_several_share_is_put_aside_and_not_taken_for_the_projects(desk):
    told, (reject,) = landed(desk, ("$12.50",), ("£3",))
    assert told == [(3, "GBP")]
    assert "several countries" in reject["reason"]


def test_a_column_of_currencies_says_what_a_shared_sign_means_and_refuses_another(desk):
    told, (reject,) = landed(desk, ("$5", "aud"), ("£6", "EUR"), ("7", "Pound"), ("€8", None), currency=True)
    assert told == [(5, "AUD"), (7, "GBP"), (8, "EUR")]
    assert (reject["column"], reject["whole"]) == ("Amount", True)
    assert "another currency" in reject["reason"]


def test_a_line_whose_currency_cannot_be_read_does_not_land_as_the_projects(desk):
    told, (reject,) = landed(desk, ("5", "bottle caps"), ("6", "GBP"), currency=True)
    assert told == [(6, "GBP")]
    assert (reject["column"], reject["whole"]) == ("Cur", True)


def test_a_mapping_that_names_no_currency_is_refused(desk):
    desk.means("till", INVOICE, orders__currency="bottle caps")
    row = ("I1", "2026-03-05", "P1", "Tea", 1, 5, "C1")
    with pytest.raises(WrongSettings, match="bottle caps"):
        desk.take("till", desk.write("till.csv", list(INVOICE), row))


def asked(desk, *amounts, header="Amount"):
    columns = ("order no", "order date", "customer id", "product id", "quantity", header)
    rows = [(f"I{n}", "2026-03-05", f"C{n}", "P1", 1, amount) for n, amount in enumerate(amounts)]
    try:
        desk.take("web", desk.write("web.csv", columns, *rows))
    except UnsureMapping as error:
        return str(error)
    return [code for _, code in desk.now("order_items", "order_no", "currency")]


def test_a_sign_that_several_share_is_asked_once(desk):
    question = asked(desk, "$5.00", "$6.00")
    assert 'Amount = {to = "order_items.amount", decimal = ".", currency = "USD"}' in question


def test_a_sign_in_the_header_is_asked_alike(desk):
    assert 'currency = "CAD"' in asked(desk, "5.00", header="Amount ($)")


def test_a_code_in_the_header_is_the_currency_of_every_row(desk):
    assert asked(desk, "5.00", "6.00", header="Amount (USD)") == ["USD", "USD"]

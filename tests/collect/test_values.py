"""Values: whatever style people write in reads back as what they meant, or as nothing."""

# ruff: noqa: DTZ001 - stored times are UTC without a zone

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.collect.mapping import Reading
from shuke.collect.values import Home, read, with_clock
from shuke.tables import Type

SHANGHAI, LONDON = "Asia/Shanghai", "Europe/London"
UNDECIDED, POINT, COMMA = Reading(), Reading(decimal="."), Reading(decimal=",")
DAY_FIRST, MONTH_FIRST = Reading(order="dmy"), Reading(order="mdy")


def reading(kind: Type, how: Reading = UNDECIDED, zone: str = SHANGHAI, today: date | None = None):
    return lambda text: read(text, kind, how, Home(zone, today=today))


MONEY = {
    "¥1,299.00": "1299",
    "￥１２９９": "1299",
    "US$ 5": "5",
    "1,299.00元": "1299",
    "3万": "30000",
    "3.5万元": "35000",
    "1.2亿": "120000000",
    "1.299,00 €": "1299",
    "1 299,00": "1299",
    "1'299.00": "1299",
    "12,34,567.50": "1234567.5",
    "(12.50)": "-12.5",
    "($12.50)": "-12.5",
    "12.50-": "-12.5",
    "-¥5": "-5",
    "¥-5": "-5",
    "−5": "-5",
    "+5": "5",
    "1.2E3": "1200",
    ".5": "0.5",
    "5.": "5",
    "0.123": "0.123",
    "RMB 12": "12",
    "12.345650": "12.3457",
    " 7 ": "7",
    "\u00a01\u00a0299,5": "1299.5",
    "17": "17",
    "5件": "5",
    "-0.00005": "-0.0001",
    "CHF 50.-": "50",
    "Fr. 1'250.--": "1250",
    "12,- €": "12",
    "-12.-": "-12",
}


def test_money_is_read_as_people_write_it(column):
    assert column(list(MONEY), reading(Type.MONEY)) == [Decimal(v) for v in MONEY.values()]


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,2,3",
        "1.2.3",
        "12 abc",
        "1_000",
        "1e30",
        "123456789012345",
        "inf",
        "0x10",
        "1-2",
        "1,29,9",
        "--5-",
    ],
)
def test_what_is_no_number_is_nothing(column, text):
    assert column([text], reading(Type.MONEY, POINT)) == [None]


def test_one_mark_before_three_digits_is_read_only_where_the_column_is_decided(column):
    assert column(["1,299", "1.299"], reading(Type.MONEY)) == [None, None]
    assert column(["1,299", "1.299"], reading(Type.MONEY, POINT)) == [1299, Decimal("1.299")]
    assert column(["1,299", "1.299"], reading(Type.MONEY, COMMA)) == [Decimal("1.299"), 1299]


def test_what_can_be_read_in_one_way_only_needs_no_decision(column):
    told = {
        "0.299": "0.299",
        "1299.500": "1299.5",
        "1,299,500": "1299500",
        "12.34": "12.34",
        "1,299.5": "1299.5",
    }
    assert column(list(told), reading(Type.MONEY)) == [Decimal(value) for value in told.values()]
    assert column(["-1,299", "£12.500", "999,999", "1.000 €"], reading(Type.MONEY)) == [None] * 4


STYLES = {
    "plain": (POINT, "{:f}", ""),
    "thousands": (POINT, "{:,f}", ""),
    "yuan": (POINT, "¥{:,f}", ""),
    "suffix": (POINT, "{:,f}元", ""),
    "wide": (POINT, "{:f}", "wide"),
    "european": (COMMA, "{:,f} €", "swap"),
    "french": (COMMA, "{:,f}", "space"),
    "swiss": (POINT, "CHF {:,f}", "apostrophe"),
    "accountant": (POINT, "{:,f}", "parentheses"),
    "trailing": (POINT, "{:,f}", "trailing"),
}
WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


def written(amount: Decimal, style: str) -> str:
    _, template, twist = STYLES[style]
    text = template.format(abs(amount) if twist in ("parentheses", "trailing") else amount)
    negative = amount < 0
    match twist:
        case "wide":
            return text.translate(WIDE)
        case "swap":
            return text.translate(str.maketrans(",.", ".,"))
        case "space":
            return text.replace(",", "\u202f").replace(".", ",")
        case "apostrophe":
            return text.replace(",", "’")
        case "parentheses":
            return f"({text})" if negative else text
        case "trailing":
            return f"{text}-" if negative else text
    return text


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=5, deadline=None)
@given(amounts=st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=40, max_size=120))
def test_any_decimal_reads_back_equal_under_its_decided_style(style, amounts):
    rows = ibis.memtable({"t": [written(a, style) for a in amounts]}, schema={"t": "string"})
    found = ibis.duckdb.connect().to_pyarrow(
        rows.select(v=read(rows.t, Type.MONEY, STYLES[style][0], Home("UTC")))
    )
    assert found["v"].to_pylist() == amounts


@settings(max_examples=5, deadline=None)
@given(amounts=st.lists(st.decimals(-(10**9), 10**9, places=6), min_size=40, max_size=80))
def test_more_than_four_decimals_are_rounded_half_away_from_zero(amounts):
    rows = ibis.memtable({"t": [f"{a:f}" for a in amounts]}, schema={"t": "string"})
    found = ibis.duckdb.connect().to_pyarrow(rows.select(v=read(rows.t, Type.MONEY, POINT, Home("UTC"))))
    assert found["v"].to_pylist() == [a.quantize(Decimal("0.0001"), ROUND_HALF_UP) for a in amounts]


def test_counts_have_no_fraction_and_measures_may(column):
    assert column(["35岁", "12.0", "12.5", "1,000"], reading(Type.INTEGER, POINT)) == [35, 12, None, 1000]
    assert column(["60%", "0.5"], reading(Type.NUMBER)) == [60.0, 0.5]


def test_a_duration_may_be_written_as_a_clock(column):
    seconds = Reading(("interactions.seconds",))
    assert column(["3:25", "1:00:01", "35", "35秒"], reading(Type.INTEGER, seconds)) == [205, 3601, 35, 35]


DAYS = [
    "2024-03-05",
    "2024/3/5",
    "2024.03.05",
    "2024. 3. 5.",
    "2024年3月5日",
    "2024年03月05日",
    "二〇二四年三月五日",
    "20240305",
    "5 Mar 2024",
    "5-Mar-24",
    "05 March 2024",
    "Mar 5, 2024",
    "March 5th, 2024",
    "Tuesday, March 5, 2024",
    "2024-Mar-05",
    "45356",
    "２０２４－０３－０５",
    "2024-03-05 00:00:00",
    "Tue 5 Mar 2024",
    "5. März 2024",
    "Di, 5. Mär. 2024",
    "5-mar.-2024",
    "5 mars 2024",
    "mar. 5 mars 2024",
    "martes, 5 de marzo de 2024",
    "5 de março de 2024",
    "令和6年3月5日",
]


@pytest.mark.parametrize("how", [UNDECIDED, DAY_FIRST, MONTH_FIRST])
def test_a_date_is_read_as_people_write_it(column, how):
    assert column(DAYS, reading(Type.DATE, how)) == [date(2024, 3, 5)] * len(DAYS)


def test_months_are_known_by_their_names_in_other_languages(column):
    told = {
        "1. Dez. 2024": "2024-12-01", "12-Mai-2024": "2024-05-12", "3 févr. 2024": "2024-02-03",
        "3 août 2024": "2024-08-03", "3 juin 2024": "2024-06-03", "3 juillet 2024": "2024-07-03",
        "3 de enero de 2024": "2024-01-03", "3/abr/2024": "2024-04-03", "3 de outubro de 2024": "2024-10-03",
        "平成元年1月8日": "1989-01-08", "昭和64年1月7日": "1989-01-07",
    }  # fmt: skip
    assert [str(day) for day in column(list(told), reading(Type.DATE))] == list(told.values())


def test_the_order_of_day_and_month_is_the_columns(column):
    texts = ["03/05/2024", "3.5.2024", "03-05-24"]
    assert column(texts, reading(Type.DATE, DAY_FIRST)) == [date(2024, 5, 3)] * 3
    assert column(texts, reading(Type.DATE, MONTH_FIRST)) == [date(2024, 3, 5)] * 3
    assert column(texts, reading(Type.DATE)) == [None] * 3


def test_without_an_order_only_a_value_that_decides_itself_is_read(column):
    assert column(["25/03/2024", "03/25/2024", "05/05/2024"], reading(Type.DATE)) == [
        date(2024, 3, 25),
        date(2024, 3, 25),
        date(2024, 5, 5),
    ]


@pytest.mark.parametrize(
    "text", ["2024-02-30", "31/04/2024", "2024-13-01", "20240230", "30 Feb 2024", "2023年2月29日"]
)
def test_a_day_that_never_was_is_nothing(column, text):
    assert column([text], reading(Type.DATE, DAY_FIRST)) == [None]


def test_a_month_alone_is_its_first_day_as_a_date_and_no_moment(column):
    texts = ["2024-03", "2024年3月", "202403", "Mar 2024", "2024/03"]
    assert column(texts, reading(Type.DATE)) == [date(2024, 3, 1)] * 5
    assert column(texts, reading(Type.TIME)) == [None] * 5


def test_a_short_birth_year_is_of_the_last_century_unless_a_childs(column):
    born = Reading(("people.birth_date",), order="dmy")
    assert column(["1/2/68", "1/2/30", "1/2/12"], reading(Type.DATE, born)) == [
        date(1968, 2, 1),
        date(1930, 2, 1),
        date(2012, 2, 1),
    ]
    assert column(["1/2/30"], reading(Type.DATE, DAY_FIRST)) == [date(2030, 2, 1)]


def test_a_short_year_of_what_has_been_is_not_to_come(column):
    def years(target: str, kind: Type, *texts: str) -> list[int]:
        how = Reading((target,), order="dmy")
        return [day.year for day in column(list(texts), reading(kind, how, "UTC", date(2026, 6, 15)))]

    assert years("people.birth_date", Type.DATE, "1/2/26", "1/2/27", "1/2/99") == [2026, 1927, 1999]
    assert years("orders.ordered_at", Type.TIME, "1/2/26", "1/2/27", "1/2/68") == [2026, 2027, 1968]
    assert years("invoices.issued", Type.DATE, "1/2/26", "1/2/68") == [2026, 1968]
    assert years("invoices.due", Type.DATE, "1/2/26", "1/2/56", "1/2/99") == [2026, 2056, 1999]


MOMENTS = {
    "2024-03-05 10:22": "02:22:00",
    "2024-03-05 10:22:05.123": "02:22:05.123",
    "2024-03-05T10:22:05": "02:22:05",
    "2024/3/5 9:02": "01:02:00",
    "2024年3月5日 下午3:05": "07:05:00",
    "2024年3月5日15时05分30秒": "07:05:30",
    "2024年3月5日10:22": "02:22:00",
    "Mar 5, 2024 3:05 PM": "07:05:00",
    "2024-03-05 12:05 PM": "04:05:00",
    "2024-03-05 星期二 10:22": "02:22:00",
    "20240305102200": "02:22:00",
    "5 March 2024, 10:22": "02:22:00",
    "2024-03-05T10:22:00+08:00": "02:22:00",
    "2024-03-05T10:22:00Z": "10:22:00",
    "2024-03-05 10:22:00 -0500": "15:22:00",
    "2024-03-05 10:22:00 UTC": "10:22:00",
    "Tue, 05 Mar 2024 10:22:00 GMT": "10:22:00",
    "1709605320": "02:22:00",
    "1709605320123": "02:22:00.123",
    "45356.5": "04:00:00",
    "2024-03-05 10:22 a.m.": "02:22:00",
    "Mar 5, 2024 2:22:09 AM PST": "10:22:09",
    "5 de marzo de 2024 10:22 hs.": "02:22:00",
    "5. März 2024, 10:22 Uhr": "02:22:00",
}
AT = {
    "上午9:30": "05 09:30",
    "上午12:30": "05 00:30",
    "凌晨12:30": "05 00:30",
    "凌晨3点": "05 03:00",
    "中午11:30": "05 11:30",
    "中午12:00": "05 12:00",
    "中午12点半": "05 12:30",
    "中午1:15": "05 13:15",
    "下午12:30": "05 12:30",
    "下午3点": "05 15:00",
    "下午三点一刻": "05 15:15",
    "下午15:05": "05 15:05",
    "午後3時": "05 15:00",
    "傍晚6:10": "05 18:10",
    "晚上7点整": "05 19:00",
    "晚11:59": "05 23:59",
    "晚上12:00": "06 00:00",
    "晚上12点半": "06 00:30",
    "晚上22:15": "05 22:15",
}


def test_a_moment_is_read_as_people_write_it_and_kept_in_utc(column):
    expected = [datetime.combine(date(2024, 3, 5), time.fromisoformat(t)) for t in MOMENTS.values()]
    assert column(list(MOMENTS), reading(Type.TIME)) == expected


def test_the_part_of_the_day_says_which_twelve_it_is(column):
    texts = [f"{day}{at}" for at in AT for day in ("2024-03-05 ", "2024年3月5日")]
    expected = [datetime.fromisoformat(f"2024-03-{at}") for at in AT.values() for _ in range(2)]
    assert column(texts, reading(Type.TIME, zone="UTC")) == expected


def test_three_at_night_is_of_one_day_or_the_other(column):
    assert column(["2024-03-05 晚上3:00"], reading(Type.TIME)) == [None]


def test_a_day_of_long_ago_is_a_day(column):
    texts = ["1799-12-31", "1066年10月14日", "14 Oct 1066", "14/10/1066", "10661014", "130512", "0999-01-01"]
    assert column(texts, reading(Type.DATE, DAY_FIRST)) == [
        date(1799, 12, 31), *[date(1066, 10, 14)] * 4, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["2024-03-05 25:00", "2024-03-05 10:61", "10:22", "下午3点", "2024-03-05 noon"]
)
def test_a_time_that_no_clock_shows_is_nothing(column, text):
    assert column([text], reading(Type.TIME)) == [None]


def test_the_day_of_a_moment_with_an_offset_is_the_day_here(column):
    assert column(["2024-03-05T22:00:00Z", "2024-03-05 22:00"], reading(Type.DATE)) == [
        date(2024, 3, 6),
        date(2024, 3, 5),
    ]


FORMATS = {
    "%Y-%m-%d %H:%M:%S": UNDECIDED,
    "%Y/%m/%d %H:%M:%S": UNDECIDED,
    "%Y年%m月%d日 %H:%M:%S": UNDECIDED,
    "%Y年%m月%d日%H时%M分%S秒": UNDECIDED,
    "%d.%m.%Y %H:%M:%S": DAY_FIRST,
    "%d/%m/%Y %I:%M:%S %p": DAY_FIRST,
    "%m/%d/%Y %H:%M:%S": MONTH_FIRST,
    "%m-%d-%Y %I:%M:%S %p": MONTH_FIRST,
    "%d %b %Y %H:%M:%S": UNDECIDED,
    "%B %d, %Y %I:%M:%S %p": UNDECIDED,
    "%Y%m%d%H%M%S": UNDECIDED,
    "%A, %d %B %Y %H:%M:%S": UNDECIDED,
    "%Y-%m-%dT%H:%M:%S": UNDECIDED,
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=2, deadline=None)
@given(times=st.lists(st.datetimes(datetime(1992, 1, 1), datetime(2045, 12, 31)), min_size=50, max_size=100))
def test_any_moment_reads_back_equal_in_any_format(form, times):
    local = [t.replace(microsecond=0, fold=0) for t in times]
    rows = ibis.memtable({"t": [t.strftime(form) for t in local]}, schema={"t": "string"})
    found = ibis.duckdb.connect().to_pyarrow(
        rows.select(v=read(rows.t, Type.TIME, FORMATS[form], Home(LONDON)))
    )
    utc = ZoneInfo("UTC")
    expected = [t.replace(tzinfo=ZoneInfo(LONDON)).astimezone(utc).replace(tzinfo=None) for t in local]
    assert found["v"].to_pylist() == expected


@settings(max_examples=3, deadline=None)
@given(days=st.lists(st.dates(date(1955, 1, 1), date(2060, 1, 1)), min_size=50, max_size=100))
def test_any_day_of_excels_count_reads_back_equal(days):
    serials = [str((day - date(1899, 12, 30)) // timedelta(days=1)) for day in days]
    rows = ibis.memtable({"t": serials}, schema={"t": "string"})
    found = ibis.duckdb.connect().to_pyarrow(rows.select(v=read(rows.t, Type.DATE, UNDECIDED, Home("UTC"))))
    assert found["v"].to_pylist() == days


def test_a_date_and_the_time_beside_it_become_one(column):
    days = ["2024-03-05", "2024-03-05 00:00:00", "2024-03-05 07:00", "2024-03-05"]
    clocks = ["10:22", "1899-12-30 10:22:05", "10:22", None]
    rows = ibis.memtable({"d": days, "c": clocks}, schema={"d": "string", "c": "string"})
    joined = ibis.duckdb.connect().to_pyarrow(rows.select(v=with_clock(rows.d, rows.c)))["v"].to_pylist()
    assert joined == ["2024-03-05 10:22", "2024-03-05 10:22:05", "2024-03-05 07:00", "2024-03-05"]

"""Are numbers, money and days written as people of the language write them?"""

from datetime import date, datetime
from decimal import Decimal

import pytest

from shuke import formats
from shuke.languages import speaking


@pytest.mark.parametrize(
    ("written", "en", "zh"),
    [
        (lambda: formats.number(Decimal("1234.5600")), "1,234.56", "1,234.56"),
        (lambda: formats.number(4372), "4,372", "4,372"),
        (lambda: formats.compact(1_234_567), "1.23M", "123万"),
        (lambda: formats.compact(123_456_789), "123M", "1.23亿"),
        (lambda: formats.compact(10_476), "10,476", "10,476"),
        (lambda: formats.compact_money(Decimal("652044.23"), "CNY"), "CN¥652K", "¥65.2万"),
        (lambda: formats.compact(9_999), "9,999", "9,999"),
        (lambda: formats.money(Decimal("-1234.5"), "GBP"), "-£1,234.50", "-£1,234.50"),
        (lambda: formats.money(1500, "JPY"), "JP¥1,500", "JP¥1,500"),
        (lambda: formats.compact_money(Decimal("1234567.89"), "CNY"), "CN¥1.23M", "¥123万"),
        (lambda: formats.compact_money(Decimal("1234.56"), "GBP"), "£1,235", "£1,235"),
        (lambda: formats.share(0.1234), "12.3%", "12.3%"),
        (lambda: formats.change(0.05), "+5%", "+5%"),
        (lambda: formats.change(-0.123), "−12.3%", "−12.3%"),
        (lambda: formats.day(date(2024, 3, 5)), "5 Mar 2024", "2024年3月5日"),
        (lambda: formats.month(date(2024, 3, 1)), "Mar 2024", "2024年3月"),
    ],
)  # fmt: skip
def test_each_language_has_its_way(written, en: str, zh: str):
    with speaking("en"):
        assert written() == en
    with speaking("zh"):
        assert written() == zh


def test_a_moment_is_told_on_the_clocks_of_the_zone():
    stored = datetime(2026, 7, 1, 23, 30)  # noqa: DTZ001 - UTC without saying so, as in a build
    assert formats.moment(stored, "Asia/Shanghai") == "2 Jul 2026 07:30"
    assert formats.moment(stored, "Europe/London") == "2 Jul 2026 00:30"


def test_a_midnight_is_a_day_of_which_nobody_said_the_hour():
    stored = datetime(2026, 7, 1, 16)  # noqa: DTZ001 - UTC without saying so, as in a build
    assert formats.moment(stored, "Asia/Shanghai") == "2 Jul 2026"
    assert formats.moment(stored, "Europe/London") == "1 Jul 2026 17:00"


def test_an_amount_within_a_sentence_names_its_currency_in_both_languages():
    told = formats.amount(39567.3, "CNY")
    assert (told.en, told.zh) == ("CN¥39,567", "¥39,567")
    assert formats.amount(Decimal("-1234.6"), "").en == "-1,235"


@pytest.mark.parametrize(
    "write", [formats.number, formats.compact, formats.share, formats.change, formats.day, formats.month]
)
def test_what_is_not_known_is_a_dash(write):
    assert write(None) == formats.NOTHING

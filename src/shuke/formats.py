"""Formats: how do people of a language write numbers, money, shares, days and moments?"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from babel.units import format_unit

from shuke.languages import Text, language

Number = float | Decimal

#: What stands where nothing is known; a blank would look forgotten.
NOTHING = "–"

#: From here on a heading says thousands, 万, millions.
_LARGE = 100_000

_LOCALES = {"en": Locale("en", "GB"), "zh": Locale("zh", "CN", script="Hans")}


def locale() -> Locale:
    """That of the reader whom this context serves."""
    return _LOCALES[language()]


def listed(names: Sequence[str]) -> str:
    """A, B and C; A、B和C."""
    return format_list(list(names), locale=locale())


def number(value: Number | None, *, places: int = 2) -> str:
    """1,234.5 — with at most so many places, and none that say nothing."""
    return NOTHING if value is None else format_decimal(value, "#,##0." + "#" * places, locale=locale())


def compact(value: Number | None) -> str:
    """For headings: three figures of what is large; 1.23M in English, 123万 in Chinese."""
    if value is None or -_LARGE < value < _LARGE:
        return number(value, places=1)
    return format_compact_decimal(value, fraction_digits=_places(value), locale=locale())


def money(value: Number | None, currency: str) -> str:
    """£1,234.50 — to the currency's own places."""
    return NOTHING if value is None else format_currency(value, currency, locale=locale())


def compact_money(value: Number | None, currency: str) -> str:
    """£1.23M, ¥123万 — for headings; smaller amounts without their pence."""
    if value is None:
        return NOTHING
    if -_LARGE < value < _LARGE:
        return format_currency(value, currency, "¤#,##0", locale=locale(), currency_digits=False)
    return format_compact_currency(value, currency, fraction_digits=_places(value), locale=locale())


def amount(value: Number, currency: str) -> Text:
    """£1,234, CN¥1,234, ¥1,234 — within a sentence told in both languages; bare without a currency."""
    if not currency:
        return Text(f"{value:,.0f}", f"{value:,.0f}")
    told = (
        format_currency(value, currency, "¤#,##0", locale=each, currency_digits=False)
        for each in (_LOCALES["en"], _LOCALES["zh"])
    )
    return Text(*told)


def _places(value: Number) -> int:
    """Places that leave three figures; Chinese counts by ten thousands."""
    group = 4 if language() == "zh" else 3
    return max(2 - (len(str(abs(int(value)))) - 1) % group, 0)


def share(value: Number | None, *, places: int = 1) -> str:
    """12.3 % of a value between 0 and 1."""
    return NOTHING if value is None else format_percent(value, "#,##0." + "#" * places + "%", locale=locale())


def change(value: Number | None) -> str:
    """A change in relation to what it was, its sign always said: +12.3%, −4%."""
    return NOTHING if value is None else format_percent(value, "+#,##0.#%;−#,##0.#%", locale=locale())


def day(value: date | None) -> str:
    """5 Mar 2024, 2024年3月5日."""
    return NOTHING if value is None else format_date(value, "medium", locale=locale())


def month(value: date | None) -> str:
    """Mar 2024, 2024年3月."""
    return NOTHING if value is None else format_skeleton("yMMM", value, locale=locale())


def short_month(value: date) -> str:
    """Mar, 3月."""
    return format_skeleton("MMM", value, locale=locale())


def duration(value: timedelta) -> str:
    """36 hours, 10 days; 36小时, 10天: in days where these are whole."""
    hours = int(value / timedelta(hours=1))
    count, unit = (hours, "duration-hour") if hours % 24 else (hours // 24, "duration-day")
    return str(format_unit(count, unit, locale=locale()))


def moment(value: datetime | None, zone: str, *, to_the_day: bool = False) -> str:
    """A stored moment (UTC, with or without saying so) on the clocks of `zone`, to the minute.

    Midnight to the second is a day of which nobody said the hour, and stands as that.
    """
    if value is None:
        return NOTHING
    aware = value if value.tzinfo else value.replace(tzinfo=ZoneInfo("UTC"))
    there = aware.astimezone(ZoneInfo(zone))
    if to_the_day or there.time() == time():
        return day(there.date())
    return f"{day(there.date())} {format_datetime(there, 'HH:mm', locale=locale())}"

"""Masking: what does somebody see of a personal value that they may not see in full?

Expressions, so that the engine masks and the value never leaves it. What a rule cannot place is
hidden whole: a mask that shows too little can be lived with.
"""

from collections.abc import Callable
from typing import Literal

import ibis
import ibis.expr.types as ir

Kind = Literal["name", "phone", "email", "address", "date", "text"]

HIDDEN = "***"

_HAN = "[\u3400-\u9fff]"
_PROVINCE = f"{_HAN}{{2,8}}(?:省|自治区|特别行政区)"
_CITY = f"{_HAN}{{2,10}}?(?:市|自治州|地区|盟)"
_STREET = "[路街道巷弄号村县室楼栋]"  # no city has one of these in its name; 城市花园 has a street before it


def mask(value: ir.Value, kind: Kind) -> ir.StringValue:
    """The part of a personal value that anybody may see; null and blank stay null.

    mask("张伟", "name")                       "张*"
    mask("John Smith", "name")                 "J***"
    mask("+86 138 1234 1234", "phone")         "138****1234"
    mask("jane@example.com", "email")          "j***@example.com"
    mask("浙江省杭州市西湖区文三路1号", "address")  "浙江省杭州市"
    mask(date(1985, 3, 2), "date")             "1985"
    mask("likes jasmine tea", "text")          "***"
    """
    text = value.cast("string").strip().nullif("")
    return text.isnull().ifelse(ibis.null("string"), RULES[kind](text))


def _name(text: ir.StringValue) -> ir.StringValue:
    return text.re_search(f"^{_HAN}").ifelse(text.left(1) + "*", text.left(1) + HIDDEN)


def _phone(text: ir.StringValue) -> ir.StringValue:
    digits = text.re_replace("[^0-9]", "").re_replace("^(?:00)?86(1[3-9][0-9]{9})$", r"\1")
    return ibis.cases(
        (digits.length() >= 11, digits.left(3) + "****" + digits.right(4)),
        (digits.length() >= 8, digits.left(2) + "****" + digits.right(2)),
        else_=HIDDEN,
    )


def _email(text: ir.StringValue) -> ir.StringValue:
    shown = text.re_replace("^([^@])[^@]*@([^@]+)$", rf"\1{HIDDEN}@\2")
    return text.re_search("^[^@]+@[^@]+$").ifelse(shown, HIDDEN)


def _address(text: ir.StringValue) -> ir.StringValue:
    city = text.re_extract(f"^((?:{_PROVINCE})?{_CITY})", 1)
    certain = (city != "") & ~city.re_search(_STREET)
    return certain.fill_null(False).ifelse(city, HIDDEN)


def _date(text: ir.StringValue) -> ir.StringValue:
    return text.re_search("^[0-9]{4}-").ifelse(text.left(4), HIDDEN)


def _text(_: ir.StringValue) -> ir.StringValue:
    return ibis.literal(HIDDEN)


RULES: dict[Kind, Callable[[ir.StringValue], ir.StringValue]] = {
    "name": _name,
    "phone": _phone,
    "email": _email,
    "address": _address,
    "date": _date,
    "text": _text,
}

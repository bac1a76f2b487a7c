"""Numbers: how much is it, however it is written?

¥1,299.00   1.299,00 €   ￥１２９９   (12.50)   12.50-   1 299,00   1'299.00   US$ 5   3.5万   5件   50.-
"""

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from shuke.collect.mapping import Mark
from shuke.collect.values import currencies
from shuke.collect.values.folding import folded, once
from shuke.tables import Type

#: What is read at once. Without a mark known, 1.299 could be either and is left to the thorough way.
_PLAIN: dict[Mark | None, str] = {
    ".": r"^-?\d+(?:\.\d+)?$",
    ",": r"^-?\d+(?:,\d+)?$",
    None: r"^-?(?:\d+|0\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+)$",
}
_SIGNS = "¥￥$€£"
#: The commonest prices, still cheap: a sign in front, thousands in threes.
_PRICE: dict[Mark | None, str] = {
    ".": rf"^[{_SIGNS}]?-?(?:\d+|[1-9]\d{{0,2}}(?:,\d{{3}})+)(?:\.\d+)?$",
    ",": rf"^[{_SIGNS}]?-?(?:\d+|[1-9]\d{{0,2}}(?:\.\d{{3}})+)(?:,\d+)?$",
    None: rf"^[{_SIGNS}]-?\d+$",
}
_UNIT = (
    r"([\d\s.,)万萬亿億])(?:件|个|個|只|瓶|盒|包|箱|条|双|套|台|份|张|本|支|袋|杯|枚|卷|块|对|斤|公斤|千克|克|升|岁|周岁|年|个月|月|天|日|"
    r"次|分|分钟|秒|人|点|积分|pcs?|pieces?|units?|items?|ea|pts?|points?|years?|yrs?|months?|days?|seconds?|secs?|"
    r"kg|g|ml|l)\.?$"
)
#: A stroke in place of the fraction, as in Switzerland and Germany: 50.- and 50,-- are fifty, and no debt.
_NO_CENTS = r"(\d)[.,][-–—]{1,2}(\D*)$"
_SHAPE = r"^(?:\( *[+-]?|[+-])? *(\d[\d.,' ]*|[.,]\d+)(e[+-]?\d{1,3})? *(万|萬|亿|億)? *[)-]?$"
_NEGATIVE = r"^[( ]*-|^\(|-$"


def _grouped(separators: str, mark: str) -> str:
    """Thousands in threes, or as in India in twos before the last three, and a fraction."""
    threes = rf"[1-9]\d{{0,2}}(?:[{separators}]\d{{3}})+"
    twos = rf"[1-9]\d?(?:[{separators}]\d\d)+[{separators}]\d{{3}}"
    return rf"^(?:(?:{threes}|{twos}|\d+)(?:[{mark}]\d*)?|[{mark}]\d+)$"


_POINT, _COMMA = _grouped(",' ", "."), _grouped(".' ", ",")
_UNDECIDABLE = r"^[1-9]\d{0,2}[.,]\d{3}$"


def exact(text: ir.StringValue, mark: Mark | None) -> ir.DecimalValue:
    """Money or a quantity; more than four decimals are rounded, half away from zero."""
    return _number(text, mark, Type.MONEY.ibis)


def rate(text: ir.StringValue, mark: Mark | None) -> ir.DecimalValue:
    """A rate of exchange; more than ten decimals are rounded."""
    return _number(text, mark, Type.RATE.ibis)


def measure(text: ir.StringValue, mark: Mark | None) -> ir.FloatingValue:
    """A ratio or an estimate; a percentage is its figure: 60 % is 60."""
    return _number(text.re_replace(r"[%％]\s*$", ""), mark, Type.NUMBER.ibis)


def share(text: ir.StringValue, mark: Mark | None, *, percent: bool, paid: bool = False) -> ir.DecimalValue:
    """A share of a price: 15% and 0.15 are both 0.15, and so is 8.5折, of which 85 % are paid.

    `percent`: a number without a sign counts hundredths. Else it lies between 0 and 1, or says nothing.
    `paid`: such a number is what remains to be paid: 0.85, 8.5 and 85 all leave 15 % off.
    """
    plain = folded(text)
    kind, one = Type.SHARE.ibis, ibis.literal(1).cast("decimal(20, 12)")

    def told(number: ir.DecimalValue) -> ir.DecimalValue:
        left = plain.re_search(r"^\d(?:\.\d+)?折$").ifelse(number / 10, number / 100)
        bare = number / 100 if percent else number.between(0, 1).ifelse(number, ibis.null(number.type()))
        if paid:
            bare = one - ibis.cases((number <= 1, number), (number <= 10, number / 10), else_=number / 100)
        return ibis.cases((plain.endswith("%"), number / 100), (plain.endswith("折"), one - left), else_=bare)

    number = _number(plain.re_replace(r" *[%折]$", ""), mark, kind).cast("decimal(20, 12)")
    return once(number, told).cast(kind)


def whole(text: ir.StringValue, mark: Mark | None) -> ir.IntegerValue:
    """A count; null where there is a fraction."""
    kind, none = Type.INTEGER.ibis, ibis.null(Type.MONEY.ibis)
    counted = once(exact(text, mark), lambda n: (n == n.floor()).ifelse(n, none).cast(kind))
    return text.re_search(r"^-?\d{1,9}$").ifelse(text.try_cast(kind), counted)


def duration(text: ir.StringValue, mark: Mark | None) -> ir.IntegerValue:
    """Seconds, also written as 3:25 or 1:03:25."""
    clock = r"^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})$"
    hours, minutes, seconds = (_part(folded(text), clock, n).try_cast("int64") for n in (1, 2, 3))
    return folded(text).re_search(clock).ifelse(
        hours.fill_null(0) * 3600 + minutes * 60 + seconds, whole(text, mark)
    )  # fmt: skip


def _number(text: ir.StringValue, mark: Mark | None, kind: dt.DataType) -> ir.NumericValue:
    return ibis.cases(
        (text.re_search(_PLAIN[mark]), text.replace(",", ".") if mark == "," else text),
        (text.re_search(_PRICE[mark]), _bare(text, mark)),
        else_=_digits(text, mark),
    ).try_cast(kind)


def _bare(price: ir.StringValue, mark: Mark | None) -> ir.StringValue:
    for sign in (*_SIGNS, "." if mark == "," else ","):
        price = price.replace(sign, "")
    return price.replace(",", ".") if mark == "," else price


def _digits(text: ir.StringValue, mark: Mark | None) -> ir.StringValue:
    """The number as an engine would write it; null where it is none."""
    plain = folded(text).lower().re_replace(_UNIT, r"\1").re_replace(_NO_CENTS, r"\1\2")
    bare = currencies.bare(plain.strip()).strip()
    return once(bare, lambda core: _spelt(core, mark))


def _spelt(core: ir.StringValue, mark: Mark | None) -> ir.StringValue:
    sign = core.re_search(_NEGATIVE).ifelse("-", "")
    power = _part(core, _SHAPE, 2)
    myriads = _part(core, _SHAPE, 3).cases(("万", "e4"), ("萬", "e4"), ("亿", "e8"), ("億", "e8"), else_="")
    digits = once(_part(core, _SHAPE, 1).strip(), lambda d: _with_point(d, mark))
    return sign + digits + power.fill_null("") + myriads


def _with_point(digits: ir.StringValue, mark: Mark | None) -> ir.StringValue:
    """Without thousands and with a point, whichever reading is possible; the mark decides between two."""
    point = digits.re_search(_POINT), digits.re_replace("[,' ]", "")
    comma = digits.re_search(_COMMA), digits.re_replace("[.' ]", "").replace(",", ".")
    if mark is None:
        return ibis.cases((digits.re_search(_UNDECIDABLE), ibis.null("string")), point, comma)
    return ibis.cases(comma, point) if mark == "," else ibis.cases(point, comma)


def _part(text: ir.StringValue, shape: str, group: int) -> ir.StringValue:
    return text.re_extract(shape, group)

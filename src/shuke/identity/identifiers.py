"""Identifiers: by which numbers and names is a record known, written in one way?"""

from collections.abc import Callable
from functools import cache
from string import ascii_letters, digits

import ibis
import ibis.expr.types as ir
import phonenumbers

from shuke.languages import Text
from shuke.tables import IDENTIFIERS, Column, Type, table

#: What people type where they have nothing to type.
NEVER = (
    "null", "none", "nil", "nan", "na", "n/a", "undefined", "anonymous", "unknown", "test", "guest",
    "customer", "noemail", "none@none.com", "test@test.com", "no@email.com", "123456", "1234567", "12345678",
    "123456789", "1234567890", "13800138000", "13888888888", "13800000000", "-1",
    "无", "没有", "不详", "未知", "匿名", "散客",
)  # fmt: skip

_HALF_WIDTH = digits + ascii_letters + "+-@.()#*_ "
_FULL_WIDTH = "".join(chr(ord(c) + 0xFEE0) for c in _HALF_WIDTH[:-1]) + "\u3000"

#: What stands for a digit or a letter that is not shown.
_MASKED = r"[*•●○…]|··"
_MASKED_DIGITS = r"xx|[?]{2}|##|__"


@table(
    key=("record", "kind", "scope", "value"),
    title=Text("Identifiers", "标识"),
    area="identity",
    subject=None,
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类")),
        Column("scope", Type.TEXT, Text("Scope", "范围")),
        Column("value", Type.TEXT, Text("Value, normalised", "规范值"), personal="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
        Column("identifies", Type.FLAG, Text("Identifies", "可识别")),
    ],
)
def identifiers(
    landed_identifiers: ir.Table,
    *,
    country: str,
    never: tuple[str, ...] = NEVER,
    limit: int = 10,
) -> ir.Table:
    """Every identifier of every record, in the one form in which equal ones are equal.

    One row per record, kind, scope and normalised value. E-mails lose case; phones become digits with
    their country's calling code (of `country` where none is written), without extensions; other
    identifiers lose case and spaces. Values of `never`, masked values, noughts and runs of one character
    are left out. `identifies` is true where the kind is strong and at most `limit` records share the value.
    """
    written = landed_identifiers.select(
        "kind",
        record=record_of(landed_identifiers),
        scope=landed_identifiers.scope.fill_null(""),
        value=normalised(landed_identifiers.kind, landed_identifiers.value, country=country, never=never),
    )
    # In this order, for a filter before it would have the engine work each value out a second time.
    meant = written.distinct().filter(lambda t: t.value.notnull())
    sharing = ibis.window(group_by=["kind", "scope", "value"])
    shared = meant.mutate(records=meant.count().over(sharing))
    strong = [kind.name for kind in IDENTIFIERS.values() if kind.strong]
    return shared.mutate(identifies=shared.kind.isin(strong) & (shared.records <= limit))


def record_of(rows: ir.Table) -> ir.StringValue:
    """The name of a record in the whole company: its source and its number there."""
    return rows.source + ":" + rows.record_id


def normalised(
    kind: ir.StringValue, value: ir.StringValue, *, country: str, never: tuple[str, ...] = NEVER
) -> ir.StringValue:
    """The comparable form of an identifier, null where it cannot identify.

    "email", " Ann.Lee@Example.COM"      "ann.lee@example.com"
    "phone", "+86 138-0013-9000"         "8613800139000"
    "phone", "138 0013 9000" (CN)        "8613800139000"
    "phone", "138****9000"               null
    "phone", "13800138000"               null: of `never`
    "member_no", "vip 0012"              "vip0012"
    """
    # Few values have any; to translate them all takes longer than everything else here.
    narrow = value.re_search(f"[{_FULL_WIDTH}]").ifelse(value.translate(_FULL_WIDTH, _HALF_WIDTH), value)
    plain = narrow.strip().lower()
    nothing = [word.lower() for word in never]

    def form(said: ir.StringValue) -> ir.StringValue:
        return ibis.ifelse(_says_nothing(said, nothing), ibis.null(str), _form(kind, said, country))

    return _once(plain, form)


def _once(value: ir.StringValue, then: Callable[[ir.StringValue], ir.Value]) -> ir.Value:
    """`then(value)`, with the engine working `value` out a single time however often `then` names it."""
    return ibis.array([value]).map(then)[0]


def _form(kind: ir.StringValue, plain: ir.StringValue, country: str) -> ir.StringValue:
    return ibis.cases(
        (kind.isin(["phone", "fax"]), _phone(plain, country)),
        (kind == "email", ibis.ifelse(plain.re_search(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), plain, ibis.null(str))),
        else_=plain.re_replace(r"\s+", ""),
    )


def _says_nothing(plain: ir.StringValue, nothing: list[str]) -> ir.BooleanValue:
    def empty(compact: ir.StringValue) -> ir.BooleanValue:
        only_one = (compact.length() >= 4) & (compact.replace(compact.substr(0, 1), "") == "")
        return compact.isin(nothing) | only_one | compact.re_search(rf"^[-_./?x0]*$|{_MASKED}")

    return _once(plain.re_replace(r"\s+", ""), empty)


def _phone(plain: ir.StringValue, country: str) -> ir.StringValue:
    number = plain.replace("(0)", "").re_replace(r"(ext|x|转|分机|#).*$", "").re_replace(r"[^0-9+]", "")
    dialled = _once(number, lambda n: _international(n, country))
    return ibis.ifelse(plain.re_search(_MASKED_DIGITS), ibis.null(str), dialled)


def _international(number: ir.StringValue, country: str) -> ir.StringValue:
    calling, trunk, longest = _numbering(country)
    figures = number.replace("+", "")
    full = ibis.cases(
        (number.startswith("+"), figures),
        (number.startswith("00"), figures.substr(2)),
        # A number that starts with its country's code and is longer than any national one.
        (figures.startswith(calling) & (figures.length() > longest), figures),
        (
            figures.startswith(trunk) & (figures.length() > longest),
            ibis.literal(calling) + figures.substr(len(trunk)),
        ),
        # Many write the nought of the trunk before shorter numbers too; no number begins with it.
        (figures.startswith("0") & (ibis.literal(trunk) == "0"), ibis.literal(calling) + figures.substr(1)),
        else_=ibis.literal(calling) + figures,
    )
    return ibis.ifelse(figures.length().between(7, 15), full, ibis.null(str))


@cache
def _numbering(country: str) -> tuple[str, str, int]:
    """A country's calling code, what is dialled before a national number, the longest such number."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if plan is None or plan.mobile is None:
        return "", "", 15
    return str(plan.country_code), plan.national_prefix or "", max(plan.mobile.possible_length)

"""Identifiers: by which numbers and names is a record known, written in one way?"""

import ibis
import ibis.expr.types as ir
import phonenumbers

from shuke.languages import Text
from shuke.tables import IDENTIFIERS, Column, Type, table

#: What people type where they have nothing to type.
NEVER = (
    "null", "none", "nil", "nan", "na", "n/a", "undefined", "anonymous", "unknown", "test", "guest", "customer",
    "noemail", "none@none.com", "test@test.com", "no@email.com", "123456", "1234567", "12345678", "123456789",
    "1234567890", "13800138000", "13888888888", "13800000000", "-1", "无", "没有", "不详", "未知", "匿名", "散客",
)  # fmt: skip

_FULL_WIDTH = "０１２３４５６７８９＋－＠．（）＃＊"
_HALF_WIDTH = "0123456789+-@.()#*"


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
    their country's calling code (of `country` where none is written); other identifiers lose case and
    spaces. Values of `never`, masked values and runs of one character are left out. `identifies` is
    true where the kind is strong and at most `limit` records share the value.
    """
    written = landed_identifiers.select(
        "kind",
        record=record_of(landed_identifiers),
        scope=landed_identifiers.scope.fill_null(""),
        value=normalised(landed_identifiers.kind, landed_identifiers.value, country=country),
    )
    meant = written.filter(
        written.value.notnull() & ~written.value.isin([v.lower() for v in never])
    ).distinct()
    shared = meant.group_by("kind", "scope", "value").agg(records=lambda t: t.count())
    strong = [kind.name for kind in IDENTIFIERS.values() if kind.strong]
    return (
        meant.join(shared, ["kind", "scope", "value"])
        .select("record", "kind", "scope", "value", "records")
        .mutate(identifies=lambda t: t.kind.isin(strong) & (t.records <= limit))
    )


def record_of(rows: ir.Table) -> ir.StringValue:
    """The name of a record in the whole company: its source and its number there."""
    return rows.source + ":" + rows.record_id


def normalised(kind: ir.StringValue, value: ir.StringValue, *, country: str) -> ir.StringValue:
    """The comparable form of an identifier, null where it cannot identify.

    "email", " Ann.Lee@Example.COM"      "ann.lee@example.com"
    "phone", "+86 138-0013-9000"         "8613800139000"
    "phone", "138 0013 9000" (CN)        "8613800139000"
    "phone", "138****9000"               null
    "member_no", "vip 0012"              "vip0012"
    """
    plain = value.translate(_FULL_WIDTH, _HALF_WIDTH).strip().lower()
    form = ibis.cases(
        (kind.isin(["phone", "fax"]), _phone(plain, country)),
        (kind == "email", ibis.ifelse(plain.re_search(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), plain, ibis.null(str))),
        else_=plain.re_replace(r"\s+", ""),
    )
    means_nothing = form.re_search(r"\*|^[-_.0]*$|^x+$") | (form.length() < 2)
    return ibis.ifelse(means_nothing, ibis.null(str), form)


def _phone(plain: ir.StringValue, country: str) -> ir.StringValue:
    calling = str(phonenumbers.country_code_for_region(country))
    number = plain.re_replace(r"(ext|x|转|#).*$", "").re_replace(r"[^0-9+*]", "")
    digits = number.replace("+", "")
    full = ibis.cases(
        (number.contains("*"), number),
        (number.startswith("+"), digits),
        (number.startswith("00"), digits.substr(2)),
        # A number that starts with its country's code and is longer than any national one.
        (number.startswith(calling) & (digits.length() >= 11 + len(calling) - (calling == "1")), digits),
        (number.startswith("0"), ibis.literal(calling) + digits.substr(1)),
        else_=ibis.literal(calling) + digits,
    )
    return ibis.ifelse(number.contains("*") | (digits.length() >= 7), full, ibis.null(str))

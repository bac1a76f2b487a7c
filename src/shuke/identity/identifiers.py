"""Identifiers: by which numbers and names is a record known, written in one way?"""

from functools import cache
from string import ascii_letters, digits

import ibis
import ibis.expr.types as ir
import phonenumbers

from shuke.identity.incremental import anything
from shuke.languages import Text
from shuke.tables import IDENTIFIERS, Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.text.characters import once

#: What people type where they have nothing to type.
NEVER = (
    "null", "none", "nil", "nan", "na", "n/a", "undefined", "anonymous", "unknown", "test", "guest",
    "customer", "noemail", "none@none.com", "test@test.com", "no@email.com", "123456", "1234567", "12345678",
    "123456789", "1234567890", "13800138000", "13888888888", "13800000000", "-1",
    "无", "没有", "不详", "未知", "匿名", "散客",
)  # fmt: skip

#: Providers that deliver ann+anything to ann; of these, Google also ann.lee to annlee.
_GOOGLE = ("gmail.com", "googlemail.com")
_TAGGING = (
    "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "fastmail.com",
    "fastmail.fm", "protonmail.com", "proton.me", "pm.me", "zoho.com", "yandex.com", "yandex.ru", "hey.com",
    "outlook.co.uk", "hotmail.co.uk", "hotmail.fr", "live.co.uk",
)  # fmt: skip

_HALF_WIDTH = digits + ascii_letters + "+-@.()#*_ "
_FULL_WIDTH = "".join(chr(ord(c) + 0xFEE0) for c in _HALF_WIDTH[:-1]) + "\u3000"

#: A mobile phone, or an area code with the number there.
_CHINESE = "^86(1[3-9][0-9]{9}|(10|2[0-9])[0-9]{8}|[3-9][0-9]{2}[0-9]{7,8})$"

#: What two records share that have one identifier.
VALUE = ("kind", "scope", "value")

#: What stands for a digit or a letter that is not shown.
_MASKED = r"[*•●○…]|··"
_MASKED_DIGITS = r"xx|[?]{2}|##|__"


#: Mailboxes that a whole office reads, or nobody: the part before the @.
_OFFICES = (
    "info|contact|office|mail|email|hello|hi|admin|administrator|webmaster|postmaster|support|service|services|"
    "help|helpdesk|sales|shop|store|order|orders|billing|accounts|accounting|invoice|invoices|finance|hr|jobs|"
    "marketing|press|news|newsletter|team|enquiries|inquiries|enquiry|reception|booking|bookings|reservations|"
    "customerservice|customercare|no-?reply|do-?not-?reply|donotreply|kontakt|vertrieb|verkauf|bestellung|buero|"
    "rechnung|contacto|ventas|pedidos|contato|vendas|accueil|commande|kefu|xiaoshou|caiwu|service[0-9]*|客服|销售|"
    "财务|前台|办公室"
)


@table(
    key=("record", "kind", "scope", "value"),
    title=Text("Identifiers", "标识"),
    area="identity",
    subject=None,
    laid_out_by="record",
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类")),
        Column("scope", Type.TEXT, Text("Scope", "范围")),
        Column("value", Type.TEXT, Text("Value, normalised", "规范值"), pii="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
        Column("identifies", Type.FLAG, Text("Identifies", "可识别")),
        Column("valid_from", Type.DATE, Text("Valid from", "生效日")),
        Column("valid_until", Type.DATE, Text("Valid until", "失效日")),
    ],
)
def identifiers(
    landed_identifiers: ir.Table,
    new_identifiers: ir.Table,
    previous_identifiers: ir.Table,
    *,
    country: str,
    ignored_values: tuple[str, ...] = NEVER,
    max_records: int = 10,
    checkpoint: Checkpoint,
) -> ir.Table:
    """Every identifier of every record, in the one form in which equal ones are equal.

    One row per record, kind, scope and normalised value. E-mails lose case, and what their provider
    ignores; phones become digits with their country's calling code (of `country` where none is written),
    without extensions; other identifiers lose case and spaces. Values of `ignored_values`, masked values,
    noughts and runs of one character are left out. A user id is one of its source only, an OpenID one of its
    app or else of its source. `identifies` is true where the kind is strong, at most `max_records` records
    share the value, and it had not ceased to be theirs when the newest identifier arrived. `valid_from` and
    `valid_until` are the earliest and the latest day that the record gives; null: open. Only records that are
    `fresh_` are written anew, and only values of theirs counted.
    """
    told = landed_identifiers.mutate(record=record_of(landed_identifiers))
    if goes_on := anything(previous_identifiers):
        fresh = checkpoint(new_identifiers.select(record=record_of(new_identifiers)).distinct())
        told = told.semi_join(fresh, "record")
    written = told.select(
        "record",
        "kind",
        "valid_from",
        "valid_until",
        scope=_scope(told),
        value=normalised(told.kind, told.value, country=country, ignored_values=ignored_values),
    )
    # Both at this place, or the engine works each value out again for the filter and for the window.
    meant = checkpoint(_spans(written)).filter(lambda t: t.value.notnull())
    shared = (
        _recounted(meant, previous_identifiers, fresh, checkpoint=checkpoint) if goes_on else _counted(meant)
    )
    strong = [kind.name for kind in IDENTIFIERS.values() if kind.strong]
    today = landed_identifiers.received_at.max().as_scalar().date()
    current = shared.valid_until.isnull() | (shared.valid_until >= today)
    return shared.mutate(identifies=shared.kind.isin(strong) & (shared.records <= max_records) & current)


def _counted(meant: ir.Table) -> ir.Table:
    """Each identifier with how many `records` share its value."""
    return meant.mutate(records=meant.count().over(group_by=list(VALUE)))


def _recounted(meant: ir.Table, kept: ir.Table, fresh: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The same of all records, where those of `fresh` are written anew and the others are `kept`."""
    gone = kept.semi_join(fresh, "record")
    touched = checkpoint(meant.select(*VALUE).union(gone.select(*VALUE)).distinct())
    others = kept.anti_join(fresh, "record")
    sharing = others.semi_join(touched, VALUE).select(meant.columns)
    counted = _counted(checkpoint(meant.union(sharing)))
    return counted.union(others.anti_join(touched, VALUE).select(counted.columns))


def record_of(rows: ir.Table) -> ir.StringValue:
    """The name of a record in the whole company: its source and its number there."""
    return rows.source + ":" + rows.record_id


def of_an_office(email: ir.StringValue) -> ir.BooleanValue:
    """Whether a mailbox is read by several people, or by none."""
    return email.re_search(f"^(?:{_OFFICES})@")


def _scope(rows: ir.Table) -> ir.StringValue:
    """Within what a value is unique: what the source says, or the source itself where users are numbered."""
    own = rows.kind.isin(["user_id", "openid"]).ifelse(rows.source, "")
    return ibis.coalesce(rows.scope.nullif(""), own)


def _spans(written: ir.Table) -> ir.Table:
    """One row per identifier of a record; its days are open where one of its mentions leaves them so."""
    spans = written.group_by("record", "kind", "scope", "value").agg(
        valid_from=written.valid_from.min(),
        valid_until=written.valid_until.max(),
        begins=written.valid_from.notnull().all(),
        ends=written.valid_until.notnull().all(),
    )
    return spans.mutate(
        valid_from=spans.begins.ifelse(spans.valid_from, ibis.null("date")),
        valid_until=spans.ends.ifelse(spans.valid_until, ibis.null("date")),
    ).drop("begins", "ends")


def normalised(
    kind: ir.StringValue, value: ir.StringValue, *, country: str, ignored_values: tuple[str, ...] = NEVER
) -> ir.StringValue:
    """The comparable form of an identifier, null where it cannot identify.

    "email", " Ann.Lee@Example.COM"      "ann.lee@example.com"
    "email", "Ann.Lee+shop@gmail.com"    "annlee@gmail.com"
    "phone", "+86 138-0013-9000"         "8613800139000"
    "phone", "138 0013 9000" (CN)        "8613800139000"
    "phone", "010-8888 1234 转 8" (CN)   "861088881234"
    "phone", "8888 1234" (CN)            null: anybody's, in every town
    "phone", "138****9000"               null
    "phone", "13800138000"               null: of `ignored_values`
    "member_no", "vip 0012"              "vip0012"
    """
    # Few values have any; to translate them all takes longer than everything else here.
    narrow = value.re_search(f"[{_FULL_WIDTH}]").ifelse(value.translate(_FULL_WIDTH, _HALF_WIDTH), value)
    plain = narrow.strip().lower()
    nothing = ["".join(word.lower().split()) for word in ignored_values]

    def form(said: ir.StringValue) -> ir.StringValue:
        return ibis.ifelse(_says_nothing(said, nothing), ibis.null(str), _form(kind, said, country))

    return once(plain, form)


def _form(kind: ir.StringValue, plain: ir.StringValue, country: str) -> ir.StringValue:
    return ibis.cases(
        (kind.isin(["phone", "fax"]), _phone(plain, country)),
        (
            kind == "email",
            ibis.ifelse(plain.re_search(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), _mailbox(plain), ibis.null(str)),
        ),
        (kind == "national_id", plain.re_replace(r"[\s./-]+", "")),
        else_=plain.re_replace(r"\s+", ""),
    )


def _mailbox(plain: ir.StringValue) -> ir.StringValue:
    """The address to which a provider delivers it."""

    def delivered(parts: ir.ArrayValue) -> ir.StringValue:
        # Not split("+"), which Spark takes for an expression.
        tagless = parts[0].re_replace("[+].*$", "").nullif("")
        box = once(tagless, lambda name: ibis.coalesce(name, parts[0]))
        google = parts[1].isin(_GOOGLE)
        return ibis.cases(
            (google, ibis.coalesce(box.replace(".", "").nullif(""), box) + "@gmail.com"),
            (parts[1].isin(_TAGGING), box + "@" + parts[1]),
            else_=plain,
        )

    return ibis.array([plain.split("@")]).map(delivered)[0]


def _says_nothing(plain: ir.StringValue, nothing: list[str]) -> ir.BooleanValue:
    def empty(compact: ir.StringValue) -> ir.BooleanValue:
        only_one = (compact.length() >= 4) & (compact.replace(compact.substr(0, 1), "") == "")
        return compact.isin(nothing) | only_one | compact.re_search(rf"^[-_./?x0]*$|{_MASKED}")

    return once(plain.re_replace(r"\s+", ""), empty)


def _phone(plain: ir.StringValue, country: str) -> ir.StringValue:
    # 0755-1234567-801: the last of them is an extension too.
    whole = ibis.coalesce(
        plain.re_extract(r"^(\(?0[0-9]{2,3}\)?[- ]?[0-9]{7,8})[-_][0-9]{1,5}$", 1).nullif(""), plain
    )
    number = whole.replace("(0)", "").re_replace(r"(ext|x|转|分机|#).*$", "").re_replace(r"[^0-9+]", "")
    dialled = once(once(number, lambda n: _international(n, country)), _somebodys)
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


def _somebodys(full: ir.StringValue) -> ir.StringValue:
    """The number, unless it is no particular person's: a hot line, or one without its area code."""
    lines = ibis.cases(
        (full.startswith("86"), ~full.re_search(_CHINESE) | full.re_search("^86[48]00[0-9]{7}$")),
        (full.startswith("1"), full.re_search("^18(00|33|44|55|66|77|88)[0-9]{7}$")),
        else_=False,
    )
    return lines.ifelse(ibis.null(str), full)


@cache
def _numbering(country: str) -> tuple[str, str, int]:
    """A country's calling code, what is dialled before a national number, the longest such number."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if plan is None or plan.mobile is None:
        return "", "", 15
    return str(plan.country_code), plan.national_prefix or "", max(plan.mobile.possible_length)

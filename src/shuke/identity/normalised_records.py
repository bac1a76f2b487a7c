"""Normalised records: in which comparable form is each record?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.addresses import addresses
from shuke.identity.identifiers import NEVER, of_an_office, record_of
from shuke.identity.incremental import anything
from shuke.identity.names import names
from shuke.identity.organisations import core, is_organisation
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.text.characters import plain

_NAMES = ("name", "given_name", "family_name", "organisation")
_PLACES = ("country", "region", "city", "district", "address", "address_more", "house", "postcode")
_FACTS = (*_NAMES, *_PLACES, "kind", "gender", "birth_date")

_COLUMNS = (
    "record", "source", "kind", "name", "hanzi", "given", "familiar", "family", "sound", "generation",
    "birth_date", "gender", "organisation", "country", "region", "city", "district", "postcode",
    "street", "house",
)  # fmt: skip

#: What a form writes where no date is given.
_NO_DATES = ("1900-01-01", "1970-01-01")

_SEXES = {
    "female": ["female", "f", "woman", "w", "女", "女性", "女士", "小姐", "ms", "mrs", "miss"],
    "male": ["male", "m", "man", "男", "男性", "先生", "mr"],
}


@table(
    key="record",
    title=Text("Normalised records", "标准化记录"),
    area="identity",
    subject=None,
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("name", Type.TEXT, Text("Name", "姓名"), pii="name"),
        Column("hanzi", Type.TEXT, Text("Name in Chinese characters", "汉字姓名"), pii="name"),
        # Hidden whole: beside the mask of the name, the first letter of a part would say more than that.
        Column("given", Type.TEXT, Text("Given name, romanised", "名（拼音）"), pii="text"),
        Column(
            "familiar",
            Type.FLAG,
            Text("Given name that books of names know", "名见于西文人名录"),
            pii="text",
        ),
        Column("family", Type.TEXT, Text("Family name, romanised", "姓（拼音）"), pii="text"),
        Column("sound", Type.TEXT, Text("Name in any order", "不分先后的姓名"), pii="text"),
        Column(
            "generation",
            Type.TEXT,
            Text("Jr., Sr., II, III", "辈分后缀（Jr.、Sr.、II、III）"),
            pii="text",
        ),
        Column("birth_date", Type.DATE, Text("Birth date", "出生日期"), pii="date"),
        Column("gender", Type.TEXT, Text("Gender", "性别"), pii="text"),
        Column("phone", Type.TEXT, Text("Phone", "电话"), pii="phone"),
        Column("email", Type.TEXT, Text("E-mail", "电子邮箱"), pii="email"),
        Column("national_id", Type.TEXT, Text("Identity number", "证件号码"), pii="identifier"),
        Column("organisation", Type.TEXT, Text("Organisation", "单位名称")),
        Column("country", Type.TEXT, Text("Country", "国家")),
        Column("region", Type.TEXT, Text("Province or state", "省份")),
        Column("city", Type.TEXT, Text("City", "城市")),
        Column("district", Type.TEXT, Text("District", "区县")),
        Column("postcode", Type.TEXT, Text("Postcode", "邮编"), pii="address"),
        Column("street", Type.TEXT, Text("Street", "街道"), pii="address"),
        Column("house", Type.TEXT, Text("House number", "门牌号"), pii="address"),
    ],
)
def normalised_records(
    history_people: ir.Table,
    identifiers: ir.Table,
    changed_records: ir.Table,
    previous_normalised_records: ir.Table,
    *,
    placeholder_names: tuple[str, ...] = NEVER,
    checkpoint: Checkpoint,
) -> ir.Table:
    """What each record says of whom it is of, every fact in the one form in which equal ones are equal.

    One row per record. Of several values of a fact the newest counts, those without a date last, and of
    equally new ones the greatest: so the order in which they arrived does not matter. Names, places and
    organisations are written as `names`, `addresses` and `organisations` say; Chinese ones as pinyin where
    the column is romanised. Phone, e-mail and identity number are the least of those that the record has
    and that identify (of identity numbers: all). `placeholder_names` are words that are no name. Only records
    that have changed are written anew.
    """
    told = history_people.mutate(record=record_of(history_people))
    goes_on = anything(previous_normalised_records)
    if goes_on:
        told, identifiers = (t.semi_join(changed_records, "record") for t in (told, identifiers))
    fresh = _written(checkpoint(_picked(told)), placeholder_names=placeholder_names, checkpoint=checkpoint)
    said = fresh.left_join(_least(identifiers), "record").drop("record_right")
    # A mailbox that a whole office reads tells organisations apart, not the people in them.
    shared = of_an_office(said.email) & (said.kind != "organisation").fill_null(True)
    anew = said.mutate(email=shared.ifelse(ibis.null(str), said.email))
    if not goes_on:
        return anew
    others = previous_normalised_records.anti_join(changed_records, "record")
    return anew.select(*normalised_records.schema).union(others)


def _written(said: ir.Table, *, placeholder_names: tuple[str, ...], checkpoint: Checkpoint) -> ir.Table:
    """One row per record of `said`, with all but what its identifiers say."""
    texts = checkpoint(plain(said, [*_NAMES, *_PLACES], checkpoint=checkpoint))
    sorted_out = checkpoint(_organised(texts))
    people = sorted_out.select("record", "name", "given_name", "family_name")
    named = names(people, placeholder_names=placeholder_names, checkpoint=checkpoint)
    lived = addresses(sorted_out.select("record", *_PLACES), checkpoint=checkpoint)
    rest = sorted_out.drop(*_PLACES, "name", "given_name", "family_name")
    every = rest
    for part in (named, lived):
        every = every.left_join(part, "record").drop("record_right")
    told = every.mutate(
        name=ibis.coalesce(every.name, every.firm),
        gender=ibis.coalesce(_gender(every.gender), every.title),
        birth_date=_possible(every.birth_date),
        familiar=every.familiar.fill_null(False),
        # Only people have a name like this, a birthday, or a sex.
        kind=ibis.coalesce(
            every.kind,
            (every.name.notnull() | every.birth_date.notnull() | every.gender.notnull()).ifelse(
                "person", ibis.null(str)
            ),
        ),
    )
    return checkpoint(told.select(*_COLUMNS))


def _picked(said: ir.Table) -> ir.Table:
    """One row per record: of each fact what was said last."""
    rows = said.select("record", "source", "collected_at", *_FACTS)
    often = rows.group_by("record").agg(times=rows.count()).filter(lambda t: t.times > 1)
    once = rows.anti_join(often, "record").drop("collected_at")
    more = rows.semi_join(often, "record")
    latest = more.group_by("record").agg(
        source=more.source.min(), **{name: _last(more, name) for name in _FACTS}
    )
    return once.union(latest.select(once.columns))


def _last(rows: ir.Table, name: str) -> ir.Value:
    """The newest value of a column; the undated last; the greatest of equally new ones."""
    # As text, since that is ordered alike on every engine; no date sorts before every date.
    when = rows.collected_at.strftime("%Y-%m-%d %H:%M:%S.%f").fill_null("")
    order = ibis.struct({"when": when, "what": rows[name].cast(str)})
    return rows[name].argmax(order, where=rows[name].notnull())


def _organised(rows: ir.Table) -> ir.Table:
    """`kind`, and the core name of the `organisation`, and `firm`: the whole name of what is no person."""
    known = rows.kind.lower().isin(["person", "organisation"]).ifelse(rows.kind.lower(), ibis.null(str))
    alone = rows.given_name.isnull() & rows.family_name.isnull()
    named = (rows.name.isnull() & alone & rows.organisation.notnull()) | (alone & is_organisation(rows.name))
    kind = ibis.coalesce(known, named.fill_null(False).ifelse("organisation", ibis.null(str)))
    told = rows.mutate(kind=kind)
    is_firm = (told.kind == "organisation").fill_null(False)
    firm = told.mutate(firm=is_firm.ifelse(ibis.coalesce(told.name, told.organisation), ibis.null(str)))
    return firm.mutate(
        organisation=core(ibis.coalesce(firm.firm, firm.organisation)),
        name=firm.firm.isnull().ifelse(firm.name, ibis.null(str)),
    )


def _gender(said: ir.StringValue) -> ir.StringValue:
    plainly = said.strip().lower()
    return ibis.cases(*((plainly.isin(words), sex) for sex, words in _SEXES.items()))


def _possible(day: ir.DateValue) -> ir.DateValue:
    return day.isin([ibis.date(no) for no in _NO_DATES]).ifelse(ibis.null("date"), day)


def _least(identifiers: ir.Table) -> ir.Table:
    """One row per record: `phone`, `email`, `national_id`."""
    kind, identifies = identifiers.kind, identifiers.identifies
    return identifiers.group_by("record").agg(
        phone=identifiers.value.min(where=(kind == "phone") & identifies),
        email=identifiers.value.min(where=(kind == "email") & identifies),
        national_id=identifiers.value.min(where=kind.isin(["resident_id", "national_id"])),
    )

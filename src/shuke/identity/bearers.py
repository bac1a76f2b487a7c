"""Bearers: how many others bear what a record says of whom it is of?

Counted in the records themselves. Beside them stand `PEOPLE` more, among whom the commonest names are borne
as the population bears them (see `population`); how rare anything else is where the records are few is
told by how often two of them have the like in common by chance (see `estimates`).
"""

import ibis
import ibis.expr.types as ir

from shuke.identity import population
from shuke.languages import Text
from shuke.tables import Column, Type, table

#: How many people of the population stand beside the records.
PEOPLE = 200.0

#: Of these it counts how many names go with them: a household's or a switchboard's identifies less.
CONTACTS = ("email", "phone")

#: What names somebody whole, and what all records of one customer who is called so tell alike, if they do.
WHOLE = ("name", "sound")
_TELLING = ("phone", "email", "birth_date")

#: What the levels of comparisons count the rarity of.
FEATURES = {
    "name": Text("Name", "姓名"),
    "family": Text("Family name", "姓"),
    "given": Text("Given name", "名"),
    "sound": Text("Name as spoken", "姓名读音"),
    "birth_date": Text("Birth date", "出生日期"),
    "home": Text("Home", "住址"),
    "email": Text("E-mail", "电子邮箱"),
    "phone": Text("Phone", "电话"),
    "organisation": Text("Organisation", "单位"),
}

#: Between the parts of a value; no normalised value holds a control character.
_BETWEEN = ibis.literal("\x1f")


@table(
    key="record",
    title=Text("How many bear what a record says", "与该记录所述相同的人数"),
    area="identity",
    subject=None,
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        *(Column(name, Type.NUMBER, title) for name, title in FEATURES.items()),
        Column(
            "namesakes",
            Type.NUMBER,
            Text("Namesakes by chance", "预计同名人数"),
            note=Text(
                "How many records would bear the name if family and given names came together by chance.",
                "若姓与名随机搭配，预计有多少条记录同名。",
            ),
        ),
    ],
)
def bearers(comparables: ir.Table) -> ir.Table:
    """How many bear the name, home, birth date, phone and e-mail of a record that it shares with another.

    One row per record that is of a person or an organisation and shares one of them at least; empty what
    it shares with none. Counted are such records, and as many of the population as bear the name among
    `PEOPLE`; of a phone or an e-mail the names that go with it. Records of one name that all have one phone,
    one e-mail and one birth date, as far as they say any, are taken for one customer's: they count as the two
    that are compared. `namesakes` is how many records would bear a name if its parts came together by chance.
    """
    told = _told(comparables.filter(comparables.kind.notnull()))
    shared = ibis.union(*(_shared(told, name) for name in FEATURES))
    known = shared.left_join(population.shares(), ["feature", "value"])
    counted = (known.bearers + known.share.fill_null(0.0) * PEOPLE).round(1)
    said = ibis.union(*(_said(told, name).select("record", "feature", "value") for name in FEATURES))
    borne = said.inner_join(known.select("feature", "value", bearers=counted), ["feature", "value"])
    told_of = borne.group_by("record").agg(
        **{name: borne.bearers.max(where=borne.feature == name) for name in FEATURES}
    )
    named = told.family.count().as_scalar()
    family, given = (told_of[part] / (named + PEOPLE) for part in ("family", "given"))
    return told_of.mutate(namesakes=family * given * named)


def _told(comparables: ir.Table) -> ir.Table:
    """The records with each of the features, and how whoever is told of is `called`."""
    place = ibis.coalesce(comparables.house, ibis.literal(""))
    called = ibis.coalesce(comparables.given, comparables.family, comparables.sound).substr(0, 2)
    return comparables.mutate(
        home=comparables.street + _BETWEEN + place,
        birth_date=comparables.birth_date.strftime("%Y-%m-%d"),
        called=called,
    )


def _said(told: ir.Table, feature: str) -> ir.Table:
    """The records that have a feature, with its `value`."""
    return told.filter(told[feature].notnull()).mutate(feature=ibis.literal(feature), value=told[feature])


def _shared(told: ir.Table, feature: str) -> ir.Table:
    """How many `bearers` each value of a feature has that more than one record says."""
    said = _said(told, feature)
    if feature in CONTACTS:
        bearers = said.called.nunique()
    elif feature in WHOLE:
        bearers = ibis.coalesce(2 + _beside_one(said), said.count())
    else:
        bearers = said.count()
    times = said.group_by("feature", "value").agg(records=said.count(), bearers=bearers.cast("float64"))
    return times.filter(times.records > 1).drop("records")


def _beside_one(said: ir.Table) -> ir.IntegerValue:
    """How many may bear a name beside the one customer whom all mean that tell any of `_TELLING`.

    Empty where they mean several, or none tells any.
    """
    told = ibis.or_(*(said[name].notnull() for name in _TELLING))
    of_one = ibis.and_(*((said[name].min() == said[name].max()).fill_null(True) for name in _TELLING))
    silent = (~told).sum()
    # One of those who tell nothing may be of the two that are compared.
    return (of_one & told.any()).ifelse((silent - 1).clip(0), ibis.null("int64"))

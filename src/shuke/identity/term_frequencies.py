"""Term frequencies: how many records share each value of a record?

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
    title=Text("Term frequencies", "取值频次"),
    area="identity",
    subject=None,
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
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
def term_frequencies(normalised_records: ir.Table) -> ir.Table:
    """How many bear the name, home, birth date, phone and e-mail of a record that it shares with another.

    One row per record that is of a person or an organisation and shares one of them at least; empty what
    it shares with none. Counted are such records, and as many of the population as bear the name among
    `PEOPLE`; of a phone or an e-mail the names that go with it. Records of one name that all have one phone,
    one e-mail and one birth date, as far as they say any, are taken for one customer's: they count as the two
    that are compared. `namesakes` is how many records would bear a name if its parts came together by chance.
    """
    said = _said(normalised_records.filter(normalised_records.kind.notnull()))
    times = said.group_by("feature", "value").agg(
        records=said.count(), names=said.called.nunique(), more=_beside_one(said)
    )
    shared = times.filter(times.records > 1).left_join(population.shares(), ["feature", "value"])
    counted = shared.feature.isin(CONTACTS).ifelse(
        shared.names.cast("float64"),
        ibis.coalesce(2 + shared.more, shared.records) + shared.share.fill_null(0.0) * PEOPLE,
    )
    borne = said.inner_join(
        shared.select("feature", "value", term_frequencies=counted.round(1)), ["feature", "value"]
    )
    told = borne.group_by("record").agg(
        **{name: borne.term_frequencies.max(where=borne.feature == name) for name in FEATURES}
    )
    named = said.filter(said.feature == "family").count().as_scalar()
    family, given = (told[part] / (named + PEOPLE) for part in ("family", "given"))
    return told.mutate(namesakes=family * given * named)


def _beside_one(said: ir.Table) -> ir.IntegerValue:
    """How many may bear a name beside the one customer whom all mean that tell any of `_TELLING`.

    Empty where they mean several, or none tells any.
    """
    told = ibis.or_(*(said[name].notnull() for name in _TELLING))
    of_one = ibis.and_(*((said[name].min() == said[name].max()).fill_null(True) for name in _TELLING))
    silent = (~told).sum()
    # One of those who tell nothing may be of the two that are compared.
    return (of_one & told.any()).ifelse((silent - 1).clip(0), ibis.null("int64"))


def _said(normalised_records: ir.Table) -> ir.Table:
    """A row for each feature of each record that has it: `record`, `feature`, `value`.

    Of contacts also how whoever has them is `called`, of names what tells their bearers apart.
    """
    place = ibis.coalesce(normalised_records.house, ibis.literal(""))
    told = normalised_records.mutate(
        home=normalised_records.street + _BETWEEN + place,
        birth_date=normalised_records.birth_date.strftime("%Y-%m-%d"),
    )
    called = ibis.coalesce(told.given, told.family, told.sound).substr(0, 2)
    unsaid = ibis.null(str)
    rows = (
        told.select(
            "record", feature=ibis.literal(name), value=told[name],
            called=called if name in CONTACTS else unsaid,
            **{own: told[own] if name in WHOLE else unsaid for own in _TELLING},
        )
        for name in FEATURES
    )  # fmt: skip
    return ibis.union(*rows).filter(lambda t: t.value.notnull())

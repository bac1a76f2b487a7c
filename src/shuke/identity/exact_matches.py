"""Exact matches: which two records certainly belong to one customer, and by what evidence?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.changed_records import values_of
from shuke.identity.contradictions import beside, contradictory
from shuke.identity.identifiers import VALUE, of_an_office
from shuke.identity.incremental import anything
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What a household shares: alone it says that two records belong together, not that they are one.
CONTACTS = ("phone", "email")


@table(
    key=("record_l", "record_r", "kind", "scope", "value"),
    title=Text("Exact matches", "精确匹配"),
    area="identity",
    subject=None,
    laid_out_by="record_l",
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "对方记录"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Agrees on", "一致的标识")),
        Column("scope", Type.TEXT, Text("Scope", "范围")),
        Column("value", Type.TEXT, Text("Value", "值"), pii="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
    ],
)
def exact_matches(
    identifiers: ir.Table,
    normalised_records: ir.Table,
    changed_records: ir.Table,
    previous_identifiers: ir.Table,
    previous_exact_matches: ir.Table,
    *,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The pairs of records that agree on an identifier which identifies, at one time.

    One row per pair (`record_l` < `record_r`) and identifier. A phone or an e-mail links two records of
    people only where they have one name, or one of them none, and nothing that they say contradicts the
    other (see `contradictions`), nor their sex; two organisations, where their names are alike. One that
    belongs to several names links none that gives no name, for nobody can tell whose that is, and a mailbox
    that a whole office reads links nobody. Two names that a slip parts are left to `pairs`, which weighs
    them. Looked at are the values of records that have changed.
    """
    if not anything(previous_exact_matches):
        return _found(identifiers, normalised_records, checkpoint=checkpoint)
    touched = checkpoint(values_of(changed_records, identifiers, previous_identifiers))
    anew = _found(identifiers.semi_join(touched, VALUE), normalised_records, checkpoint=checkpoint)
    return anew.select(*exact_matches.schema).union(previous_exact_matches.anti_join(touched, VALUE))


def _found(identifiers: ir.Table, normalised_records: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The links of all values of these identifiers."""
    pairs = checkpoint(_sharing(identifiers, checkpoint=checkpoint))
    contacts = pairs.filter(pairs.kind.isin(CONTACTS)).rename(agrees="kind")
    met = beside(contacts, normalised_records, "name", "gender", "organisation")
    judged = checkpoint(
        met.select(
            "record_l", "record_r", "scope", "value", "records", kind=met.agrees,
            apart=_apart(met), named=_called_the_same(met),
            of_office=of_an_office(met.value) & (met.agrees == "email"),
        )
    )  # fmt: skip
    shared = judged.filter(judged.apart).select(*VALUE).distinct()
    agreeing = judged.filter(~judged.apart & ~judged.of_office)
    of_one = agreeing.anti_join(shared, VALUE)
    by_name = agreeing.filter(agreeing.named).semi_join(shared, VALUE)
    linked = of_one.union(by_name).select(*pairs.columns)
    return pairs.filter(~pairs.kind.isin(CONTACTS)).union(linked)


def _apart(pairs: ir.Table) -> ir.BooleanValue:
    """Whether more than a phone or a mailbox must say that two records are one customer's."""
    told = pairs.name_l.notnull() & pairs.name_r.notnull()
    other_name = told & ~_called_the_same(pairs)
    other_sex = (pairs.gender_l != pairs.gender_r).fill_null(False)
    firms = (pairs.kind_l == "organisation") | (pairs.kind_r == "organisation")
    people = contradictory(pairs) | other_name | other_sex
    other_firm = (pairs.kind_l != pairs.kind_r).fill_null(False) | ~_called_alike(pairs)
    return ibis.ifelse(firms.fill_null(False), other_firm, people)


def _called_the_same(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two people have one name, be it that one of them says an initial more: Ann Lee, Ann M. Lee.

    An initial beside a single word is no such thing: J. Lee is not all that is called Lee.
    """
    left, right = pairs.sound_l, pairs.sound_r
    whole = left.contains(" ") & right.contains(" ")
    initial = (_without_initials(left) == right) | (left == _without_initials(right))
    return ((left == right) | (whole & initial)).fill_null(False)


def _without_initials(sound: ir.StringValue) -> ir.StringValue:
    return sound.re_replace(r"\b[a-z]\b ?", "").strip()


def _called_alike(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two organisations' names are one, or the beginning or a slip of one another."""
    left, right = pairs.organisation_l, pairs.organisation_r
    latin = (left + right).re_search("^[ -~]*$")
    near = latin & (left.levenshtein(right) * 4 <= ibis.greatest(left.length(), right.length()))
    return (left.startswith(right) | right.startswith(left) | near).fill_null(True)


def _sharing(identifiers: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The pairs that have the same value of one kind, while it was that of both."""
    joining = checkpoint(identifiers.filter(identifiers.identifies & (identifiers.records > 1)))
    other = joining.view()
    same = [joining[name] == other[name] for name in VALUE]
    both = joining.join(other, [*same, joining.record < other.record], lname="{name}", rname="{name}_r")
    at_once = _begins_by(both.valid_from, both.valid_until_r) & _begins_by(
        both.valid_from_r, both.valid_until
    )
    return both.filter(at_once).select(*VALUE, "records", record_l="record", record_r="record_r")


def _begins_by(start: ir.DateValue, end: ir.DateValue) -> ir.BooleanValue:
    """Whether a time began before another was over; what is not said is open."""
    return (start <= end).fill_null(True)

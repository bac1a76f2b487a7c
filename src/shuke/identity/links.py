"""Links: which two records are certainly of one customer, and what says so?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.changed_records import values_of
from shuke.identity.identifiers import VALUE
from shuke.identity.kept import anything
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What a household shares: alone it says that two records belong together, not that they are one.
CONTACTS = ("phone", "email")

#: Longer names are compared by their beginnings; nobody's differ only behind these.
_LONGEST = 40


@table(
    key=("record_l", "record_r", "kind", "scope", "value"),
    title=Text("Certain links", "确定关联"),
    area="identity",
    subject=None,
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "对方记录"), personal="identifier"),
        Column("kind", Type.TEXT, Text("Agrees on", "一致的标识")),
        Column("scope", Type.TEXT, Text("Scope", "范围")),
        Column("value", Type.TEXT, Text("Value", "值"), personal="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
    ],
)
def links(
    identifiers: ir.Table,
    comparables: ir.Table,
    changed_records: ir.Table,
    kept_identifiers: ir.Table,
    kept_links: ir.Table,
    *,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The pairs of records that agree on an identifier which identifies, at one time.

    One row per pair (`record_l` < `record_r`) and identifier. A phone or an e-mail links two records only
    where their names do not contradict each other and they are not a person and an organisation (see
    `contradicting`). One that does so for some two records is a household's: it links none that has no name,
    for nobody can tell whose that is. Looked at are the values of records that have changed.
    """
    if not anything(kept_links):
        return _found(identifiers, comparables, checkpoint=checkpoint)
    touched = checkpoint(values_of(changed_records, identifiers, kept_identifiers))
    anew = _found(identifiers.semi_join(touched, VALUE), comparables, checkpoint=checkpoint)
    return anew.select(*links.schema).union(kept_links.anti_join(touched, VALUE))


def _found(identifiers: ir.Table, comparables: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The links of all values of these identifiers."""
    pairs = checkpoint(_sharing(identifiers, checkpoint=checkpoint))
    contacts = _beside(pairs.filter(pairs.kind.isin(CONTACTS)), comparables)
    judged = checkpoint(
        contacts.select(
            *pairs.columns,
            apart=contradicting(contacts) | of_two_kinds(contacts),
            named=contacts.name_l.notnull() & contacts.name_r.notnull(),
        )
    )
    shared = judged.filter(judged.apart).select(*VALUE).distinct()
    agreeing = judged.filter(~judged.apart)
    of_one = agreeing.anti_join(shared, VALUE)
    by_name = agreeing.filter(agreeing.named).semi_join(shared, VALUE)
    linked = of_one.union(by_name).select(*pairs.columns)
    return pairs.filter(~pairs.kind.isin(CONTACTS)).union(linked)


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


def _beside(pairs: ir.Table, comparables: ir.Table) -> ir.Table:
    """The pairs with the names and the kind of both records, `_l` and `_r`."""
    for side in "lr":
        said = comparables.select(
            **{f"record_{side}": "record", f"said_kind_{side}": "kind"},
            **{f"{name}_{side}": name for name in ("name", "hanzi", "given", "family", "sound")},
        )
        pairs = pairs.left_join(said, f"record_{side}").drop(f"record_{side}_right")
    return pairs


def of_two_kinds(pairs: ir.Table) -> ir.BooleanValue:
    """Whether one record is of a person and the other of an organisation."""
    return (pairs.said_kind_l != pairs.said_kind_r).fill_null(False)


def contradicting(pairs: ir.Table) -> ir.BooleanValue:
    """Whether the names of two records cannot be one person's.

    张伟, 张玮           no: they sound alike
    Ann Lee, A. Lee      no: an initial
    Jon Lee, John Lee    no: a letter
    Tim Lee, Jim Lee     yes: too short for a slip
    王丽, 王林           yes: the characters differ, and so does their sound
    Ann Lee, (none)      no
    """
    apart = ~(_alike(pairs.given_l, pairs.given_r) & _alike(pairs.family_l, pairs.family_r))
    said = pairs.name_l.notnull() & pairs.name_r.notnull()
    heard = (pairs.sound_l == pairs.sound_r).fill_null(False)
    return said & ~heard & (apart | _written_apart(pairs))


def _alike(one: ir.StringValue, other: ir.StringValue) -> ir.BooleanValue:
    """Whether two parts of names may be one: missing, equal, an initial of the other, or a slip away."""
    left, right = one.substr(0, _LONGEST), other.substr(0, _LONGEST)
    initial = (left.length() == 1) & right.startswith(left) | (right.length() == 1) & left.startswith(right)
    longer = ibis.greatest(left.length(), right.length())
    slips = ibis.cases((ibis.least(left.length(), right.length()) >= 7, 2), (longer >= 4, 1), else_=0)
    # Of other letters one engine counts the characters, the other their bytes.
    latin = (left + right).re_search("^[ -~]*$")
    near = ibis.ifelse(latin, left.levenshtein(right) <= slips, left == right)
    return (initial | near).fill_null(True)


def _written_apart(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two given names in Chinese characters share no character at its place, nor their sound."""
    left, right = pairs.hanzi_l, pairs.hanzi_r
    last = left.right(1) != right.right(1)
    short = ibis.least(left.length(), right.length()) <= 2
    before = left.substr(left.length() - 2, 1) != right.substr(right.length() - 2, 1)
    return ((pairs.given_l != pairs.given_r) & last & (short | before)).fill_null(False)

"""Blocking: which records have enough in common to be worth comparing?

Blocking: two records are compared when they share a key of one of the rules, unless more records hold that
key than `MOST`, for then it tells too little. A rule counts only where a record has what it is made of, so
that the columns present choose the rules.
"""

import ibis
import ibis.expr.types as ir

from shuke.identity.changed_records import differences

#: What is said of records: their `normalised_records` and their `identifiers`.
RecordsAndIdentifiers = tuple[ir.Table, ir.Table]

#: A key that more records hold leads to too many comparisons and too few customers.
MOST = 50

#: And of the keys of these rules, which say little alone.
FEW = {"person:birth_date": 8, "person:family+given:2+gender?": 12}

#: What stands before the @ of an e-mail tells something from so many letters on.
_LOCAL = 4

#: The kinds of identifier whose sharing makes two records worth comparing, weak ones among them.
TELLING = (
    "email",
    "phone",
    "fax",
    "national_id",
    "resident_id",
    "tax_id",
    "member_no",
    "user_id",
    "unionid",
)

#: What each rule puts together, of people; `column:n` takes the first n letters of it, `column?` those who do
#: not say it among themselves.
_PEOPLE = (
    ("sound", "city"),
    ("sound", "postcode"),
    ("sound", "birth_date"),
    ("sound",),
    ("birth_date", "family:3"),
    ("birth_date", "given:3"),
    ("birth_date", "postcode"),
    ("birth_date", "city"),
    ("birth_date",),
    ("email@",),
    ("street", "house"),
    ("street", "family:4"),
    ("postcode", "family:4"),
    ("postcode", "given:4"),
    ("family", "given:2", "gender?"),
    ("given", "family:2", "city?"),
)

_ORGANISATIONS = (
    ("organisation",),
    ("organisation:6", "city"),
    ("organisation:6", "postcode"),
    ("street", "house"),
    ("postcode", "organisation:2"),
)

RULES = {"person": _PEOPLE, "organisation": _ORGANISATIONS}

#: What two records share that are worth comparing.
KEY = ("rule", "key")


def keys(normalised_records: ir.Table, identifiers: ir.Table) -> ir.Table:
    """Every key of every record: `record`, `rule`, `key`; a rule is named for whom it is and of what."""
    named = normalised_records.filter(normalised_records.kind.notnull())
    written = [_key(named, kind, rule) for kind, rules in RULES.items() for rule in rules]
    telling = identifiers.filter(identifiers.kind.isin(TELLING))
    shared = telling.inner_join(named.select("record", of="kind"), "record")
    by_identifier = shared.select("record", rule=shared.of + ":" + shared.kind, key=shared.value).distinct()
    return ibis.union(*written, by_identifier)


def keys_of(records: ir.Table, *said: RecordsAndIdentifiers) -> ir.Table:
    """The keys that some of the records hold, by what is, or was, said."""
    found = (keys(*(t.semi_join(records, "record") for t in both)).select(*KEY) for both in said)
    return ibis.union(*found).distinct()


def differing(among: ir.Table, now: RecordsAndIdentifiers, then: RecordsAndIdentifiers) -> ir.Table:
    """The records, of some, that say something else now than then."""
    forms, told = ([t.semi_join(among, "record") for t in tables] for tables in zip(now, then, strict=True))
    known = (t.select("record", "kind", "value") for t in told)
    return differences(*forms).select("record").union(differences(*known).select("record")).distinct()


def candidates(held: ir.Table, stale: ir.Table | None = None) -> ir.Table:
    """The pairs that share a key: `record_l` < `record_r`, each once; of some stale records, if these are
    named, and any others."""
    shared = held.group_by(*KEY).agg(holders=held.count())
    # Most keys are held by one record; to join only the others takes half the time.
    near = held.semi_join(shared.filter(shared.holders > 1), KEY)
    left, right = (near.select(*KEY, **{end: "record"}) for end in ("record_l", "record_r"))
    met = left.inner_join(right, [*KEY, left.record_l < right.record_r])
    pairs = met.select("record_l", "record_r").distinct()
    if stale is None:
        return pairs
    one, other = (pairs.semi_join(stale, [pairs[end] == stale.record]) for end in ("record_l", "record_r"))
    return one.union(other, distinct=True)


def ends(pairs: ir.Table) -> ir.Table:
    """The records of pairs."""
    return pairs.select(record="record_l").union(pairs.select(record="record_r")).distinct()


def _key(records: ir.Table, kind: str, rule: tuple[str, ...]) -> ir.Table:
    parts = [_part(records, part) for part in rule]
    have = records.filter(ibis.and_(records.kind == kind, *(part.notnull() for part in parts)))
    return have.select(
        "record", rule=ibis.literal(f"{kind}:{'+'.join(rule)}"), key=ibis.literal("\x1f").join(parts)
    )


def _part(records: ir.Table, part: str) -> ir.StringValue:
    column, _, letters = part.partition(":")
    if column.endswith("?"):
        return records[column[:-1]].cast("string").fill_null("")
    if column.endswith("@"):
        local = records[column[:-1]].split("@")[0]
        return (local.length() >= _LOCAL).ifelse(local, ibis.null(str))
    value = records[column].cast("string")
    return value.substr(0, int(letters)) if letters else value

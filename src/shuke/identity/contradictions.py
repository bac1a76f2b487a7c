"""Contradictions: what can two records of one person not both say?"""

import ibis
import ibis.expr.types as ir

#: What of a record can contradict another.
COLUMNS = (
    "kind", "given", "familiar", "family", "sound", "hanzi", "generation", "national_id", "email",
)  # fmt: skip

#: Years that may be typed wrongly together with day and month, and years that make a generation.
_HASTE, _GENERATION = 2, 12


def beside(pairs: ir.Table, normalised_records: ir.Table, *further: str) -> ir.Table:
    """The pairs with what both records say, `_l` and `_r`."""
    told = normalised_records.select(
        "record", *COLUMNS, *further, birth=digits(normalised_records.birth_date)
    )
    for side in "lr":
        own = told.select(**{f"{name}_{side}": told[name] for name in told.columns})
        pairs = pairs.left_join(own, f"record_{side}").drop(f"record_{side}_right")
    return pairs


def digits(day: ir.DateValue) -> ir.StringValue:
    """A birth date as digits, year first, to see in how many two differ."""
    return day.strftime("%Y%m%d")


def contradictory(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two records contradict each other; `pairs` have what both say, as `beside` writes it.

    By the kind that they are, by Jr. or II beside Sr. or III, by two birth dates that are no slip of one
    another, or by two given names that are not; of one identity number or mailbox, only by both of these.
    What one of them does not say contradicts nothing.
    """
    kinds = (pairs.kind_l != pairs.kind_r).fill_null(False)
    generations = (pairs.generation_l != pairs.generation_r).fill_null(False)
    births = births_apart(pairs.birth_l, pairs.birth_r).fill_null(False)
    one_day = (pairs.birth_l == pairs.birth_r).fill_null(False)
    names = names_apart(pairs).fill_null(False) & ~one_day
    mailbox = (pairs.email_l == pairs.email_r).fill_null(False)
    numbered = _nearly(pairs.national_id_l, pairs.national_id_r).fill_null(False)
    # A child may be written down under a parent's number; a couple may share a mailbox.
    generation = (_years(pairs.birth_l, pairs.birth_r) >= _GENERATION).fill_null(False)
    # Each named once: what an expression names twice is planned twice.
    wanted = ibis.cases((numbered, generation.ifelse(2, 3)), (mailbox, 2), else_=1)
    people = births.cast("int64") + names.cast("int64") >= wanted
    return kinds | generations | people


def _nearly(one: ir.StringValue, other: ir.StringValue) -> ir.BooleanValue:
    """Whether two identity numbers are one, or a slip of one another: so long, they are near by no chance."""
    long = (one.length() >= 6) & (one.length() == other.length()) & (one + other).re_search("^[ -~]*$")
    return (one == other) | (long & (one.levenshtein(other) <= 2))


def births_apart(one: ir.StringValue, other: ir.StringValue) -> ir.BooleanValue:
    """Whether two birth dates, as `digits`, are none that a slip makes of one another.

    19850302, 19850203    no: day and month are swapped
    19850302, 19580302    no: one part of three
    19850302, 19950405    no: a digit of each part
    19600101, 19990909    yes
    19500505, 19780506    yes: a generation
    """
    month, day = (one.substr(at, 2) != other.substr(at, 2) for at in (4, 6))
    differing = sum((one.substr(n, 1) != other.substr(n, 1)).cast("int64") for n in range(8))
    years = _years(one, other)
    # So many digits a slip may change: of day and month, of one of them within a generation, and beyond.
    slips = ibis.cases((month & day, 3), (years < _GENERATION, 8), else_=2)
    return (years > _HASTE) & (month | day) & (differing > slips)


def _years(one: ir.StringValue, other: ir.StringValue) -> ir.IntegerValue:
    """How many years lie between two birth dates."""
    return (one.substr(0, 4).cast("int64") - other.substr(0, 4).cast("int64")).abs()


def names_apart(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two given names are two people's.

    Mark, Mary          yes: both are names
    Ann, Anm            no: a slip
    Bob, Robert         no: short for it
    J, Jane             no: an initial
    王丽, 王林          yes: neither written nor spoken alike
    王晓敏, 王晓明      no: one of three characters
    """
    left, right = pairs.given_l, pairs.given_r
    heard = (pairs.sound_l == pairs.sound_r).fill_null(False)
    turned = ((left == pairs.family_r) | (right == pairs.family_l)).fill_null(False)
    told = (left.length() > 1) & (right.length() > 1) & ~heard & ~turned
    written = pairs.hanzi_l.notnull() & pairs.hanzi_r.notnull()
    return told & ibis.ifelse(written, _written_apart(pairs), _spoken_apart(pairs))


def _spoken_apart(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two given names both stand in the books of names, or are not alike at all."""
    left, right = pairs.given_l, pairs.given_r
    longer = ibis.greatest(left.length(), right.length())
    # Of other letters one engine counts the characters, the other their bytes.
    latin = (left + right).re_search("^[ -~]*$")
    apart = latin & (left.levenshtein(right) > longer // 2) & (left.substr(0, 1) != right.substr(0, 1))
    part = left.startswith(right) | right.startswith(left)  # Ann, Annmarie
    return ~part & ((pairs.familiar_l & pairs.familiar_r).fill_null(False) | apart)


def _written_apart(pairs: ir.Table) -> ir.BooleanValue:
    """Whether two names in Chinese characters share no character of the given name at its place."""
    left, right = pairs.hanzi_l, pairs.hanzi_r
    last = left.right(1) != right.right(1)
    short = ibis.least(left.length(), right.length()) <= 2
    before = left.substr(left.length() - 2, 1) != right.substr(right.length() - 2, 1)
    return (pairs.given_l != pairs.given_r) & last & (short | before)

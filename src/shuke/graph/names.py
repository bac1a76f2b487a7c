"""Names: what does a parameter of a table's function stand for?

purchases              the table of this run
landed_people          the records in force of a canonical table
said_people            every version of them
fresh_people           the versions that the previous build has not seen
earlier_identities     a table as it stands in the previous build; empty in the first
kept_identities        the same, where this run may go on from it; else empty, and all is `fresh_`
"""

from shuke.tables import CANONICAL, Canonical

LANDED, SAID, FRESH = "landed_", "said_", "fresh_"
EARLIER, KEPT = "earlier_", "kept_"

#: What is there before a run begins.
GIVEN = (SAID, FRESH, EARLIER, KEPT)


def canonical(name: str) -> Canonical | None:
    """The canonical table behind a `landed_…`, `said_…` or `fresh_…` name."""
    for prefix in (LANDED, SAID, FRESH):
        if name.startswith(prefix):
            return CANONICAL.get(name.removeprefix(prefix))
    return None


def standing(name: str) -> str:
    """The table behind an `earlier_…` or `kept_…` name; any other name as it is."""
    return name.removeprefix(EARLIER).removeprefix(KEPT)

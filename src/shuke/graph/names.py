"""Names: what does a parameter of a table's function stand for?

purchases              the table of this run
landed_people          the current records of a canonical table
history_people         every version of them
new_people             the versions that the previous build has not seen
last_build_identities  a table as it is in the previous build; empty in the first
previous_identities    the same if this run can continue from it; else empty, and `new_` holds all rows
"""

from shuke.tables import CANONICAL, Canonical, Derived

LANDED, HISTORY, NEW = "landed_", "history_", "new_"
LAST_BUILD, PREVIOUS = "last_build_", "previous_"


def canonical(name: str) -> Canonical | None:
    """The canonical table behind a `landed_…`, `history_…` or `new_…` name."""
    for prefix in (LANDED, HISTORY, NEW):
        if name.startswith(prefix):
            return CANONICAL.get(name.removeprefix(prefix))
    return None


def base_table(name: str) -> str:
    """The table behind a `last_build_…` or `previous_…` name; any other name as it is."""
    return name.removeprefix(LAST_BUILD).removeprefix(PREVIOUS)


def is_of_landing(name: str) -> bool:
    """Whether it is read from the landing zone as such, and is no table of a build."""
    return name.startswith((HISTORY, NEW)) and canonical(name) is not None


def is_given(name: str) -> bool:
    """Whether it exists before a run begins."""
    return is_of_landing(name) or name.startswith((LAST_BUILD, PREVIOUS))


def is_delta(step: Derived) -> bool:
    """Whether a table holds only what is new since the previous build, so that no row depends on the rest."""
    return (
        any(is_of_landing(n) and n.startswith(NEW) for n in step.reads)
        and PREVIOUS + step.name not in step.reads
    )

"""Nicknames: which formal name stands behind Bob?"""

from functools import cache

from nicknames import NickNamer

#: The formal names that most people with a nickname have.
_FORMAL = frozenset(
    "albert alexander alfred andrew anthony arthur benjamin charles christopher daniel david donald douglas "
    "edward eugene francis frederick gabriel gerald gregory harold henry jacob james jeffrey john jonathan "
    "joseph joshua kenneth lawrence leonard martin matthew michael nathaniel nicholas patrick peter philip "
    "phillip raymond richard robert ronald samuel stanley stephen steven theodore thomas timothy vincent "
    "walter william zachary abigail amanda barbara catherine christina christine cynthia deborah dorothy "
    "eleanor elizabeth florence isabella jacqueline jennifer jessica josephine judith katherine kathleen "
    "margaret mary pamela patricia rebecca rosemary sandra susan theresa valerie veronica victoria "
    "virginia".split()
)

#: Where books of names give several, the one that hardly anybody doubts.
_AGREED = {
    "bill": "william", "billy": "william", "bob": "robert", "bobby": "robert", "dick": "richard",
    "dan": "daniel", "danny": "daniel", "jack": "john", "jim": "james", "jimmy": "james",
    "kate": "katherine", "liz": "elizabeth", "meg": "margaret", "mike": "michael", "peggy": "margaret",
    "rob": "robert", "tom": "thomas", "tony": "anthony",
}  # fmt: skip


@cache
def formal() -> dict[str, str]:
    """Each nickname that can mean but one of the usual formal names, and that name."""
    meant = {short: names & _FORMAL for short, names in NickNamer().canonical_lookup.items()}
    plain = {short: min(names) for short, names in meant.items() if len(names) == 1 and short not in _FORMAL}
    return plain | _AGREED


@cache
def western() -> frozenset[str]:
    """Every name and nickname that the books know."""
    known = NickNamer()
    return frozenset({*known.canonical_lookup, *known.nickname_lookup})

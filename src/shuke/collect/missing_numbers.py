"""Missing numbers: without which number would the amounts and days of a sheet's rows be lost?

An invoice lands by its number, a contract by its own. Where no column is known to be that, and another may
be, it is asked; where none may, it is said that amounts and days are kept aside.
"""

from collections.abc import Collection, Mapping

from shuke.collect.infer.ambiguities import Ambiguity, none_of, one_of
from shuke.collect.infer.evidence import Shapes
from shuke.collect.mapping import Layout, Reading, targets
from shuke.languages import Text
from shuke.tables import CANONICAL, Type

#: In these each row has a number; nothing makes one up.
_NUMBERED = tuple(
    name
    for name, table in CANONICAL.items()
    if table.grain and table.event_time and table.subject and len(table.key) == 1 and not table.made_up
)
_VITAL = (Type.MONEY, Type.DATE, Type.TIME)
#: Whoever a column names is no number of a dealing.
_NO_NUMBERS = ("people", "identifiers", "memberships", "staff", "stores")
#: How many columns a question names.
_AT_ONCE = 5


def number(layout: Layout, taken: Collection[str]) -> str | None:
    """The number without which amounts and days of these columns do not land; `taken` is what tables take."""
    readings = [reading for reading in layout.columns.values() if not set(taken) & set(reading.to)]
    lost = {to.split(".")[0] for r in readings for to in r.to if targets()[to].type in _VITAL}
    table = next((name for name in _NUMBERED if name in lost), None)
    return f"{table}.{CANONICAL[table].key[0]}" if table else None


def ambiguities(layout: Layout, seen: Mapping[str, Shapes], taken: Collection[str]) -> list[Ambiguity]:
    """Which column is the number that is lacking; nothing is asked where none looks like one."""
    lacked = number(layout, taken)
    among = [h for h, reading in layout.columns.items() if _may_be(reading, seen[h])][:_AT_ONCE]
    if lacked is None or not among:
        return []
    of, title = CANONICAL[lacked.split(".")[0]].title, targets()[lacked].title
    names = ", ".join(f"“{header}”" for header in among)
    question = Text(
        f"These look like {of.en}, and nothing gives the {title.en.lower()}: without it no amount and no day "
        f"lands. Is it {names}?",
        f"这些行像是{of.zh}，但没有任何列给出{title.zh}，金额和日期因此无法入库。是{names}吗？",
    )
    ways = [
        one_of(among[0], h, Reading((lacked,)), Text(f"“{h}” is: {title.en}", f"“{h}”是：{title.zh}"), among)
        for h in among
    ]
    return [Ambiguity(among[0], question, (*ways, none_of(among[0], among)))]


def _may_be(reading: Reading, shapes: Shapes) -> bool:
    known = any(targets()[to].type is not Type.TEXT or to.split(".")[0] in _NO_NUMBERS for to in reading.to)
    return shapes.mostly("code") and not shapes.mostly("date") and not known

"""Headings: how many rows name the columns, and what do they say together?

Customer |       | Order |            Customer/Name, Customer/Phone, Order/No, Order/Date
Name     | Phone | No    | Date

StartDate             | Q1            what survey programs write below: the question, and an
Start Date            | Why?          address in JSON
{"ImportId": "start"} | {"ImportId": "QID1"}
"""

from collections import Counter
from collections.abc import Sequence

from shuke.collect.infer.headers import compact
from shuke.collect.shapes.sample import Cell, SheetSample, meant
from shuke.collect.shapes.surveys import is_question
from shuke.collect.sheets import Sheet, SkippedKind
from shuke.collect.sheets.header import kind_of, names

#: More rows of headings than this are none.
_MOST = 4
_TYPED = ("number", "date", "address", "logical")
#: What stands for nothing is no heading either.
_NOTHING = set("- -- / n/a na none null nil unknown tbd nan 无 暂无 未知 空".split())
#: What stands below a question to say that its column holds the answer.
_ANSWER = set("response openendedresponse answer 回答 答案 填写内容 回复".split())


def further(look: SheetSample) -> int:
    """How many of the first rows of a sheet are headings, too."""
    most = min(_MOST, look.height - 1)
    marked = [row for row in range(most) if _is_address(look.row(row))]
    if marked:
        return marked[-1] + 1
    found = 0
    while found < most - 1 and _is_heading(look, found):
        found += 1
    return found


def above(sheet: Sheet) -> tuple[Cell, ...]:
    """The row right above the header, where it names groups of columns; empty where it does not."""
    titles = [s for s in sheet.skipped if s.kind is SkippedKind.TITLE and s.row == sheet.header_row - 1]
    cells = [cell.strip() if cell else None for cell in titles[0].cells] if titles else []
    labels = [place for place, cell in enumerate(cells) if cell]
    plain = all(kind_of(cells[p]) == "text" and not set(":：") & set(cells[p] or "") for p in labels)
    if len(labels) < 2 or not plain or labels[-1] >= len(sheet.columns):
        return ()
    blank = [p for p in labels if _is_made(sheet.columns[p], p)]
    repeated = [name for name in sheet.columns if _once(name, sheet) != name]
    return tuple(cells) if blank or repeated else ()


def joined(sheet: Sheet, rows: Sequence[Sequence[Cell]], *, over: Sequence[Cell] = ()) -> tuple[str, ...]:
    """The names of the columns, from the header with the rows above (`over`) and below it (`rows`)."""
    width = len(sheet.columns)
    own = [None if _is_made(name, place) else _once(name, sheet) for place, name in enumerate(sheet.columns)]
    described = all(own) and not over
    told = [_padded(row, width) for row in ([*over] if over else [], own, *rows) if any(row)]
    told = [row for row in told if not _is_address(row)]
    if described:
        return names([_named(*column) for column in zip(*told, strict=True)])
    spread = [_spread(row, told[n + 1 :]) for n, row in enumerate(told)]
    lowest = Counter(column[-1] for column in zip(*spread, strict=True))
    return names([_together(column, lowest) for column in zip(*spread, strict=True)])


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    plain = [" ".join((cell or "").split()) or None for cell in row[:width]]
    return plain + [None] * (width - len(plain))


def _named(first: Cell, *others: Cell) -> Cell:
    """Of several names for one column, the first that says what it is, or the question that it answers."""
    told = [name for name in (first, *others) if name]
    known = [name for name in told if meant(name)] or [
        name for name in told if is_question(name) and " " in name
    ]
    return known[0] if known else first


def _spread(row: list[Cell], lower: list[list[Cell]]) -> list[Cell]:
    """A row of headings, each also over the columns to its right that only lower rows name."""
    spread: list[Cell] = []
    group: Cell = None
    for place, cell in enumerate(row):
        below = any(other[place] for other in lower)
        group = (cell if below else None) if cell else group if below else None
        spread.append(cell or group)
    return spread


def _together(column: Sequence[Cell], lowest: Counter[Cell]) -> Cell:
    """The headings over one another as one; the lowest alone where that says as much."""
    told: list[str] = []
    for cell in column:
        if cell and compact(cell) not in (*_ANSWER, *map(compact, told)):
            told.append(cell)
    bare = "".join(told)
    if meant(bare) and not bare.isascii():
        return bare
    answers = any(
        is_question(cell) for cell in told[:-1]
    )  # to a question of several parts, of which `Price` is one
    says_all = len(told) > 1 and meant(told[-1]) and lowest[told[-1]] == 1 and not answers
    return told[-1] if says_all and not meant(" ".join(told)) else "/".join(told) or None


def _once(name: str, sheet: Sheet) -> str:
    """A heading as it stands in the file, where it was told apart from one alike."""
    plain = name.rpartition(" (")[0]
    return plain if name.endswith(")") and plain in sheet.columns else name


def _is_made(name: str, place: int) -> bool:
    """Whether a heading was blank and given a name."""
    return name == f"column {place + 1}"


def _is_address(row: Sequence[Cell]) -> bool:
    said = [cell for cell in row if cell]
    return bool(said) and sum(cell.lstrip().startswith('{"ImportId"') for cell in said) > len(said) / 2


def _is_heading(look: SheetSample, row: int) -> bool:
    """Whether a row has words where those below have numbers, dates or addresses, and no word of theirs."""
    below, said = look.below(row + 1), look.row(row)
    filled = [c for c, cell in enumerate(said) if cell is not None]
    typed = [c for c in range(len(said)) if any(below.mostly(c, kind) for kind in _TYPED)]
    words = all(kind_of(said[c]) == "text" and (said[c] or "").lower() not in _NOTHING for c in filled)
    if len(filled) < 2 or not words:
        return False
    apart = [c for c in filled if c in typed]
    unnamed = [c for c in filled if _is_made(look.columns[c], c)]
    gaps = [c for c in range(len(said)) if said[c] is None and sum(below.filled[c]) >= 0.95 * below.height]
    named = [c for c in filled if meant(str(said[c]))]
    if any(said[c] in below.cells[c] for c in filled):  # an answer to choose stands over those who chose it
        return bool(unnamed and len(gaps) > 2)
    return bool(
        (len(apart) > 1 and len(apart) >= 0.5 * len(typed))
        or (apart and unnamed)
        or (unnamed and gaps)
        or (apart and 2 * len(named) >= len(filled))
    )

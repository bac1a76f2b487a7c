"""Ambiguities: what about a column can only a person decide, and how do they say it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shuke.collect import mapping
from shuke.collect.infer.claims import ColumnClaim
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import LINES, ORDERS, FileKind
from shuke.collect.mapping import FURTHER, Reading, targets
from shuke.languages import Text
from shuke.tables import Type

_DATED = (Type.DATE, Type.TIME)
_DAY_FIRST_IN = {
    "GB",
    "DE",
    "FR",
    "IT",
    "ES",
    "AU",
    "NZ",
    "IN",
    "IE",
    "NL",
    "BR",
    "HK",
    "SG",
    "RU",
    "PL",
    "PT",
    "AT",
    "CH",
}


@dataclass(frozen=True)
class Answer:
    """One answer to a doubt: what it says, and the line of the mapping file that gives it.

    `also` is what follows for other columns: where several may be meant, one is and the others are not.
    """

    says: Text
    reading: Reading
    line: str
    also: Mapping[str, Reading] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True)
class Ambiguity:
    """What only a person can say about a column; or about the sheet as a `whole`, whichever its column."""

    column: str
    question: Text
    choices: tuple[Answer, ...]
    whole: bool = False


def rivalry(
    target: str, best: ColumnClaim, others: list[ColumnClaim], seen: Mapping[str, Shapes]
) -> list[Ambiguity]:
    if targets()[target].type not in (Type.MONEY, *_DATED):
        return []
    alike = [c for c in others if c.standing[:2] == best.standing[:2] and seen[c.header].said]
    if not alike or not seen[best.header].said:
        return []
    title = targets()[target].title
    among = [c.header for c in (best, *alike)]
    names = ", ".join(f"“{header}”" for header in among)
    question = Text(f"Which of {names} is: {title.en}?", f"{names} 中哪一列是“{title.zh}”？")
    return [
        Ambiguity(
            best.header,
            question,
            tuple(
                one_of(
                    best.header, c.header, Reading((target,)), Text(f"“{c.header}”", f"“{c.header}”"), among
                )
                for c in (best, *alike)
            ),
        )
    ]


def misfit(claim: ColumnClaim) -> Ambiguity:
    title = targets()[claim.target].title
    return Ambiguity(
        claim.header,
        Text(
            f"The header says {title.en}, the values do not look like it. What is it?",
            f"列名像“{title.zh}”，但内容不像。这一列是什么？",
        ),
        (_choice(claim.header, Reading((claim.target,)), title), _further(claim.header)),
    )


_ORDERS = {
    "dmy": Text("day first: 03/05/2024 is 3 May", "日在前：03/05/2024 是 5 月 3 日"),
    "mdy": Text("month first: 03/05/2024 is March 5", "月在前：03/05/2024 是 3 月 5 日"),
    "ymd": Text("year first: 03/05/04 is 2003-05-04", "年在前：03/05/04 是 2003 年 5 月 4 日"),
}


def order_unclear(
    header: str, reading: Reading, possible: tuple[mapping.Order, ...], country: str | None
) -> list[Ambiguity]:
    if not possible:
        return []
    hint = _hint(country)
    question = Text(
        f"No value of this column decides whether the day or the month comes first.{hint.en}",
        f"这一列没有任何值能判断日和月的先后。{hint.zh}",
    )
    orders = tuple(_choice(header, replace(reading, order=order), _ORDERS[order]) for order in possible)
    return [Ambiguity(header, question, orders)]


def _hint(country: str | None) -> Text:
    if country == "US":
        return Text(" In the United States the month usually does.", "美国通常月在前。")
    if country in _DAY_FIRST_IN:
        return Text(" In your country the day usually does.", "贵国通常日在前。")
    return Text("", "")


def mark_unclear(header: str, reading: Reading) -> Ambiguity:
    return Ambiguity(
        header,
        Text(
            "Is 1,299 (or 1.299) in this column more than a thousand, or a little more than one?",
            "这一列中的 1,299（或 1.299）是一千多，还是一点几？",
        ),
        (
            _choice(
                header,
                replace(reading, decimal="."),
                Text("decimal point: 1,299 is a thousand", "小数点为“.”：1,299 是一千多"),
            ),
            _choice(
                header,
                replace(reading, decimal=","),
                Text("decimal comma: 1.299 is a thousand", "小数点为“,”：1.299 是一千多"),
            ),
        ),
    )


def unlabelled_contacts(
    readings: Mapping[str, Reading], seen: Mapping[str, Shapes], kind: FileKind
) -> list[Ambiguity]:
    """Columns of phones or e-mail addresses under a header that says nothing."""
    ambiguities = []
    for header, reading in readings.items():
        shapes = seen[header]
        shape = "email" if shapes.mostly("email") else "phone" if shapes.mostly("mobile") else None
        if reading.to != (FURTHER,) or reading.why is not None or shape is None or shapes.said < 3:
            continue
        choices = [
            _choice(header, Reading((f"identifiers.{shape}",)), targets()[f"identifiers.{shape}"].title)
        ]
        if shape == "phone" and kind in (LINES, ORDERS):
            to = "order_parties.recipient_phone"
            choices.append(_choice(header, Reading((to,)), targets()[to].title))
        question = Text(
            "This looks like a customer's identifier. Is it, or is it somebody else's?",
            "这一列像是客户的标识。是客户本人的，还是他人的？",
        )
        ambiguities.append(Ambiguity(header, question, (*choices, _further(header))))
    return ambiguities


def one_of(asked: str, header: str, reading: Reading, says: Text, among: Sequence[str]) -> Answer:
    """The answer to a doubt about column `asked` that of several columns it is `header`, and no other."""
    readings = {other: Reading() for other in among} | {header: replace(reading, sure=True)}
    also = {other: reading for other, reading in readings.items() if other != asked}
    return Answer(says, readings[asked], mapping.line(header, reading), also=also)


def none_of(asked: str, among: Sequence[str]) -> Answer:
    """The answer that it is none of several columns."""
    says = Text("none: keep as a further attribute", "都不是：作为其他属性保留")
    lines = "\n    ".join(mapping.line(header, Reading()) for header in among)
    return Answer(says, Reading(), lines, also={other: Reading() for other in among if other != asked})


def _choice(header: str, reading: Reading, says: Text) -> Answer:
    return Answer(says, replace(reading, sure=True), mapping.line(header, reading))


def _further(header: str) -> Answer:
    return _choice(
        header, Reading(), Text("something else: keep it as a further attribute", "其他：作为其他属性保留")
    )

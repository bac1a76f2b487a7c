"""Permissions: as which columns of a list of people does what they consented to come?

A source that keeps consents row by row feeds `consents` itself. Most write them as columns beside a customer,
one a channel; a mapping addresses those as `marketing.<name>`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from shuke.languages import Text
from shuke.tables.column import Column, Type

#: What a consent to be written to about offers is called; any other purpose stands as it was told.
MARKETING = "marketing"

#: What an address in a mapping begins with.
PREFIX = f"{MARKETING}."


class Statement(Enum):
    """What a column tells of a channel."""

    ANSWER = ""  # yes or no
    REFUSAL = "_refused"  # yes: no more of it; no: nothing, for who has not refused has not agreed
    SINCE = "_at"  # when they agreed
    UNTIL = "_refused_at"  # when they refused


@dataclass(frozen=True)
class Permission:
    """One such column: the channel that it is about, and what it tells of it."""

    channel: str
    statement: Statement

    @property
    def target(self) -> str:
        return f"{PREFIX}{self.channel}{self.statement.value}"

    @property
    def column(self) -> Column:
        kind = Type.FLAG if self.statement in (Statement.ANSWER, Statement.REFUSAL) else Type.TIME
        way, title = _CHANNELS[self.channel], _TITLES[self.statement]
        told = Text(title.en.format(way=way.en), title.zh.format(way=way.zh))
        return Column(f"{self.channel}{self.statement.value}", kind, told)


#: The ways of writing to somebody, as consents name them.
_CHANNELS: Mapping[str, Text] = {
    "email": Text("by e-mail", "邮件"),
    "sms": Text("by SMS", "短信"),
    "phone": Text("by phone", "电话"),
    "post": Text("by post", "邮寄"),
    "wecom": Text("by WeChat", "微信"),
    "any": Text("whichever way", "不限渠道"),
}
_TITLES: Mapping[Statement, Text] = {
    Statement.ANSWER: Text("Marketing {way}: yes or no", "营销（{way}）：是否同意"),
    Statement.REFUSAL: Text("Marketing {way}: refused", "营销（{way}）：已拒绝"),
    Statement.SINCE: Text("Marketing {way}: agreed at", "营销（{way}）：同意时间"),
    Statement.UNTIL: Text("Marketing {way}: refused at", "营销（{way}）：拒绝时间"),
}


def _every() -> Iterator[Permission]:
    for channel in _CHANNELS:
        yield from (Permission(channel, statement) for statement in Statement)


#: Every such column, by its address.
PERMISSIONS: Mapping[str, Permission] = {one.target: one for one in _every()}

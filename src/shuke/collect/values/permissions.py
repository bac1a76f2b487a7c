"""Permissions: does a word say that one may write to somebody?"""

import ibis
import ibis.expr.types as ir

from shuke.collect.mapping import Reading
from shuke.collect.values import words
from shuke.collect.values.folding import folded
from shuke.tables.permissions import PERMISSIONS, Statement

_YES = (
    "subscribed|opted in|opt in|optin|accepted|accepts|allowed|allow|granted|consented|agreed|confirmed|"
    "explicit|express|single opt in|double opt in|confirmed opt in|"
    "已订阅|订阅|同意|已同意|接受|接收|愿意|允许|已授权|授权|angemeldet|abonniert|inscrit|suscrito|inscrito"
).split("|")
_NO = (
    "unsubscribed|opted out|opt out|optout|cleaned|suppressed|blocked|blacklisted|blocklisted|bounced|"
    "complained|spam|do not allow|not allowed|disallowed|revoked|withdrawn|rejected|refused|declined|denied|"
    "do not contact|退订|已退订|"
    "拒绝|已拒绝|不接受|不接收|不同意|不愿意|不允许|拒收|勿扰|取消订阅|已取消订阅|已撤回|"
    "abgemeldet|desinscrit|désinscrit|désabonné|dado de baja|descadastrado"
).split("|")
#: Who has not been asked, or has not answered yet, has said nothing. An implied consent is none.
_NOTHING = (
    "never subscribed|not subscribed|non subscribed|nonsubscribed|did not subscribe|pending|unconfirmed|"
    "not confirmed|awaiting confirmation|double opt in pending|not set|unset|no consent|unknown|"
    "no permission set|invited|implied|transactional|redacted|invalid|"
    "待确认|未确认|未设置|未询问|未回复|未知|从未订阅"
).split("|")


def is_of_consent(reading: Reading) -> bool:
    """Whether a column says yes or no to being written to, in words of its own."""
    return "consents.granted" in reading.to or bool(statements(reading))


def statements(reading: Reading) -> set[Statement]:
    """What a column of permissions tells of its channel; nothing of any other column."""
    return {PERMISSIONS[target].statement for target in reading.to if target in PERMISSIONS}


def permitted(text: ir.StringValue, reading: Reading) -> ir.BooleanValue:
    """Yes or no, of whatever a column asks; null where nobody knows the word.

    Of a column that asks whether somebody refused, a plain yes is a refusal, and so is `unsubscribed`.
    """
    said = _plain(text)
    agreed = ibis.cases((said.isin(_YES), True), (said.isin(_NO), False), else_=ibis.null("boolean"))
    if Statement.REFUSAL in statements(reading):  # `accepted` means there what it means everywhere
        return ibis.coalesce(~agreed, words.flag(text))
    return ibis.coalesce(agreed, words.flag(text))


def says_nothing(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a word says of somebody that they have not told."""
    return _plain(text).isin(_NOTHING)


def _plain(text: ir.StringValue) -> ir.StringValue:
    return folded(text).lower().re_replace(r"[\s_.-]+", " ").strip()

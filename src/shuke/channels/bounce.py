"""Bounce: what does a letter say that came back: which one was it, to whom, and is it for good?"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a mail server reports of one recipient of a letter (RFC 3464)."""

    address: str
    status: str  # 5.1.1: no such mailbox (RFC 3463); empty where it does not say
    message_id: str  # of the letter that came back; empty where the report does not have it

    @property
    def is_hard(self) -> bool:
        """Whether it will never arrive; all else, such as a full mailbox (x.2.2), may another day."""
        return self.status.startswith("5.") and self.status[2:] not in ("2.2", "2.0", "7.0", "7.1")


def bounces(report: Message) -> list[Bounce]:
    """The recipients that a report of delivery says were not reached; none of any other letter."""
    kind = report.get_content_type(), report.get_param("report-type")
    if kind != ("multipart/report", "delivery-status"):
        return []
    message_id = next(filter(None, (_sent_as(part) for part in report.walk())), "")
    return [
        Bounce(address=_address(fields), status=_status(fields), message_id=message_id)
        for fields in _recipients(report)
        if str(fields.get("Action", "")).strip().lower() == "failed" and _address(fields)
    ]


def _recipients(report: Message) -> Iterator[Message]:
    """The blocks of fields of a report, one a recipient; the first is of the letter as a whole."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            found = blocks[1:] if isinstance(blocks, list) else []
            yield from (block for block in found if isinstance(block, Message))


def _status(fields: Message) -> str:
    return next(iter(str(fields.get("Status", "")).split()), "")


def _address(fields: Message) -> str:
    """Whom the letter was written to: as it was, before anybody forwarded it."""
    written = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "")
    return written.partition(";")[2].strip().strip("<>")


def _sent_as(part: Message) -> str:
    """The `Message-ID` of the letter that a part returns, whole or in its headers alone."""
    if part.get_content_type() == "message/rfc822":
        returned = part.get_payload()
        inner = returned[0] if isinstance(returned, list) and returned else None
        return str(inner.get("Message-ID", "")).strip() if isinstance(inner, Message) else ""
    if part.get_content_type() == "text/rfc822-headers":
        return str(message_from_string(str(part.get_payload())).get("Message-ID", "")).strip()
    return ""

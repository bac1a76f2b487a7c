"""Channels: by which ways are messages sent, and is it told what becomes of them?"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import sqlalchemy as sa

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.store.campaign_rows import message_events
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ChannelSummary:
    """One way out as shuke.toml has it."""

    name: str
    kind: str
    provider: str  # in whose words events are reported; empty: in those of our own
    reports_to: str  # the address for them; empty where nobody may report
    per_minute: int | None  # messages, at most
    events: int  # that were told
    heard_at: datetime | None  # the last of them


def listed(project: Project, *, viewer: Viewer) -> tuple[ChannelSummary, ...]:
    """All channels, by name."""
    viewer.require(Capability.SEE)
    of = message_events.c
    query = sa.select(of.channel, sa.func.count().label("events"), sa.func.max(of.received_at).label("at"))
    with project.operations.reading() as connection:
        told = {row.channel: row for row in connection.execute(query.group_by(of.channel))}
    return tuple(
        ChannelSummary(
            name=name, kind=str(each.get("kind", "")), provider=str(each.get("provider", "")),
            reports_to=callback_address(project, name, "events") if each.get("callback_secret") else "",
            per_minute=each.get("per_minute"),
            events=told[name].events if name in told else 0, heard_at=told[name].at if name in told else None,
        )
        for name, each in sorted(project.settings.channels.items())
    )  # fmt: skip


def callback_address(project: Project, name: str, what: str) -> str:
    """Where the provider of a channel reports to."""
    return f"{project.settings.address.rstrip('/')}/api/channels/{quote(name, safe='')}/{what}"

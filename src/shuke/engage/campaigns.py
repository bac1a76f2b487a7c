"""Campaigns: which are there, what do they say, and how far has each come?

What a campaign says and how far it has come are rows that are only added to. An automation is a campaign that
goes on: customers enter it one by one, and it is on while it is `sending`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shuke.engage.automation import Automation, is_automation
from shuke.engage.campaign import Campaign, CampaignStatus
from shuke.errors import Overtaken, WrongCall
from shuke.languages import N_
from shuke.store.campaign_rows import assignments, campaign_states, campaign_versions, campaigns, messages

#: Which states a campaign may go to from each.
_NEXT: Mapping[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.DRAFT: frozenset(
        {
            CampaignStatus.SUBMITTED,
            CampaignStatus.SCHEDULED,
            CampaignStatus.SENDING,
            CampaignStatus.CANCELLED,
        }
    ),
    CampaignStatus.SUBMITTED: frozenset(
        {CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.SENDING, CampaignStatus.CANCELLED}
    ),
    CampaignStatus.SCHEDULED: frozenset(
        {CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.CANCELLED}
    ),
    CampaignStatus.SENDING: frozenset({CampaignStatus.DONE, CampaignStatus.PAUSED, CampaignStatus.CANCELLED}),
    CampaignStatus.PAUSED: frozenset(
        {
            CampaignStatus.SCHEDULED,
            CampaignStatus.SENDING,
            CampaignStatus.CANCELLED,
            CampaignStatus.DRAFT,  # an automation that was edited meanwhile
        }
    ),
    CampaignStatus.DONE: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}


class UnknownCampaign(WrongCall, KeyError): ...


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A campaign as it stands; of an automation `campaign` is that as which it is proved."""

    id: int
    name: str
    salt: str
    version: int
    campaign: Campaign
    automation: Automation | None = None
    edited_by: str
    status: CampaignStatus
    since: datetime
    who: str | None
    note: str


@dataclass(frozen=True, kw_only=True)
class CampaignChange:
    """One row of a campaign's history: a version, or what it became."""

    at: datetime
    who: str | None
    what: CampaignStatus | None = None
    version: int | None = None
    note: str = ""


Written = Campaign | Automation


def create(connection: sa.Connection, name: str, campaign: Written, *, who: str, now: datetime) -> Standing:
    """A new draft; raises `WrongCall` where there is one of that name."""
    if connection.execute(sa.select(campaigns.c.id).where(campaigns.c.name == name)).scalar() is not None:
        raise WrongCall(N_("There is a campaign {name} already."), name=name)
    added = sa.insert(campaigns).values(name=name, salt=secrets.token_hex(16), created_at=now)
    number = connection.execute(added.returning(campaigns.c.id)).scalar_one()
    _add_version(connection, number, 1, campaign, who=who, now=now)
    _add_state(connection, number, 1, CampaignStatus.DRAFT, who=who, now=now)
    return by_id(connection, number)


def edit(
    connection: sa.Connection, standing: Standing, campaign: Written, *, who: str, now: datetime
) -> Standing:
    """Say something else; only a draft may."""
    if standing.status is not CampaignStatus.DRAFT:
        raise WrongCall(N_("Campaign {name} is not a draft any more."), name=standing.name)
    if campaign != (standing.automation or standing.campaign):
        _add_version(connection, standing.id, standing.version + 1, campaign, who=who, now=now)
    return by_id(connection, standing.id)


def open_until(
    connection: sa.Connection, standing: Standing, until: datetime | None, *, who: str, now: datetime
) -> Standing:
    """Let a campaign that was begun take in who comes to its audience until then; none: nobody more."""
    if standing.automation or standing.status not in _GOING_ON:
        raise WrongCall(
            N_("Campaign {name} is {status}: only one that was begun and is not over takes anybody in."),
            name=standing.name, status=standing.status,
        )  # fmt: skip
    campaign = replace(standing.campaign, open_until=until)
    if campaign != standing.campaign:
        _add_version(connection, standing.id, standing.version + 1, campaign, who=who, now=now)
    return by_id(connection, standing.id)


_GOING_ON = {CampaignStatus.SCHEDULED, CampaignStatus.SENDING, CampaignStatus.PAUSED}


def move(
    connection: sa.Connection,
    standing: Standing,
    status: CampaignStatus,
    *,
    who: str | None,
    now: datetime,
    note: str = "",
) -> Standing:
    """Bring a campaign to another state; raises `Overtaken` where it has left the one that was seen."""
    is_now = by_id(connection, standing.id)
    if is_now.status is not standing.status:
        raise Overtaken
    if status not in _NEXT[standing.status]:
        raise WrongCall(
            N_("Campaign {name} is {status} and cannot become {other}."),
            name=standing.name, status=standing.status, other=status,
        )  # fmt: skip
    number = _last_number(connection, standing.id) + 1
    _add_state(connection, standing.id, number, status, who=who, now=now, note=note)
    return by_id(connection, standing.id)


def one(connection: sa.Connection, name: str) -> Standing:
    """The campaign of that name; raises `UnknownCampaign`."""
    for found in _standing(connection, campaigns.c.name == name):
        if found.automation is None:
            return found
    raise UnknownCampaign(N_("There is no campaign {name}."), name=name)


def automation(connection: sa.Connection, name: str) -> Standing:
    """The automation of that name; raises `UnknownCampaign`."""
    for found in _standing(connection, campaigns.c.name == name):
        if found.automation:
            return found
    raise UnknownCampaign(N_("There is no automation {name}."), name=name)


def automation_as_of(connection: sa.Connection, number: int, version: int) -> Automation:
    """What an automation said in one of its versions."""
    of = campaign_versions.c
    query = sa.select(of.document).where(of.campaign_id == number, of.number == version)
    return Automation.from_json(connection.execute(query).scalar_one())


def by_id(connection: sa.Connection, number: int) -> Standing:
    return _standing(connection, campaigns.c.id == number)[0]


def every(connection: sa.Connection) -> list[Standing]:
    """All of them, the newest first."""
    return _standing(connection, sa.true())


def history(connection: sa.Connection, number: int) -> list[CampaignChange]:
    """What was said and done of a campaign, oldest first."""
    of_it = (table.c.campaign_id == number for table in (campaign_versions, campaign_states))
    versions = connection.execute(sa.select(campaign_versions).where(next(of_it)))
    states = connection.execute(sa.select(campaign_states).where(next(of_it)))
    found = [CampaignChange(at=v.at, who=v.who, version=v.number) for v in versions]
    found += [CampaignChange(at=s.at, who=s.who, what=CampaignStatus(s.status), note=s.note) for s in states]
    return sorted(found, key=lambda change: change.at)


def came_of(connection: sa.Connection, number: int) -> dict[tuple[str, str | None], int]:
    """How many messages of a campaign are in the books, by status and reason."""
    query = (
        sa.select(messages.c.status, messages.c.reason, sa.func.count().label("messages"))
        .where(messages.c.campaign_id == number)
        .group_by(messages.c.status, messages.c.reason)
    )
    return {(row.status, row.reason): row.messages for row in connection.execute(query)}


def arms(connection: sa.Connection, number: int) -> dict[str, int]:
    """How many customers of a campaign are in each arm."""
    query = (
        sa.select(assignments.c.arm, sa.func.count().label("customers"))
        .where(assignments.c.campaign_id == number)
        .group_by(assignments.c.arm)
    )
    return {row.arm: row.customers for row in connection.execute(query)}


def came_later(connection: sa.Connection, number: int) -> int:
    """How many customers were taken in after those with whom a campaign began."""
    of, mine = assignments.c, assignments.c.campaign_id == number
    began = sa.select(sa.func.min(of.at)).where(mine).scalar_subquery()
    query = sa.select(sa.func.count()).select_from(assignments).where(mine, of.at > began)
    return int(connection.execute(query).scalar_one())


def _standing(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Standing]:
    versions, states = campaign_versions, campaign_states
    last_version = _last(versions.c.campaign_id, versions.c.number)
    last_state = _last(states.c.campaign_id, states.c.number)
    query = (
        sa.select(
            campaigns.c.id, campaigns.c.name, campaigns.c.salt, versions.c.number.label("version"),
            versions.c.document, versions.c.who.label("edited_by"), states.c.status, states.c.at,
            states.c.who, states.c.note,
        )
        .join(last_version, last_version.c.campaign_id == campaigns.c.id)
        .join(versions, (versions.c.campaign_id == campaigns.c.id) & (versions.c.number ==
        last_version.c.last)) .join(last_state, last_state.c.campaign_id == campaigns.c.id)
        .join(states, (states.c.campaign_id == campaigns.c.id) & (states.c.number == last_state.c.last))
        .where(where)
        .order_by(campaigns.c.id.desc())
    )  # fmt: skip
    return [
        Standing(
            id=row.id, name=row.name, salt=row.salt, version=row.version,
            **_said(row.document), edited_by=row.edited_by,
            status=CampaignStatus(row.status), since=row.at, who=row.who, note=row.note,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _said(document: Mapping[str, Any]) -> dict[str, Any]:
    if not is_automation(document):
        return {"campaign": Campaign.from_json(document)}
    found = Automation.from_json(document)
    return {"campaign": found.campaign(), "automation": found}


def _last(whose: sa.Column[Any], number: sa.Column[Any]) -> sa.Subquery:
    return sa.select(whose.label("campaign_id"), sa.func.max(number).label("last")).group_by(whose).subquery()


def _last_number(connection: sa.Connection, number: int) -> int:
    query = sa.select(sa.func.max(campaign_states.c.number)).where(campaign_states.c.campaign_id == number)
    return int(connection.execute(query).scalar_one())


def _add_version(
    connection: sa.Connection, campaign_id: int, number: int, campaign: Written, *, who: str, now: datetime
) -> None:
    told = campaign.to_json()
    row = {"campaign_id": campaign_id, "number": number, "document": told, "at": now, "who": who}
    connection.execute(sa.insert(campaign_versions), [row])


def _add_state(
    connection: sa.Connection,
    campaign_id: int,
    number: int,
    status: CampaignStatus,
    *,
    who: str | None,
    now: datetime,
    note: str = "",
) -> None:
    row = {
        "campaign_id": campaign_id, "number": number, "status": status.value, "at": now, "who": who, "note":
        note, }  # fmt: skip
    connection.execute(sa.insert(campaign_states), [row])

"""Club: a small company whose customers have said whether they want to be written to."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shuke import app
from shuke.access.roles import owner
from shuke.actions import builds, campaigns, work
from shuke.actions.work import Worked
from shuke.app import Project
from shuke.engage.campaign import Campaign
from shuke.settings import Settings
from shuke.store import campaign_rows
from shuke.views.viewer import Viewer
from tests.landing import land

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANALYSES = ("complaints", "campaign_results")

#: As they land: UTC, without saying so.
BOUGHT, AGREED = datetime(2026, 11, 1), datetime(2026, 5, 1)  # noqa: DTZ001


def found(folder: Path, *, channels: Mapping[str, Any], **settings: Any) -> Project:
    """A company without customers yet."""
    usual: dict[str, Any] = {"global_holdout": 0.0, "analyses": ANALYSES}
    told = Settings(
        name="Mill Lane Tea", country="GB", currency="GBP", zone="Europe/London", language="en",
        channels=channels, address="https://tea.example",
        **usual | settings,
    )  # fmt: skip
    return app.init(folder, told)


def members(project: Project, number: int, *, consents: bool = True, bought: datetime = BOUGHT) -> None:
    """So many customers, each with an e-mail address, a phone and a purchase."""
    names = [f"M{n:03}" for n in range(number)]
    land(
        project, "club",
        people=[{"record_id": name, "name": f"Member {name}"} for name in names],
        identifiers=[
            {"record_id": name, "kind": kind, "value": value}
            for n, name in enumerate(names)
            for kind, value in (("email", f"{name.lower()}@home.example"), ("phone", f"+4479111{n:05}"))
        ],
        order_items=[order(name, bought) for name in names],
    )  # fmt: skip
    if consents:
        consent(project, names)


def order(name: str, at: datetime) -> dict[str, Any]:
    """A pot of tea that a member buys."""
    return {
        "order_no": f"O{name}-{at:%y%m%d}", "record_id": name, "ordered_at": at, "quantity": 1, "price": 5,
        "amount": 5, "product_id": "TEA", "product_name": "Tea", "kind": "goods",
    }  # fmt: skip


def consent(project: Project, names: list[str], *, granted: bool = True, channel: str | None = None) -> None:
    """What members say of marketing."""
    land(
        project, "club",
        consents=[
            {
                "record_id": name, "purpose": "marketing", "channel": channel, "granted": granted,
                "at": AGREED,
            }
            for name in names
        ],
    )  # fmt: skip


def build(project: Project, *, now: datetime = NOON) -> None:
    builds.build(project, viewer=viewer(now=now))


def viewer(name: str = "lin", *, now: datetime = NOON) -> Viewer:
    return Viewer(owner(name), "cli", now)


def campaign(**further: Any) -> Campaign:
    told = {
        "audience": "customer_id is not null", "channel": "news", "holdout": 0.0,
        "content": {"en": {"subject": "Dear {{ customer.name }}", "text": "Tea for you. {{ unsubscribe }}"}},
    }  # fmt: skip
    return Campaign.from_json(told | further)


def run(project: Project, name: str, written: Campaign, *, now: datetime = NOON) -> Worked:
    """Write a campaign, begin it, and send it to its end."""
    campaigns.create(project, name, written, viewer=viewer(now=now))
    campaigns.begin(project, name, viewer=viewer(now=now))
    return send(project, now=now)


def send(project: Project, *, now: datetime = NOON, only: list[str] | None = None) -> Worked:
    """Do all that is due."""
    came = Worked()
    while did := work.work(project, worker="test", clock=lambda: now, only=only):
        came += did
    return came


def book(project: Project) -> list[tuple[str, str, str | None]]:
    """What the books say: (customer's key, status, reason)."""
    with project.operations.reading() as connection:
        rows = connection.execute(campaign_rows.messages.select().order_by(campaign_rows.messages.c.id))
        return [(row.customer_id, row.status, row.reason) for row in rows]


def customer_ids(project: Project) -> dict[str, str]:
    """By their number in the club."""
    rows = project.open().table("identities").select("record_id", "customer_id").to_pyarrow().to_pylist()
    return {row["record_id"]: row["customer_id"] for row in rows}


LATER = timedelta(days=1)

"""Campaign: how does one write a campaign, look at what it would do, begin it, and see what came of it?"""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from shuke import formats
from shuke.actions import campaigns as actions
from shuke.actions import consents
from shuke.cli import output, session
from shuke.engage.campaign import Campaign
from shuke.engage.campaigns import Standing
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.views import campaign_labels as labels
from shuke.views import campaigns as view
from shuke.views.campaigns import CampaignSummary, Forecast

app = typer.Typer(help=_("Write to customers, and prove what it changed."))

Name = Annotated[str, typer.Argument(help=_("The name of the campaign."))]
Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]
Written = Annotated[
    Path, typer.Argument(help=_("A TOML file: audience, channel, content.en.text, …; see docs/campaigns.md."))
]
TABLE = output.OutputFormat.TABLE


@app.command("list")
def list_(form: Form = TABLE) -> None:
    """All campaigns, the newest first."""
    found = view.listed(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [
        _("Campaign"),
        _("Status"),
        _("Channel"),
        _("Sent"),
        _("Withheld"),
        _("Refused"),
        _("Control"),
    ]
    return output.listing(headings, [_row(campaign) for campaign in found])


@app.command()
def add(name: Name, written: Written) -> None:
    """Write a new campaign, as a draft."""
    _tell(actions.create(session.project(), name, _read(written), viewer=session.viewer()))


@app.command()
def edit(name: Name, written: Written) -> None:
    """Let a draft say what the file says."""
    _tell(actions.edit(session.project(), name, _read(written), viewer=session.viewer()))


@app.command()
def show(name: Name, form: Form = TABLE) -> None:
    """How far a campaign has come, who was left alone and why, and what it changed."""
    project = session.project()
    page = view.one(project, name, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(page)
    told: list[list[str]] = [[_("Status"), str(labels.STATUSES[page.summary.status])]]
    told += [[_("Audience"), page.document["audience"]], [_("Channel"), page.document["channel"]]]
    if until := page.document["open_until"]:
        told += [
            [
                _("Takes in new members until"),
                formats.moment(datetime.fromisoformat(until), project.settings.zone),
            ],
            [_("Came later"), formats.number(page.came_later)],
        ]
    told += [[str(labels.ARMS[arm]), formats.number(number)] for arm, number in page.arms.items()]
    told += [[_("Sent"), formats.number(page.summary.sent)], [_("Waiting"), formats.number(page.waiting)]]
    told += [
        [f"{_('Withheld')}: {labels.WITHHELD[reason]}", formats.number(number)]
        for reason, number in page.reasons.items()
    ]
    told += [[_("Refused"), formats.number(page.summary.refused)]]
    told += [[word, formats.number(number)] for word, number in labels.reached_counts(page.reached)]
    output.listing(["", ""], told)
    for row in page.results:
        output.note(labels.result(row, currency=project.settings.currency))
    return None


@app.command()
def together(form: Form = TABLE) -> None:
    """What all campaigns have brought together, beside those whom none of them reaches."""
    project = session.project()
    found = view.together(project, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    output.note(found.sentence)
    if found.results:
        rows = [labels.beside(row, currency=project.settings.currency) for row in found.results]
        output.listing(labels.beside_headings(), rows)
    return None


@app.command()
def check(name: Name, form: Form = TABLE) -> None:
    """Whom a campaign would reach now, who would be left alone and why, what it costs and could prove."""
    found = view.forecast(session.project(), name, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    return output.listing(["", ""], _forecast(found))


@app.command()
def preview(name: Name, customer: Annotated[str, typer.Argument(help=_("The id of a customer."))]) -> None:
    """What a customer would read."""
    message = view.preview(session.project(), name, customer, viewer=session.viewer())
    print(*filter(None, (message.subject, message.text)), sep="\n\n")


@app.command()
def test(
    name: Name,
    customer: Annotated[str, typer.Argument(help=_("The id of a customer."))],
    to: Annotated[str, typer.Option(help=_("An address of your own."))],
) -> None:
    """Send what a customer would read to an address of your own."""
    actions.send_test(session.project(), name, customer, to, viewer=session.viewer())
    output.note(_("The test was sent."))


@app.command()
def begin(name: Name) -> None:
    """Begin a campaign at its time, or at once; `shuke run` sends it. Approves one that was submitted."""
    _tell(actions.begin(session.project(), name, viewer=session.viewer()))


@app.command("send-back")
def send_back(
    name: Name, note: Annotated[str, typer.Option(help=_("The reason, in a few words."))] = ""
) -> None:
    """Make a draft again of what was submitted, to be changed."""
    _tell(actions.send_back(session.project(), name, viewer=session.viewer(), note=note))


@app.command()
def suppress(
    address: Annotated[
        str, typer.Argument(help=_("An e-mail address or a phone, as messages are sent to it."))
    ],
    reason: Annotated[str, typer.Option(help=_("The reason, in a few words."))] = "bounced",
) -> None:
    """Never write to an address again, such as one that bounced; only a digest of it is kept."""
    consents.suppress(session.project(), address, reason=reason, viewer=session.viewer())
    output.note(_("Nothing more is sent to this address."))


@app.command()
def pause(name: Name) -> None:
    """Send nothing more for now."""
    _tell(actions.pause(session.project(), name, viewer=session.viewer()))


@app.command()
def resume(name: Name) -> None:
    """Go on where it was paused."""
    _tell(actions.resume(session.project(), name, viewer=session.viewer()))


@app.command("take-in")
def take_in(
    name: Name,
    *,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"],
            help=_("On the clocks of the company; left out: nobody more is taken in."),
        ),
    ] = None,
) -> None:
    """Let a campaign that was begun write to whoever comes to its audience until a moment."""
    project = session.project()
    moment = until and until.replace(tzinfo=ZoneInfo(project.settings.zone))
    _tell(actions.take_in(project, name, moment, viewer=session.viewer()))


@app.command()
def cancel(name: Name) -> None:
    """Send nothing more, for good."""
    _tell(actions.cancel(session.project(), name, viewer=session.viewer()))


def _read(path: Path) -> Campaign:
    return Campaign.from_json(read_toml(path))


def read_toml(path: Path) -> dict[str, Any]:
    """What a file says; raises `WrongCall` where it cannot be read."""
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise WrongCall(N_("{file} cannot be read: {error}"), file=path, error=error.strerror) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongCall(N_("{file} is not valid TOML: {error}"), file=path, error=error) from None
    return told


def _tell(standing: Standing) -> None:
    status = labels.STATUSES[standing.status]
    output.note(_("Campaign {name}: {status}").format(name=standing.name, status=status))


def _row(campaign: CampaignSummary) -> list[str]:
    counts = (campaign.sent, campaign.withheld, campaign.refused, campaign.control)
    status = labels.STATUSES[campaign.status]
    return [campaign.name, str(status), campaign.channel, *map(formats.number, counts)]


def _forecast(found: Forecast) -> list[list[str]]:
    told = [
        [_("Audience"), formats.number(found.audience)],
        [_("Held out"), formats.number(found.control)],
        *(
            [f"{_('Withheld')}: {labels.WITHHELD[reason]}", formats.number(number)]
            for reason, number in found.withheld.items()
        ),
        [_("To send"), formats.number(found.to_send)],
        [_("Cost"), formats.number(found.cost)],
    ]
    if found.provable is not None:
        told.append([_("Could prove"), labels.provable(found.provable)])
    return told

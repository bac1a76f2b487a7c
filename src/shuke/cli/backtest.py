"""Backtest: had we asked on an earlier day, how right would we have been?"""

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import grades as actions
from shuke.builds.backtesting import BacktestResult
from shuke.cli import output, progress, session
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.tables import Measure

app = typer.Typer()

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]

_DAYS = {"d": 1, "w": 7}


@app.command()
def backtest(
    table: Annotated[
        str | None, typer.Argument(help=_("Default: every table that makes a forecast."))
    ] = None,
    *,
    at: Annotated[
        list[datetime] | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help=_(
                "The day to forecast from; may be repeated. Default: the latest day whose horizon has passed."
            ),
        ),
    ] = None,
    horizon: Annotated[str, typer.Option(help=_("The horizon over which to compare: 90d, or 12w."))] = "90d",
    form: Form = output.OutputFormat.TABLE,
) -> None:
    """Make tables as of an earlier day, compare them with what then came, and keep how right they were."""
    with progress.tables() as report:
        found = actions.backtest(
            session.project(),
            [table] if table else (),
            at=[day.date() for day in at or ()],
            horizon=_horizon(horizon),
            viewer=session.viewer(),
            report=report,
        )
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    for graded in found:
        _print(graded)
    return None


def _horizon(said: str) -> timedelta:
    told = re.fullmatch(r"([1-9][0-9]{0,3})([dw])", said.strip().lower())
    if not told:
        raise WrongCall(N_("{said} is not a duration. Write days as 90d, or weeks as 12w."), said=repr(said))
    return timedelta(days=int(told[1]) * _DAYS[told[2]])


def _print(graded: BacktestResult) -> None:
    out = output.console()
    span = {"at": formats.day(graded.as_of), "until": formats.day(graded.until)}
    heading = _("{table}, asked on {at}, followed until {until}").format(table=graded.table, **span)
    out.print(heading, style="bold")
    if not graded.grade:
        return out.print("  " + (graded.failed or ""))
    out.print("  " + str(graded.grade.sentence))
    headings = ["", _("Measured"), _("Naive or promised"), ""]
    return output.listing(headings, [_row(measure) for measure in graded.grade.measures])


def _row(measure: Measure) -> list[object]:
    written = formats.share if measure.unit == "share" else formats.number
    naive = written(measure.naive) if measure.naive is not None else ""
    promised = _("promised") if measure.is_promise else ""
    verdict = {True: _("better than naive"), False: _("no better than naive"), None: promised}
    return ["  " + str(measure.title), written(measure.value), naive, verdict[measure.beats_naive]]

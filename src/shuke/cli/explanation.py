"""Explanation: why are two one customer or not, on a terminal?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.cli import output, session
from shuke.identity.waterfall import Waterfall
from shuke.languages import _
from shuke.views import explanation as view
from shuke.views.explanation import Explanation, bond_words, verdict
from shuke.views.labels import AGREEMENTS, VERDICTS, chance

_WIDEST_BAR = 24

Who = Annotated[str, typer.Argument(help=_("A customer id, or a record as source:number."))]


def explain(
    a: Who,
    b: Who,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """Why two are one customer, or why they are not."""
    project = session.project()
    told = view.explain(project, a, b, viewer=session.viewer())
    return output.as_json(told) if form is output.OutputFormat.JSON else _print(told, project.settings.zone)


def _print(told: Explanation, zone: str) -> None:
    output.console().print(f"[bold]{told.left.record} – {told.right.record}[/bold]")
    output.console().print(verdict(told))
    _heading(_("What they say"))
    output.listing(
        ["", told.left.record, told.right.record, ""],
        [[line.title, line.left, line.right, str(AGREEMENTS[line.agreement])] for line in told.lines],
    )
    if told.weights:
        _heading(_("What each comparison adds"))
        output.listing(["", "", _("Weight"), ""], _steps(told.weights))
    if told.path:
        _heading(_("The path from one to the other"))
        output.listing(["", "", ""], [[b.record_l, bond_words(b), b.record_r] for b in told.path])
    if told.decisions:
        _heading(_("What was decided"))
        output.listing(
            ["#", "", _("Who"), _("When"), ""],
            [
                [
                    d.number,
                    VERDICTS[d.verb],
                    d.who,
                    formats.moment(d.at, zone),
                    _("undone") if d.undone_at else "",
                ]
                for d in told.decisions
            ],
        )


def _steps(weights: Waterfall) -> list[list[object]]:
    """From what is expected of any two, over every comparison, to the sum; with bars of their length."""
    most = max(abs(weight) for weight in (weights.prior, *(s.weight for s in weights.steps), 1.0))
    rows: list[list[object]] = [[_("Any two"), "", *_bar(weights.prior, most)]]
    rows += [[step.title, step.level, *_bar(step.weight, most)] for step in weights.steps]
    return [*rows, [_("Together"), chance(weights.probability), f"{weights.weight:+.1f}", ""]]


def _bar(weight: float, most: float) -> tuple[str, str]:
    return f"{weight:+.1f}", ("█" if weight > 0 else "░") * round(abs(weight) / most * _WIDEST_BAR)


def _heading(title: str) -> None:
    output.console().print(f"\n[bold]{title}[/bold]")

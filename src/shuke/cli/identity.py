"""Identity: which records are one customer, why, and what do people say about it?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.actions import identity as actions
from shuke.cli import output, session
from shuke.cli.evaluation import evaluate
from shuke.cli.explanation import explain
from shuke.cli.models import models, train, use
from shuke.languages import _
from shuke.views import identity as view
from shuke.views import resolution
from shuke.views import reviews as queue
from shuke.views.identity import IdentityDecision
from shuke.views.labels import BECAME, VERDICTS, chance, coded, likelihood
from shuke.views.resolution import Resolution, Threshold

app = typer.Typer(help=_("Which records are one customer, and why."))

app.command(
    "evaluate", help=_("How well the build resolves identities, compared with a file of known truth.")
)(evaluate)
app.command("explain", help=_("Why two are one customer, or why they are not."))(explain)
app.command("train", help=_("Train the match weights on this company's own records."))(train)
app.command("models", help=_("List the versions of the match model."))(models)
app.command("use", help=_("Use a version from the next build on; shows first what it changes."))(use)

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]
Who = Annotated[str, typer.Argument(help=_("A customer id, or a record as source:number."))]
Note = Annotated[str, typer.Option(help=_("The reason, in a few words; stored with the decision."))]


@app.callback(invoke_without_command=True)
def identity(ctx: typer.Context, form: Form = output.OutputFormat.TABLE) -> None:
    if ctx.invoked_subcommand:
        return None
    found = resolution.resolution(session.project(), viewer=session.viewer())
    return output.as_json(found) if form is output.OutputFormat.JSON else _print(found)


@app.command(help=_("Pairs of records waiting for review."))
def review(
    form: Form = output.OutputFormat.TABLE,
    limit: Annotated[int, typer.Option(min=1, help=_("The maximum number to show."))] = 20,
) -> None:
    found = queue.reviews(session.project(), viewer=session.viewer(), limit=limit)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Record"), _("Name"), _("Record"), _("Name"), _("Kind"), _("Likelihood")]
    output.listing(
        headings,
        [
            [r.record_l, r.name_l, r.record_r, r.name_r, coded("kind", r.kind), likelihood(r.probability)]
            for r in found.reviews
        ],
    )
    told = _("{shown} of {total} pairs. Say what they are: shuke identity merge A B, or never A B")
    return output.note(told.format(shown=len(found.reviews), total=formats.number(found.total)))


@app.command(help=_("Decide that two records are one customer."))
def merge(a: Who, b: Who, note: Note = "") -> None:
    _kept(actions.merge(session.project(), a, b, viewer=session.viewer(), note=note))


@app.command(help=_("Split records off a customer."))
def split(
    customer: Who,
    records: Annotated[list[str], typer.Argument(metavar="RECORD...", help=_("Records, as source:number."))],
    note: Note = "",
) -> None:
    _kept(actions.split(session.project(), customer, records, viewer=session.viewer(), note=note))


@app.command(help=_("Decide that two records are never one customer."))
def never(a: Who, b: Who, note: Note = "") -> None:
    _kept(actions.never(session.project(), a, b, viewer=session.viewer(), note=note))


@app.command(help=_("Undo a decision."))
def undo(number: Annotated[int, typer.Argument(min=1, help=_("The number of the decision."))]) -> None:
    actions.undo(session.project(), number, viewer=session.viewer())
    output.note(_("Decision {number} is undone, from the next build: shuke build").format(number=number))


@app.command(help=_("List the decisions, newest first."))
def decisions(form: Form = output.OutputFormat.TABLE) -> None:
    project = session.project()
    found = view.decisions(project, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = ["#", _("Decision"), _("Record"), _("Record"), _("Who"), _("When"), _("Note"), ""]
    return output.listing(headings, [_row(decided, project.settings.zone) for decided in found])


@app.command(help=_("The history of a customer id, and of the others of the same customer."))
def history(
    customer: Annotated[str, typer.Argument(metavar="ID", help=_("Any customer id ever issued."))],
    form: Form = output.OutputFormat.TABLE,
) -> None:
    found = view.history(session.project(), customer, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    return output.listing(
        [_("Customer id"), _("Build"), _("Event"), _("Meant before"), _("Means since"), _("Because of")],
        [
            [c.issued_id, c.build, BECAME[c.event], c.was, c.becomes, BECAME[c.why] if c.why else None]
            for c in found
        ],
    )


def _kept(number: int) -> None:
    """The number alone on standard output, so that a script can undo it."""
    print(number)
    output.note(
        _("Decision {number} is recorded and takes effect with the next build: shuke build").format(
            number=number
        )
    )


def _row(decided: IdentityDecision, zone: str) -> list[object]:
    when = formats.moment(decided.at, zone)
    sides = [", ".join(side) for side in (decided.left, decided.right)]
    undone = _("undone by {who}").format(who=decided.undone_by) if decided.undone_at else ""
    standing = "; ".join(filter(None, [undone, _("from the next build") if decided.pending else ""]))
    return [decided.number, VERDICTS[decided.verb], *sides, decided.who, when, decided.note, standing]


def _line(drawn: Threshold) -> list[object]:
    lines = (drawn.wanted_precision, drawn.merge_at, drawn.review_at)
    untold = drawn.merged_pairs and drawn.precision is None
    precision = (
        _("cannot be told")
        if untold
        else formats.NOTHING
        if drawn.precision is None
        else chance(drawn.precision)
    )
    recall = formats.share(drawn.recall, places=2)
    told = [formats.share(each, places=2) for each in lines]
    version = str(drawn.version) if drawn.version else _("default")
    return [coded("kind", drawn.kind), version, *told, precision, recall]


def _print(found: Resolution) -> None:
    told: list[list[object]] = [
        [_("Records"), found.records],
        [_("Customers"), found.customers],
        *([_("Pairs joined by {kind}").format(kind=each.title), each.pairs] for each in found.certain),
        *(
            [
                _("Pairs joined by match probability: {kind}").format(kind=coded("kind", t.kind)),
                t.merged_pairs,
            ]
            for t in found.thresholds
        ),
        [_("Decisions of people"), found.decisions],
        [_("Pairs to review"), found.waiting],
    ]
    output.listing(["", ""], told)
    if found.thresholds:
        output.console().print("\n[bold]" + _("What is merged by match probability") + "[/bold]")
        headings = [_("Kind"), _("Model"), _("Wanted precision"), _("Merged from"), _("Asked from"),
                    _("Estimated precision"), _("Estimated recall")]  # fmt: skip
        output.listing(
            headings,
            [_line(each) for each in found.thresholds],
        )
        if any(t.merged_pairs and t.precision is None for t in found.thresholds):
            output.note(
                _("Too many records are joined only through a third one to estimate how many are right.")
            )
    if found.pending:
        output.note(
            _("Decisions that take effect with the next build: {number}").format(number=found.pending)
        )

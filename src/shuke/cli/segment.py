"""Segment: which customers does the company mean by a name, and how many are they?"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import segments as actions
from shuke.app import Project
from shuke.builds.segment_log import SegmentVersion
from shuke.cli import output, session, show
from shuke.cli.show import ExportFormat
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.views import segments as view
from shuke.views.lookalikes import lookalikes as alike
from shuke.views.query import Query
from shuke.views.segment_comparison import Difference
from shuke.views.segment_comparison import compare as compared
from shuke.views.segments import Measured, SegmentSummary

app = typer.Typer(help=_("Segments: named groups of customers, by a condition or a list."))

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]
Name = Annotated[str, typer.Argument(metavar="NAME", help=_("The name of the segment."))]
Condition = Annotated[
    str | None,
    typer.Argument(
        metavar="CONDITION",
        help=_("Whom it means, such as: city = 'Leeds' and spent_on(within => '1y') > 500"),
    ),
]
Either = Annotated[str, typer.Argument(metavar="SEGMENT", help=_("A condition, or the name of a segment."))]
File = Annotated[
    Path | None,
    typer.Option(
        "--list",
        metavar="FILE",
        help=_("A list of ids, phones or e-mails, one a line; - reads standard input."),
    ),
]
Note = Annotated[str, typer.Option(help=_("The reason, in a few words; stored with the version."))]
Limit = Annotated[int | None, typer.Option(metavar="N", min=0, help=_("The maximum number of rows."))]


@app.callback(invoke_without_command=True)
def segment(ctx: typer.Context, form: Form = output.OutputFormat.TABLE) -> None:
    if not ctx.invoked_subcommand:
        every(form=form)


@app.command("list", help=_("List the segments with their size, value and changes."))
def every(
    *,
    archived: Annotated[bool, typer.Option(help=_("Those that were archived."))] = False,
    form: Form = output.OutputFormat.TABLE,
) -> None:
    project = session.project()
    found = view.listed(project, viewer=session.viewer(), archived=archived)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    if not found:
        return output.note(_("There is no segment yet. Define one: shuke segment add NAME CONDITION"))
    headings = [_("Segment"), _("Customers"), _("Value"), _("Entered"), _("Left"), _("Condition")]
    return output.listing(headings, [_row(project, one) for one in found])


@app.command("show", help=_("Show one segment with its condition and figures."))
def one(name: Name, form: Form = output.OutputFormat.TABLE) -> None:
    project = session.project()
    found = view.one(project, name, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    told = found.summary
    rows: list[Sequence[object]] = [
        [_("Condition"), _stated(told)],
        [_("Version"), told.version],
        [_("Changed"), f"{formats.moment(told.at, project.settings.zone)} · {told.who}"],
        [_("Customers"), told.customers],
        [_("Value"), _money(project, told)],
        [_("Entered"), told.entered],
        [_("Left"), told.left],
    ]
    return output.listing(["", ""], rows)


@app.command(help=_("Define a segment by a condition, or by a list of customers."))
def add(name: Name, condition: Condition = None, file: File = None, note: Note = "") -> None:
    _save(name, condition, file, note, seen=0)


@app.command(help=_("Change a segment; its earlier versions are kept."))
def edit(name: Name, condition: Condition = None, file: File = None, note: Note = "") -> None:
    view.one(session.project(), name, viewer=session.viewer())  # says so when there is none
    _save(name, condition, file, note, seen=None)


@app.command(
    help=_("How many customers a condition means, what they are worth, and which segments they share.")
)
def size(
    condition: Annotated[
        str, typer.Argument(metavar="CONDITION", help=_("A condition, or the name of a segment."))
    ],
    form: Form = output.OutputFormat.TABLE,
) -> None:
    project, viewer = session.project(), session.viewer()
    found = view.measure(project, _text(project, condition), viewer=viewer)
    return output.as_json(found) if form is output.OutputFormat.JSON else _measured(project, found)


@app.command(help=_("Show the customers of a segment."))
def members(name: Name, limit: Limit = None, form: show.Form = ExportFormat.TABLE) -> None:
    project, viewer = session.project(), session.viewer()
    query = view.of_members(project, name, Query(limit=limit))
    if form is ExportFormat.TABLE:
        return show.on_screen(project, "customers", query, viewer)
    return show.write(project, "customers", query, viewer=viewer, form=form, path=None)


@app.command(help=_("Write the customers of a segment to a file."))
def export(
    name: Name, target: show.Target = None, form: show.Form = ExportFormat.TABLE, limit: Limit = None
) -> None:
    project, viewer = session.project(), session.viewer()
    query = view.of_members(project, name, Query(limit=limit))
    show.write(project, "customers", query, viewer=viewer, form=form, path=target)


@app.command(help=_("Every version of a segment: who changed what, and when."))
def history(name: Name, form: Form = output.OutputFormat.TABLE) -> None:
    project = session.project()
    found = view.one(project, name, viewer=session.viewer()).history
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Version"), _("When"), _("Who"), _("Condition"), _("Note"), ""]
    return output.listing(headings, [_version(project, each) for each in found])


@app.command(help=_("What sets the customers of one segment apart from another, or from all others."))
def compare(
    here: Either,
    there: Annotated[
        str | None, typer.Argument(metavar="OTHER", help=_("Another one; default: all other customers."))
    ] = None,
    form: Form = output.OutputFormat.TABLE,
) -> None:
    project, viewer = session.project(), session.viewer()
    other = None if there is None else _text(project, there)
    found = compared(project, _text(project, here), other, viewer=viewer)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Attribute"), _("Value"), _("Here"), _("There"), _("Effect"), "q"]
    output.listing(headings, [_difference(one) for one in found.differences])
    said = _(
        "{here} customers beside {there}; {tried} differences tried, at most 5% of those shown by chance."
    )
    sizes = {"here": found.here, "there": found.there, "tried": found.tried}
    return output.note(said.format(**{name: formats.number(value) for name, value in sizes.items()}))


@app.command(help=_("Customers most like those of a segment, without being in it."))
def lookalikes(
    segment: Either,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("The maximum number to show."))] = 20,
    form: Form = output.OutputFormat.TABLE,
) -> None:
    project, viewer = session.project(), session.viewer()
    found = alike(project, _text(project, segment), viewer=viewer, limit=limit)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    rows = [[one.customer_id, one.name, round(one.distance, 3)] for one in found.customers]
    output.listing([_("Customer"), _("Name"), _("Distance")], rows)
    return output.note(_("Near by: {figures}").format(figures=", ".join(str(one.title) for one in found.by)))


@app.command(help=_("Put a segment away; it can be restored."))
def archive(name: Name, note: Note = "") -> None:
    actions.archive(session.project(), name, viewer=session.viewer(), note=note)
    output.note(_("Segment {name} is archived.").format(name=name))


@app.command(help=_("Take up again a segment that was archived."))
def restore(name: Name, note: Note = "") -> None:
    actions.restore(session.project(), name, viewer=session.viewer(), note=note)
    output.note(_("Segment {name} is in force again.").format(name=name))


@app.command(help=_("List the names that may stand in a condition."))
def names(form: Form = output.OutputFormat.TABLE) -> None:
    found = view.names(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Name"), _("Title"), _("Type"), _("Table")]
    return output.listing(headings, [[one.name, one.title, one.type, one.table_title] for one in found])


def _text(project: Project, either: str) -> str:
    """The condition that is meant by a condition, or by the name of a segment."""
    return f"in_segment('{either}')" if either in view.standing(project) else either


def _difference(one: Difference) -> list[object]:
    figures = [
        formats.share(each) if one.value is not None else round(each, 2) for each in (one.here, one.there)
    ]
    return [one.title, one.value, *figures, round(one.effect, 2), f"{one.q:.1g}"]


def _save(name: str, condition: str | None, file: Path | None, note: str, *, seen: int | None) -> None:
    project, viewer = session.project(), session.viewer()
    if (condition is None) == (file is None):
        raise WrongCall(N_("Say whom the segment means: a condition, or --list FILE."))
    if file is None:
        kept = actions.save(project, name, condition or "", viewer=viewer, note=note, seen=seen)
        return output.note(_("Segment {name}, version {number}.").format(name=name, number=kept.number))
    lines = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    listed = actions.save_list(project, name, lines.splitlines(), viewer=viewer, note=note, seen=seen)
    for missing in listed.customers.unknown:
        output.note(_("Not found: {entry}").format(entry=missing))
    for several in listed.customers.ambiguous:
        output.note(_("Means several customers: {entry}").format(entry=several))
    found = formats.number(len(listed.customers.found))
    said = _("Segment {name}, version {number}: {found} customers.")
    return output.note(said.format(name=name, number=listed.version.number, found=found))


def _row(project: Project, one: SegmentSummary) -> list[object]:
    return [one.name, one.customers, _money(project, one), one.entered, one.left, one.failure or _stated(one)]


def _money(project: Project, one: SegmentSummary) -> str | None:
    return None if one.value is None else formats.money(one.value, project.settings.currency)


def _stated(one: SegmentSummary | SegmentVersion) -> str:
    if one.expression is not None:
        return one.expression
    return (
        _("hidden") if one.listed is None else _("list of {number}").format(number=formats.number(one.listed))
    )


def _version(project: Project, each: SegmentVersion) -> list[object]:
    when = formats.moment(each.at, project.settings.zone)
    return [each.number, when, each.who, _stated(each), each.note, _("archived") if each.archived else ""]


def _measured(project: Project, found: Measured) -> None:
    currency = project.settings.currency
    of_all = formats.share(found.customers / found.total) if found.total else formats.NOTHING
    rows: list[Sequence[object]] = [
        [_("Condition"), found.expression],
        [_("Customers"), f"{formats.number(found.customers)} ({of_all})"],
    ]
    for title, value in (
        (_("Spent so far"), found.value),
        (_("Expected in 12 months"), found.expected_value),
    ):
        rows.append([title, None if value is None else formats.money(value, currency)])
    output.listing(["", ""], rows)
    if shared := [each for each in found.overlaps if each.both]:
        headings = [_("Segment"), _("Customers"), _("Shared")]
        output.listing(headings, [[each.name, each.customers, each.both] for each in shared])
    output.note(_("As of {day}").format(day=formats.day(found.as_of)))

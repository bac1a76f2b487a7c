"""Task: what is somebody to do for a customer, and how does one say that it is done?"""

import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import typer

from shuke import formats
from shuke.actions import tasks as actions
from shuke.cli import output, session
from shuke.cli.show import FILES, ExportFormat
from shuke.engage.care import CareRule
from shuke.engage.permission import MARKETING
from shuke.engage.tasks import TaskStatus
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.store import disk
from shuke.views import call_lists
from shuke.views import task_labels as labels
from shuke.views import tasks as view
from shuke.views.tasks import TaskLine

app = typer.Typer(help=_("What people are to do for customers, and who looks after whom."))

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]
Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER...", help=_("The numbers of tasks."))]
Comment = Annotated[str, typer.Option(help=_("A word about it."))]
Assignee = Annotated[str | None, typer.Option("--to", help=_("Who is to do it."))]
TABLE = output.OutputFormat.TABLE


@app.command("list")
def list_(
    *,
    to: Assignee = None,
    mine: Annotated[bool, typer.Option("--mine", help=_("Only what is given to me."))] = False,
    customer: Annotated[str | None, typer.Option(help=_("Only of this customer, by id."))] = None,
    status: Annotated[TaskStatus, typer.Option(help=_("Only tasks of this status."))] = TaskStatus.OPEN,
    form: Form = TABLE,
) -> None:
    """What is to be done, for the customers who matter most first."""
    project, viewer = session.project(), session.viewer()
    whose = viewer.actor.who if mine else to
    found = view.listed(project, viewer=viewer, assignee=whose, status=status, customer=customer)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [
        _("No."),
        _("Due"),
        _("What"),
        _("Customer"),
        _("Name"),
        _("For"),
        _("Priority"),
        _("From"),
    ]
    return output.listing(headings, [_row(line) for line in found])


@app.command()
def add(
    customers: Annotated[list[str], typer.Argument(metavar="CUSTOMER...", help=_("Ids of customers."))],
    *,
    title: Annotated[str, typer.Option(help=_("What is to be done."))],
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("By which day."))],
    to: Assignee = None,
    comment: Comment = "",
) -> None:
    """Open a task for each of these customers; it goes to who looks after them unless it says to whom."""
    opened = actions.open_for(
        session.project(), customers, title, due.date(), viewer=session.viewer(), assignee=to or "",
        comment=comment,
    )  # fmt: skip
    output.note(_("Tasks opened: {numbers}").format(numbers=", ".join(map(str, opened))))


@app.command()
def assign(numbers: Numbers, to: Annotated[str, typer.Option(help=_("Who is to do it."))]) -> None:
    """Give tasks to somebody."""
    _changed(actions.change(session.project(), numbers, assignee=to, viewer=session.viewer()))


@app.command()
def done(numbers: Numbers, comment: Comment = "") -> None:
    """Say that tasks are done."""
    _move(numbers, TaskStatus.DONE, comment)


@app.command()
def drop(numbers: Numbers, comment: Comment = "") -> None:
    """Nobody is to do them any more."""
    _move(numbers, TaskStatus.DROPPED, comment)


@app.command()
def reopen(numbers: Numbers, comment: Comment = "") -> None:
    """They are to be done after all."""
    _move(numbers, TaskStatus.OPEN, comment)


@app.command()
def comment(numbers: Numbers, words: Annotated[str, typer.Argument(help=_("A word about it."))]) -> None:
    """Say something of tasks."""
    _changed(actions.change(session.project(), numbers, comment=words, viewer=session.viewer()))


@app.command()
def show(number: int, form: Form = TABLE) -> None:
    """What became of a task."""
    project = session.project()
    found = view.history(project, number, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    rows = [
        [
            formats.moment(each.at, project.settings.zone),
            str(labels.STATUSES[each.status]),
            each.assignee,
            each.who or "",
            each.comment,
        ]
        for each in found
    ]
    return output.listing([_("When"), _("Status"), _("For"), _("By"), _("Comment")], rows)


@app.command()
def care(
    segment: Annotated[
        str | None, typer.Argument(help=_("A segment; left out: list who looks after whom."))
    ] = None,
    contact: Annotated[str | None, typer.Option(help=_("Who looks after its customers."))] = None,
    priority: Annotated[int, typer.Option(min=0, max=100, help=_("The more, the sooner they come."))] = 10,
    *,
    end: Annotated[bool, typer.Option("--end", help=_("Nobody looks after them any more."))] = False,
    form: Form = TABLE,
) -> None:
    """Say who looks after the customers of a segment; their tasks come first and go there."""
    project, viewer = session.project(), session.viewer()
    if segment:
        if not contact and not end:
            raise WrongCall(N_("Say who looks after these customers."))
        rule = CareRule(segment=segment, contact=contact or "-", priority=priority, archived=end)
        actions.look_after(project, rule, viewer=viewer)
    found = view.care_rules(project, viewer=viewer)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    rows = [[each.segment, each.contact, formats.number(each.priority)] for each in found]
    return output.listing([_("Segment"), _("Looked after by"), _("Priority")], rows)


@app.command("calls")
def calls(
    *,
    segment: Annotated[
        str | None,
        typer.Option(help=_("A condition of segments, such as in_segment('vip'); left out: open tasks.")),
    ] = None,
    to: Assignee = None,
    why: Annotated[str, typer.Option(help=_("What it is about."))] = "",
    purpose: Annotated[
        str, typer.Option(help=_("service: what they bought or asked for, which takes no consent."))
    ] = MARKETING,
    form: Annotated[
        ExportFormat, typer.Option("--format", help=_("csv, xlsx, json or parquet."))
    ] = ExportFormat.CSV,
    target: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help=_("Write to this file instead of the screen.")),
    ] = None,
) -> None:
    """A call list: whom to ring, why, and when we last spoke. Only who has agreed to be telephoned."""
    project, viewer = session.project(), session.viewer()
    if segment:
        found = call_lists.of_segment(project, segment, viewer=viewer, purpose=purpose, why=why)
    else:
        found = call_lists.of_tasks(project, viewer=viewer, assignee=to, purpose=purpose)
    content = BytesIO()
    count = call_lists.download(
        project, found, content, file_format=FILES[form], viewer=viewer, mark=target is not None
    )
    if target:
        disk.replace(target, content.getvalue())
        output.note(_("{rows} rows written to {path}").format(rows=formats.number(count), path=target))
    else:
        sys.stdout.buffer.write(content.getvalue())
    for reason, number in found.left_out.items():
        output.note(labels.left_out(reason, number))


def _move(numbers: list[int], status: TaskStatus, comment: str) -> None:
    viewer = session.viewer()
    _changed(actions.change(session.project(), numbers, status=status, comment=comment, viewer=viewer))


def _changed(number: int) -> None:
    output.note(_("Tasks changed: {number}").format(number=formats.number(number)))


def _row(line: TaskLine) -> list[Any]:
    return [
        str(line.id), formats.day(line.due_on), line.title, line.customer_id, line.called, line.assignee,
        formats.number(line.priority), str(labels.ORIGINS[line.origin]),
    ]  # fmt: skip

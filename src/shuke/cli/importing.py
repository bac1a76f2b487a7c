"""Import: what do a source's files hold, and what became of each row?"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import typer

from shuke import formats
from shuke.actions.imports import ingest
from shuke.app import Project
from shuke.cli import output, progress, session
from shuke.collect import layouts, mapping, sheets
from shuke.collect.infer import Ambiguity, Answer
from shuke.collect.ingestion import ImportOptions
from shuke.collect.mapping import FURTHER, IGNORE, Layout, Mark, Order, Reading, targets
from shuke.collect.overlap import Overlap
from shuke.collect.preview import ImportPreview, landing, preview
from shuke.errors import LikelyOverlap, UnsureMapping, WrongCall
from shuke.languages import N_, _
from shuke.store.accounts import Account
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL, Column
from shuke.views import import_accounts, receipts
from shuke.views.builds import Reason, reasons
from shuke.views.labels import ORDERS, known_as

app = typer.Typer()

OVERLAPS: tuple[Overlap, ...] = get_args(Overlap)

#: How many rows of each table are shown before they land.
FIRST = 10

#: The exit status where the files can be read, and a person must first say how.
ASKING = 3

#: How many reasons why rows and cells were not accepted are named at once.
REASONS = 5


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help=_("The system the files come from: till, webshop, members…"))],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help=_("Files or patterns such as 'exports/*.csv'."))
    ],
    *,
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="TABLE", help=_("The table that the rows of the file belong to.")),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="COLUMN=MEANING",
            help=_("What a column means and, if needed, how it is written: 'Date=orders.ordered_at:mdy'."),
        ),
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help=_("Use this mapping file instead of the source's own."))
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            help=_("Only show how the files would be read; exits with status 3 while questions are open.")
        ),
    ] = False,
    overlap: Annotated[
        str | None,
        typer.Option(metavar="|".join(OVERLAPS), help=_("How to treat lines that look already imported.")),
    ] = None,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """Take in files of a source: all of them, or nothing."""
    project = session.project()
    paths = sheets.expand(files)
    choices = ImportOptions(mapping=map_, table=as_, columns=_meant(columns or []), overlap=_overlap(overlap))
    if dry_run:
        seen = _seen(project, source, paths, choices)
        _told(landing(project, source, seen, today=_today(project)), form)
        raise typer.Exit(_foreseen(seen))
    before = mapping.load(layouts.path_of(project, source))
    receipt = _imported(project, source, paths, choices)
    if form is output.OutputFormat.JSON:
        output.as_json(receipts.shown(receipt, session.viewer()))
    else:
        for layout in mapping.load(layouts.path_of(project, source)):
            if layout not in before:
                _print_layout(layout, f"mappings/{source}.toml")
        _print(receipt, reasons(project, receipt.batch))
    if receipt.read and receipt.rejected == receipt.read:
        raise typer.Exit(1)  # nothing of it could be taken in


def _foreseen(seen: Sequence[ImportPreview]) -> int:
    """The exit status of a look beforehand: whether an import would ask, or could make nothing of a file."""
    if any(each.found.ambiguities for each in seen if each.found.feeds or each.found.asked):
        return ASKING
    read = {each.sheet.file for each in seen if each.found.feeds}
    return int(any(each.sheet.file not in read for each in seen))


def _imported(project: Project, source: str, paths: list[Path], choices: ImportOptions) -> Receipt:
    """The receipt; on a terminal, what only a person can say is asked first."""
    try:
        with progress.working(_("Importing into {source}").format(source=source)):
            return ingest(project, source, paths, choices, viewer=session.viewer())
    except UnsureMapping:
        if not _asks():
            raise
        kept = [_settle(project, source, seen) for seen in _seen(project, source, paths, choices)]
        if all(kept):  # what was said of columns is written down with the answers
            choices = replace(choices, columns={})
    except LikelyOverlap as question:
        if not _asks():
            raise
        output.note(str(question))
        choices = replace(choices, overlap=_ask_overlap())
    return _imported(project, source, paths, choices)


def _seen(project: Project, source: str, paths: list[Path], choices: ImportOptions) -> list[ImportPreview]:
    """How the files would be read."""
    return preview(
        project, source, paths, mapping=choices.mapping, table=choices.table, said=choices.columns,
        today=_today(project),
    )  # fmt: skip


def _today(project: Project) -> date:
    return session.now().astimezone(ZoneInfo(project.settings.zone)).date()


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _settle(project: Project, source: str, seen: ImportPreview) -> bool:
    """Ask every doubt about a file, and keep the answers; returns whether its columns are settled now."""
    answers = {ambiguity.column: ask(ambiguity) for ambiguity in seen.found.ambiguities}
    layouts.answer(project, source, seen.found, answers)
    return not seen.found.asked


def ask(ambiguity: Ambiguity) -> Answer:
    """One of the answers to a doubt, asked until it is given."""
    output.note(
        f"\n{ambiguity.question}" if ambiguity.whole else f"\n{ambiguity.column}: {ambiguity.question}"
    )
    for number, choice in enumerate(ambiguity.choices, start=1):
        output.note(f"  {number}  {choice.says}")
    said = str(typer.prompt(_("Which one"))).strip()  # no default: it must not be guessed
    if said in map(str, range(1, len(ambiguity.choices) + 1)):
        return ambiguity.choices[int(said) - 1]
    output.note(_("Write a number from 1 to {last}.").format(last=len(ambiguity.choices)))
    return ask(ambiguity)


def _ask_overlap() -> Overlap | None:
    said = str(typer.prompt(", ".join(OVERLAPS)))
    return _overlap(said) if said in OVERLAPS else _ask_overlap()


def _meant(said: list[str]) -> dict[str, Reading]:
    """What columns mean: "Date=orders.ordered_at:mdy", "Price=order_items.price:,", "Note=ignore"."""
    return dict(map(_reading, said))


def _reading(said: str) -> tuple[str, Reading]:
    header, equals, meaning = said.rpartition("=")
    address, _colon, manner = meaning.partition(":")
    to = tuple(part.strip() for part in address.split("+"))
    if not equals or not header:
        raise WrongCall(N_("Write --column COLUMN=MEANING, not {written}."), written=repr(said))
    for part in to:
        if part not in targets():
            near = get_close_matches(part, targets(), n=3, cutoff=0.4) or ["orders.order_no", IGNORE, FURTHER]
            raise WrongCall(
                N_("{meaning} is not something a column can mean. Did you mean {near}? `shuke "
                   "dictionary` lists them all."),
                meaning=repr(part), near=", ".join(near),
            )  # fmt: skip
    orders, marks = get_args(Order), get_args(Mark)
    if manner not in ("", *orders, *marks):
        raise WrongCall(
            N_("{manner} is not a column format. There are: {known}."),
            manner=repr(manner), known=", ".join((*orders, *marks)),
        )  # fmt: skip
    order = next((one for one in orders if one == manner), None)
    return header, Reading(to, order=order, decimal=next((one for one in marks if one == manner), None))


def _overlap(said: str | None) -> Overlap | None:
    for known in OVERLAPS:
        if said == known:
            return known
    if said is None:
        return None
    raise WrongCall(
        N_("{said} is not an overlap option. There are: {ways}."), said=said, ways=", ".join(OVERLAPS)
    )


def _told(seen: list[ImportPreview], form: output.OutputFormat) -> None:
    """How the files would be read: column, meaning, reason; and the first rows as they would land."""
    if form is output.OutputFormat.JSON:
        return output.as_json([_for_programs(each) for each in seen])
    for each in seen:
        told = _("{file}: {rows} rows for {tables}")
        feeds = ", ".join(each.tables) or formats.NOTHING
        output.note(told.format(file=each.sheet.file, rows=formats.number(each.sheet.rows), tables=feeds))
        if each.found.inferred and each.found.inferred.taken:
            output.note(str(each.found.inferred.taken))
        headings = [_("Column"), _("Means"), _("In the mapping file"), _("Because"), _("Looks like"), ""]
        rows = [
            [c.column, c.label, "+".join(c.to), c.why, c.looks, "" if c.sure else _("to be decided")]
            for c in each.columns
        ]
        output.listing(headings, rows)
        for ambiguity in each.found.ambiguities:
            output.note(layouts.asked(ambiguity))
        for note in each.sheet.notes:
            output.note(str(note))
        for name, rows in each.landing.items():
            _print_landing(name, rows)
    return None


def _print_landing(table: str, rows: pa.Table) -> None:
    """The first rows of a table as they would land, in the columns that they say something in."""
    said = (c for c in CANONICAL[table] if c.name != "nth")
    declared = [column for column in said if rows[column.name].null_count < rows.num_rows]
    if not declared:
        return
    output.note(_("First rows of {table}:").format(table=CANONICAL[table].title))
    zone = session.project().settings.zone
    told = [
        [output.cell(_known(column, row[column.name]), column, zone=zone) for column in declared]
        for row in rows.slice(0, FIRST).to_pylist()
    ]
    output.listing([str(column.title) for column in declared], told)


def _known(column: Column, value: Any) -> Any:
    """Whom a row is of, where the source has no number for them, by what they are recognised by."""
    return known_as(value) if column.name == "record_id" and isinstance(value, str) else value


def _for_programs(seen: ImportPreview) -> dict[str, object]:
    ambiguities = [
        {"column": d.column, "question": d.question, "lines": [choice.line for choice in d.choices]}
        for d in seen.found.ambiguities
    ]
    return {
        "file": seen.sheet.file, "sheet": seen.sheet.sheet, "rows": seen.sheet.rows, "tables": seen.tables,
        "columns": seen.columns, "doubts": ambiguities,
    }  # fmt: skip


def _print_layout(layout: Layout, path: str) -> None:
    output.note(_("{file} is read as follows; change it in {path}:").format(file=layout.name, path=path))
    titles = targets()
    rows = [
        [header, " + ".join(str(titles[t].title) for t in reading.to), _written(reading)]
        for header, reading in layout.columns.items()
    ]
    headings = [_("Column"), _("Means"), _("Written")]
    told = 3 if any(written for *_others, written in rows) else 2
    output.listing(headings[:told], [row[:told] for row in rows])


def _written(reading: Reading) -> str:
    """How the values of a column are written, where that had to be found out."""
    if reading.order:
        return str(ORDERS[reading.order])
    return _("with a decimal comma") if reading.decimal == "," else ""


def _print(receipt: Receipt, why: Sequence[Reason]) -> None:
    for line in receipt.notes:
        output.note(line)
    counts = {
        name: formats.number(getattr(receipt, name)) for name in ("read", "loaded", "unchanged", "rejected")
    }
    told = _(
        "Batch {batch}: {read} rows read = {loaded} loaded + {unchanged} unchanged + {rejected} rejected"
    )
    print(told.format(batch=receipt.batch, **counts))
    for table, rows in receipt.tables.items():
        print(f"  {CANONICAL[table].title} ({table}): {formats.number(rows)}")
    if not receipt.read:
        output.note(_("These files hold no rows."))
    currency = session.project().settings.currency
    for account in receipt.accounts:
        _print_account(account, currency, many=len(receipt.accounts) > 1)
    for reason in why[:REASONS]:
        print(f"  {formats.number(reason.rows)} × {reason.column or formats.NOTHING}: {reason.says}")
    for sentence in import_accounts.wanting(receipt):
        output.note(sentence)
    if receipt.rejected or receipt.bad_cells:
        told = _("What was not accepted, row by row: shuke quarantine {batch}")
        output.note(told.format(batch=receipt.batch))
    if receipt.loaded:
        output.note(_("Next: import more, or build the customer database: shuke build"))


def _print_account(account: Account, currency: str, *, many: bool) -> None:
    """The balance of a sheet's columns, and that of what its rows say."""
    named = f"{account.sheet or account.file}: " if many else ""
    for said in filter(None, (import_accounts.columns(account), import_accounts.rows(account, currency))):
        print(f"  {named}{said}")

"""Layouts: how are the columns of this very file to be read, and who decided it?"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import ibis

from shuke.app import Project
from shuke.collect import mapping, shapes
from shuke.collect import missing_numbers as lacks
from shuke.collect.canonical_rows import fed, places
from shuke.collect.cells import planned
from shuke.collect.infer import Ambiguity, Answer, InferredLayout, infer, states
from shuke.collect.infer.file_kinds import FileKind, are_silent, named
from shuke.collect.mapping import Layout, Reading, targets
from shuke.collect.shapes import Described, ShapeQuestion, described
from shuke.collect.sheets import ROW, Sheet
from shuke.engine import Engine
from shuke.errors import UnsureMapping, WrongCall
from shuke.languages import N_, Text, _

#: Letters and digits of any script. The console's form asks for the same.
_SOURCE = re.compile(r"[^\W_][\w.-]{0,63}")


@dataclass(frozen=True)
class Reshaped(Answer):
    """An answer that says which shape a sheet has, or what its rows are; its columns are asked after it."""

    described: Described


@dataclass(frozen=True)
class ResolvedLayout:
    """The layout of a sheet: a person's or an earlier guess's (`known`), or a new guess.

    `sheet` is in the shape that the layout is for; `described` says how it came into that.
    """

    layout: Layout
    inferred: InferredLayout | None
    sheet: Sheet
    described: Described
    asked: tuple[Ambiguity, ...] = ()  # what only a person can say of the shape, or of the sheet as a whole
    strange: tuple[Ambiguity, ...] = ()  # words that nobody knew yet when the layout was settled

    @property
    def known(self) -> bool:
        return self.inferred is None

    @property
    def ambiguities(self) -> tuple[Ambiguity, ...]:
        return self.asked or (self.inferred.ambiguities if self.inferred else self.strange)

    @property
    def feeds(self) -> tuple[str, ...]:
        """The tables that it feeds: what a person said its rows are first, or else its own grain."""
        tables = fed(planned(self.sheet, self.layout))
        return tuple(sorted(tables, key=lambda name: name != self.described.shape.kind))

    @property
    def read(self) -> Layout:
        """The layout without loss: what none of the tables takes is kept as a further attribute."""
        taken = places(self.feeds)
        homeless = {h for h, r in self.layout.columns.items() if not taken & set(r.to)}
        columns = {h: Reading() if h in homeless else r for h, r in self.layout.columns.items()}
        return replace(self.layout, columns=columns)

    @property
    def notes(self) -> list[str]:
        """What cannot land for want of a number, in a sentence."""
        lacked = lacks.number(self.layout, places(self.feeds))
        said = _(
            "no column gives the {number}, without which amounts and days do not land: they are kept aside."
        )
        return [said.format(number=targets()[lacked].title)] if lacked else []


def require_name(source: str) -> None:
    """Whatever a source is called becomes the name of a file, so it must not be a path."""
    if not _SOURCE.fullmatch(source) or source == "shuke":
        raise WrongCall(
            N_("{source} cannot be the name of a source. Use letters, digits, - and _, for example: till"),
            source=repr(source),
        )


def require_columns(said: Collection[str], found: Iterable[ResolvedLayout]) -> None:
    """What was said of a column must be of one that a file has."""
    there = list(dict.fromkeys(column for one in found for column in one.sheet.columns))
    for column in said:
        if column not in there:
            near = get_close_matches(column, there, n=5, cutoff=0.5) or there[:12]
            raise WrongCall(
                N_("There is no column {column}. Hint: {near}."),
                column=repr(column), near=", ".join(near),
            )  # fmt: skip


def path_of(project: Project, source: str) -> Path:
    """The mapping file of a source."""
    require_name(source)
    return project.mappings / f"{source}.toml"


def find(
    project: Project,
    source: str,
    sheet: Sheet,
    engine: Engine,
    *,
    given: Path | None = None,
    table: str | None = None,
    said: Mapping[str, Reading] | None = None,
    today: date | None = None,
) -> ResolvedLayout:
    """The shape and the layout in the mapping file (`given`, or the source's own) of a sheet, else a guess.

    `table` says what its rows are, where the person knows; what was written of them as something else no
    longer holds then. `said` says what some of its columns mean: the rest is guessed in their light. `today`
    says which years are likely where one must be asked.
    """
    as_ = partial(_found, project, source, sheet, engine, given=given, said=said or {}, today=today)
    found = as_(table=table)
    maybe = found.inferred.maybe if found.inferred and not found.asked and found.feeds else ()
    if not maybe or not _matters(found, maybe, lambda kind: as_(table=kind.name)):
        return found
    return replace(found, asked=(_asked_of_the_kind(found, maybe),))


def _found(
    project: Project,
    source: str,
    sheet: Sheet,
    engine: Engine,
    *,
    given: Path | None,
    table: str | None,
    said: Mapping[str, Reading],
    today: date | None,
) -> ResolvedLayout:
    """As `find`, without asking what the rows are."""
    written = given or path_of(project, source)
    known = mapping.load(written)
    recognised = shapes.recognise(sheet, described.load(written), today=today)
    if recognised.asked and mapping.find(known, sheet.columns):
        recognised = shapes.Recognised(shapes.Shape())  # somebody has looked at it as it stands
    shape = replace(recognised.shape, kind=table or recognised.shape.kind)
    if shape.kind:
        named(shape.kind)
    tidied = shapes.tidied(sheet, shape, engine)
    shaped = Described(sheet.file, sheet.columns, shape)
    asked = _asked_of_the_shape(shaped, tidied.sheet, recognised.asked) if recognised.asked else ()
    layout = mapping.find(known, tidied.sheet.columns)
    text = ibis.schema({ROW: "int64", **dict.fromkeys(tidied.sheet.columns, "string")})
    rows = engine.read([tidied.sheet.parquet], text)
    here = {header: reading for header, reading in said.items() if header in tidied.sheet.columns}
    holds = layout is not None and (given is not None or _is_of(layout, tidied.sheet, table))
    if layout is not None and holds and not here:
        strange = tuple(states.ambiguities(rows, layout.columns))
        return ResolvedLayout(layout, None, tidied.sheet, shaped, asked, strange)
    guessed = infer(
        rows,
        name=sheet.file,
        country=project.settings.country,
        currency=project.settings.currency,
        known=_decided([one for one in known if holds or one is not layout], here),
        table=tidied.table,
        whole=tidied.whole,
    )
    found = ResolvedLayout(guessed.layout, guessed, tidied.sheet, shaped, asked)
    lacking = (
        []
        if guessed.ambiguities
        else lacks.ambiguities(guessed.layout, guessed.shapes or {}, places(found.feeds))
    )
    return replace(found, inferred=replace(guessed, ambiguities=tuple(lacking))) if lacking else found


def _decided(known: Sequence[Layout], said: Mapping[str, Reading]) -> list[Layout]:
    """What was decided earlier, but for the columns of which a person now says something else."""
    if not said:
        return [*known]
    kept = ({h: r for h, r in one.columns.items() if h not in said} for one in known)
    earlier = [replace(one, columns=columns) for one, columns in zip(known, kept, strict=True)]
    return [*earlier, Layout("", said)]


def _is_of(layout: Layout, sheet: Sheet, table: str | None) -> bool:
    """Whether rows that are read like this can be what a person says that they are."""
    return table is None or table in fed(planned(sheet, layout))


def _asked_of_the_shape(said: Described, sheet: Sheet, question: ShapeQuestion) -> tuple[Ambiguity, ...]:
    """What is open about a shape as a doubt about one of the columns that there are."""
    column = question.column if question.column in sheet.columns else sheet.columns[0]
    choices = [(says, replace(said, shape=shape)) for says, shape in question.choices]
    answers = tuple(Reshaped(says, Reading(), described.lines(one), one) for says, one in choices)
    return (Ambiguity(column, question.says, answers),)


def _matters(
    found: ResolvedLayout, maybe: Iterable[FileKind], under: Callable[[FileKind], ResolvedLayout]
) -> bool:
    """Whether it is another table's rows under another of the kinds that it may be, or might become that by
    what is asked there where no header says a word."""
    others = map(under, maybe)
    mute = are_silent(found.sheet.columns) and not found.ambiguities
    return any(one.feeds[:1] != found.feeds[:1] or (mute and bool(one.ambiguities)) for one in others)


def _asked_of_the_kind(found: ResolvedLayout, maybe: Iterable[FileKind]) -> Ambiguity:
    """What the rows of a sheet are, as a doubt about the sheet as a whole."""
    says = Text("What is each row of this file?", "这份文件的每一行是什么？")
    shape = found.described.shape
    choices = [(kind.title, replace(found.described, shape=replace(shape, kind=kind.name))) for kind in maybe]
    answers = tuple(Reshaped(title, Reading(), described.lines(one), one) for title, one in choices)
    return Ambiguity(found.sheet.columns[0], says, answers, whole=True)


def settle(project: Project, source: str, found: ResolvedLayout) -> Layout:
    """The layout to read a sheet by, kept in the mapping file; `UnsureMapping` while doubts are open."""
    if any(ambiguity.whole for ambiguity in found.asked):
        raise UnsureMapping(
            N_(
                "{file}: what its rows are must not be guessed. Say it: "
                "shuke import {source} {file} --as TABLE, or write your answer into {mapping}:\n{questions}"
            ),
            file=found.sheet.file, questions="\n".join(map(asked, found.asked)), source=source,
            mapping=f"mappings/{source}.toml",
        )  # fmt: skip
    if found.asked:
        raise UnsureMapping(
            N_("{file}: its shape must not be guessed. Write your answer into {mapping}:\n{questions}"),
            file=found.sheet.file, questions="\n".join(map(asked, found.asked)),
            mapping=f"mappings/{source}.toml",
        )  # fmt: skip
    if found.ambiguities:
        questions = "\n".join(map(asked, found.ambiguities))
        raise UnsureMapping(
            N_(
                "{file}: {count} column(s) must not be guessed. "
                "Write your answers into {mapping}:\n{questions}"
            ),
            file=found.sheet.file, count=len(found.ambiguities), questions=questions,
            mapping=f"mappings/{source}.toml, [[layout]], [layout.columns]",
        )  # fmt: skip
    if not found.described.shape.as_it_stands or found.described.shape.kind:
        described.save(path_of(project, source), found.described)
    if not found.known:
        mapping.save(path_of(project, source), found.layout)
    return found.layout


def answered(layout: Layout, answers: dict[str, Answer]) -> Layout:
    """The layout with a person's answers to its doubts: column -> choice."""
    also = {header: reading for choice in answers.values() for header, reading in choice.also.items()}
    decided = also | {header: choice.reading for header, choice in answers.items()}
    return replace(layout, columns={**layout.columns, **decided})


def answer(project: Project, source: str, found: ResolvedLayout, answers: dict[str, Answer]) -> None:
    """Keep what a person answered to the doubts of a sheet; of its shape first, then of its columns."""
    shaped = [choice for choice in answers.values() if isinstance(choice, Reshaped)]
    for one in shaped:
        reshape(project, source, one)
    if not shaped:
        keep(project, source, answered(found.layout, answers))


def reshape(project: Project, source: str, choice: Reshaped) -> None:
    """Write the shape that a person chose for a sheet into the source's mapping file."""
    described.save(path_of(project, source), choice.described)


def keep(project: Project, source: str, layout: Layout) -> None:
    """Write a layout that a person has settled into the source's mapping file."""
    mapping.save(path_of(project, source), layout)


def asked(ambiguity: Ambiguity) -> str:
    """A doubt as it is told away from a terminal: the question, and what to write for each answer."""
    if ambiguity.whole:
        return _asked_of_the_rows(ambiguity)
    if any(isinstance(choice, Reshaped) for choice in ambiguity.choices):
        blocks = "".join(f"\n\n# {choice.says}\n{choice.line}" for choice in ambiguity.choices)
        return f"  {ambiguity.question} " + _("One of:") + blocks
    choices = "".join(f"\n    {choice.line}    # {choice.says}" for choice in ambiguity.choices)
    return f"  {ambiguity.column}: {ambiguity.question} " + _("One of:") + choices


def _asked_of_the_rows(ambiguity: Ambiguity) -> str:
    """The answers differ in one word alone: they are listed, and what to write stands once."""
    kinds = [c.described.shape.kind or "" for c in ambiguity.choices if isinstance(c, Reshaped)]
    width = max(map(len, kinds))
    titles = [str(choice.says).lower() for choice in ambiguity.choices]
    options = "".join(
        f"\n    --as {kind:{width}}  # {title}" for kind, title in zip(kinds, titles, strict=True)
    )
    written = _("In the mapping file, with what it is as kind:")
    return (
        f"  {ambiguity.question} " + _("One of:") + f"{options}\n  {written}\n\n{ambiguity.choices[0].line}"
    )

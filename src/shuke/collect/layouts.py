"""Layouts: how are the columns of this very file to be read, and who decided it?"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import ibis

from shuke.app import Project
from shuke.collect import mapping
from shuke.collect.guess import Choice, Doubt, Guess, guess
from shuke.collect.mapping import Layout
from shuke.collect.sheets import ROW, Sheet
from shuke.engine import Engine
from shuke.errors import UnsureMapping, WrongCall
from shuke.languages import N_, _

#: Letters and digits of any script. The console's form asks for the same.
_SOURCE = re.compile(r"[^\W_][\w.-]{0,63}")


@dataclass(frozen=True)
class Found:
    """The layout of a sheet: a person's or an earlier guess's (`known`), or a new guess."""

    layout: Layout
    guess: Guess | None

    @property
    def known(self) -> bool:
        return self.guess is None

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return self.guess.doubts if self.guess else ()


def require_name(source: str) -> None:
    """Whatever a source is called becomes the name of a file, so it must not be a path."""
    if not _SOURCE.fullmatch(source) or source == "shuke":
        raise WrongCall(
            N_("{source} cannot be the name of a source. Use letters, digits, - and _, for example: till"),
            source=repr(source),
        )


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
) -> Found:
    """The layout in the mapping file (`given`, or the source's own) that fits a sheet, else a guess.

    `table` says what its rows are, where the person knows.
    """
    known = mapping.load(given or path_of(project, source))
    layout = mapping.find(known, sheet.columns)
    if layout is not None:
        return Found(layout, None)
    rows = engine.read([sheet.parquet], ibis.schema({ROW: "int64", **dict.fromkeys(sheet.columns, "string")}))
    guessed = guess(rows, name=sheet.file, country=project.settings.country, known=known, table=table)
    return Found(guessed.layout, guessed)


def settle(project: Project, source: str, sheet: Sheet, found: Found) -> Layout:
    """The layout to read a sheet by, kept in the mapping file; `UnsureMapping` while doubts are open."""
    if found.doubts:
        questions = "\n".join(_asked(doubt) for doubt in found.doubts)
        raise UnsureMapping(
            N_(
                "{file}: {count} column(s) must not be guessed. "
                "Write your answers into {mapping}:\n{questions}"
            ),
            file=sheet.file, count=len(found.doubts), questions=questions,
            mapping=f"mappings/{source}.toml, [[layout]], [layout.columns]",
        )  # fmt: skip
    if not found.known:
        mapping.save(path_of(project, source), found.layout)
    return found.layout


def answered(layout: Layout, answers: dict[str, Choice]) -> Layout:
    """The layout with a person's answers to its doubts: column -> choice."""
    decided = {header: choice.reading for header, choice in answers.items()}
    return replace(layout, columns={**layout.columns, **decided})


def keep(project: Project, source: str, layout: Layout) -> None:
    """Write a layout that a person has settled into the source's mapping file."""
    mapping.save(path_of(project, source), layout)


def _asked(doubt: Doubt) -> str:
    choices = "".join(f"\n    {choice.line}    # {choice.says}" for choice in doubt.choices)
    return f"  {doubt.column}: {doubt.question} " + _("One of:") + choices

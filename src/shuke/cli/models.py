"""Models: what has been learnt of this company's records, and what weighs them?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.actions import models as actions
from shuke.builds.identity_training import ModelChange
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import models as view
from shuke.views.labels import coded

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


def train(form: Form = output.OutputFormat.TABLE) -> None:
    learnt = actions.train(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(learnt)
    kinds = ", ".join(coded("kind", kind) for kind in learnt.kinds)
    output.note(_("Version {number} was trained, for: {kinds}.").format(number=learnt.version, kinds=kinds))
    _print(learnt.change)
    return output.note(
        _("It is not in use yet. To use it: shuke identity use {number}").format(number=learnt.version)
    )


def models(form: Form = output.OutputFormat.TABLE) -> None:
    found = view.versions(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    return output.listing(
        [_("Version"), "", ""],
        [
            [
                version.number,
                _("default") if version.shipped else _("trained here"),
                ", ".join(
                    words
                    for holds, words in (
                        (version.in_use, _("in use from the next build")),
                        (version.of_build, _("of the current build")),
                    )
                    if holds
                ),
            ]
            for version in found
        ],
    )


def use(number: Annotated[int, typer.Argument(min=0, help=_("A version; 0 is the default."))]) -> None:
    _print(actions.use(session.project(), number, viewer=session.viewer()))
    output.note(_("Version {number} is in use from the next build: shuke build").format(number=number))


def _print(change: ModelChange) -> None:
    told = _(
        "Of {customers} customers, {merged} would become part of another, and {split} would be split off."
    )
    output.console().print(
        told.format(
            **{name: formats.number(getattr(change, name)) for name in ("customers", "merged", "split")}
        )
    )

"""Propensity: who needs this product or category, when, how much, and in which class of price?"""

from typing import Annotated

import typer

from shuke.cli import session, show
from shuke.languages import _
from shuke.views.query import Query

app = typer.Typer()

#: What a table is asked about, under the name of its parameter.
TABLE, ITEM = "propensity", "item"


@app.command()
def propensity(
    item: Annotated[
        str | None,
        typer.Argument(
            metavar="ITEM",
            help=_("A product's code or name, a category, or a word of either; default: what sells most."),
        ),
    ] = None,
    *,
    form: show.Form = show.ExportFormat.TABLE,
    limit: show.Limit = None,
    target: show.Target = None,
) -> None:
    """The tenth of customers who need a product or a category most, with when, how much and why."""
    project, viewer = session.project(), session.viewer()
    query = Query(limit=limit, parameters={ITEM: item} if item else {})
    if form is show.ExportFormat.TABLE and target is None:
        return show.on_screen(project, TABLE, query, viewer)
    return show.write(project, TABLE, query, viewer=viewer, form=form, path=target)

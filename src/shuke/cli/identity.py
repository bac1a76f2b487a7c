"""Identity: which records are one customer, and why?"""

import typer

from shuke.cli.evaluation import evaluate
from shuke.languages import _

app = typer.Typer(no_args_is_help=True, help=_("Which records are one customer, and why."))

app.command("evaluate", help=_("How well the build tells who is who, held against a file that knows."))(
    evaluate
)


@app.callback()
def identity() -> None: ...

"""Questions: what do the analyses answer, by what a manager asks?"""

from typing import Annotated

import typer
from rich.markup import escape

from shuke.cli import output, session
from shuke.languages import _
from shuke.views import questions as view

app = typer.Typer()

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


@app.command()
def questions(*, form: Form = output.OutputFormat.TABLE) -> None:
    """What the analyses answer today, in one sentence each; `shuke show TABLE` has the rows."""
    found = view.themes(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    for theme in found:
        _theme(theme)
    silent = [question.name for theme in found for question in theme.questions if not question.rows]
    if silent:
        output.note(_("Without an answer in this build: {names}").format(names=", ".join(silent)))
    return None


def _theme(theme: view.Theme) -> None:
    screen = output.console()
    answered = [question for question in theme.questions if question.rows and question.answer]
    if answered:
        screen.print(escape(str(theme.title)), style="bold")
    for question in answered:
        screen.print(f"  {escape(question.answer or '')} [dim]({question.name})[/]")

"""Commands: which words does `shuke` know, and where does each one live?

The one place where a command is loaded, and only when it is called: half a second of engines and web
servers is too long a wait for `shuke --version`.
"""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

import shuke
from shuke.languages import N_, _, language


def group() -> TyperGroup:
    """`shuke` itself, in the words of the current reader."""
    app = typer.Typer(
        cls=Commands,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        help=_(_ABOUT),
    )
    app.callback()(_shuke)
    if language() != "en":
        _word_frames()
    made = get_command(app)
    assert isinstance(made, TyperGroup)
    return made


class Commands(TyperGroup):
    """Knows every command by its line of help, and loads the one that is called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {
            name: TyperCommand(name=name, help=_(about)) for name, (about, _load) in KNOWN.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, known, rest = super().resolve_command(ctx, args)
        command = load(name) if known and name else known
        for each in (command, *getattr(command, "commands", {}).values()):
            _word_help(each.get_help_option(ctx))
        return name, command, rest

    def get_help_option(self, ctx: Any) -> Any:
        return _word_help(super().get_help_option(ctx))


def load(name: str) -> Any:
    """The command of that name: the only one of its module, one of several there, or a group."""
    about, module = KNOWN[name]
    made: Any = get_command(module())
    command = getattr(made, "commands", {}).get(name, made)
    command.params = [p for p in command.params if p.name not in ("install_completion", "show_completion")]
    if language() != "en":  # where what it says of itself at length, in its docstring, is not understood
        command.help = _(about)
    return command


def _word_help(option: Any) -> Any:
    option.help = _("Show this message and exit.")
    return option


def _word_frames() -> None:
    """Let the frames around a help and an error say the reader's words; Typer's own follow the system's."""
    from typer import rich_utils as frames  # what lays out the screen is a wait that English is spared

    frames.ARGUMENTS_PANEL_TITLE = _("Arguments")
    frames.OPTIONS_PANEL_TITLE = _("Options")
    frames.COMMANDS_PANEL_TITLE = _("Commands")
    frames.ERRORS_PANEL_TITLE = _("Error")
    frames.ABORTED_TEXT = _("Interrupted.")
    frames.DEFAULT_STRING = _("[default: {}]")
    frames.REQUIRED_LONG_STRING = _("[required]")
    frames.RICH_HELP = _("Help: [blue]{command_path} {help_option}[/]")


_ABOUT = N_("熟客 Shuke: the customer database that every company wishes it had.")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"shuke {shuke.__version__}")
        raise typer.Exit


def _shuke(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=_("Show the version and exit.")),
    ] = False,
) -> None: ...


def _init() -> typer.Typer:
    from shuke.cli.init import app

    return app


def _import() -> typer.Typer:
    from shuke.cli.importing import app

    return app


def _build() -> typer.Typer:
    from shuke.cli.build import app

    return app


def _show() -> typer.Typer:
    from shuke.cli.show import app

    return app


def _questions() -> typer.Typer:
    from shuke.cli.questions import app

    return app


def _customer() -> typer.Typer:
    from shuke.cli.customer import app

    return app


def _propensity() -> typer.Typer:
    from shuke.cli.propensity import app

    return app


def _segment() -> typer.Typer:
    from shuke.cli.segment import app

    return app


def _identity() -> typer.Typer:
    from shuke.cli.identity import app

    return app


def _alerts() -> typer.Typer:
    from shuke.cli.alerts import app

    return app


def _builds() -> typer.Typer:
    from shuke.cli.builds import app

    return app


def _quality() -> typer.Typer:
    from shuke.cli.quality import app

    return app


def _backtest() -> typer.Typer:
    from shuke.cli.backtest import app

    return app


def _sql() -> typer.Typer:
    from shuke.cli.sql import app

    return app


def _dictionary() -> typer.Typer:
    from shuke.cli.dictionary import app

    return app


def _batches() -> typer.Typer:
    from shuke.cli.batches import app

    return app


def _offers() -> typer.Typer:
    from shuke.cli.offers import app

    return app


def _plans() -> typer.Typer:
    from shuke.cli.plans import app

    return app


def _topics() -> typer.Typer:
    from shuke.cli.topics import app

    return app


def _draws() -> typer.Typer:
    from shuke.cli.draws import app

    return app


def _users() -> typer.Typer:
    from shuke.cli.users import app

    return app


def _tokens() -> typer.Typer:
    from shuke.cli.tokens import app

    return app


def _serve() -> typer.Typer:
    from shuke.cli.serve import app

    return app


def _channel() -> typer.Typer:
    from shuke.cli.channel import app

    return app


def _campaign() -> typer.Typer:
    from shuke.cli.campaign import app

    return app


def _automation() -> typer.Typer:
    from shuke.cli.automation import app

    return app


def _task() -> typer.Typer:
    from shuke.cli.task import app

    return app


def _run() -> typer.Typer:
    from shuke.cli.run import app

    return app


def _jobs() -> typer.Typer:
    from shuke.cli.jobs import app

    return app


def _backup() -> typer.Typer:
    from shuke.cli.backup import app

    return app


def _publish() -> typer.Typer:
    from shuke.cli.publish import app

    return app


def _doctor() -> typer.Typer:
    from shuke.cli.doctor import app

    return app


def _demo() -> typer.Typer:
    from shuke.cli.demo import app

    return app


KNOWN: dict[str, tuple[str, Callable[[], typer.Typer]]] = {
    "init": (N_("Create a project in a folder."), _init),
    "import": (N_("Import files of a source."), _import),
    "build": (N_("Build the customer database from everything imported."), _build),
    "show": (N_("Show a table, or list the tables."), _show),
    "questions": (N_("What the analyses answer, by what a manager asks."), _questions),
    "customer": (N_("Everything known of one customer."), _customer),
    "propensity": (N_("Who needs a product or a category, when and how much."), _propensity),
    "identity": (N_("Which records are one customer, and why."), _identity),
    "segment": (N_("Named groups of customers, by a condition or a list."), _segment),
    "alerts": (N_("What needs attention."), _alerts),
    "quality": (N_("How good the data of each source is."), _quality),
    "backtest": (N_("How right the forecasts would have been."), _backtest),
    "sql": (N_("Ask the customer database in SQL."), _sql),
    "publish": (N_("Write the current build into a file that other tools read."), _publish),
    "builds": (N_("List the builds."), _builds),
    "rollback": (N_("Make an older build current again."), _builds),
    "diff": (N_("How two builds differ, table by table."), _builds),
    "dictionary": (N_("What every table and column means."), _dictionary),
    "lineage": (N_("What a table or column is derived from."), _dictionary),
    "batches": (N_("What was imported, and when."), _batches),
    "quarantine": (N_("The rows and cells of a batch that were rejected."), _batches),
    "backup": (N_("Back up the project into one encrypted file."), _backup),
    "restore": (N_("Restore a project from a backup."), _backup),
    "offer": (N_("Make offers, and give out and redeem coupons."), _offers),
    "plan": (N_("Write down sales plans and budgets."), _plans),
    "topics": (N_("Show what customers talk about, and name it."), _topics),
    "draw": (N_("Draw prizes by lot, so that everybody can check it."), _draws),
    "user": (N_("Manage users and their roles."), _users),
    "token": (N_("Manage the tokens of programs."), _tokens),
    "serve": (N_("Serve the console and the API."), _serve),
    "campaign": (N_("Write to customers, and prove what it changed."), _campaign),
    "channel": (
        N_("Look at the ways by which messages are sent, and take in what was told of them."),
        _channel,
    ),
    "automation": (N_("Let something be done for a customer when something happens to them."), _automation),
    "task": (N_("What people are to do for customers, and who looks after whom."), _task),
    "run": (N_("Serve, and do by itself what is due: import, build, back up, send."), _run),
    "jobs": (N_("What was done by itself."), _jobs),
    "doctor": (N_("Check the project, and repair what can be repaired."), _doctor),
    "demo": (N_("Create, import, build and serve a demo company."), _demo),
}

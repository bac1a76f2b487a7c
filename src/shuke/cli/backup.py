"""Backup: where does a copy of everything go, who can read it, and how does it become a project again?"""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.access.passwords import check_strength
from shuke.backup import restoring, saving
from shuke.backup.archive import ArchiveHeader
from shuke.backup.encryption import DecryptionKeys, EncryptionKeys, identity, recipient
from shuke.backup.snapshot import BuildScope
from shuke.cli import output, progress, session
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.settings import FILE
from shuke.store.at_rest import AtRest, at_rest

app = typer.Typer()

VARIABLE = "SHUKE_PASSPHRASE"

Secret = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help=_("A file whose first line is the passphrase. Default: SHUKE_PASSPHRASE, or a prompt."),
    ),
]


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The file to create."))],
    *,
    recipients: Annotated[
        list[str] | None,
        typer.Option(
            "--recipient",
            metavar="KEY",
            help=_("A public key to encrypt to: age1…, ssh-ed25519 …, ssh-rsa …."),
        ),
    ] = None,
    passphrase_file: Secret = None,
    which: Annotated[
        BuildScope, typer.Option("--builds", help=_("Which builds to include; they can be rebuilt."))
    ] = BuildScope.CURRENT,
) -> None:
    """Write everything that the project holds into one encrypted file, while others go on working."""
    project = session.project()
    keys = tuple(map(recipient, recipients or []))
    viewer = session.viewer()
    locks = EncryptionKeys(passphrase=_chosen(passphrase_file, needed=not keys), recipients=keys)
    with progress.amount(_("Backing up")) as report:
        saved = saving.back_up(
            project, file, locks=locks, which=which, by=viewer.actor, now=viewer.now, report=report
        )
    told = _("{file} holds {files} files, {size} MB. Keep it on another machine, and its key somewhere else.")
    output.note(
        told.format(
            file=file, files=formats.number(saved.files), size=formats.number(saved.size / 1e6, places=1)
        )
    )
    if not saved.builds:
        output.note(_("It includes no build: after a restore, run shuke build."))
    if saved.damaged:
        output.note(_(_NOT_AS_LANDED).format(batches=", ".join(saved.damaged)))
        raise typer.Exit(1)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The backup file."))],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help=_("A new or empty folder."), show_default=False)
    ] = None,
    *,
    identities: Annotated[
        list[Path] | None,
        typer.Option("--identity", metavar="FILE", help=_("A private key, of age-keygen or ssh-keygen.")),
    ] = None,
    passphrase_file: Secret = None,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL", help=_("An empty PostgreSQL database for users, decisions and the audit log.")
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help=_("Verify the whole backup without writing anything."))
    ] = False,
) -> None:
    """Make the project that a backup holds in a new or empty folder."""
    keys = DecryptionKeys(
        passphrase=lambda: _given(passphrase_file) or _asked(twice=False),
        identities=tuple(identity(_read(each)) for each in identities or []),
    )
    with progress.amount(_("Reading")) as report:
        if check:
            return _say(_WHOLE, restoring.check(file, keys=keys, report=report), file=file)
        if folder is None:
            raise WrongCall(N_("Name a new or empty folder, or use --check."))
        viewer = session.viewer()
        restored = restoring.restore(
            file, folder, keys=keys, by=viewer.actor, now=viewer.now, database=database, report=report
        )
    _say(_AGAIN, restored.about, folder=folder)
    if at_rest(folder) is AtRest.PLAIN:
        output.note(
            _("According to the system, the disk under {folder} is not encrypted.").format(folder=folder)
        )
    if restored.had_database:
        output.note(_(_DATABASE).format(file=FILE))
    if not restored.about.builds:
        output.note(_("It has no build yet. Run: shuke build"))
    return None


_NOT_AS_LANDED = N_(
    "The backup was written, but some of its batches are damaged: {batches}. Keep your earlier "
    "backups, and run: shuke doctor"
)
_WHOLE = N_("{file} is intact: a backup of {moment} UTC, by Shuke {version}.")
_AGAIN = N_("{folder} now holds the project as of {moment} UTC.")
_DATABASE = N_(
    "Its operations database was elsewhere. Its content is now in data/operations.db, and {file} no "
    "longer names another one."
)


def _say(message: str, about: ArchiveHeader, **values: object) -> None:
    moment = formats.moment(datetime.fromisoformat(about.made_at), "UTC")
    output.note(_(message).format(moment=moment, version=about.version, **values))


def _chosen(file: Path | None, *, needed: bool) -> str | None:
    """The passphrase of a new backup: whoever finds one can try as many as they like, so not any will do."""
    given = _given(file) or (_asked(twice=True) if needed else None)
    if given is not None:
        check_strength(given, "")
    return given


def _given(file: Path | None) -> str | None:
    """That of the file, else that of the environment; never a word of the command, which others can see."""
    if file is None:
        return os.environ.get(VARIABLE) or None
    lines = _read(file).decode("utf-8", "replace").splitlines()
    if not lines or not lines[0]:
        raise WrongCall(N_("The first line of {file} is empty."), file=file)
    return lines[0]


def _asked(*, twice: bool) -> str:
    if not sys.stdin.isatty():
        raise WrongCall(
            N_("A passphrase is needed: --passphrase-file FILE, or {variable} in the environment."),
            variable=VARIABLE,
        )
    return str(typer.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=twice and _("Repeat it")))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongCall(N_("{file} cannot be read: {reason}"), file=file, reason=error.strerror) from None

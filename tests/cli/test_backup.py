"""`shuke backup` and `shuke restore`, as they are typed."""

import stat
from pathlib import Path

import pytest
from pyrage import x25519

from shuke import app
from shuke.cli.commands import load
from shuke.settings import Settings
from shuke.store.at_rest import AtRest
from tests.cli.conftest import Shuke

PASSPHRASE = "violet tractor nineteen sonnet"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return app.init(tmp_path / "shop", Settings(name="Mill Lane Tea", language="en")).root


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(f"{PASSPHRASE}\na second line\n")
    return file


def test_a_passphrase_comes_from_a_file_or_the_environment_and_is_said_nowhere(
    shuke: Shuke, shop, secret, monkeypatch
):
    made = shuke("backup", "../tea.backup", "--passphrase-file", secret, at=shop)
    assert made.status == 0 and made.out == "", made.err
    assert "Keep it on another machine" in made.err and "run shuke build" in made.err
    assert stat.S_IMODE((shop.parent / "tea.backup").stat().st_mode) == 0o600
    monkeypatch.setenv("SHUKE_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr("shuke.cli.backup.at_rest", lambda folder: AtRest.PLAIN)
    restored = shuke("restore", "tea.backup", "again", at=shop.parent)
    assert "the disk under again is not encrypted" in restored.err
    assert restored.status == 0 and "again now holds the project as of" in restored.err
    assert PASSPHRASE not in made.err + restored.err
    monkeypatch.setenv("SHUKE_PASSPHRASE", "violet tractor ninety")
    wrong = shuke("restore", "tea.backup", "third", at=shop.parent)
    assert wrong.status == 1 and not (shop.parent / "third").exists()
    assert wrong.err.splitlines() == ["This passphrase does not open the backup, or its header is damaged."]


def test_with_public_keys_nobody_is_asked_for_a_passphrase(shuke: Shuke, shop):
    own = x25519.Identity.generate()
    key = shop.parent / "key.txt"
    key.write_text(f"# public key: {own.to_public()}\n{own}\n")
    made = shuke("backup", "../tea.backup", "--recipient", own.to_public(), "--builds", "none", at=shop)
    assert made.status == 0, made.err
    whole = shuke("restore", "tea.backup", "--check", "--identity", key, at=shop.parent)
    assert (whole.status, "tea.backup is intact" in whole.err) == (0, True)
    assert sorted(path.name for path in shop.parent.iterdir()) == ["key.txt", "shop", "tea.backup"]
    without = shuke("restore", "tea.backup", "again", at=shop.parent)
    assert (without.status, without.err.strip()) == (
        2,
        "This backup needs a private key: --identity FILE.",
    )


def test_a_backup_of_what_is_damaged_is_made_and_fails(shuke: Shuke, shop):
    own = x25519.Identity.generate()
    (shop / "data" / "landing" / "000001-till").mkdir(parents=True)
    (shop / "data" / "landing" / "000001-till" / "receipt.json").write_text("{")
    made = shuke("backup", "../tea.backup", "--recipient", own.to_public(), at=shop)
    assert made.status == 1 and (shop.parent / "tea.backup").exists()
    assert made.err.splitlines()[-1].endswith("000001-till. Keep your earlier backups, and run: shuke doctor")


def test_where_nobody_can_be_asked_one_is_told_how_to_give_it(shuke: Shuke, shop):
    told = shuke("backup", "../tea.backup", at=shop)
    assert told.status == 2 and "--passphrase-file FILE, or SHUKE_PASSPHRASE" in told.err
    assert not (shop.parent / "tea.backup").exists()


def test_a_passphrase_that_is_guessed_first_is_refused(shuke: Shuke, shop, monkeypatch):
    monkeypatch.setenv("SHUKE_PASSPHRASE", "password1234")
    told = shuke("backup", "../tea.backup", at=shop)
    assert told.status == 2 and "easy to guess" in told.err
    assert not (shop.parent / "tea.backup").exists()


@pytest.mark.parametrize("given", [["--passphrase-file", "empty"], ["--passphrase-file", "missing"]])
def test_a_file_that_holds_no_passphrase_is_told(shuke: Shuke, shop, given: list[str]):
    (shop / "empty").touch()
    told = shuke("backup", "../tea.backup", *given, at=shop)
    assert told.status == 2 and given[1] in told.err and len(told.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_no_option_takes_a_passphrase_itself(command: str):
    """What is typed, others on the machine can list, and the shell remembers."""
    options = {name for each in load(command).params for name in each.opts}
    assert [name for name in options if "pass" in name] == ["--passphrase-file"]

"""What does the command line do, and with which exit status?"""

import json
import sys
import tomllib
from pathlib import Path

import pytest

import shuke as package
from shuke.access import audit
from shuke.app import open_project
from shuke.cli import importing, language
from shuke.cli.commands import KNOWN, group, load
from shuke.collect.infer import Ambiguity, Answer
from shuke.collect.mapping import Reading
from shuke.languages import Text
from tests.cli.conftest import Shuke

TILL = """Receipt No,Date,SKU,Product,Qty,Unit Price,Customer ID
R1,2026-11-02 10:00:00,TEA,Tea,2,4.50,17
R2,2026-11-03 11:30:00,CUP,Cup,1,7.00,18
R3,2026-11-03 12:00:00,CUP,Cup,many,7.00,18
"""


def made(shuke: Shuke, folder: Path) -> Path:
    assert shuke("init", "shop", "--country", "gb", at=folder).status == 0
    (folder / "till.csv").write_text(TILL)
    return folder / "shop"


def test_init_takes_defaults_of_the_country_and_says_which(shuke: Shuke, tmp_path: Path):
    said = shuke("init", "shop", "--country", "us", at=tmp_path)
    assert "currency = USD (by default)" in said.err and "name = shop" in said.err
    settings = tomllib.loads((tmp_path / "shop" / "shuke.toml").read_text())
    assert (settings["zone"], settings["language"]) == ("America/New_York", "en")
    again = shuke("init", "shop", at=tmp_path)
    assert again.status == 2 and "is already a project" in again.err


def test_init_refuses_what_is_no_currency(shuke: Shuke, tmp_path: Path):
    said = shuke("init", "shop", "--currency", "GOLD", at=tmp_path)
    assert said.status == 2 and "GOLD" in said.err and not (tmp_path / "shop").exists()


def test_init_asks_on_a_terminal(shuke: Shuke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    answers = iter(["Tea & Sons", "cn", "", "", ""])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda text, default: next(answers) or default)
    shuke("init", "shop", at=tmp_path)
    settings = tomllib.loads((tmp_path / "shop" / "shuke.toml").read_text())
    assert settings["name"] == "Tea & Sons" and settings["currency"] == "CNY" and settings["language"] == "zh"


def test_a_question_on_a_terminal_has_no_answer_by_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    answers = iter(["", "3", "day", " 2 "])
    monkeypatch.setattr("typer.prompt", lambda text: next(answers))
    first, second = (Answer(Text(says, says), Reading(), "") for says in ("day first", "month first"))
    assert importing.ask(Ambiguity("date", Text("Which?", "哪个？"), (first, second))) is second
    assert capsys.readouterr().err.count("Write a number from 1 to 2.") == 3


def test_an_import_tells_one_object_and_a_second_adds_nothing(shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    first = json.loads(shuke("import", "till", "../till.csv", "--format", "json", at=shop).out)
    assert (first["read"], first["loaded"], first["unchanged"], first["rejected"]) == (3, 2, 0, 1)
    assert first["tables"]["order_items"] == 2 and first["batch"]
    said = shuke("import", "till", "../till.csv", at=shop)
    assert "3 rows read = 0 loaded + 2 unchanged + 1 rejected" in said.out


def test_a_guessed_mapping_is_shown_and_can_be_changed(shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    dry = shuke("import", "till", "../till.csv", "--dry-run", at=shop)
    assert "Receipt No" in dry.out and "Order number" in dry.out and not (shop / "mappings").exists()
    said = shuke("import", "till", "../till.csv", at=shop)
    assert "mappings/till.toml" in said.err and (shop / "mappings" / "till.toml").exists()


def test_an_import_says_why_rows_were_not_accepted_without_naming_what_they_hold(
    shuke: Shuke, tmp_path: Path
):
    shop = made(shuke, tmp_path)
    said = shuke("import", "till", "../till.csv", at=shop)
    assert "Order lines (order_items): 2" in said.out
    assert "1 × Qty: " in said.out and "many" not in said.out
    assert "shuke quarantine 000001-till" in said.err


def test_a_doubt_without_a_terminal_is_an_error_with_the_line_to_add(shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    (tmp_path / "slashes.csv").write_text("Receipt No,Date,SKU,Qty,Unit Price\nR1,03/04/2026,TEA,1,4.50\n")
    assert shuke("import", "web", "../slashes.csv", "--dry-run", at=shop).status == 3
    said = shuke("import", "web", "../slashes.csv", at=shop)
    assert said.status == 1 and "order" in said.err and "mappings/web.toml" in said.err
    assert not list((shop / "data" / "landing").glob("*-web"))


def test_a_file_that_is_none_and_a_source_that_cannot_be_named(shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    assert shuke("import", "till", "nowhere.csv", at=shop).status == 2
    assert shuke("import", "a b", "../till.csv", at=shop).status == 2
    assert shuke("import", "till", "../till.csv", "--overlap", "perhaps", at=shop).status == 2
    (tmp_path / "empty.csv").touch()
    assert shuke("import", "till", "../empty.csv", at=shop).status == 1


def test_build_show_rollback_and_diff(few: None, shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    shuke("import", "till", "../till.csv", at=shop)
    assert "Build 1 is current" in shuke("build", "--as-of", "2026-11-21", at=shop).out
    (tmp_path / "more.csv").write_text(TILL.splitlines()[0] + "\nR4,2026-11-04 09:00:00,TEA,Tea,1,4.50,17\n")
    shuke("import", "till", "../more.csv", at=shop)
    second = json.loads(shuke("build", "--as-of", "2026-11-21", "--format", "json", at=shop).out)
    assert second["number"] == 2
    (lines,) = [
        t
        for t in json.loads(shuke("diff", 1, 2, "--format", "json", at=shop).out)
        if t["table"] == "purchases"
    ]
    assert (lines["only_a"], lines["only_b"], lines["changed"]) == (0, 1, 0)
    assert {"column": "amount", "a": 16, "b": 20.5} in lines["sums"]
    assert "current" in shuke("rollback", 1, at=shop).err
    assert len(json.loads(shuke("show", "purchases", "--format", "json", at=shop).out)) == 2
    assert shuke("rollback", 9, at=shop).status == 2


def test_before_the_first_build_one_is_told_what_to_do(shuke: Shuke, tmp_path: Path):
    said = shuke("show", at=made(shuke, tmp_path))
    assert said.status == 2 and "shuke build" in said.err and "Traceback" not in said.err
    assert shuke("show", at=tmp_path).status == 2


def test_people_come_and_go_and_programs_with_them(shuke: Shuke, own_shop: Path):
    password = shuke("user", "add", "lin", "--role", "admin", at=own_shop).out.strip()
    assert len(password) >= 12 and password not in shuke("user", "list", at=own_shop).out
    token = shuke("token", "issue", "lin", "nightly", "--role", "viewer", at=own_shop).out.strip()
    assert token.startswith("shuke_") and "nightly" in shuke("token", "list", at=own_shop).out
    assert shuke("token", "revoke", 1, at=own_shop).status == 0
    assert shuke("token", "revoke", 1, at=own_shop).status == 2
    assert shuke("user", "role", "lin", "viewer", at=own_shop).status == 2, "the only administrator stays one"
    assert shuke("user", "password", "lin", at=own_shop).out.strip() != password


def test_looks_and_exports_are_in_the_log_under_the_door_cli(shuke: Shuke, own_shop: Path):
    shuke("show", "customers", "--format", "csv", at=own_shop)
    shuke("customer", "T1", at=own_shop)
    entries = audit.read(open_project(own_shop).operations)
    assert {entry.event.verb for entry in entries} >= {"exported", "searched_customers", "looked_at_customer"}
    assert {entry.actor.door for entry in entries} == {"cli"}


def test_every_command_has_help_and_can_be_loaded():
    for name, (about, _) in KNOWN.items():
        command = load(name)
        assert about and (command.help or "").strip(), name
    assert set(group().commands) == set(KNOWN)


def test_a_wrong_word_is_a_wrong_call(shuke: Shuke, tmp_path: Path):
    said = shuke("shows", at=tmp_path)
    assert said.status == 2 and "show" in said.err


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"), ({}, "en"),
     ({"SHUKE_LANGUAGE": "zh", "LC_ALL": "en_GB"}, "zh"), ({"SHUKE_LANGUAGE": "", "LANG": "zh_TW"}, "zh")],
)  # fmt: skip
def test_the_language_is_that_of_the_locale_unless_it_is_said(environment: dict[str, str], spoken: str):
    assert language(environment) == spoken


def test_the_version_is_said(shuke: Shuke, tmp_path: Path):
    assert shuke("--version", at=tmp_path).out == f"shuke {package.__version__}\n"


def test_a_file_without_headers_is_told_by_an_example_how_to_map_it(shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    (tmp_path / "bare.csv").write_text("R1,2026-11-02 10:00,Tea,2\nR2,2026-11-03 11:00,Cup,1\n")
    assert shuke("import", "bare", "../bare.csv", "--dry-run", at=shop).status == 1
    said = shuke("import", "bare", "../bare.csv", at=shop)
    assert said.status == 1 and '"column 1" = "orders.order_no"' in said.err


def test_what_a_row_is_said_to_be_holds_for_a_look_beforehand_too(shuke: Shuke, tmp_path: Path):
    shop = made(shuke, tmp_path)
    (tmp_path / "codes.csv").write_text("code,name\nP1,Tea\nP2,Cup\n")
    for table in ("products", "stores"):
        seen = shuke(
            "import", "list", "../codes.csv", "--as", table, "--dry-run", "--format", "json", at=shop
        )
        assert json.loads(seen.out)[0]["tables"] == [table]


def test_what_a_column_means_is_said_in_the_call_seen_beforehand_and_kept(shuke: Shuke, tmp_path: Path):
    home = made(shuke, tmp_path)
    (home / "s.csv").write_text("Receipt No,Date,SKU,Qty,Unit Price,Seen\nR1,03/05/2026,TEA,1,4.50,x\n" * 1)
    said = (
        "import",
        "till",
        "s.csv",
        "--column",
        "Date=orders.ordered_at:mdy",
        "--column",
        "Seen=orders.channel",
    )
    seen = shuke(*said, "--dry-run", at=home)
    assert "5 Mar 2026" in seen.out and "orders.channel" in seen.out and "One of:" not in seen.err
    assert not (home / "mappings" / "till.toml").exists()
    assert shuke(*said, at=home).status == 0
    written = (home / "mappings" / "till.toml").read_text()
    assert 'order = "mdy"' in written and 'Seen = "orders.channel"' in written
    other = shuke("import", "till", "s.csv", "--column", "Date=orders.ordered_at:dmy", "--dry-run", at=home)
    assert "3 May 2026" in other.out, "what is said goes before what is written"


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("Day=orders.ordered_at", "There is no column 'Day'. Hint: Date"),
        ("Date=orders.orderd_at", "Did you mean orders.ordered_at"),
        ("Date=orders.ordered_at:mm/dd", "There are: ymd, dmy, mdy"),
        ("Date", "Write --column COLUMN=MEANING"),
    ],
)
def test_what_cannot_be_said_of_a_column_is_refused_in_words(
    shuke: Shuke, tmp_path: Path, column: str, told: str
):
    home = made(shuke, tmp_path)
    said = shuke("import", "till", "../till.csv", "--column", column, at=home)
    assert said.status == 2 and told in said.err
    assert not list((home / "data" / "landing").glob("0*"))

"""Is one new file all that a file format takes, at every door?"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke import app
from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from shuke.cli import main
from shuke.collect import sheets
from shuke.server import create_app
from shuke.views.receipts import masked
from tests import shop
from tests.console.conftest import log_in, token

#: Address books as directories hand them over: an entry is a paragraph of `name: value`.
LDIF = '''
"""LDIF: who stands in this directory?"""

from collections.abc import Iterator

from shuke.collect.sheets.file_format import FileFormat
from shuke.collect.sheets.rows import tabulate
from shuke.collect.sheets.sheet import InputFile, RawRow, Sheet


def read(source: InputFile) -> Iterator[Sheet]:
    """A row for each entry, a column for each name."""
    paragraphs = source.path.read_text("utf-8").split("\\n\\n")
    entries = [dict(line.split(": ", 1) for line in each.splitlines() if ": " in line) for each in paragraphs]
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    rows = [names, *([entry.get(name) for name in names] for entry in entries if entry)]
    if sheet := tabulate((RawRow(number, row) for number, row in enumerate(rows, 1)), source):
        yield sheet


FORMAT = FileFormat(
    names=("LDIF",), suffixes=(".ldif",), recognises=lambda content: content.text.startswith("dn:"), read=read
)
'''

DIRECTORY = """dn: cn=Mary Shelley
Customer No: M1
Name: Mary Shelley
Email: mary@example.com

dn: cn=Ada Byron
Customer No: M2
Name: Ada Byron
Phone: +44 20 7946 0012
"""
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The one file among those of Shuke's own formats."""
    room = tmp_path / "room"
    room.mkdir()
    (room / "ldif.py").write_text(LDIF, "utf-8")
    monkeypatch.setattr(sheets, "__path__", [*sheets.__path__, str(room)])
    sheets.formats.cache_clear()
    yield
    sys.modules.pop("shuke.collect.sheets.ldif", None)
    sheets.formats.cache_clear()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return app.init(tmp_path / "shop", shop.SETTINGS)


@pytest.fixture
def client(project: Project) -> TestClient:
    """Somebody's browser and program at once."""
    by = Actor("tests", "cli")
    user = users.create_user(project.operations, "lin", Role.ADMIN, by=by, now=shop.NOW).user
    users.change_password(project.operations, user, PASSWORD, by=by, now=shop.NOW)
    plain = tokens.issue(
        project.operations, user, TokenRequest(name="test", role=Role.ADMIN), by=by, now=shop.NOW
    )
    client = TestClient(create_app(project), headers={"Accept-Language": "en-GB"})
    log_in(client, "lin", PASSWORD)
    client.headers["Authorization"] = f"Bearer {plain}"
    return client


def test_the_command_line_shows_how_it_would_be_read_and_imports_it(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "people.ldif").write_text(DIRECTORY, "utf-8")
    monkeypatch.chdir(project.root)
    words = ["shuke", "import", "directory", str(tmp_path / "people.ldif")]
    for more, told in (["--dry-run"], "people.record_id"), ([], "2 loaded"):
        monkeypatch.setattr(sys, "argv", [*words, *more])
        with pytest.raises(SystemExit, match="0"):
            main()
        assert told in capsys.readouterr().out
    [receipt] = project.landing.receipts()
    assert (receipt.read, receipt.loaded, receipt.tables["people"]) == (2, 2, 2)


def test_programs_and_the_console_read_it(project: Project, client: TestClient):
    file = {"file": ("people.ldif", DIRECTORY.encode())}
    [told] = client.post("/api/imports", data={"source": "api", "dry_run": "true"}, files=file).json()
    assert told["rows"] == 2 and {c["column"] for c in told["columns"]} >= {"Customer No", "Email", "Phone"}
    assert client.post("/api/imports", data={"source": "api"}, files=file).json()["loaded"] == 2
    form = {"csrf": token(client.get("/import").text), "source": "console"}
    assert "mary@example.com" in client.post("/import", data=form, files=file).text


def test_it_is_named_wherever_formats_are_named(project: Project, client: TestClient):
    assert "LDIF" in client.get("/import").text
    refused = client.post("/api/imports", data={"source": "x"}, files={"file": ("x.pdf", b"%PDF-1.7")})
    assert refused.status_code == 422 and "LDIF" in refused.text
    assert masked("Mary Shelley.ldif") == "***.ldif"

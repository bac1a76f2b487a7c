"""Whatever file of a project is damaged, whoever asks gets one clear line, and nothing is lost.

docs/faults.md holds the table of these faults; here is what makes each of them, and what is said of it.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import open_project
from shuke.builds import pipeline
from shuke.errors import WrongCall
from shuke.server import create_app
from tests import shop
from tests.cli.conftest import Shuke, shuke

__all__ = ["shuke"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"

#: A row of the page: what was done, what is said, what is lost, whether `--repair` makes it good.
ROW = re.compile(r"^\| (?P<fault>.+?) \| (?P<said>.+?) \| (?P<lost>.+?) \| (?P<repaired>yes|no) \|$")


@dataclass(frozen=True)
class Fault:
    """Something that happens to a project."""

    name: str
    happens: Callable[[Path], object]
    asks: str = "build"  # what one calls to hear of it
    repairs: bool = True


def _cut(*place: str) -> Callable[[Path], object]:
    return lambda root: _one(root, *place).write_bytes((p := _one(root, *place)).read_bytes()[: _half(p)])


def _half(path: Path) -> int:
    return path.stat().st_size // 2


def _flip(*place: str) -> Callable[[Path], object]:
    def happens(root: Path) -> None:
        path = _one(root, *place)
        held = bytearray(path.read_bytes())
        held[_half(path)] ^= 0xFF
        path.write_bytes(held)

    return happens


def _write(content: bytes, *place: str) -> Callable[[Path], object]:
    return lambda root: _one(root, *place).write_bytes(content)


def _delete(*place: str) -> Callable[[Path], object]:
    def happens(root: Path) -> None:
        path = _one(root, *place)
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return happens


def _one(root: Path, *place: str) -> Path:
    return next(iter(sorted((root / "data").glob("/".join(place)))))


_BATCH, _BUILD, _TABLE = "landing/000001-till", "builds/000002", "builds/tables/customers.ffff*"

FAULTS = (
    Fault("a landed file deleted", _delete(_BATCH, "order_items.*"), repairs=False),
    Fault("a landed file cut short", _cut(_BATCH, "people.*"), repairs=False),
    Fault("a landed file emptied", _write(b"", _BATCH, "people.*"), repairs=False),
    Fault("one byte of a landed file changed", _flip(_BATCH, "people.*"), repairs=False),
    Fault("a landed file that nobody delivered", lambda root: shutil.copy(
        _one(root, _BATCH, "people.*"), root / "data" / _BATCH / "people.9.parquet"), repairs=False),
    Fault("the folder of a batch deleted", _delete(_BATCH), repairs=False),
    Fault("a receipt cut short", _cut(_BATCH, "receipt.json")),
    Fault("a receipt deleted", _delete(_BATCH, "receipt.json")),
    Fault("a receipt that is JSON of something else", _write(b"[1]", _BATCH, "receipt.json")),
    Fault("`current` deleted", _delete("builds/current"), "show customers"),
    Fault("`current` emptied", _write(b"", "builds/current")),
    Fault("rubbish in `current`", _write(b"\xff rubbish", "builds/current"), "show customers"),
    Fault("`current` naming a build that is not there", _write(b"77", "builds/current"), "show customers"),
    Fault("a manifest cut short", _cut(_BUILD, "manifest.json"), "show customers"),
    Fault("a manifest emptied", _write(b"", _BUILD, "manifest.json"), "show customers"),
    Fault("a manifest deleted", _delete(_BUILD, "manifest.json"), "show customers"),
    Fault("a built file cut short", _cut(_TABLE, "*.parquet"), "show customers"),
    Fault("a built file deleted", _delete(_TABLE, "*.parquet"), "show customers"),
    Fault("one byte of a built file changed", _flip(_TABLE, "*.parquet"), "show customers"),
    Fault("the folder of a built table deleted", _delete(_TABLE), "show customers"),
    Fault("`operations.db` deleted", _delete("operations.db"), "user list"),
    Fault("`operations.db` emptied", _write(b"", "operations.db"), "user list"),
    Fault("rubbish in `operations.db`", _write(b"rubbish " * 999, "operations.db"), "user list"),
    Fault("`operations.db` cut short", _cut("operations.db"), "user list"),
    Fault("the key cut short", _cut("key"), repairs=False),
    Fault("the key emptied", _write(b"", "key"), repairs=False),
    Fault("the key deleted", _delete("key"), repairs=False),
    Fault("another key in its place", _write(bytes(range(32)), "key"), repairs=False),
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tea shop with two builds that differ in one table, and a user who may read with a token."""
    built = shop.shared(tmp_path_factory)
    root = Path(shutil.copytree(built, tmp_path_factory.mktemp("faults") / "shop"))
    first = root / "data" / "builds" / "000001"
    second = Path(shutil.copytree(first, first.with_name("000002")))
    manifest = json.loads((second / "manifest.json").read_text())
    tables = first.with_name("tables")
    customers = manifest["tables"]["customers"]
    other = "f" * len(customers["fingerprint"])
    shutil.copytree(tables / f"customers.{customers['fingerprint']}", tables / f"customers.{other}")
    customers["fingerprint"] = other
    (second / "manifest.json").write_text(json.dumps({**manifest, "number": 2}))
    (root / "data" / "builds" / "current").write_text("2")
    project = open_project(root)
    owner = Actor("ann", "cli")
    users.create_user(project.operations, "ann", Role.ADMIN, by=owner, now=shop.NOW)
    token = tokens.issue(
        project.operations, users.get_user(project.operations, "ann"),
        TokenRequest(name="t", role=Role.ADMIN), by=owner, now=shop.NOW,
    )  # fmt: skip
    (root / "token").write_text(token)
    project.operations.close()
    return root


@pytest.fixture(params=FAULTS, ids=[fault.name for fault in FAULTS])
def fault(request: pytest.FixtureRequest) -> Fault:
    found: Fault = request.param
    return found


@pytest.fixture
def damaged(whole: Path, fault: Fault, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(whole, tmp_path / "shop"))
    fault.happens(root)
    return root


def _documented() -> dict[str, dict[str, str]]:
    rows = [found.groupdict() for line in PAGE.read_text("utf-8").splitlines() if (found := ROW.match(line))]
    return {row["fault"]: row for row in rows}


def _kept(root: Path) -> dict[str, bytes]:
    """Everything that landed, byte for byte."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "data" / "landing").rglob("*"))
        if path.is_file()
    }


def test_every_fault_stands_on_the_page_with_what_is_said(
    damaged: Path, fault: Fault, shuke: Shuke, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _documented()[fault.name]
    before = _kept(damaged)
    told = shuke(*fault.asks.split(), at=damaged)
    assert (told.status, told.out) == (1, "")
    assert told.err.splitlines() == [row["said"]]
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = shuke(*fault.asks.split(), at=damaged)
    assert len(chinese.err.splitlines()) == 1
    assert re.search(r"[一-鿿]{3}", chinese.err)
    assert not re.search(r"\b(Put|Run|gone|damaged)\b", chinese.err.replace("doctor --repair", ""))
    assert _kept(damaged) == before  # whoever asks changes nothing


def test_programs_and_browsers_get_the_line_and_no_server_error(damaged: Path, fault: Fault) -> None:
    token = (damaged / "token").read_text()
    with TestClient(create_app(open_project(damaged)), follow_redirects=False) as client:
        seen = {page: client.get(page).status_code for page in ("/login", "/", "/customers", "/builds")}
        bearer = {"Authorization": f"Bearer {token}"}
        called = {
            path: client.get(f"/api/{path}", headers=bearer).status_code
            for path in ("tables", "tables/customers", "builds", "batches")
        }
    assert not {code for code in (*seen.values(), *called.values()) if code in (500, 422)}, (seen, called)


def test_the_doctor_names_it_and_repairs_what_can_be_made_again(
    damaged: Path, fault: Fault, shuke: Shuke
) -> None:
    row = _documented()[fault.name]
    before = _kept(damaged)
    seen = shuke("doctor", "--format", "json", at=damaged)
    told = json.loads(seen.out)
    assert (seen.status, told["sound"]) == (1, False)
    assert row["lost"] in {finding["lost"] for finding in told["findings"]}
    assert all(f["what"] and f["lost"] and f["advice"] for f in told["findings"])
    assert _kept(damaged) == before
    mended = json.loads(shuke("doctor", "--repair", "--format", "json", at=damaged).out)
    assert mended["sound"] is fault.repairs is (row["repaired"] == "yes")
    after = _kept(damaged)
    assert {name: after[name] for name in before if name.endswith(".parquet")} == {
        name: held for name, held in before.items() if name.endswith(".parquet")
    }
    if fault.repairs:
        assert shuke("doctor", at=damaged).status == 0
        assert shuke("show", "customers", "--format", "json", at=damaged).status == 0


def test_a_project_that_is_whole_is_sound(whole: Path, shuke: Shuke) -> None:
    told = shuke("doctor", at=whole)
    assert (told.status, told.err) == (0, "")
    assert told.out.splitlines()[-1].startswith("The project is sound. ")


def test_a_table_that_all_builds_share_is_made_again_and_no_other(whole: Path, tmp_path: Path, shuke: Shuke):
    root = Path(shutil.copytree(whole, tmp_path / "shop"))
    _cut("builds/tables/purchases.*", "*.parquet")(root)
    assert shuke("doctor", "--repair", at=root).status == 0
    with pytest.raises(WrongCall, match="Nothing has been built yet"):
        open_project(root).builds.current()
    made = pipeline.build(open_project(root), now=shop.NOW, as_of=shop.AS_OF).manifest.tables
    # What recalls the build before, and what issues ids, is made by every first build.
    assert {name for name, table in made.items() if table.seconds} <= {
        "purchases", "identities", "quality_trend", "landed_issued_ids", "customer_ids", "identity_history"
    }  # fmt: skip


def test_the_page_holds_no_fault_that_is_not_tried() -> None:
    assert set(_documented()) == {fault.name for fault in FAULTS}

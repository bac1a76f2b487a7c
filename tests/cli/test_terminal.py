"""Does somebody who sits at a terminal get asked what only they can say?"""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shuke

DOUBTFUL = "Receipt No,Date,SKU,Qty,Unit Price\nR1,03/05/2026,TEA,1,4.50\nR2,04/06/2026,CUP,2,7.00\n"
ROLL = "date,product,quantity,price\n2026-03-05,tea,1,5\n2026-03-06,milk,1,3\n"


@pytest.fixture
def project(shuke: Shuke, tmp_path: Path) -> Path:
    assert shuke("init", "shop", "--country", "gb", at=tmp_path).status == 0
    return tmp_path / "shop"


def test_the_order_of_day_and_month_is_asked_and_the_answer_kept(project: Path):
    (project / "slashes.csv").write_text(DOUBTFUL)
    status, screen = _typing(project, "import till slashes.csv", "2")
    assert status == 0, screen
    assert "day or the month" in screen
    assert "2 rows read = 2 loaded" in screen
    assert 'order = "mdy"' in (project / "mappings" / "till.toml").read_text()
    status, screen = _typing(project, "import till slashes.csv")
    assert status == 0 and "2 unchanged" in screen, "what was answered is not asked again"


def test_what_remains_to_be_paid_is_asked_of_a_chinese_discount_and_kept(project: Path):
    (project / "sales.csv").write_text(
        "订单号,日期,商品编码,数量,单价,折扣\nR1,2026-03-05,TEA,1,200,0.85\nR2,2026-03-06,CUP,2,50,0.9\n",
        encoding="utf-8",
    )
    status, screen = _typing(project, "import till sales.csv", "1")
    assert status == 0, screen
    assert "what remains to be paid" in screen
    assert 'scale = "paid"' in (project / "mappings" / "till.toml").read_text(encoding="utf-8")


def test_what_the_rows_are_is_asked_where_hardly_anything_says_so_and_kept(project: Path):
    (project / "list.csv").write_text("id,name,city\n1,Tea,Rome\n2,Cup,Oslo\n")
    status, screen = _typing(project, "import goods list.csv", "1")
    assert status == 0, screen
    assert "What is each row of this file?" in screen and "2 rows read = 2 loaded" in screen
    assert 'kind = "products"' in (project / "mappings" / "goods.toml").read_text()
    (project / "list.csv").write_text("id,name,city\n1,Tea,Rome\n3,Pot,Oslo\n")
    status, screen = _typing(project, "import goods list.csv")
    assert status == 0 and "What is each row" not in screen, "what was answered is not asked again"


def test_a_number_that_was_not_offered_is_asked_again(project: Path):
    (project / "slashes.csv").write_text(DOUBTFUL)
    status, screen = _typing(project, "import till slashes.csv", "7", "1")
    assert status == 0, screen
    assert 'order = "dmy"' in (project / "mappings" / "till.toml").read_text()


def test_lines_that_look_alike_are_asked_about(project: Path):
    (project / "north.csv").write_text(ROLL)
    (project / "south.csv").write_text(ROLL + "2026-03-06,bread,1,2\n")
    assert _typing(project, "import till north.csv")[0] == 0
    status, screen = _typing(project, "import till south.csv", "perhaps", "append")
    assert status == 0, screen
    assert "3 rows read = 3 loaded" in screen


def test_who_breaks_a_question_off_has_imported_nothing(project: Path):
    (project / "slashes.csv").write_text(DOUBTFUL)
    status, _ = _typing(project, "import till slashes.csv", "\x04")  # no more input
    assert status != 0
    assert not list((project / "data" / "landing").glob("0*"))


def _typing(folder: Path, call: str, *answers: str) -> tuple[int, str]:
    """Type `shuke …` on a terminal, and the answers after it: exit status, and what the screen showed."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    running = subprocess.Popen(
        [sys.executable, "-m", "shuke", *call.split()],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "SHUKE_LANGUAGE": "en", "COLUMNS": "200", "TERM": "dumb"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        shown += part
        if not part:
            break
    os.close(ours)
    return running.wait(60), shown.decode("utf-8", "replace")

"""What was broken on purpose is a table or one clear line (`tests.collect.fuzz.judge` tries thousands)."""

from pathlib import Path

import pytest

from tests.collect.fuzz.good_files import KINDS, good
from tests.collect.fuzz.judge import judge, made


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "html"])
def test_the_files_that_are_broken_were_good(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"a.{kind}").write_bytes(good(kind))
    assert judge(tmp_path / f"a.{kind}", tmp_path / "work").outcome == "table"


@pytest.mark.parametrize("number", range(51))
def test_a_broken_file_is_a_table_or_one_clear_line(tmp_path: Path, number: int) -> None:
    name, content = made(seed=1, number=number, size=1)
    (tmp_path / name).write_bytes(content)
    verdict = judge(tmp_path / name, tmp_path / "work")
    assert verdict.outcome in ("table", "refused"), str(verdict)

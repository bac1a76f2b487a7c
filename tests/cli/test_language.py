"""The words of the command line are those of its reader."""

import os
import re
import subprocess
import sys

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def said(language: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shuke", *words],
        env={**os.environ, "SHUKE_LANGUAGE": language, "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_help_is_in_the_readers_language():
    chinese, english = said("zh", "show", "--help").stdout, said("en", "show", "--help").stdout
    assert "选项" in chinese and "显示此帮助并退出" in chinese
    assert "Options" in english and not CHINESE.search(english)


def test_every_command_describes_itself_in_chinese():
    lines = said("zh", "--help").stdout.splitlines()
    described = [line for line in lines if re.match(r"│ [a-z-]+ ", line)]
    assert len(described) > 10
    assert [line for line in described if not CHINESE.search(line)] == []


def test_no_command_offers_to_complete_itself_alone():
    assert "completion" not in said("en", "show", "--help").stdout


def test_a_wrong_call_is_answered_in_chinese(tmp_path):
    answer = said("zh", "init", str(tmp_path / "shop"), "--zone", "Nowhere")
    assert answer.returncode == 2 and CHINESE.search(answer.stderr), answer.stderr

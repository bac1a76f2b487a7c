"""Does one process serve, take in what is dropped, and end when it is told to?"""

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.cli.conftest import Shuke


def test_one_process_serves_and_takes_in_what_is_dropped(own_shop: Path, shuke: Shuke):
    dropped = own_shop / "inbox" / "till" / "letter.csv"
    dropped.parent.mkdir(parents=True)
    dropped.write_text("hello,there\nsecond,line\n", "utf-8")
    command = [sys.executable, "-m", "shuke", "run", "--port", "0", "--every", "0.5"]
    with subprocess.Popen(command, cwd=own_shop, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://[\d.:]+/", line)))
            with urllib.request.urlopen(f"{address}health", timeout=60) as answer:
                assert json.load(answer)["status"] == "ok"
            beside = shuke("run", "--once", at=own_shop)
            assert "Another process watches the folders and builds" in beside.err
            for _tenth in range(600):
                if not dropped.exists():
                    break
                time.sleep(0.1)
        finally:
            process.terminate()
        assert process.wait(60) == 0
    assert "none of its columns" in (dropped.parent / "failed" / "letter.csv.txt").read_text("utf-8")
    assert "was not imported" in shuke("jobs", at=own_shop).out
    told = json.loads(shuke("jobs", "--format", "json", at=own_shop).out)
    assert ("import", "failed") in {(job["kind"], job["outcome"]) for job in told}


def test_what_is_due_now_is_done_and_it_ends(own_shop: Path, shuke: Shuke):
    said = shuke("run", "--once", at=own_shop)
    assert said.status == 0 and said.err.endswith("0 done, 0 to be tried later, 0 given up\n")
    assert (own_shop / "inbox").is_dir()


def test_a_schedule_that_makes_no_sense_ends_it_at_once(own_shop: Path, shuke: Shuke):
    with (own_shop / "shuke.toml").open("a", encoding="utf-8") as file:
        file.write('\n[run]\nbackups = "kept"\n')
    said = shuke("run", "--once", at=own_shop)
    assert said.status == 2 and "run.backup_keys" in said.err

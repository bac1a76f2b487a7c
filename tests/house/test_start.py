"""Start: does a process begin before it has loaded what it does not need?"""

import subprocess
import sys

import pytest

#: What costs a tenth of a second or more, and serves only some of what one may ask.
HEAVY = [
    "altair", "duckdb", "fastapi", "ibis", "pandas", "phonenumbers", "pyarrow", "pyspark", "sqlalchemy",
]  # fmt: skip

#: What only those need who draw, fit a model, compare records or serve.
DRAWING_AND_FITTING = ["altair", "fastapi", "pandas", "pyspark", "scipy", "sklearn", "splink"]


def asked(*words: str) -> str:
    return f"import sys; sys.argv = {['shuke', *words]!r}; from shuke.cli import main; main()"


IMPORTED = """
from pathlib import Path
from tempfile import TemporaryDirectory
import shuke
with TemporaryDirectory() as folder:
    shop = shuke.init(f"{folder}/shop", name="Shop", country="GB", currency="GBP", zone="Europe/London")
    file = Path(folder, "till.csv")
    for day in "12":
        file.write_text(f"Order no,Date,Customer no,Quantity,Amount\\nA{day},2026-11-0{day},C1,1,4.50\\n")
        assert shuke.import_files(shop, "till", str(file)).loaded == 1
"""


@pytest.mark.parametrize(
    ("what", "without"),
    [
        (asked("--version"), HEAVY),
        (asked("--help"), HEAVY),
        (asked("build", "--help"), DRAWING_AND_FITTING),
        (asked("import", "--help"), DRAWING_AND_FITTING),
        ("from shuke.graph import catalogue; assert catalogue.derived()", DRAWING_AND_FITTING),
        (IMPORTED, DRAWING_AND_FITTING),
        ("import shuke.server.app", ["altair", "pyspark", "scipy", "sklearn", "splink"]),
    ],
    ids=["version", "help", "build", "import", "catalogue", "imported", "server"],
)
def test_what_is_not_needed_is_not_loaded(what, without):
    assert not loaded(what).intersection(without)


def loaded(code: str) -> set[str]:
    """The modules that a process of its own has loaded at its end."""
    told = f"import atexit, sys; atexit.register(lambda: print('loaded:', *sys.modules))\n{code}"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.splitlines()[-1].removeprefix("loaded:").split())

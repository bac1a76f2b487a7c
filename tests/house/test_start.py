"""Start: does the command line answer before it has loaded what it does not need?"""

import subprocess
import sys

#: What costs a tenth of a second or more, and serves only some commands.
HEAVY = ["altair", "duckdb", "fastapi", "ibis", "pandas", "phonenumbers", "pyarrow", "pyspark", "sqlalchemy"]

ASK = f"""
import sys
from shuke.cli import main
sys.argv = ["shuke", "--version"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *({set(HEAVY)!r} & set(sys.modules)))
"""


def test_the_version_is_said_without_loading_an_engine():
    answer = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[-1].split() == ["loaded:"]

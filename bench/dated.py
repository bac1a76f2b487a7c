"""Dated: one build of a project as `shuke build` makes it, on a day that is said.

python -m bench.dated PROJECT 2026-11-01      loads no more than the command does
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from shuke.actions.builds import build
from shuke.app import open_project
from shuke.views.viewer import at_home

if __name__ == "__main__":
    _, folder, day = sys.argv
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    build(open_project(Path(folder)), viewer=at_home("bench", "cli", now=now))

"""Report: what is printed of what was measured?"""

import os
import platform
from collections.abc import Iterable
from statistics import median

import duckdb
from rich.console import Console
from rich.table import Table

from bench.measured import Measured
from shuke.version import __version__


def machine() -> dict[str, str | int]:
    """What the figures depend on beside the code."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "machine": f"{platform.system()} {platform.machine()}", "python": platform.python_version(),
        "duckdb": duckdb.__version__, "shuke": __version__,
    }  # fmt: skip


def shown(found: Iterable[Measured], console: Console, *, title: str) -> None:
    """One table, sections set apart; seconds are the least of all rounds, the median in brackets."""
    table = Table(title=title, title_justify="left")
    for heading in ("", "what", "shuke", "plain", "ratio", "aim", ""):
        right = heading in ("shuke", "plain", "ratio", "aim")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    before = None
    for line in found:
        if before not in (None, line.section):
            table.add_section()
        table.add_row(line.section if line.section != before else "", *_cells(line))
        before = line.section
    console.print(table)


def _cells(line: Measured) -> list[str]:
    ratio = f"{line.ratio:.2f}x" if line.ratio else ""
    aim = "" if line.aim is None else f"{line.aim:g}{'x' if line.theirs else ' ' + line.unit}"
    verdict = {None: "", True: "met", False: "MISSED"}[line.met]
    remarks = "; ".join(filter(None, (verdict, line.note)))
    return [line.name, _times(line.ours, line.unit), _times(line.theirs, line.unit), ratio, aim, remarks]


def _times(times: tuple[float, ...], unit: str) -> str:
    if not times:
        return ""
    digits = 4 if unit == "of 1" else 3 if unit in ("s", "share") and min(times) < 1 else 2
    return f"{min(times):.{digits}f} ({median(times):.{digits}f}) {unit}"

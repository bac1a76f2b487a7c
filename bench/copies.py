"""Copies: what would the tables of a build be, had the company so many times the customers?

Making, importing and building 1.4 million customers takes hours; their analyses read only the tables of a
finished build. So every customer of a smaller company stands in it several times, with everything that they
bought and said, and goods, stores and calendar are the same.
"""

import sys
from dataclasses import replace
from pathlib import Path

import duckdb

from bench import company
from bench.measured import child
from shuke import app
from shuke.engine.duckdb import FORM
from shuke.engine.parquet import pieces

#: Columns by which a customer, and what is theirs, is known.
_THEIRS = (
    "customer_id", "record", "record_id", "subject", "order_id", "order_no", "returns_order_no", "line_id",
    "key", "complaint_id", "interaction_id", "invoice_no", "payment_no", "contract_no", "event_id",
    "touch_id",
)  # fmt: skip
#: A table with one of these tells of customers.
_WHOSE = {"customer_id", "record", "record_id", "subject"}


def copied(folder: Path, target: Path, *, times: int) -> None:
    """As `_copy`, in a process of its own, so that the memory it takes is not counted to what comes after."""
    child("-m", "bench.copies", str(folder), str(target), str(times))


def _copy(folder: Path, target: Path, *, times: int) -> None:
    """Leaves in `target` a project whose current build is that of `folder`, its customers `times` over."""
    small = company.project(folder)
    build = small.builds.current()
    large = app.init(target / "project", small.settings)
    made = {name: table for name, table in build.manifest.tables.items() if not table.failed}
    with large.builds.making() as making, duckdb.connect(config=_limits(making.folder, small)) as db:
        db.execute("SET enable_progress_bar = false")
        for name in made:
            (making.folder / name).mkdir()
            original = db.read_parquet(pieces(build.path(name)))
            theirs = [c for c in _THEIRS if c in original.columns] if _WHOSE & set(original.columns) else []
            named = ", ".join(f"{_another(column)} AS {column}" for column in theirs)
            query = f"SELECT * EXCLUDE (again) REPLACE ({named}) FROM original, range({times}) AS t(again)"
            part = making.folder / name / "part-0.parquet"
            db.execute(f"COPY ({query if theirs else 'FROM original'}) TO '{part}' ({FORM})")
        tables = {
            name: making.keep(name, making.folder / name, fingerprint=f"{times:032x}", seconds=table.seconds)
            for name, table in made.items()
        }
        manifest = replace(build.manifest, number=making.number, batches=(), tables=tables)
        large.builds.point(making.finish(manifest).number)


def _another(column: str) -> str:
    """The first copy keeps its name."""
    return f"{column} || CASE again WHEN 0 THEN '' ELSE '~' || again END"


def _limits(scratch: Path, project: app.Project) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": project.settings.memory, "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": False,
    }  # fmt: skip


if __name__ == "__main__":
    _copy(Path(sys.argv[1]), Path(sys.argv[2]), times=int(sys.argv[3]))

"""Parquet: what stands in a table of which nothing has been written yet?"""

from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from shuke.errors import Damaged

#: How many rows a group has in a file that is laid out by a column: whoever asks for one value reads few
#: groups, and the fewer the rows that they hold, the better.
LAID_OUT_ROWS = 2_048


def empty(folder: Path, schema: ibis.Schema) -> Path:
    """A Parquet file of `schema` without rows, so that every engine reads nothing as it reads much."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"empty-{uuid4().hex}.parquet"
    pq.write_table(schema.to_pyarrow().empty_table(), path)
    return path


def damaged(files: Iterable[str]) -> Damaged | None:
    """The first of the files that is gone or no Parquet, as what one says of it."""
    for file in files:
        try:
            pq.read_metadata(file)
        except (OSError, pa.ArrowException):
            return Damaged.at(Path(file))
    return None


def pieces(path: Path) -> list[str]:
    """The Parquet files at a path: itself, or those in the folder that an engine has written."""
    return [str(p) for p in sorted(path.glob("*.parquet"))] if path.is_dir() else [str(path)]

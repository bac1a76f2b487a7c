"""Engine: what computes the tables, and how do they reach the disk?"""

import atexit
import gc
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir

from shuke.engine.duckdb import BEYOND, DuckDB
from shuke.errors import WrongCall
from shuke.languages import N_

__all__ = ["BEYOND", "DuckDB", "Engine", "Linkage", "open_engine"]


#: Planning makes objects by the million, and hardly any that refer to each other in a circle: to look for
#: those after every 700, as Python does, takes a twentieth of a build.
_BETWEEN_COLLECTIONS = 50_000


class Linkage(Protocol):
    """What an engine brings for Splink to work on it."""

    similarity: str
    """The engine's name for the similarity of Jaro and Winkler."""

    def open(self) -> Any:
        """Splink's way into the engine."""
        ...

    def name(self, table: ir.Table) -> str:
        """What Splink may call a table by, which is worked out when Splink reads it."""
        ...

    def table(self, name: str) -> ir.Table:
        """A table that Splink has made."""
        ...

    def clause(self, condition: ir.BooleanValue) -> str:
        """A condition over the columns of one table, as the engine's SQL writes it."""
        ...


class Engine(Protocol):
    """What a build asks of an engine; everything else is an Ibis expression."""

    name: str

    @property
    def backend(self) -> ibis.BaseBackend: ...

    def read(self, paths: Sequence[Path], schema: ibis.Schema) -> ir.Table:
        """The rows of Parquet files or folders as a table of `schema`; absent columns are null."""
        ...

    def write(self, table: ir.Table, folder: Path, *, by: str | None = None, key: Sequence[str] = ()) -> None:
        """The rows of a table as Parquet files in a new folder, each in the order of `by`, then of `key`."""
        ...

    def is_keyed(self, folder: Path, key: Sequence[str]) -> bool:
        """Whether every row of a written table is the only one of its key, of which no part is null."""
        ...

    def checkpoint(self, rows: ir.Table | Iterable[ir.Table]) -> ir.Table:
        """Compute now and hand back the rows; a table in parts, of one at least, part by part."""
        ...

    def passing(self) -> AbstractContextManager[None]:
        """What is computed on the way to a table within this context is dropped when it ends."""
        ...

    @property
    def linkage(self) -> Linkage: ...

    def close(self) -> None: ...


def open_engine(name: str, *, scratch: Path, memory: str = "3GB") -> Engine:
    """Open DuckDB, or Spark by its master's address.

    open_engine("duckdb", …)                      in this process
    open_engine("spark", …)                       Spark in this process, on all its cores
    open_engine("local[2]", …)                    Spark in this process
    open_engine("local-cluster[2,1,1024]", …)     Spark with executors of its own on this machine
    open_engine("spark://host:7077", …)           a cluster that sees the project's folder
    """
    _collect_seldom()
    if name == "duckdb":
        return DuckDB(scratch=scratch, memory=memory)
    try:
        from shuke.engine.spark import Spark  # an optional extra
    except ModuleNotFoundError as error:
        raise WrongCall(
            N_("The engine {engine} needs Spark. Install it with: pip install 'shuke[spark]'"), engine=name
        ) from error
    return Spark(master="local[*]" if name == "spark" else name, scratch=scratch)


@cache
def _collect_seldom() -> None:
    """Look for circles seldom, and never among what the libraries have loaded, which stays to the end."""
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    gc.freeze()
    atexit.register(gc.unfreeze)  # DuckDB looks at the end whether anything of its own is left

"""Workers: who runs users' SQL, so that no query can harm or block the server?

Processes of their own (see `worker`), of which at most two work at a time. Each answers one question after
another; one that takes too long, too much, or whose asker has left, is ended and another takes its place.
"""

import atexit
import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from shuke.engine import worker
from shuke.engine.processes import Process, ProcessPool
from shuke.errors import Crowded, ShukeError, Unavailable, WrongCall
from shuke.languages import N_


@dataclass(frozen=True, kw_only=True)
class QueryLimits:
    """What one answer may take."""

    seconds: int = 30
    memory: int = 2**30  # bytes
    rows: int = 100_000
    bytes: int = 32 * 2**20  # of the answer, as columns


@dataclass(frozen=True, kw_only=True)
class SqlQuery:
    """SQL that was checked (see `asked`), and what it may read."""

    sql: str
    files: Mapping[str, list[str]] = field(default_factory=dict)  # the Parquet files of each table
    rows: Mapping[str, pa.Table] = field(default_factory=dict)  # tables that are in no file
    views: Mapping[str, str] = field(default_factory=dict)  # further ones in SQL over these


class Cancellation:
    """Whether whoever asked has left: then nobody works for them any longer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = False
        self._stop: Callable[[], None] | None = None

    def leave(self) -> None:
        with self._lock:
            self._left = True
            if self._stop:
                self._stop()

    @contextmanager
    def stops(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` when they leave while this lasts."""
        with self._lock:
            self._stop = stop
            if self._left:
                stop()
        try:
            yield
        finally:
            with self._lock:
                self._stop = None


#: Whoever is asking now; a door that notices when they leave sets it.
CANCELLATION: ContextVar[Cancellation | None] = ContextVar("LEAVING", default=None)


class Workers:
    """So many work `at_once`, so many more wait for some seconds of `patience`; the rest is sent away."""

    def __init__(self, *, at_once: int = 2, waiting: int = 6, patience: float = 10.0) -> None:
        self._most, self._patience = at_once + waiting, patience
        self._free = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._here = 0
        self.kept = ProcessPool(_Worker)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A turn, for what a question costs before it is run as well; raises `Crowded`."""
        with self._lock:
            if self._here >= self._most:
                raise Crowded
            self._here += 1
        try:
            if not self._free.acquire(timeout=self._patience):
                raise Crowded
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._here -= 1

    def at_work(self) -> bool:
        """Whether every one of them has something to do; if not, see whether one can be asked, or raise."""
        if not self._free.acquire(blocking=False):
            return True
        try:
            read(self.answer(SqlQuery(sql="select 1"), QueryLimits())).read_all()
        finally:
            self._free.release()
        return False

    def answer(
        self, question: SqlQuery, limits: QueryLimits, tell: "Telling | None" = None
    ) -> Generator[pa.Schema | pa.RecordBatch]:
        """The schema, then the rows as they come; asked for, and read to the end, within one `place`."""
        at_work, whole = self.kept.take(), False
        timer = threading.Timer(limits.seconds, at_work.end, ("time",))
        timer.daemon = True
        timer.start()
        try:
            with (CANCELLATION.get() or Cancellation()).stops(lambda: at_work.end("left")):
                yield from at_work.answer(question, limits)
            whole = True
        except Failed as failure:
            whole = True
            raise (tell or as_error)(failure, limits) from None
        finally:
            timer.cancel()
            self.kept.give_back(at_work, whole=whole)

    def close(self) -> None:
        self.kept.close()


class _Worker(Process):
    """One process, and how it is asked."""

    def __init__(self) -> None:
        super().__init__(str(Path(worker.__file__)))

    def answer(self, question: SqlQuery, limits: QueryLimits) -> Iterator[pa.Schema | pa.RecordBatch]:
        with suppress(BrokenPipeError):  # it has ended, as is noticed when there is nothing to read
            self._ask(question, limits)
        first = True
        while (piece := self._piece()) is not None:
            if first:
                yield piece.schema
            first = False
            yield from piece

    def _ask(self, question: SqlQuery, limits: QueryLimits) -> None:
        rows = {name: _written(table) for name, table in question.rows.items()}
        as_error = {
            "sql": question.sql, "files": dict(question.files), "views": dict(question.views),
            "rows": {name: len(content) for name, content in rows.items()}, "seconds": limits.seconds,
            "memory": limits.memory, "most_rows": limits.rows, "most_bytes": limits.bytes,
        }  # fmt: skip
        self.asked.write(json.dumps(as_error).encode() + b"\n")
        self.asked.writelines(rows.values())
        self.asked.flush()

    def _piece(self) -> pa.RecordBatchReader | None:
        """Some rows, none at the end; raises what went wrong."""
        head = self.told.read(worker.HEAD.size)
        kind, size = worker.HEAD.unpack(head) if len(head) == worker.HEAD.size else (b"", 0)
        content = self.told.read(size)
        if kind == b"E":
            self.told.read(worker.HEAD.size)  # the end, so that it can be asked again
            raise Failed(**json.loads(content))
        if kind not in (b"R", b".") or len(content) != size:
            # The system ends a process by a signal; one that ends by itself cannot do what it is for.
            raise Failed(self.why or ("ended" if self.status() < 0 else "broken"))
        return pa.ipc.open_stream(content) if kind == b"R" else None


class Failed(Exception):
    """What a worker could not do: a class of the engine's errors, or one of our own words for it."""

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(kind)
        self.kind, self.text = kind, text


Telling = Callable[[Failed, QueryLimits], ShukeError]


def as_error(failure: Failed, limits: QueryLimits) -> ShukeError:
    """It in a person's words. What speaks of names is told; what may speak of values or of files is not."""
    if failure.kind == "broken":
        return Unavailable(N_("The process that works out SQL does not run on this machine."))
    if failure.kind in _OF_NAMES:
        line = failure.text.partition("\n")[0]
        return WrongCall(N_("The database did not understand: {error}"), error=line)
    return WrongCall(
        _REASONS.get(failure.kind, _REASONS["value"]),
        seconds=limits.seconds, rows=limits.rows, megabytes=limits.bytes >> 20, memory=limits.memory >> 20,
    )  # fmt: skip


_OF_NAMES = {
    "BinderException", "CatalogException", "ParserException", "SyntaxException", "NotImplementedException",
}  # fmt: skip
_MEMORY = N_("This needs more than {memory} MB of memory. Ask for fewer rows or columns, or for aggregates.")
_REASONS = {
    "value": N_(
        "This cannot be worked out for every row. Where a value does not fit, try_cast gives nothing."
    ),
    "time": N_("This took more than {seconds} seconds and was cancelled. Ask for fewer rows or tables."),
    "left": N_("The client has disconnected."),
    "rows": N_("The result has more than {rows} rows. Add a limit or a condition, or ask for aggregates."),
    "bytes": N_(
        "The result is larger than {megabytes} MB. Ask for fewer rows or columns, or for aggregates."
    ),
    "ended": _MEMORY,
    "OutOfMemoryException": _MEMORY,
}


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def read(answer: Iterator[pa.Schema | pa.RecordBatch]) -> pa.RecordBatchReader:
    """The rows of an answer; what is wrong with the question is raised now, not when they are read."""
    return pa.RecordBatchReader.from_batches(next(answer), answer)


#: Those of this process.
WORKERS = Workers()
atexit.register(WORKERS.close)

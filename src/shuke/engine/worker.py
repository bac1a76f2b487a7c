"""Worker: what answers SQL in a separate process that can change nothing?

Started by its file and not as a part of the package, for it needs no more than the engine: see `workers`. It
reads requests from its standard input and writes pieces of answers to its standard output, until there is no
more input:

    request   a line of JSON, then the rows that it brings along
    piece     a letter, a length, and so many bytes: R rows (an Arrow stream), E an error (JSON), . the end
"""

import contextlib
import json
import os
import signal
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from shuke.confined import give_up_rights, take_at_most

HEAD = struct.Struct("!cQ")
BATCH_ROWS = 50_000

#: What the engine takes for itself beside what it counts, and Python.
BESIDE = 2 * 2**30

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}


def serve(asked: BinaryIO, written: BinaryIO) -> None:
    """Answer request after request; the next database is made before it is asked for."""
    import duckdb  # after the lock, which holds for threads that begin after it
    import pyarrow as pa

    def tell(kind: bytes, content: bytes | memoryview = b"") -> None:
        written.write(HEAD.pack(kind, len(content)))
        written.write(content)
        written.flush()

    SELECT = duckdb.StatementType.SELECT  # noqa: N806 - one of theirs

    def connect() -> Any:
        return duckdb.connect(":memory:", config=SETTINGS)

    duckdb.extract_statements("select 1")  # makes its parser
    connection = connect()
    for line in asked:
        request = json.loads(line)
        rows = {
            name: pa.ipc.open_stream(asked.read(size)).read_all() for name, size in request["rows"].items()
        }
        try:
            with bounded(request["seconds"], request["memory"]):
                if [each.type for each in duckdb.extract_statements(request["sql"])] != [SELECT]:
                    raise duckdb.ParserException("This is not one SELECT.")
                for kind, content in answered(request, rows, connection, pa):
                    tell(kind, content)
        except (duckdb.Error, pa.ArrowException, OSError, MemoryError) as error:
            tell(b"E", json.dumps({"kind": kind_of(error), "text": str(error)}).encode())
        tell(b".")
        connection.close()  # nothing stays for whoever asks next
        connection = connect()


def kind_of(error: Exception) -> str:
    """The engine's own class for it, also where rows that were on their way bring it."""
    if isinstance(error, MemoryError) or "Out of Memory" in str(error):
        return "OutOfMemoryException"
    return type(error).__name__


@contextlib.contextmanager
def bounded(seconds: int, memory: int) -> Iterator[None]:
    """The system ends this process when it takes more, also when nobody is left who would."""
    take_at_most(seconds=seconds * (os.cpu_count() or 1), memory=memory + BESIDE)
    if sys.platform == "win32":
        yield
        return
    signal.alarm(seconds + 5)
    try:
        yield
    finally:
        signal.alarm(0)


def answered(request: Any, rows: Any, connection: Any, pa: Any) -> Iterator[tuple[bytes, Any]]:
    """What a database answers that reads the files of the request and nothing else."""
    lock(request, rows, connection)
    reader = connection.sql(request["sql"]).to_arrow_reader(BATCH_ROWS)
    yield b"R", stream(pa, reader.schema, None)
    count = size = 0
    for batch in reader:
        count, size = count + batch.num_rows, size + batch.nbytes
        if count > request["most_rows"] or size > request["most_bytes"]:
            yield b"E", json.dumps({"kind": "rows" if count > request["most_rows"] else "bytes"}).encode()
            return
        yield b"R", stream(pa, reader.schema, batch)


def stream(pa: Any, schema: Any, batch: Any) -> Any:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        if batch is not None:
            writer.write_batch(batch)
    return memoryview(sink.getvalue())


def lock(request: Any, rows: Any, connection: Any) -> None:
    """Give a database its tables, then shut it: no other file, no other setting."""
    files = [file for names in request["files"].values() for file in names]
    connection.execute(f"set memory_limit = '{request['memory']}B'")
    connection.execute(f"set allowed_paths = [{', '.join(map(text, files))}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set TimeZone = 'UTC'")  # as everywhere inside
    for table, names in request["files"].items():
        listed = ", ".join(map(text, names))
        connection.execute(f"create view {name(table)} as select * from read_parquet([{listed}])")
    for table, content in rows.items():
        connection.register("brought", content)
        connection.execute(f"create table {name(table)} as select * from brought")
        connection.unregister("brought")
    connection.execute("set lock_configuration = true")
    for view, sql in request["views"].items():
        connection.execute(f"create view {name(view)} as {sql}")


def name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


if __name__ == "__main__":
    give_up_rights()
    serve(sys.stdin.buffer, sys.stdout.buffer)

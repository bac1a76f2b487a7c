"""Operations: what do people and the outside world change between two builds?

One database: SQLite in the project's folder, or PostgreSQL by URL. The tables stand here; the
functions that read and write them stand with their concepts (`access`, `alerts`). Work happens in

    with operations.reading() as connection: ...     one consistent view, writes nothing
    with operations.writing() as connection: ...     all of it or, after any error, none

Those who write at once do so one after another, on either database: SQLite has one writer, and on
PostgreSQL each takes a lock first. So whoever reads and then writes within one `writing` decides by what is
there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError

from shuke.errors import Damaged, WrongSettings
from shuke.languages import N_
from shuke.store import disk
from shuke.store.refusals import explained
from shuke.store.rooms import ROOMS  # noqa: F401 - their tables are known to whoever opens the database
from shuke.store.schema import DOCUMENT, NUMBER, Money, UtcMoment, metadata

HEAD = "0017"  # the newest revision under migrations/; lets an up-to-date database open without Alembic
BUSY_SECONDS = 15  # how long a writer waits for another one's transaction
CONNECTIONS = 40  # at once, as many as a server has threads; they are opened when they are needed
CONNECT_SECONDS = 10  # how long PostgreSQL may take to answer at all

#: On PostgreSQL. The lock goes with the transaction; it is one for each schema, where a project's tables are.
_TURN = text(
    "SELECT set_config('lock_timeout', :patience, true),"
    " pg_advisory_xact_lock(hashtextextended('shuke.writing ' || coalesce(current_schema(), ''), 0))"
)


users = Table(
    "users",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),  # as access.users.normalise writes it
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text),  # none: as the browser asks
    Column("must_change", Boolean, nullable=False),  # the password was made for them: good for one login
    Column("created_at", UtcMoment, nullable=False),
    Column("disabled_at", UtcMoment),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("user_id", NUMBER, ForeignKey("users.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),  # may at most what this role may
    Column("digest", Text, nullable=False, unique=True),
    Column("created_at", UtcMoment, nullable=False),
    Column("expires_at", UtcMoment),
    Column("last_used_at", UtcMoment),
    Column("revoked_at", UtcMoment),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", NUMBER, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", UtcMoment, nullable=False),
    Column("seen_at", UtcMoment, nullable=False),
    Column("revoked_at", UtcMoment),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("bucket", Text, primary_key=True),  # a digest: neither names nor addresses are kept
    Column("attempts", Integer, nullable=False),
    Column("until", UtcMoment, nullable=False, index=True),
)

# Append-only: triggers of the first migration refuse to change or delete a row.
audit = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("at", UtcMoment, nullable=False, index=True),
    Column("who", Text, nullable=False, index=True),
    Column("door", Text, nullable=False),
    Column("verb", Text, nullable=False, index=True),
    Column("subject_kind", Text),
    Column("subject_id", Text),
    Column("count", BigInteger),
    Column("detail", DOCUMENT, nullable=False),
    Index(None, "subject_kind", "subject_id"),
    sqlite_autoincrement=True,
)

# An alert is (rule, subject); its state is its last flip, the one with the highest number. Two that
# flip an alert at once choose the same number, and the second is refused.
alert_flips = Table(
    "alert_flips",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, 3… within the alert
    Column("old_status", Text),
    Column("new_status", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("evidence", DOCUMENT, nullable=False),
    Column("build", Integer, index=True),
    Column("at", UtcMoment, nullable=False, index=True),
    Column("who", Text),  # none: a build flipped it
    Column("at_stake", Money),  # in the project's currency; none: nobody knows
    UniqueConstraint("rule", "subject_kind", "subject_id", "number"),
    Index(None, "subject_kind", "subject_id"),
    sqlite_autoincrement=True,
)

# Whom an alert is given to is its last note that says so.
alert_notes = Table(
    "alert_notes",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("assignee", Text),  # the name of a user; empty text: nobody any more
    Column("comment", Text),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    Index(None, "rule", "subject_kind", "subject_id"),
    sqlite_autoincrement=True,
)

# Undoing a decision leaves its row: that it was in force, and until when, remains to be seen.
decisions = Table(
    "decisions",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("left_records", DOCUMENT, nullable=False),
    Column("right_records", DOCUMENT, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("note", Text, nullable=False),
    Column("undone_at", UtcMoment),
    Column("undone_by", Text),
    sqlite_autoincrement=True,
)

# How the forecasts of a table came out, one row each time that somebody asked.
grades = Table(
    "grades",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("table_name", Text, nullable=False, index=True),
    Column("as_of", Date, nullable=False),  # the day of the forecasts
    Column("until", Date, nullable=False),  # the last day on which they could come true
    Column("build", Integer, nullable=False),  # what knew how they came out
    Column("subjects", BigInteger, nullable=False),
    Column("measures", DOCUMENT, nullable=False),
    Column("sentence", DOCUMENT, nullable=False),  # language -> words
    Column("at", UtcMoment, nullable=False),
    sqlite_autoincrement=True,
)

# A segment is its last version. What a list names stands beside the version; one names customers by the ids
# that they had.
segment_versions = Table(
    "segment_versions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, 3… within the segment
    Column("expression", Text),  # none: a list
    Column("listed", BigInteger),
    Column("archived", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    UniqueConstraint("name", "number"),
    sqlite_autoincrement=True,
)

segment_list_members = Table(
    "segment_list_members",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("customer_id", Text, primary_key=True),
)


@dataclass(frozen=True)
class Operations:
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._transaction(postgresql_readonly=True, **_AS_OF_ONE_MOMENT[self.engine.name]) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._transaction(writes=True) as connection:
            if self.engine.name == "postgresql":
                connection.execute(_TURN, {"patience": f"{BUSY_SECONDS}s"})
            yield connection

    @contextmanager
    def _transaction(self, **options: Any) -> Iterator[Connection]:
        with (
            explained(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_operations(place: str | Path, *, anew: bool = True) -> Operations:
    """The database at a URL or in a file, made or brought up to date where it is not.

    Where there was one before, none is made `anew`: raises `Damaged`.

    open_operations(Path("/srv/shop/data/operations.db"))
    open_operations("postgresql://shuke@db.example/shop")
    """
    if isinstance(place, Path) and not place.exists() and (not anew or lock_of(place).exists()):
        raise Damaged(_GONE)  # before SQLite makes a file
    operations = connect(place)
    try:
        if not anew and revision(operations) is None:
            raise Damaged(_GONE)
        upgrade(operations)
    except BaseException:
        operations.close()
        raise
    return operations


def connect(place: str | Path) -> Operations:
    """The database as it stands."""
    return Operations(_engine(_in_file(place) if isinstance(place, Path) else _parsed(place)))


_GONE = N_(
    "The operations database is gone or empty, though this project has landed batches or builds. Put it back "
    "from a copy; or run `shuke doctor --repair`, which says what is lost and makes a new one."
)


def lock_of(file: Path) -> Path:
    """The lock that stays beside a database once it was made."""
    return file.with_name(f"{file.name}.lock")


def upgrade(operations: Operations) -> None:
    """Run the migrations that this database lacks; of several processes at once, one does."""
    if revision(operations) == HEAD:
        return
    from shuke.store import migrations  # Alembic takes 0.2 s that an up-to-date database need not wait

    with _alone(operations.engine), operations.writing() as connection:
        migrations.run(connection)


def revision(operations: Operations) -> str | None:
    """The migration that the database stands at; none when it is empty."""
    with operations.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _in_file(path: Path) -> URL:
    # Never written into a URL to be read again: there % and ? mean something, in a folder's name they do not.
    return URL.create("sqlite+pysqlite", database=str(path))


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise WrongSettings(N_("The database URL cannot be read.")) from None  # it may hold a password
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite+pysqlite")
    raise WrongSettings(N_("The database URL must begin with sqlite:/// and a path, or with postgresql://."))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        patience = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
        try:
            # Whoever has waited for their turn must see what those before them wrote.
            return create_engine(
                url, isolation_level="READ COMMITTED", connect_args=patience, pool_pre_ping=True, **_POOL
            )
        except ModuleNotFoundError as error:
            raise WrongSettings(
                N_("PostgreSQL needs one more package: pip install 'shuke[postgres]'")
            ) from error
    engine = create_engine(url, **_POOL)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


_POOL: dict[str, Any] = {
    "hide_parameters": True, "pool_size": 5, "max_overflow": CONNECTIONS - 5, "pool_timeout": BUSY_SECONDS
}  # fmt: skip

#: What SQLite's readers have anyway.
_AS_OF_ONE_MOMENT = {"postgresql": {"isolation_level": "REPEATABLE READ"}, "sqlite": {}}


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins too late, and never for DDL; we begin ourselves
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # on macOS fsync alone does not reach the disk


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns into a writer is refused at once when another wrote meanwhile, busy_timeout
    # or not; so a writer says at its beginning that it is one.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Hold SQLite's file alone while it is made; PostgreSQL is locked within the transaction.

    Of two connections that turn a new file to WAL at once, SQLite refuses one without waiting.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(str(engine.url.database))
    with FileLock(lock_of(path), mode=disk.FILE), explained():
        path.chmod(disk.FILE)  # password hashes; the files beside it take the same mode
        raw = engine.raw_connection()
        raw.cursor().execute("PRAGMA journal_mode = WAL")  # stays with the file
        raw.close()
        yield

"""The operations database: opened, migrated, shared and killed on SQLite and on PostgreSQL."""

import random
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from shuke.errors import Busy, Unavailable, WrongSettings
from shuke.store import migrations
from shuke.store.operations import (
    HEAD,
    Operations,
    alert_flips,
    audit,
    open_operations,
    revision,
    sessions,
    users,
)
from shuke.store.schema import UtcMoment, metadata

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_migrations_make_exactly_the_declared_tables(operations: Operations) -> None:
    with operations.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_comparison_would_see_a_missing_column(operations: Operations) -> None:
    with operations.writing() as connection:
        connection.execute(text("ALTER TABLE tokens DROP COLUMN last_used_at"))
    with operations.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata)


def test_head_is_the_newest_migration_script(operations: Operations) -> None:
    with operations.reading() as connection:
        assert ScriptDirectory.from_config(migrations.config(connection)).get_current_head() == HEAD
    assert revision(operations) == HEAD


def test_opening_again_keeps_what_was_written(operations: Operations, empty_database: str) -> None:
    _add_user(operations, "lin")
    again = open_operations(empty_database)
    assert _user_names(again) == ["lin"]
    again.close()


def test_opening_an_up_to_date_database_does_not_import_alembic(
    operations: Operations, empty_database: str
) -> None:
    code = (
        "import sys; from shuke.store.operations import open_operations; open_operations(sys.argv[1]);"
        "sys.exit('alembic' in sys.modules)"
    )
    assert _python(code, empty_database).wait() == 0


def test_several_processes_open_a_new_database_at_once(empty_database: str) -> None:
    code = "import sys; from shuke.store.operations import open_operations; open_operations(sys.argv[1])"
    opened = [_python(code, empty_database) for _ in range(4)]
    assert [process.wait() for process in opened] == [0, 0, 0, 0]


def test_a_database_of_a_newer_version_is_left_alone(operations: Operations, empty_database: str) -> None:
    with operations.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="newer version"):
        open_operations(empty_database)
    assert revision(operations) == "9999"


def test_a_migration_that_fails_leaves_nothing(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: object) -> None:
        run(connection)  # type: ignore[arg-type]
        raise RuntimeError("killed")

    run = migrations.run
    monkeypatch.setattr(migrations, "run", fail)
    with pytest.raises(RuntimeError):
        open_operations(empty_database)
    monkeypatch.undo()
    opened = open_operations(empty_database)
    assert revision(opened) == HEAD
    opened.close()


def test_an_error_undoes_all_of_a_transaction(operations: Operations) -> None:
    with pytest.raises(IntegrityError), operations.writing() as connection:  # noqa: PT012
        connection.execute(insert(users), _user("lin"))
        connection.execute(insert(users), _user("lin"))
    assert _user_names(operations) == []


def test_foreign_keys_hold(operations: Operations) -> None:
    orphan = {"digest": "x", "user_id": 99, "created_at": NOON, "seen_at": NOON}
    with pytest.raises(IntegrityError), operations.writing() as connection:
        connection.execute(insert(sessions), orphan)


def test_moments_come_back_in_utc(operations: Operations) -> None:
    shanghai = datetime(2026, 11, 21, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with operations.writing() as connection:
        connection.execute(insert(users), _user("lin") | {"created_at": shanghai})
        read = connection.execute(select(users.c.created_at)).scalar_one()
    assert (read, read.tzinfo) == (NOON.replace(microsecond=123456), UTC)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcMoment().process_bind_param(NOON.replace(tzinfo=None), create_engine("sqlite://").dialect)


@pytest.mark.parametrize("statement", [update(audit).values(who="nobody"), audit.delete()])
def test_the_audit_log_can_only_grow(operations: Operations, statement: object) -> None:
    row = {"at": NOON, "who": "lin", "door": "cli", "verb": "looked", "detail": {}}
    with operations.writing() as connection:
        connection.execute(insert(audit), row)
    with pytest.raises(IntegrityError, match="append-only"), operations.writing() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def test_an_alert_cannot_be_flipped_twice_from_the_same_state(operations: Operations) -> None:
    flip = {
        "rule": "lapsing",
        "subject_kind": "customer",
        "subject_id": "c1",
        "number": 1,
        "new_status": "open",
        "severity": "high",
        "since": NOON.date(),
        "evidence": {"days": 90},
        "at": NOON,
    }
    with operations.writing() as connection:
        connection.execute(insert(alert_flips), flip)
    with pytest.raises(IntegrityError), operations.writing() as connection:
        connection.execute(insert(alert_flips), flip | {"new_status": "resolved"})


ADD_PAIRS = """
import sys
from datetime import UTC, datetime
from sqlalchemy import insert
from shuke.store.operations import audit, open_operations, users

url, name, most = sys.argv[1:]
now = datetime(2026, 11, 21, tzinfo=UTC)
operations = open_operations(url)
for number in range(int(most)):
    user = {"name": name + str(number), "password_hash": "", "role": "viewer",
            "must_change": True, "created_at": now}
    with operations.writing() as connection:
        connection.execute(insert(users), user)
        connection.execute(insert(audit), {"at": now, "who": name, "door": "cli", "verb": "x", "detail": {}})
"""


def test_processes_that_write_at_once_lose_nothing(operations: Operations, empty_database: str) -> None:
    writers = [_python(ADD_PAIRS, empty_database, name, "40") for name in ("lin", "wu")]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert _counts(operations) == (80, 80)


def test_a_killed_writer_leaves_whole_transactions(operations: Operations, empty_database: str) -> None:
    for attempt in range(3):
        before = _counts(operations)[0]
        writer = _python(ADD_PAIRS, empty_database, f"lin{attempt}-", "1000000")
        while _counts(operations)[0] == before:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        user_count, audit_count = _counts(operations)
        assert user_count == audit_count > before
    _add_user(operations, "wu")


def test_a_reader_keeps_its_view_and_does_not_hold_up_a_writer(tmp_path: Path) -> None:
    operations = open_operations(f"sqlite:///{tmp_path}/operations.db")
    with operations.reading() as reader:
        assert reader.execute(select(func.count()).select_from(users)).scalar() == 0
        _add_user(operations, "lin")
        assert reader.execute(select(func.count()).select_from(users)).scalar() == 0
    assert _user_names(operations) == ["lin"]
    operations.close()


def test_a_writer_that_waits_too_long_hears_that_the_database_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shuke.store.operations.BUSY_SECONDS", 0)
    operations = open_operations(f"sqlite:///{tmp_path}/operations.db")
    with operations.writing(), pytest.raises(Busy), operations.writing():
        pass
    operations.close()


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    operations = open_operations(f"sqlite:///{tmp_path}/operations.db")
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    with operations.reading() as connection:
        assert [connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in pragmas] == ["wal", 2, 1]
    assert stat.S_IMODE((tmp_path / "operations.db").stat().st_mode) == 0o600
    operations.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "operations.db").write_text("name,phone\n" * 1000)
    with pytest.raises(Unavailable):
        open_operations(f"sqlite:///{tmp_path}/operations.db")


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        open_operations(f"postgresql://nobody:secret@/shop?host={tmp_path}")


@pytest.mark.parametrize(
    "url", ["operations.db", "sqlite://", "sqlite:///:memory:", "mysql://shop:secret@db/x"]
)
def test_other_databases_are_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(WrongSettings) as refused:
        open_operations(url)
    assert "secret" not in str(refused.value)


def test_errors_do_not_show_what_was_written(operations: Operations) -> None:
    _add_user(operations, "lin")
    with pytest.raises(IntegrityError) as refused, operations.writing() as connection:
        connection.execute(insert(users), _user("lin") | {"password_hash": "a secret"})
    assert "a secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["x y", "x%20y", "a?b", "a?c", "a#b", "a&b=c", "[a]", "%"])
def test_a_database_lies_in_its_own_folder_whatever_that_is_called(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    operations = open_operations(folder / "operations.db")
    _add_user(operations, "lin")
    operations.close()
    assert (folder / "operations.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


def _python(code: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", code, *arguments])


def _user(name: str) -> dict[str, object]:
    return {"name": name, "password_hash": "", "role": "viewer", "must_change": False, "created_at": NOON}


def _add_user(operations: Operations, name: str) -> None:
    with operations.writing() as connection:
        connection.execute(insert(users), _user(name))


def _user_names(operations: Operations) -> list[str]:
    with operations.reading() as connection:
        return list(connection.execute(select(users.c.name).order_by(users.c.id)).scalars())


def _counts(operations: Operations) -> tuple[int, int]:
    with operations.reading() as connection:
        of_users = select(func.count()).select_from(users).scalar_subquery()
        of_entries = select(func.count()).select_from(audit).scalar_subquery()
        row = connection.execute(select(of_users, of_entries)).one()
    return row[0], row[1]

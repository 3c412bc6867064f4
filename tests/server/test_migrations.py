"""Databases of an older schema: brought up by themselves, with a copy kept."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import Connection

from tui.errors import StorageError
from tui.server.migrations import MIGRATIONS, Migration
from tui.server.opening import _keep_copy, open_database
from tui.server.storage import Busy

NEXT = MIGRATIONS[-1].revision + 1


def _add_column(operations: Operations, connection: Connection) -> None:
    with operations.batch_alter_table("boards") as table:
        table.add_column(sa.Column("motto", sa.Text, nullable=False, server_default=""))
    connection.execute(sa.text("UPDATE boards SET motto = name"))


def _fail(operations: Operations, connection: Connection) -> None:
    connection.execute(sa.text("CREATE TABLE half (a INTEGER)"))
    raise StorageError("the step failed")


def _rebuild(operations: Operations, connection: Connection) -> None:
    with operations.batch_alter_table("boards", recreate="always") as table:
        table.alter_column("name", new_column_name="title")


def _orphan(operations: Operations, connection: Connection) -> None:
    connection.execute(sa.text("DELETE FROM boards"))


STEP = Migration(NEXT, _add_column)
BROKEN = Migration(NEXT + 1, _fail)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of today's schema, which the migrations of these tests see as an old one."""
    file = tmp_path / "cardwall.db"
    open_database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("INSERT INTO boards VALUES ('b', 'Sales', 'DEAL', 1, 1, 0, 1, 1, '{}', '[]', 0, 0, 1)")
        raw.commit()
    return file


def _columns(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [row[1] for row in raw.execute("PRAGMA table_info(boards)")]


def _revision(file: Path) -> int:
    with closing(sqlite3.connect(file)) as raw:
        (revision,) = raw.execute("SELECT revision FROM cardwall_schema").fetchone()
        return int(revision)


def test_steps_that_are_due_are_taken_and_a_copy_is_kept(file: Path) -> None:
    before = _revision(file)
    database = open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, STEP))
    assert not database.fresh
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT name, motto FROM boards")).all() == [("Sales", "Sales")]
    database.close()
    assert _revision(file) == NEXT
    kept = file.with_name(f"cardwall.db.bak-{before}")
    assert _revision(kept) == before
    assert "motto" not in _columns(kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in file.parent.glob("*.bak-*")) == [kept.name]


def test_a_database_that_is_up_to_date_is_left_alone(file: Path) -> None:
    open_database(f"sqlite:///{file}").close()
    assert not list(file.parent.glob("*.bak-*"))


def test_a_step_that_fails_takes_everything_back(file: Path) -> None:
    before = _revision(file)
    with pytest.raises(StorageError, match="the step failed"):
        open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, STEP, BROKEN))
    assert _revision(file) == before
    assert "motto" not in _columns(file)
    open_database(f"sqlite:///{file}").close()


def _add_item(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(
            "INSERT INTO items (id, board_id, prefix, number, name, column_id, position, fields, fields_revision,"
            " labels, version, revision, created_at, updated_at, serial)"
            " VALUES ('i', 'b', 'DEAL', 1, 'x', 'c', 1, '{}', 1, '[]', 1, 1, 0, 0, 0)"
        )
        raw.commit()


def test_a_table_that_others_refer_to_can_be_rebuilt(file: Path) -> None:
    _add_item(file)
    open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, Migration(NEXT, _rebuild))).close()
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("SELECT title, items.id FROM boards JOIN items ON board_id = boards.id").fetchall() == [
            ("Sales", "i")
        ]


def test_a_step_that_leaves_rows_without_their_board_is_taken_back(file: Path) -> None:
    _add_item(file)
    with pytest.raises(StorageError, match="without losing rows"):
        open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, Migration(NEXT, _orphan)))
    assert "name" in _columns(file)


def test_two_programs_that_start_at_once_migrate_once(file: Path) -> None:
    failures: list[Exception] = []
    gate = threading.Barrier(4)

    def start() -> None:
        gate.wait()
        try:
            open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, STEP)).close()
        except (StorageError, sa.exc.SQLAlchemyError) as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _columns(file).count("motto") == 1


@contextmanager
def _migrating(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process in the midst of its migration; it ends it when it gets a line."""
    program = (
        "import sqlite3, sys; raw = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "raw.execute('BEGIN IMMEDIATE'); raw.execute('UPDATE cardwall_schema SET revision = revision + 1');"
        "print(flush=True); sys.stdin.readline(); raw.execute('COMMIT')"
    )
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            yield other
        finally:
            other.kill()


def test_another_programs_migration_is_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    before = _revision(file)
    with _migrating(file) as other:

        class Patient(sqlite3.Connection):
            def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
                if sql == "PRAGMA busy_timeout=30000":  # the usual wait is over
                    assert other.stdin is not None
                    other.stdin.write(b"\n")
                    other.stdin.flush()
                return super().execute(sql, *parameters)

        monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *a, **k: connect(*a, **k, factory=Patient))
        steps = (*MIGRATIONS, STEP)
        open_database(f"sqlite:///{file}", migrations=steps, busy_seconds=0.05, migration_seconds=30).close()
        assert other.wait() == 0
    assert _revision(file) == before + 1
    assert "motto" not in _columns(file)
    assert not list(file.parent.glob("*.bak-*"))


def test_another_programs_migration_that_takes_too_long(file: Path) -> None:
    with _migrating(file), pytest.raises(Busy, match=rf"is bringing {file} up to date and was not done after"):
        open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, STEP), busy_seconds=0.05, migration_seconds=0.05)


def test_the_copy_of_one_who_was_faster_is_kept(file: Path) -> None:
    open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, STEP)).close()
    kept = file.with_name(f"cardwall.db.bak-{NEXT - 1}")
    _keep_copy(file, NEXT - 1)
    assert _revision(kept) == NEXT - 1
    assert [each.name for each in file.parent.glob("*bak-*")] == [kept.name]


def test_without_room_for_a_copy_nothing_is_touched(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(self: Path, mode: int = 0o666, exist_ok: bool = True) -> None:
        raise OSError(28, "No space left on device")

    before = _revision(file)
    monkeypatch.setattr(Path, "touch", no_room)
    with pytest.raises(StorageError, match=r"no copy of it can be kept.*No space left.*not touched"):
        open_database(f"sqlite:///{file}", migrations=(*MIGRATIONS, STEP))
    assert _revision(file) == before


def test_alembic_is_loaded_only_when_it_is_needed(file: Path) -> None:
    program = (
        "import sys; from tui.server.opening import open_database; open_database(sys.argv[1]).close();"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, f"sqlite:///{file}"], check=True)


def test_new_databases_made_at_once_are_one(tmp_path: Path) -> None:
    made: list[bool] = []
    gate = threading.Barrier(4)

    def start() -> None:
        gate.wait()
        database = open_database(f"sqlite:///{tmp_path}/cardwall.db")
        made.append(database.fresh)
        database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]

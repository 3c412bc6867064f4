"""Opening a database: checked, migrated if it must be, or refused with a sentence."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from tui.errors import StorageError
from tui.server.database import BUSY_SECONDS, Database, connect_database
from tui.server.migrations import FIRST_REVISION, MIGRATIONS, Migration
from tui.server.storage import Busy, Newer, storage_error
from tui.server.tables import metadata, schema_state

MIGRATION_SECONDS = 60.0
"""How long one who opens a SQLite file waits for another who is just migrating it."""
_WAL_PAUSE = 0.01
"""Seconds between two attempts at a file that is being made."""


def open_database(
    url: str,
    *,
    migrations: Sequence[Migration] = MIGRATIONS,
    busy_seconds: float = BUSY_SECONDS,
    migration_seconds: float = MIGRATION_SECONDS,
) -> Database:
    """A database ready for use: made when missing, migrated when behind.

    Raises StorageError when it is newer than this program, not ours, not a database, locked, or cannot be written.
    A lock is waited for `busy_seconds`; one on a file that is behind is another program's migration, and is given
    `migration_seconds` more.
    """
    database = connect_database(url, busy_seconds=busy_seconds)
    try:
        if database.is_sqlite:
            _check_sqlite(database, busy_seconds)
            _check_lock(database, _newest(migrations), migration_seconds)
        _bring_up(database, migrations, migration_seconds)
    except DBAPIError as error:
        database.close()
        known = storage_error(error, database.place)
        if known is None:
            raise
        raise known from error
    except BaseException:
        database.close()
        raise
    return database


def _check_sqlite(database: Database, busy_seconds: float) -> None:
    file = Path(database.place)
    if file.is_dir():
        raise StorageError(f"{file} is a folder. Choose a file with --database.")
    new = not file.exists()
    with database.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            mode = _enter_wal(driver, busy_seconds)
        except sqlite3.Error as error:
            raise DBAPIError("opening", None, error) from error
        if mode != "wal":
            raise StorageError(
                f"The file system of {file} cannot lock files, so two programs could destroy each other's writes. "
                "Choose a place on a local disk with --database."
            )
    if new:
        file.chmod(0o600)


def _enter_wal(driver: sqlite3.Connection, busy_seconds: float) -> object:
    """The journal mode afterwards. SQLite itself does not wait here for one who is just making the same file."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            return driver.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
        time.sleep(_WAL_PAUSE)


def _check_lock(database: Database, newest: int, migration_seconds: float) -> None:
    """Take the write lock once, so that a file that cannot be written is told before it is used."""

    def nothing(_connection: Connection) -> None: ...

    try:
        database.write(nothing)
    except Busy:
        revision = database.read(_revision)
        if revision is None or revision >= newest:
            raise
        with database.migrating(migration_seconds):
            database.write(nothing)


def _newest(migrations: Sequence[Migration]) -> int:
    return migrations[-1].revision if migrations else FIRST_REVISION


def _bring_up(database: Database, migrations: Sequence[Migration], migration_seconds: float) -> None:
    newest = _newest(migrations)
    revision = database.read(_revision)
    if revision is None:
        database.fresh = database.write(lambda connection: _create(connection, newest, database.place))
        revision = database.read(_revision)
    if revision is not None and revision < newest:
        # Half a second to import, so only a schema that is behind pays for it, and nobody waits for it at the lock.
        import_module("alembic.operations")
        if database.is_sqlite:
            _keep_copy(Path(database.place), revision)
        with database.migrating(migration_seconds):
            revision = database.write(lambda connection: _migrate(connection, migrations))
    if revision is None or revision > newest:
        raise Newer(
            f"{database.place} was written by a newer cardwall (schema {revision}, this one knows {newest}). "
            "Update cardwall, or choose another place with --database."
        )


def _revision(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema_state.name):
        return None
    return connection.scalar(select(schema_state.c.revision))


def _create(connection: Connection, newest: int, place: str) -> bool:
    """Make the tables, unless another program has just done so; whether they were made."""
    there = inspect(connection).get_table_names()
    if schema_state.name in there:
        return False
    if there:
        raise StorageError(f"{place} belongs to another program. Choose another place with --database.")
    metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(schema_state).values(only=1, revision=newest))
    return True


def _migrate(connection: Connection, migrations: Sequence[Migration]) -> int:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    # The row lock makes one of several starting servers do the work; the others read its result.
    revision = connection.scalar(select(schema_state.c.revision).with_for_update())
    assert revision is not None
    operations = Operations(MigrationContext.configure(connection))
    for migration in migrations:
        if migration.revision > revision:
            migration.upgrade(operations, connection)
            revision = migration.revision
    connection.execute(update(schema_state).values(revision=revision))
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StorageError("The database could not be updated without losing rows; it was not touched.")
    return revision


def _keep_copy(file: Path, revision: int) -> None:
    """Keep the database as it is before a migration, beside it; an older copy of the same revision is replaced."""
    kept = file.with_name(f"{file.name}.bak-{revision}")
    draft = file.with_name(f".{kept.name}.{uuid.uuid4().hex}")
    try:
        draft.touch(mode=0o600)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
            (copied,) = target.execute("SELECT revision FROM cardwall_schema").fetchone()
        if copied != revision:  # another program has migrated meanwhile, and keeps the copy that this one would replace
            draft.unlink()
            return
        descriptor = os.open(draft, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(kept)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise StorageError(
            f"{file} must be updated, but no copy of it can be kept at {kept} ({error}). Free some space there; "
            "the database was not touched."
        ) from error

"""The database: one connection pool, and two ways to run a transaction.

On SQLite a write takes the write lock at its first statement (``BEGIN IMMEDIATE``), so that it never fails
half-way with a lock it cannot get; readers see the last commit (WAL) and are never in the way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from tui.errors import StorageError
from tui.server.storage import Busy, is_passing, storage_error
from tui.server.tables import suit_postgresql

T = TypeVar("T")

ATTEMPTS = 5
"""How often a transaction is run before a busy database is reported."""
BUSY_SECONDS = 5.0
"""How long SQLite waits for another program's lock."""
_WRITE = "cardwall_write"


class Rerun(Exception):
    """Raised inside a transaction that met another one: roll back and run it again."""


class Database:
    """An open database. Safe to use from any thread; made by `open_database`."""

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place
        """What messages call it: the file, or the URL without its password."""
        self.fresh = False
        """Whether this program has just made it."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent state. Raises StorageError."""
        return self._run(work, write=False)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` and commit; whatever it raises takes everything back. Raises StorageError.

        `work` may run more than once and must have no other effect than through its connection.
        """
        return self._run(work, write=True)

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        """Meanwhile SQLite enforces no foreign keys: it cannot rebuild a table that others refer to otherwise."""
        if not self.is_sqlite:
            yield
            return
        event.listen(self.engine, "connect", _forget_keys)
        self.engine.dispose()
        try:
            yield
        finally:
            event.remove(self.engine, "connect", _forget_keys)
            self.engine.dispose()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _run(self, work: Callable[[Connection], T], *, write: bool) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.engine.connect().execution_options(**{_WRITE: write}) as connection:
                    with connection.begin() as transaction:
                        result = work(connection)
                        if not write:
                            transaction.rollback()
                    return result
            except (Rerun, IntegrityError) as error:
                # A unique key taken by a transaction that ran beside this one is there on the next run.
                if attempt == ATTEMPTS:
                    raise self._gave_up() from error
            except DBAPIError as error:
                if is_passing(error) and attempt < ATTEMPTS and not self.is_sqlite:
                    continue
                known = storage_error(error, self.place)
                if known is None:
                    raise
                raise known from error
        raise self._gave_up()

    def _gave_up(self) -> StorageError:
        return Busy(f"Other writers kept changing {self.place}. Try again in a moment.")


def connect_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """A Database for a URL, with nothing checked but the URL and the folder. Raises StorageError."""
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        try:
            engine = create_engine(address, pool_pre_ping=True, isolation_level="SERIALIZABLE")
        except ModuleNotFoundError:
            raise StorageError(
                "A PostgreSQL database needs its driver: install cardwall[postgres], or choose a file with --database."
            ) from None
        suit_postgresql()
        return Database(engine, address.render_as_string(hide_password=True))
    file = Path(address.database or "").expanduser()
    if not address.database or address.database == ":memory:":
        raise StorageError("A database needs a file: write it as sqlite:////absolute/path.db.")
    make_folder(file)
    engine = create_engine(
        address.set(database=str(file)), connect_args={"check_same_thread": False, "timeout": busy_seconds}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Database(engine, str(file))


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect()
    except (ArgumentError, ModuleNotFoundError, ValueError):
        raise StorageError(
            "The database address cannot be used: write it as sqlite:////absolute/path.db or postgresql://host/name."
        ) from None
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StorageError(
            f"A database of the kind {address.get_backend_name()} is not supported: use sqlite: or postgresql: instead."
        )
    return address


def make_folder(file: Path) -> None:
    """Make the folder of a database, for its owner only. Raises StorageError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(
            f"The folder {file.parent} cannot be made ({error.strerror}). Choose another place with --database."
        ) from None


def _prepare(connection: Any, _record: object) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # transactions are begun by _begin, not guessed by the driver
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-4000")  # KiB; the system caches the file too, and a wall is small


def _forget_keys(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

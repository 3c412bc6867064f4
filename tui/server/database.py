"""The database: one connection pool, and two ways to run a transaction.

On SQLite a write takes the write lock at its first statement (``BEGIN IMMEDIATE``), so that it never fails
half-way with a lock it cannot get; readers see the last commit (WAL) and are never in the way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import uniform
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy import exc as failures
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from tui.errors import StorageError
from tui.server.storage import Busy, is_lost, is_passing, outcome_unknown, storage_error
from tui.server.tables import suit_postgresql

T = TypeVar("T")

ATTEMPTS = 40
"""How often a transaction is run before a busy database is reported."""
LONGEST_PAUSE = 0.1
"""Seconds, at most, between two of them; each pause is drawn at random, so that rivals part."""
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

    def write(self, work: Callable[[Connection], T], *, repeatable: bool = False) -> T:
        """Run `work` and commit; whatever it raises takes everything back. Raises StorageError.

        `work` may run more than once and must have no other effect than through its connection. A `repeatable` one
        sees in the database whether it was committed before; any other is not run again when the answer to its COMMIT
        was lost, and `OutcomeUnknown` is raised.
        """
        return self._run(work, write=True, repeatable=repeatable)

    @contextmanager
    def migrating(self, patience: float) -> Iterator[None]:
        """Meanwhile SQLite waits up to `patience` seconds for another program that does the same, and checks no keys.

        It cannot rebuild a table that others refer to otherwise. Raises `Busy` when the other one takes longer.
        """
        if not self.is_sqlite:
            yield
            return

        def prepare(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")

        event.listen(self.engine, "connect", prepare)
        self.engine.dispose()
        try:
            yield
        except Busy as error:
            raise Busy(
                f"Another program is bringing {self.place} up to date and was not done after {patience:.0f} seconds. "
                "Try again when it is, or end it."
            ) from error
        finally:
            event.remove(self.engine, "connect", prepare)
            self.engine.dispose()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _run(self, work: Callable[[Connection], T], *, write: bool, repeatable: bool = True) -> T:
        lost = False
        for attempt in range(1, ATTEMPTS + 1):
            ending = False
            try:
                with self.engine.connect().execution_options(**self._options(write=write)) as connection:
                    with connection.begin() as transaction:
                        result = work(connection)
                        ending = True
                        if not write:
                            transaction.rollback()
                    return result
            except (Rerun, IntegrityError) as error:
                # A unique key taken by a transaction that ran beside this one is there on the next run.
                if attempt == ATTEMPTS:
                    raise self._gave_up() from error
            except failures.TimeoutError as error:
                raise Busy(f"All connections to {self.place} are taken. Try again in a moment.") from error
            except DBAPIError as error:
                doubtful = write and ending and is_lost(error)
                if not self._passes(error, attempt, again=not lost and (repeatable or not doubtful)):
                    known = outcome_unknown(self.place) if doubtful else storage_error(error, self.place)
                    if known is None:
                        raise
                    raise known from error
                lost = is_lost(error)
            time.sleep(uniform(0, min(LONGEST_PAUSE, attempt * 0.005)))  # noqa: S311  # not a secret
        raise self._gave_up()

    def _options(self, *, write: bool) -> dict[str, Any]:
        # A transaction that says it only reads is spared most of what SERIALIZABLE costs.
        return {_WRITE: write} if self.is_sqlite else {_WRITE: write, "postgresql_readonly": not write}

    def _passes(self, error: DBAPIError, attempt: int, *, again: bool) -> bool:
        """Whether to run the transaction again; `again` is for one that was lost, which is worth a try once."""
        if self.is_sqlite or attempt == ATTEMPTS:
            return False
        return again if is_lost(error) else is_passing(error)

    def _gave_up(self) -> StorageError:
        return Busy(f"Other writers kept changing {self.place}. Try again in a moment.")


def connect_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """A Database for a URL, with nothing checked but the URL and the folder. Raises StorageError."""
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        try:
            engine = _postgresql_engine(address)
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


def _postgresql_engine(address: URL) -> Engine:
    """An engine whose waits all end; what the URL says about connections holds before these settings."""
    settings: dict[str, Any] = {name: value for name, value in _CONNECTION.items() if name not in address.query}
    prepare = address.query.get("prepare_threshold")
    if prepare is not None:
        # A pooler that gives each transaction another connection knows no prepared statements of the one before.
        if prepare != "none" and not (isinstance(prepare, str) and prepare.isdecimal()):
            raise StorageError("In the database address, prepare_threshold must be none or a whole number.")
        settings["prepare_threshold"] = None if prepare == "none" else int(prepare)
        address = address.difference_update_query(["prepare_threshold"])
    return create_engine(
        address,
        connect_args=settings,
        isolation_level="SERIALIZABLE",
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=10,
    )


POOL_SIZE = 10
"""Connections that are kept; as many again are made under load. A thread of the service needs one."""
_CONNECTION = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds; keepalives say nothing while something that was sent is unanswered
}
"""Settings of the driver: seconds to connect, and how soon a server that is gone is noticed."""


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


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITE, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.connection.cursor().execute("BEGIN")  # waits for nothing, so there is no failure to translate

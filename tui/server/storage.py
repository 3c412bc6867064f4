"""What went wrong in the database, as sentences that name the file and the remedy."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tui.errors import StorageError


class Busy(StorageError):
    """Another program holds the database; the same request works in a moment."""

    code = "storage_busy"


class Lost(Busy):
    """The connection to the database broke; the next request makes a new one."""

    code = "storage_lost"


class OutcomeUnknown(Lost):
    """The connection broke while a write was being committed: it may have happened or not."""

    code = "outcome_unknown"


class Full(StorageError):
    """The disk is full; nothing was written."""

    code = "storage_full"


class Newer(StorageError):
    """The database was written by a later version of this program."""

    code = "storage_newer"


_AGAIN = {"40001", "40P01", "42P07", "42710"}
"""SQLSTATEs of PostgreSQL and its kin for "run the transaction again"; the last two come from two programs that make
the tables of one new database at once."""
_UNKNOWN = {"40003", "08007"}
"""SQLSTATEs of PostgreSQL and its kin for "nobody knows whether this was committed"."""


def is_passing(error: DBAPIError) -> bool:
    """Whether the same transaction may simply be run again."""
    if _sqlite_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return True
    return getattr(error.orig, "sqlstate", None) in _AGAIN


def is_lost(error: DBAPIError) -> bool:
    """Whether nobody heard what became of the statement."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _UNKNOWN


def outcome_unknown(place: str) -> StorageError:
    """What to say when that statement was a COMMIT."""
    return OutcomeUnknown(
        f"The connection to the database {place} broke while the write was being committed: it may have been written. "
        "Look before sending it again, or send it with an Idempotency-Key."
    )


def storage_error(error: DBAPIError, place: str) -> StorageError | None:
    """The sentence for a failure of the storage; None when it is a fault of the statement, so of ours."""
    code = _sqlite_code(error)
    if code is not None:
        return _SENTENCES[code](place) if code in _SENTENCES else None
    if is_passing(error):
        return Busy(f"Other writers kept changing {place}. Try again in a moment.")
    if error.connection_invalidated:
        return Lost(f"The connection to the database {place} broke. Try again in a moment.")
    if isinstance(error, OperationalError | InterfaceError):
        return StorageError(f"The database {place} cannot be reached: {error.orig}. Is the database server running?")
    return None


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF  # extended codes keep the primary one in the low byte


def _busy(place: str) -> StorageError:
    return Busy(f"Another program holds {place}. Try again in a moment, or end the other program.")


def _full(place: str) -> StorageError:
    return Full(f"The disk that holds {place} is full; nothing was written. Free some space and try again.")


def _read_only(place: str) -> StorageError:
    return StorageError(
        f"{place} cannot be written. Make the file and its folder writable, or choose another place with --database."
    )


def _cannot_open(place: str) -> StorageError:
    return StorageError(
        f"{place} cannot be opened. Make its folder readable and writable, or choose another place with --database."
    )


def _no_database(place: str) -> StorageError:
    return StorageError(f"{place} is not a SQLite database. Move it away, or choose another place with --database.")


def _damaged(place: str) -> StorageError:
    kept = sorted(Path(place).parent.glob(f"{Path(place).name}.bak-*"))
    remedy = f"Put back {kept[-1]}" if kept else "Put back a copy"
    return StorageError(f"{place} is damaged. {remedy}, or choose another place with --database.")


def _failing(place: str) -> StorageError:
    return StorageError(f"Reading or writing {place} failed. Check the disk, or choose another place with --database.")


_SENTENCES = {
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_FULL: _full,
    sqlite3.SQLITE_READONLY: _read_only,
    sqlite3.SQLITE_PERM: _read_only,
    sqlite3.SQLITE_CANTOPEN: _cannot_open,
    sqlite3.SQLITE_NOTADB: _no_database,
    sqlite3.SQLITE_CORRUPT: _damaged,
    sqlite3.SQLITE_IOERR: _failing,
    sqlite3.SQLITE_PROTOCOL: _failing,
    sqlite3.SQLITE_NOLFS: _full,
}

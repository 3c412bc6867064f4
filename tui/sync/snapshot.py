"""The last Snapshot on disk: a SQLite cache shared by all processes of one profile, so that a wall starts at once.

Changed rows are upserted, it is never rewritten whole; a row is replaced only by the same or a newer version. The
cursor is written in the transaction of the rows it covers, so it is never ahead of them, whoever wrote them. It is a
cache: one that cannot be read is thrown away and filled again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from tui.domain.model import Board, BoardId, Item, ItemId, Moment
from tui.errors import StorageError
from tui.sync.persist import FORMAT, board_from_json, board_to_json, dumps, item_from_json, item_to_json

SLICE = 200
"""Items decoded at a time."""

_DAMAGE = (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError)
"""What reading a damaged file raises."""

_SCHEMA = """
create table boards (id text primary key, data text not null, cursor text, synced_at integer);
create table opened (only integer primary key check (only = 1), board_id text not null);
create table items (
    id text primary key, board_id text not null, column_id text not null, created_at integer not null,
    version integer, data text not null
);
create index items_by_column on items (board_id, column_id, created_at desc);
"""

_UPSERT = """
insert into items values (?, ?, ?, ?, ?, ?)
on conflict (id) do update set board_id = excluded.board_id, column_id = excluded.column_id,
    created_at = excluded.created_at, version = excluded.version, data = excluded.data
where excluded.version is null or items.version is null or excluded.version >= items.version
"""


class Remembered(Struct, frozen=True):
    """A board as it was last known."""

    board: Board
    cursor: str | None
    synced_at: Moment | None


class SnapshotFile:
    """One profile's cache. It may be read from one thread while it is written from another.

    What reads raises StorageError when the file is damaged, what writes raises sqlite3.Error.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left: dict[BoardId, str | None] = {}
        """The cursor in the file when this process last read or wrote it."""
        self._db, self._reader = self._open()

    @classmethod
    def of(cls, folder: Path, stamp: str) -> SnapshotFile:
        """The cache of a profile's stamp; raises OSError or sqlite3.Error when the folder cannot be written."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(_path(folder, stamp))

    def last_opened(self) -> Remembered | None:
        """The board that was open last."""
        with self._reading():
            row = self._reader.execute("select board_id from opened").fetchone()
        return None if row is None else self.board(BoardId(row[0]))

    def named(self, name: str) -> Remembered | None:
        """A board by its name, whatever its case."""
        wanted = name.casefold()
        with self._reading():
            rows = self._reader.execute("select id, data from boards").fetchall()
            found = next((id_ for id_, data in rows if json.loads(data)["name"].casefold() == wanted), None)
        return None if found is None else self.board(BoardId(found))

    def boards(self) -> tuple[Board, ...]:
        """Every board, as it was last known."""
        with self._reading():
            rows = self._reader.execute("select data from boards order by rowid").fetchall()
            return tuple(board_from_json(json.loads(data)) for (data,) in rows)

    def board(self, board_id: BoardId) -> Remembered | None:
        """A board as it was last known."""
        with self._reading():
            row = self._reader.execute(
                "select data, cursor, synced_at from boards where id = ?", (board_id,)
            ).fetchone()
            if row is None:
                return None
            board = board_from_json(json.loads(row[0]))
        self._left[board_id] = row[1]
        return Remembered(board, row[1], None if row[2] is None else Moment(row[2]))

    def first_items(self, board: Board, per_column: int) -> list[Item]:
        """The newest items of every column: what a first frame shows."""
        found: list[Item] = []
        with self._reading():
            for column in board.columns:
                rows = self._reader.execute(
                    "select data from items where board_id = ? and column_id = ? order by created_at desc limit ?",
                    (board.id, column.id, per_column),
                )
                found.extend(item_from_json(json.loads(data)) for (data,) in rows)
        return found

    def all_items(self, board_id: BoardId) -> Iterator[list[Item]]:
        """Every item of a board, a slice at a time."""
        after = 0
        while True:
            with self._reading():
                rows = self._reader.execute(
                    "select rowid, data from items where board_id = ? and rowid > ? order by rowid limit ?",
                    (board_id, after, SLICE),
                ).fetchall()
                items = [item_from_json(json.loads(data)) for _, data in rows]
            if not rows:
                return
            after = rows[-1][0]
            yield items

    def save_board(self, board: Board) -> None:
        """Remember a board's columns and fields, and that it was open."""
        with self._db:
            self._db.execute(
                "insert into boards (id, data) values (?, ?) on conflict (id) do update set data = excluded.data",
                (board.id, dumps(board_to_json(board))),
            )
            self._db.execute("insert or replace into opened values (1, ?)", (board.id,))

    def save(
        self,
        board_id: BoardId,
        items: Iterable[Item],
        deleted: Iterable[ItemId],
        cursor: str | None,
        synced_at: Moment | None,
    ) -> None:
        """Remember changed items, and the cursor that covers them (None: leave it)."""
        rows = [(i.id, i.board_id, i.column_id, i.created_at, i.version, dumps(item_to_json(i))) for i in items]
        with self._db:
            self._db.execute("begin immediate")
            self._db.executemany(_UPSERT, rows)
            self._db.executemany("delete from items where id = ?", [(item_id,) for item_id in deleted])
            if cursor is not None:
                self._cover(board_id, cursor, synced_at)

    def start_over(self) -> None:
        """Throw away a file that turned out to be damaged. Raises sqlite3.Error."""
        self.close()
        self._left.clear()
        self._throw_away()
        self._db, self._reader = self._open()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        self._db.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise StorageError(f"the snapshot {self._path} is damaged and is filled again: {error}") from error

    def _cover(self, board_id: BoardId, cursor: str, synced_at: Moment | None) -> None:
        """Raise the cursor as far as this process can vouch for the rows, which another one may have written since."""
        row = self._db.execute("select cursor from boards where id = ?", (board_id,)).fetchone()
        if row is None:
            return
        claim = vouched(cursor, self._left.get(board_id), row[0])
        self._db.execute("update boards set cursor = ?, synced_at = ? where id = ?", (claim, synced_at, board_id))
        if claim == cursor:
            self._left[board_id] = cursor

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise  # busy, or no room: other walls may be using it
        self._throw_away()
        return self._connect()

    def _throw_away(self) -> None:
        for name in (self._path, *(self._path.with_name(self._path.name + s) for s in ("-wal", "-shm"))):
            with suppress(OSError):
                name.unlink()

    def _connect(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=5, check_same_thread=False)
        try:
            _prepare(db)
            return db, sqlite3.connect(self._path, timeout=1, check_same_thread=False)
        except sqlite3.Error:
            db.close()
            raise


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    db.execute("begin immediate")  # two walls may start at once on a new cache
    (version,) = db.execute("pragma user_version").fetchone()
    if version != FORMAT:
        for table in ("items", "boards", "opened"):
            db.execute(f"drop table if exists {table}")
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        db.execute(f"pragma user_version = {FORMAT}")
    db.commit()


def vouched(cursor: str, left: str | None, there: str | None) -> str | None:
    """The cursor that is true of the rows after this process, which knows all up to `cursor`, has written its changes.

    `left` is what it last left in the file, `there` what is in the file now. Another process that was behind may have
    written older rows over ours since `left`; they are right up to what it wrote, so that is where to go on from.
    None, to read the board whole, where cursors have no order.
    """
    if there == left:
        return cursor
    if there is None or not (_is_number(cursor) and _is_number(there) and _is_number(left or "0")):
        return None
    if left is not None and int(there) >= int(left):
        return cursor
    return min(cursor, there, key=int)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def remembered_keys(folder: Path, stamp: str, ids: Iterable[ItemId]) -> dict[ItemId, str]:
    """What people call some items, as far as a Snapshot knows; it is only looked at, and made nowhere."""
    found: dict[ItemId, str] = {}
    with suppress(*_DAMAGE), closing(sqlite3.connect(f"{_path(folder, stamp).as_uri()}?mode=ro", uri=True)) as db:
        if db.execute("pragma user_version").fetchone() != (FORMAT,):
            return found
        for item_id in ids:
            for (data,) in db.execute("select data from items where id = ?", (item_id,)):
                found[item_id] = item_from_json(json.loads(data)).key
    return found


def _path(folder: Path, stamp: str) -> Path:
    return folder / f"snapshot-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.db"

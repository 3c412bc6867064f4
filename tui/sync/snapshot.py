"""The last Snapshot on disk: a SQLite cache shared by all processes of one profile, so that a wall starts at once.

Changed rows are upserted, it is never rewritten whole; a row is replaced only by the same or a newer version. The
cursor is written in the transaction of the rows it covers, so it is never ahead of them. It is a cache: one that
cannot be read is thrown away and filled again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui.domain.model import Board, BoardId, Item, ItemId, Moment
from tui.sync.persist import FORMAT, board_from_json, board_to_json, dumps, item_from_json, item_to_json

SLICE = 200
"""Items decoded at a time."""

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


@dataclass(frozen=True, slots=True)
class Remembered:
    """A board as it was last known."""

    board: Board
    cursor: str | None
    synced_at: Moment | None


class SnapshotFile:
    """One profile's cache. Methods may be called from one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = self._open()

    @classmethod
    def of(cls, folder: Path, stamp: str) -> SnapshotFile:
        """The cache of a profile's stamp; raises OSError or sqlite3.Error when the folder cannot be written."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(folder / f"snapshot-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.db")

    def last_opened(self) -> Remembered | None:
        """The board that was open last."""
        row = self._db.execute("select board_id from opened").fetchone()
        return None if row is None else self.board(BoardId(row[0]))

    def named(self, name: str) -> Remembered | None:
        """A board by its name, whatever its case."""
        rows = self._db.execute("select id, data from boards").fetchall()
        wanted = name.casefold()
        found = (id_ for id_, data in rows if json.loads(data)["name"].casefold() == wanted)
        board_id = next(found, None)
        return None if board_id is None else self.board(BoardId(board_id))

    def board(self, board_id: BoardId) -> Remembered | None:
        """A board as it was last known."""
        row = self._db.execute("select data, cursor, synced_at from boards where id = ?", (board_id,)).fetchone()
        if row is None:
            return None
        return Remembered(board_from_json(json.loads(row[0])), row[1], None if row[2] is None else Moment(row[2]))

    def first_items(self, board: Board, per_column: int) -> list[Item]:
        """The newest items of every column: what a first frame shows."""
        found: list[Item] = []
        for column in board.columns:
            rows = self._db.execute(
                "select data from items where board_id = ? and column_id = ? order by created_at desc limit ?",
                (board.id, column.id, per_column),
            )
            found.extend(item_from_json(json.loads(data)) for (data,) in rows)
        return found

    def all_items(self, board_id: BoardId) -> Iterator[list[Item]]:
        """Every item of a board, a slice at a time."""
        after = 0
        while rows := self._db.execute(
            "select rowid, data from items where board_id = ? and rowid > ? order by rowid limit ?",
            (board_id, after, SLICE),
        ).fetchall():
            after = rows[-1][0]
            yield [item_from_json(json.loads(data)) for _, data in rows]

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
            self._db.executemany(_UPSERT, rows)
            self._db.executemany("delete from items where id = ?", [(item_id,) for item_id in deleted])
            if cursor is not None:
                self._db.execute(
                    "update boards set cursor = ?, synced_at = ? where id = ?", (cursor, synced_at, board_id)
                )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError:
            for name in (self._path, *(self._path.with_name(self._path.name + s) for s in ("-wal", "-shm"))):
                with suppress(OSError):
                    name.unlink()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=5, check_same_thread=False)
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
        return db

"""Databases that cannot be used, and storage that fails under way: a sentence, and nothing half-written."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.server.asgi import Caller
from tests.server.conftest import Board, counting_ids, make_board
from tui.errors import StorageError
from tui.server.app import create_app
from tui.server.database import Database
from tui.server.migrations import MIGRATIONS
from tui.server.opening import open_database
from tui.server.storage import Busy, Newer


def _refusal(url: str) -> str:
    with pytest.raises(StorageError) as caught:
        open_database(url, busy_seconds=0.05)
    assert "--database" in caught.value.message or "database" in caught.value.message
    return caught.value.message


def test_a_new_database_is_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "cardwall.db"
    database = open_database(f"sqlite:///{file}")
    assert database.fresh
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    database.close()
    again = open_database(f"sqlite:///{file}")
    assert not again.fresh
    again.close()


def test_the_home_folder_is_expanded(own_home: Path) -> None:
    open_database("sqlite:///~/data/cardwall.db").close()
    assert (own_home / "data" / "cardwall.db").exists()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "sqlite+x:///a"]
)
def test_addresses_that_cannot_be_used(url: str) -> None:
    assert "sqlite:" in _refusal(url) or "supported" in _refusal(url)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StorageError) as caught:
        open_database("postgresql://sam:secret@127.0.0.1:1/name")
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to look like one" * 100)
    assert f"{file} is not a SQLite database" in _refusal(f"sqlite:///{file}")
    assert file.read_text().startswith("not a database")


def test_another_programs_database(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (a)")
    assert "belongs to another program" in _refusal(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in _refusal(f"sqlite:///{tmp_path}")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be made" in _refusal(f"sqlite:///{tmp_path}/file/cardwall.db")


def test_a_folder_that_cannot_be_written() -> None:
    assert "cannot be opened" in _refusal("sqlite:////proc/self/cardwall.db")


def test_a_newer_database(tmp_path: Path) -> None:
    file = tmp_path / "cardwall.db"
    open_database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE cardwall_schema SET revision = 99")
        raw.commit()
    with pytest.raises(
        Newer, match=rf"newer cardwall .schema 99, this one knows {MIGRATIONS[-1].revision}.. Update cardwall"
    ):
        open_database(f"sqlite:///{file}")


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_locked_database_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "cardwall.db"
    open_database(f"sqlite:///{file}").close()
    with _locked(file), pytest.raises(Busy, match=f"Another program holds {file}"):
        open_database(f"sqlite:///{file}", busy_seconds=0.05)


def test_a_file_that_another_program_is_making_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, connect = tmp_path / "cardwall.db", sqlite3.connect
    refused: list[str] = []
    with closing(connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        class Met(sqlite3.Connection):
            def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
                try:
                    return super().execute(sql, *parameters)
                except sqlite3.OperationalError:
                    refused.append(sql)
                    if len(refused) == 2:
                        other.execute("COMMIT")
                    raise

        monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *a, **k: connect(*a, **k, factory=Met))
        open_database(f"sqlite:///{file}").close()
    assert refused == ["PRAGMA journal_mode=WAL"] * 2


def test_a_file_that_another_program_never_finishes_making(tmp_path: Path) -> None:
    file = tmp_path / "cardwall.db"
    with _locked(file), pytest.raises(Busy, match=f"Another program holds {file}"):
        open_database(f"sqlite:///{file}", busy_seconds=0.05)


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    class NoWal(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            return super().execute("SELECT 'delete'" if "journal_mode" in sql else sql, *parameters)

    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *a, **k: connect(*a, **k, factory=NoWal))
    assert "cannot lock files" in _refusal(f"sqlite:///{tmp_path}/cardwall.db")


@pytest.fixture
async def held(tmp_path: Path) -> tuple[Board, Database, Path]:
    file = tmp_path / "held.db"
    database = open_database(f"sqlite:///{file}", busy_seconds=0.05)
    return await make_board(Caller(create_app(database, ids=counting_ids()))), database, file


async def test_a_lock_under_way_is_503_and_passes(held: tuple[Board, Database, Path]) -> None:
    board, database, file = held
    item = await board.add()
    path = f"/v1/ext/items/{item['item_id']}"
    with _locked(file):
        reply = await board.call("PATCH", path, {"name": "y"}, headers={"idempotency-key": "k"})
        assert (reply.status, reply.json()["code"], reply.headers["retry-after"]) == (503, "storage_busy", "1")
        assert await board.items() == [item]
    reply = await board.call("PATCH", path, {"name": "y"}, headers={"idempotency-key": "k"})
    assert (reply.status, reply.json()["version"]) == (200, 2)
    database.close()


async def test_a_full_disk_is_507_and_nothing_is_half_written(held: tuple[Board, Database, Path]) -> None:
    board, database, _ = held
    item = await board.add()
    limit = "PRAGMA max_page_count=1"  # SQLite never goes below what is used, so the next page is one too many

    def full(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(limit)

    event.listen(database.engine, "connect", full)
    database.engine.dispose()
    before = await board.changes()
    reply = await board.call("PATCH", f"/v1/ext/items/{item['item_id']}", {"metadata": {"notes": "x" * 60_000}})
    assert (reply.status, reply.json()["code"]) == (507, "storage_full")
    assert await board.items() == [item]
    assert await board.changes() == before
    event.remove(database.engine, "connect", full)
    database.engine.dispose()
    assert (await board.edit(item, metadata={"notes": "x"}))["version"] == 2
    database.close()


async def test_a_damaged_file_is_503(held: tuple[Board, Database, Path], caplog: pytest.LogCaptureFixture) -> None:
    board, database, file = held
    for number in range(50):
        await board.add(f"n{number}", metadata={"notes": "x" * 2000})
    database.close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(file.read_bytes())
    data[4096 * 12 :] = b"\xff" * (len(data) - 4096 * 12)
    file.write_bytes(bytes(data))
    reply = await board.call("GET", f"/v1/ext/items?pipeline_id={board.id}")
    problem = json.loads(reply.body)
    assert (reply.status, problem["code"]) == (503, "storage_failed")
    assert "is damaged" in problem["detail"]
    assert caplog.records
    database.close()


_KILLED = """
import os, sys
from sqlalchemy import text
from tui.server.migrations import MIGRATIONS
from tui.server.opening import open_database
database = open_database(sys.argv[1])
def work(connection):
    connection.execute(text("UPDATE boards SET name = 'half'"))
    os.kill(os.getpid(), 9)
database.write(work)
"""


async def test_a_kill_in_the_middle_of_a_write_leaves_nothing(call: Caller, board: Board, url: str) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", _KILLED, url)
    assert await child.wait() == -9
    assert [each["name"] for each in (await call("GET", "/v1/ext/pipelines")).json()] == ["Sales"]
    await board.add()

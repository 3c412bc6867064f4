"""The Snapshot file: a cache that is never ahead of itself, whoever writes it; a damaged one is thrown away."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.desk import ONE, labels, office, sets
from tests.sync.samples import SALES, SUPPORT, an_item, changed
from tui.domain.model import Item, ItemId
from tui.errors import StorageError
from tui.sync import snapshot
from tui.sync.snapshot import SnapshotFile, vouched

TWO = ItemId("i2")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SnapshotFile]:
    opened = SnapshotFile.of(tmp_path, "stamp")
    opened.save_board(SALES)
    yield opened
    opened.close()


def rows(file: SnapshotFile) -> dict[ItemId, Item]:
    return {item.id: item for items in file.all_items(SALES.id) for item in items}


def save(file: SnapshotFile, *items: Item, deleted: tuple[ItemId, ...] = (), cursor: str | None = None) -> None:
    file.save(SALES.id, items, deleted, cursor, None)


def cursor(file: SnapshotFile) -> str | None:
    remembered = file.board(SALES.id)
    assert remembered is not None
    return remembered.cursor


def test_a_row_is_replaced_by_the_same_or_a_newer_version_only(file: SnapshotFile) -> None:
    save(file, an_item(version=7))
    save(file, changed(an_item(), step=-1, name="older"))
    assert rows(file)[ONE].name == "Deal 1"
    save(file, changed(an_item(), name="newer"))
    assert rows(file)[ONE].name == "newer"
    save(file, an_item(2, version=None))
    save(file, changed(an_item(2, version=None), name="whatever"))
    assert rows(file)[TWO].name == "whatever"


def test_more_items_than_one_slice(file: SnapshotFile) -> None:
    save(file, *(an_item(number) for number in range(450)))
    assert [len(items) for items in file.all_items(SALES.id)] == [200, 200, 50]
    assert len(file.first_items(SALES, 100)) == 100


def test_the_board_that_was_open_last(tmp_path: Path, file: SnapshotFile) -> None:
    file.save_board(SUPPORT)
    file.save_board(SALES)
    again = SnapshotFile.of(tmp_path, "stamp")
    remembered = again.last_opened()
    assert remembered is not None
    assert remembered.board == SALES
    named = again.named("SUPPORT")
    assert named is not None
    assert named.board == SUPPORT
    again.close()


def test_another_stamp_is_another_file(tmp_path: Path, file: SnapshotFile) -> None:
    save(file, an_item())
    other = SnapshotFile.of(tmp_path, "another key")
    assert other.last_opened() is None
    other.close()


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to be taken for one" * 40])
def test_a_file_that_is_no_database_is_thrown_away(tmp_path: Path, damage: bytes) -> None:
    file = SnapshotFile.of(tmp_path, "stamp")
    file.save_board(SALES)
    path = file._path
    file.close()
    path.write_bytes(damage)
    again = SnapshotFile.of(tmp_path, "stamp")
    assert again.last_opened() is None
    again.save_board(SALES)
    again.close()


def test_a_file_that_is_busy_is_not_thrown_away(tmp_path: Path, file: SnapshotFile) -> None:
    save(file, an_item())
    before = file._path.stat().st_ino
    holder = sqlite3.connect(file._path)
    holder.execute("begin immediate")
    connect = sqlite3.connect

    def impatient(*args: object, **kwargs: object) -> sqlite3.Connection:
        return connect(file._path, timeout=0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", impatient)
        with pytest.raises(sqlite3.OperationalError):
            SnapshotFile.of(tmp_path, "stamp")
    holder.close()
    assert file._path.stat().st_ino == before
    assert ONE in rows(file)


def test_another_format_is_thrown_away(tmp_path: Path, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, an_item(), cursor="3")
    monkeypatch.setattr(snapshot, "FORMAT", 99)
    later = SnapshotFile.of(tmp_path, "stamp")
    assert later.last_opened() is None
    later.save_board(SALES)
    save(later, an_item())
    assert ONE in rows(later)
    later.close()


def test_a_damaged_row_is_said_as_such(file: SnapshotFile) -> None:
    save(file, an_item())
    file._db.execute("update items set data = '[1, 2]'")
    file._db.commit()
    with pytest.raises(StorageError, match="damaged"):
        rows(file)


# -- two processes


def test_a_process_that_lags_behind_does_not_raise_the_dead(tmp_path: Path, file: SnapshotFile) -> None:
    """It writes back a row that the other knew was deleted; whoever starts next must read the deletion again."""
    save(file, an_item(), an_item(2), cursor="5")
    slow = SnapshotFile.of(tmp_path, "stamp")
    slow.board(SALES.id)
    save(file, deleted=(ONE,), cursor="9")
    save(slow, changed(an_item()), cursor="7")  # it has seen an edit, but not yet the deletion
    assert ONE in rows(file)
    assert cursor(slow) == "7"
    save(file, changed(an_item(2)), cursor="11")  # the first does not know that ONE is back
    assert cursor(slow) == "7"
    save(slow, deleted=(ONE,), cursor="12")
    assert cursor(slow) == "12"
    save(file, cursor="14")
    assert cursor(slow) == "14"
    slow.close()


def test_a_process_that_never_read_the_file_vouches_for_no_row_of_others(tmp_path: Path, file: SnapshotFile) -> None:
    late = SnapshotFile.of(tmp_path, "stamp")
    save(file, an_item(), cursor="5")
    save(late, an_item(2), cursor="9")
    assert cursor(file) == "5"
    late.close()


def test_cursors_without_an_order_are_given_up_where_two_wrote(tmp_path: Path, file: SnapshotFile) -> None:
    other = SnapshotFile.of(tmp_path, "stamp")
    save(file, an_item(), cursor="opaque-1")
    assert cursor(file) == "opaque-1"
    save(other, an_item(2), cursor="opaque-2")
    assert cursor(file) is None
    other.close()


Entry = tuple[str, int | None]
"""A change in the feed: an item and its version, None for deleted."""


class Writer:
    """A process that reads the feed, and writes what it has read into the shared file some time later."""

    def __init__(self) -> None:
        self.knows = 2
        self.left: str | None = "2"
        self.dirty: dict[str, int | None] = {}

    def read(self, log: list[Entry]) -> None:
        if self.knows < len(log):
            name, version = log[self.knows]
            self.dirty[name] = version
            self.knows += 1

    def write(self, table: dict[str, int], there: str | None) -> str | None:
        for name, version in self.dirty.items():
            if version is None:
                table.pop(name, None)
            elif version >= table.get(name, 0):
                table[name] = version
        self.dirty = {}
        claim = vouched(str(self.knows), self.left, there)
        if claim == str(self.knows):
            self.left = claim
        return claim


def replayed(table: dict[str, int], log: list[Entry]) -> dict[str, int]:
    found = dict(table)
    for name, version in log:
        if version is None:
            found.pop(name, None)
        else:
            found[name] = max(version, found.get(name, 0))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_cursor_is_never_ahead_of_the_rows(seed: int) -> None:
    """Two processes read, delay and write in any order: a replay from the file's cursor always gives the truth."""
    chance = random.Random(seed)
    log: list[Entry] = [("x", 1), ("y", 1)]
    table, there = {"x": 1, "y": 1}, "2"
    writers = (Writer(), Writer())
    for _ in range(400):
        step = chance.choice("rrrwwed")
        if step == "r":
            chance.choice(writers).read(log)
        elif step == "w":
            claim = chance.choice(writers).write(table, there)
            assert claim is not None
            there = claim
        else:  # the server: an edit of x, a deletion or, of what is deleted, a restoring
            last = max(version for name, version in log if name == "x" and version is not None)
            log.append(("x", last + 1 if step == "e" or log[-1][1] is None else None))
        assert replayed(table, log[int(there) :]) == replayed({}, log)


# -- behind a wall


def test_a_start_shows_the_board_before_the_server_answers(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.quit()
        wall.line.hold = "before"
        wall.begin()
        assert wall.shown() == server.items
        wall.go()
        wall.line.hold = ""
        wall.line.let_all_go()
        wall.loop.run()
        assert "page" not in wall.line.calls[-3:]
        assert "changes" in wall.line.calls


def test_what_was_read_from_the_file_is_not_written_again(tmp_path: Path) -> None:
    with office(tmp_path, *(an_item(number) for number in range(300))) as (_, wall):
        wall.quit()
        written: list[int] = []
        original = SnapshotFile.save

        def counted(self: SnapshotFile, board_id: object, items: list[Item], *rest: object) -> None:
            written.append(len(items))
            original(self, board_id, items, *rest)  # type: ignore[arg-type]  # passed on as it came

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SnapshotFile, "save", counted)
            wall.start()
            wall.do(labels(add="hot"))
        assert len(wall.shown()) == 300
        assert sum(written) == 1


def test_the_cursor_waits_for_a_pull_that_waits(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        before = _stored(wall.session).cursor
        wall.line.hold = "after"
        wall.store.dispatch(sets(value=(1, 2)))
        wall.loop.run()
        wall.line.hold = ""
        server.edit("pat", "", server.items[ONE], sets(name=("Deal 1", "theirs")).edits)
        wall.pull()
        assert wall.state.waiting
        assert wall.session._engine.puller.cursor != before
        assert _stored(wall.session).cursor == before
        wall.line.let_all_go()
        wall.loop.run()
        assert not wall.state.waiting
        assert _stored(wall.session).cursor == wall.session._engine.puller.cursor


def test_a_cursor_is_not_written_without_the_rows_that_could_not_be(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        before = _stored(wall.session).cursor
        original = SnapshotFile.save
        failing = True

        def refused(self: SnapshotFile, *rest: object) -> None:
            if failing:
                raise sqlite3.OperationalError("disk full")
            original(self, *rest)  # type: ignore[arg-type]  # passed on as it came

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SnapshotFile, "save", refused)
            server.edit("pat", "", server.items[ONE], sets(name=("Deal 1", "theirs")).edits)
            wall.pull()
            assert _stored(wall.session).cursor == before
            failing = False
            server.edit("pat", "", server.items[TWO], sets(value=(1, 2)).edits)
            wall.pull()
        assert wall.state.link.reach == "online"
        stored = _stored(wall.session)
        assert stored.cursor == wall.session._engine.puller.cursor
        assert _rows(wall.session)[ONE].name == "theirs"


def test_a_snapshot_that_turns_out_damaged_is_read_again_from_the_server(tmp_path: Path) -> None:
    with office(tmp_path, *(an_item(number) for number in range(450))) as (server, wall):
        wall.quit()
        (path,) = tmp_path.glob("snapshot-*.db")
        db = sqlite3.connect(path)
        db.execute("update items set data = 'x' where id = 'i0'")
        db.execute("update items set column_id = 'nowhere'")  # not among the first that are shown
        db.commit()
        db.close()
        wall.start()
        assert wall.shown() == server.items
        assert _rows(wall.session) == server.items


def test_a_board_opened_while_another_is_read_waits_for_its_own_rows(tmp_path: Path) -> None:
    """Else what the feed says was deleted would come back from the file."""
    nine = an_item(9, board=SUPPORT)
    with office(tmp_path, *(an_item(number) for number in range(450)), nine) as (server, wall):
        wall.open_board(SUPPORT.id)
        wall.quit()
        server.delete("pat", "", server.items[ItemId("i3")])
        wall.begin()
        session = wall.session

        def both() -> None:
            session.start()
            session.open_board(SALES.id)

        wall.loop.loop.call_soon(both)
        wall.loop.run()
        wall.pull()
        assert wall.shown() == {i: item for i, item in server.items.items() if item.board_id == SALES.id}


def _stored(session: object) -> snapshot.Remembered:
    stored = session._cache._file.board(SALES.id)  # type: ignore[attr-defined]  # what is on disk
    assert isinstance(stored, snapshot.Remembered)
    return stored


def _rows(session: object) -> dict[ItemId, Item]:
    return rows(session._cache._file)  # type: ignore[attr-defined]  # what is on disk

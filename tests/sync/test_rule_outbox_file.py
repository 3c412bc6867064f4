"""Rule 1: one Outbox file a process, locked, stamped, append-only, checksummed; nothing typed is ever lost from it."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
from itertools import count
from pathlib import Path

import pytest
from immutables import Map

from tests.sync.desk import ONE, Desk, office, sets
from tests.sync.samples import an_item
from tests.sync.wall import NOW
from tui.domain.changes import Create
from tui.domain.model import NAME, ItemId, Moment
from tui.errors import StorageError
from tui.sync.events import Draft
from tui.sync.journal import Contents, OutboxFile, adoptable, leave, open_own, read, retire
from tui.sync.outbox import Pending, PendingId
from tui.sync.persist import FORMAT
from tui.sync.store import Store
from tui.sync.turn import Outcome

STAMP = "acme https://example.com 1a2b"


def own(folder: Path, name: str = "1") -> tuple[OutboxFile, Store]:
    """A log and a Store that writes into it."""
    file = open_own(folder, STAMP, name)
    ids = count(1)
    return file, Store(clock=lambda: NOW, new_id=lambda: f"{name}-{next(ids)}", journal=file)


def killed(file: OutboxFile) -> None:
    """What the kernel does for a killed process."""
    os.close(file._file)


def test_every_change_is_in_the_file_before_anybody_is_told(tmp_path: Path) -> None:
    file, store = own(tmp_path)
    found = []
    store.subscribe(lambda notice: found.append(set(read(file.path).pendings)))
    store.dispatch(sets(value=(1, 2)))
    store.dispatch(sets(value=(2, 3)))
    store.undo()
    assert found == [{"1-1"}, {"1-1", "1-2"}, {"1-1"}]
    file.close(empty=False)


def test_what_is_read_is_what_was_there(tmp_path: Path) -> None:
    file, store = own(tmp_path)
    store.dispatch(sets(value=(1, 2)), Create(an_item(id=ItemId("local-1"), version=None)))
    store.keep_draft(Draft(an_item(), Map({NAME: "line\nline \x1b[31m \u2028 \ud800"}), Moment(3)))
    contents = read(file.path)
    assert contents.stamp == STAMP
    assert contents.pendings == dict(store.state.outbox)
    assert contents.drafts == dict(store.state.drafts)
    assert contents.damaged is None
    store.drop_draft(ONE)
    assert not read(file.path).drafts
    file.close(empty=False)


def test_a_log_that_is_held_is_not_adopted(tmp_path: Path) -> None:
    first, store = own(tmp_path)
    store.dispatch(sets(value=(1, 2)))
    second, _ = own(tmp_path, "2")
    assert not list(adoptable(tmp_path, STAMP, second.path))
    killed(first)
    ((path, lock, contents),) = adoptable(tmp_path, STAMP, second.path)
    assert set(contents.pendings) == {"1-1"}
    assert not list(adoptable(tmp_path, STAMP, second.path))  # one adopter at a time
    assert retire(path, lock, contents) is None
    assert not path.exists()
    killed(second)


def test_a_log_with_another_stamp_is_never_sent_and_never_touched(tmp_path: Path) -> None:
    file, store = own(tmp_path)
    store.dispatch(sets(value=(1, 2)))
    killed(file)
    before = file.path.read_bytes()
    assert not list(adoptable(tmp_path, "acme https://example.com other-key", tmp_path / "own"))
    assert file.path.read_bytes() == before
    with office(tmp_path) as (server, wall):
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert server.items[ONE].version == 7


def test_a_log_of_a_later_format_is_left_for_the_program_that_wrote_it(tmp_path: Path) -> None:
    later = open_own(tmp_path, STAMP, "later")
    later._append([{"format": FORMAT + 1, "stamp": STAMP}, {"put": {"of": "another shape"}}])
    killed(later)
    assert not list(adoptable(tmp_path, STAMP, tmp_path / "own"))
    assert later.path.exists()


def test_a_last_line_cut_short_is_no_damage(tmp_path: Path) -> None:
    file, store = own(tmp_path)
    store.dispatch(sets(value=(1, 2)))
    whole = file.path.read_bytes()
    store.dispatch(sets(value=(2, 3)))
    both = file.path.read_bytes()
    killed(file)
    for size in range(len(whole), len(both)):
        file.path.write_bytes(both[:size])
        contents = read(file.path)
        assert contents.damaged is None
        assert set(contents.pendings) - {"1-2"} == {"1-1"}


@pytest.mark.parametrize("line", [1, 2])
def test_a_damaged_line_is_told_and_the_rest_is_used(tmp_path: Path, line: int) -> None:
    file, store = own(tmp_path)
    for value in range(3):
        store.dispatch(sets(value=(value, value + 1)))
    killed(file)
    lines = file.path.read_bytes().split(b"\n")
    lines[line] = lines[line][:-3] + b"x" + lines[line][-2:]
    file.path.write_bytes(b"\n".join(lines))
    contents = read(file.path)
    assert contents.damaged == line + 1
    assert len(contents.pendings) == 2
    ((path, lock, found),) = adoptable(tmp_path, STAMP, tmp_path / "own")
    aside = retire(path, lock, found)
    assert aside is not None
    assert aside.read_bytes() == b"\n".join(lines)


def test_a_damaged_file_is_set_aside_beside_an_earlier_one(tmp_path: Path) -> None:
    asides = set()
    for _ in range(3):
        (tmp_path / "1.outbox").write_bytes(b"garbage\nmore\n")
        ((path, lock, contents),) = adoptable(tmp_path, STAMP, tmp_path / "own")
        assert contents.is_nobodys
        asides.add(retire(path, lock, contents))
    assert len(asides) == 3


def test_a_file_whose_process_died_before_its_first_line_goes(tmp_path: Path) -> None:
    (tmp_path / "1.outbox").touch()
    assert not list(adoptable(tmp_path, STAMP, tmp_path / "own"))
    assert not list(tmp_path.glob("*.outbox"))


def test_starting_beside_a_wall_that_takes_the_new_file_for_one_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "1.outbox"
    flock = fcntl.flock

    def removed_first(file: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        assert not list(adoptable(tmp_path, STAMP, tmp_path / "own"))
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", removed_first)
    file = OutboxFile(path, STAMP)
    assert read(path).stamp == STAMP
    file.close(empty=True)
    assert not path.exists()


def test_an_empty_log_goes_and_another_stays(tmp_path: Path) -> None:
    file, store = own(tmp_path)
    file.close(empty=True)
    assert not list(tmp_path.glob("*.outbox"))
    file, store = own(tmp_path)
    store.dispatch(sets(value=(1, 2)))
    file.close(empty=False)
    assert read(file.path).pendings


# -- a disk that refuses


class Full:
    """A journal on a disk that fills up and is freed again."""

    def __init__(self) -> None:
        self.is_full = True
        self.written: list[Outcome] = []

    def record(self, outcome: Outcome) -> None:
        if self.is_full:
            raise StorageError("no space")
        self.written.append(outcome)


def test_what_could_not_be_written_is_written_as_soon_as_it_can_be() -> None:
    journal = Full()
    desk = Desk(journal=journal)
    first = desk.do(sets(value=(1, 2)))
    desk.store.keep_draft(Draft(an_item(), Map({NAME: "x"}), Moment(3)))
    assert str(desk.store.journal_problem) == "no space"
    assert first in desk.state.outbox
    journal.is_full = False
    desk.pull(an_item(2))  # anything that happens
    assert desk.store.journal_problem is None
    (outcome,) = journal.written
    assert outcome.pendings == (first,)
    assert outcome.drafts == (ONE,)


def test_a_full_disk_leaves_no_half_line_behind(tmp_path: Path) -> None:
    """A real limit on the file's size: the write comes back short, as it does on a full disk."""
    file, store = own(tmp_path)
    store.dispatch(sets(value=(1, 2)))
    size = file.path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, before[1]))
        store.dispatch(sets(value=(2, 3)))
        assert "free some space" in str(store.journal_problem)
        assert file.path.stat().st_size == size
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    store.dispatch(sets(value=(3, 4)))
    assert store.journal_problem is None
    contents = read(file.path)
    assert contents.damaged is None
    assert contents.pendings == dict(store.state.outbox)
    file.close(empty=False)


def test_a_folder_that_cannot_be_written_is_said_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*args: object, **kwargs: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(StorageError, match="set XDG_STATE_HOME"):
        open_own(tmp_path, STAMP, "1")


def test_without_a_folder_the_wall_works_and_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with office(blocked / "folder") as (server, wall):
        assert len(wall.session.notes) == 2
        assert "kept in memory only" in wall.session.notes[0]
        wall.do(sets(value=(1, 2)))
        assert server.items[ONE].version == 8


def test_a_disk_that_cannot_sync_does_not_stop_the_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with office(tmp_path) as (server, wall):

        def broken(file: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(os, "fsync", broken)
        wall.do(sets(value=(1, 2)))
        assert server.items[ONE].version == 8


# -- adoption by a wall


def test_a_starting_wall_takes_over_what_a_killed_one_left(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.up = False
        wall.do(sets(value=(1, 2)))
        old = wall.session._outbox
        wall.kill()
        wall.line.up = True
        wall.start()
        assert old is not None
        assert not old.path.exists()
        assert server.items[ONE].version == 8


def test_a_starting_wall_says_what_waits_that_was_made_with_another_key(tmp_path: Path) -> None:
    with office(tmp_path) as (_, wall):
        wall.kill()
        pendings = {PendingId(f"p{n}"): Pending(PendingId(f"p{n}"), n, sets(value=(1, 2)), NOW) for n in (1, 2)}
        leave(tmp_path, "before", Contents("acme http://acme.example old", pendings=pendings))
        leave(tmp_path, "elsewhere", Contents("acme http://other.example old", pendings=pendings))
        wall.stamp = "acme http://acme.example new"
        wall.start()
        (said,) = [note for note in wall.session.notes if "another key" in note]
        assert said.startswith("2 changes wait here, made with another key of acme: ")
        assert "cardwall outbox take-over --profile acme" in said
        assert not wall.state.outbox


def test_a_running_wall_does_so_too(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        file = open_own(tmp_path, "acme", "dead")
        ids = count(1)
        store = Store(clock=lambda: NOW, new_id=lambda: f"dead{next(ids)}", journal=file)
        store.dispatch(sets(value=(1, 2)))
        wall.session._adopt(running=True)
        assert not wall.state.outbox  # it lives
        killed(file)
        wall.session._adopt(running=True)
        wall.loop.run()
        assert server.items[ONE].version == 8
        assert not file.path.exists()


def test_drafts_of_a_killed_wall_wait_for_the_next_that_starts(tmp_path: Path) -> None:
    """But for those of items whose changes a running wall takes over: they belong together."""
    two, new = ItemId("i2"), ItemId("local-new")
    with office(tmp_path) as (server, wall):
        file = open_own(tmp_path, "acme", "dead")
        ids = count(1)
        store = Store(clock=lambda: NOW, new_id=lambda: f"dead{next(ids)}", journal=file)
        for item_id in (ONE, two, new):
            store.keep_draft(Draft(an_item(id=item_id), Map({NAME: "typed"}), NOW))
        killed(file)
        wall.session._adopt(running=True)
        assert not wall.state.drafts
        assert file.path.exists()

        again, dead = own_again(file.path)
        dead.dispatch(sets(value=(1, 2)))
        killed(again)
        wall.session._adopt(running=True)
        wall.loop.run()
        assert set(wall.state.drafts) == {ONE}
        assert server.items[ONE].version == 8
        assert not file.path.exists()

        wall.kill()
        wall.start()
        assert set(wall.state.drafts) == {ONE, two, new}


def own_again(path: Path) -> tuple[OutboxFile, Store]:
    """The same log, held once more, as if its wall had gone on."""
    file = OutboxFile(path, "acme")
    return file, Store(clock=lambda: NOW, new_id=lambda: "dead-again", journal=file)


def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "old.outbox").write_bytes(b"00000000 {}\n")
    with office(tmp_path) as (_, wall):
        (note,) = wall.session.notes
        assert "old.damaged" in note
        assert (tmp_path / "old.damaged").read_bytes() == b"00000000 {}\n"


def test_an_old_file_stays_until_its_contents_are_on_our_own_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is taken over once: what has been sent since is not sent again."""
    file = open_own(tmp_path, "acme", "dead")
    ids = count(1)
    store = Store(clock=lambda: NOW, new_id=lambda: f"dead{next(ids)}", journal=file)
    store.dispatch(sets(value=(1, 2)))
    killed(file)
    fsync = os.fsync

    def broken(file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with office(tmp_path) as (server, wall):
        assert file.path.exists()
        assert server.items[ONE].version == 8
        wall.session._adopt()
        wall.loop.run()
        assert server.items[ONE].version == 8
        monkeypatch.setattr(os, "fsync", fsync)
        wall.store.dispatch(sets(value=(2, 3)))
        wall.loop.run()
        wall.session._adopt()
        assert not file.path.exists()


def test_what_is_sealed_or_refused_is_so_after_a_restart_and_a_conflict_is_found_again(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.faults.append("invalid")
        wall.do(sets(value=(1, 2)))
        server.edit("pat", "", server.items[ItemId("i2")], sets(name=("Deal 2", "theirs")).edits)
        wall.do(sets(ItemId("i2"), name=("Deal 2", "mine")))
        before = {p.id: (p.phase, p.problem, p.problems) for p in wall.state.outbox.values()}
        assert {phase for phase, _, _ in before.values()} == {"refused", "conflict"}
        wall.kill()
        wall.start()
        assert {p.id: (p.phase, p.problem, p.problems) for p in wall.state.outbox.values()} == before

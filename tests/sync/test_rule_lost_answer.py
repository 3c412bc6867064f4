"""Rule 5: a lost answer is asked for again under the same key, or verified where the server knows no keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from immutables import Map

from tests.sync.backend import FOREIGN, Fault
from tests.sync.desk import ONE, chosen, held, labels, office, sets
from tests.sync.samples import SUPPORT, an_item
from tui.domain.changes import Create, Delete, Restore, Set
from tui.domain.model import NAME, ItemId

LOCAL = ItemId("local-1")
LOST: list[Fault] = ["lost_before", "lost_after"]


@pytest.mark.parametrize("fault", LOST)
def test_the_same_key_is_sent_again(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.faults.append(fault)
        wall.do(sets(value=(1, 2)))
        assert [p.phase for p in wall.state.outbox.values()] == ["sealed"]
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert len(set(wall.line.keys)) == 1
        assert server.items[ONE].version == 8
        wall.store.undo()  # it counts as done: it can be undone
        wall.loop.run()
        assert held(server.items[ONE], "value") == 1


def test_it_stays_sealed_though_a_later_attempt_surely_did_not_arrive(tmp_path: Path) -> None:
    """Freed, it could be taken back as if it had never been sent, or sent again under another key."""
    with office(tmp_path) as (server, wall):
        wall.line.faults.extend(["lost_after", "offline", "limited", "unauthorised", "inactive"])
        (pending_id,) = wall.do(sets(value=(1, 2)))
        for _ in range(6):
            if wall.state.outbox:
                assert wall.state.outbox[pending_id].phase == "sealed"
                wall.session.refresh()
                wall.loop.pass_time()
        assert not wall.state.outbox
        assert len(set(wall.line.keys)) == 1
        assert server.items[ONE].version == 8


@pytest.mark.parametrize("fault", ["offline", "limited", "unauthorised", "inactive"])
def test_a_first_attempt_that_surely_did_not_arrive_frees_it(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.faults.append(fault)
        (pending_id,) = wall.do(sets(value=(1, 2)))
        assert wall.state.outbox[pending_id].phase == "queued"
        wall.store.undo()
        wall.pull()
        assert server.items[ONE] == an_item()


def test_a_crash_before_the_answer_sends_the_same_words_again(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.hold = "after"
        wall.do(sets(value=(1, 2)))
        wall.line.hold = ""
        wall.kill()
        server.edit("pat", "", server.items[ONE], sets(name=("Deal 1", "theirs")).edits)
        wall.start()
        assert not wall.state.outbox
        assert len(set(wall.line.keys)) == 1
        assert wall.view(ONE) == server.items[ONE]
        assert server.items[ONE].version == 9


@pytest.mark.parametrize("fault", ["invalid", "scope"])
def test_an_adopted_request_whose_key_the_server_rejects_is_left_to_the_user(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path) as (_, wall):
        wall.line.hold = "before"
        wall.do(sets(value=(1, 2)))
        wall.line.hold = ""
        wall.kill()
        wall.line.faults.append(fault)
        wall.start()
        (pending,) = wall.state.outbox.values()
        assert pending.phase == "refused"
        assert pending.problem
        wall.store.retry(pending.id)
        wall.loop.run()
        assert not wall.state.outbox
        assert len(set(wall.line.keys)) == 2


def test_one_request_the_server_chokes_on_does_not_hold_the_others_up(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.faults.extend(["broken", "broken"])
        wall.do(sets(value=(1, 2)), sets(ItemId("i2"), value=(1, 2)), sets(ItemId("i3"), value=(1, 2)))
        assert len(wall.state.outbox) == 3
        wall.line.faults.clear()
        wall.line.faults.append("broken")
        wall.loop.pass_time()
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert {i.version for i in server.items.values()} == {8}


# -- on a server that knows no keys


@pytest.mark.parametrize("fault", LOST)
def test_an_edit_is_verified_by_reading(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.line.faults.append(fault)
        wall.do(sets(value=(1, 2)))
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert server.items[ONE].version == 8
        assert len(wall.line.keys) == (1 if fault == "lost_after" else 2)
        wall.store.undo()
        wall.loop.run()
        assert held(server.items[ONE], "value") == 1


def test_an_edit_that_others_overwrote_goes_to_the_panel(tmp_path: Path) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.line.faults.append("lost_after")
        (pending_id,) = wall.do(sets(name=("Deal 1", "mine")))
        server.edit("pat", "", server.items[ONE], sets(name=("mine", "theirs")).edits)
        wall.loop.pass_time()
        assert wall.state.outbox[pending_id].phase == "conflict"
        wall.store.settle(pending_id, chosen(NAME, "theirs"))
        assert not wall.state.outbox


@pytest.mark.parametrize("fault", LOST)
def test_a_delete_is_verified_by_reading(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.line.faults.append(fault)
        wall.do(Delete(ONE, an_item()))
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert ONE not in server.items


def test_a_delete_of_what_others_changed_meanwhile_asks(tmp_path: Path) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.line.faults.append("lost_before")
        (pending_id,) = wall.do(Delete(ONE, an_item()))
        server.edit("pat", "", server.items[ONE], sets(value=(1, 5)).edits)
        wall.loop.pass_time()
        assert wall.state.outbox[pending_id].phase == "conflict"


@pytest.mark.parametrize("fault", LOST)
def test_a_restore_is_verified_by_reading(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.do(Delete(ONE, an_item()))
        wall.line.faults.append(fault)
        wall.do(Restore(ONE, an_item()))
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert server.items[ONE].version == 8


@pytest.mark.parametrize("fault", LOST)
def test_a_create_is_never_sent_again_blindly(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.line.faults.append(fault)
        (pending_id,) = wall.do(Create(an_item(id=LOCAL, version=None)))
        wall.loop.pass_time()
        assert len(wall.line.keys) == 1
        pending = wall.state.outbox[pending_id]
        assert pending.phase == "refused"
        assert "look for it" in (pending.problem or "")
        wall.store.retry(pending_id)
        wall.loop.run()
        assert len(wall.line.keys) == 2
        assert len(server.items) == (5 if fault == "lost_after" else 4)


def test_labels_are_verified_as_sets(tmp_path: Path) -> None:
    with office(tmp_path, capabilities=FOREIGN) as (server, wall):
        wall.line.faults.append("lost_after")
        wall.do(labels(add="hot"))
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert server.items[ONE].version == 8


def test_a_server_that_only_repeats_itself_is_not_asked_for_ever(tmp_path: Path) -> None:
    """It reports a conflict and shows an older state than the wall has: a backup was put back, or a replica lags."""
    with office(tmp_path) as (server, wall):
        server.items[ONE] = an_item(version=3)
        (pending_id,) = wall.do(sets(value=(1, 2)))
        pending = wall.state.outbox[pending_id]
        assert pending.phase == "refused"
        assert "no newer state" in (pending.problem or "")


def test_a_column_that_is_gone_is_a_refusal_and_an_item_that_is_gone_is_a_question(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        (pending_id,) = wall.do(Create(an_item(id=LOCAL, version=None, column_id="nowhere")))
        assert wall.state.outbox[pending_id].phase == "refused"
        server.delete("pat", "", server.items[ONE])
        (pending_id,) = wall.do(sets(name=("Deal 1", "mine")))
        pending = wall.state.outbox[pending_id]
        assert pending.conflict is not None
        assert pending.conflict.theirs is None
        assert pending.change.edits == Map({NAME: Set("Deal 1", "mine")})  # type: ignore[union-attr]  # an Edit


def test_an_item_of_another_board_is_sent_by_its_own_boards_rules(tmp_path: Path) -> None:
    """A long text merges by line because its board says so, though another board is open."""

    with office(tmp_path, an_item(), an_item(9, board=SUPPORT)) as (server, wall):
        nine = ItemId("i9")
        server.edit("pat", "", server.items[nine], sets(notes=("a\nb\nc", "a\nb\nc\ntheirs")).edits)
        wall.do(sets(nine, notes=("a\nb\nc", "mine\na\nb\nc")))
        assert held(server.items[nine], "notes") == "mine\na\nb\nc\ntheirs"
        assert not wall.state.outbox
        assert nine not in wall.shown()

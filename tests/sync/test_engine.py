"""The engine: what it does when the server refuses, rests, vanishes and comes back; and the pull beside it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.sync.backend import FOREIGN, Fault
from tests.sync.desk import ONE, labels, office, sets
from tests.sync.samples import SALES, SUPPORT, an_item
from tests.sync.wall import Wall
from tui.domain.changes import Delete
from tui.domain.model import ItemId
from tui.errors import Offline
from tui.sync.events import LinkChanged
from tui.sync.pace import LONGEST, Backoff, pause
from tui.sync.puller import Puller
from tui.sync.snapshot import SnapshotFile
from tui.sync.store import Notice

MANY = tuple(an_item(number) for number in range(1, 11))


def reach_of(wall: Wall) -> str:
    return wall.state.link.reach


def writes(calls: list[str]) -> int:
    return sum(call in ("edit", "create", "delete", "restore") for call in calls)


# -- when the server cannot be asked


@pytest.mark.parametrize(
    ("fault", "reach"),
    [("unauthorised", "refused"), ("inactive", "refused"), ("limited", "paused"), ("offline", "offline")],
)
def test_what_holds_the_sender_up_is_told_and_not_asked_again_at_once(fault: Fault, reach: str) -> None:
    """Its own events must not wake it: an engine that does not rest fails the loop's own check."""
    with office(None) as (_, wall):
        wall.line.faults.extend([fault] * 3)
        wall.do(sets(value=(1, 2)))
        assert wall.state.link.reach == reach
        assert wall.state.link.message
        assert writes(wall.line.calls) == 1
        assert (wall.state.link.resumes_at is not None) is (reach == "paused")


def test_a_refused_key_waits_for_the_user() -> None:
    with office(None) as (_, wall):
        wall.line.faults.append("inactive")
        wall.do(sets(value=(1, 2)))
        wall.do(labels(add="hot"))  # new edits are no reason to ask again
        wall.loop.pass_time()
        wall.loop.pass_time()
        assert writes(wall.line.calls) == 1
        assert reach_of(wall) == "refused"  # though reading works
        assert wall.state.link.message == "the subscription is inactive"
        wall.pull()
        assert not wall.state.outbox
        assert reach_of(wall) == "online"
        assert wall.state.link.message == ""


def test_a_pause_is_kept_though_reading_works() -> None:
    with office(None) as (_, wall):
        wall.line.faults.append("limited")
        wall.do(sets(value=(1, 2)))
        wall.session._engine._pull_now.set()
        wall.loop.run()
        assert reach_of(wall) == "paused"
        assert writes(wall.line.calls) == 1
        wall.loop.pass_time()
        assert reach_of(wall) == "online"
        assert not wall.state.outbox


def test_the_line_goes_and_comes_back() -> None:
    with office(None) as (server, wall):
        wall.line.up = False
        wall.do(sets(value=(1, 2)))
        wall.loop.pass_time()
        assert reach_of(wall) == "offline"
        wall.line.up = True
        wall.loop.pass_time()
        assert reach_of(wall) == "online"
        assert wall.state.link.message == ""
        assert server.items[ONE].version == 8


def test_an_edit_made_while_offline_tries_at_once_and_brings_everything_back() -> None:
    """A pull that waits a minute for its next try must not leave the line shown as down."""
    with office(None) as (server, wall):
        wall.line.up = False
        wall.pull()
        assert reach_of(wall) == "offline"
        wall.line.up = True
        server.edit("pat", "", server.items[ItemId("i2")], labels(add="theirs").edits)
        wall.do(sets(value=(1, 2)))
        assert reach_of(wall) == "online"
        assert not wall.state.outbox
        assert wall.shown() == server.items


def test_the_first_connection_is_tried_until_it_stands() -> None:
    with office(None, start=False) as (server, wall):
        wall.line.up = False
        wall.start()
        assert reach_of(wall) == "offline"
        assert wall.session.capabilities.changes is False
        with pytest.raises(Offline):
            wall.loop.loop.run_until_complete(wall.session.duplicates(an_item()))
        wall.do(sets(value=(1, 2)))
        wall.line.up = True
        wall.loop.pass_time()
        assert reach_of(wall) == "online"
        assert server.items[ONE].version == 8
        wall.kill()


def test_a_board_that_is_gone_is_told_and_the_rest_goes_on() -> None:
    with office(None) as (server, wall):
        del server.boards[SALES.id]
        wall.session.reload()
        wall.loop.run()
        assert reach_of(wall) == "online"
        assert "no such board" in wall.state.link.message
        server.boards[SALES.id] = SALES
        wall.loop.pass_time()
        assert wall.state.link.message == ""


def test_a_board_by_name() -> None:
    with office(None, an_item(9, board=SUPPORT), start=False) as (_, wall):
        wall.board_name = "SUPPORT"
        wall.start()
        assert wall.state.board == SUPPORT
        wall.kill()
        wall.board_name = "nowhere"
        wall.start()
        assert "there are: Sales, Support" in wall.state.link.message
        wall.kill()


# -- the first load, and what comes after it


def test_the_first_load_is_no_news_even_when_it_was_cut_short() -> None:
    with office(None, *MANY, start=False) as (server, wall):
        pages = 0

        def cut(notice: Notice) -> None:
            nonlocal pages
            if isinstance(notice.event, LinkChanged) and notice.event.link.loading is not None:
                pages += 1
                wall.line.up = pages != 2

        wall.on_start = lambda started: started.store.subscribe(cut)
        wall.start()
        assert reach_of(wall) == "offline"
        assert 0 < len(wall.shown()) < 10
        wall.line.up = True
        wall.loop.pass_time()
        assert wall.shown() == server.items
        assert not wall.state.changed
        assert wall.state.link.loading is None
        wall.kill()


def test_what_changes_while_the_board_is_read_comes_with_the_feed() -> None:
    with office(None, *MANY, start=False) as (server, wall):
        wall.line.hold = "before"
        wall.start()
        for _ in range(5):
            wall.line.let_go()
            wall.loop.run()
        assert 0 < len(wall.shown()) < 10
        first, last = server.items[ItemId("i10")], server.items[ItemId("i1")]
        server.edit("pat", "", first, sets(name=("Deal 10", "theirs")).edits)
        server.delete("pat", "", last)
        wall.line.hold = ""
        wall.line.let_all_go()
        wall.loop.run()
        wall.pull()
        assert wall.shown() == server.items
        assert set(wall.state.changed) == {first.id}
        wall.kill()


def test_what_a_full_read_no_longer_mentions_goes() -> None:
    with office(None, *MANY, capabilities=FOREIGN) as (server, wall):
        for number in (2, 5, 10):
            server.delete("pat", "", server.items[ItemId(f"i{number}")])
        wall.loop.pass_time()
        assert wall.shown() == server.items


def test_a_feed_that_forgot_is_answered_by_a_full_read() -> None:
    with office(None, *MANY) as (server, wall):
        server.delete("pat", "", server.items[ONE])
        server.edit("pat", "", server.items[ItemId("i2")], labels(add="theirs").edits)
        server.floor = server.revision
        wall.pull()
        assert wall.shown() == server.items
        assert set(wall.state.changed) == {"i2"}
        wall.line.calls.clear()
        wall.pull()
        assert wall.line.calls == ["changes", "boards"]


def test_a_changed_blueprint_is_read_again() -> None:
    with office(None) as (server, wall):
        server.boards[SALES.id] = replace(SALES, name="Deals", revision=2)
        server.edit("pat", "", server.items[ONE], labels(add="theirs").edits)
        wall.pull()
        assert wall.state.board is not None
        assert wall.state.board.name == "Deals"


def test_a_field_of_another_kind_has_its_values_read_again() -> None:
    """What was read as the old kind would be drawn and compared as the old kind for ever."""
    with office(None) as (server, wall):
        first, *others = SALES.fields
        server.boards[SALES.id] = replace(SALES, revision=2, fields=(replace(first, kind="url"), *others))
        server.edit("pat", "", server.items[ONE], labels(add="theirs").edits)
        loads = wall.line.calls.count("cursor")
        wall.pull()
        assert wall.line.calls.count("cursor") == loads + 1
        assert wall.shown() == server.items


def test_a_board_switched_away_and_back_in_the_middle_of_a_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old load must not vouch for what it pulled before the switch: the second visit may not have got it."""
    with office(tmp_path, *MANY, an_item(20, board=SUPPORT)) as (server, wall):
        wall.open_board(SUPPORT.id)
        wall.open_board(SALES.id)

        def refused(*args: object) -> None:
            raise sqlite3.OperationalError("busy")

        monkeypatch.setattr(SnapshotFile, "save", refused)  # what the load brings is not in the file either
        server.edit("pat", "", server.items[ItemId("i10")], labels(add="theirs").edits)
        wall.line.hold = "before"
        wall.session.reload()
        wall.loop.run()
        while wall.state.items[ItemId("i10")].version == 7:
            wall.line.let_go()
            wall.loop.run()
        wall.open_board(SUPPORT.id)
        wall.open_board(SALES.id)
        assert wall.state.items[ItemId("i10")].version == 7
        wall.line.hold = ""
        wall.line.let_all_go()
        wall.loop.run()
        wall.pull()
        assert wall.shown() == {i: item for i, item in server.items.items() if item.board_id == SALES.id}


def test_a_feed_answered_after_the_board_was_switched_is_not_taken_in() -> None:
    with office(None, *MANY, an_item(20, board=SUPPORT)) as (server, wall):
        server.edit("pat", "", server.items[ONE], labels(add="theirs").edits)
        wall.line.hold = "after"
        wall.pull()
        wall.open_board(SUPPORT.id)
        wall.line.hold = ""
        wall.line.let_all_go()
        wall.loop.run()
        assert {item.board_id for item in wall.state.items.values()} == {SUPPORT.id}


def test_a_reload_asked_for_during_a_catch_up_is_not_forgotten() -> None:
    with office(None) as (_, wall):
        wall.line.hold = "after"
        wall.pull()
        wall.session.reload()
        wall.line.hold = ""
        wall.line.calls.clear()
        wall.line.let_all_go()
        wall.loop.run()
        assert "page" in wall.line.calls


def test_an_item_deleted_while_it_was_read_for_a_form_stays_deleted() -> None:
    with office(None) as (server, wall):
        wall.line.hold = "after"
        task = wall.loop.loop.create_task(wall.session.reread(ONE))
        wall.loop.run()
        wall.line.hold = ""
        server.delete("pat", "", server.items[ONE])
        wall.pull()
        assert ONE not in wall.state.items
        wall.line.let_all_go()
        wall.loop.run()
        assert task.done()
        assert ONE not in wall.state.items


def test_a_search_brings_what_is_not_loaded_and_nothing_that_was_deleted_meanwhile() -> None:
    with office(None) as (server, wall):
        new = replace(an_item(7), name="Zephyr")
        server.put(new)
        assert wall.loop.loop.run_until_complete(wall.session.search(SALES.id, "zephyr")) == (new.id,)
        assert wall.state.items[new.id] == new
        assert new.id not in wall.state.changed  # nobody changed it: it had only not been loaded
        wall.line.hold = "after"
        task = wall.loop.loop.create_task(wall.session.search(SALES.id, "zephyr"))
        wall.loop.run()
        wall.line.hold = ""
        server.delete("pat", "", server.items[new.id])
        wall.pull()
        wall.line.let_all_go()
        wall.loop.run()
        assert task.result() == ()
        assert new.id not in wall.state.items


def test_a_form_sees_what_others_did_by_reading_one_item() -> None:
    with office(None) as (server, wall):
        server.edit("pat", "", server.items[ONE], labels(add="theirs").edits)
        wall.loop.loop.run_until_complete(wall.session.reread(ONE))
        assert wall.state.items[ONE] == server.items[ONE]


def test_changes_of_mind_while_an_item_is_read_before_its_change_is_sent() -> None:
    with office(None, an_item(), an_item(9, board=SUPPORT)) as (server, wall):
        wall.line.hold = "after"
        wall.do(labels(ItemId("i9"), add="hot"))
        wall.store.undo()
        wall.line.hold = ""
        wall.line.let_all_go()
        wall.loop.run()
        assert server.items[ItemId("i9")].version == 7
        assert not wall.state.outbox


def test_a_change_of_an_item_that_is_nowhere_asks() -> None:
    with office(None) as (_, wall):
        (pending_id,) = wall.do(labels(ItemId("nowhere"), add="hot"))
        conflict = wall.state.outbox[pending_id].conflict
        assert conflict is not None
        assert conflict.theirs is None


def test_a_long_queue_is_sent_oldest_first_and_once() -> None:
    with office(None, *MANY) as (server, wall):
        wall.line.up = False
        for item in MANY:
            wall.do(sets(item.id, value=(1, 2)))
            wall.do(sets(item.id, value=(2, 3)))
        wall.do(Delete(ItemId("i10"), server.items[ItemId("i10")]))
        wall.line.calls.clear()
        wall.line.up = True
        wall.pull()
        wall.loop.pass_time()
        assert [p.phase for p in wall.state.outbox.values()] == ["conflict"]  # what was deleted is not what was edited
        assert writes(wall.line.calls) == 20


# -- waiting


def test_backoff_doubles_to_a_minute_and_starts_anew() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    assert [backoff.step() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, LONGEST, LONGEST]
    backoff.reset()
    assert backoff.step() == 0.5
    assert Backoff(chance=lambda: 0.0).step() == 0.25


async def test_a_pause_ends_with_its_time_or_its_event() -> None:
    wake = asyncio.Event()
    await pause(0, wake)
    wake.set()
    await pause(None, wake)
    assert not wake.is_set()


def test_a_puller_covers_only_the_board_it_follows() -> None:
    with office(None) as (_, wall):
        puller = Puller(wall.store)
        puller.follow(SALES.id, "3")
        assert puller.covered(SALES.id) == "3"
        puller.follow(SUPPORT.id, "4")
        assert puller.covered(SALES.id) is None
        assert puller.cursor == "4"
        puller.forget()
        assert puller.cursor is None

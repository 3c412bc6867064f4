"""What goes on without the server, and what does not go on when it refuses the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.desk import ONE, labels, office, sets
from tests.sync.samples import SALES, an_item
from tests.sync.wall import Wall
from tui.domain.changes import Create, Delete
from tui.domain.model import LOCAL, NAME, ItemId
from tui.errors import Inactive, NotAllowed, ScopeMissing, Unauthorised
from tui.sync.events import Accepted, Adopted
from tui.sync.store import Notice

TWO, THREE = ItemId("i2"), ItemId("i3")


def everything(wall: Wall) -> None:
    """A move, edits, a create with an edit of what was created, and a delete."""
    first, second = SALES.columns[:2]
    there = second.id if wall.view(ONE).column_id == first.id else first.id  # type: ignore[union-attr]  # it is there
    wall.do(sets(column=(wall.view(ONE).column_id, there)))  # type: ignore[union-attr]
    wall.do(sets(ONE, name=("Deal 1", "first")))
    wall.do(sets(ONE, name=("first", "second")))
    wall.do(labels(TWO, add="hot"))
    draft = an_item(9, id=ItemId(f"{LOCAL}1"), name="made offline", version=None)
    wall.do(Create(draft))
    wall.do(sets(draft.id, name=("made offline", "made and renamed")))
    wall.do(Delete(THREE, an_item(3)))


def test_everything_goes_on_while_the_server_is_down_and_is_sent_in_order() -> None:
    with office(None) as (server, wall):
        wall.line.up = False
        everything(wall)
        wall.loop.pass_time()
        assert wall.state.link.reach == "offline"
        assert not server.writes
        assert wall.session.read_only is False
        mine = {item.name for item in wall.shown().values()}
        assert mine == {"second", "Deal 2", "made and renamed"}
        wall.line.up = True
        wall.loop.pass_time()
        assert not wall.state.outbox
        assert {item.name for item in server.items.values()} == mine
        named = [write.changes[NAME][1] for write in server.writes if write.item_id == ONE and NAME in write.changes]
        assert named == ["first", "second"], "in the order in which they were meant"
        assert "hot" in server.items[TWO].labels
        assert THREE not in server.items


def test_a_wall_that_was_killed_offline_sends_everything_on_its_next_start(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.up = False
        everything(wall)
        waiting = len(wall.state.outbox)
        wall.kill()
        wall.line.up = True
        events: list[object] = []
        wall.on_start = lambda started: started.store.subscribe(lambda notice: _note(notice, events))
        wall.start()
        adopted = [event for event in events if isinstance(event, Adopted)]
        assert sum(len(event.pendings) for event in adopted) == waiting
        sent = [event.pending_id for event in events if isinstance(event, Accepted)]
        assert sent[: len(sent)] == list(dict.fromkeys(sent)), "each once"
        assert {pending.id for event in adopted for pending in event.pendings} == set(sent)
        assert not wall.state.outbox
        assert {item.name for item in server.items.values()} == {"second", "Deal 2", "made and renamed"}


def _note(notice: Notice, events: list[object]) -> None:
    events.append(notice.event)


@pytest.mark.parametrize(
    "refusal",
    [
        Unauthorised("the API key is missing or wrong"),
        Inactive("the company's subscription is inactive"),
        ScopeMissing("the API key may not do this"),
    ],
)
def test_a_refused_key_leaves_the_snapshot_and_is_not_asked_again_until_the_user_asks(refusal: NotAllowed) -> None:
    with office(None) as (server, wall):
        shown = wall.shown()
        wall.line.denied = refusal
        wall.pull()
        wall.loop.pass_time()  # the wait for news that was cut short
        asked = len(wall.line.calls)
        link = wall.state.link
        assert (link.reach, link.message) == ("refused", refusal.message)
        assert wall.session.read_only is True
        assert wall.shown() == shown
        for _ in range(5):
            wall.loop.pass_time()
            wall.session.touch()
            wall.loop.run()
        assert len(wall.line.calls) == asked
        wall.line.denied = None
        server.edit("pat", "", server.items[TWO], labels(TWO, add="theirs").edits)
        wall.pull()
        link = wall.state.link
        assert (link.reach, link.message) == ("online", "")
        assert wall.session.read_only is False
        assert wall.shown() == server.items


def test_a_key_that_is_refused_from_the_start_shows_what_was_last_known(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.quit()
        wall.line.denied = Unauthorised("the API key is missing or wrong")
        wall.start()
        assert wall.shown() == server.items
        assert wall.session.read_only is True
        asked = len(wall.line.calls)
        wall.loop.pass_time()
        wall.loop.pass_time()
        assert len(wall.line.calls) == asked

"""The Store: one way in, everything told in order."""

from __future__ import annotations

import pytest

from tests.sync.desk import ONE, Desk, labels, sets
from tests.sync.samples import an_item, changed
from tui.domain.changes import Create
from tui.domain.model import ItemId
from tui.sync.events import Dispatched, Link, LinkChanged, Pulled, Retried
from tui.sync.outbox import PendingId
from tui.sync.store import Notice


def test_a_listener_that_dispatches_is_heard_by_all_in_order() -> None:
    """The State is new at once; each listener hears of one event after the other, in the order they happened."""
    desk = Desk()
    heard: list[tuple[str, Notice]] = []

    def first(notice: Notice) -> None:
        heard.append(("first", notice))
        if isinstance(notice.event, Pulled):
            (pending_id,) = desk.store.dispatch(labels(add="seen"))
            assert pending_id in desk.store.state.outbox

    desk.store.subscribe(first)
    desk.store.subscribe(lambda notice: heard.append(("second", notice)))
    desk.pull(changed(an_item(), value=2))
    told = [(who, type(notice.event)) for who, notice in heard]
    assert told == [("first", Pulled), ("second", Pulled), ("first", Dispatched), ("second", Dispatched)]
    assert heard[1][1].state is heard[2][1].before


def test_a_listener_that_fails_does_not_silence_the_store() -> None:
    desk = Desk()
    heard: list[object] = []

    def broken(notice: Notice) -> None:
        raise RuntimeError("a defect")

    stop = desk.store.subscribe(broken)
    desk.store.subscribe(lambda notice: heard.append(notice.event))
    with pytest.raises(RuntimeError):
        desk.do(labels(add="hot"))
    stop()
    stop()
    desk.do(labels(add="cold"))
    assert len(heard) == 1
    assert desk.view().labels == ("cold", "hot")


def test_notices_say_what_is_touched() -> None:
    desk = Desk()
    touched: list[set[str]] = []
    desk.store.subscribe(lambda notice: touched.append(set(notice.touched)))
    desk.do(sets(value=(1, 2)), labels(ItemId("i2"), add="hot"))
    desk.pull(an_item(3), changed(an_item(2)))
    desk.apply(LinkChanged(Link("online")))
    create = desk.do(Create(an_item(id=ItemId("local-1"), version=None)))
    desk.seal(create)
    desk.accept(create, an_item(8, version=1))
    assert touched == [{"i1", "i2"}, {"i2"}, set(), {"local-1"}, {"local-1"}, {"local-1", "i8"}]


def test_news_is_what_others_did_and_not_what_the_server_only_words_differently() -> None:
    desk = Desk()
    desk.pull(changed(an_item(), step=0, updated_by="sam"))
    assert desk.mark() == ""
    desk.pull(changed(an_item(), step=1))
    assert desk.mark() == "changed"
    assert desk.state.changed[ONE] == changed(an_item(), step=0, updated_by="sam")
    desk.store.look(ONE, ItemId("i2"))
    assert desk.mark() == ""
    bare = Desk(an_item(version=None))
    bare.pull(changed(an_item(version=None), updated_by="sam"))
    assert bare.mark() == ""
    bare.pull(changed(an_item(version=None), value=2))
    assert bare.mark() == "changed"


def test_marks_by_precedence() -> None:
    desk = Desk()
    desk.pull(changed(an_item(), value=2))
    first = desk.do(sets(name=("Deal 1", "mine")))
    assert desk.mark() == "saving"
    desk.refuse(first)
    assert desk.mark() == "failed"
    desk.apply(Retried(first))
    desk.conflict(first, changed(an_item(), step=2, name="theirs"))
    assert desk.mark() == "conflict"
    desk.store.drop(first)
    assert desk.mark() == "changed"


def test_events_about_a_pending_that_is_no_longer_there_are_old_news() -> None:
    desk = Desk()
    before = desk.state
    desk.apply(Retried(PendingId("gone")))
    assert desk.state.items is before.items
    assert desk.state.outbox is before.outbox


def test_there_is_nothing_to_undo_or_redo_at_first() -> None:
    desk = Desk()
    assert desk.store.undo() is None
    assert desk.store.redo() is None

"""Where the server cannot take a deed back, nothing promises that it does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.app.driver import Wall, wall_of
from tests.app.walls import HandSession, a_session, an_item
from tui.domain.changes import Create, Delete
from tui.domain.model import Board, ItemId
from tui.sync.events import Accepted, BoardChanged, Refused, Sealed
from tui.sync.outbox import Request
from tui.sync.state import view


def a_plain_session(items: int = 8, *, delete: bool = True) -> HandSession:
    """A session whose server brings nothing back."""
    session = a_session(items)
    session.capabilities = replace(session.capabilities, delete=delete, restore=False)
    return session


def accept_all(wall: Wall) -> None:
    """The server carries everything out."""
    store = wall.session.store
    for pending in list(store.state.outbox.values()):
        store.apply(Sealed(pending.id, Request("k", an_item(1))))
        store.apply(Accepted(pending.id, an_item(99, "Won") if isinstance(pending.change, Create) else None))


async def test_the_question_and_the_sentence_promise_no_way_back_where_there_is_none() -> None:
    async with wall_of(a_plain_session(16)) as wall:
        await wall.press("#")
        assert "Delete DEAL-1 Deal 1? This is for good: the server cannot bring anything back." in wall.screen_text()
        await wall.press("y")
        assert wall.bottom.strip() == "Deleted DEAL-1 Deal 1."
        await wall.press("x", "x", "#")
        assert "Delete 2 items? This is for good" in wall.screen_text()


async def test_where_there_is_a_way_back_both_say_so() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("x", "x", "#")
        assert "Delete 2 items? It can be undone." in wall.screen_text()
        await wall.press("y")
        assert wall.bottom.strip() == "Deleted 2 items. u brings them back."


async def test_a_deletion_that_is_not_sent_yet_is_still_withdrawn() -> None:
    async with wall_of(a_plain_session()) as wall:
        await wall.press("#", "y", "u")
        assert wall.bottom.strip() == "Undone: DEAL-1 Deal 1 brought back."
        assert not wall.session.store.state.outbox


@pytest.mark.parametrize("answered", [True, False])
async def test_undo_of_a_deletion_for_good_says_so_queues_nothing_and_goes_on_to_the_step_before(
    answered: bool,
) -> None:
    async with wall_of(a_plain_session()) as wall:
        store = wall.session.store
        await wall.press("L", "j", "#", "y")
        (delete,) = (one for one in store.state.outbox.values() if isinstance(one.change, Delete))
        store.apply(Sealed(delete.id, Request("k", an_item(9))))
        if answered:
            store.apply(Accepted(delete.id, None))
        await wall.settle()
        waiting = len(store.state.outbox)
        await wall.press("u")
        assert wall.bottom.strip().endswith(": a deletion cannot be undone on this server.")
        assert len(store.state.outbox) == waiting
        assert not store.state.history.undone
        await wall.press("u")
        assert wall.bottom.strip() == "Undone: DEAL-1 Deal 1 is back in Lead."


async def test_of_a_step_of_several_what_is_not_sent_comes_back_and_the_rest_is_counted() -> None:
    async with wall_of(a_plain_session(16)) as wall:
        store = wall.session.store
        await wall.press("x", "x", "x", "#", "y")
        for pending in sorted(store.state.outbox.values(), key=lambda one: one.seq)[:2]:
            store.apply(Sealed(pending.id, Request("k", an_item(1))))
            store.apply(Accepted(pending.id, None))
        await wall.settle()
        await wall.press("u")
        said = wall.bottom.strip()
        assert said.startswith("Undone: DEAL-9 Deal 9 brought back. 2 items: a deletion cannot be undone")
        assert not store.state.outbox
        await wall.press("U")
        assert wall.bottom.strip() == "Redone: DEAL-9 Deal 9 deleted again."


async def test_someone_else_brought_it_back_so_nothing_is_left_to_undo() -> None:
    async with wall_of(a_plain_session()) as wall:
        await wall.press("#", "y")
        accept_all(wall)
        wall.session.pull(replace(an_item(1), version=3))
        await wall.settle()
        await wall.press("u")
        assert wall.bottom.strip() == "Already so: DEAL-1 Deal 1 brought back."


@pytest.mark.parametrize(
    ("delete", "allowed", "why"),
    [
        (False, True, "a new item cannot be undone, because this server cannot delete."),
        (True, False, "a new item cannot be undone, because this board allows no deleting."),
    ],
)
async def test_undo_of_a_new_item_where_nothing_can_be_deleted(delete: bool, allowed: bool, why: str) -> None:
    session = a_plain_session(delete=delete)
    board: Board | None = session.store.state.board
    assert board is not None
    session.store.apply(BoardChanged(replace(board, allow_delete=allowed)))
    async with wall_of(session) as wall:
        session.store.dispatch(Create(replace(an_item(99, "Won"), id=ItemId("local-9"), version=None)))
        accept_all(wall)
        await wall.settle()
        await wall.press("u")
        assert wall.bottom.strip() == f"DEAL-99: {why}"
        assert not session.store.state.outbox
        assert view(session.store.state, ItemId("i-99")) is not None


async def test_a_new_item_that_was_undone_for_good_is_not_redone() -> None:
    async with wall_of(a_plain_session()) as wall:
        store = wall.session.store
        store.dispatch(Create(replace(an_item(99, "Won"), id=ItemId("local-9"), version=None)))
        accept_all(wall)
        await wall.press("u")
        await wall.press("U", "u")  # not sent yet: the deletion is simply withdrawn, and meant again
        accept_all(wall)
        await wall.settle()
        await wall.press("U")
        assert wall.bottom.strip() == "DEAL-99: this server cannot bring back what was deleted."
        assert not store.state.outbox
        assert not store.state.history.undone


async def test_a_card_that_the_server_never_took_is_dropped_with_what_waits_behind_it() -> None:
    async with wall_of(a_plain_session(delete=False)) as wall:
        store = wall.session.store
        local = replace(an_item(99, "Won"), id=ItemId("local-9"), version=None)
        (create,) = store.dispatch(Create(local))
        store.apply(Sealed(create, Request("k", local)))
        store.apply(Refused(create, "the key may only read"))
        wall.app.wall.select(local.id)
        await wall.settle()
        await wall.press("L", "#")
        assert "Delete DEAL-99 Deal 99? The server never took it: it is dropped for good." in wall.screen_text()
        await wall.press("y")
        assert wall.bottom.strip() == "Deleted DEAL-99 Deal 99."
        assert not store.state.outbox
        assert view(store.state, local.id) is None

"""An undone move goes back to its place, where the server has places."""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from tui.domain.changes import Edits, Move, Set
from tui.domain.model import COLUMN, POSITION, Board, BoardId, Column, ColumnId, Item, ItemId, Moment
from tui.sync.events import Accepted, Dispatched, Opened, Pulled, Sealed, Undone
from tui.sync.outbox import Pending, PendingId, Request
from tui.sync.reduce import reduce
from tui.sync.state import State, pendings_of

LEAD, WON = ColumnId("lead"), ColumnId("won")
BOARD = Board(BoardId("b"), "Sales", (Column(LEAD, "Lead"), Column(WON, "Won")))
ITEM = Item(ItemId("i"), "DEAL-1", "Acme", BOARD.id, LEAD, version=1, position=65_536)
MOVE: Edits = Map({COLUMN: Set(LEAD, WON)})


def moved_and_undone(item: Item, answer: Item) -> Edits:
    """What the undo of an accepted move would send."""
    pending = Pending(PendingId("p"), 1, Move(item.id, MOVE), Moment(0))
    events = (
        Opened(BOARD),
        Pulled((item,), first=True),
        Dispatched((pending,), Moment(0)),
        Sealed(pending.id, Request("k", item, MOVE)),
        Accepted(pending.id, answer),
        Undone((PendingId("u"),), Moment(1)),
    )
    state = State()
    for event in events:
        state = reduce(state, event).state
    (undo,) = pendings_of(state, item.id)
    assert isinstance(undo.change, Move)
    return undo.change.edits


def test_an_undone_move_asks_for_the_old_place() -> None:
    answer = replace(ITEM, column_id=WON, version=2, position=999)
    edits = moved_and_undone(ITEM, answer)
    assert dict(edits) == {COLUMN: Set(WON, LEAD), POSITION: Set(999, 65_536)}


def test_a_server_without_places_is_asked_for_none() -> None:
    item = replace(ITEM, position=None)
    assert dict(moved_and_undone(item, replace(item, column_id=WON, version=2))) == {COLUMN: Set(WON, LEAD)}

"""What a server cannot take back: a deletion where nothing is brought back, a new item where nothing is deleted."""

from __future__ import annotations

from msgspec import Struct

from tui.domain.changes import Create, Delete, Restore
from tui.domain.model import LOCAL
from tui.sync.history import Deed, Step
from tui.sync.outbox import PendingId
from tui.sync.state import State, pendings_of, resolve, view


class Ways(Struct, frozen=True):
    """The ways back that a server has."""

    deletes: bool
    restores: bool


def not_undone(state: State, step: Step, ways: Ways) -> frozenset[PendingId]:
    """The deeds of a step that an undo leaves as they are; what was not sent yet can always be withdrawn."""
    return frozenset(deed.pending_id for deed in step.deeds if not _has_way_back(state, deed, ways))


def not_redone(state: State, step: Step, ways: Ways) -> frozenset[PendingId]:
    """The deeds of an undone step that cannot be done again: an item that was made and deleted since."""
    if ways.restores:
        return frozenset()
    return frozenset(deed.pending_id for deed in step.deeds if _is_deleted_for_good(state, deed))


def _has_way_back(state: State, deed: Deed, ways: Ways) -> bool:
    match deed.change:
        case Delete():  # where someone else has brought it back, nothing is left to do
            has_way = ways.restores or view(state, deed.change.item_id) is not None
        case Create() | Restore():
            has_way = ways.deletes
        case _:
            return True
    pending = state.outbox.get(deed.pending_id)
    return has_way or (pending is not None and pending.phase != "sealed")


def _is_deleted_for_good(state: State, deed: Deed) -> bool:
    """Whether a new item was named by the server and is gone from it, or about to go."""
    item_id = resolve(state, deed.change.item_id)
    if not isinstance(deed.change, Create) or item_id.startswith(LOCAL) or view(state, item_id) is not None:
        return False
    waiting = pendings_of(state, item_id)
    return not any(one.undoes == deed.pending_id and one.phase == "queued" for one in waiting)

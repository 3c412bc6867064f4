"""One pure function from an event to the next State, and what it touched.

This is the whole truth of optimistic edits, rebase after a pull, conflicts and undo. No event costs more on a
larger board: each touches only the items it names.
"""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from tui.domain.changes import Change, Create, Delete, Edit, Edits, Restore, Set, apply, inverse
from tui.domain.merge import Conflict, Merge, Picks, merge
from tui.domain.model import COLUMN, POSITION, STATUS, Board, Item, value_of
from tui.sync.events import (
    Accepted,
    Adopted,
    BoardChanged,
    BoardsListed,
    Conflicted,
    Dispatched,
    DraftDropped,
    Drafted,
    Dropped,
    Event,
    LinkChanged,
    Looked,
    Opened,
    Pulled,
    Recreate,
    Redone,
    Refused,
    Removed,
    Resolved,
    Retried,
    Sealed,
    Undone,
    Unsealed,
)
from tui.sync.history import Deed, Step
from tui.sync.outbox import Pending
from tui.sync.state import State
from tui.sync.turn import Outcome, Turn, addressed


def reduce(state: State, event: Event) -> Outcome:  # noqa: C901 - one case an event
    """The next State."""
    match event:
        case LinkChanged():
            return Outcome(replace(state, link=event.link))
        case BoardsListed():
            return Outcome(replace(state, boards=event.boards))
        case Opened():
            return _opened(state, event.board)
        case BoardChanged():
            return _board_changed(state, event.board)
    turn = Turn(state)
    match event:
        case Dispatched():
            _dispatched(turn, event)
        case Undone():
            _undone(turn, event)
        case Redone():
            _redone(turn, event)
        case Pulled():
            for item in event.items:
                turn.pull(item, first=event.first)
        case Removed():
            _removed(turn, event)
        case Adopted():
            _adopted(turn, event)
        case Drafted():
            turn.keep_draft(event.draft)
        case DraftDropped():
            turn.drop_draft(event.item_id)
        case Looked():
            _looked(turn, event)
        case _:
            _settle(turn, event)
    return turn.outcome()


def _settle(  # noqa: C901 - one case an event
    turn: Turn,
    event: Sealed | Unsealed | Accepted | Refused | Conflicted | Resolved | Recreate | Dropped | Retried,
) -> None:
    """Events that are about one Pending; one that is no longer there is old news."""
    pending = turn.outbox.get(event.pending_id)
    if pending is None:
        return
    match event:
        case Sealed():
            if pending.phase == "queued":
                turn.put(replace(pending, phase="sealed", request=event.request, attempts=pending.attempts + 1))
        case Unsealed():
            if pending.phase == "sealed":
                # A create always says the same, so it goes by the same key: one more guard against a second item.
                attempts = pending.attempts - isinstance(pending.change, Create)
                turn.put(replace(pending, phase="queued", request=None, attempts=attempts))
                turn.cancel_undone(pending)
                turn.release(turn.resolve(pending.item_id))
        case Accepted():
            _accepted(turn, pending, event.item)
        case Refused():
            _refused(turn, pending, event)
        case Conflicted():
            _conflicted(turn, pending, event.conflict)
        case Resolved():
            _resolved(turn, pending, event.picks)
        case Recreate():
            _recreated(turn, pending, event.pending)
        case Dropped():
            if pending.phase != "sealed":
                turn.history = turn.history.forget(pending.id)
                if not turn.cancel_undone(pending):
                    turn.withdraw(pending)
        case Retried():
            if pending.phase == "refused":
                turn.put(replace(pending, phase="queued", problem=None, problems=Map()))


def _dispatched(turn: Turn, event: Dispatched) -> None:
    for pending in event.pendings:
        turn.enqueue(pending)
    deeds = tuple(Deed(pending.id, addressed(pending.change, turn.aliases)) for pending in event.pendings)
    turn.history = turn.history.did(Step.of(deeds, event.at))


def _undone(turn: Turn, event: Undone) -> None:
    """Take the last step back: unsent changes are withdrawn, the others are answered by their inverse."""
    if not turn.history.done:
        return
    step = turn.history.done[-1]
    turn.history = turn.history.undid(step.without(event.lasting))
    for pending_id, deed in zip(event.ids, reversed(step.deeds), strict=True):
        if deed.pending_id in event.lasting:
            continue
        pending = turn.outbox.get(deed.pending_id)
        if pending is not None and pending.phase != "sealed":
            turn.withdraw(pending)
            continue
        change = addressed(inverse(deed.change), turn.aliases)
        turn.enqueue(Pending(pending_id, turn.seq(), change, event.at, undoes=deed.pending_id))


def _redone(turn: Turn, event: Redone) -> None:
    if not turn.history.undone:
        return
    step = turn.history.undone[-1]
    deeds = []
    for pending_id, deed in zip(event.ids, step.deeds, strict=True):
        if deed.pending_id in event.lasting:
            continue
        undo = turn.undo_of(deed.pending_id, deed.change.item_id)
        if undo is not None:  # the undo has not left yet: without it the deed simply stands
            turn.withdraw(undo)
            deeds.append(deed)
            continue
        change = _again(turn, deed)
        turn.enqueue(Pending(pending_id, turn.seq(), change, event.at))
        deeds.append(Deed(pending_id, change))
    turn.history = turn.history.redid(Step.of(deeds, event.at) if deeds else None)


def _again(turn: Turn, deed: Deed) -> Change:
    """What does a deed once more: a create the server already named is brought back, not made twice."""
    change = addressed(deed.change, turn.aliases)
    if isinstance(change, Create):
        item_id = turn.resolve(change.item_id)
        if not item_id.startswith("local-"):
            return Restore(item_id, replace(change.item, id=item_id))
    return change


def _accepted(turn: Turn, pending: Pending, item: Item | None) -> None:
    item_id = turn.resolve(pending.item_id)
    before = turn.items.get(item_id)
    seen = apply(pending.change, before)
    effect = _effect(pending, item)
    turn.limit_undo(pending, effect)
    turn.remove(pending)
    if item is None:
        turn.lose(item_id)
    else:
        turn.confirm(item)
        if isinstance(pending.change, Create):
            turn.name(pending.item_id, item)
        item_id = item.id
        turn.follow(pending, seen, item)
    if effect is None:
        turn.history = turn.history.forget(pending.id)
    else:
        turn.history = turn.history.became(pending.id, effect)
    turn.release(item_id, item or before)


def _effect(pending: Pending, item: Item | None) -> Change | None:
    """The change as the server carried it out, in its words; None when there was nothing left to do."""
    change = pending.change
    if isinstance(change, Edit):
        edits = pending.request.edits if pending.request else Map()
        for member, edit in edits.items():
            if isinstance(edit, Set) and item is not None:
                edits = edits.set(member, Set(edit.base, value_of(item, member)))
        if COLUMN in edits and pending.request is not None and item is not None:
            edits = _with_place(edits, pending.request.base, item)
        return type(change)(change.item_id, edits) if edits else None
    if isinstance(change, Create) and item is not None:
        return Create(item)
    return change


def _with_place(edits: Edits, base: Item, item: Item) -> Edits:
    """A move's effect with the place it took, if the server has places: undone, the item goes back to its old one."""
    if POSITION in edits or base.position is None or item.position is None:
        return edits
    return edits.set(POSITION, Set(base.position, item.position))


def _refused(turn: Turn, pending: Pending, event: Refused) -> None:
    turn.history = turn.history.forget(pending.id)
    attempts = pending.attempts if event.certain else pending.attempts - 1
    problem, fields = event.problem, event.fields
    turn.put(replace(pending, phase="refused", request=None, problem=problem, problems=fields, attempts=attempts))
    turn.cancel_undone(pending)
    turn.release(turn.resolve(pending.item_id))


def _conflicted(turn: Turn, pending: Pending, conflict: Conflict) -> None:
    """Someone else was first: what merges goes on by itself on their version, the rest waits for a choice."""
    item_id = turn.resolve(pending.item_id)
    before = turn.items.get(item_id)
    picks = pending.conflict.picks if pending.conflict else conflict.picks
    turn.put(replace(pending, phase="conflict", request=None, conflict=replace(conflict, picks=picks)))
    if conflict.theirs is None:
        turn.lose(item_id)
    elif turn.waiting.get(item_id, conflict.theirs) is not None:  # else a pull has told of its deletion since
        turn.pull(conflict.theirs, first=False)
    turn.release(item_id, conflict.theirs or before)
    if not turn.cancel_undone(pending):
        turn.replan(item_id)


def _resolved(turn: Turn, pending: Pending, picks: Picks) -> None:
    """Go on against theirs with the choices made; what is still open stays a conflict."""
    if pending.phase != "conflict":
        return
    item_id = turn.resolve(pending.item_id)
    theirs = turn.items.get(item_id)
    if theirs is None:
        return  # deleted on the server: only Recreate or Dropped settle that
    change = pending.change
    if isinstance(change, Delete):
        turn.put(replace(pending, phase="queued", conflict=None, change=Delete(item_id, theirs)))
        return
    if not isinstance(change, Edit):
        return
    merged = merge(change.edits, theirs, turn.board_of(pending), picks)
    if merged.clashes:
        turn.put(_partly_resolved(pending, change, merged, Conflict(theirs, merged.clashes, picks)))
    elif merged.edits:
        settled = type(change)(item_id, merged.edits)
        turn.put(replace(pending, phase="queued", conflict=None, change=settled))
    else:
        turn.history = turn.history.forget(pending.id)
        turn.remove(pending)


def _partly_resolved(pending: Pending, change: Edit, merged: Merge, conflict: Conflict) -> Pending:
    """What is settled is from now on made against theirs, so that it stays settled until they change it again."""
    still = {clash.member for clash in merged.clashes}
    if COLUMN in still:
        still.add(STATUS)  # it goes with its column
    asked = {member: edit for member, edit in change.edits.items() if member in still}
    return replace(pending, conflict=conflict, change=type(change)(change.item_id, merged.edits.update(asked)))


def _recreated(turn: Turn, pending: Pending, again: Pending) -> None:
    """Bring back an item deleted on the server: restored with our edits behind it, or created anew from them."""
    if pending.phase != "conflict" or pending.conflict is None or pending.conflict.theirs is not None:
        return  # it has come back meanwhile
    item_id = turn.resolve(pending.item_id)
    waiting = [turn.outbox[p] for p in turn.queue.get(item_id, ())]
    if isinstance(again.change, Restore):
        turn.enqueue(again, first=True)
        for held in waiting:
            if held.phase == "conflict":
                turn.put(replace(held, phase="queued", conflict=None))
        return
    for held in waiting:
        turn.history = turn.history.forget(held.id)
        turn.remove(held)
    turn.enqueue(again)
    turn.history = turn.history.did(Step.of([Deed(again.id, again.change)], again.made_at))


def _removed(turn: Turn, event: Removed) -> None:
    for item_id in event.ids:
        if turn.sealed(item_id):
            turn.waiting = turn.waiting.set(item_id, None)
        else:
            turn.lose(item_id)
            turn.replan(item_id)


def _adopted(turn: Turn, event: Adopted) -> None:
    """An earlier process's Outbox, behind what is already here, in its own order."""
    turn.know(event.aliases)
    for pending in sorted(event.pendings, key=lambda p: p.seq):
        if pending.id in turn.outbox:
            continue
        turn.enqueue(replace(pending, seq=turn.seq()))
    for draft in event.drafts:
        own = turn.drafts.get(turn.resolve(draft.item_id))
        if own is None or own.at < draft.at:
            turn.keep_draft(draft)


def _looked(turn: Turn, event: Looked) -> None:
    for item_id in event.ids:
        if item_id in turn.changed:
            turn.changed = turn.changed.delete(item_id)
            turn.touched.add(item_id)


def _opened(state: State, board: Board) -> Outcome:
    """Another board: its items come by Pulled; what waits to be sent stays, whatever board it is of."""
    kept = Map({item_id: state.items[item_id] for item_id in state.queue if item_id in state.items})
    known = state.known.set(board.id, board)
    return Outcome(replace(state, board=board, known=known, items=kept, changed=Map()))


def _board_changed(state: State, board: Board) -> Outcome:
    known = state.known.set(board.id, board)
    is_open = state.board is not None and state.board.id == board.id
    return Outcome(replace(state, known=known, board=board if is_open else state.board))

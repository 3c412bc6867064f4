"""A Change in a few words, for lists of what waits and of what was done. Every foreign text is made visible here."""

from __future__ import annotations

from tui.app.conflict_text import SIGNS, Signs, value_text
from tui.domain.changes import Change, Create, Delete, Delta, Edit, Restore, Set
from tui.domain.model import Board, Item, ItemId, Member, label_of
from tui.domain.text import visible
from tui.sync.outbox import Pending
from tui.sync.state import State, resolve, view

NOT_NAMED = "new"
"""The key of an item that the server has not named yet."""
_MOST = 4
"""Members that are told one by one."""
_LONGEST = 24
"""Characters of a value."""
_LONGEST_NAME = 80


def item_of(state: State, change: Change) -> Item | None:
    """The item a change is about, as far as it is known, also when it is no longer there."""
    item_id = resolve(state, change.item_id)
    item = view(state, item_id) or state.items.get(item_id) or state.gone.get(item_id)
    if item is not None:
        return item
    return change.item if isinstance(change, Create) else change.was if isinstance(change, Delete | Restore) else None


def key_of(state: State, change: Change) -> str:
    """The key its card shows."""
    item = item_of(state, change)
    if item is None:
        return "?"
    return NOT_NAMED if item.is_local else visible(item.key)


def board_of(state: State, item: Item | None) -> Board | None:
    """The board whose words an item is told in."""
    return state.board if item is None else state.known.get(item.board_id) or state.board


def name_of(state: State, change: Change) -> str:
    """The name its card shows; empty when nothing is known of the item."""
    item = item_of(state, change)
    return "" if item is None else visible(item.name[:_LONGEST_NAME])


def change_text(state: State, change: Change, signs: Signs = SIGNS) -> str:
    """What a change does: ``column Lead → Won``."""
    match change:
        case Create():
            return "new item"
        case Delete():
            return "deleted"
        case Restore():
            return "brought back"
        case Edit():
            return edits_text(board_of(state, item_of(state, change)), change, signs)


def edits_text(board: Board | None, change: Edit, signs: Signs) -> str:
    """Every member of an edit, from what to what."""
    told = [text for member in sorted(change.edits) if (text := _edit_text(board, member, change.edits[member], signs))]
    more = f" and {len(told) - _MOST} more" if len(told) > _MOST else ""
    return "; ".join(told[:_MOST]) + more


def _edit_text(board: Board | None, member: Member, edit: Set | Delta, signs: Signs) -> str:
    label = visible(label_of(board, member)) if board is not None else visible(member)
    if isinstance(edit, Delta):
        parts = [f"+{visible(one)}" for one in edit.added] + [f"-{visible(one)}" for one in edit.removed]
        return f"{label} {' '.join(parts)}"
    if board is None:
        return label
    old, new = (_short(value_text(board, member, value, signs), signs) for value in (edit.base, edit.mine))
    return "" if old == new else f"{label} {old} {signs.arrow} {new}"  # a status of the same name in another column


def _short(text: str, signs: Signs) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}{signs.more}"


def needs_you(pending: Pending) -> bool:
    """Whether a Pending waits for a person."""
    return pending.phase in ("conflict", "refused")


def is_in_view(state: State, item_id: ItemId) -> bool:
    """Whether there is a card to jump to on the open board."""
    item = view(state, item_id)
    return item is not None and state.board is not None and item.board_id == state.board.id

"""What became of a request whose answer was lost, on a server that knows no idempotency keys. Pure."""

from __future__ import annotations

from typing import TypeAlias

from tui.domain.changes import Create, Delete, Delta, Edits, Restore, Set, apply_delta
from tui.domain.merge import Conflict
from tui.domain.model import Item, Member, value_of
from tui.sync.events import Accepted, Conflicted, Refused
from tui.sync.outbox import Pending, Request, same_content

Verdict: TypeAlias = Accepted | Conflicted | Refused | None
"""What to tell the Store; None means that the request never arrived and may be sent again."""

NOBODY_KNOWS = (
    "the answer was lost, and this server cannot say whether the item was created: "
    "look for it on the board, then drop this one or send it again"
)


def verdict(pending: Pending, request: Request, now: Item | None) -> Verdict:
    """Compares what the request wanted with the item as it is `now`; None when there is no such item."""
    change = pending.change
    if isinstance(change, Create):
        return Refused(pending.id, NOBODY_KNOWS)
    if isinstance(change, Restore):
        return None if now is None else Accepted(pending.id, now)
    if isinstance(change, Delete):
        if now is None:
            return Accepted(pending.id, None)
        return None if _untouched(request, now) else Conflicted(pending.id, Conflict(now))
    if now is None:
        return Conflicted(pending.id, Conflict(None))
    if _carried_out(request, now):
        return Accepted(pending.id, now)
    return None if _untouched(request, now) else Conflicted(pending.id, Conflict(now))


def _carried_out(request: Request, now: Item) -> bool:
    """Whether the item is one version on and holds what was wanted."""
    base = request.base.version
    next_one = base is None or now.version is None or now.version == base + 1
    return next_one and all(_wanted(request.edits, m, now) == _seen(now, m) for m in request.edits)


def _untouched(request: Request, now: Item) -> bool:
    """Whether the item is as the request expected it."""
    if request.base.version is not None and now.version is not None:
        return now.version == request.base.version
    if not request.edits:
        return same_content(request.base, now)
    return all(_seen(now, m) == _seen(request.base, m) for m in request.edits)


def _wanted(edits: Edits, member: Member, now: Item) -> object:
    edit: Set | Delta = edits[member]
    return edit.mine if isinstance(edit, Set) else apply_delta(edit, value_of(now, member))


def _seen(item: Item, member: Member) -> object:
    value = value_of(item, member)
    return tuple(sorted(value)) if isinstance(value, tuple) else value

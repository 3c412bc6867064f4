"""Writes that no server checks: what must be true of an item before and after one, and how old a look may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from immutables import Map

from tui.api.backend import VersionConflict
from tui.api.client import Client, TooLate
from tui.domain.changes import Edits, Set, apply_delta
from tui.domain.model import Item, Member, field_name, value_of
from tui.domain.record import Value
from tui.errors import Invalid, NotFound, Offline, RateLimited, Unavailable

_T = TypeVar("_T")
_R = TypeVar("_R")
FRESH = 5.0
"""Seconds from the start of a look to the moment when the write that it allows leaves, at most.

A look and a write may each wait 2 s for the budget, and an answer takes a second: what is in order needs no second
look. What takes longer, a slow server or a key that others use up, leaves others that much time to come between.
"""
LOOKS = 3
"""Looks before one write, at most: on a server where each takes too long nothing fresher is to be had."""


async def guarded(
    http: Client, look: Callable[[], Awaitable[_T]], write: Callable[[_T, float | None], Awaitable[_R]]
) -> _R:
    """What `write` makes of a `look`; one that has become old before the write could leave is taken again.

    `write` hands the second argument on as `not_after`. Each look is a request that the budget counts like any other.
    """
    for left in reversed(range(LOOKS)):
        began = http.clock()
        seen = await look()
        try:
            return await write(seen, began + FRESH if left else None)
        except TooLate:
            continue
    raise AssertionError("the last write is sent whenever its turn comes")


async def looked_at(base: Item, read: Awaitable[_T]) -> _T:
    """The item as it is now, by `read`, before anything is sent: so whatever fails here is safe to try again."""
    try:
        return await read
    except NotFound:
        raise VersionConflict(f"{base.key} has been deleted on the server", None) from None
    except (Offline, RateLimited):
        raise
    except Unavailable as error:
        raise Offline(f"nothing was sent: {error.message}") from None


def left(base: Item, now: Item, edits: Edits) -> Edits:
    """The edits that would still change `now`, as values against it.

    Raises `VersionConflict` when someone else has set one of their members since `base`, to something else than is
    wanted. Sets never clash: what is added and removed is applied to the members of now.
    """
    moved = tuple(m for m, edit in edits.items() if isinstance(edit, Set) and _moved(base, now, m, edit.mine))
    if moved:
        raise VersionConflict(f"{base.key} was changed in the meantime: {names(moved)}", now)
    wanted = {member: _wanted(now, member, edits) for member in edits}
    return Map({m: Set(value_of(now, m), mine) for m, mine in wanted.items() if _plain(mine) != _word(now, m)})


def check_taken(before: Item, after: Item, edits: Edits) -> None:
    """Raise `Invalid` for members that hold what they held, although the server said that it took something else."""
    untaken = tuple(
        member
        for member, edit in edits.items()
        if isinstance(edit, Set) and _plain(edit.mine) != _word(after, member) == _word(before, member)
    )
    if untaken:
        said = "the server said yes, but did not take it"
        raise Invalid(f"{before.key}: {names(untaken)}: {said}", {names((member,)): said for member in untaken})


def alike(base: Item, now: Item) -> bool:
    """Whether an item to delete is what the user saw; labels count when he saw some: lists may not show them."""
    names = {*base.fields, *now.fields}
    return (
        (base.name, base.column_id, base.status_id) == (now.name, now.column_id, now.status_id)
        and base.labels in ((), now.labels)
        and all(_plain(base.fields.get(name)) == _plain(now.fields.get(name)) for name in names)
    )


def names(members: tuple[Member, ...]) -> str:
    """Members in a sentence."""
    return ", ".join(field_name(member) or member for member in members)


def _moved(base: Item, now: Item, member: Member, mine: Value) -> bool:
    return _word(now, member) not in (_word(base, member), _plain(mine))


def _wanted(now: Item, member: Member, edits: Edits) -> Value:
    edit = edits[member]
    return edit.mine if isinstance(edit, Set) else apply_delta(edit, value_of(now, member))


def _word(item: Item, member: Member) -> Value:
    return _plain(value_of(item, member))


def _plain(value: Value) -> Value:
    """Nothing in one form, and sets in one order."""
    if value is None or value in ("", ()):
        return None
    return tuple(sorted(value)) if isinstance(value, tuple) else value

"""Writes that no server checks: what must be true of an item before and after one."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from immutables import Map

from tui.api.backend import VersionConflict
from tui.domain.changes import Edits, Set, apply_delta
from tui.domain.model import Item, Member, field_name, value_of
from tui.domain.record import Value
from tui.errors import Invalid, NotFound, Offline, RateLimited, Unavailable

_T = TypeVar("_T")


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

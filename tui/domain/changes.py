"""A Change: one edit someone meant, as a value that can be applied, inverted and written to disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from immutables import Map
from msgspec import Struct

from tui.domain.model import LABELS, Board, Item, ItemId, Member, field_name, value_of, with_value
from tui.domain.record import Value


class Set(Struct, frozen=True):
    """A member that goes from `base`, as the user saw it, to `mine`."""

    base: Value
    mine: Value


class Delta(Struct, frozen=True):
    """Members of a set that were added and removed, so that others' members are left alone."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


Edits: TypeAlias = Map[Member, Set | Delta]


class Create(Struct, frozen=True):
    """A new item under a local id; the server names it on acceptance."""

    item: Item

    @property
    def item_id(self) -> ItemId:
        """The local id."""
        return self.item.id


class Edit(Struct, frozen=True):
    """New values for some members of an item."""

    item_id: ItemId
    edits: Edits


class Move(Edit, frozen=True):
    """An edit of column, status or position: what H, L and the move picker mean."""


class Delete(Struct, frozen=True):
    """Removal of an item; `was` is what the user saw."""

    item_id: ItemId
    was: Item


class Restore(Struct, frozen=True):
    """The way back from a Delete."""

    item_id: ItemId
    was: Item


Change: TypeAlias = Create | Edit | Delete | Restore


def apply(change: Change, item: Item | None) -> Item | None:
    """What `item` becomes; None means that there is no such item (any more).

    An Edit of an item that is gone leaves it gone.
    """
    match change:
        case Create():
            return change.item
        case Delete():
            return None
        case Restore():
            return change.was
        case Edit():
            return None if item is None else apply_edits(change.edits, item)


def apply_edits(edits: Edits, item: Item) -> Item:
    """`item` with every edit carried out, whatever it held before."""
    for member, edit in edits.items():
        value = edit.mine if isinstance(edit, Set) else apply_delta(edit, value_of(item, member))
        item = with_value(item, member, value)
    return item


def apply_delta(delta: Delta, members: Value) -> tuple[str, ...]:
    """A set of labels or choices after `delta`, sorted."""
    held = members if isinstance(members, tuple) else ()
    return tuple(sorted((set(held) | set(delta.added)) - set(delta.removed)))


def inverse(change: Change) -> Change:
    """The change that takes `change` back: only the members it touched."""
    match change:
        case Create():
            return Delete(change.item.id, change.item)
        case Delete():
            return Restore(change.item_id, change.was)
        case Restore():
            return Delete(change.item_id, change.was)
        case Edit():
            return type(change)(change.item_id, Map({m: _inverse_edit(e) for m, e in change.edits.items()}))


def _inverse_edit(edit: Set | Delta) -> Set | Delta:
    if isinstance(edit, Set):
        return Set(base=edit.mine, mine=edit.base)
    return Delta(added=edit.removed, removed=edit.added)


def touches(change: Change) -> frozenset[Member]:
    """The members a change would set; empty for a create, delete or restore, which touch the whole item."""
    return frozenset(change.edits) if isinstance(change, Edit) else frozenset()


def is_set(member: Member, board: Board) -> bool:
    """Whether a member holds a set (labels, multi-select), which is edited by Delta."""
    name = field_name(member)
    if name is None:
        return member == LABELS
    field = board.field(name)
    return field is not None and field.kind == "multi_select"


def in_order(edits: Edits) -> list[tuple[Member, Set | Delta]]:
    """The edits in an order of their own: a Map has another one in every process, and a request that is sent again
    after a restart must say the same in the same words.
    """
    return sorted(edits.items())


def edits_between(base: Item, values: Mapping[Member, Value], board: Board) -> Edits:
    """The edits that take `base` to `values`; members whose value is unchanged are left out."""
    edits: dict[Member, Set | Delta] = {}
    for member, mine in values.items():
        held = value_of(base, member)
        if held == mine:
            continue
        if is_set(member, board):
            before = set(held) if isinstance(held, tuple) else set()
            after = set(mine) if isinstance(mine, tuple) else set()
            if before != after:
                edits[member] = Delta(tuple(sorted(after - before)), tuple(sorted(before - after)))
        else:
            edits[member] = Set(held, mine)
    return Map(edits)

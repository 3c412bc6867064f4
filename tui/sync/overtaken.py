"""Which items of a list that is being read a write has overtaken meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tui.domain.merge import Conflict
from tui.domain.model import Item, ItemId
from tui.sync.events import Accepted, Conflicted
from tui.sync.state import resolve
from tui.sync.store import Notice, Store
from tui.sync.turn import is_later

Current = Callable[[tuple[Item, ...]], tuple[Item, ...]]
"""What is left of a page's items."""


@contextmanager
def without_overtaken(store: Store) -> Iterator[Current]:
    """For the time of one list: leaves out of its pages what an answer has told of since the list was asked for.

    Versions order an answer and a list, and keep out what is older; this is for items without versions, and for those
    that are gone. An item that is later by its version or the server's clock stays; one that was left out wrongly comes
    with the next look.
    """
    told: dict[ItemId, Item] = {}

    def notice(notice: Notice) -> None:
        match notice.event:
            case Accepted(item=Item(version=None) as item):
                told[item.id] = item
            case Conflicted(conflict=Conflict(theirs=Item(version=None) as item)):
                told[item.id] = item
            case Accepted(item=None) | Conflicted(conflict=Conflict(theirs=None)):
                last = _last_of(notice)
                if last is not None:
                    told[last.id] = last

    def current(items: tuple[Item, ...]) -> tuple[Item, ...]:
        if not told:
            return items
        return tuple(item for item in items if item.id not in told or is_later(item, told[item.id]))

    stop = store.subscribe(notice)
    try:
        yield current
    finally:
        stop()


def _last_of(notice: Notice) -> Item | None:
    """The last state of an item that an answer says is deleted."""
    assert isinstance(notice.event, Accepted | Conflicted)
    pending = notice.before.outbox.get(notice.event.pending_id)
    return notice.before.items.get(resolve(notice.before, pending.item_id)) if pending is not None else None

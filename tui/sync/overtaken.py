"""Which items of a list that is being read a write has overtaken meanwhile, where no versions tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tui.domain.model import Item, ItemId
from tui.sync.events import Accepted, Conflicted
from tui.sync.store import Notice, Store
from tui.sync.turn import is_later

Current = Callable[[tuple[Item, ...]], tuple[Item, ...]]
"""What is left of a page's items."""


@contextmanager
def without_overtaken(store: Store) -> Iterator[Current]:
    """For the time of one list: leaves out of its pages what an answer has told of since the list was asked for.

    An item that is later by the server's clock stays; one that was left out wrongly comes with the next look.
    """
    told: dict[ItemId, Item] = {}

    def notice(notice: Notice) -> None:
        match notice.event:
            case Accepted(item=Item(version=None) as item):
                told[item.id] = item
            case Conflicted(conflict=conflict) if conflict.theirs is not None and conflict.theirs.version is None:
                told[conflict.theirs.id] = conflict.theirs

    def current(items: tuple[Item, ...]) -> tuple[Item, ...]:
        if not told:
            return items
        return tuple(item for item in items if item.id not in told or is_later(item, told[item.id]))

    stop = store.subscribe(notice)
    try:
        yield current
    finally:
        stop()

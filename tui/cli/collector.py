"""Keeps the garbage collector out of the way of the start and of the keys.

A full collection looks at every live object: while modules are loaded that is a twentieth of the time, at 100,000
items it is tens of milliseconds. What a start and a load bring stays, so it is moved out of the collector's sight
as it arrives; items hold no cycles and go by reference count.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.sync.store import Notice, Store

EVERY = 1_000
"""Items between two freezes."""


def pause() -> None:
    """Collect nothing while modules are loaded; until `resume`."""
    gc.disable()


def resume() -> None:
    """Collect again, but nothing of what is there now."""
    gc.freeze()
    gc.enable()


def spare_loaded_items(store: Store) -> None:
    """Freeze what is loaded now, and what `store` reads from here on."""
    from tui.sync.events import Pulled

    gc.freeze()
    arrived = 0

    def noticed(notice: Notice) -> None:
        nonlocal arrived
        if isinstance(notice.event, Pulled):
            arrived += len(notice.event.items)
            if arrived >= EVERY:
                arrived = 0
                gc.freeze()

    store.subscribe(noticed)

"""Keeps the garbage collector from stopping the keys while many items are read.

A full collection looks at every live object: at 100,000 items that is tens of milliseconds. What a load brings
stays, so it is moved out of the collector's sight as it arrives; items hold no cycles and go by reference count.
"""

from __future__ import annotations

import gc

from tui.sync.events import Pulled
from tui.sync.store import Notice, Store

EVERY = 1_000
"""Items between two freezes."""


def spare_loaded_items(store: Store) -> None:
    """Freeze what is loaded now, and what `store` reads from here on."""
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

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
"""Items that a board must grow by from one freeze to the next."""


def pause() -> None:
    """Collect nothing while modules are loaded; until `resume`."""
    gc.disable()


def resume() -> None:
    """Collect again, but nothing of what is there now."""
    gc.freeze()
    gc.enable()


def collect_everything() -> None:
    """Look at everything once: what was frozen and has become garbage goes, the rest is frozen again."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def spare_loaded_items(store: Store) -> None:
    """Freeze what is loaded now, and what `store` holds more than ever before from here on.

    A freeze also keeps whatever garbage is there at that moment, for good: so what is read again and again, as boards
    without a feed are, must not freeze again and again.
    """
    from tui.sync.events import Pulled

    gc.freeze()
    most = len(store.state.items)

    def noticed(notice: Notice) -> None:
        nonlocal most
        if isinstance(notice.event, Pulled) and len(notice.state.items) >= most + EVERY:
            most = len(notice.state.items)
            gc.freeze()

    store.subscribe(noticed)

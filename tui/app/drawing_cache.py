"""Cards already drawn, so that a repaint of unchanged cards makes no new strips."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from msgspec import Struct
from textual.strip import Strip

from tui.app.drawing import Brush, card
from tui.domain.model import Item, ItemId
from tui.sync.state import Mark

LEAST: Final = 64
"""Cards kept drawn on the smallest screen."""


class Look(Struct, frozen=True):
    """Everything that the drawing of a card depends on, beside the brush."""

    item: Item
    mark: Mark
    age: str
    on: bool
    marked: bool


class CardCache:
    """Strips by item, the least recently painted forgotten first."""

    def __init__(self) -> None:
        self.made = 0
        """Cards drawn so far."""
        self.room = LEAST
        """Cards kept: a strip brings caches of its own along, 10 KiB a card once it was on the screen."""
        self._brush: Brush | None = None
        self._drawn: OrderedDict[tuple[ItemId, bool], tuple[Look, tuple[Strip, ...]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._drawn)

    def strips(self, brush: Brush, look: Look) -> tuple[Strip, ...]:
        """The lines of a card, drawn only when something it shows has changed."""
        if brush is not self._brush and brush != self._brush:
            self._drawn.clear()
        self._brush = brush
        key = (look.item.id, look.on)
        held = self._drawn.get(key)
        if held is not None and _same(held[0], look):
            self._drawn.move_to_end(key)
            return held[1]
        self.made += 1
        strips = card(brush, look.item, look.mark, look.age, on=look.on, marked=look.marked)
        self._drawn[key] = (look, strips)
        self._drawn.move_to_end(key)
        while len(self._drawn) > self.room:
            self._drawn.popitem(last=False)
        return strips


def _same(one: Look, other: Look) -> bool:
    """Whether two looks draw alike; items are compared by identity first, which is nearly always enough."""
    if (one.mark, one.age, one.marked) != (other.mark, other.age, other.marked):
        return False
    return one.item is other.item or one.item == other.item

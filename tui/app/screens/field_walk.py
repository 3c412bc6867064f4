"""Tab and the arrows between the fields of a form."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen
from textual.widget import Widget

from tui.app.widgets.field_line import FieldLine

T = TypeVar("T")


class FieldWalk(ModalScreen[T]):
    """A screen whose lines are selected whole when a key leads into them; a click or a program leaves the cursor."""

    def focus_next(self, selector: str | type[Widget] = "*") -> Widget | None:
        """Go to the next field."""
        return _selected(super().focus_next(selector))

    def focus_previous(self, selector: str | type[Widget] = "*") -> Widget | None:
        """Go to the previous field."""
        return _selected(super().focus_previous(selector))


def _selected(reached: Widget | None) -> Widget | None:
    if isinstance(reached, FieldLine):
        reached.select_whole()
    return reached

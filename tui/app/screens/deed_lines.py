"""How a list tells of a deed: on one line where there is room, else what was done below the item's name."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from tui.app.drawing import hanging
from tui.app.screens.palette_list import column

INDENT = 10
"""Blanks before what stands below a first line."""
_KEY = 9
"""Cells of the column of keys."""


def deed_lines(
    before: Sequence[tuple[str, str]], key: str, name: str, said: str, age: str, room: int, more: str, style: str = ""
) -> Content:
    """A deed in `room` cells: a word (text and style), the item's key and name, what was done, and how long ago."""
    width = room - sum(cell_len(text) for text, _ in before) - _KEY - 2 - cell_len(age) - 2
    whole = f"{name}: {said}" if name else said
    fits = cell_len(whole) <= width
    first = column(whole if fits else name or said, width, more)
    below = "" if fits or not name else f"\n{' ' * INDENT}{hanging(said, room, INDENT)}"
    return Content.assemble(
        *before, (column(key, _KEY, more), "bold $accent"), (first, style), (age, "$text-muted"), (below, style)
    )

"""One line of text that may hold anything; apart from the other editors, which take longer to load."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Input

from tui.domain.text import in_place


class ForeignLine(Input):
    """One line of text from outside: edited as it is, shown with signs for what a terminal must not get.

    A `password` is not shown at all, only its length. Textual has no public way to show another text than is edited;
    `_value` and `_position_to_cell` are its own.
    """

    @property
    def _shown(self) -> str:
        return "*" * len(self.value) if self.password else in_place(self.value)

    @property
    def _value(self) -> Text:
        return Text(self._shown, no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return position if self.password else cell_len(in_place(self.value[:position]))

"""One line of text that may hold anything; apart from the other editors, which take longer to load."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Input

from tui.domain.text import in_place


class ForeignLine(Input):
    """One line of text from outside: edited as it is, shown with signs for what a terminal must not get.

    Textual has no public way to show another text than is edited; the two members below are its own.
    """

    @property
    def _value(self) -> Text:
        return Text(in_place(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(in_place(self.value[:position]))

"""A small wall on the thin wire: columns of cards by the line API, wide text, a dialog, the terminal's cursor.

Keys: j k move, d dialog, escape closes it, n notifies, s swaps a card's text, l redraws, z stops the program,
u runs a program in between, x does nothing, q ends.
"""

from __future__ import annotations

import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input, Static

from tui.app.wire import ThinWire

PLAIN, LIT = Style.parse("#d0d0d0 on #101010"), Style.parse("bold #ffffff on #304060")
TEXTS = [
    "Acme renewal",
    "漢字カード 東京",
    "Cafe\u0301 déjà vu",
    "🙂🙂 party",
    "─── ▌ · ───",
    "",
    "한국어 a b c",
    "x" * 60,
]


class Lane(ScrollView):
    """A column of one-line cards."""

    at = 0
    swapped = 0

    def __init__(self, first: int) -> None:
        super().__init__(can_focus=False)
        self.first = first

    def on_resize(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, 60)

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        style = LIT if row == self.at else PLAIN
        text = TEXTS[(row + self.first + (self.swapped if row == self.at else 0)) % len(TEXTS)]
        width = self.scrollable_content_region.width
        return Strip([Segment(f"{self.first}-{row:02} ", style), Segment(text, style)]).adjust_cell_length(width, style)

    def move(self, rows: int) -> None:
        """Put the highlight on another card."""
        old, self.at = self.at, min(max(self.at + rows, 0), 59)
        self.scroll_to(y=max(0, self.at - self.scrollable_content_region.height + 1), animate=False)
        self.refresh_lines(old)
        self.refresh_lines(self.at)


class Question(ModalScreen[None]):
    """A dialog over half a wide character."""

    CSS = "Question { align: center middle; } Question > * { width: 31; height: 3; border: round red; }"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss")]

    def compose(self) -> ComposeResult:
        yield Static("Really? 漢字")
        yield Input("text", select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False


class Board(ThinWire[None]):
    """Three lanes and a status line."""

    CSS = """
    Lane { width: 1fr; height: 1fr; overflow-x: hidden; scrollbar-size: 1 1; }
    #status { height: 1; }
    Screen:inline { height: 12; }
    """
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            for first in range(3):
                yield Lane(first)
        yield Static("READY", id="status")

    @property
    def lane(self) -> Lane:
        """The lane with the highlight."""
        return self.screen_stack[0].query(Lane).first()

    def key_j(self) -> None:
        self.move(1)

    def key_k(self) -> None:
        self.move(-1)

    def move(self, rows: int) -> None:
        """Move the highlight, and the terminal's cursor with it."""
        self.lane.move(rows)
        self.cursor_at(0, self.lane.at - self.lane.scroll_offset.y)

    def key_d(self) -> None:
        self.cursor_at()
        self.push_screen(Question())

    def key_n(self) -> None:
        self.notify("noted", timeout=3600)

    def key_s(self) -> None:
        self.lane.swapped += 1
        self.lane.refresh_lines(self.lane.at)

    def key_l(self) -> None:
        self.redraw()

    def key_r(self) -> None:
        self.screen.refresh()

    def key_z(self) -> None:
        self.action_suspend_process()

    def key_u(self) -> None:
        with self.suspend():
            print("another program was here")  # noqa: T201

    def key_q(self) -> None:
        self.exit()


if __name__ == "__main__":
    sys.exit(Board().run(inline="inline" in sys.argv))

"""Editors for text: one line, and several."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea
from textual.widgets.input import Selection

from tui.app.widgets.foreign_line import ForeignLine
from tui.domain.text import in_place

_SHORTEST, _TALLEST = 2, 8
"""Lines of a long text that are shown at once."""


class FieldLine(ForeignLine):
    """One line of text; arrows up and down leave it, and a paste of several lines is kept whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "leave(-1)", show=False),
        Binding("down,enter", "leave(1)", show=False),
    ]

    def __init__(self, text: str, *, placeholder: str = "") -> None:
        super().__init__(text, placeholder, compact=True, select_on_focus=False)
        self.cursor_position = len(text)
        self.pasted = False
        """Whether the last change was a paste."""

    @property
    def text(self) -> str:
        """What it holds."""
        return self.value

    def show_text(self, text: str) -> None:
        """Hold another text, without saying that it was typed."""
        with self.prevent(Input.Changed):
            self.value = text
        self.cursor_position = len(text)

    def select_whole(self) -> None:
        """Select the text, so that typing replaces it, a move keeps it, and leaving changes nothing."""
        self.selection = Selection(0, len(self.value))

    def action_leave(self, step: int) -> None:
        """Go to the next or the previous field."""
        _leave(self, step)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.pasted = True
        self.replace(" ".join(event.text.splitlines()), *self.selection)


class ForeignLines(TextArea):
    """Several lines of text from outside: edited as they are, shown with signs for what a terminal must not get."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "go_to_edge(-1)", show=False),
        Binding("ctrl+end", "go_to_edge(1)", show=False),
    ]

    def action_go_to_edge(self, way: int) -> None:
        """To the first or the last character."""
        self.move_cursor(self.document.end if way > 0 else (0, 0))

    def get_line(self, line_index: int) -> Text:
        """A line as it is shown."""
        return Text(in_place(self.document.get_line(line_index)), end="", no_wrap=True)


class FieldLines(ForeignLines):
    """Several lines of text; an arrow beyond its first or last line leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, text: str) -> None:
        super().__init__(text, compact=True, soft_wrap=True, highlight_cursor_line=False)
        self.pasted = False
        """Whether the last change was a paste."""

    def on_paste(self) -> None:
        """Note it; the text area then takes it in."""
        self.pasted = True

    def on_mount(self) -> None:
        """Begin as tall as the text."""
        self.fit()

    def show_text(self, text: str) -> None:
        """Hold another text, without saying that it was typed."""
        if text != self.text:
            with self.prevent(TextArea.Changed):
                self.load_text(text)
            self.fit()

    def fit(self) -> None:
        """Be as tall as the text, within bounds."""
        lines = max(self.wrapped_document.height, self.document.line_count)
        height = min(_TALLEST, max(_SHORTEST, lines))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def action_cursor_up(self, select: bool = False) -> None:
        """Up a line; from the first one to the previous field."""
        if self.cursor_at_first_line and not select:
            _leave(self, -1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down a line; from the last one to the next field."""
        if self.cursor_at_last_line and not select:
            _leave(self, 1)
        else:
            super().action_cursor_down(select)


def _leave(editor: Input | TextArea, step: int) -> None:
    screen: Any = editor.screen
    if step > 0:
        screen.focus_next()
    else:
        screen.focus_previous()

"""The filter being typed: one line of text, and below it what is wrong with it or what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from tui.app.clean import plain, show
from tui.app.drawing import fit, hanging
from tui.app.messages import FilterTyped
from tui.app.widgets.bar import Bar
from tui.app.widgets.field_bar import FormBar
from tui.app.widgets.foreign_line import ForeignLine

if TYPE_CHECKING:
    from tui.app.app import WallApp


class FilterBar(Vertical):
    """Two lines at the bottom; takes the keyboard while it is open."""

    app: WallApp

    DEFAULT_CSS = """
    FilterBar { height: auto; width: 1fr; display: none; }
    FilterBar Horizontal { height: 1; }
    FilterBar #filter-sign { width: 3; }
    FilterBar #filter-hint { max-height: 3; }
    FilterBar Input { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
    """

    def __init__(self) -> None:
        super().__init__(id="filter-bar")
        self._input = ForeignLine(id="filter", select_on_focus=False, compact=True)
        self._input.cursor_blink = False
        self._input.can_focus = False
        self._hint = FormBar(id="filter-hint")

    def compose(self) -> ComposeResult:
        """The sign, the text and the hint."""
        sign = Bar(id="filter-sign")
        sign.say(Content.styled(" / ", "bold $accent"))
        with Horizontal():
            yield sign
            yield self._input
        yield self._hint

    @property
    def is_open(self) -> bool:
        """Whether it takes the keyboard."""
        return bool(self.display)

    @property
    def text(self) -> str:
        """What has been typed."""
        return self._input.value

    def open(self, text: str) -> None:
        """Take the keyboard, with `text` to go on from."""
        self.display = True
        self._input.can_focus = True
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        # Not `focus()`, which waits for a turn of the loop: the next key may be here already.
        self.screen.set_focus(self._input)

    def close(self) -> None:
        """Give the keyboard back."""
        self.display = False
        self._input.can_focus = False
        self.screen.set_focus(None)

    def clear(self) -> None:
        """Empty the text."""
        self._input.value = ""

    def hint(self, sentence: str) -> None:
        """What the text finds, in one line."""
        self._hint.say(show(fit(f"   {sentence}", self.screen.size.width, self._more).rstrip(), style="dim"))

    def mistake(self, at: int, sentence: str) -> None:
        """What is wrong with the text, with a caret under character `at`."""
        before = cell_len(plain(self.text[:at]))
        room = max(0, self.size.width - 6)
        place = min(before, room)
        words = plain(sentence)
        if place + 5 + cell_len(words) <= self.size.width:
            line = f"{' ' * (place + 3)}^ {words}"
        elif place < cell_len(words):
            line = f"{' ' * (place + 3)}^\n   {self._beneath(words)}"
        else:
            line = f"{fit(words, min(cell_len(words), place + 2), self._more)} ^".rjust(place + 4)
        self._hint.say(Content.styled(line, "$error"))

    def _beneath(self, words: str) -> str:
        """Words that have no room beside the caret, in two lines at most."""
        first, *rest = hanging(words, self.size.width, 3).split("\n")
        second = fit("   " + " ".join(line.strip() for line in rest), self.size.width, self._more)
        return f"{first}\n{second.rstrip()}"

    @property
    def _more(self) -> str:
        return self.app.glyphs.more

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(FilterTyped(event.value))

"""A question with one dangerous answer: `y` alone says yes; Enter, Esc and every other key say no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from tui.app.clean import show
from tui.app.widgets.bar import Bar

if TYPE_CHECKING:
    from tui.app.app import WallApp


class ConfirmScreen(ModalScreen[bool]):
    """Closes with True for `y`, else with False."""

    AUTO_FOCUS = ""
    place: ClassVar[str] = "confirm"
    app: WallApp
    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; }
    ConfirmScreen Bar { height: auto; }
    """

    def __init__(self, question: str, hint: str = "", *, yes: str = "yes") -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(classes="panel"):
            yield Bar(id="confirm-what")
            yield Bar(id="confirm-how")

    def on_mount(self) -> None:
        """Ask."""
        what = Content.assemble(show(self._question), " ", (self._hint, "$text-muted"))
        self.query_one("#confirm-what", Bar).say(what)
        keys = Content.assemble(
            ("y", "bold $accent"), f" {self._yes}   ", ("N", "bold $accent"), " no, as does every other key"
        )
        self.query_one("#confirm-how", Bar).say(keys)

    def on_key(self, event: events.Key) -> None:
        """One key answers."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.character == "y")

"""Leaving with changes that the server does not have yet: send them, keep them, or stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from tui.app.widgets.field_bar import FormBar
from tui.sync.store import Notice

if TYPE_CHECKING:
    from tui.app.app import WallApp

PLACE = "quit"
Answer = Literal["go", "stay"]


class QuitScreen(ModalScreen[Answer]):
    """Its keys are commands of the place `quit`."""

    AUTO_FOCUS = ""
    place: ClassVar[str] = PLACE
    app: WallApp
    DEFAULT_CSS = """
    QuitScreen { align: center middle; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._sending = False

    def compose(self) -> ComposeResult:
        """What is at stake, and the three ways on."""
        with Vertical(classes="panel"):
            yield FormBar(id="quit-what")
            yield FormBar(id="quit-how")

    def on_mount(self) -> None:
        """Follow what is still unsent."""
        self._stop = self.app.session.store.subscribe(self._take)
        self._say()

    def on_unmount(self) -> None:
        """Stop following."""
        self._stop()

    def send(self) -> None:
        """Send now, and leave when everything has arrived."""
        self._sending = True
        self.app.session.refresh()
        self._say()

    def _take(self, _: Notice) -> None:
        if self._sending and not unsent(self.app):
            self.dismiss("go")
        else:
            self._say()

    def _say(self) -> None:
        count, asking = unsent(self.app), waiting_for_a_person(self.app)
        what = f"{count} change{'s are' if count != 1 else ' is'} not sent yet."
        if self._sending:
            what = f"Sending: {count} left."
        if asking:
            what += f" {asking} wait{'s' if asking == 1 else ''} for your choice and will be kept."
        ways = [("quit.send", "send now"), ("quit.keep", "keep for later and quit"), ("quit.back", "back")]
        keys = [(self.app.keymap.shown_keys(command_id, 1), said) for command_id, said in ways]
        parts = [part for key, said in keys for part in ((key, "bold $accent"), f" {said}   ")]
        self.query_one("#quit-what", FormBar).say(Content(what))
        self.query_one("#quit-how", FormBar).say(Content.assemble(*parts))


def unsent(app: WallApp) -> int:
    """Changes that could be sent now."""
    return sum(pending.phase in ("queued", "sealed") for pending in app.session.store.state.outbox.values())


def waiting_for_a_person(app: WallApp) -> int:
    """Changes that are held by a conflict or a refusal."""
    return len(app.session.store.state.outbox) - unsent(app)

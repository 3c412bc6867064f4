"""An item at full size: every field, who changed what, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.api.backend import Past
from tui.app.clean import plain
from tui.app.screens.form_words import signs_of
from tui.app.screens.item_words import history_lines, item_lines
from tui.app.widgets.field_bar import FormBar
from tui.domain.model import ItemId
from tui.errors import CardwallError
from tui.sync.session import Session
from tui.sync.state import resolve, view
from tui.sync.store import Notice

if TYPE_CHECKING:
    from tui.app.app import WallApp


class ItemScreen(ModalScreen[str]):
    """Closes with `edit` when the item is to be edited. Its keys are commands of the place `item`."""

    AUTO_FOCUS = ""
    ALLOW_SELECT: ClassVar[bool] = False
    place: ClassVar[str] = "item"
    app: WallApp
    DEFAULT_CSS = """
    ItemScreen { background: $background; layout: vertical; }
    ItemScreen:ansi { background: ansi_default; }
    ItemScreen #item-head, ItemScreen #item-foot { background: $surface; }
    ItemScreen #item-body { height: 1fr; }
    ItemScreen Static { width: 1fr; padding: 0 1; }
    ItemScreen #item-history { margin-top: 1; }
    """

    def __init__(self, session: Session, item_id: ItemId) -> None:
        super().__init__()
        self.session = session
        self._item_id = item_id
        self._past: tuple[Past, ...] | None = None
        self._problem = ""
        self._said = ""
        self._version: int | None = None
        self._stop = session.store.subscribe(self._heard)

    @property
    def item_id(self) -> ItemId:
        """The item's id now."""
        return resolve(self.session.store.state, self._item_id)

    def compose(self) -> ComposeResult:
        """Head, body, keys."""
        yield FormBar(id="item-head")
        with VerticalScroll(id="item-body", can_focus=False):
            yield Static(id="item-fields")
            yield Static(id="item-history")
        yield FormBar(id="item-foot")

    def on_mount(self) -> None:
        """Show what is known, and ask for the past."""
        self.sync()
        self.ask()

    def on_unmount(self) -> None:
        """Stop listening; what others did meanwhile has been seen."""
        self._stop()
        self.session.store.look(self.item_id)

    def on_resize(self) -> None:
        """Names and values share another width now."""
        self.sync()

    def sync(self) -> None:
        """Draw the item as it is now."""
        if not self.is_mounted:
            return
        store, signs = self.session.store, signs_of(self.app)
        item = view(store.state, self.item_id)
        if item is None:
            self.query_one("#item-head", FormBar).say(Content.styled(" This item is gone.", "bold $warning"))
            return
        board = store.state.known.get(item.board_id) or store.state.board
        if board is None:
            return
        head, body = item_lines(store.state, board, item, store.clock(), self.size.width, signs)
        self.query_one("#item-head", FormBar).say(head)
        self.query_one("#item-fields", Static).update(body)
        past = history_lines(self._past, self._problem, board, store.clock(), signs)
        self.query_one("#item-history", Static).update(past)
        keys = [
            ("item_view.edit", "edit"),
            ("item_view.copy", "copy key"),
            ("item_view.close", "back"),
            ("app.help", "keys"),
        ]
        shown = [(self.app.keymap.shown_keys(command_id, 1), word) for command_id, word in keys]
        self.query_one("#item-foot", FormBar).say(
            Content.assemble(
                *(part for key, word in shown for part in (" ", (key, "bold $accent"), f" {word} ")),
                (f"  {self._said}", "bold"),
            )
        )

    def tell(self, sentence: str) -> None:
        """Say something beside the keys."""
        self._said = plain(sentence)
        self.sync()

    def ask(self) -> None:
        """Ask for the item's past."""
        if not self.session.capabilities.history:
            self._problem = "This server keeps no history of items."
        elif self._item_id.startswith("local-") and self.item_id == self._item_id:
            self._problem = "Not on the server yet, so it has no history."
        else:
            self.run_worker(self._ask(), exit_on_error=True)
        self.sync()

    def go_by(self, by: int) -> None:
        """Move the text by lines, or by most of a page for more than one line."""
        body = self.query_one("#item-body", VerticalScroll)
        lines = by if abs(by) == 1 else by * max(1, body.size.height - 2) // 10
        body.scroll_relative(y=lines, animate=False)

    def go_to_end(self, *, end: bool) -> None:
        """To the first or the last line."""
        body = self.query_one("#item-body", VerticalScroll)
        body.scroll_end(animate=False) if end else body.scroll_home(animate=False)

    async def _ask(self) -> None:
        item = view(self.session.store.state, self.item_id)
        self._version = item.version if item else None
        try:
            self._past, self._problem = await self.session.history(self.item_id), ""
        except CardwallError as error:
            self._problem = f"The history could not be read: {error.message}"
        self.sync()

    def _heard(self, notice: Notice) -> None:
        if self.item_id not in notice.touched or not self.is_mounted:
            return
        item = notice.state.items.get(self.item_id)
        if item is not None and item.version != self._version and self.session.capabilities.history:
            self._version = item.version
            self.run_worker(self._ask(), exit_on_error=True)
        self.call_later(self.sync)

"""What a command is given: the session, the State, the wall, and the ways to open a screen and to speak."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from msgspec import Struct
from textual.screen import Screen

from tui.domain.model import Board, Column, Item, ItemId
from tui.sync.session import Session
from tui.sync.state import State
from tui.sync.store import Store

if TYPE_CHECKING:
    from tui.app.app import WallApp
    from tui.domain.arrangement import Arrangement

T = TypeVar("T")
Severity = Literal["information", "warning", "error"]


class Wall(Protocol):
    """The board screen as commands see it; it speaks of items, never of rows."""

    @property
    def arrangement(self) -> Arrangement:
        """The open board's items, filtered and sorted, by column."""
        ...

    @property
    def column(self) -> Column | None:
        """The column the cursor is in."""
        ...

    def cursor_item(self) -> Item | None:
        """The View of the item under the cursor."""
        ...

    def targets(self) -> tuple[Item, ...]:
        """What a command acts on: the marked items, else the one under the cursor."""
        ...

    def select(self, item_id: ItemId) -> None:
        """Put the cursor on an item; remembered until it appears when it is not shown yet."""
        ...


class Context(Struct, frozen=True):
    """Everything a command may touch; made anew for each run, so it is never stale."""

    app: WallApp
    pressed: str = ""
    """The key that completed the command's chord; empty when it came from the palette."""

    @property
    def session(self) -> Session:
        """The open profile."""
        return self.app.session

    @property
    def store(self) -> Store:
        """The way in for changes."""
        return self.app.session.store

    @property
    def state(self) -> State:
        """The State of now."""
        return self.app.session.store.state

    @property
    def board(self) -> Board | None:
        """The open board, once it is known."""
        return self.state.board

    @property
    def wall(self) -> Wall:
        """The board screen, also while a dialog is above it."""
        return self.app.wall

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top: the dialog itself for a dialog's command."""
        screen: Screen[Any] = self.app.screen
        return screen

    def open(self, screen: Screen[T], callback: Callable[[T | None], None] | None = None) -> None:
        """Show a dialog; keys typed meanwhile go to its first field. `callback` gets what it is dismissed with."""
        self.app.open_dialog(screen, callback)

    def say(self, sentence: str, severity: Severity = "information") -> None:
        """Tell the user one sentence; foreign text in it is made harmless."""
        self.app.say(sentence, severity)

    def run(self, command_id: str) -> None:
        """Run another command, its guard included."""
        self.app.run_command(command_id)

    def work(self, job: Coroutine[Any, Any, None]) -> None:
        """Wait for the server beside the keys; a `CardwallError` in `job` becomes a sentence."""
        self.app.work(job)

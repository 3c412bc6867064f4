"""What the app is given: one profile's Store, and the questions only the server can answer."""

from __future__ import annotations

from typing import Protocol

from tui.api.backend import Capabilities, Duplicate, Past
from tui.domain.model import Board, BoardId, Item, ItemId
from tui.sync.store import Store


class Session(Protocol):
    """A profile that is open. Only the `async` methods wait for the server; they raise `CardwallError`."""

    @property
    def store(self) -> Store:
        """Holds the State; the only way in for changes."""
        ...

    notes: list[str]
    """Sentences the user must see once: what was set aside or could not be written."""

    @property
    def profile_name(self) -> str:
        """What the configuration calls this server and key."""
        ...

    @property
    def me(self) -> str:
        """Who the user is on this server."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether every change is refused, by the profile's wish or the server's."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do; the least until it has answered."""
        ...

    def restore(self) -> bool:
        """Show what is on disk: waiting changes, and the board as it was last known; whether there was one."""
        ...

    def start(self) -> None:
        """Connect, send and pull until `close`; must be called on a running loop, after `restore`.

        Loading the server takes a while: a wall that could restore a board paints it first.
        """
        ...

    async def close(self) -> None:
        """Stop; everything the user did is on disk."""
        ...

    def touch(self) -> None:
        """The user has pressed a key: news are looked for more often while he is there."""
        ...

    def refresh(self) -> None:
        """Ask the server for news now."""
        ...

    def reload(self) -> None:
        """Read the whole board again."""
        ...

    def open_board(self, board_id: BoardId) -> None:
        """Switch to another board; its items arrive as events."""
        ...

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """Items that a draft resembles."""
        ...

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        """An item's past, newest first."""
        ...

    async def reread(self, item_id: ItemId) -> None:
        """Read one item again, for an open form, as often as the budget allows; the answer arrives as an event."""
        ...

    async def search(self, board_id: BoardId, text: str) -> tuple[ItemId, ...]:
        """Let the server look for items that may not be loaded yet; they arrive as events; the ids of them."""
        ...

    async def put_board(self, board: Board, *, force: bool = False) -> Board:
        """Write a board's columns, fields and rules; an empty id makes a new board."""
        ...

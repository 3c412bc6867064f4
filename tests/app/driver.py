"""A wall driven in the user's words: keys go in, cards and heads and lines of text come out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.keys import _character_to_key  # the terminal's own spelling of a character
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.app.walls import HandSession
from tui.app.app import WallApp
from tui.app.external_editor import EDITOR
from tui.app.keymap import Overrides
from tui.app.widgets.bar import Bar
from tui.app.widgets.column_pane import ColumnPane
from tui.domain.model import Item
from tui.sync.state import view

PLAIN = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@dataclass
class Column:
    """A column as it is on the screen."""

    head: str
    cards: list[str]
    """Keys of the cards in view, from the top."""
    lines: list[str]


class Wall:
    """The words of the tests."""

    def __init__(self, app: WallApp, pilot: Pilot[None], session: HandSession) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    async def press(self, *keys: str) -> None:
        """Press keys, each after the wall has dealt with the one before."""
        for key in keys:
            self.app.post_message(key_event(key))
            await self.settle()

    async def type_at_once(self, text: str, *more: str) -> None:
        """All keys arrive in one read: `text` letter by letter, then keys by name."""
        for key in [*text, *more]:
            self.app.post_message(key_event(key))
        await self.settle()

    async def paste(self, text: str) -> None:
        """The terminal pastes."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is left to do."""
        await self._leave_the_editor()
        calm = 0
        for _ in range(200):
            await self.pilot.pause()
            calm = calm + 1 if self.app.is_settled and not self.app.message_queue_size else 0
            if calm == 2:  # once more, for what a layout sets off
                return
        raise AssertionError("the wall does not come to rest")

    async def _leave_the_editor(self) -> None:
        """The user's own editor takes as long as it takes."""
        await self.pilot.pause()
        waiting = [worker for worker in self.app.workers if worker.group == EDITOR]
        if waiting:
            await self.app.workers.wait_for_complete(waiting)

    @property
    def cursor(self) -> str | None:
        """The key of the item under the cursor."""
        item = self.app.wall.cursor_item()
        return item.key if item else None

    @property
    def marked(self) -> set[str]:
        """Keys of the marked items."""
        return {item.key for item_id in self.app.wall.marked if (item := self.item(item_id))}

    def item(self, item_id: str) -> Item | None:
        """An item as the user means it."""
        return view(self.session.store.state, item_id)  # type: ignore[arg-type]  # tests write ids plainly

    @property
    def panes(self) -> list[ColumnPane]:
        return [pane for pane in self.app.wall.query(ColumnPane) if pane.display]

    @property
    def columns(self) -> list[str]:
        """Names of the columns in view."""
        board = self.session.store.state.board
        assert board is not None
        names = {column.id: column.name for column in board.columns}
        return [names.get(pane.lane.column_id, "?") for pane in self.panes if pane.lane]

    def column(self, name: str) -> Column:
        """A column in view."""
        pane = self.panes[self.columns.index(name)]
        region = pane.region
        lines = [line[region.x : region.right] for line in self.screen_lines()[region.y : region.bottom]]
        cards = [" ".join(line.strip("┃▪│ ") for line in lines[y : y + 2]) for y in range(1, len(lines), 3)]
        keys = [next((word for word in text.split() if word.startswith("DEAL-")), "") for text in cards]
        return Column(lines[0].rstrip("│ "), [key for key in keys if key], lines)

    def head(self, name: str) -> str:
        """What stands above a column."""
        return self.column(name).head.strip("┃ ")

    def screen_lines(self) -> list[str]:
        """The screen as text, a character a cell; the second cell of a wide character is NUL."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(_cells(strip.text)) for strip in strips]

    def screen_text(self) -> str:
        """The screen as text."""
        return "\n".join(line.replace("\0", "") for line in self.screen_lines())

    @property
    def status(self) -> str:
        """The line above the board."""
        return self.app.wall.query_one("#top", Bar).content.plain

    @property
    def bottom(self) -> str:
        """The line below the board."""
        return self.app.wall.query_one("#bottom", Bar).content.plain

    @property
    def hint(self) -> str:
        """The line below the filter."""
        return self.app.wall.query_one("#filter-hint", Bar).content.plain

    @property
    def toasts(self) -> list[str]:
        """What was said above a dialog."""
        return [str(note.message) for note in self.app._notifications]

    @property
    def typed(self) -> str:
        """The text in the focused field."""
        focused = self.app.focused
        if isinstance(focused, Input):
            return focused.value
        return focused.text if isinstance(focused, TextArea) else ""

    @property
    def place(self) -> str:
        """The name of the screen on top."""
        return type(self.app.screen).__name__

    async def resize(self, width: int, height: int) -> None:
        """The window is that large now."""
        await self.pilot.resize_terminal(width, height)
        await self.settle()


def key_event(key: str) -> events.Key:
    """A key as the driver reports it: a character, or a name."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, None)


def _cells(text: str) -> list[str]:
    from rich.cells import get_character_cell_size

    cells: list[str] = []
    for character in text:
        width = get_character_cell_size(character)
        if width:
            cells += [character] + ["\0"] * (width - 1)
        elif cells:
            cells[-1] += character
    return cells


@asynccontextmanager
async def wall_of(
    session: HandSession,
    *,
    size: tuple[int, int] = (100, 24),
    keys: Overrides | None = None,
    environ: Mapping[str, str] = PLAIN,
    **options: Any,
) -> AsyncIterator[Wall]:
    """A running wall."""
    app = WallApp(session, keys=keys, environ=environ, **options)
    async with app.run_test(size=size) as pilot:
        wall = Wall(app, pilot, session)
        await wall.settle()
        yield wall

"""Look at an item at full size, and find one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.clean import plain
from tui.app.command import command, needs_board, needs_item, needs_write
from tui.app.commands.items import open_item_form
from tui.app.context import Context
from tui.domain.model import Item, ItemId
from tui.sync.state import conflict_of, view

if TYPE_CHECKING:
    from tui.app.screens.item import ItemScreen

GROUP = "Item"
ITEM = "item"


def _screen(context: Context) -> ItemScreen:
    from tui.app.screens.item import ItemScreen

    screen = context.screen
    assert isinstance(screen, ItemScreen)  # this place exists on no other screen
    return screen


@command(
    "item.open", keys=("enter",), title="Open", group=GROUP, guard=needs_item, footer="open", words="show copy key"
)
def open_item(context: Context) -> None:
    """Show the item at full size with its history; a card in conflict opens what must be settled."""
    item = context.wall.cursor_item()
    if item is None:
        return
    if conflict_of(context.state, item.id) and not context.session.read_only:
        open_item_form(context, item)
    else:
        show_item(context, item)


def show_item(context: Context, item: Item) -> None:
    """The item screen; `e` there leads to the form."""
    from tui.app.screens.item import ItemScreen

    context.store.look(item.id)

    def closed(answer: str | None) -> None:
        found = view(context.state, item.id)
        if answer == "edit" and found is not None:
            open_item_form(context, found)

    context.open(ItemScreen(context.session, item.id), closed)


@command(
    "search.open",
    keys=("ctrl+f", "g /"),
    title="Find an item…",
    group="Find",
    guard=needs_board,
    words="search look for goto",
)
def search(context: Context) -> None:
    """Find an item of this board by words, key or fields, and jump to it."""
    from tui.app.screens.search import SearchScreen

    def found(chosen: str | None) -> None:
        item = view(context.state, ItemId(chosen)) if chosen else None
        if item is not None:
            jump(context, item)

    context.app.prepare_filter()
    context.open(SearchScreen(context.session, context.wall), found)


def jump(context: Context, item: Item) -> None:
    """Put the cursor on an item; a filter that hides it is cleared, and that is said."""
    if context.wall.arrangement.place(item) is None and context.app.wall.filter_text:
        context.app.wall.filter.clear()
        context.say(f"The filter hid {plain(item.key)}, so it was cleared.")
    context.wall.select(item.id)


@command("item_view.edit", keys=("e",), title="Edit", group=GROUP, place=ITEM, hidden=True)
def edit(context: Context) -> None:
    """Edit the item that is shown."""
    reason = needs_write(context)
    if reason is not None:
        context.say(reason, "warning")
    else:
        _screen(context).dismiss("edit")


@command("item_view.copy", keys=("y",), title="Copy key", group=GROUP, place=ITEM, hidden=True)
def copy(context: Context) -> None:
    """Copy the item's key through the terminal."""
    item = view(context.state, _screen(context).item_id)
    if item is not None:
        context.app.copy_to_clipboard(item.key)
        _screen(context).tell(f"Copied {item.key}.")


@command("item_view.close", keys=("escape", "q", "enter"), title="Back", group=GROUP, place=ITEM, hidden=True)
def close(context: Context) -> None:
    """Back to the wall."""
    _screen(context).dismiss(None)


@command("item_view.down", keys=("j", "down"), title="Down", group=GROUP, place=ITEM, hidden=True)
def down(context: Context) -> None:
    """Scroll down a line."""
    _screen(context).go_by(1)


@command("item_view.up", keys=("k", "up"), title="Up", group=GROUP, place=ITEM, hidden=True)
def up(context: Context) -> None:
    """Scroll up a line."""
    _screen(context).go_by(-1)


@command(
    "item_view.page_down", keys=("pagedown", "space", "ctrl+d"), title="Page down", group=GROUP, place=ITEM, hidden=True
)
def page_down(context: Context) -> None:
    """Scroll down a page."""
    _screen(context).go_by(10)


@command("item_view.page_up", keys=("pageup", "ctrl+u"), title="Page up", group=GROUP, place=ITEM, hidden=True)
def page_up(context: Context) -> None:
    """Scroll up a page."""
    _screen(context).go_by(-10)


@command("item_view.first", keys=("g g", "home"), title="First line", group=GROUP, place=ITEM, hidden=True)
def first(context: Context) -> None:
    """Scroll to the first line."""
    _screen(context).go_to_end(end=False)


@command("item_view.last", keys=("G", "end"), title="Last line", group=GROUP, place=ITEM, hidden=True)
def last(context: Context) -> None:
    """Scroll to the last line."""
    _screen(context).go_to_end(end=True)


@command("item_view.reload", keys=("r",), title="Read again", group=GROUP, place=ITEM, hidden=True)
def reload(context: Context) -> None:
    """Ask for the item's history again."""
    _screen(context).ask()

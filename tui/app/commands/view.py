"""What is shown and how: filter, order, fields, help, palette, and leaving."""

from __future__ import annotations

from tui.app.command import ANYWHERE, FILTER, command, needs_board, needs_item
from tui.app.context import Context
from tui.app.screens.board_menus import CardFieldsScreen, SortScreen, sort_of
from tui.app.screens.board_quit import PLACE as QUIT
from tui.app.screens.board_quit import QuitScreen, unsent
from tui.app.screens.help import HelpScreen
from tui.app.screens.palette import PaletteScreen

VIEW = "View"
PROGRAM = "Program"
LEAVING = "Quitting"


# -- filter and order


@command(
    "filter.edit",
    keys=("/",),
    title="Filter",
    group=VIEW,
    guard=needs_board,
    footer="filter",
    words="search find query",
)
def edit_filter(context: Context) -> None:
    """Type a filter; the cards follow with every letter."""
    context.app.prepare_filter()
    context.app.wall.edit_filter()


@command("filter.keep", keys=("enter",), title="Keep the filter", group="Filter", place=FILTER, footer="keep")
def keep_filter(context: Context) -> None:
    """Go back to the cards; the filter stays on."""
    context.app.wall.leave_filter(keep=True)


@command("filter.drop", keys=("escape",), title="Cancel the filter", group="Filter", place=FILTER, footer="cancel")
def drop_filter(context: Context) -> None:
    """Go back to the cards as they were before; a first filter goes off."""
    context.app.wall.leave_filter(keep=False)


def _filtered(context: Context) -> str | None:
    """Guard: a filter is on."""
    return None if context.app.wall.filter_text else "No filter is on."


@command("filter.clear", keys=("F",), title="Clear the filter", group=VIEW, guard=_filtered)
def clear_filter(context: Context) -> None:
    """Show every card again."""
    context.app.wall.filter.clear()


def _has_hits(context: Context) -> str | None:
    """Guard: a filter is on that finds something."""
    if not context.app.wall.filter_text:
        keys = context.app.keymap.shown_keys("item.create", 1)
        return f"No filter is on, so there is no next hit; {keys} makes a new card." if keys else "No filter is on."
    return None if context.app.wall.arrangement.shown else "The filter finds nothing."


def _go_to_hit(context: Context, by: int) -> None:
    """The next shown card, through the columns and round."""
    model = context.app.wall.model
    lane = model.lane
    if lane is None:
        return
    if 0 <= lane.place + by < len(model.lanes.ids(lane.column_id)):
        model.go_by(by)
        return
    count = len(model.columns)
    for step in range(1, count + 1):
        place = (model.current + by * step) % count
        ids = model.lanes.ids(model.columns[place].column_id)
        if ids:
            model.go_to_column(place)
            model.go_to(0 if by > 0 else len(ids) - 1)
            return


@command("filter.next", keys=("n",), title="Next hit", group=VIEW, guard=_has_hits)
def next_hit(context: Context) -> None:
    """Go to the next card that the filter finds, through all columns."""
    _go_to_hit(context, 1)


@command("filter.previous", keys=("N",), title="Previous hit", group=VIEW, guard=_has_hits)
def previous_hit(context: Context) -> None:
    """Go to the previous card that the filter finds."""
    _go_to_hit(context, -1)


@command("view.sort", keys=("S",), title="Sort", group=VIEW, guard=needs_board, words="order")
def sort(context: Context) -> None:
    """Choose the order in which the cards stand."""
    board, wall = context.board, context.app.wall
    if board is not None:
        context.open(
            SortScreen(board, wall.filter.sort),
            lambda row_id: wall.sort_by(sort_of(row_id)) if row_id is not None else None,
        )


@command(
    "view.card_fields",
    keys=("F4",),
    title="Card fields",
    group=VIEW,
    guard=needs_board,
    words="show hide columns details settings preferences",
)
def card_fields(context: Context) -> None:
    """Choose up to three fields that cards show."""
    board, wall = context.board, context.app.wall
    if board is not None:
        context.open(CardFieldsScreen(board, wall.members, wall.show_members))


@command("view.look", title="Seen", group=VIEW, guard=needs_item)
def look(context: Context) -> None:
    """Take away the sign that others changed these items."""
    context.store.look(*(item.id for item in context.wall.targets()))


@command("view.refresh", keys=("r",), title="Refresh", group=VIEW, words="sync update pull")
def refresh(context: Context) -> None:
    """Ask the server for news now."""
    context.app.wall.news.expect()
    context.session.refresh()
    context.say("Asking for news.")


@command("view.reload", keys=("R",), title="Reload everything", group=VIEW)
def reload(context: Context) -> None:
    """Read the whole board again."""
    context.app.wall.news.expect()
    context.session.reload()
    context.say("Reading the board again.")


# -- the program


@command("app.palette", keys=(":", "ctrl+p", "ctrl+k"), title="Palette", group=PROGRAM, hidden=True)
def palette(context: Context) -> None:
    """Find any command by a few letters of its title and run it."""
    context.open(PaletteScreen(), lambda command_id: context.run(command_id) if command_id else None)


@command(
    "app.help", keys=("?", "f1"), title="Keys", group=PROGRAM, place=ANYWHERE, words="help shortcuts bindings manual"
)
def help_keys(context: Context) -> None:
    """Show the keys of this place; type to find one, Enter runs it."""
    place = getattr(context.screen, "place", ANYWHERE)
    context.open(HelpScreen(place), lambda command_id: context.run(command_id) if command_id else None)


@command("app.redraw", keys=("ctrl+l",), title="Redraw the screen", group=PROGRAM, place=ANYWHERE)
def redraw(context: Context) -> None:
    """Send the whole screen again."""
    context.app.redraw()


@command("app.suspend", keys=("ctrl+z",), title="Suspend", group=PROGRAM, place=ANYWHERE)
def suspend(context: Context) -> None:
    """Give the terminal back to the shell; `fg` returns here."""
    from tui.app.job_control import has_shell

    if has_shell():
        context.app.action_suspend_process()
    else:
        context.say("No shell waits behind this window, so there is nothing to go back to.", "warning")


@command("app.escape", keys=("escape",), title="Step out", group=PROGRAM, hidden=True)
def escape(context: Context) -> None:
    """Step out of one layer: marks first, then the filter; never out of the program."""
    wall = context.app.wall
    if wall.marked:
        wall.mark(set())
    elif wall.filter_text:
        wall.filter.clear()


@command("app.interrupt", keys=("ctrl+c",), title="Cancel", group=PROGRAM, place=ANYWHERE, hidden=True)
def interrupt(context: Context) -> None:
    """Step out of one layer; twice in a row quits and keeps what is not sent."""
    if context.app.is_second_interrupt():
        context.app.exit()
        return
    if context.screen is context.app.wall and not context.app.wall.is_typing:
        escape(context)
    context.say("Once more to quit; what is not sent is kept.")


@command("app.quit", keys=("q",), title="Quit", group=PROGRAM, words="exit leave close")
def leave(context: Context) -> None:
    """Quit; with unsent changes it asks first."""
    if not unsent(context.app):
        context.app.exit()
        return
    context.open(QuitScreen(), lambda answer: context.app.exit() if answer == "go" else None)


@command("quit.send", keys=("s", "enter"), title="Send now and quit", group=LEAVING, place=QUIT)
def quit_send(context: Context) -> None:
    """Send what is waiting, and quit when it has arrived."""
    if isinstance(context.screen, QuitScreen):
        context.screen.send()


@command("quit.keep", keys=("k", "q"), title="Keep for later and quit", group=LEAVING, place=QUIT)
def quit_keep(context: Context) -> None:
    """Quit now; what is waiting is on disk and goes out on the next start."""
    if isinstance(context.screen, QuitScreen):
        context.screen.dismiss("go")


@command("quit.back", keys=("escape", "b"), title="Back to the wall", group=LEAVING, place=QUIT)
def quit_back(context: Context) -> None:
    """Stay here."""
    if isinstance(context.screen, QuitScreen):
        context.screen.dismiss("stay")

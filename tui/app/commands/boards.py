"""Switch, change and make boards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.clean import plain
from tui.app.command import command, needs_board, needs_write
from tui.app.context import Context
from tui.domain.model import Board, BoardId

if TYPE_CHECKING:
    from tui.app.screens.board_editor import BoardEditor

GROUP = "Board"
PLACE = "board_editor"


def needs_boards(context: Context) -> str | None:
    """Guard: the list of boards must have been read."""
    return None if context.state.boards else "The list of boards has not been read yet."


def needs_blueprint(context: Context) -> str | None:
    """Guard: the server must let boards be changed."""
    return None if context.session.capabilities.blueprint else "This server does not let boards be changed from here."


@command(
    "board.switch",
    keys=("b",),
    title="Open another board…",
    group=GROUP,
    guard=needs_boards,
    footer="board",
    words="pipeline change",
)
def switch(context: Context) -> None:
    """Open another board of this profile."""
    from tui.app.screens.boards import BOARD, NEW, BoardsScreen

    board = context.board
    can_make = needs_write(context) is None and needs_blueprint(context) is None
    screen = BoardsScreen(context.store, board.id if board else None, can_make=can_make)

    def chosen(row: str | None) -> None:
        if row == NEW:
            new(context)
        elif row and (board_id := BoardId(row.removeprefix(BOARD))) != (board.id if board else None):
            context.session.open_board(board_id)

    context.open(screen, chosen)
    context.session.refresh()


@command(
    "board.edit",
    keys=("B",),
    title="Edit board…",
    group=GROUP,
    guard=(needs_write, needs_board, needs_blueprint),
    words="add column columns fields limits colours theme settings preferences",
)
def edit(context: Context) -> None:
    """Change this board's columns, fields and rules, as text."""
    from tui.app.screens.board_editor import BoardEditor

    board = context.board
    if board is not None:
        context.open(BoardEditor(context.session, board), lambda saved: _saved(context, saved, board))


@command(
    "board.new", title="New board…", group=GROUP, guard=(needs_write, needs_blueprint), words="create add pipeline"
)
def new(context: Context) -> None:
    """Make a new board: a name and its columns; the rest can be changed as text."""
    from tui.app.screens.board_editor import BoardEditor
    from tui.app.screens.new_board import AS_TEXT, MAKE, NewBoardScreen
    from tui.domain.board_toml import TEMPLATE

    if BoardEditor.has_unfinished(context.session, TEMPLATE):
        _new_as_text(context, TEMPLATE)
        return
    screen = NewBoardScreen(context.session)

    def ended(how: str | None) -> None:
        if how == AS_TEXT and screen.board is not None:
            _new_as_text(context, screen.board)
        elif how == MAKE:
            _saved(context, screen.board, None)

    context.open(screen, ended)


def _new_as_text(context: Context, board: Board) -> None:
    from tui.app.screens.board_editor import BoardEditor

    context.open(BoardEditor(context.session, board, is_new=True), lambda saved: _saved(context, saved, None))


def _saved(context: Context, saved: Board | None, before: Board | None) -> None:
    if saved is None:
        return
    context.say(f"{plain(saved.name)} is saved.")
    if before is None:
        context.session.open_board(saved.id)


def _editor(context: Context) -> BoardEditor:
    from tui.app.screens.board_editor import BoardEditor

    screen = context.screen
    assert isinstance(screen, BoardEditor)  # this place exists on no other screen
    return screen


@command("board_editor.apply", keys=("ctrl+s", "f2"), title="Apply", group=GROUP, place=PLACE, hidden=True)
def apply(context: Context) -> None:
    """Check the text and write the board."""
    _editor(context).apply()


@command("board_editor.outside", keys=("ctrl+e",), title="Open in your editor", group=GROUP, place=PLACE, hidden=True)
def outside(context: Context) -> None:
    """Open the text in $EDITOR; leaving it comes back here."""
    _editor(context).edit_outside()


@command("board_editor.undo", keys=("ctrl+underscore",), title="Undo typing", group=GROUP, place=PLACE, hidden=True)
def undo(context: Context) -> None:
    """Take back what was typed last."""
    _editor(context).undo_typing()


@command("board_editor.close", keys=("escape",), title="Close", group=GROUP, place=PLACE, hidden=True)
def close(context: Context) -> None:
    """Back to the wall; what was typed is kept for the next time."""
    _editor(context).close()

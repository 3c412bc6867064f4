"""Where the cursor goes."""

from __future__ import annotations

from tui.app.bridge_wall import WallModel
from tui.app.command import command
from tui.app.context import Context

GROUP = "Move the cursor"


def _model(context: Context) -> WallModel:
    return context.app.wall.model


@command("cursor.left", keys=("h", "left"), title="Column to the left", group=GROUP, hidden=True)
def left(context: Context) -> None:
    """Go to the column on the left."""
    _model(context).go_to_column(_model(context).current - 1)


@command("cursor.down", keys=("j", "down"), title="Next card", group=GROUP, hidden=True)
def down(context: Context) -> None:
    """Go to the next card."""
    _model(context).go_by(1)


@command("cursor.up", keys=("k", "up"), title="Previous card", group=GROUP, hidden=True)
def up(context: Context) -> None:
    """Go to the previous card."""
    _model(context).go_by(-1)


@command("cursor.right", keys=("l", "right"), title="Column to the right", group=GROUP, hidden=True)
def right(context: Context) -> None:
    """Go to the column on the right."""
    _model(context).go_to_column(_model(context).current + 1)


@command("cursor.first", keys=("g g", "home"), title="First card", group=GROUP, hidden=True)
def first(context: Context) -> None:
    """Go to the first card of the column."""
    _model(context).go_to(0)


@command("cursor.last", keys=("G", "end"), title="Last card", group=GROUP, hidden=True)
def last(context: Context) -> None:
    """Go to the last card of the column."""
    model = _model(context)
    if model.lane:
        model.go_to(len(model.lanes.ids(model.lane.column_id)) - 1)


@command("cursor.half_down", keys=("ctrl+d",), title="Half a page down", group=GROUP, hidden=True)
def half_down(context: Context) -> None:
    """Go half a page down."""
    _model(context).go_by(max(1, _model(context).tall // 2))


@command("cursor.half_up", keys=("ctrl+u",), title="Half a page up", group=GROUP, hidden=True)
def half_up(context: Context) -> None:
    """Go half a page up."""
    _model(context).go_by(-max(1, _model(context).tall // 2))


@command("cursor.page_down", keys=("pagedown",), title="Page down", group=GROUP, hidden=True)
def page_down(context: Context) -> None:
    """Go a page down."""
    _model(context).go_by(_model(context).tall)


@command("cursor.page_up", keys=("pageup",), title="Page up", group=GROUP, hidden=True)
def page_up(context: Context) -> None:
    """Go a page up."""
    _model(context).go_by(-_model(context).tall)


@command("cursor.first_column", keys=("0",), title="First column", group=GROUP, hidden=True)
def first_column(context: Context) -> None:
    """Go to the first column."""
    _model(context).go_to_column(0)


@command("cursor.last_column", keys=("$",), title="Last column", group=GROUP, hidden=True)
def last_column(context: Context) -> None:
    """Go to the last column."""
    _model(context).go_to_column(len(_model(context).columns) - 1)


@command("cursor.column", keys=tuple("123456789"), title="Column by number", group=GROUP, hidden=True)
def nth_column(context: Context) -> None:
    """Go to the column of that number."""
    keys = [chord[-1] for chord in context.app.keymap.keys_of("cursor.column")]
    place = keys.index(context.pressed) if context.pressed in keys else 0
    if place < len(_model(context).columns):
        _model(context).go_to_column(place)
    else:
        context.say(f"This board has {len(_model(context).columns)} columns.", "warning")

"""The line above the board and the line below it, as content."""

from __future__ import annotations

from typing import Protocol

from rich.cells import cell_len
from textual.content import Content

from tui.app import drawing_status
from tui.app.clean import plain, show
from tui.app.command import BOARD, Command
from tui.app.context import Context, Severity
from tui.app.drawing import LONGEST, fit
from tui.app.keymap_names import shown
from tui.app.theme import known_colour
from tui.domain.model import ItemId

MESSAGE_STYLES = {"information": "bold $foreground", "warning": "bold $warning", "error": "bold $error"}


class Below(Protocol):
    """What the bottom line tells about."""

    @property
    def marked(self) -> set[ItemId]:
        """Marked items."""
        ...

    @property
    def filter_text(self) -> str:
        """The filter that is on; empty when none is."""
        ...

    @property
    def sort_words(self) -> str:
        """The order that cards stand in; empty for the board's own."""
        ...

    @property
    def filter_note(self) -> str:
        """What must be known of the filter's result."""
        ...


def top_line(context: Context, width: int) -> Content:
    """`` cardwall  Sales ▾  acme … ↑2 pending · synced · ? keys``."""
    app, state, session = context.app, context.state, context.session
    glyphs = app.glyphs
    board = [(f" {plain(state.board.name[:LONGEST])} {glyphs.switch}", "bold")] if state.board else []
    name = plain(session.profile_name[:LONGEST])
    warning = [(" read-only", "$warning")] if session.read_only else []
    # What must not be overlooked comes first: a long board name pushes nothing of it away.
    if app.profile_colour:
        mark = (f"{glyphs.profile} {name} ", f"bold reverse {known_colour(app.profile_colour)}".rstrip())
        left = [mark, *warning, *board]
    elif warning:
        left = [("cardwall", "bold $primary"), (f" {name}", ""), *warning, *board]
    else:
        left = [("cardwall", "bold $primary"), *board, (f" {name}", "")]
    problem = session.store.journal_problem
    words = drawing_status.words(
        state,
        session.store.clock(),
        glyphs,
        problem.message if problem else "",
        app.keymap.shown_keys("conflict.settle", 1),
    )
    help_keys = app.keymap.shown_keys("app.help", 1)
    if help_keys:
        words.append(drawing_status.Word(f"{help_keys} keys", 0))
    return drawing_status.top_line(left, words, width, glyphs)


def bottom_line(context: Context, below: Below, message: tuple[str, Severity] | None, width: int) -> Content:
    """What was said last; else filter, marks and an open chord on the left, and keys on the right."""
    if message is not None:
        sentence, severity = message
        marks = f"   {len(below.marked)} marked" if below.marked else ""
        said = show(f" {sentence}", style=MESSAGE_STYLES[severity])
        return said + Content.styled(marks, "$accent") if said.cell_length + len(marks) <= width else said
    app = context.app
    left = _left(context, below)
    used = _used(left)
    for extra in _extras(context, below):  # good to know, but not at the price of the keys
        if used + _used([extra]) <= width // 2:
            left.append(extra)
            used += _used([extra])
    keys = footer(context, BOARD)
    while keys and used + _length(keys) > width:
        keys.pop(0)
    room = width - _length(keys)
    parts = []
    for text, style in left:
        cut = fit(f" {text} ", min(cell_len(text) + 2, room), app.glyphs.more)
        room -= cell_len(cut)
        parts.append(Content.styled(cut, style))
    return Content("").join([*parts, Content(" " * max(0, room)), *keys])


def _left(context: Context, below: Below) -> list[tuple[str, str]]:
    """An open chord, filter and marks."""
    app = context.app
    left: list[tuple[str, str]] = []
    if app.reader.waiting:
        left.append((f"{shown(tuple(app.reader.waiting))}{app.glyphs.more}", "bold"))
    if below.filter_text:
        left.append((f"/ {plain(below.filter_text[:LONGEST])}", "$accent"))
        arrangement = context.wall.arrangement
        if app.wall.bridge.complete:
            left.append((f"{arrangement.shown:,} of {arrangement.count:,}", ""))
    if below.filter_note:
        left.append((below.filter_note, "$warning"))
    if below.marked:
        left.append((f"{len(below.marked)} marked", "$accent"))
    return left


def _extras(context: Context, below: Below) -> list[tuple[str, str]]:
    """How the filter is left, and the order that the cards stand in."""
    clear = context.app.keymap.shown_keys("filter.clear", 1)
    leaving = [(f"{clear} clears it", "")] if below.filter_text and clear else []
    return [*leaving, *([(plain(below.sort_words[:LONGEST]), "$accent")] if below.sort_words else [])]


def _used(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) + 2 for text, _ in parts)


def footer(context: Context, place: str) -> list[Content]:
    """The keys of a place worth showing, those that cannot be used now greyed; neighbours of one word share it."""
    groups: dict[str, list[Command]] = {}
    keymap = context.app.keymap
    for command in keymap.commands.values():
        if command.footer and command.place == place and keymap.keys_of(command.id):
            groups.setdefault(command.footer, []).append(command)
    parts = []
    for word, commands in groups.items():
        keys = "/".join(shown(keymap.keys_of(command.id)[0]) for command in commands)
        usable = any(command.reason(context) is None for command in commands)
        key_style, word_style = ("bold $accent", "") if usable else ("dim", "dim")
        parts.append(Content.assemble("  ", (keys, key_style), (f" {word}", word_style)))
    return parts


def _length(parts: list[Content]) -> int:
    return sum(part.cell_length for part in parts)

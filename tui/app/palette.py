"""The palette's rows: every command, found by a few letters of its title or by a word of what it does."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.fuzzy import Matcher

from tui.app.command import ANYWHERE, BOARD, Command
from tui.app.context import Context
from tui.app.drawing import fit
from tui.app.screens.palette_list import Row, column

QUITS = ("q", "q!", "wq", "wq!", "exit")
SAVES_AND_QUITS = ("w", "x")
"""What is typed after a colon elsewhere; a change is saved when it is made here, so quitting is what is left of it."""
MOST_KEYS = 12
"""Cells of the column of keys."""
LONGEST_TITLE = 32
OF_USE = 8
"""Cells of a description that say something."""


def found(context: Context, text: str, room: int, place: str = BOARD) -> list[Row]:
    """The commands of a place whose titles match `text`, best first, in columns of `room` cells together.

    Those that cannot run now say why.
    """
    return [_row(context, command, title, room) for command, title in _matches(context, text, place)]


def _matches(context: Context, text: str, place: str) -> Iterator[tuple[Command, Content]]:
    commands = [c for c in context.app.commands.values() if c.place in (place, ANYWHERE) and not c.hidden]
    if not text:
        yield from ((command, Content(command.title)) for command in sorted(commands, key=lambda c: c.title))
        return
    matcher = Matcher(text)
    scored = [(matcher.match(f"{command.title} {command.id}"), command) for command in commands]
    hits = [command for score, command in sorted(scored, key=lambda pair: -pair[0]) if score > 0]
    leaving = context.app.commands.get("app.quit")
    if leaving in commands and text in (*QUITS, *SAVES_AND_QUITS):
        others = [command for command in hits if command is not leaving]
        hits = [leaving, *others] if text in QUITS else [*others, leaving]
    for command in hits:
        yield command, matcher.highlight(command.title)
    if text in (*QUITS, *SAVES_AND_QUITS):
        return
    for command in commands:
        if command not in hits and _is_called(command, text):
            yield command, Content(command.title)


def _is_called(command: Command, text: str) -> bool:
    """Whether every word of `text` begins one of those that tell what a command does."""
    told = f"{command.help} {command.words}".casefold().split()
    return all(any(word.startswith(start) for word in told) for start in text.casefold().split())


def _row(context: Context, command: Command, title: Content, room: int) -> Row:
    more = context.app.glyphs.more
    first = min(LONGEST_TITLE, max(room * 9 // 20, room - MOST_KEYS - 4))  # titles before descriptions
    if context.app.glyphs.more.isascii():
        title = Content(title.plain.replace("…", "..."))
    title = title if title.cell_length <= first else Content(fit(title.plain, first, more))
    gap = " " * (first - title.cell_length + 2)
    width = min(MOST_KEYS, max(0, room - first - 2))
    if room - first - width - 4 < OF_USE:
        width = room - first - 2
    keys = column(context.app.keymap.shown_keys(command.id, 3), width, more)
    rest = max(0, room - first - width - 4)
    reason = command.reason(context)
    if reason is None:
        said = fit(command.help, rest, more)
        return Row(command.id, Content.assemble(title, gap, (keys, "bold $accent"), (said, "dim")))
    if not rest:
        return Row(command.id, Content.assemble((title.plain, "dim"), gap, fit(reason, width, more)))
    return Row(command.id, Content.assemble((title.plain, "dim"), gap, (keys, "dim"), fit(reason, rest, more)))

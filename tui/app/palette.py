"""The palette's rows: every command, found by a few letters of its title."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.fuzzy import Matcher

from tui.app.command import ANYWHERE, BOARD, Command
from tui.app.context import Context
from tui.app.screens.palette_list import Row


def found(context: Context, text: str, place: str = BOARD) -> list[Row]:
    """The commands of a place whose titles match `text`, best first; those that cannot run now say why."""
    return [_row(context, command, title) for command, title in _matches(context, text, place)]


def _matches(context: Context, text: str, place: str) -> Iterator[tuple[Command, Content]]:
    commands = [c for c in context.app.commands.values() if c.place in (place, ANYWHERE) and not c.hidden]
    if not text:
        yield from ((command, Content(command.title)) for command in sorted(commands, key=lambda c: c.title))
        return
    matcher = Matcher(text)
    scored = [(matcher.match(f"{command.title} {command.id}"), command) for command in commands]
    for _, command in sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0]):
        yield command, matcher.highlight(command.title)


def _row(context: Context, command: Command, title: Content) -> Row:
    keys = context.app.keymap.shown_keys(command.id, 3)
    reason = command.reason(context)
    if reason is None:
        return Row(command.id, Content.assemble(title, "  ", (keys, "bold $accent"), "  ", (command.help, "dim")))
    return Row(command.id, Content.assemble((command.title, "dim"), "  ", (keys, "dim"), f"  {reason}"))

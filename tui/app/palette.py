"""The palette's rows: every command, found by a few letters of its title or by a word of what it does."""

from __future__ import annotations

import re
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
IN_TITLE, SCATTERED = -1, 4
"""How well a command is found: by the words of its title, by others as `_rank` says, or by letters of it alone."""
_WORD = re.compile(r"\w+")


def found(context: Context, text: str, room: int, place: str = BOARD) -> list[Row]:
    """The commands of a place that `text` finds, best first, in columns of `room` cells together.

    Those that cannot run now say why.
    """
    return [_row(context, command, title, room) for command, title in _matches(context, text, place)]


def _matches(context: Context, text: str, place: str) -> Iterator[tuple[Command, Content]]:
    commands = [c for c in context.app.commands.values() if c.place in (place, ANYWHERE) and not c.hidden]
    if not text:
        yield from ((command, Content(command.title)) for command in sorted(commands, key=lambda c: c.title))
        return
    matcher = Matcher(text)
    scores = {command.id: matcher.match(f"{command.title} {command.id}") for command in commands}
    hits = [command for command in commands if scores[command.id] > 0]
    leaving = context.app.commands.get("app.quit")
    if text in (*QUITS, *SAVES_AND_QUITS):
        hits.sort(key=lambda command: -scores[command.id])
        if leaving in commands:
            others = [command for command in hits if command is not leaving]
            hits = [leaving, *others] if text in QUITS else [*others, leaving]
        yield from ((command, matcher.highlight(command.title)) for command in hits)
        return
    ranks = {command.id: SCATTERED for command in hits}
    for command in commands:
        if (rank := _rank(command, text)) is not None:
            ranks[command.id] = rank
    by_title = {name: rank in (IN_TITLE, SCATTERED) for name, rank in ranks.items()}
    places = {name: (rank, -scores[name] if by_title[name] else 0.0) for name, rank in ranks.items()}
    for command in sorted((each for each in commands if each.id in ranks), key=lambda each: places[each.id]):
        yield command, matcher.highlight(command.title) if by_title[command.id] else Content(command.title)


def _rank(command: Command, text: str) -> int | None:
    """How well the words of `text` are those of a command, best first; None when one of them is not.

    First beginnings of the title's words; then whole words of what it is called, of its help, and beginnings of those.
    """
    typed = text.casefold().split()
    title, names, told = (_words(said) for said in (command.title, command.words, command.help))
    if all(_begins(word, title) for word in typed):
        return IN_TITLE
    steps = [
        0 if word in title | names else 1 if word in told else 2 if _begins(word, title | names) else 3
        for word in typed
        if _begins(word, title | names | told)
    ]
    return max(steps) if len(steps) == len(typed) else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _begins(start: str, words: frozenset[str]) -> bool:
    return any(word.startswith(start) for word in words)


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

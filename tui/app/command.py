"""A command is one record on the function that does the work; everything that lists keys derives from it.

    @command("item.move_right", keys=("L", ">"), title="Move right", group="Item", guard=needs_item, footer="move")
    def move_right(context: Context) -> None:
        \"\"\"Move the item one column to the right.\"\"\"

Footer, ``?`` help, palette, the user's keymap and the README's table read this registry.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from tui.app.clean import plain
from tui.app.context import Context

Action = Callable[[Context], None]
Guard = Callable[[Context], str | None]
"""A sentence that says why a command cannot run now, or None."""

BOARD: Final = "board"
FILTER: Final = "filter"
"""The place of the keys that work while a filter is typed."""
GROUPS: Final = ("Move the cursor", "Item", "View", "Filter", "Board", "Form", "Conflict", "History", "Program")
"""The order in which help and table list the groups; others follow."""
ANYWHERE: Final = "anywhere"
"""The place of commands whose keys work on every screen."""


class Command(Struct, frozen=True):
    """What a key, the palette and the user's keymap can ask for."""

    id: str
    keys: tuple[str, ...]
    """Default keys, each a chord of one or more key names separated by blanks: ``g g``, ``ctrl+d``, ``$``."""
    title: str
    group: str
    run: Action
    guard: Guard | None
    footer: str
    """The word beside its keys in the footer; empty keeps it out. Neighbours with one word share it."""
    place: str
    """The screen whose keys it answers to: ``board``, ``form``, ``conflict``…, or ``anywhere``."""
    hidden: bool
    """Left out of the palette: movements, and what makes sense only as a key."""
    help: str
    """One sentence, from the docstring."""
    words: str = ""
    """What else people call it, for whoever looks for it by another name."""

    def reason(self, context: Context) -> str | None:
        """Why it cannot run now, as a sentence; None when it can."""
        return self.guard(context) if self.guard else None


_registry: dict[str, Command] = {}


def command(
    id: str,  # noqa: A002
    *,
    keys: tuple[str, ...] = (),
    title: str,
    group: str,
    guard: Guard | tuple[Guard, ...] | None = None,
    footer: str = "",
    place: str = BOARD,
    hidden: bool = False,
    words: str = "",
) -> Callable[[Action], Action]:
    """Register the decorated function as a command; a second one of the same id is a ValueError."""

    def register(run: Action) -> Action:
        if id in _registry:
            raise ValueError(f"two commands are called {id}")
        sentence = inspect.getdoc(run)
        if not sentence:
            raise ValueError(f"command {id} has no docstring, so the help would be empty")
        check = first_reason(*guard) if isinstance(guard, tuple) else guard
        told = sentence.splitlines()[0]
        _registry[id] = Command(id, keys, title, group, run, check, footer, place, hidden, told, words)
        return run

    return register


def first_reason(*guards: Guard) -> Guard:
    """A guard that gives the first sentence of several."""

    def check(context: Context) -> str | None:
        return next((reason for guard in guards if (reason := guard(context))), None)

    return check


def needs_item(context: Context) -> str | None:
    """Guard: the cursor must be on a card, and on the one that the user put it on."""
    item = context.wall.cursor_item()
    if item is None:
        return "There is no card under the cursor."
    slipped = "" if context.app.wall.marked else context.app.wall.news.slipped
    if not slipped:
        return None
    now = f"The cursor is on {plain(item.key)} now: once more acts on that."
    # In the bottom line, where the eyes are, or the key seems to be lost; who took the card was told there already.
    return f"{slipped} {now}" if len(f"{slipped} {now}") <= context.app.wall.size.width - 2 else now


def needs_board(context: Context) -> str | None:
    """Guard: a board must be open."""
    return None if context.state.board else "No board is open yet."


def needs_write(context: Context) -> str | None:
    """Guard: the profile must allow writing."""
    if not context.session.read_only:
        return None
    link = context.state.link
    if link.reach != "refused":
        return "This profile is read-only."
    return f"Read-only, because {plain(link.message).rstrip('.') or 'the server refuses the key'}."


def load() -> dict[str, Command]:
    """Every command by id, group by group; imports `tui.app.commands` once."""
    package = importlib.import_module("tui.app.commands")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    order = {group: place for place, group in enumerate(GROUPS)}
    ordered = sorted(_registry.values(), key=lambda one: order.get(one.group, len(order)))
    return {one.id: one for one in ordered}


def at(place: str, commands: Iterable[Command]) -> list[Command]:
    """The commands whose keys work at `place`."""
    return [command for command in commands if command.place in (place, ANYWHERE)]

"""The keys of one place, narrowed as you type; Enter runs one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui.app.command import Command, at
from tui.app.drawing import fit
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.text import fold

if TYPE_CHECKING:
    from tui.app.app import WallApp

KEYS_WIDTH = 18


class HelpScreen(ListScreen):
    """Closes with the id of the command to run."""

    app: WallApp

    def __init__(self, place: str) -> None:
        super().__init__("keys of this place: type to find one")
        self.place_of_help = place

    def rows(self, text: str) -> Sequence[Row]:
        """The keys whose name, title or help contains every typed word, by group."""
        words = fold(text).split()
        groups: dict[str, list[Command]] = {}
        for command in at(self.place_of_help, self.app.commands.values()):
            keys = self.app.keymap.shown_keys(command.id)
            said = fold(f"{keys} {command.title} {command.help} {command.group} {command.id}")
            if keys and all(word in said or word == keys for word in words):
                groups.setdefault(command.group, []).append(command)
        rows = []
        for group, commands in groups.items():
            rows.append(Row("", Content(group)))
            rows.extend(self._row(command) for command in commands)
        return rows

    def _row(self, command: Command) -> Row:
        keys = fit(self.app.keymap.shown_keys(command.id), KEYS_WIDTH, self.app.glyphs.more)
        style = "" if command.reason(self.app.context) is None else "dim"
        return Row(command.id, Content.assemble("  ", (keys, "bold $accent"), "  ", (command.help, style)))

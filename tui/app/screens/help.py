"""The keys of one place, narrowed as you type; Enter runs one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui.app.command import BOARD, Command, at
from tui.app.drawing import fit, hanging
from tui.app.drawing_glyphs import ASCII, legend
from tui.app.keymap_names import ARROWS
from tui.app.screens.form_keys import EDITING
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.text import fold

if TYPE_CHECKING:
    from tui.app.app import WallApp

KEYS_WIDTH = 18
FORM, GROUP_FORM = "form", "Form"
PLAIN = "not bold $foreground"


class HelpScreen(ListScreen):
    """Closes with the id of the command to run."""

    app: WallApp

    def __init__(self, place: str) -> None:
        super().__init__("type to find a key, a command, or a sign: conflict, draft, limit, age", takes="runs it")
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
        if self.place_of_help == BOARD:
            return [*rows, *self._told("Marks", legend(self.app.glyphs), 4, words)]
        if self.place_of_help == FORM:
            own = 1 + len(groups[GROUP_FORM]) if GROUP_FORM in groups else 0
            return [*rows[:own], *self._told("Typing", EDITING, self._keys_width + 2, words), *rows[own:]]
        return rows

    @property
    def _keys_width(self) -> int:
        return min(KEYS_WIDTH, self.room // 3)

    def _told(self, title: str, told: Sequence[tuple[str, str]], width: int, words: Sequence[str]) -> list[Row]:
        """What signs or keys mean; not to be run, so it is all headings."""
        plain = self.app.glyphs is ASCII
        told = [(sign.translate(ARROWS), said.translate(ARROWS)) if plain else (sign, said) for sign, said in told]
        found = [(sign, said) for sign, said in told if all(word in fold(f"{sign} {said}") for word in words)]
        rows = [Row("", Content(title))] if found else []
        return rows + [
            Row("", Content.styled(f"  {fit(sign, width)}{hanging(said, self.room, width + 2)}", PLAIN))
            for sign, said in found
        ]

    def _row(self, command: Command) -> Row:
        width = self._keys_width
        keys = fit(self.app.keymap.shown_keys(command.id), width, self.app.glyphs.more)
        help_text = hanging(command.help, self.room, width + 4)
        style = "" if command.reason(self.app.context) is None else "dim"
        return Row(command.id, Content.assemble("  ", (keys, "bold $accent"), "  ", (help_text, style)))

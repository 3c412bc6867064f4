"""The profiles there are, to switch between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui.app.clean import show
from tui.app.screens.palette_list import ListScreen, Row, column
from tui.app.theme import known_colour
from tui.domain.text import fold, visible

if TYPE_CHECKING:
    from tui.app.app import WallApp
    from tui.config import Profile, Settings

PROFILE = "profile "
"""Stands before a profile's name in a row's id."""
NEW = "new"
_NAME = 20
"""Most cells that a profile's name takes."""


class ProfilesScreen(ListScreen):
    """Closes with `PROFILE` and a profile's name, or with `NEW`."""

    app: WallApp

    def __init__(self, settings: Settings, now: str) -> None:
        super().__init__("open a profile: type its name", takes="opens it")
        self._profiles = [settings.profiles[name] for name in sorted(settings.profiles)]
        self._now = now

    def rows(self, text: str) -> Sequence[Row]:
        """Profiles whose name holds the text, those that begin with it first; the open one is marked."""
        wanted = fold(text)
        found = [profile for profile in self._profiles if wanted in fold(profile.name)]
        found.sort(key=lambda profile: not fold(profile.name).startswith(wanted))
        width = min(_NAME, max((cell_len(visible(profile.name)) for profile in found), default=0))
        lines = [Row(PROFILE + profile.name, self._line(profile, width)) for profile in found]
        return [*lines, Row(NEW, Content.styled(" Add a profile…", "$text-muted"))]

    def _line(self, profile: Profile, width: int) -> Content:
        """Its mark and name, what it speaks, the words that warn, and where it is."""
        glyphs = self.app.glyphs
        colour = known_colour(profile.colour or "")
        mark = (glyphs.profile if profile.colour else " ", f"bold {colour}")
        words = [profile.colour or "", "read-only" if profile.read_only else ""]
        said = " ".join(filter(None, ["open" if profile.name == self._now else "", *words]))
        where = profile.url or "this machine"
        return Content.assemble(
            " ",
            mark,
            " ",
            (column(visible(profile.name), width, glyphs.more), "bold"),
            (f"{profile.contract:<5}  ", "$text-muted"),
            show(where),
            ("  " + visible(said) if said else "", "$warning"),
        )

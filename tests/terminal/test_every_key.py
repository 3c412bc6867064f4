"""Every default key of every command, pressed in the real program in a real terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.binding import Binding

from tests.terminal.steps import board, conflict, item, leave
from tests.terminal.steps.step import PALETTE, Scene, run
from tests.terminal.terminal import Terminal
from tui.app import command as registry
from tui.app.command import ANYWHERE
from tui.app.screens.palette_list import ListScreen

SCENES = (*board.SCENES, *item.SCENES, *conflict.SCENES, *leave.SCENES)
LISTS = ("list", "confirm")
"""Places whose keys are no commands, but where those work that work anywhere."""
SHELL = ("bash", "--norc", "--noprofile", "-i")
PROMPT = "ended [$?] "
"""What the shell says when the program is gone, with its exit code."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A terminal of some size."""

    term: str
    columns: int
    rows: int
    colours: bool = True

    def __str__(self) -> str:
        return f"{self.term} {self.columns}x{self.rows}{'' if self.colours else ' without colours'}"

    @property
    def env(self) -> dict[str, str]:
        """What the terminal tells its programs."""
        truecolor = "truecolor" if "256" in self.term else ""
        return {"TERM": self.term, "COLORTERM": truecolor, **({} if self.colours else {"NO_COLOR": "1"})}


KIND = Kind("xterm-256color", 120, 40)
OTHER = Kind("linux", 80, 24)
SIZES = ((80, 24), (120, 40), (200, 60))
OTHERS = tuple(
    kind
    for columns, rows in SIZES
    for kind in (
        *(Kind(term, columns, rows) for term in ("xterm-256color", "xterm", "linux")),
        Kind("xterm-256color", columns, rows, colours=False),
    )
    if kind not in (KIND, OTHER)
)


def play(scene: Scene, kind: Kind, home: Path) -> None:
    """Start the program from a shell in such a terminal, and take the scene's steps one after another."""
    env = {"PS1": PROMPT, **kind.env, **scene.env}
    with scene.prepare(home), Terminal(SHELL, columns=kind.columns, rows=kind.rows, env=env) as terminal:
        terminal.wait_for("ended [0]")
        terminal.type(leave.START)
        terminal.wait_for("synced")
        for step in scene.steps:
            run(terminal, step)


@pytest.mark.parametrize("kind", [KIND, pytest.param(OTHER, marks=pytest.mark.again)], ids=str)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_key_does_what_it_says(scene: Scene, kind: Kind, own_home: Path) -> None:
    play(scene, kind, own_home)


@pytest.mark.long
@pytest.mark.parametrize("kind", OTHERS, ids=str)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_key_does_so_in_every_terminal(scene: Scene, kind: Kind, own_home: Path) -> None:
    play(scene, kind, own_home)


def test_every_default_key_of_every_command_is_pressed() -> None:
    """A new command, key or place without a step fails here."""
    commands = registry.load().values()
    own = {(one.place, one.id, key) for one in commands if one.place != ANYWHERE for key in one.keys or (PALETTE,)}
    places = {one.place for one in commands} - {ANYWHERE}
    common = {(one.id, key) for one in commands if one.place == ANYWHERE for key in one.keys if len(key) > 1}
    everywhere = {(place, *pair) for place in {*places, *LISTS} for pair in common}
    letters = {(place, "app.help", "?") for place in {*places, *LISTS}}
    bindings = [one for one in ListScreen.BINDINGS if isinstance(one, Binding)]
    bound = {("list", one.action, key) for one in bindings for key in one.key.split(",")}
    proved = [step.proves for scene in SCENES for step in scene.steps if step.proves]
    assert set(proved) - letters == own | everywhere | bound

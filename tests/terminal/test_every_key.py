"""Every default key of every command, pressed in the real program in a real terminal."""

from __future__ import annotations

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
Kind = tuple[str, int, int]
KINDS: tuple[Kind, ...] = (("xterm-256color", 120, 40), ("linux", 80, 24))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind)))
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_key_does_what_it_says(scene: Scene, kind: Kind, own_home: Path) -> None:
    term, columns, rows = kind
    env = {"TERM": term, "PS1": PROMPT, **scene.env} | ({} if "256" in term else {"COLORTERM": ""})
    with scene.prepare(own_home), Terminal(SHELL, columns=columns, rows=rows, env=env) as terminal:
        terminal.wait_for("ended [0]")
        terminal.type(leave.START)
        terminal.wait_for("synced")
        for step in scene.steps:
            run(terminal, step)


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

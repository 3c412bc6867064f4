"""A step is a key pressed in the real program, and what a person then sees; a scene is many of them after one start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from tests.terminal.terminal import Terminal
from tests.terminal.walls import database_of
from tui.app import command as registry

PATIENCE = 15.0
"""Seconds until a key counts as dead."""
SYNCHRONIZED = 2026
LIT = "▐"
HELP = "type to find a key"
PALETTE = "palette"
"""Stands for the key of a command that has none."""

Do = Callable[[Terminal], object]
Prepare = Callable[[Path], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done; `shows` must come on the screen with it, and `gone` must leave with it."""

    what: str
    """What it does, for people."""
    do: Do
    shows: str = ""
    gone: str = ""
    proves: tuple[str, str, str] | None = None
    """The place, command and default key that it tries; None for a step that only leads to the next."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Steps that share one start of the program."""

    name: str
    steps: tuple[Step, ...]
    prepare: Prepare = lambda _: nullcontext()
    """What another program does first, and holds on to while the scene lasts; it is given the home folder."""
    env: Mapping[str, str] = field(default_factory=dict)


def place_of(command: str) -> str:
    """Where the keys of a command work."""
    return registry.load()[command].place


def press(command: str, key: str, shows: str = "", *, gone: str = "", place: str = "") -> Step:
    """A default key of a command, as the registry writes it; `place` is told where a command works anywhere."""
    keys = [one.lower() if len(one) > 1 else one for one in key.split(" ")]
    return Step(
        f"{command} by {key}", lambda t: t.press(*keys), shows, gone, (place or place_of(command), command, key)
    )


def then(keys: str, shows: str = "", *, gone: str = "") -> Step:
    """Keys that lead to the state where the next step means something."""
    return Step(keys, lambda t: t.press(*keys.split(" ")), shows, gone)


def write(text: str, shows: str = "", *, gone: str = "") -> Step:
    """Text typed in one go."""
    return Step(f"typing {text!r}", lambda t: t.type(text), shows, gone)


def outside(what: str, do: Callable[[str], object], shows: str = "", *, gone: str = "") -> Step:
    """Something that another program does meanwhile; it is given the database's URL."""
    return Step(what, lambda _: do(database_of(Path.home())), shows, gone)


def choose(command: str, title: str, shows: str = "", *, gone: str = "") -> Step:
    """A command without a key, chosen from the palette by its title."""

    def do(terminal: Terminal) -> None:
        terminal.press(":")
        terminal.wait_for("run a command")
        terminal.type(title)
        terminal.wait_for(re.compile(rf"│ {title} *│"))
        terminal.press("enter")

    return Step(f"{command} from the palette", do, shows, gone, (place_of(command), command, PALETTE))


def listed(action: str, key: str, shows: str = "", *, gone: str = "") -> Step:
    """A key that works in every list to choose from."""
    return Step(f"{action} of a list by {key}", lambda t: t.press(key), shows, gone, ("list", action, key))


def redraw(place: str) -> tuple[Step, ...]:
    """Another program writes across the screen, and ctrl+l wipes that away."""
    scribble = Step("a scribble", lambda t: t.screen.feed(b"\x1b[3;3Hscribbled"), "scribbled")
    return (scribble, press("app.redraw", "ctrl+l", gone="scribbled", place=place))


def anywhere(place: str, here: str, *, text: bool = False) -> tuple[Step, ...]:
    """The keys that work on every screen, tried at a place whose screen shows `here`; `text` when it takes letters."""
    keys = ("f1",) if text else ("?", "f1")
    helped = [
        step
        for key in keys
        for step in (
            press("app.help", key, "type to find a key", place=place),
            then("escape", gone="type to find a key"),
        )
    ]
    stopped = (press("app.suspend", "ctrl+z", "Stopped", gone=here, place=place), write("fg\n", here, gone="Stopped"))
    warned = press("app.interrupt", "ctrl+c", "Once more to quit", place=place)
    return (*helped, *redraw(place), *stopped, warned)


def cursor(*names: str) -> str:
    """The cursor is on a card whose name begins with one of these."""
    return rf"┃(DEAL-\d+ )?({'|'.join(names)})"


def lit(text: str) -> str:
    """The row under a list's cursor, which is shown reversed."""
    return rf"(?m)^{LIT}.*{text}"


def run(terminal: Terminal, step: Step) -> None:
    """Do a step and wait for what a person sees; what it brings must not have been there before it."""
    __tracebackhide__ = True
    if step.gone:
        _wait(terminal, lambda: _has(terminal, step.gone), f"{step.what}: {step.gone!r} is not there")
    if step.shows:
        assert not _has(terminal, step.shows), f"{step.what} proves nothing:\n{terminal.text}"
    step.do(terminal)
    _wait(
        terminal, lambda: _is_done(terminal, step), f"{step.what}: not seen {step.shows!r}, or not lost {step.gone!r}"
    )


def _is_done(terminal: Terminal, step: Step) -> bool:
    if SYNCHRONIZED in terminal.modes:  # half a frame is nothing that a person sees
        return False
    return (not step.shows or _has(terminal, step.shows)) and not (step.gone and _has(terminal, step.gone))


def _wait(terminal: Terminal, done: Callable[[], bool], otherwise: str) -> None:
    __tracebackhide__ = True
    try:
        terminal.wait_for(lambda _: done(), timeout=PATIENCE)
    except TimeoutError:
        raise AssertionError(f"{otherwise}; the screen:\n{terminal.text}") from None


def _has(terminal: Terminal, pattern: str) -> bool:
    text = _lit_rows(terminal) if LIT in pattern else terminal.text
    return re.search(pattern, text) is not None


def _lit_rows(terminal: Terminal) -> str:
    """What is shown reversed, each row behind a sign."""
    screen = terminal.screen
    rows = ([screen.cell(x, y) for x in range(screen.columns)] for y in range(screen.rows))
    reversed_rows = ("".join(cell.char for cell in row if cell.reverse).strip() for row in rows)
    return "\n".join(f"{LIT}{row}" for row in reversed_rows)

"""The keys of a list, of the board editor and of the question before quitting, and every way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.terminal.steps.item import EDITOR
from tests.terminal.steps.step import Scene, Step, anywhere, listed, lit, outside, press, then, write
from tests.terminal.walls import COMMAND, add_items, database_of

START = f"clear; {' '.join(COMMAND)}\n"
ENDED = r"ended \[0\]\s*\Z"

LIST: tuple[Step, ...] = (
    then(":", lit("Card fields")),
    listed("go(1)", "down", lit("Clear marks")),
    listed("go(1)", "ctrl+n", lit("Clear the filter")),
    listed("go(-1)", "up", lit("Clear marks")),
    listed("go(-1)", "ctrl+p", lit("Card fields")),
    listed("page(1)", "pagedown", gone=lit("Card fields")),
    listed("page(-1)", "pageup", lit("Card fields")),
    listed("end_of_list(1)", "end", lit("What you did")),
    listed("end_of_list(-1)", "home", lit("Card fields")),
    listed("leave", "escape", gone="run a command"),
    then(":", "run a command"),
    *anywhere("list", "run a command", text=True),
)

CONFIRM: tuple[Step, ...] = (
    then("#", "Delete DEAL-38"),
    *anywhere("confirm", "Delete DEAL-38"),
)

BOARD_EDITOR: tuple[Step, ...] = (
    then("B", r"ended\s+with\s+code\s+1"),
    write("zzz"),
    press("board_editor.apply", "ctrl+s", "Line 1"),
    then("backspace backspace backspace", gone="zzz"),
    then("down down down down end left"),
    write(" typed", "Sales typed"),
    press("board_editor.outside", "ctrl+e", "Sales edited is saved", gone="your editor"),
    then("B", r"ended\s+with\s+code\s+1"),
    then("down down down down end left"),
    write(" and more", "edited and more"),
    press("board_editor.apply", "f2", "and more is saved", gone="your editor"),
    then("B", r"ended\s+with\s+code\s+1"),
    write("zzz", "zzz"),
    press("board_editor.undo", "ctrl+underscore", gone="zzz"),
    write("# "),
    press("board_editor.close", "escape", gone="your editor"),
    then("B", "What you typed before"),
    *anywhere("board_editor", "your editor", text=True),
)


class Lock:
    """Another program's hold on the database: while it lasts nothing can be written."""

    def __init__(self) -> None:
        self._held: list[sqlite3.Connection] = []

    def take(self, url: str) -> None:
        """Take the hold."""
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.execute("begin immediate")
        self._held.append(connection)

    def give(self, _: str = "") -> None:
        """Give it back."""
        while self._held:
            self._held.pop().close()

    @contextmanager
    def around(self, home: Path) -> Iterator[None]:
        """A wall over a database that another program may hold."""
        add_items(database_of(home))
        try:
            yield
        finally:
            self.give()


LOCK = Lock()
ASKED = "keep for later and quit"

AT_REST = r" {2}synced"
NOTHING = r"\A\s*\Z"

ASK: tuple[Step, ...] = (
    outside("a lock", LOCK.take),
    then("L", "1 pending"),
    then("q", ASKED),
)
LET_GO = outside("the lock is given back", LOCK.give, ENDED)

QUIT: tuple[Step, ...] = (
    press("app.quit", "q", ENDED),
    write(START, AT_REST),
    then("ctrl+c", "Once more to quit"),
    then("ctrl+c", ENDED),
    write(START, AT_REST),
    *ASK,
    press("quit.back", "escape", gone=ASKED),
    then("q", ASKED),
    press("quit.back", "b", gone=ASKED),
    then("q", ASKED),
    press("quit.send", "s", "Sending: 1 left"),
    LET_GO,
    write(START, AT_REST),
    *ASK,
    *anywhere("quit", ASKED),
    press("quit.send", "enter", "Sending: 1 left"),
    LET_GO,
)

SCENES = (
    Scene("lists", LIST),
    Scene("the question before a deletion", CONFIRM),
    Scene("the board editor", BOARD_EDITOR, env={"EDITOR": EDITOR}),
    Scene("ways out", QUIT, LOCK.around),
    Scene("keeping for later with k", (*ASK, press("quit.keep", "k", NOTHING), LET_GO), LOCK.around),
    Scene("keeping for later with q", (*ASK, press("quit.keep", "q", NOTHING), LET_GO), LOCK.around),
)

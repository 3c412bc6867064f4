"""A real pseudo-terminal with a program in it: type, wait for what it shows, look at cells and raw bytes.

    with Terminal(["less", "README.md"], columns=80, rows=24) as wall:
        wall.wait_for("cardwall")
        wall.press("j", "ctrl+l")

Nothing here sleeps: every wait is a wait for output or for the program's end.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from tests.terminal.answers import Answers
from tests.terminal.emulator import Cell, Emulator
from tests.terminal.keys import key_bytes
from tests.terminal.process import at_rest, cpu_ms, family

_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
_UNSET = ("LINES", "COLUMNS", "TEXTUAL", "NO_COLOR", "TMUX", "TERM_PROGRAM")

_ASK_AGAIN = 0.05
_AT_REST_MS = 2.0
"""Processor time that a program at rest may use up in a moment: Textual looks for keys ten times a second."""

Condition = str | re.Pattern[str] | Callable[["Terminal"], bool]


class Terminal:
    """A program running in a pseudo-terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str | None] | None = None,
        answers: Answers | None = None,
    ) -> None:
        """Start the command; `env` is laid over this process's environment, None removes a variable."""
        self._emulator = Emulator(columns, rows)
        self.chunks: list[tuple[int, bytes]] = []
        """Everything the program wrote, as read: (time.perf_counter_ns, bytes)."""
        self.exit_status: int | None = None
        """The exit code, or minus the signal; None while the program runs."""
        self._answers = answers or Answers()
        environment = _environment(env or {})
        self._term = environment["TERM"]
        self._drawn = 0
        self._master, slave = os.openpty()
        self._set_size(columns, rows)
        self.started = time.perf_counter_ns()
        self.pid = _spawn(list(command), os.ttyname(slave), environment)
        self._ended = os.pidfd_open(self.pid) if sys.platform == "linux" else -1
        os.set_blocking(self._master, False)
        self._slave: int | None = slave

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What it shows

    @property
    def screen(self) -> Emulator:
        """The screen, with everything drawn that has been read."""
        while self._drawn < len(self.chunks):
            self._drawn += 1
            self._emulator.feed(self.chunks[self._drawn - 1][1])
        return self._emulator

    @property
    def text(self) -> str:
        """The screen's text, one line a row, without trailing blanks."""
        return self.screen.text

    @property
    def lines(self) -> list[str]:
        """The text of every row, full width."""
        return self.screen.lines

    @property
    def raw(self) -> bytes:
        """Every byte the program has written."""
        return b"".join(data for _, data in self.chunks)

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Column and row of the terminal's own cursor, from 0; None while it is hidden."""
        screen = self.screen
        return screen.cursor if screen.cursor_visible else None

    @property
    def modes(self) -> set[int]:
        """The private modes that are on: 1049 alternate screen, 1000 mouse, 2004 bracketed paste."""
        return self.screen.modes

    def cell(self, x: int, y: int) -> Cell:
        """The character and style at column x, row y."""
        return self.screen.cell(x, y)

    def find(self, text: str) -> tuple[int, int]:
        """Column and row of the first place that shows the text; ValueError when there is none."""
        for y, line in enumerate(self.lines):
            if (at := line.find(text)) >= 0:
                return at, y
        raise ValueError(f"{text!r} is not on the screen:\n{self.text}")

    def mark(self) -> int:
        """A place in the output, for `raw_since`."""
        return len(self.chunks)

    def raw_since(self, mark: int) -> bytes:
        """The bytes written after the mark."""
        return b"".join(data for _, data in self.chunks[mark:])

    # What it is told

    def press(self, *keys: str) -> None:
        """Press keys one after another, named as Textual names them."""
        for key in keys:
            self.send(key_bytes(key, application_cursor=1 in self.screen.modes, term=self._term))

    def type(self, text: str) -> None:
        """Type text, all in one write."""
        self.send(text.encode())

    def paste(self, text: str) -> None:
        """Paste text; bracketed when the program has asked for that."""
        self.send(f"\x1b[200~{text}\x1b[201~".encode() if 2004 in self.modes else text.encode())

    def click(self, x: int, y: int) -> None:
        """Click the left button at column x, row y (SGR mouse reports)."""
        self.send(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m".encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size; the kernel tells the program."""
        self.screen.resize(columns, rows)
        self._set_size(columns, rows)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def send(self, data: bytes) -> None:
        """Write bytes as if they came from the keyboard."""
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                if not self.read(1.0):
                    raise TimeoutError("the program does not read its input") from None

    # Waiting

    def wait_for(self, condition: Condition, timeout: float = 15.0) -> None:
        """Wait until the screen shows a text or pattern, or a condition on this terminal holds.

        Raises TimeoutError with the screen when it does not happen in `timeout` seconds or the program ends.
        """
        end = time.monotonic() + timeout
        # A condition may be about more than the output, so it is asked again even when none comes.
        patience = _ASK_AGAIN if callable(condition) else timeout
        while not self.shows(condition):
            if not self.read(min(patience, end - time.monotonic())) and self._over(end):
                if self.shows(condition):
                    return
                why = "within the time" if self.exit_status is None else f"before the end ({self.exit_status})"
                raise TimeoutError(f"{condition!r} did not come {why}; the screen:\n{self.text}")

    def wait_gone(self, text: str, timeout: float = 15.0) -> None:
        """Wait until the screen no longer shows the text."""
        self.wait_for(lambda wall: text not in wall.text, timeout)

    def wait_exit(self, timeout: float = 15.0) -> int:
        """Wait for the program's end; its exit code, or minus the signal that killed it."""
        end = time.monotonic() + timeout
        while self.exit_status is None:
            if not self.read(end - time.monotonic()) and self.exit_status is None:
                raise TimeoutError(f"the program did not end; the screen:\n{self.text}")
        return self.exit_status

    def wait_quiet(self, silence: float = 0.1, timeout: float = 15.0) -> None:
        """Wait until nothing has been written for `silence` seconds."""
        end = time.monotonic() + timeout
        while self.read(silence) and time.monotonic() < end:
            pass

    def wait_idle(self, silence: float = 0.1, timeout: float = 30.0) -> None:
        """Wait until the program neither writes nor computes for `silence` seconds: on a busy machine, too."""
        end = time.monotonic() + timeout
        while self.exit_status is None and time.monotonic() < end:
            self.wait_quiet(silence / 2, timeout)
            before = cpu_ms(self.pid)
            if not self.read(silence) and at_rest(self.pid) and cpu_ms(self.pid) - before < _AT_REST_MS:
                return

    def shows(self, condition: Condition) -> bool:
        """Whether the screen shows a text or pattern now, or the condition holds."""
        if isinstance(condition, str):
            return condition in self.text
        return condition.search(self.text) is not None if isinstance(condition, re.Pattern) else condition(self)

    def shown_at(self, text: str) -> int | None:
        """When the output came that first put the text on the screen, of what has not been drawn yet; draws up to it.

        Does not read: with `read` alone before, the emulator's own work is in no time.
        """
        while self._drawn < len(self.chunks):
            at, data = self.chunks[self._drawn]
            self._drawn += 1
            self._emulator.feed(data)
            if any(text in line for line in self._emulator.lines):
                return at
        return None

    def read(self, timeout: float) -> bool:
        """Wait for output at most `timeout` seconds and take all there is; False when none came or it has ended."""
        if self.exit_status is not None:
            return False
        ready = select.select([self._master, self._ended], [], [], max(0.0, timeout))[0]
        got = self._master in ready and self._take()
        if self._ended in ready and not got:
            self._reap()
        return got

    def close(self) -> None:
        """Hang up, end whatever the program has started, and give everything back."""
        if self._master < 0:
            return
        processes = family(self.pid)
        if self._slave is not None:
            os.close(self._slave)
        os.close(self._master)
        self._master = -1
        if self.exit_status is None:
            select.select([self._ended], [], [], 2.0)
        for process in processes:
            if process.is_running():
                process.kill()
        if self.exit_status is None:
            self._reap()
        os.close(self._ended)

    def _over(self, end: float) -> bool:
        return self.exit_status is not None or time.monotonic() >= end

    def _take(self) -> bool:
        before = len(self.chunks)
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except (BlockingIOError, OSError):  # EIO: the last of the program's side is gone
                break
            if not data:
                break
            self.chunks.append((time.perf_counter_ns(), data))
            for answer in self._answers.to(data, lambda: self.screen.cursor):
                self.send(answer)
        return len(self.chunks) > before

    def _reap(self) -> None:
        self.exit_status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _spawn(command: list[str], tty: str, env: dict[str, str]) -> int:
    """Start a program whose controlling terminal is `tty`: the first one a session leader opens becomes it."""
    actions = [(os.POSIX_SPAWN_OPEN, 0, tty, os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
    # Tests may run under nohup or in the background, where these signals are ignored, and that is inherited.
    heard = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
    return os.posix_spawnp(command[0], command, env, file_actions=actions, setsid=True, setsigdef=heard)


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    merged: dict[str, str | None] = {**os.environ, **_TERMINAL, **dict.fromkeys(_UNSET), **changes}
    return {name: value for name, value in merged.items() if value is not None}

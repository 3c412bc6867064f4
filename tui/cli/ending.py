"""SIGTERM and SIGHUP end a command as its user would: the terminal restored, nothing left behind, edits on disk."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

PATIENCE = 1.5
"""Seconds an orderly end may take: a terminal that is gone can block whoever writes to it."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Ending:
    """The handlers of both signals, for as long as it is entered. The exit code is 128 and the signal's number."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._quit: Callable[[int], None] | None = None
        self._last: list[Callable[[], None]] = []
        self._before: list[tuple[signal.Signals, object]] = []
        self._watches: list[threading.Timer] = []

    def __enter__(self) -> Ending:
        if threading.current_thread() is threading.main_thread():  # elsewhere Python allows no handlers
            # One that is ignored stays so: that is how nohup asks for it.
            taken = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
            self._before = [(number, signal.signal(number, self._asked)) for number in taken]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for watch in self._watches:
            watch.cancel()  # the end came in time
        for number, handler in self._before:
            signal.signal(number, handler)  # type: ignore[arg-type]  # it is what signal() returned

    def quit_with(self, quit_: Callable[[int], None]) -> None:
        """From now on a signal calls this with the exit code, on the main thread; before, it unwinds the stack."""
        self._quit = quit_

    def at_least(self, clean: Callable[[], None]) -> None:
        """What is still done when there is no orderly end in time."""
        self._last.append(clean)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        watch = threading.Timer(self._patience, self._give_up, (number,))
        watch.daemon = True
        self._watches.append(watch)
        watch.start()
        if self._quit is None:
            raise SystemExit(128 + number)
        self._quit(128 + number)

    def _give_up(self, number: int) -> None:
        for clean in self._last:
            clean()
        os._exit(128 + number)

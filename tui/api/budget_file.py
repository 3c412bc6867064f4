"""Where the processes of one key keep their common count: a small file, locked while it is read and written."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from tui.api.budget import Ledger
from tui.config import RateLimit

Step = Callable[[Ledger], Ledger]
PATIENCE = 1.0
"""Seconds to wait for another process that holds the file: one that was stopped just then must not stop us too."""
_TRY_EVERY = 0.01
_MOST_FLYING = 10_000
_LARGEST = 100_000_000


class Keeper(Protocol):
    """Holds a Ledger; `change` may block for a moment: not on a loop."""

    def change(self, step: Step) -> Ledger:
        """Replace the Ledger by what `step` makes of it, with nobody in between."""
        ...


class MemoryKeeper:
    """Keeps the count of this process alone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ledger = Ledger()

    def change(self, step: Step) -> Ledger:
        """Under a lock of this process."""
        with self._lock:
            self._ledger = step(self._ledger)
            return self._ledger


class FileKeeper:
    """Keeps the count of every process of this machine; in memory while the file cannot be used."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self._path = path
        self._tries = max(1, round(patience / _TRY_EVERY))
        self._lock = Lock()
        self._ledger = Ledger()

    def change(self, step: Step) -> Ledger:
        """Under the file's lock. A damaged file counts as empty: the server's answers set it right."""
        with self._lock:  # a lock on a file is the process's: it does not hold its threads apart
            try:
                self._ledger = self._change_file(step)
            except OSError:
                self._ledger = step(self._ledger)
            return self._ledger

    def _change_file(self, step: Step) -> Ledger:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._hold(file)
            ledger = step(decode(_read(file)))
            data = encode(ledger)
            os.pwrite(file, data, 0)
            os.ftruncate(file, len(data))
            return ledger
        finally:
            os.close(file)

    def _hold(self, file: int) -> None:
        for _ in range(self._tries):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_TRY_EVERY)  # in a thread
            else:
                return
        raise BlockingIOError(f"{self._path} is held by another process")


def encode(ledger: Ledger) -> bytes:
    """A Ledger as JSON."""
    return json.dumps(
        {
            "spent": {str(window): entries for window, entries in ledger.spent.items()},
            "flying": ledger.flying,
            "resumes_at": ledger.resumes_at,
            "refusals": ledger.refusals,
            "limits": [[limit.count, limit.seconds] for limit in ledger.limits],
        }
    ).encode()


def decode(data: bytes) -> Ledger:
    """The Ledger in a file; an empty one when the file is not what it should be."""
    try:
        raw: Any = json.loads(data)
        return Ledger(
            spent={_some(w): tuple((float(at), _some(n)) for at, n in entries) for w, entries in raw["spent"].items()},
            flying=tuple(float(sent) for sent in raw["flying"][:_MOST_FLYING]),
            resumes_at=float(raw["resumes_at"]),
            refusals=max(0, int(raw["refusals"])),
            limits=tuple(RateLimit(_some(count), _some(seconds)) for count, seconds in raw["limits"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Ledger()


def _some(raw: object) -> int:
    """A number of something: at least one, and no more than anybody can mean."""
    number = int(raw)  # type: ignore[call-overload]  # what it cannot take is a TypeError, which says that it is no number
    if not 0 < number <= _LARGEST:
        raise ValueError(number)
    return int(number)


def _read(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)

"""The child process that fills a demo's database, through the server's own rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from tui.errors import StorageError


class Seeding:
    """A seeding child; started on entry, gone on exit."""

    def __init__(self, folder: Path, items: int, seed: int) -> None:
        self.database = f"sqlite:///{folder / 'demo.db'}"
        self._words = ["--database", self.database, "--items", str(items), "--seed", str(seed)]
        self._child: subprocess.Popen[bytes] | None = None
        self._complaints = folder / "seed.log"

    def __enter__(self) -> Seeding:
        try:
            with self._complaints.open("wb") as complaints:
                self._child = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                    [sys.executable, "-m", "tui.server.seed", *self._words],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    start_new_session=True,  # a ctrl+c meant for the wall is not meant for it
                )
        except OSError as error:
            raise StorageError(
                f"the demo cannot be made in {self._complaints.parent}: {os.strerror(error.errno or 0)}; "
                "set TMPDIR to a folder with room"
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        if self._child is not None and self._child.stdout is not None:
            self._child.stdout.close()

    def stop(self) -> None:
        """End the child, whatever it is doing: its database is thrown away."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def until_begun(self) -> None:
        """Wait for the boards and the newest items; the others follow. Raises StorageError when the child fails."""
        assert self._child is not None
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        try:
            json.loads(line)
        except ValueError:
            self._child.wait()
            said = self._complaints.read_text("utf-8", "replace").strip().splitlines()
            reason = said[-1].partition(". ")[0] if said else "no reason given"  # its remedy is not the demo's
            raise StorageError(
                f"the demo's items could not be made: {reason}. Set TMPDIR to a folder with room"
            ) from None

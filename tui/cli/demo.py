"""``cardwall demo``: a throw-away wall of any size, the same for the same seed, gone on exit."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tui.errors import StorageError, UsageError

if TYPE_CHECKING:
    from tui.api.backend import Backend
    from tui.cli.options import Subparsers

MOST = 100_000


def add_to(commands: Subparsers) -> None:
    """Add the command and its flags."""
    demo = commands.add_parser("demo", help="open a throw-away wall with sample items", allow_abbrev=False)
    demo.add_argument("--items", type=_items, default=200, metavar="N", help=f"how many items, 1 to {MOST} (200)")
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same items (1)")
    demo.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    demo.set_defaults(run=run)


def _items(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Open the demo until the user quits."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="cardwall-demo-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageError(
            f"no temporary folder for the demo: {error.strerror}; set TMPDIR to a writable one"
        ) from error
    with folder as name, Seeding(Path(name), options.items, options.seed) as seeding:
        from tui.cli.link import linked
        from tui.cli.screen import Look, show
        from tui.config import Profile

        profile = Profile("demo", database=seeding.database, me=os.environ.get("USER") or "you")
        with linked(profile) as connect:

            async def connect_once_begun() -> Backend:
                await asyncio.to_thread(seeding.until_begun)
                return await connect()

            look = Look(ascii_only=options.ascii)
            return show(profile, connect_once_begun, folder=Path(name) / "state", look=look)


class Seeding:
    """The child process that fills the demo's database, through the server's own rules."""

    def __init__(self, folder: Path, items: int, seed: int) -> None:
        if items < 1:
            raise UsageError("a demo needs at least one item")
        self.database = f"sqlite:///{folder / 'demo.db'}"
        self._words = ["--database", self.database, "--items", str(items), "--seed", str(seed)]
        self._child: subprocess.Popen[bytes] | None = None
        self._complaints = folder / "seed.log"

    def __enter__(self) -> Seeding:
        with self._complaints.open("wb") as complaints:
            self._child = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                [sys.executable, "-m", "tui.server.seed", *self._words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,  # a ctrl+c meant for the wall is not meant for it
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            if self._child.stdout is not None:
                self._child.stdout.close()

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
            raise StorageError(
                f"the demo's items could not be made: {said[-1] if said else 'no reason given'}"
            ) from None

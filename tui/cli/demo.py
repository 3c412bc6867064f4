"""``cardwall demo``: a throw-away wall of any size, the same for the same seed, gone on exit."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from tui.errors import StorageError

if TYPE_CHECKING:
    from tui.cli.ending import Ending
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


def run(options: argparse.Namespace, ending: Ending) -> int:
    """Open the demo until the user quits."""
    from tui.cli import collector
    from tui.cli.screen import Look, check_terminal, show

    check_terminal()
    collector.pause()
    import tempfile
    from pathlib import Path

    from tui.cli.seeding import Seeding

    try:
        folder = tempfile.TemporaryDirectory(prefix="cardwall-demo-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageError(
            f"no temporary folder for the demo: {error.strerror}; set TMPDIR to a writable one"
        ) from error
    ending.at_least(folder.cleanup)
    with folder as name, Seeding(Path(name), options.items, options.seed) as seeding:
        # The child is under way: only now what takes long.
        ending.at_least(seeding.stop)
        from tui.cli.link import linked
        from tui.config import Profile

        profile = Profile("demo", database=seeding.database, me=os.environ.get("USER") or "you")
        with linked(profile, seeding.until_begun) as connect:
            look = Look(ascii_only=options.ascii)
            return show(profile, connect, folder=Path(name) / "state", look=look, ending=ending)

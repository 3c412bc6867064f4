"""``cardwall open``: the wall, over the profile's server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.cli.options import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command and its flags."""
    open_ = commands.add_parser("open", help="open the wall (the default)", allow_abbrev=False)
    open_.add_argument("--profile", metavar="NAME", help="the profile to open; default: the configured one")
    open_.add_argument("--board", metavar="NAME", help="the board to open; default: the one opened last")
    open_.add_argument("--read-only", action="store_true", help="refuse every change")
    open_.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    open_.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Open the wall until the user quits."""
    from tui.cli.local import Local
    from tui.cli.screen import show
    from tui.config import load

    settings = load(profile=options.profile, read_only=options.read_only or None)
    profile = settings.profile
    with Local.of(profile) as local:
        return show(profile, local.connect, folder=settings.state_dir, board=options.board, ascii_only=options.ascii)

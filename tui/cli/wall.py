"""``cardwall open``: the wall, over the profile's server."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.config import Profile

SIGNALLED = 128
"""Exit codes from here on mean that a signal ended the wall: its terminal may be gone."""


def add_to(commands: Subparsers) -> None:
    """Add the command and its flags."""
    open_ = commands.add_parser("open", help="open the wall (the default)", allow_abbrev=False)
    open_.add_argument("--profile", metavar="NAME", help="the profile to open; default: the configured one")
    open_.add_argument("--board", metavar="NAME", help="the board to open; default: the one opened last")
    open_.add_argument("--database", metavar="FILE", help="the local profile's database, a file or an address")
    open_.add_argument("--read-only", action="store_true", help="refuse every change")
    open_.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    open_.set_defaults(run=run)


def run(options: argparse.Namespace, ending: Ending) -> int:
    """Open the wall until the user quits."""
    from tui.cli import collector

    collector.pause()
    from tui.config import Flags, load, state_dir

    flags = Flags(
        profile=options.profile,
        database=options.database,
        read_only=options.read_only or None,
        ascii=options.ascii or None,
    )
    settings = load(os.environ, flags)
    profile = settings.profile
    from tui.cli.screen import Look, check_terminal, show

    check_terminal()
    from tui.cli.link import budget_of, linked
    from tui.cli.profile_opening import RunProfiles

    look = Look(ascii_only=settings.ascii, keys=settings.keys, keys_source=str(settings.path), notes=settings.warnings)
    board = options.board or profile.board
    folder = state_dir(os.environ)
    gate = budget_of(profile, folder)
    with linked(profile, gate=gate) as connect, closing(RunProfiles(flags, profile, connect, folder)) as profiles:
        code = show(
            profile,
            connect,
            folder=folder,
            board=board,
            look=look,
            ending=ending,
            budget=gate,
            profiles=profiles,
        )
    if code < SIGNALLED:
        _say_left(folder, profiles.opened.values())
    return code


def _say_left(folder: Path, profiles: Iterable[Profile]) -> None:
    from tui.cli.outbox_others import left_waiting
    from tui.cli.output import note

    for sentence in left_waiting(folder, profiles):
        note(sentence)

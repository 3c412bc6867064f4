"""The flags of commands that work on a profile, and the profile they mean; loads nothing that takes time."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from tui.errors import NotAllowed

if TYPE_CHECKING:
    from tui.config import Profile

PATIENCE = 60.0
"""Seconds that a command waits, unless told otherwise."""


def add_profile_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of every command that works on a profile."""
    parser.add_argument("--profile", metavar="NAME", help="the profile to work with; default: the configured one")
    parser.add_argument("--database", metavar="URL", help="the local profile's database, a file or an address")
    parser.add_argument("--json", action="store_true", help="write one JSON value")


def add_timeout_flag(parser: argparse.ArgumentParser) -> None:
    """Add ``--timeout``."""
    parser.add_argument(
        "--timeout", type=_seconds, default=PATIENCE, metavar="SECONDS", help="how long to wait for the server (60)"
    )


def profile_of(options: argparse.Namespace) -> Profile:
    """The profile that the flags, the environment and the settings mean. Raises ConfigError."""
    from tui.config import Flags, load

    name = options.profile or ("local" if options.database else None)
    return load(os.environ, Flags(profile=name, database=options.database)).profile


def check_writable(profile: Profile) -> None:
    """Raises NotAllowed for a profile that may only be looked at."""
    if profile.read_only:
        raise NotAllowed(f"the profile {profile.name} is read-only; nothing was sent")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds

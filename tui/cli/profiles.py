"""``cardwall profiles``: the servers there are to work with."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from tui.cli.profile_adding import add_add_to

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.config import Profile, Settings


def add_to(commands: Subparsers) -> None:
    """Add the commands and their flags."""
    profiles = commands.add_parser("profiles", help="the servers there are to work with", allow_abbrev=False)
    actions = profiles.add_subparsers(dest="action", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show every profile", allow_abbrev=False)
    list_.set_defaults(run=run_list)
    add = add_add_to(actions)
    use = actions.add_parser("use", help="open this profile when no other is named", allow_abbrev=False)
    use.set_defaults(run=run_use)
    remove = actions.add_parser("remove", help="take a profile away that was added here", allow_abbrev=False)
    remove.set_defaults(run=run_remove)
    check = actions.add_parser("check", help="ask a profile's server what it says", allow_abbrev=False)
    check.set_defaults(run=run_check)
    for action in (use, remove):
        action.add_argument("name", metavar="NAME", help="the profile's name")
    check.add_argument("name", metavar="NAME", nargs="?", help="the profile's name; default: the configured one")
    for action in (list_, add, use, remove, check):
        action.add_argument("--json", action="store_true", help="write one JSON value")


def run_list(options: argparse.Namespace, _ending: Ending) -> int:
    """Show the profiles."""
    from tui.cli.output import note, say_json, say_table
    from tui.config import known

    settings = known(os.environ)
    found = [_shown(settings, settings.profiles[name]) for name in sorted(settings.profiles)]
    if options.json:
        say_json(found)
    else:
        head = ("", "NAME", "CONTRACT", "SERVER", "MARKS", "FILE")
        say_table(head, [_row(settings, settings.profiles[name]) for name in sorted(settings.profiles)])
    if settings.current not in settings.profiles:
        note(f"there is no profile {settings.current!r}, which {settings.origin('profile')} names")
    return 0


def run_use(options: argparse.Namespace, _ending: Ending) -> int:
    """Make a profile the default."""
    from tui.cli.output import note, say_json
    from tui.config import known
    from tui.config.writing import write_default

    settings = known(os.environ)
    _check_there(settings, options.name)
    path = write_default(settings, options.name)
    if options.json:
        say_json({"name": options.name, "file": str(path)})
    else:
        note(f"{options.name} is opened from now on when no other profile is named ({path})")
    if os.environ.get("CARDWALL_PROFILE") not in (None, "", options.name):
        note(f"CARDWALL_PROFILE says {os.environ['CARDWALL_PROFILE']!r} here, which comes first")
    return 0


def run_remove(options: argparse.Namespace, _ending: Ending) -> int:
    """Take a profile away; its key, its waiting changes and its snapshot stay."""
    from tui.cli.output import note, say_json
    from tui.config import known
    from tui.config.writing import key_file, remove_profile

    settings = known(os.environ)
    path = remove_profile(settings, options.name)
    kept = key_file(settings, options.name)
    if options.json:
        say_json({"name": options.name, "file": str(path)})
        return 0
    note(f"{options.name} is gone ({path}); what waited to be sent is kept on disk")
    if kept.exists():
        note(f"its key is kept in {kept}; remove that file to forget it")
    return 0


def run_check(options: argparse.Namespace, _ending: Ending) -> int:
    """Ask the server of a profile."""
    import asyncio

    from tui.cli.output import say_json
    from tui.cli.profile_adding import look_json, say_look
    from tui.cli.profile_opening import looked_at
    from tui.config import Flags, known, load, state_dir

    name = options.name or known(os.environ).current
    _check_there(known(os.environ), name)
    profile = load(os.environ, Flags(profile=name)).profile
    look = asyncio.run(looked_at(profile, state_dir(os.environ)))
    if options.json:
        say_json({"name": profile.name, **look_json(look)})
    else:
        say_look(profile.name, look)
    return look.problem.exit_code if look.problem else 0


def _check_there(settings: Settings, name: str) -> None:
    from tui.errors import NotFound

    if name not in settings.profiles:
        raise NotFound(f"there is no profile {name!r}; there are {', '.join(sorted(settings.profiles))}")


def _shown(settings: Settings, profile: Profile) -> dict[str, object]:
    file = settings.files.get(profile.name)
    return {
        "name": profile.name,
        "current": profile.name == settings.current,
        "contract": profile.contract,
        "url": profile.url or None,
        "database": None if profile.url else _without_secrets(profile),
        "key": profile.api_key.kind if profile.api_key else None,
        "me": profile.me or None,
        "colour": profile.colour,
        "read_only": profile.read_only,
        "file": str(file) if file else None,
    }


def _row(settings: Settings, profile: Profile) -> tuple[str, ...]:
    marks = " ".join(filter(None, (profile.colour or "", "read-only" if profile.read_only else ""))) or "-"
    file = settings.files.get(profile.name)
    return (
        "*" if profile.name == settings.current else "",
        profile.name,
        profile.contract,
        _without_secrets(profile),
        marks,
        str(file) if file else "(always there)",
    )


def _without_secrets(profile: Profile) -> str:
    """Where the server is; a database's address may hold a password."""
    import re

    return profile.url or re.sub(r"(://[^/@:]*):[^@/]*@", r"\1:***@", profile.database)

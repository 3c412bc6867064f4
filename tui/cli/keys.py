"""``cardwall keys``: the API keys of our server."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from tui.cli.database import add_database_flag, rules

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.server.rules.keys import ApiKey

SCOPES = ("items:read", "items:write")
_UNITS = {"h": 3600, "d": 86_400, "w": 7 * 86_400}
_AGE = re.compile(r"([1-9]\d{0,4})([hdw])", re.ASCII)


def add_to(commands: Subparsers) -> None:
    """Add the commands and their flags."""
    keys = commands.add_parser("keys", help="the API keys of our server", allow_abbrev=False)
    actions = keys.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a key and show it, this once", allow_abbrev=False)
    create.add_argument("--name", required=True, help="who uses it: recorded as who changed what")
    create.add_argument("--scope", action="append", choices=SCOPES, help="what it may do; may be given again (all)")
    create.add_argument(
        "--expires", type=_age, metavar="AGE", help="how long it is good, like 12h, 90d or 4w (for ever)"
    )
    create.set_defaults(run=run_create)
    list_ = actions.add_parser("list", help="show every key but the keys themselves", allow_abbrev=False)
    list_.set_defaults(run=run_list)
    revoke = actions.add_parser("revoke", help="let a key open nothing from now on", allow_abbrev=False)
    revoke.add_argument("id", metavar="ID", help="the key's id, as keys list shows it")
    revoke.set_defaults(run=run_revoke)
    for action in (create, list_, revoke):
        add_database_flag(action)
        action.add_argument("--json", action="store_true", help="write one JSON value")


def _age(text: str) -> int:
    match = _AGE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age like 12h, 90d or 4w")
    return int(match[1]) * _UNITS[match[2]] * 1000


def run_create(options: argparse.Namespace, _ending: Ending) -> int:
    """Make a key."""
    from tui.cli.output import moment, note, say, say_json
    from tui.server.rules import keys
    from tui.server.unit import Unit

    def work(unit: Unit) -> tuple[ApiKey, str]:
        expires_at = None if options.expires is None else unit.now + options.expires
        return keys.create(unit, options.name, options.scope or SCOPES, expires_at)

    with rules(options) as service:
        key, text = service.write_now(work)
    if options.json:
        expires_at = moment(key.expires_at)
        say_json({"id": key.id, "name": key.name, "scopes": key.scopes, "expires_at": expires_at, "key": text})
        return 0
    say(text)
    until = f" until {moment(key.expires_at)}" if key.expires_at is not None else ""
    note(f"the key of {key.name} is shown this once; it is good for {' and '.join(key.scopes)}{until}")
    return 0


def run_list(options: argparse.Namespace, _ending: Ending) -> int:
    """Show the keys."""
    from tui.cli.output import say_json, say_table
    from tui.server.moments import milliseconds
    from tui.server.rules import keys

    with rules(options, make=False) as service:
        found = service.read_now(keys.rows)
        now = milliseconds(service.clock)
    if options.json:
        say_json([_shown(key, now) for key in found])
    else:
        say_table(("ID", "NAME", "SCOPES", "STATE", "EXPIRES", "LAST USED"), [_row(key, now) for key in found])
    return 0


def run_revoke(options: argparse.Namespace, _ending: Ending) -> int:
    """Revoke a key."""
    from tui.cli.output import note, say_json
    from tui.server.rules import keys
    from tui.server.unit import Unit

    def work(unit: Unit) -> tuple[ApiKey, int]:
        return keys.revoke(unit, options.id), unit.now

    with rules(options, make=False) as service:
        key, now = service.write_now(work)
    if options.json:
        say_json(_shown(key, now))
    else:
        note(f"the key of {key.name} opens nothing any more; running servers know within seconds")
    return 0


def _shown(key: ApiKey, now: int) -> dict[str, object]:
    from tui.cli.output import moment

    return {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "state": key.state(now),
        "created_at": moment(key.created_at),
        "expires_at": moment(key.expires_at),
        "revoked_at": moment(key.revoked_at),
        "last_used_at": moment(key.last_used_at),
    }


def _row(key: ApiKey, now: int) -> tuple[str, ...]:
    from tui.cli.output import moment

    until, used = (moment(each) or "-" for each in (key.expires_at, key.last_used_at))
    return key.id, key.name, " ".join(key.scopes), key.state(now), until, used

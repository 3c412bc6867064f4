"""``cardwall contacts``: the people that items of our server may belong to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.database import add_database_flag, rules

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.server.rules.contacts import Contact


def add_to(commands: Subparsers) -> None:
    """Add the commands and their flags."""
    contacts = commands.add_parser("contacts", help="the people of our server's items", allow_abbrev=False)
    actions = contacts.add_subparsers(dest="action", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show every contact", allow_abbrev=False)
    list_.set_defaults(run=run_list)
    add = actions.add_parser("add", help="make a contact; its id goes into an item's contact_id", allow_abbrev=False)
    add.add_argument("--name", required=True, help="the person's name")
    add.add_argument("--email", help="an e-mail address")
    add.add_argument("--phone", help="a phone number")
    add.set_defaults(run=run_add)
    for action in (list_, add):
        add_database_flag(action)
        action.add_argument("--json", action="store_true", help="write one JSON value")


def run_list(options: argparse.Namespace, _ending: Ending) -> int:
    """Show the contacts."""
    from tui.cli.output import say_json, say_table
    from tui.server.rules import contacts

    with rules(options, make=False) as service:
        found = service.read_now(contacts.rows)
    if options.json:
        say_json([_shown(contact) for contact in found])
    else:
        rows = [(each.id, each.name, each.email or "-", each.phone or "-") for each in found]
        say_table(("ID", "NAME", "E-MAIL", "PHONE"), rows)
    return 0


def run_add(options: argparse.Namespace, _ending: Ending) -> int:
    """Make a contact."""
    from tui.cli.output import say, say_json
    from tui.server.rules import contacts

    with rules(options) as service:
        contact = service.write_now(lambda unit: contacts.add(unit, options.name, options.email, options.phone))
    if options.json:
        say_json(_shown(contact))
    else:
        say(contact.id)
    return 0


def _shown(contact: Contact) -> dict[str, object]:
    from tui.cli.output import moment

    return {
        "id": contact.id,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "created_at": moment(contact.created_at),
    }

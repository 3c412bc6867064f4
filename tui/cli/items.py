"""``cardwall items``: the items of a profile's boards, read and written from the shell."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.profile_flags import add_profile_flags, add_timeout_flag

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers

ABOUT = """\
An ITEM is named by its key, as the wall shows it (DEAL-42), or its id; without --board it is looked for on every
board. Lists and new items need --board where the profile has several boards and says nothing of a board to open.
What cannot be read is told with the field and what is accepted (exit 7).
"""
CODES = """\
exit codes: 0 done; 1 failed, or only partly done; 2 usage; 3 not found; 4 not allowed; 5 conflict;
6 the server cannot be reached, or nobody knows what became of a write; 7 invalid values; 130 interrupted
"""
_QUERY = "a filter as on the wall, like: deal_value>10k owner:me -label:cold sort:-deal_value"


def add_to(commands: Subparsers) -> None:
    """Add the commands and their flags."""
    items = commands.add_parser(
        "items",
        help="items: list, show, create, update, move, delete, search",
        description=ABOUT,
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    actions = items.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_reading(actions)
    _add_writing(actions)


def _add_reading(actions: Subparsers) -> None:
    list_ = _action(actions, "list", "show a board's items, in the wall's order")
    list_.add_argument("--filter", metavar="QUERY", help=_QUERY)
    list_.add_argument("--limit", type=_count, metavar="N", help="at most so many")
    search = _action(actions, "search", "find items on all boards, or on one")
    search.add_argument("query", metavar="QUERY", help=_QUERY)
    search.add_argument("--limit", type=_count, metavar="N", help="at most so many")
    show = _action(actions, "show", "show all of an item")
    show.add_argument("item", metavar="ITEM", help="an item's key or id")
    history = _action(actions, "history", "show who changed what of an item, newest first")
    history.add_argument("item", metavar="ITEM", help="an item's key or id")
    duplicates = _action(actions, "duplicates", "show the items that a new one would resemble")
    _add_draft(duplicates)


def _add_writing(actions: Subparsers) -> None:
    create = _action(actions, "create", "make an item")
    _add_draft(create)
    create.add_argument("--column", metavar="C", help="its column (the board's first)")
    create.add_argument("--status", metavar="S", help="its status (the column's first)")
    create.add_argument("--label", action="append", default=[], metavar="L", help="a label; may be given again")
    update = _action(actions, "update", "change an item's name, fields and labels")
    update.add_argument("item", metavar="ITEM", help="an item's key or id")
    update.add_argument("--name", metavar="N", help="a new name")
    _add_set(update)
    update.add_argument("--unset", action="append", default=[], metavar="FIELD", help="empty a field")
    update.add_argument("--add-label", action="append", default=[], metavar="L", help="add a label")
    update.add_argument("--remove-label", action="append", default=[], metavar="L", help="take a label away")
    move = _action(actions, "move", "move an item to a column")
    move.add_argument("item", metavar="ITEM", help="an item's key or id")
    move.add_argument("column", metavar="COLUMN", help="the column's name or id")
    move.add_argument("--status", metavar="S", help="the status there (the same one where the column has it)")
    delete = _action(actions, "delete", "delete items")
    delete.add_argument("item", nargs="+", metavar="ITEM", help="an item's key or id")
    delete.add_argument("--yes", action="store_true", help="really delete them")
    for action in (create, update, move, delete):
        action.add_argument("--dry-run", action="store_true", help="only say what would be")
        action.add_argument("--queue", action="store_true", help="send it later: into the outbox")
    for action in (update, move, delete):
        _add_guards(action)


def _add_guards(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--on-conflict",
        choices=("ask", "mine", "theirs", "merge", "fail"),
        help="what to do when someone else changed it too: ask on a terminal, else merge what does not clash",
    )
    if action.prog.endswith("delete"):
        return  # versions are an item's own, and several may be given
    seen = action.add_mutually_exclusive_group()
    seen.add_argument("--if-version", type=_count, metavar="V", help="the version you have seen")
    seen.add_argument("--if-updated-at", metavar="T", help="when the item you have seen was updated")


def _add_draft(action: argparse.ArgumentParser) -> None:
    action.add_argument("--name", required=True, metavar="N", help="its name")
    _add_set(action)


def _add_set(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="a field's value; may be given again"
    )


def _action(actions: Subparsers, name: str, about: str) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=about, description=f"{about.capitalize()}.", allow_abbrev=False)
    action.set_defaults(run=_run)
    action.add_argument("--board", metavar="B", help="the board's name or id")
    add_profile_flags(action)
    add_timeout_flag(action)
    return action


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:10]) <= 10_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


_HOMES = {
    "list": "reading", "search": "reading", "show": "reading", "history": "reading", "duplicates": "alike",
    "create": "creating", "update": "changing", "move": "changing", "delete": "deleting",
}  # fmt: skip
"""The module of each action: only the one that is asked for is loaded."""


def _run(options: argparse.Namespace, _ending: Ending) -> int:
    """Do what the action says."""
    module = import_module(f"tui.cli.item_{_HOMES[options.action]}")
    code: int = getattr(module, f"run_{options.action}")(options)
    return code

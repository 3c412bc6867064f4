"""``cardwall boards``: a profile's boards, and the blueprints of our server's, as TOML in and out."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tui.cli.database import add_database_flag, local_profile, rules
from tui.cli.profile_flags import add_profile_flags, add_timeout_flag
from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.server.refusals import WouldDrop
    from tui.server.rules.board_text import Applied

MOST_BYTES = 1024 * 1024


class _Undone(Exception):
    """Takes a dry run back, with what it came to."""

    def __init__(self, applied: Applied) -> None:
        self.applied = applied


def add_to(commands: Subparsers) -> None:
    """Add the commands and their flags."""
    boards = commands.add_parser(
        "boards", help="boards: list and show; apply and export them as TOML", allow_abbrev=False
    )
    actions = boards.add_subparsers(dest="action", metavar="ACTION", required=True)
    apply = actions.add_parser("apply", help="make a board, or change one, as a file says", allow_abbrev=False)
    apply.add_argument("file", metavar="FILE", help="a board as TOML; - is standard input")
    apply.add_argument("--force", action="store_true", help="also when items lose something by it")
    apply.add_argument("--dry-run", action="store_true", help="only say what would be")
    apply.set_defaults(run=run_apply)
    export = actions.add_parser("export", help="write a board as TOML", allow_abbrev=False)
    export.add_argument("name", metavar="NAME", help="the board's name or id")
    export.add_argument("-o", "--output", metavar="FILE", help="where to (standard output)")
    export.set_defaults(run=run_export)
    list_ = actions.add_parser("list", help="show every board", allow_abbrev=False)
    list_.set_defaults(run=run_list)
    show = actions.add_parser("show", help="show a board's columns and fields", allow_abbrev=False)
    show.add_argument("name", metavar="NAME", help="the board's name or id")
    show.set_defaults(run=run_show)
    for action in (apply, export):
        add_database_flag(action)
    apply.add_argument("--json", action="store_true", help="write one JSON value")
    for action in (list_, show):
        add_profile_flags(action)
        add_timeout_flag(action)


def run_apply(options: argparse.Namespace, _ending: Ending) -> int:
    """Make or change a board."""
    from tui.cli.board_output import applied_json, say_applied
    from tui.cli.output import say_json
    from tui.server.refusals import WouldDrop
    from tui.server.rules.board_text import apply_text
    from tui.server.unit import Unit

    text = _text(options.file)

    def work(unit: Unit) -> Applied:
        applied = apply_text(unit, text, force=options.force and not options.dry_run)
        if options.dry_run:
            raise _Undone(applied)
        return applied

    try:
        with rules(options, make=not options.dry_run) as service:
            applied = service.write_now(work, local_profile(options).me)
    except _Undone as undone:
        applied = undone.applied
    except WouldDrop as loss:
        return _tell(options, loss)
    if options.json:
        say_json(applied_json(applied, dry_run=options.dry_run))
    else:
        say_applied(applied, dry_run=options.dry_run)
    return 0


def _tell(options: argparse.Namespace, loss: WouldDrop) -> int:
    """Say what items would lose: a refusal, or with ``--force`` what a dry run came to."""
    from tui.cli.board_output import dropped_json
    from tui.cli.output import note, say_json

    note(loss.message + ("" if options.force else " Nothing was changed; --force does it."))
    if options.json:
        said: dict[str, object] = {"error": "would_drop", "message": loss.message}
        if options.force:
            said = {"outcome": "changed", "dry_run": True}
        say_json({**said, "dropped": dropped_json(loss)})
    return 0 if options.force else loss.exit_code


def _text(name: str) -> str:
    from pathlib import Path

    try:
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else Path(name).read_bytes()
        text = data.decode()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name} is longer than 1 MiB, so it is no board")
    return text


def run_export(options: argparse.Namespace, _ending: Ending) -> int:
    """Write a board as TOML."""
    from pathlib import Path

    from tui.domain.board_toml import dump
    from tui.server.rules.board_text import named

    with rules(options, make=False) as service:
        text = dump(service.read_now(lambda unit: named(unit, options.name)).board)
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        Path(options.output).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{options.output} cannot be written: {error.strerror}") from None
    return 0


def run_list(options: argparse.Namespace, _ending: Ending) -> int:
    """Show every board."""
    from tui.cli.board_reading import list_boards

    return list_boards(options)


def run_show(options: argparse.Namespace, _ending: Ending) -> int:
    """Show one board."""
    from tui.cli.board_reading import show_board

    return show_board(options)

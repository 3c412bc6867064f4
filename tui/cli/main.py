"""``cardwall``: reads the command line, runs one command, and turns failures into a sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from tui import __version__
from tui.cli.ending import Ending
from tui.errors import CardwallError

INTERRUPTED = 130
GROUPS = {
    "open": "tui.cli.wall",
    "demo": "tui.cli.demo",
    "serve": "tui.cli.serve",
    "keys": "tui.cli.keys",
    "boards": "tui.cli.boards",
    "items": "tui.cli.items",
    "outbox": "tui.cli.outbox",
    "contacts": "tui.cli.contacts",
    "profiles": "tui.cli.profiles",
}
"""Every command with the module that has its flags, in the order of the help."""
ABOUT_FLAGS = """\
cardwall --profile NAME opens the wall of another profile, and cardwall --board NAME one board: the flags of open
need no command before them (cardwall open --help). Commands take --profile NAME too, after their own words:
cardwall items list --profile NAME. The profiles there are: cardwall profiles list.
"""


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The whole command line; of a known command only its own part, which is all it needs to start."""
    top = argparse.ArgumentParser(
        prog="cardwall",
        description="The keyboard-driven kanban wall for the terminal. Without a command it opens the wall.",
        epilog=ABOUT_FLAGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"cardwall {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for module in [GROUPS[command]] if command in GROUPS else GROUPS.values():
        import_module(module).add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code of `tui.errors`, or 130 when interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "open")
    options = parser(words[0]).parse_args(words)
    try:
        return _run(options)
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _run(options: argparse.Namespace) -> int:
    try:
        with Ending() as ending:
            code: int = options.run(options, ending)
            sys.stdout.flush()
    except CardwallError as error:
        _say(error.message)
        if getattr(options, "json", False):
            from tui.cli.output import failure, say_json

            say_json(failure(error))
            sys.stdout.flush()
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the border: a defect of ours becomes a sentence and a report
        from tui.cli.crash import report

        _say(report(error))
        return 1
    return code


def _say(sentence: str) -> None:
    from tui.domain.text import visible

    print(f"cardwall: {visible(sentence)}", file=sys.stderr)  # noqa: T201 - the shell speaks on stderr

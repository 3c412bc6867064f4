"""``cardwall profiles add``: asks on a terminal, takes flags on a pipe, and looks at the server before it writes."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.api.looking import Look
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.config import Settings
    from tui.config.steps import Answers

FLAGS = {
    "contract": "--contract",
    "url": "--url",
    "key": "--key-env, --key-command, --key-keyring, --key-file or --no-key",
    "key_text": "--key-stdin",
    "name": "NAME",
}
"""The flags of what has no usual value."""


def add_add_to(actions: Subparsers) -> argparse.ArgumentParser:
    """Add the command and its flags."""
    add = actions.add_parser("add", help="add a profile: asks on a terminal, else takes flags", allow_abbrev=False)
    add.add_argument("name", metavar="NAME", nargs="?", help="what to call it")
    add.add_argument("--contract", metavar="CONTRACT", help="what the server speaks: slate, cekat or local")
    add.add_argument("--url", metavar="URL", help="the server's address")
    add.add_argument("--database", metavar="URL", help="of a local profile: a file, or an address")
    add.add_argument("--auth", metavar="HOW", help="how cekat is told the key: bearer, api_key or both")
    key = add.add_mutually_exclusive_group()
    key.add_argument("--key-env", metavar="NAME", help="the key is in this environment variable")
    key.add_argument("--key-command", metavar="LINE", help="the key is what this command prints")
    key.add_argument("--key-keyring", metavar="NAME", help="the key is in the keyring under this name")
    key.add_argument("--key-file", metavar="FILE", help="the key is in this file, which only you can read")
    key.add_argument("--no-key", action="store_true", help="the server asks for no key")
    add.add_argument("--key-stdin", action="store_true", help="read the key from standard input and write its file")
    add.add_argument("--rate-limit", metavar="N/UNIT", action="append", help="a request limit; may be given again")
    add.add_argument("--me", metavar="NAME", help="your name on this server")
    add.add_argument("--colour", metavar="COLOUR", help="a colour to know it by: red for production")
    add.add_argument("--read-only", action="store_true", help="only look, never change anything")
    add.add_argument("--allow-plain-http", action="store_true", help="send the key over a line that is not encrypted")
    add.add_argument("--anyway", action="store_true", help="write it also when its server cannot be used now")
    add.add_argument("--dry-run", action="store_true", help="look at the server, but write nothing")
    add.set_defaults(run=run_add)
    return add


def run_add(options: argparse.Namespace, _ending: Ending) -> int:
    """Add a profile."""
    import asyncio  # the help needs none of it

    from tui.cli.output import note, say_json
    from tui.cli.profile_opening import drafted, looked_at, write
    from tui.config import known, state_dir

    settings = known(os.environ)
    asks = sys.stdin.isatty() and not options.json and not options.key_stdin
    answers = _completed(options, settings, asks=asks)
    look = asyncio.run(looked_at(drafted(settings, answers), state_dir(os.environ)))
    if not options.json:
        say_look(answers["name"], look)
    writes = not options.dry_run and (look.problem is None or _wanted_anyway(options, answers, asks=asks))
    path = write(settings, answers) if writes else None
    if options.json:
        say_json({"name": answers["name"], "file": str(path) if path else None, **look_json(look)})
    elif path is not None:
        note(f"{answers['name']} is written to {path}; cardwall --profile {answers['name']} opens it")
    else:
        note("nothing was written" + ("" if options.dry_run or asks else "; --anyway writes it all the same"))
    return 0 if path is not None or look.problem is None else look.problem.exit_code


def _wanted_anyway(options: argparse.Namespace, answers: Answers, *, asks: bool) -> bool:
    if options.anyway or not asks:
        return bool(options.anyway)
    if answers["contract"] == "local":
        return True  # opening it makes the database
    from tui.cli.profile_questions import asked_yes

    return asked_yes("write it all the same?")


def _completed(options: argparse.Namespace, settings: Settings, *, asks: bool) -> Answers:
    """The answers of the flags, and on a terminal those of the user. Raises UsageError for what cannot be used."""
    from tui.config.steps import checked, suggested, wanted

    told = _told(options, settings)
    asks = asks and not _is_enough(told)
    answers: Answers = {}
    for _ in range(64):
        step = next((step for step in wanted(answers) if step.name not in answers), None)
        if step is None:
            break
        if step.name not in told and asks:
            from tui.cli.profile_questions import ask

            answers[step.name] = ask(step, suggested(step, answers, settings), settings)
            continue
        if step.name not in told and step.default is None:
            raise UsageError(f"{FLAGS.get(step.name, step.name)} is needed: {step.question}")
        try:
            answers[step.name] = checked(step, told.get(step.name, ""), settings)
        except ValueError as error:
            raise UsageError(f"{step.name} {told.get(step.name, '')!r} {error}") from None
    for name in sorted(told.keys() - answers.keys()):
        raise UsageError(f"{name} means nothing for a {answers['contract']} profile like this one")
    return answers


def _is_enough(told: Answers) -> bool:
    """Whether flags say all that has no usual value: who gives those wants the usual values of the rest."""
    from tui.config.steps import wanted

    usual = {step.name: step.default for step in wanted(told) if step.default is not None}
    return all(step.name in told for step in wanted({**usual, **told}) if step.default is None)


def _told(options: argparse.Namespace, settings: Settings) -> Answers:
    """What the flags say, a step each."""
    plain = {name: getattr(options, name) for name in ("name", "contract", "url", "database", "auth", "me", "colour")}
    told: Answers = {name: said for name, said in plain.items() if said is not None}
    for kind in ("env", "command", "keyring", "file"):
        if (source := getattr(options, f"key_{kind}")) is not None:
            told |= {"key": kind, "key_source": source}
    if options.key_file is not None and not options.key_stdin:
        _check_key_file(options.key_file)
    if options.no_key:
        told["key"] = "none"
    if options.rate_limit:
        told["rate_limit"] = ",".join(options.rate_limit)
    told |= {name: "yes" for name in ("read_only", "allow_plain_http") if getattr(options, name)}
    if options.key_stdin:
        if "key" not in told and options.name:
            from tui.config.writing import key_file

            told |= {"key": "file", "key_source": str(key_file(settings, options.name))}
        told["key_text"] = sys.stdin.readline().strip()
    return told


def _check_key_file(name: str) -> None:
    """Raises UsageError where there is no such file: only a question, or ``--key-stdin``, writes a new one."""
    path = os.path.expanduser(name)  # noqa: PTH111  # one that names an unknown user stays as typed
    if not os.path.exists(path):  # noqa: PTH110  # as typed
        raise UsageError(f"--key-file {path}: no such file; --key-stdin writes it with the key from standard input")


def look_json(look: Look) -> dict[str, object]:
    """A look as JSON."""
    from tui.cli.output import failure

    return {
        "reached": look.reached,
        "accepted": look.accepted,
        "boards": look.boards,
        "capabilities": look.can,
        "problem": failure(look.problem) if look.problem else None,
    }


def say_look(name: str, look: Look) -> None:
    """A look for people."""
    from tui.cli.output import say

    say(f"{name}: {look.sentence}")
    if look.problem is None:
        say(f"  it can: {', '.join(look.can) or 'only read and write items'}")

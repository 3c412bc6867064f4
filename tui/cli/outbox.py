"""``cardwall outbox``: what waits to be sent to a profile's server."""

from __future__ import annotations

import argparse
import os
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.profile_flags import add_profile_flags, add_timeout_flag, check_writable, profile_of
from tui.errors import CardwallError, Conflict, Invalid, UsageError

if TYPE_CHECKING:
    from tui.cli.ending import Ending
    from tui.cli.options import Subparsers
    from tui.cli.outbox_output import Keys
    from tui.cli.reach import Shell
    from tui.domain.model import ItemId
    from tui.sync.outbox import Pending, PendingId
    from tui.sync.store import Store

Adopted = AbstractContextManager["tuple[Store, Callable[[], None], list[str]]"]
CODES = """\
exit codes of send: 0 all that waited is sent; 1 a part of it, or what is left waits for a person; and where nothing was
sent: 2 usage; 3 no change of that id; 4 not allowed; 5 all of it clashes with what someone else changed; 6 the server
cannot be reached; 7 the server takes none of the values; 130 interrupted. What was not sent stays in the outbox.
"""


def add_to(commands: Subparsers) -> None:
    """Add the commands and their flags."""
    outbox = commands.add_parser(
        "outbox",
        help="what waits to be sent: list, send, drop, take-over",
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    actions = outbox.add_subparsers(dest="action", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show what waits", allow_abbrev=False)
    list_.set_defaults(run=run_list)
    send = actions.add_parser(
        "send",
        help="send now what no running wall holds",
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    send.add_argument(
        "id", nargs="*", metavar="ID", help="refused changes to be tried again, as outbox list shows them"
    )
    send.set_defaults(run=run_send)
    drop = actions.add_parser("drop", help="give changes up", allow_abbrev=False)
    drop.add_argument("id", nargs="*", metavar="ID", help="a change's id, as outbox list shows it")
    drop.add_argument("--all", action="store_true", help="all that no running wall holds")
    drop.add_argument("--yes", action="store_true", help="really give them up")
    drop.set_defaults(run=run_drop)
    take = actions.add_parser(
        "take-over",
        help="let what was made with another key of the profile wait for the present key",
        description="Changes are sent under the key they were made with. When that key is no longer used, this lets "
        "them wait for the present one: the next wall or “outbox send” sends them.",
        allow_abbrev=False,
    )
    take.set_defaults(run=run_take_over)
    for action in (list_, send, drop, take):
        add_profile_flags(action)
    add_timeout_flag(send)


def run_list(options: argparse.Namespace, _ending: Ending) -> int:
    """Show what waits."""
    from tui.cli.outbox_others import others_waiting
    from tui.cli.outbox_output import pending_json, say_waiting
    from tui.cli.output import note, say_json
    from tui.config import known
    from tui.sync.waiting import waiting

    profile = profile_of(options)
    files, unread = waiting(_folder(), profile.stamp)
    for problem in unread:
        note(problem.message)
    rows = [(each, pending) for each in files for pending in sorted(each.contents.pendings.values(), key=_place)]
    keys = _keys(_folder(), profile.stamp, [pending for _, pending in rows])
    if options.json:
        say_json([pending_json(pending, keys, each) for each, pending in rows])
    else:
        say_waiting(rows, keys, profile.name)
    for sentence in others_waiting(_folder(), profile, known(os.environ).profiles.values()):
        note(sentence)
    return 0


def run_send(options: argparse.Namespace, _ending: Ending) -> int:
    """Send what waits."""
    from tui.cli.output import note
    from tui.cli.reach import reached
    from tui.sync.outbox import PendingId
    from tui.sync.waiting import send

    async def work(shell: Shell) -> int:
        with _adopted(shell.folder, shell.profile.stamp) as (store, sync, notes):
            before = sorted(store.state.outbox.values(), key=_place)
            trouble: CardwallError | None = None
            try:
                await shell.write(lambda: send(store, sync, shell.backend, [PendingId(each) for each in options.id]))
            except CardwallError as problem:
                trouble = problem
            keys = _keys(shell.folder, shell.profile.stamp, before)
            keys |= {item.id: item.key for item in store.state.items.values()}
            for line in notes:
                note(line)
            return _told(options, shell.profile.name, before, store, keys, trouble)

    return reached(options, work, writes=True)


def run_drop(options: argparse.Namespace, _ending: Ending) -> int:
    """Give changes up."""
    from tui.cli.outbox_output import pending_json, pending_text
    from tui.cli.output import note, say, say_json
    from tui.sync.outbox import PendingId
    from tui.sync.waiting import the

    if not options.id and not options.all:
        raise UsageError("say which: ids from outbox list, or --all")
    if not options.yes:
        raise UsageError("what is dropped is lost; add --yes to do it")
    profile = profile_of(options)
    check_writable(profile)
    with _adopted(_folder(), profile.stamp) as (store, _, notes):
        wanted = list(store.state.outbox) if options.all else [PendingId(each) for each in options.id]
        given_up = [the(store, pending_id) for pending_id in wanted]  # all are there before one goes
        for pending in given_up:
            store.drop(pending.id)
    for line in notes:
        note(line)
    keys = _keys(_folder(), profile.stamp, given_up)
    if options.json:
        say_json([pending_json(pending, keys) for pending in given_up])
    else:
        for pending in given_up:
            say(f"dropped: {pending_text(pending, keys)}")
    return 0


def run_take_over(options: argparse.Namespace, _ending: Ending) -> int:
    """Let changes of another key wait for this one."""
    from tui.cli.outbox_output import pending_json, pending_text
    from tui.cli.output import note, say, say_json
    from tui.sync.waiting import take_over

    profile = profile_of(options)
    check_writable(profile)
    taken = take_over(_folder(), profile.stamp)
    rows = sorted(taken.pendings.values(), key=_place)
    keys = _keys(_folder(), profile.stamp, rows)
    if options.json:
        say_json([pending_json(pending, keys) for pending in rows])
    elif not rows:
        note("nothing of another key waits")
    for pending in () if options.json else rows:
        say(f"waits now: {pending_text(pending, keys)}")
    return 0


def _told(
    options: argparse.Namespace,
    profile: str,
    before: list[Pending],
    store: Store,
    keys: Keys,
    trouble: CardwallError | None,
) -> int:
    """Say what became of each; the exit code."""
    from tui.cli.outbox_output import say_sent
    from tui.cli.output import note

    left: dict[PendingId, Pending] = dict(store.state.outbox.items())
    sent = [pending for pending in before if pending.id not in left]
    kept = [left[pending.id] for pending in before if pending.id in left]
    if trouble is not None and not sent:
        raise trouble
    if trouble is not None:
        note(trouble.message)
    say_sent(sent, kept, keys, profile, as_json=options.json)
    return CardwallError.exit_code if sent and kept else _code(kept)


def _code(kept: list[Pending]) -> int:
    """The exit code where nothing was sent."""
    if not kept:
        return 0
    if all(pending.phase == "conflict" for pending in kept):
        return Conflict.exit_code
    refused = all(pending.phase == "refused" and pending.problems for pending in kept)
    return Invalid.exit_code if refused else CardwallError.exit_code


def _keys(folder: Path, stamp: str, pendings: list[Pending]) -> dict[ItemId, str]:
    from tui.sync.snapshot import remembered_keys

    return remembered_keys(folder, stamp, {pending.item_id for pending in pendings})


def _adopted(folder: Path, stamp: str) -> Adopted:
    from tui.domain.model import Moment
    from tui.sync.waiting import adopted

    name = f"shell-{os.getpid()}-{uuid.uuid4().hex[-12:]}"
    return adopted(folder, stamp, name=name, clock=lambda: Moment(int(time.time())), new_id=lambda: str(uuid.uuid4()))


def _place(pending: Pending) -> tuple[int, int]:
    return pending.seq, pending.made_at


def _folder() -> Path:
    from tui.config import state_dir

    return state_dir(os.environ)

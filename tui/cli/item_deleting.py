"""``cardwall items delete``: one or several, with a ledger of what became of each."""

from __future__ import annotations

import argparse
import asyncio
import uuid
from typing import TYPE_CHECKING

from tui.api.backend import VersionConflict
from tui.cli.conflicts import ROUNDS, Policy, conflict, policy_of
from tui.cli.item_lookup import find_item
from tui.cli.output import failure, note, say, say_json
from tui.cli.queueing import put, reached_or_remembered
from tui.domain.changes import Delete
from tui.domain.merge import Clash, Merge, changed_members
from tui.domain.model import Board, Item, value_of
from tui.errors import CardwallError, Conflict, LostAnswer, NotFound, Unavailable, Unsupported, UsageError

if TYPE_CHECKING:
    from tui.cli.reach import Shell


def run_delete(options: argparse.Namespace) -> int:
    """Delete items."""
    wanted = list(dict.fromkeys(options.item))
    if not (options.yes or options.dry_run):
        raise UsageError(f"this deletes {len(wanted)} item{'s' * (len(wanted) > 1)}; add --yes to do it")
    policy = policy_of(options.on_conflict)

    async def work(shell: Shell) -> int:
        done: list[Item] = []
        failed: list[tuple[str, CardwallError]] = []
        for at, name in enumerate(wanted):
            try:
                item, board = await find_item(shell, name, options.board)
                if item.id not in [each.id for each in done]:  # a key and an id may mean the same
                    await _deleted(shell, item, board, options, policy)
                    done.append(item)
            except CardwallError as error:
                failed.append((name, error))
            except asyncio.CancelledError:
                if not shell.out_of_time:
                    raise
                failed += _late(shell, wanted[at:])
                break
        return _told(options, done, failed, len(wanted))

    return reached_or_remembered(options, work)


def _late(shell: Shell, names: list[str]) -> list[tuple[str, CardwallError]]:
    """What is to be said of those that time has run out for; the first was under way."""
    first: CardwallError = LostAnswer("no answer in time (--timeout): it may have been deleted")
    late = Unavailable("not tried: the time is over (--timeout)")
    return [(names[0], first if shell.writing else late), *((name, late) for name in names[1:])]


async def _deleted(shell: Shell, item: Item, board: Board, options: argparse.Namespace, policy: Policy) -> None:
    if not shell.backend.capabilities.delete:
        raise Unsupported("this server's API cannot delete items")
    if options.dry_run:
        return
    if options.queue:
        put(shell, Delete(item.id, item))
        return
    base = item
    for _ in range(ROUNDS):
        key = str(uuid.uuid4())
        try:
            await shell.write(lambda base=base, key=key: shell.backend.delete(base, key=key))  # type: ignore[misc]
        except VersionConflict as refused:
            if refused.theirs is None:
                return  # someone else has deleted it: that is what was wanted
            if not _goes_on(shell, item, refused.theirs, board, policy):
                raise conflict(item, refused.theirs, board, _differences(item, refused.theirs, board)) from None
            base = refused.theirs
        except LostAnswer:
            await _check_gone(shell, item)
            return
        else:
            return
    raise Conflict(f"{item.key} changes faster than it can be deleted; it is still there")


async def _check_gone(shell: Shell, item: Item) -> None:
    """After a lost answer: raises it again unless the item is gone."""
    try:
        await shell.ask(lambda: shell.backend.item(item.id))
    except NotFound:
        return
    raise LostAnswer(f"the answer was lost, and {item.key} is still there")


def _goes_on(shell: Shell, item: Item, theirs: Item, board: Board, policy: Policy) -> bool:
    """Whether to delete an item although someone has changed it since."""
    if policy != "ask":
        return policy == "mine"
    from tui.cli.conflicts import confirm

    names = ", ".join(clash.member for clash in _differences(item, theirs, board).clashes)
    with shell.waiting_for_user():
        return confirm(f"{item.key} was changed by someone in the meantime: {names}. 1 keep it, 2 delete it: ")


def _differences(item: Item, theirs: Item, board: Board) -> Merge:
    from immutables import Map

    members = changed_members(item, theirs, board)
    return Merge(Map(), tuple(Clash(m, value_of(item, m), None, value_of(theirs, m)) for m in members))


def _told(options: argparse.Namespace, done: list[Item], failed: list[tuple[str, CardwallError]], wanted: int) -> int:
    """Say what became of each; the failure itself where it is the only thing to tell."""
    if wanted == 1 and failed:
        raise failed[0][1]
    verb = "would be deleted" if options.dry_run else "to be deleted, in the outbox" if options.queue else "deleted"
    for name, error in failed:
        note(f"{name}: {error.message}")
    if options.json:
        told: dict[str, object] = {
            "deleted": [{"id": item.id, "key": item.key, "name": item.name} for item in done],
            "failed": [{"item": name, **failure(error)} for name, error in failed],
        }
        told |= {"dry_run": True} if options.dry_run else {"queued": True} if options.queue else {}
        say_json(told)
    else:
        for item in done:
            say(f"{item.key} {item.name}: {verb}")
    if not failed:
        return 0
    codes = {error.exit_code for _, error in failed}
    return codes.pop() if len(codes) == 1 and not done else 1

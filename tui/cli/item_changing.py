"""``cardwall items update`` and ``move``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime

from tui.cli.conflicts import policy_of
from tui.cli.item_base import Earlier, base_of
from tui.cli.item_lookup import find_column, find_item, find_status
from tui.cli.item_output import edits_json, item_json, key_name
from tui.cli.item_send import carry_out
from tui.cli.item_values import check_labels, pair, read_values
from tui.cli.output import say_done
from tui.cli.queueing import put, reached_or_remembered
from tui.cli.reach import Shell
from tui.domain.changes import Delta, Edit, Edits, Move, apply_edits, edits_between
from tui.domain.merge import status_after_move
from tui.domain.model import COLUMN, LABELS, NAME, STATUS, Board, Item, Moment
from tui.errors import Unsupported, UsageError

Wanted = Callable[[Item, Board], Edits]
"""The edits that the flags mean, against an item as it was seen."""


def run_update(options: argparse.Namespace) -> int:
    """Change an item's name, fields and labels."""
    changes = (options.name is not None, options.set, options.unset, options.add_label, options.remove_label)
    if not any(changes):
        raise UsageError("say what to change: --name, --set, --unset, --add-label or --remove-label")

    def wanted(item: Item, board: Board) -> Edits:
        pairs = [pair(text) for text in options.set]
        today = date.today()  # noqa: DTZ011 - the user's own day
        edits = edits_between(item, read_values(board, pairs, options.unset, name=options.name, today=today), board)
        added, removed = check_labels(options.add_label), check_labels(options.remove_label)
        delta = Delta(
            tuple(label for label in added if label not in item.labels),
            tuple(label for label in removed if label in item.labels and label not in added),
        )
        return edits.set(LABELS, delta) if delta != Delta() else edits

    return _changed(options, wanted, Edit)


def run_move(options: argparse.Namespace) -> int:
    """Move an item to a column."""

    def wanted(item: Item, board: Board) -> Edits:
        column = find_column(board, options.column)
        status = find_status(column, options.status) if options.status else None
        moved = column.id != item.column_id
        if status is None:
            status = status_after_move(board, item, column.id) if moved else item.status_id
        return edits_between(item, {COLUMN: column.id, STATUS: status}, board)

    return _changed(options, wanted, Move)


def _changed(options: argparse.Namespace, wanted: Wanted, kind: type[Edit]) -> int:
    policy = policy_of(options.on_conflict)
    earlier = Earlier(options.if_version, _moment(options.if_updated_at))

    async def work(shell: Shell) -> int:
        now, board = await find_item(shell, options.item, options.board)
        base = await base_of(shell, now, board, earlier)
        edits = wanted(base or now, board)
        _check_able(shell, edits)
        if options.queue and not options.dry_run:
            if base is None:
                raise Unsupported(
                    f"{now.key} has changed since, and this server cannot say from what; nothing is queued"
                )
            put(shell, kind(now.id, edits))
            told = {"queued": True, "changes": edits_json(edits, base, board), "item": item_json(now, board)}
            say_done(options, f"the change of {now.key} waits in the outbox", told)
            return 0
        item, sent = await carry_out(shell, base, now, edits, board, policy=policy, dry_run=options.dry_run)
        _say(options, now if options.dry_run else item, sent, board)
        return 0

    return reached_or_remembered(options, work)


def _say(options: argparse.Namespace, item: Item, sent: Edits, board: Board) -> None:
    names = ", ".join(key_name(member) for member in sorted(sent))
    if options.dry_run:
        after = apply_edits(sent, item)
        told = {"dry_run": True, "changes": edits_json(sent, item, board), "item": item_json(after, board)}
        sentence = f"{item.key} would be changed: {names}" if names else f"{item.key} would stay as it is"
        say_done(options, sentence, told)
        return
    sentence = f"{item.key} is changed: {names}" if names else f"{item.key} is so already"
    say_done(options, sentence, item_json(item, board))


def _check_able(shell: Shell, edits: Edits) -> None:
    """Raises Unsupported before anything is sent, for a dry run and a queued change too."""
    can = shell.backend.capabilities
    for member, able, what in ((NAME, can.rename, "rename an item"), (LABELS, can.labels, "change an item's labels")):
        if member in edits and not able:
            raise Unsupported(f"this server's API cannot {what}")


def _moment(text: str | None) -> Moment | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--if-updated-at: {text[:40]!r} is not a time like 2026-11-02T09:30:00Z") from None
    return Moment(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))

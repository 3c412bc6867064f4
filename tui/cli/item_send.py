"""Edits carried out from the shell: merged by member, never overwriting what nobody has seen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from immutables import Map

from tui.api.backend import VersionConflict
from tui.cli.conflicts import ROUNDS, Policy, conflict, settle
from tui.domain.changes import Edit, Edits, Set
from tui.domain.merge import Clash, Merge, Pick, merge
from tui.domain.model import Board, Item, Member, Moment, value_of
from tui.errors import Conflict, LostAnswer, NotFound

if TYPE_CHECKING:
    from tui.cli.reach import Shell


async def carry_out(
    shell: Shell, base: Item | None, theirs: Item, edits: Edits, board: Board, *, policy: Policy, dry_run: bool = False
) -> tuple[Item, Edits]:
    """The item afterwards, and what was changed of it. `edits` were made on `base`; `theirs` is the item as read now.

    Raises `Told` for a conflict that the policy does not settle; nothing is written then.
    """
    if dry_run and policy == "ask":
        policy = "merge"  # what would be asked is told
    if base is None:
        edits, base = _blind(shell, theirs, edits, board, policy), theirs
    picks: Mapping[Member, Pick] = {}
    for _ in range(ROUNDS):
        found = merge(edits, theirs, board, picks)
        if policy == "fail" and theirs is not base:
            raise conflict(base, theirs, board, found)
        if found.clashes:
            chosen = settle(policy, found.clashes, board, shell)
            if chosen is None:
                raise conflict(base, theirs, board, found)
            picks = {**picks, **chosen}
            continue
        if dry_run or not found.edits:
            return theirs, found.edits
        try:
            return await _sent(shell, theirs, found.edits), found.edits
        except VersionConflict as refused:
            newer = refused.theirs
        if newer is None:
            raise conflict(base, None, board, found)
        # A choice holds for the values it was made on.
        picks = {member: pick for member, pick in picks.items() if value_of(newer, member) == value_of(theirs, member)}
        theirs = newer
    raise Conflict(f"{theirs.key} changes faster than it can be written; nothing was written")


def _blind(shell: Shell, theirs: Item, edits: Edits, board: Board, policy: Policy) -> Edits:
    """Edits of an item that has changed from nobody knows what: each that would overwrite something is a clash."""
    clashes = tuple(
        Clash(member, None, edit.mine, value_of(theirs, member))
        for member, edit in sorted(edits.items())
        if isinstance(edit, Set) and edit.mine != value_of(theirs, member)
    )
    rest: Edits = Map({member: edit for member, edit in edits.items() if not isinstance(edit, Set)})
    picks = settle(policy, clashes, board, shell, knows_base=False) if policy != "fail" else None
    if picks is None:
        raise conflict(None, theirs, board, Merge(rest, clashes))
    for clash in clashes:
        if picks[clash.member] == "mine":
            rest = rest.set(clash.member, Set(clash.theirs, clash.mine))
    return rest


async def _sent(shell: Shell, base: Item, edits: Edits) -> Item:
    """Send once. A lost answer is settled by a look at the item, where the server knows no keys of requests."""
    key = str(uuid.uuid4())
    try:
        return await shell.write(lambda: shell.backend.edit(base, edits, key=key))
    except LostAnswer:
        if shell.backend.capabilities.idempotent:
            raise  # it was sent again under its key, as often as makes sense
        now = await _arrived(shell, base, edits, key)
        if now is None:
            raise
        return now


async def _arrived(shell: Shell, base: Item, edits: Edits, key: str) -> Item | None:
    """The item, if it holds what was sent; None when it does not. Raises VersionConflict for anything else."""
    from tui.sync.events import Accepted
    from tui.sync.outbox import Pending, PendingId, Request
    from tui.sync.verify import verdict

    try:
        now: Item | None = await shell.ask(lambda: shell.backend.item(base.id))
    except NotFound:
        now = None
    found = verdict(Pending(PendingId(key), 0, Edit(base.id, edits), Moment(0)), Request(key, base, edits), now)
    if isinstance(found, Accepted):
        return now
    if found is not None:
        raise VersionConflict(f"{base.key} was changed in the meantime", now)
    return None

"""What waits to be sent, as the shell shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.cli.item_output import key_name, plain, when
from tui.cli.output import note, say, say_json, say_table
from tui.domain.changes import Change, Create, Delete, Edit, Move, Restore, Set
from tui.domain.merge import Conflict
from tui.domain.model import Item, ItemId
from tui.sync.outbox import Pending
from tui.sync.waiting import Waiting

_KINDS: tuple[tuple[type[Change], str], ...] = (
    (Create, "create"), (Delete, "delete"), (Restore, "restore"), (Move, "move"), (Edit, "update"),
)  # fmt: skip


def kind_of(change: Change) -> str:
    """What a change does, in the shell's word for it."""
    return next(name for kind, name in _KINDS if isinstance(change, kind))


Keys = Mapping[ItemId, str]
"""What people call the items, as far as that is known here."""


def pending_json(pending: Pending, keys: Keys, file: Waiting | None = None) -> dict[str, object]:
    """One waiting change as JSON; with the file it waits in, where that matters."""
    item = _item(pending)
    told: dict[str, object] = {
        "id": pending.id,
        "kind": kind_of(pending.change),
        "item_id": None if pending.item_id.startswith("local-") else pending.item_id,
        "key": item.key if item else keys.get(pending.item_id),
        "name": item.name if item else None,
        "made_at": when(pending.made_at),
        "phase": pending.phase,
        "problem": pending.problem,
        "changes": _changes(pending.change),
    }
    if pending.conflict is not None:
        told["conflict"] = _conflict(pending.conflict)
    return told if file is None else {**told, "file": file.path.name, "held": file.held}


def pending_text(pending: Pending, keys: Keys) -> str:
    """One waiting change for people; an item of which nothing is known here goes by its id."""
    item = _item(pending)
    names = ", ".join(_changes(pending.change))
    what = keys.get(pending.item_id, pending.item_id)
    if item is not None:
        what = item.name if item.is_local else f"{item.key} {item.name}"
    return f"{kind_of(pending.change)} {what}" + (f": {names}" if names else "")


def say_waiting(rows: Sequence[tuple[Waiting, Pending]], keys: Keys, profile: str) -> None:
    """What waits on a profile, as a table."""
    if not rows:
        note(f"nothing waits to be sent to {profile}")
        return
    head = ("ID", "WHAT", "STATE", "SINCE", "HELD BY")
    table = [
        (
            p.id,
            pending_text(p, keys),
            p.problem or p.phase,
            when(p.made_at) or "-",
            "a running wall" if each.held else "-",
        )
        for each, p in rows
    ]
    say_table(head, table)


def say_sent(sent: Sequence[Pending], kept: Sequence[Pending], keys: Keys, profile: str, *, as_json: bool) -> None:
    """What became of each change that was to be sent."""
    if as_json:
        say_json({"sent": [pending_json(p, keys) for p in sent], "waiting": [pending_json(p, keys) for p in kept]})
        return
    for pending in sent:
        say(f"sent: {pending_text(pending, keys)}")
    for pending in kept:
        why = pending.problem or ("clashes with what someone else changed" if pending.conflict else pending.phase)
        say(f"waits: {pending_text(pending, keys)} ({why})")
    if not sent and not kept:
        note(f"nothing waits to be sent to {profile}")


def _item(pending: Pending) -> Item | None:
    match pending.change:
        case Create(item=item):
            return item
        case Delete(was=item) | Restore(was=item):
            return item
    return pending.request.base if pending.request is not None else None


def _changes(change: Change) -> Mapping[str, object]:
    if not isinstance(change, Edit):
        return {}
    return {
        key_name(member): {"from": plain(edit.base), "to": plain(edit.mine)}
        if isinstance(edit, Set)
        else {"added": list(edit.added), "removed": list(edit.removed)}
        for member, edit in sorted(change.edits.items())
    }


def _conflict(conflict: Conflict) -> Mapping[str, object]:
    return {
        key_name(clash.member): {"base": plain(clash.base), "mine": plain(clash.mine), "theirs": plain(clash.theirs)}
        for clash in conflict.clashes
    }

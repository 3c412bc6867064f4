"""Sentences about the server itself: that it refuses the key, and that what an earlier wall left was sent."""

from __future__ import annotations

from tui.app.clean import plain
from tui.app.context import Severity
from tui.sync.events import Accepted, Adopted, Conflicted, Dropped, LinkChanged, Refused, Undone
from tui.sync.outbox import PendingId
from tui.sync.store import Notice


class LinkNews:
    """Gathers one sentence at a time until it is taken."""

    def __init__(self) -> None:
        self._from_before: set[PendingId] = set()
        self._adopted = 0
        self._sent = 0
        self._said: tuple[str, Severity] | None = None

    def hear(self, notice: Notice) -> None:
        """Something happened."""
        match notice.event:
            case LinkChanged(link=link) if link.reach == "refused" and notice.before.link.reach != "refused":
                self._said = refusal(link.message), "error"
            case Adopted(pendings=pendings):
                ids = {pending.id for pending in pendings if pending.phase in ("queued", "sealed")}
                self._adopted += len(ids - self._from_before)
                self._from_before |= ids
            case Accepted(pending_id=pending_id) if pending_id in self._from_before:
                self._sent += 1
                self._settle(pending_id)
            case Refused(pending_id=pending_id) | Conflicted(pending_id=pending_id) | Dropped(pending_id=pending_id):
                self._settle(pending_id)
            case Undone():
                for pending_id in [one for one in self._from_before if one not in notice.state.outbox]:
                    self._settle(pending_id)

    def take(self) -> tuple[str, Severity] | None:
        """What is to be said, once."""
        said, self._said = self._said, None
        return said

    def _settle(self, pending_id: PendingId) -> None:
        if pending_id not in self._from_before:
            return
        self._from_before.discard(pending_id)
        if not self._from_before:
            if self._sent:
                self._said = were_sent(self._sent, self._adopted), "information"
            self._sent = self._adopted = 0


def refusal(message: str) -> str:
    """That nothing can be changed now, why, and what to do."""
    why = plain(message).rstrip(".") or "the server refuses the key"
    return f"Read-only from what was last known: {why}. Refresh asks again."


def were_sent(sent: int, adopted: int) -> str:
    """How much of what waited from an earlier wall the server has taken."""
    count = f"{sent:,}" if sent == adopted else f"{sent:,} of {adopted:,}"
    return f"{count} change{'s' if adopted > 1 else ''} from before {'were' if sent > 1 else 'was'} sent."

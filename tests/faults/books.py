"""What people meant and were told, kept beside the walls and held against the server's own history.

Every text that somebody writes is a word of its own, so the history says whose it is and what it replaced.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

from tests.faults.place import Place, Row
from tui.domain.changes import Change, Create, Delete, Delta, Edit, Set
from tui.domain.model import COLUMN, LABELS, NAME, ItemId, field_member, value_of
from tui.sync.events import Accepted
from tui.sync.history import Step
from tui.sync.outbox import Pending
from tui.sync.state import State, view
from tui.sync.store import Notice

NOTES = "field.notes"
TEXTS = ("name", "field.contact_name", "field.phone")


@dataclass
class Books:
    """Both people's."""

    numbers: Any = field(default_factory=lambda: count(1))
    bases: dict[str, set[str | None]] = field(default_factory=lambda: defaultdict(set))
    """By word, what its writer saw in its place: at first, and where a conflict showed it."""
    accepted: list[tuple[str, Change, ItemId]] = field(default_factory=list)
    """Who was told that which change of which item was carried out."""
    meant_deletes: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)
    """Words undone, given up, or chosen between: these may go again."""
    undone_deletes: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    conflicts: int = 0

    def word(self, who: str) -> str:
        """One that nobody has used."""
        return f"{who}-w{next(self.numbers)}"

    def listener(self, who: str) -> Callable[[Notice], None]:
        """Hear what one person's wall is told."""

        def hear(notice: Notice) -> None:
            event = notice.event
            if isinstance(event, Accepted) and event.pending_id in notice.before.outbox:
                change = notice.before.outbox[event.pending_id].change
                item_id = event.item.id if event.item is not None else change.item_id
                self.accepted.append((who, change, item_id))
            before, after = _conflicts(notice.before), _conflicts(notice.state)
            self.conflicts += len(after - before)

        return hear

    def meant(self, who: str, change: Change, state: State) -> None:
        """Somebody is about to do this."""
        if isinstance(change, Create):
            self.created.add(change.item.name)
            self.bases[change.item.name].add(None)
        elif isinstance(change, Delete):
            self.meant_deletes.add(change.was.name)
        elif isinstance(change, Edit):
            item = view(state, change.item_id)
            assert item is not None
            for member, edit in change.edits.items():
                if isinstance(edit, Set) and member in TEXTS:
                    self.bases[str(edit.mine)].add(_text(value_of(item, member)))

    def settled(self, pending: Pending) -> None:
        """Somebody has seen theirs beside mine, and chosen."""
        assert pending.conflict is not None
        for clash in pending.conflict.clashes:
            if clash.member in TEXTS:
                self.bases[str(clash.mine)].add(_text(clash.theirs))
                self.taken_back |= {str(clash.mine)}
            else:
                self.taken_back |= {line for value in (clash.mine, clash.theirs) for line in str(value).split("\n")}
        if isinstance(pending.change, Delete) and pending.conflict.theirs is not None:
            self.meant_deletes.add(pending.conflict.theirs.name)

    def undone(self, who: str, step: Step) -> None:
        """Somebody takes a step back."""
        for change in step.changes.values():
            self._taken_back(change)

    def dropped(self, pending: Pending) -> None:
        """Somebody gives an edit up."""
        self._taken_back(pending.change)

    def _taken_back(self, change: Change) -> None:
        if isinstance(change, Create):
            self.taken_back.add(change.item.name)
        elif isinstance(change, Delete):
            self.undone_deletes.add(change.item_id)
        elif isinstance(change, Edit):
            for edit in change.edits.values():
                added = edit.added if isinstance(edit, Delta) else str(edit.mine).split("\n")
                self.taken_back |= set(added)

    # -- against the server's history

    def check(self, place: Place, *, versioned: bool, looked: Callable[[Row, Row], bool]) -> Counter[str]:
        """Everything that must be true; what was seen. `looked` says whether a write came into another's short look."""
        rows, live = place.history(), place.live()
        by_item: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_item[row.item].append(row)
        self._check_creates(rows)
        self._check_accepted(by_item, live)
        self._check_alive(by_item, live)
        seen: Counter[str] = Counter()
        for history in by_item.values():
            for before, row in pairwise(history):
                lost = list(self._unseen(row))
                if lost and not versioned and looked(before, row):
                    seen["came between look and write"] += 1
                else:
                    assert not lost, (lost, row, before)
        return seen

    def _check_creates(self, rows: list[Row]) -> None:
        made = Counter(row.changes["name"][1] for row in rows if row.version == 1)
        assert not {name: n for name, n in made.items() if n != 1}, "an item was made twice"
        told = {change.item.name for _, change, _ in self.accepted if isinstance(change, Create)}
        assert told <= made.keys(), ("created, and not there", told - made.keys())
        left = {name for name in self.created if name not in made and name not in self.taken_back}
        assert not left, ("neither made nor given up", left)

    def _check_accepted(self, by_item: dict[str, list[Row]], live: dict[str, Any]) -> None:
        for who, change, item_id in self.accepted:
            history = by_item[item_id]
            if isinstance(change, Delete):
                gone = item_id not in live or item_id in self.undone_deletes
                assert gone, ("deleted, and still there", who, change)
            elif isinstance(change, Edit):
                for member, edit in change.edits.items():
                    assert _holds(history, member, edit), ("accepted, and never written", who, change, history)

    def _check_alive(self, by_item: dict[str, list[Row]], live: dict[str, Any]) -> None:
        for item, history in by_item.items():
            if item not in live:
                names = {row.changes["name"][1] for row in history if "name" in row.changes}
                wanted = names & (self.meant_deletes | self.taken_back)
                assert wanted, ("gone, and nobody wanted that", history)

    def _unseen(self, row: Row) -> Iterable[object]:
        """What a version replaced though its writer had never seen it."""
        for member, (old, new) in row.changes.items():
            if member in TEXTS and not self._may_replace(_text(old), _text(new)):
                yield member, old, new
            elif member == NOTES:
                yield from set(str(old).split("\n")) - set(str(new or "").split("\n")) - self.taken_back - {"None", ""}
            elif member == "labels":
                yield from set(old or ()) - set(new or ()) - self.taken_back

    def _may_replace(self, old: str | None, new: str | None) -> bool:
        if new is not None and old in self._allowed(new):
            return True
        return old is not None and old in self.taken_back and new in self._allowed(old)  # an undo

    def _allowed(self, word: str) -> set[str | None]:
        """What a word may replace: what its writer saw there, under earlier words of his own too."""
        who, found, left = word.split("-")[0], set[str | None](), [word]
        while left:
            for base in self.bases.get(left.pop(), set()) - found:
                found.add(base)
                if base is not None and base.startswith(f"{who}-w"):
                    left.append(base)
        return found


def _holds(history: list[Row], member: str, edit: Set | Delta) -> bool:
    """Whether some version of an item was given what an edit wanted."""
    pairs = [row.changes[member] for row in history if member in row.changes]
    if isinstance(edit, Delta):
        return all(any(label in (new or ()) for _, new in pairs) for label in edit.added)
    if member == COLUMN or member not in (*TEXTS, NOTES):
        return bool(pairs) or member not in (COLUMN,)
    if member == NOTES:
        before = str(edit.base or "").split("\n")  # another edit's: that one answers for it, or was given up
        words = {line for line in str(edit.mine or "").split("\n") if "-w" in line and line not in before}
        return all(any(word in str(new or "").split("\n") for _, new in pairs) for word in words)
    return any(_text(new) == _text(edit.mine) for _, new in pairs)


def _conflicts(state: State) -> set[str]:
    return {pending.id for pending in state.outbox.values() if pending.phase == "conflict"}


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


assert (NAME, LABELS, field_member("notes")) == ("name", "labels", NOTES)

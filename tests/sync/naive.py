"""The State as anyone would first write it: dicts and lists, walked through for every question."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.domain.changes import Change, Create, Delete, Edit, Set, apply, inverse
from tui.domain.model import Item, ItemId
from tui.sync.outbox import PendingId


@dataclass
class Waiting:
    """A change that waits."""

    id: PendingId
    change: Change
    phase: str = "queued"


@dataclass
class Naive:
    """One person's wall, without conflicts: those are the merge's own tests and the state machine's."""

    items: dict[ItemId, Item] = field(default_factory=dict)
    gone: dict[ItemId, Item] = field(default_factory=dict)
    pulled: dict[ItemId, Item | None] = field(default_factory=dict)
    """Waits for an answer."""
    outbox: list[Waiting] = field(default_factory=list)
    news: set[ItemId] = field(default_factory=set)
    done: list[list[tuple[PendingId, Change]]] = field(default_factory=list)

    def of(self, item_id: ItemId) -> list[Waiting]:
        return [waiting for waiting in self.outbox if waiting.change.item_id == item_id]

    def find(self, pending_id: PendingId) -> Waiting:
        return next(waiting for waiting in self.outbox if waiting.id == pending_id)

    def view(self, item_id: ItemId) -> Item | None:
        item = self.items.get(item_id, self.gone.get(item_id))
        for waiting in self.of(item_id):
            if not (isinstance(waiting.change, Delete) and waiting.phase == "refused"):
                item = apply(waiting.change, item)
        return item

    def mark(self, item_id: ItemId) -> str:
        phases = {waiting.phase for waiting in self.of(item_id)}
        if "refused" in phases:
            return "failed"
        return "saving" if phases else "changed" if item_id in self.news else ""

    def dispatch(self, *made: tuple[PendingId, Change]) -> None:
        self.outbox += [Waiting(pending_id, change) for pending_id, change in made]
        self.done.append(list(made))

    def undo(self, ids: list[PendingId]) -> None:
        for new, (pending_id, change) in zip(ids, reversed(self.done.pop()), strict=True):
            free = [w for w in self.outbox if w.id == pending_id and w.phase != "sealed"]
            if free:
                self.withdraw(free[0])
            else:
                self.outbox.append(Waiting(new, inverse(change)))

    def withdraw(self, waiting: Waiting) -> None:
        after = self.of(waiting.change.item_id)
        after = after[after.index(waiting) + 1 :]
        self.outbox.remove(waiting)
        if isinstance(waiting.change, Create):
            for orphan in after:
                self.outbox.remove(orphan)
                self.forget(orphan.id)
        for later in after:
            if isinstance(later.change, Edit) and isinstance(waiting.change, Edit):
                edits = dict(later.change.edits)
                for member, edit in waiting.change.edits.items():
                    mine = edits.get(member)
                    if isinstance(edit, Set) and isinstance(mine, Set) and mine.base == edit.mine:
                        edits[member] = Set(edit.base, mine.mine)
                later.change = Edit(later.change.item_id, type(later.change.edits)(edits))
                self.done = [[(p, later.change if p == later.id else c) for p, c in step] for step in self.done]
        self.tidy()

    def accept(self, pending_id: PendingId, item: Item | None) -> None:
        waiting = self.find(pending_id)
        item_id = waiting.change.item_id
        self.outbox.remove(waiting)
        if item is None:
            self.lose(item_id)
        else:
            self.hold(item)
            self.gone.pop(item.id, None)
        self.tidy()
        self.release(item_id)

    def refuse(self, pending_id: PendingId) -> None:
        waiting = self.find(pending_id)
        waiting.phase = "refused"
        self.forget(pending_id)
        self.release(waiting.change.item_id)

    def drop(self, pending_id: PendingId) -> None:
        self.forget(pending_id)
        self.withdraw(self.find(pending_id))

    def free(self, pending_id: PendingId) -> None:
        waiting = self.find(pending_id)
        waiting.phase = "queued"
        self.release(waiting.change.item_id)

    def pull(self, item: Item) -> None:
        if any(waiting.phase == "sealed" for waiting in self.of(item.id)):
            before = self.pulled.get(item.id)
            if before is None or (item.version or 0) >= (before.version or 0):
                self.pulled[item.id] = item
            return
        old = self.items.get(item.id)
        if old is None or (item.version or 0) > (old.version or 0):
            self.news.add(item.id)
        self.hold(item)
        self.gone.pop(item.id, None)

    def remove(self, item_id: ItemId) -> None:
        if any(waiting.phase == "sealed" for waiting in self.of(item_id)):
            self.pulled[item_id] = None
        else:
            self.lose(item_id)

    def release(self, item_id: ItemId) -> None:
        if item_id in self.pulled and not any(waiting.phase == "sealed" for waiting in self.of(item_id)):
            item = self.pulled.pop(item_id)
            if item is None:
                self.lose(item_id)
            else:
                self.pull(item)

    def hold(self, item: Item) -> None:
        old = self.items.get(item.id)
        if old is None or (item.version or 0) >= (old.version or 0):
            self.items[item.id] = item

    def lose(self, item_id: ItemId) -> None:
        old = self.items.pop(item_id, None)
        self.news.discard(item_id)
        if old is not None and self.of(item_id):
            self.gone[item_id] = old

    def forget(self, pending_id: PendingId) -> None:
        left = [[deed for deed in step if deed[0] != pending_id] for step in self.done]
        self.done = [step for step in left if step]

    def tidy(self) -> None:
        self.gone = {item_id: item for item_id, item in self.gone.items() if self.of(item_id)}

"""The working copy of a State during one event: what `reduce` writes into, and what it touched."""

from __future__ import annotations

from immutables import Map
from msgspec import Struct
from msgspec.structs import replace

from tui.domain.changes import Change, Create, Delete, Delta, Edit, Edits, Restore, Set, apply, inverse
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    STATUS,
    Board,
    Item,
    ItemId,
    Member,
    field_member,
    is_newer,
    value_of,
    with_value,
)
from tui.sync.events import Draft
from tui.sync.outbox import Clashing, Done, Pending, PendingId, Ready, plan, same_content, without
from tui.sync.state import State

BUILT_IN = (NAME, COLUMN, STATUS, LABELS)


class Outcome(Struct, frozen=True):
    """The next State and what differs from the one before."""

    state: State
    touched: frozenset[ItemId] = frozenset()
    """Items whose View, mark or existence may differ."""
    pendings: tuple[PendingId, ...] = ()
    """Pendings that came, changed or went."""
    drafts: tuple[ItemId, ...] = ()
    """Drafts that came, changed or went."""
    aliased: tuple[ItemId, ...] = ()
    """Local ids the server has named."""


class Turn:
    """Mutable only while one event is reduced; every map in it is persistent."""

    def __init__(self, state: State) -> None:
        self.before = state
        self.items = state.items
        self.gone = state.gone
        self.waiting = state.waiting
        self.outbox = state.outbox
        self.queue = state.queue
        self.aliases = state.aliases
        self.drafts = state.drafts
        self.changed = state.changed
        self.history = state.history
        self._seq = state.seq
        self.touched: set[ItemId] = set()
        self._pendings: dict[PendingId, None] = {}
        self._drafts: dict[ItemId, None] = {}
        self._aliased: dict[ItemId, None] = {}

    def outcome(self) -> Outcome:
        """The next State, and what this turn touched."""
        state = replace(
            self.before,
            items=self.items,
            gone=self.gone,
            waiting=self.waiting,
            outbox=self.outbox,
            queue=self.queue,
            aliases=self.aliases,
            drafts=self.drafts,
            changed=self.changed,
            history=self.history,
            seq=self._seq,
        )
        return Outcome(state, frozenset(self.touched), tuple(self._pendings), tuple(self._drafts), tuple(self._aliased))

    def resolve(self, item_id: ItemId) -> ItemId:
        """The id an item has now."""
        return self.aliases.get(item_id, item_id)

    def board_of(self, pending: Pending) -> Board:
        """The board whose rules a Pending is merged by; an empty one while it is not known."""
        item = self.items.get(self.resolve(pending.item_id))
        known = self.before.known.get(item.board_id) if item is not None else None
        return known or self.before.board or Board(id="", name="")  # type: ignore[arg-type]

    def seq(self) -> int:
        """The next place in the Outbox."""
        return self._seq + 1

    def put(self, pending: Pending) -> None:
        """Replace a Pending that is in the Outbox; History remembers what it has come to mean."""
        before = self.outbox.get(pending.id)
        if before is not None and before.change is not pending.change:
            self.history = self.history.became(pending.id, pending.change)
        self.outbox = self.outbox.set(pending.id, pending)
        self._pendings[pending.id] = None
        self.touched.add(pending.item_id)

    def enqueue(self, pending: Pending, *, first: bool = False) -> None:
        """Add a Pending behind (or before) what its item already waits for."""
        pending = replace(pending, change=addressed(pending.change, self.aliases))
        item_id = self.resolve(pending.item_id)
        waiting = self.queue.get(item_id, ())
        if first and waiting:
            pending = replace(pending, seq=self.outbox[waiting[0]].seq - 1)  # the first of its item on disk too
        self.queue = self.queue.set(item_id, (pending.id, *waiting) if first else (*waiting, pending.id))
        self._seq = max(self._seq, pending.seq)
        self.put(pending)

    def remove(self, pending: Pending) -> None:
        """Take a Pending out; later ones of its item stay as they are."""
        item_id = self.resolve(pending.item_id)
        rest = tuple(p for p in self.queue.get(item_id, ()) if p != pending.id)
        self.queue = self.queue.set(item_id, rest) if rest else self.queue.delete(item_id)
        self.outbox = self.outbox.delete(pending.id)
        if not rest and item_id in self.gone:
            self.gone = self.gone.delete(item_id)
        self._pendings[pending.id] = None
        self.touched |= {pending.item_id, item_id}

    def withdraw(self, pending: Pending) -> None:
        """Take a Pending out as if it had never been: later ones are rebased onto what was there before."""
        item_id = self.resolve(pending.item_id)
        ids = self.queue.get(item_id, ())
        later = tuple(self.outbox[p] for p in ids[ids.index(pending.id) + 1 :]) if pending.id in ids else ()
        self.remove(pending)
        if isinstance(pending.change, Create):
            for orphan in later:  # nothing is left for them to apply to
                self.history = self.history.forget(orphan.id)
                self.remove(orphan)
        else:
            for held, rebased in zip(later, without(later, pending), strict=True):
                if rebased is not held:
                    self.put(rebased)

    def undo_of(self, pending_id: PendingId, item_id: ItemId) -> Pending | None:
        """The Pending, not sent yet, that takes back what another one does."""
        waiting = (self.outbox[p] for p in self.queue.get(self.resolve(item_id), ()))
        return next((p for p in waiting if p.undoes == pending_id and p.phase == "queued"), None)

    def cancel_undone(self, pending: Pending) -> bool:
        """Whether a Pending that did not go through was undone meanwhile: then nothing of the two is left to do."""
        undo = self.undo_of(pending.id, pending.item_id)
        if undo is None:
            return False
        self.remove(undo)
        self.withdraw(self.outbox[pending.id])
        return True

    def limit_undo(self, pending: Pending, effect: Change | None) -> None:
        """Let an undo that waits behind a Pending take back what really took effect, and no more."""
        undo = self.undo_of(pending.id, pending.item_id)
        if undo is None:
            return
        if effect is None:
            self.withdraw(undo)
        elif isinstance(effect, Edit):
            self.put(replace(undo, change=addressed(inverse(effect), self.aliases)))

    def sealed(self, item_id: ItemId) -> bool:
        """Whether a request of this item is in flight."""
        return any(self.outbox[p].phase == "sealed" for p in self.queue.get(item_id, ()))

    def confirm(self, item: Item) -> None:
        """The server holds `item`: the Snapshot's new truth, unless it already holds something newer."""
        old = self.items.get(item.id)
        if old is None or is_newer(item, old):
            self.items = self.items.set(item.id, item)
        if item.id in self.gone:
            self.gone = self.gone.delete(item.id)
        self.touched.add(item.id)

    def lose(self, item_id: ItemId) -> None:
        """The server no longer has an item; what was known is kept while changes of ours wait."""
        old = self.items.get(item_id)
        if old is not None:
            self.items = self.items.delete(item_id)
            if item_id in self.queue:
                self.gone = self.gone.set(item_id, old)
        if item_id in self.changed:
            self.changed = self.changed.delete(item_id)
        self.touched.add(item_id)

    def pull(self, item: Item, *, first: bool) -> None:
        """An item as the server showed it; waits while a request of ours is in flight."""
        if self.sealed(item.id):
            waited = self.waiting.get(item.id)
            if waited is None or is_newer(item, waited):
                self.waiting = self.waiting.set(item.id, item)
            return
        old = self.items.get(item.id)
        if old == item or (old is not None and not is_newer(item, old)):
            return
        self.confirm(item)
        if not first and item.id not in self.changed and _is_news(old, item):
            self.changed = self.changed.set(item.id, old)
        if item.id in self.queue:
            self.replan(item.id)

    def release(self, item_id: ItemId, told: Item | None = None) -> None:
        """After an answer: take in what was pulled meanwhile, unless the answer itself told of a later state.

        `told` is that state, or of a deletion the last state before it.
        """
        if item_id not in self.waiting or self.sealed(item_id):
            return
        waited = self.waiting[item_id]
        self.waiting = self.waiting.delete(item_id)
        if waited is None:
            self.lose(item_id)
            self.replan(item_id)
        elif told is None or is_later(waited, told):
            self.pull(waited, first=False)

    def replan(self, item_id: ItemId) -> None:
        """See whether conflicts of an item still are ones, now that the server's state has changed."""
        for pending_id in self.queue.get(item_id, ()):
            pending = self.outbox[pending_id]
            if pending.phase != "conflict":
                continue
            theirs = self.items.get(item_id)
            again = plan(replace(pending, phase="queued"), theirs, self.board_of(pending), gone=item_id in self.gone)
            if isinstance(again, Clashing):
                self.put(replace(pending, conflict=again.conflict))
            elif isinstance(again, Ready | Done):
                self.put(replace(pending, phase="queued", conflict=None))

    def name(self, local: ItemId, item: Item) -> None:
        """The server has named a local item: everything that spoke of it follows."""
        self.aliases = self.aliases.set(local, item.id)
        self._aliased[local] = None
        waiting = self.queue.get(local)
        if waiting:
            # A pull may have shown the item before it was named, and the user may have changed that card too.
            self.queue = self.queue.delete(local).set(item.id, (*self.queue.get(item.id, ()), *waiting))
            for pending_id in waiting:
                pending = self.outbox[pending_id]
                self.put(replace(pending, change=addressed(pending.change, self.aliases)))
        draft = self.drafts.get(local)
        if draft is not None:
            self._forget_draft(local)
            self.keep_draft(replace(draft, base=item))
        # The server may have shown the new item before it answered: that was no news from others.
        if item.id in self.changed and self.changed[item.id] is None and is_newer(item, self.items[item.id]):
            self.changed = self.changed.delete(item.id)
        self.touched |= {local, item.id}

    def know(self, aliases: Map[ItemId, ItemId]) -> None:
        """Take over the names an earlier process was told."""
        for local, item_id in aliases.items():
            if local not in self.aliases:
                self.aliases = self.aliases.set(local, item_id)
                self._aliased[local] = None

    def keep_draft(self, draft: Draft) -> None:
        """Remember what a form holds."""
        item_id = self.resolve(draft.item_id)
        if item_id != draft.item_id:  # it is kept, on disk too, under the id the item has now
            draft = replace(draft, base=replace(draft.base, id=item_id))
        self.drafts = self.drafts.set(item_id, draft)
        self._drafts[item_id] = None
        self.touched.add(item_id)

    def drop_draft(self, item_id: ItemId) -> None:
        """Forget what a form held."""
        item_id = self.resolve(item_id)
        if item_id in self.drafts:
            self._forget_draft(item_id)

    def _forget_draft(self, item_id: ItemId) -> None:
        self.drafts = self.drafts.delete(item_id)
        self._drafts[item_id] = None
        self.touched.add(item_id)

    def follow(self, pending: Pending, seen: Item | None, item: Item) -> None:
        """Let what waits behind an accepted Pending expect the server's words for it, so that nobody conflicts with
        himself: a server trims, defaults and moves on the version. `seen` is what the user saw after that Pending.
        """
        if seen is None:
            return
        wrote = _written(pending)
        if item.version is None:  # somebody may have come between our write and what was read of it
            wrote = frozenset(m for m in wrote if _is_worded(value_of(seen, m), value_of(item, m)))
        told = seen
        for member in wrote:
            told = with_value(told, member, value_of(item, member))
        ours = same_content(told, item)  # nobody else has been at it
        was: Item | None = seen
        held: Item | None = item
        for pending_id in self.queue.get(item.id, ()):
            behind = self.outbox[pending_id]
            change = behind.change
            if isinstance(change, Edit):
                change = type(change)(change.item_id, _expecting(change.edits, wrote, seen, item))
            elif isinstance(change, Delete) and ours and was and held and same_content(change.was, was):
                change = Delete(item.id, held)
            if change != behind.change:
                self.put(replace(behind, change=change))
            was, held = apply(behind.change, was), apply(change, held)


def is_later(waited: Item, told: Item) -> bool:
    """Whether a list that was read while a request was in flight is certainly younger than the request's answer.

    Without versions nothing orders the two but the server's clock; when that does not tell, the next look will.
    """
    if waited.version is not None and told.version is not None:
        return waited.version > told.version
    return waited.updated_at > told.updated_at


def _is_news(old: Item | None, new: Item) -> bool:
    """Whether someone else has been at an item, and not only the server told it in other words."""
    if old is not None and old.version is not None and new.version is not None:
        return old.version != new.version
    return old is None or not same_content(old, new)


def _written(pending: Pending) -> frozenset[Member]:
    """The members a request set to just what the user meant, and what the server sets along with them."""
    request, change = pending.request, pending.change
    if isinstance(change, Create):
        return frozenset({*BUILT_IN, *(field_member(name) for name in change.item.fields)})
    if not isinstance(change, Edit) or request is None:
        return frozenset()
    wrote = {member for member, edit in request.edits.items() if _meaning(edit) == _meaning(change.edits.get(member))}
    return frozenset(wrote | {STATUS} if COLUMN in wrote else wrote)


def _is_worded(mine: object, held: object) -> bool:
    """Whether a server may have made one of the other by itself: by a default, or by tidying blanks and letters."""
    return mine in (None, "", (), held) or " ".join(str(mine).split()).casefold() == str(held).casefold()


def _meaning(edit: Set | Delta | None) -> object:
    return (edit.mine,) if isinstance(edit, Set) else edit


def _expecting(edits: Edits, wrote: frozenset[Member], seen: Item, item: Item) -> Edits:
    """Edits made on what the user saw, made on what the server has of it."""
    for member, edit in edits.items():
        if isinstance(edit, Set) and member in wrote and edit.base == value_of(seen, member):
            held = value_of(item, member)
            if held != edit.base:
                edits = edits.set(member, Set(held, edit.mine))
    return edits


def addressed(change: Change, aliases: Map[ItemId, ItemId]) -> Change:
    """The change under the id its item has now. A Create keeps its local id: it is what the server will name."""
    item_id = aliases.get(change.item_id)
    if item_id is None or isinstance(change, Create):
        return change
    match change:
        case Delete():
            return Delete(item_id, change.was)
        case Restore():
            return Restore(item_id, replace(change.was, id=item_id))
        case Edit():
            return type(change)(item_id, change.edits)

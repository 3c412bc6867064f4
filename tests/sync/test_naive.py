"""`reduce` and `view` against the same rules written down without a thought for cost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from tests.sync.desk import Desk
from tests.sync.naive import Naive
from tests.sync.samples import an_item, changed
from tui.domain.changes import Change, Delete, Delta, Edit, Set, apply
from tui.domain.model import LABELS, NAME, Item, ItemId, Member, value_of
from tui.sync.events import Accepted, Dropped, Looked, Refused, Retried, Sealed, Undone, Unsealed
from tui.sync.outbox import Pending, PendingId, Request
from tui.sync.state import mark, view

IDS = [ItemId(f"i{number}") for number in range(1, 5)]
STEPS = (
    "dispatch",
    "two",
    "delete",
    "seal",
    "unseal",
    "accept",
    "refuse",
    "drop",
    "retry",
    "pull",
    "remove",
    "undo",
    "look",
)
OFTEN = ("dispatch", "dispatch", "seal", "accept", "pull")
steps = st.lists(
    st.tuples(st.sampled_from([*STEPS, *OFTEN]), st.integers(0, 9), st.integers(0, 9)), min_size=10, max_size=40
)


class Twin:
    """The real thing and the naive one, told the same."""

    def __init__(self) -> None:
        self.real = Desk(*(an_item(number) for number in range(1, 4)))
        self.naive = Naive(dict(self.real.state.items))
        self.version = 100
        self.count = 0

    def dispatch(self, *changes: Change) -> None:
        ids = self.real.store.dispatch(*changes)
        self.naive.dispatch(*zip(ids, changes, strict=True))

    def some_edit(self, item_id: ItemId, kind: int) -> Change | None:
        item = view(self.real.state, item_id)
        if item is None:
            return None
        if kind % 3 == 0:
            return Edit(item_id, Map({LABELS: Delta((f"l{kind}",), (f"l{kind // 2}",))}))
        member = NAME if kind % 3 == 1 else Member("field.value")
        return Edit(item_id, Map({member: Set(value_of(item, member), f"v{kind % 4}")}))

    def run(self, step: str, place: int, kind: int) -> None:
        getattr(self, f"do_{step}")(place, kind)

    def do_dispatch(self, place: int, kind: int) -> None:
        change = self.some_edit(IDS[place % 4], kind)
        if change is not None:
            self.dispatch(change)

    def do_two(self, place: int, kind: int) -> None:
        found = [self.some_edit(IDS[(place + step) % 4], kind + step) for step in (0, 1)]
        made = [change for change in found if change is not None]
        if made:
            self.dispatch(*made)

    def do_delete(self, place: int, kind: int) -> None:
        item = view(self.real.state, IDS[place % 4])
        if item is not None:
            self.dispatch(Delete(item.id, item))

    def do_seal(self, place: int, kind: int) -> None:
        firsts = [ids[0] for ids in self.real.state.queue.values()]
        queued = sorted(p for p in firsts if self.real.pending(p).phase == "queued")
        if queued:
            pending = self.real.pending(queued[place % len(queued)])
            base = self.real.state.items.get(pending.item_id)
            if base is not None:
                edits = pending.change.edits if isinstance(pending.change, Edit) else Map()
                self.real.apply(Sealed(pending.id, Request("k", base, edits)))
                self.naive.find(pending.id).phase = "sealed"

    def do_unseal(self, place: int, kind: int) -> None:
        pending = self.one("sealed", place)
        if pending is not None and not self.is_undone(pending):
            self.real.apply(Unsealed(pending.id))
            self.naive.free(pending.id)

    def do_accept(self, place: int, kind: int) -> None:
        pending = self.one("sealed", place)
        if pending is None or pending.request is None:
            return
        after = apply(pending.change, pending.request.base)
        if after is not None:
            self.version += 1
            after = changed(after, step=self.version - (after.version or 0))
        self.real.apply(Accepted(pending.id, after))
        self.naive.accept(pending.id, after)

    def do_refuse(self, place: int, kind: int) -> None:
        pending = self.one("sealed", place)
        if pending is not None and not self.is_undone(pending):
            self.real.apply(Refused(pending.id, "no"))
            self.naive.refuse(pending.id)

    def do_drop(self, place: int, kind: int) -> None:
        pending = self.one("refused", place) or self.one("queued", place)
        if pending is not None and pending.undoes is None and not self.is_undone(pending):
            self.real.apply(Dropped(pending.id))
            self.naive.drop(pending.id)

    def do_retry(self, place: int, kind: int) -> None:
        pending = self.one("refused", place)
        if pending is not None:
            self.real.apply(Retried(pending.id))
            self.naive.find(pending.id).phase = "queued"

    def do_pull(self, place: int, kind: int) -> None:
        self.version += 1
        number = place % 4 + 1
        version = self.version if kind else 3
        item = an_item(number, version=version, source=f"pulled {self.version}")
        self.real.pull(item)
        self.naive.pull(item)

    def do_remove(self, place: int, kind: int) -> None:
        self.real.remove(IDS[place % 4])
        self.naive.remove(IDS[place % 4])

    def do_undo(self, place: int, kind: int) -> None:
        done = self.real.state.history.done
        assert len(done) == len(self.naive.done)
        if done:
            ids = [PendingId(f"u{self.count}-{number}") for number in range(len(done[-1].deeds))]
            self.count += 1
            self.real.apply(Undone(tuple(ids), self.real.store.clock()))
            self.naive.undo(ids)

    def do_look(self, place: int, kind: int) -> None:
        self.real.apply(Looked((IDS[place % 4],)))
        self.naive.news.discard(IDS[place % 4])

    def one(self, phase: str, place: int) -> Pending | None:
        found = sorted((p for p in self.real.state.outbox.values() if p.phase == phase), key=lambda p: p.seq)
        return found[place % len(found)] if found else None

    def is_undone(self, pending: Pending) -> bool:
        """What then happens to the two is told in the tests of undo."""
        return any(p.undoes == pending.id for p in self.real.state.outbox.values())

    def compare(self) -> None:
        state, naive = self.real.state, self.naive
        assert dict(state.items) == naive.items
        assert dict(state.gone) == naive.gone
        assert dict(state.waiting) == naive.pulled
        assert set(state.changed) == naive.news
        waiting = sorted(state.outbox.values(), key=lambda pending: pending.seq)
        assert [(p.id, p.phase) for p in waiting] == [(w.id, w.phase) for w in naive.outbox]
        for item_id in IDS:
            assert _shown(view(state, item_id)) == _shown(naive.view(item_id))
            assert mark(state, item_id).value == naive.mark(item_id)
        deeds = [[deed.pending_id for deed in step.deeds] for step in state.history.done]
        assert deeds == [[pending_id for pending_id, _ in step] for step in naive.done]


def _shown(item: Item | None) -> Item | None:
    """A delete that waits behind own edits moves on with their versions: the naive one does not know of that."""
    return None if item is None else replace(item, version=None)


@settings(max_examples=settings().max_examples * 6)
@given(steps)
def test_the_same_as_the_naive_one(case: list[tuple[str, int, int]]) -> None:
    twin = Twin()
    for step, place, kind in case:
        twin.run(step, place, kind)
        twin.compare()

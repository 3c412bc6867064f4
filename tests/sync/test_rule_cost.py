"""Rule 6: no event costs more on a larger board, nor with a longer Outbox; proved by counting, not by timing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from immutables import Map
from msgspec.structs import replace

from tests.sync.samples import SALES, an_item, changed
from tui.domain.changes import Create, Delete, Edit, Set
from tui.domain.merge import Conflict
from tui.domain.model import NAME, Item, ItemId, Moment
from tui.sync.events import (
    Accepted,
    Conflicted,
    Dispatched,
    Draft,
    Drafted,
    Dropped,
    Event,
    Looked,
    Pulled,
    Redone,
    Refused,
    Removed,
    Resolved,
    Sealed,
    Undone,
    Unsealed,
)
from tui.sync.history import DEPTH, Deed, History, Step
from tui.sync.outbox import Pending, PendingId, Request
from tui.sync.reduce import reduce
from tui.sync.state import State, is_next, mark, view

ONE, TWO, LOCAL = ItemId("i1"), ItemId("i2"), ItemId("local-1")


class Counted:
    """Stands for a large persistent map; counts reads and refuses to be walked through."""

    def __init__(self, held: Map[object, object], reads: list[object]) -> None:
        self._held = held
        self._reads = reads

    def __getitem__(self, key: object) -> object:
        self._reads.append(key)
        return self._held[key]

    def __contains__(self, key: object) -> bool:
        self._reads.append(key)
        return key in self._held

    def get(self, key: object, default: object = None) -> object:
        self._reads.append(key)
        return self._held.get(key, default)

    def set(self, key: object, value: object) -> Counted:
        self._reads.append(key)
        return Counted(self._held.set(key, value), self._reads)

    def delete(self, key: object) -> Counted:
        self._reads.append(key)
        return Counted(self._held.delete(key), self._reads)

    def _walk(self, *args: object) -> Iterator[object]:
        raise AssertionError("an event walks through the whole map")

    __iter__ = __len__ = keys = values = items = update = _walk  # each of them is a walk


def pending(number: int, change: object, phase: str = "queued", **more: object) -> Pending:
    made = Pending(PendingId(f"p{number}"), number, change, Moment(0))  # type: ignore[arg-type]  # test data
    return replace(made, phase=phase, **more)


def rename(number: int) -> Edit:
    return Edit(ItemId(f"i{number}"), Map({NAME: Set(f"Deal {number}", "x")}))


@cache
def held(items: int, pendings: int) -> tuple[dict[str, Map[object, object]], History, int]:
    """A board, and an Outbox with a refused change for every item from the tenth on; the first ones are the case's."""
    ours = [
        pending(1, rename(1), "sealed", request=Request("p1.0", an_item(1), rename(1).edits)),
        pending(2, rename(2), "conflict", conflict=Conflict(an_item(2))),
        pending(3, Delete(ItemId("i3"), an_item(3)), "queued"),
        pending(4, Create(an_item(id=LOCAL, version=None)), "sealed", request=Request("p4.0", an_item(4))),
    ]
    others = [pending(number, rename(number), "refused") for number in range(10, 10 + pendings)]
    everything = ours + others
    maps: dict[str, dict[object, object]] = {
        "items": {ItemId(f"i{n}"): an_item(n) for n in range(1, items + 1)},
        "outbox": {p.id: p for p in everything},
        "queue": {p.item_id: (p.id,) for p in everything},
        "changed": {ItemId(f"i{n}"): None for n in range(5, items + 1)},
        "gone": {},
        "waiting": {},
        "drafts": {},
        "aliases": {},
    }
    deeds = tuple(Deed(p.id, p.change) for p in everything)
    history = History((Step.of(deeds[:1], Moment(0)), Step.of(deeds[1:], Moment(0)), Step.of(deeds[:1], Moment(0))))
    return {name: Map(held) for name, held in maps.items()}, history, len(everything)


def large(items: int, pendings: int, reads: list[object]) -> State:
    """A State whose large maps count what is read of them."""
    maps, history, seq = held(items, pendings)
    state = State(board=SALES, known=Map({SALES.id: SALES}), history=history, seq=seq)
    return replace(state, **{name: Counted(whole, reads) for name, whole in maps.items()})


EVENTS: dict[str, Event] = {
    "dispatch": Dispatched((pending(99, rename(5)),), Moment(1)),
    "undo": Undone((PendingId("u1"),), Moment(1)),
    "redo": Redone((PendingId("u1"),), Moment(1)),
    "seal": Sealed(PendingId("p3"), Request("p3.0", an_item(3))),
    "unseal": Unsealed(PendingId("p1")),
    "accept": Accepted(PendingId("p1"), changed(an_item(1), name="x")),
    "accept a create": Accepted(PendingId("p4"), an_item(9_999_999)),
    "refuse": Refused(PendingId("p1"), "no"),
    "conflict": Conflicted(PendingId("p1"), Conflict(changed(an_item(1), name="y"))),
    "resolve": Resolved(PendingId("p2"), Map()),
    "drop": Dropped(PendingId("p2")),
    "pull": Pulled((changed(an_item(5)), changed(an_item(1)))),
    "remove": Removed((ItemId("i5"), ItemId("i1"))),
    "draft": Drafted(Draft(an_item(5), Map(), Moment(1))),
    "look": Looked((ItemId("i5"),)),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_reads_no_more_of_a_large_board_and_outbox(name: str) -> None:
    def cost(items: int, pendings: int) -> int:
        reads: list[object] = []
        state = large(items, pendings, reads)
        reads.clear()
        after = reduce(state, EVENTS[name]).state
        for item_id in (ONE, TWO, LOCAL):
            view(after, item_id)
            mark(after, item_id)
        return len(reads)

    assert cost(10, 0) == cost(20_000, 2_000)


@pytest.mark.long
@pytest.mark.parametrize("name", EVENTS)
def test_nor_of_the_largest(name: str) -> None:
    reads: list[object] = []
    state = large(100_000, 5_000, reads)
    reads.clear()
    reduce(state, EVENTS[name])
    assert len(reads) < 60


def test_what_an_event_does_not_name_is_the_same_object() -> None:
    items: Map[ItemId, Item] = Map({ItemId(f"i{n}"): an_item(n) for n in range(1000)})
    state = State(board=SALES, known=Map({SALES.id: SALES}), items=items)
    after = reduce(state, Dispatched((pending(1, rename(1)),), Moment(0))).state
    assert after.items is items
    after = reduce(after, Pulled((changed(an_item(7)),))).state
    assert sum(after.items[i] is not items[i] for i in items) == 1


def test_the_next_place_in_the_outbox_is_known_without_looking() -> None:
    state = State()
    for number in (5, 3):
        state = reduce(state, Dispatched((pending(number, rename(number)),), Moment(0))).state
    assert state.seq == 5


def test_one_answer_to_a_bulk_of_thousands_leaves_the_other_deeds_alone() -> None:
    """Their changes stay in one persistent map; the step is found without walking through them."""
    deeds = [Deed(PendingId(f"p{n}"), rename(n)) for n in range(5_000)]
    history = History().did(Step.of(deeds, Moment(0)))
    after = history.became(PendingId("p7"), rename(8)).forget(PendingId("p9"))
    step = after.done[0]
    assert step.order is history.done[0].order
    assert len(step.changes) == 4_999
    assert step.changes[PendingId("p7")] == rename(8)
    assert len(step.deeds) == 4_999
    assert after.forget(PendingId("not mine")) is after


def test_history_is_bounded_and_loses_steps_with_nothing_left_in_them() -> None:
    history = History()
    for number in range(DEPTH + 10):
        history = history.did(Step.of([Deed(PendingId(f"p{number}"), rename(number))], Moment(0)))
    assert len(history.done) == DEPTH
    assert history.done[0].order == ("p10",)
    history = history.forget(PendingId("p10"))
    assert len(history.done) == DEPTH - 1


def test_only_the_first_of_an_item_is_next() -> None:
    state = State()
    for number, phase in ((1, "queued"), (2, "queued")):
        state = reduce(state, Dispatched((pending(number, rename(1), phase),), Moment(0))).state
    assert is_next(state, state.outbox[PendingId("p1")])
    assert not is_next(state, state.outbox[PendingId("p2")])


def test_names_and_waiting_pulls_do_not_pile_up() -> None:
    """What waits is released by its answer; a name is kept once per create."""
    state = State(board=SALES, known=Map({SALES.id: SALES}), items=Map({ONE: an_item()}))
    for number in range(50):
        made = pending(number, rename(1))
        state = reduce(state, Dispatched((made,), Moment(0))).state
        state = reduce(state, Sealed(made.id, Request("k", state.items[ONE], made.change.edits))).state  # type: ignore[union-attr]  # an Edit
        state = reduce(state, Pulled((changed(state.items[ONE]),))).state
        assert len(state.waiting) == 1
        state = reduce(state, Accepted(made.id, changed(state.items[ONE]))).state
        assert not state.waiting
    assert not state.aliases
    assert not state.gone
    assert not state.queue

"""Rule 3: undo takes back exactly what was done, whatever has become of it, and never what someone else did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from tests.domain.edits import edited, items
from tests.domain.samples import BOARD
from tests.sync.desk import ONE, Desk, chosen, held, labels, sets
from tests.sync.samples import an_item, changed
from tui.domain.changes import Create, Delete, Edit, Edits, Restore, apply_edits
from tui.domain.model import NAME, Item, ItemId, Moment, value_of
from tui.sync.events import Accepted, Adopted, Dropped, Opened, Pulled, Resolved, Sealed, Unsealed
from tui.sync.outbox import Clashing, Done, Ready, plan
from tui.sync.state import view
from tui.sync.store import Store

TWO, LOCAL = ItemId("i2"), ItemId("local-1")


def test_of_an_unsent_change_removes_it() -> None:
    desk = Desk()
    desk.do(sets(name=("Deal 1", "one")))
    desk.store.undo()
    assert not desk.state.outbox
    assert desk.view() == an_item()


def test_of_an_unsent_change_gives_later_ones_their_base_back() -> None:
    """Only possible by dropping, as undo takes the last one first."""
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    second = desk.do(sets(name=("one", "two")))
    desk.apply(Dropped(first))
    assert desk.pending(second).change == sets(name=("Deal 1", "two"))


def test_of_a_change_that_was_given_another_base_goes_back_to_that() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    second = desk.do(sets(name=("one", "two")))
    desk.apply(Dropped(first))
    desk.seal(second)
    desk.store.undo()
    assert desk.view().name == "Deal 1"


def test_of_a_choice_in_flight_goes_back_to_theirs() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "mine")))
    desk.conflict(first, changed(an_item(), name="theirs"))
    desk.apply(Resolved(first, chosen(NAME, "mine")))
    desk.seal(first)
    desk.store.undo()
    assert desk.view().name == "theirs"


def test_of_a_sealed_change_queues_the_inverse_behind_it() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one"), value=(1, 2)))
    desk.seal(first)
    desk.store.undo()
    assert desk.view() == an_item()
    _, second = desk.state.queue[ONE]
    assert desk.pending(second).undoes == first
    desk.accept(first, changed(an_item(), name="one", value=2))
    ready = desk.plan(second)
    assert isinstance(ready, Ready)
    assert ready.request.edits == sets(name=("one", "Deal 1"), value=(2, 1)).edits


def test_of_a_sealed_change_that_never_arrived_leaves_nothing_to_send() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    desk.seal(first)
    desk.store.undo()
    desk.apply(Unsealed(first))
    assert not desk.state.outbox


@pytest.mark.parametrize("end", ["refused", "conflict"])
def test_of_a_sealed_change_that_does_not_go_through_asks_nothing(end: str) -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    desk.seal(first)
    desk.store.undo()
    if end == "refused":
        desk.refuse(first)
    else:
        desk.conflict(first, changed(an_item(), name="theirs"))
    assert not desk.state.outbox
    assert desk.mark() in ("", "changed")


def test_of_an_accepted_change_is_a_change_itself() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    desk.accept(first, changed(an_item(), name="one"))
    desk.store.undo()
    (undo,) = desk.state.outbox
    ready = desk.plan(undo)
    assert isinstance(ready, Ready)
    assert ready.request.edits == sets(name=("one", "Deal 1")).edits


def test_of_what_the_server_put_in_its_own_words_does_not_conflict() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", " one ")))
    desk.accept(first, changed(an_item(), name="one"))
    desk.store.undo()
    (undo,) = desk.state.outbox
    assert isinstance(desk.plan(undo), Ready)


def test_where_someone_changed_the_field_since_is_a_conflict() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one"), value=(1, 2)))
    desk.accept(first, changed(an_item(), name="one", value=2))
    desk.pull(changed(an_item(), step=2, name="theirs", value=2))
    desk.store.undo()
    (undo,) = desk.state.outbox
    found = desk.plan(undo)
    assert isinstance(found, Clashing)
    (clash,) = found.conflict.clashes
    assert (clash.base, clash.mine, clash.theirs) == ("one", "Deal 1", "theirs")


def test_of_what_was_merged_takes_back_only_what_was_sent() -> None:
    """They had set the value to mine already: it is theirs to keep."""
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one"), value=(1, 2)))
    desk.pull(changed(an_item(), value=2))
    desk.accept(first, changed(an_item(), step=2, name="one", value=2))
    desk.store.undo()
    assert desk.view().name == "Deal 1"
    assert held(desk.view(), "value") == 2


def test_that_waits_behind_takes_back_only_what_was_sent() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one"), value=(1, 2)))
    desk.pull(changed(an_item(), value=2))
    desk.seal(first)
    desk.store.undo()
    desk.accept(first, changed(an_item(), step=2, name="one", value=2))
    assert desk.view().name == "Deal 1"
    assert held(desk.view(), "value") == 2


def test_of_labels_keeps_those_of_others() -> None:
    desk = Desk(an_item(labels=("old",)))
    first = desk.do(labels(add="mine shared", remove="old"))
    desk.accept(first, changed(an_item(), labels=("mine", "shared")))
    desk.pull(changed(an_item(), step=2, labels=("mine", "shared", "theirs")))
    desk.store.undo()
    assert desk.view().labels == ("old", "theirs")


def test_of_a_label_they_had_added_first_leaves_it_theirs() -> None:
    desk = Desk()
    first = desk.do(labels(add="hot"))
    desk.seal(first)
    desk.store.undo()
    desk.conflict(first, changed(an_item(), labels=("hot",)))
    assert not desk.state.outbox
    assert desk.view().labels == ("hot",)


def test_a_change_with_nothing_left_to_do_leaves_history() -> None:
    desk = Desk()
    first = desk.do(labels(add="hot"))
    desk.pull(changed(an_item(), labels=("hot",)))
    found = desk.plan(first)
    assert isinstance(found, Done)
    desk.apply(Accepted(first, found.item))
    assert desk.store.undo() is None


@pytest.mark.parametrize("end", ["refused", "dropped"])
def test_a_refused_or_dropped_change_leaves_history(end: str) -> None:
    desk = Desk()
    desk.do(sets(TWO, name=("Deal 2", "kept")))
    first = desk.do(sets(name=("Deal 1", "one")))
    if end == "refused":
        desk.refuse(first)
        assert desk.mark() == "failed"
    else:
        desk.apply(Dropped(first))
    desk.store.undo()
    assert desk.view(TWO).name == "Deal 2"
    assert (first in desk.state.outbox) is (end == "refused")


def test_of_a_step_of_several_deeds_takes_each_back_as_it_stands() -> None:
    """One accepted, one in flight, one unsent, one refused."""
    desk = Desk(*(an_item(number) for number in range(1, 5)))
    ids = desk.store.dispatch(*(sets(ItemId(f"i{n}"), name=(f"Deal {n}", "x")) for n in range(1, 5)))
    desk.accept(ids[0], changed(an_item(1), name="x"))
    desk.seal(ids[1])
    desk.refuse(ids[3])
    step = desk.store.undo()
    assert step is not None
    assert [deed.pending_id for deed in step.deeds] == list(ids[:3])
    assert [desk.view(ItemId(f"i{n}")).name for n in range(1, 4)] == ["Deal 1", "Deal 2", "Deal 3"]
    assert desk.view(ItemId("i4")).name == "x"  # refused: it stays with its mark until the user decides
    assert ids[2] not in desk.state.outbox
    assert {p.undoes for p in desk.state.outbox.values()} == {ids[0], ids[1], None}


def test_of_two_deeds_on_one_item_takes_the_later_back_first() -> None:
    desk = Desk()
    ids = desk.store.dispatch(sets(name=("Deal 1", "one")), sets(name=("one", "two")))
    desk.accept(ids[0], changed(an_item(), name="one"))
    desk.accept(ids[1], changed(an_item(), step=2, name="two"))
    desk.store.undo()
    first, second = desk.state.queue[ONE]
    desk.accept(first, changed(an_item(), step=3, name="one"))
    desk.accept(second, changed(an_item(), step=4, name="Deal 1"))
    assert desk.view().name == "Deal 1"


# -- redo


def test_redo_does_it_again() -> None:
    desk = Desk()
    desk.do(sets(name=("Deal 1", "one")))
    desk.store.undo()
    desk.store.redo()
    assert desk.view().name == "one"
    desk.store.undo()
    assert desk.view() == an_item()


def test_redo_of_an_undo_that_has_not_left_takes_the_undo_back() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    desk.seal(first)
    desk.store.undo()
    desk.store.redo()
    assert list(desk.state.outbox) == [first]
    desk.accept(first, changed(an_item(), name="one"))
    desk.store.undo()
    assert desk.view().name == "Deal 1"


def test_redo_is_over_after_a_new_command() -> None:
    desk = Desk()
    desk.do(sets(name=("Deal 1", "one")))
    desk.store.undo()
    desk.do(sets(value=(1, 2)))
    assert desk.store.redo() is None


def test_redo_where_someone_changed_the_field_since_is_a_conflict() -> None:
    desk = Desk()
    desk.do(sets(name=("Deal 1", "one")))
    desk.store.undo()
    desk.pull(changed(an_item(), name="theirs"))
    desk.store.redo()
    (again,) = desk.state.outbox
    assert isinstance(desk.plan(again), Clashing)


def test_redo_of_a_create_that_was_undone_by_deleting_brings_it_back() -> None:
    """It is restored with its key and history, never made a second time."""
    desk = Desk()
    create = desk.do(Create(an_item(id=LOCAL, version=None)))
    made = an_item(8, version=1)
    desk.accept(create, made)
    desk.store.undo()
    (delete,) = desk.state.outbox
    desk.accept(delete, None)
    desk.store.redo()
    (restore,) = desk.state.outbox.values()
    assert isinstance(restore.change, Restore)
    assert restore.change.item_id == made.id
    assert desk.view(made.id).id == made.id
    desk.accept(restore.id, changed(made))
    desk.store.undo()
    (delete,) = desk.state.outbox
    assert isinstance(desk.plan(delete), Ready)


def test_undo_and_redo_of_a_create_in_flight() -> None:
    desk = Desk()
    create = desk.do(Create(an_item(id=LOCAL, version=None)))
    desk.seal(create)
    desk.store.undo()
    assert view(desk.state, LOCAL) is None
    desk.store.redo()
    assert list(desk.state.outbox) == [create]
    desk.store.undo()
    desk.accept(create, an_item(8, version=1))
    (delete,) = desk.state.outbox
    assert isinstance(desk.plan(delete), Ready)


def test_undo_of_a_delete_restores_the_item() -> None:
    desk = Desk()
    delete = desk.do(Delete(ONE, desk.view()))
    desk.accept(delete, None)
    desk.store.undo()
    assert desk.view() == an_item()
    (restore,) = desk.state.outbox
    desk.accept(restore, changed(an_item(), step=2))
    assert desk.view().version == 9
    desk.store.redo()
    (again,) = desk.state.outbox
    assert isinstance(desk.plan(again), Clashing | Ready)


def test_undo_of_a_delete_in_flight_that_met_a_conflict() -> None:
    desk = Desk()
    delete = desk.do(Delete(ONE, desk.view()))
    desk.seal(delete)
    desk.store.undo()
    desk.conflict(delete, changed(an_item(), value=5))
    assert not desk.state.outbox
    assert held(desk.view(), "value") == 5


def test_a_choice_is_what_history_remembers() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "mine")))
    desk.conflict(first, changed(an_item(), name="theirs"))
    desk.apply(Resolved(first, chosen(NAME, "mine")))
    desk.accept(first, changed(an_item(), step=2, name="mine"))
    desk.store.undo()
    assert desk.view().name == "theirs"


def test_adopted_changes_are_no_part_of_history() -> None:
    """What an earlier process did is not this user's last step."""
    other = Desk()
    pending_id = other.do(sets(name=("Deal 1", "old")))
    desk = Desk()
    desk.apply(Adopted((other.pending(pending_id),), (), Map()))
    assert desk.store.undo() is None
    assert desk.view().name == "old"


@given(items(), st.data())
def test_undo_restores_exactly_the_touched_fields(base: Item, data: st.DataObject) -> None:
    """Whatever others did to the other fields, and whether or not it had been sent."""
    mine: Edits = data.draw(edited(base))
    theirs = data.draw(edited(base))
    sent = data.draw(st.booleans())
    store = Store(clock=lambda: Moment(0), new_id=iter(map(str, range(99))).__next__)
    store.apply(Opened(BOARD))
    store.apply(Pulled((base,), first=True))
    (pending_id,) = store.dispatch(Edit(base.id, mine))
    others = Map({m: e for m, e in theirs.items() if m not in mine and m not in ("column", "status")})
    now = changed(base, step=1)
    now = apply_edits(others, now)
    if sent:
        ready = plan(store.state.outbox[pending_id], base, BOARD)
        if isinstance(ready, Ready):
            after = changed(apply_edits(mine, base))
            store.apply(Sealed(pending_id, ready.request))
            store.apply(Accepted(pending_id, after))
            now = changed(apply_edits(others, after))
            store.apply(Pulled((now,)))
            store.undo()
            shown = view(store.state, base.id)
            assert shown is not None
            for member in mine:
                assert value_of(shown, member) == value_of(base, member)
            for member in others:
                assert value_of(shown, member) == value_of(now, member)
            return
    store.apply(Pulled((now,)))
    store.undo()
    assert view(store.state, base.id) == now
    assert not store.state.outbox

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from tests.domain.edits import edited, items, values
from tests.domain.samples import BOARD, an_item, field
from tui.domain.changes import (
    Change,
    Create,
    Delete,
    Delta,
    Edit,
    Move,
    Restore,
    Set,
    apply,
    apply_delta,
    apply_edits,
    edits_between,
    inverse,
    is_set,
    touches,
)
from tui.domain.model import COLUMN, LABELS, NAME, Item, Member, value_of
from tui.domain.record import Value


@st.composite
def changes(draw: st.DrawFn, item: Item) -> Change:
    kind = draw(st.sampled_from(["create", "edit", "move", "delete", "restore"]))
    if kind == "create":
        return Create(item)
    if kind == "delete":
        return Delete(item.id, item)
    if kind == "restore":
        return Restore(item.id, item)
    return (Edit if kind == "edit" else Move)(item.id, draw(edited(item)))


@given(st.data(), items(), values)
def test_edits_between_take_an_item_to_the_values(data: st.DataObject, base: Item, wanted: dict[Member, Value]) -> None:
    edits = edits_between(base, wanted, BOARD)
    changed = apply_edits(edits, base)
    assert all(value_of(changed, member) == value for member, value in wanted.items())
    assert set(edits) == {member for member, value in wanted.items() if value_of(base, member) != value}
    assert all(isinstance(edit, Delta) == is_set(member, BOARD) for member, edit in edits.items())


@given(st.data(), items())
def test_an_edit_touches_only_its_members(data: st.DataObject, base: Item) -> None:
    edit = Edit(base.id, data.draw(edited(base)))
    changed = apply(edit, base)
    assert changed is not None
    for member in (NAME, COLUMN, LABELS, *(f.member for f in BOARD.fields)):
        assert member in touches(edit) or value_of(changed, member) == value_of(base, member)
    assert (changed.id, changed.version, changed.created_at) == (base.id, base.version, base.created_at)


@given(st.data(), items())
def test_the_inverse_takes_a_change_back(data: st.DataObject, base: Item) -> None:
    change = data.draw(changes(base))
    before = None if isinstance(change, Create | Restore) else base
    assert apply(inverse(change), apply(change, before)) == before


@given(st.data(), items())
def test_the_inverse_of_the_inverse_does_the_same(data: st.DataObject, base: Item) -> None:
    change = data.draw(changes(base))
    again = inverse(inverse(change))
    before = None if isinstance(change, Create | Restore) else base
    assert apply(again, before) == apply(change, before)
    assert again.item_id == change.item_id
    assert touches(again) == touches(change)


@given(st.data(), items())
def test_undoing_labels_leaves_other_people_s_alone(data: st.DataObject, base: Item) -> None:
    wanted = data.draw(st.sets(st.sampled_from(["hot", "cold", "emea"])))
    edits = edits_between(base, {LABELS: tuple(sorted(wanted))}, BOARD)
    theirs = apply_edits(edits, base)
    theirs = apply_edits(edits_between(theirs, {LABELS: tuple(sorted({*theirs.labels, "from sam"}))}, BOARD), theirs)
    undone = apply(inverse(Edit(base.id, edits)), theirs)
    assert undone is not None
    assert set(undone.labels) == {*base.labels, "from sam"}


def test_an_edit_of_an_item_that_is_gone_leaves_it_gone() -> None:
    edit = Edit(an_item().id, edits_between(an_item(), {NAME: "x"}, BOARD))
    assert apply(edit, None) is None


def test_a_move_stays_a_move() -> None:
    move = Move(an_item().id, edits_between(an_item(), {COLUMN: "c-won"}, BOARD))
    assert isinstance(inverse(move), Move)


def test_deltas() -> None:
    assert apply_delta(Delta(("b",), ("a",)), ("a", "c")) == ("b", "c")
    assert apply_delta(Delta(("b",)), None) == ("b",)
    assert apply_delta(Delta((), ("a",)), "text") == ()
    regions = field("regions").member
    assert edits_between(an_item(), {regions: ()}, BOARD) == Map()
    assert edits_between(an_item(), {regions: ("low",)}, BOARD) == Map({regions: Delta(("low",))})
    assert edits_between(an_item(), {NAME: "x"}, BOARD) == Map({NAME: Set("Deal 1", "x")})
    assert not is_set(Member("field.gone"), BOARD)


def test_a_whole_item_touches_no_single_member() -> None:
    item = an_item()
    assert touches(Create(item)) == touches(Delete(item.id, item)) == touches(Restore(item.id, item)) == frozenset()

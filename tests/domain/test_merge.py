import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from tests.domain.edits import edited, items, served
from tests.domain.samples import BOARD, LEAD, OPEN, QUALIFIED, WAITING, WON, an_item, field
from tui.domain.changes import Delta, Edits, Set, apply_edits, edits_between
from tui.domain.merge import (
    Clash,
    Merge,
    Pick,
    Typed,
    both,
    can_keep_both,
    changed_members,
    merge,
    settled,
    status_after_move,
)
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    STATUS,
    Column,
    ColumnId,
    Item,
    Member,
    Status,
    StatusId,
    value_of,
)
from tui.domain.record import Value

notes, value, regions = (field(name).member for name in ("notes", "deal_value", "regions"))
ALL = (NAME, COLUMN, STATUS, LABELS, *(f.member for f in BOARD.fields))


@st.composite
def three(draw: st.DrawFn) -> tuple[Item, Edits, Item]:
    """A base, what I changed of it, and what the server holds now."""
    base = draw(items())
    return base, draw(edited(base)), served(base, draw(edited(base)))


@given(three())
def test_nobody_else_changed_anything(case: tuple[Item, Edits, Item]) -> None:
    base, edits, _ = case
    merged = merge(edits, base, BOARD)
    assert merged == Merge(merged.edits)
    assert apply_edits(merged.edits, base) == apply_edits(edits, base)


@given(three())
def test_what_is_already_there_needs_nothing(case: tuple[Item, Edits, Item]) -> None:
    base, edits, _ = case
    assert merge(edits, apply_edits(edits, base), BOARD) == Merge(Map())


@given(three())
def test_each_member_keeps_the_change_of_the_one_who_made_it(case: tuple[Item, Edits, Item]) -> None:
    base, edits, theirs = case
    merged = merge(edits, theirs, BOARD)
    after = apply_edits(merged.edits, theirs)
    mine = apply_edits(edits, base)
    clashing = {clash.member for clash in merged.clashes}
    for member in ALL:
        was, i_want, they_have = (value_of(item, member) for item in (base, mine, theirs))
        if member in clashing or member == STATUS:
            continue
        if i_want == was:
            assert value_of(after, member) == they_have
        elif they_have in (was, i_want):
            assert value_of(after, member) == i_want
        else:
            assert member in (LABELS, regions, notes)


@given(three())
def test_a_clash_is_a_member_that_both_changed_differently(case: tuple[Item, Edits, Item]) -> None:
    base, edits, theirs = case
    merged = merge(edits, theirs, BOARD)
    for clash in merged.clashes:
        assert clash.base == value_of(base, clash.member)
        assert clash.theirs == value_of(theirs, clash.member)
        assert len({clash.base, clash.mine, clash.theirs}) == 3
        assert clash.member not in merged.edits
        assert clash.member not in (LABELS, regions)


@given(three())
def test_what_is_sent_was_merged_with_what_the_server_holds(case: tuple[Item, Edits, Item]) -> None:
    _, edits, theirs = case
    for member, edit in merge(edits, theirs, BOARD).edits.items():
        assert member in edits
        if isinstance(edit, Set):
            assert edit.base == value_of(theirs, member) != edit.mine


@given(three())
def test_a_merge_is_settled(case: tuple[Item, Edits, Item]) -> None:
    _, edits, theirs = case
    merged = merge(edits, theirs, BOARD)
    assert merge(merged.edits, theirs, BOARD) == Merge(merged.edits)


@given(three())
def test_sets_lose_nobody_s_members(case: tuple[Item, Edits, Item]) -> None:
    base, edits, theirs = case
    after, mine = apply_edits(merge(edits, theirs, BOARD).edits, theirs), apply_edits(edits, base)
    for member in (LABELS, regions):
        was, i_want, they_have, now = (set(value_of(item, member) or ()) for item in (base, mine, theirs, after))  # type: ignore[arg-type]  # sets of texts
        assert now == (they_have | (i_want - was)) - (was - i_want)


sides: list[Pick] = ["base", "mine", "theirs", "both"]
picks: st.SearchStrategy[Pick] = st.sampled_from(sides) | st.builds(Typed, st.just("typed"))


@given(three(), st.data())
def test_picks_settle_every_clash(case: tuple[Item, Edits, Item], data: st.DataObject) -> None:
    _, edits, theirs = case
    clashes = merge(edits, theirs, BOARD).clashes
    chosen: dict[Member, Pick] = {clash.member: data.draw(picks) for clash in clashes}
    merged = merge(edits, theirs, BOARD, chosen)
    assert merged.clashes == ()
    after = apply_edits(merged.edits, theirs)
    for clash in clashes:
        if clash.member == STATUS and STATUS not in merged.edits:
            continue
        wanted: Value
        match chosen[clash.member]:
            case Typed(typed):
                wanted = typed
            case "both":
                wanted = both(clash)
            case "base" | "mine" | "theirs" as side:
                wanted = getattr(clash, side)
        assert value_of(after, clash.member) == wanted
        assert settled(clash, chosen[clash.member]).base == clash.theirs


@given(three(), three())
def test_picks_are_kept_when_theirs_changes_again(
    case: tuple[Item, Edits, Item], later: tuple[Item, Edits, Item]
) -> None:
    _, edits, theirs = case
    chosen: dict[Member, Pick] = {clash.member: "mine" for clash in merge(edits, theirs, BOARD).clashes}
    again = merge(edits, later[2], BOARD, chosen)
    assert not {clash.member for clash in again.clashes} & set(chosen)


def test_long_texts_are_joined_by_line() -> None:
    theirs = an_item(fields={"notes": "a\nb\nTHEIRS"})
    merged = merge(Map({notes: Set("a\nb\nc", "MINE\nb\nc")}), theirs, BOARD)
    assert merged == Merge(Map({notes: Set("a\nb\nTHEIRS", "MINE\nb\nTHEIRS")}), (), (notes,))


def test_a_text_of_one_line_is_not_joined() -> None:
    merged = merge(Map({NAME: Set("a", "b")}), an_item(name="c"), BOARD)
    assert merged.clashes == (Clash(NAME, "a", "b", "c"),)


def test_a_position_never_asks() -> None:
    merged = merge(Map({POSITION: Set(1, 2)}), an_item(position=9), BOARD)
    assert merged == Merge(Map({POSITION: Set(9, 2)}))


def test_a_status_that_goes_with_a_move_waits_for_it() -> None:
    edits: Edits = Map({COLUMN: Set(LEAD.id, WON.id), STATUS: Set(OPEN.id, WON.statuses[0].id)})
    theirs = an_item(column_id=QUALIFIED.id, status_id=QUALIFIED.statuses[0].id)
    merged = merge(edits, theirs, BOARD)
    assert [clash.member for clash in merged.clashes] == [COLUMN]
    assert merged.edits == Map()
    mine: Edits = Map({COLUMN: Set(QUALIFIED.id, WON.id), STATUS: Set(QUALIFIED.statuses[0].id, WON.statuses[0].id)})
    assert merge(edits, theirs, BOARD, {COLUMN: "mine"}).edits == mine
    assert merge(edits, theirs, BOARD, {COLUMN: "theirs"}).edits == Map()


def test_a_status_goes_along_by_name_when_they_only_moved_the_item() -> None:
    proposal = Column(
        ColumnId("c-proposal"),
        "Proposal",
        statuses=(Status(StatusId("p-open"), "Open"), Status(StatusId("p-waiting"), "Waiting")),
    )
    board = replace(BOARD, columns=(*BOARD.columns, proposal))
    moved = an_item(column_id=proposal.id, status_id=status_after_move(board, an_item(), proposal.id))
    merged = merge(Map({STATUS: Set(OPEN.id, WAITING.id)}), moved, board)
    assert merged == Merge(Map({STATUS: Set(proposal.statuses[0].id, proposal.statuses[1].id)}))


@pytest.mark.parametrize(
    ("column", "status", "mine"),
    [(QUALIFIED.id, QUALIFIED.statuses[1].id, QUALIFIED.statuses[0].id), (WON.id, WON.statuses[0].id, OPEN.id)],
)
def test_a_status_clashes_where_they_chose_another_or_there_is_none_of_its_name(
    column: ColumnId, status: StatusId, mine: StatusId
) -> None:
    merged = merge(Map({STATUS: Set(WAITING.id, OPEN.id)}), an_item(column_id=column, status_id=status), BOARD)
    assert merged == Merge(Map(), (Clash(STATUS, WAITING.id, mine, status),))


def test_deltas_shrink_to_what_is_left_to_do() -> None:
    edits: Edits = Map({LABELS: Delta(("hot", "new"), ("cold", "gone"))})
    merged = merge(edits, an_item(labels=("cold", "hot")), BOARD)
    assert merged.edits == Map({LABELS: Delta(("new",), ("cold",))})


def test_both() -> None:
    assert both(Clash(regions, (), ("a", "b"), ("b", "c"))) == ("a", "b", "c")
    assert both(Clash(notes, "x", "x\nmine", "x\ntheirs")) == "x\ntheirs\nmine"
    assert both(Clash(value, 1, 2, 3)) == 2
    assert can_keep_both(BOARD, notes)
    assert can_keep_both(BOARD, regions)
    assert not any(can_keep_both(BOARD, member) for member in (NAME, COLUMN, value, Member("field.gone")))


@given(three())
def test_changed_members(case: tuple[Item, Edits, Item]) -> None:
    base, edits, _ = case
    changed = changed_members(base, apply_edits(edits, base), BOARD)
    assert set(changed) == set(edits)
    assert list(changed) == sorted(changed, key=ALL.index)
    assert edits_between(base, {m: value_of(base, m) for m in ALL}, BOARD) == Map()


@pytest.mark.parametrize(
    ("status", "column", "after"),
    [
        (OPEN.id, QUALIFIED.id, QUALIFIED.statuses[0].id),
        (WAITING.id, QUALIFIED.id, QUALIFIED.statuses[0].id),
        (None, WON.id, WON.statuses[0].id),
        (StatusId("gone"), LEAD.id, OPEN.id),
        (OPEN.id, ColumnId("gone"), None),
    ],
)
def test_the_status_after_a_move(status: StatusId | None, column: ColumnId, after: StatusId | None) -> None:
    assert status_after_move(BOARD, an_item(status_id=status), column) == after

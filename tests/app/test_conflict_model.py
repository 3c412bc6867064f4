from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from tests.app.dialog_kit import DEAL, NOON, SALES, other, with_fields
from tui.app.conflict_model import SIDES, Contest, base_of, contest, note, standings
from tui.app.conflict_text import ASCII_SIGNS, ago, head, height, is_cut, picker, value_text
from tui.domain.changes import Delta, Edits, Set, apply_edits, edits_between
from tui.domain.merge import Typed, merge
from tui.domain.model import COLUMN, LABELS, NAME, Item, Member, Moment, field_member, value_of, with_value
from tui.domain.record import Value

VALUES: dict[Member, list[Value]] = {
    NAME: ["Acme renewal", "Acme", "Globex"],
    COLUMN: ["lead", "proposal", "won", "lost"],
    field_member("value"): [None, 12000, 14500, 15000],
    field_member("owner"): [None, "Sam", "Kim"],
    field_member("tags"): [(), ("emea",), ("emea", "hot"), ("hot",)],
    field_member("notes"): [None, "one\ntwo\nthree", "zero\none\ntwo\nthree", "one\ntwo\n3", "one\ntwo\nthree\nfour"],
}

states = st.fixed_dictionaries({member: st.sampled_from(held) for member, held in VALUES.items()})


def item_of(values: dict[Member, Value], version: int) -> Item:
    item = replace(DEAL, version=version, status_id=None)
    for member, value in values.items():
        item = with_value(item, member, value)
    return item


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    base = item_of(draw(states), 7)
    edits = edits_between(base, draw(states), SALES)
    return contest(SALES, base, edits, item_of(draw(states), 9))


picks = st.sampled_from([*SIDES, Typed("typed")])


@given(contests(), st.data())
def test_every_clash_is_open_or_picked(found: Contest, data: st.DataObject) -> None:
    for clash in found.clashes:
        if data.draw(st.booleans()):
            found = found.pick(clash.member, data.draw(picks))
    assert {*found.unresolved, *found.effective} == {clash.member for clash in found.clashes}
    assert not set(found.unresolved) & set(found.effective)
    assert (found.next(None) is None) == (not found.unresolved)


@given(contests(), st.lists(st.tuples(st.sampled_from(sorted(VALUES)), picks), max_size=6))
def test_undo_takes_every_pick_back(found: Contest, made: list[tuple[Member, str]]) -> None:
    steps = [found]
    for member, pick in made:
        picked = steps[-1].pick(member, pick)  # type: ignore[arg-type]  # one of `picks`
        if picked is not steps[-1]:
            steps.append(picked)
    while len(steps) > 1:
        undone = steps.pop().undo()
        assert (undone.picks, undone.past) == (steps[-1].picks, steps[-1].past)
    assert steps[0].undo() is steps[0]


@given(contests(), st.sampled_from(SIDES))
def test_all_for_one_side_settles_everything(found: Contest, side: str) -> None:
    done = found.pick_all(side)  # type: ignore[arg-type]  # one of SIDES
    assert not done.unresolved
    assert not done.merge.clashes
    final = apply_edits(done.merge.edits, done.theirs)
    for clash in done.clashes:
        assert value_of(final, clash.member) == getattr(clash, side)
    assert done.undo().unresolved == found.unresolved


@given(contests(), states, st.sampled_from(SIDES))
def test_a_newer_server_state_keeps_the_picks(found: Contest, newer: dict[Member, Value], side: str) -> None:
    picked = found.pick_all(side)  # type: ignore[arg-type]  # one of SIDES
    again = picked.onto(item_of(newer, 11))
    assert again.picks == picked.picks
    for clash in again.clashes:
        if clash.member in picked.picks:
            assert again.moved(clash.member) == (clash.theirs != picked.seen[clash.member])
    assert again.onto(picked.theirs).clashes == picked.clashes


@given(contests())
def test_going_round_visits_every_open_clash_once(found: Contest) -> None:
    visited, at = [], found.next(None)
    while at is not None and at not in visited:
        visited.append(at)
        at = found.next(at)
    assert tuple(visited) == found.unresolved
    back = found.next(None, -1)
    assert back == (found.unresolved[-1] if found.unresolved else None)


@given(contests())
def test_standings_say_who_changed_what(found: Contest) -> None:
    how = standings(found)
    for member in VALUES:
        theirs = value_of(found.base, member) != value_of(found.theirs, member)
        mine = member in found.edits
        clashes = found.clash(member) is not None
        expected = {
            (False, False): None,
            (True, False): "mine",
            (False, True): "theirs",
        }.get((mine, theirs))
        if mine and theirs:
            assert how[member] in ("clash",) if clashes else how[member] in ("agreed", "merged", "clash")
        else:
            assert how.get(member) == expected
        assert note(found, member, how.get(member, "same")).isprintable()


@given(contests())
def test_the_base_of_edits_is_what_the_user_saw(found: Contest) -> None:
    base = base_of(found.edits, found.theirs)
    for member, edit in found.edits.items():
        if isinstance(edit, Set):
            assert value_of(base, member) == edit.base
        else:
            held = set(value_of(base, member) or ())  # type: ignore[arg-type]  # a tuple
            assert set(edit.removed) <= held
            assert not set(edit.added) & held


def test_both_is_only_for_what_can_be_kept_twice() -> None:
    edits: Edits = Map({field_member("value"): Set(12000, 15000), field_member("notes"): Set("one\ntwo\nthree", "ONE")})
    found = contest(SALES, DEAL, edits, with_fields(DEAL, value=14500, notes="1"))
    assert found.pick(field_member("value"), "both") is found
    assert found.pick(field_member("notes"), "both").value(field_member("notes")) == "1\nONE"
    with pytest.raises(KeyError):
        found.value(NAME)


def test_undo_of_a_field_leaves_the_others() -> None:
    edits: Edits = Map({field_member("value"): Set(12000, 15000), field_member("owner"): Set("Sam", "Kim")})
    found = contest(SALES, DEAL, edits, with_fields(DEAL, value=14500, owner="Kit")).pick_all("mine")
    one = found.undo_of(field_member("value"))
    assert one.unresolved == (field_member("value"),)
    assert one.undo_of(field_member("value")).unresolved == (), "with no pick of its own it takes the last step back"


def test_the_head_counts_what_is_left() -> None:
    edits: Edits = Map({field_member("value"): Set(12000, 15000), field_member("owner"): Set("Sam", "Kim")})
    found = contest(SALES, DEAL, edits, with_fields(DEAL, value=14500, owner="Kit"))
    assert head(found, NOON) == "2 CONFLICTS   you began on v7 · now v8 by sam, 2 min ago"
    found = found.pick(field_member("value"), "mine")
    assert head(found, NOON).startswith("1 OF 2 LEFT")
    assert head(found.pick_all("theirs"), NOON).startswith("ALL SETTLED")


def test_an_unversioned_server_has_no_numbers_to_show() -> None:
    theirs = replace(with_fields(DEAL, value=14500), version=None, updated_by=None)
    found = contest(SALES, replace(DEAL, version=None), Map({field_member("value"): Set(12000, 15000)}), theirs)
    assert head(found, NOON) == "1 CONFLICT   changed by someone, 2 min ago"


def test_sets_and_lines_say_what_was_kept() -> None:
    mine: dict[Member, Set | Delta] = {
        LABELS: Delta(("hot",), ()),
        field_member("notes"): Set("one\ntwo\nthree", "zero\nhalf\none\ntwo\nthree"),
    }
    edits: Edits = Map(mine)
    theirs = with_fields(other(DEAL, labels=("emea", "renewal"), version=7), notes="one\ntwo\nthree\nfour")
    found = contest(SALES, DEAL, edits, theirs)
    assert not found.clashes
    assert note(found, LABELS, "merged") == "yours (+hot) and theirs → both kept"
    assert note(found, field_member("notes"), "merged") == "+2 lines mine, +1 line theirs → both kept"


@given(contests(), st.integers(0, 200), st.booleans())
def test_a_picker_never_exceeds_its_room(found: Contest, width: int, stacked: bool) -> None:
    from rich.cells import cell_len

    for clash in found.clashes:
        lines = picker(found, clash.member, width, stacked=stacked)
        assert len(lines) == height(found, clash.member, stacked=stacked)
        if width >= 30:
            assert all(sum(cell_len(text) for text, _ in line) <= width for line in lines)


@given(contests(), st.integers(24, 200))
def test_a_line_of_three_is_cut_only_where_that_is_known(found: Contest, width: int) -> None:
    for clash in found.clashes:
        (line, *_) = picker(found, clash.member, width, stacked=False)
        whole = [text for side in picker(found, clash.member, 10_000, stacked=True)[:3] for text, _ in side]
        in_full = all(text.strip() in "".join(shown for shown, _ in line) for text in whole)
        assert in_full or is_cut(found, clash.member, width)


def test_values_that_would_be_cut_alike_are_known_to_be_cut() -> None:
    edits: Edits = Map({field_member("notes"): Set("+1 555 0100", "+1 555 0101")})
    found = contest(SALES, with_fields(DEAL, notes="+1 555 0100"), edits, with_fields(DEAL, notes="+1 555 0102"))
    assert is_cut(found, field_member("notes"), 60)
    assert not is_cut(found, field_member("notes"), 66)


def test_hostile_values_are_visible() -> None:
    assert "\x1b" not in value_text(SALES, field_member("notes"), "\x1b[2J[/]\nx")
    assert value_text(SALES, COLUMN, "no-such") == "no-such"
    assert value_text(SALES, COLUMN, None, ASCII_SIGNS) == "-"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3600, "1 h ago"),
        (86400, "1 day ago"),
        (200_000, "2 days ago"),
    ],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert ago(NOON, Moment(NOON - seconds)) == said


def test_the_merge_with_picks_is_the_domains() -> None:
    edits: Edits = Map({field_member("value"): Set(12000, 15000)})
    theirs = with_fields(DEAL, value=14500)
    found = contest(SALES, DEAL, edits, theirs).pick(field_member("value"), "base")
    assert found.merge == merge(edits, theirs, SALES, {field_member("value"): "base"})
    assert apply_edits(found.merge.edits, theirs).fields["value"] == 12000

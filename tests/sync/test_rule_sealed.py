"""Rule 2: in flight is sealed; bases are what the user saw when the edit began; nothing is overwritten unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from immutables import Map

from tests.sync.desk import ONE, Desk, chosen, held, labels, office, sets
from tests.sync.samples import SALES, an_item, changed
from tui.domain.changes import Create, Delete, Delta, Edit, Set, edits_between
from tui.domain.merge import Pick, Typed, status_after_move
from tui.domain.model import COLUMN, LABELS, NAME, STATUS, ItemId, Member
from tui.sync.events import Dropped, Resolved, Retried, Unsealed
from tui.sync.outbox import Clashing, Done, Ready

TALKS, WON = SALES.columns[1], SALES.columns[2]


def test_a_form_opened_on_v7_merges_with_v9() -> None:
    """A frozen base: the pull that came while the form was open is neither lost nor overwritten."""
    desk = Desk()
    form = desk.view()
    desk.pull(changed(an_item(), step=2, name="theirs"))
    pending_id = desk.do(Edit(ONE, edits_between(form, {Member("field.value"): 5}, SALES)))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    assert ready.request.base.version == 9
    assert ready.request.base.name == "theirs"
    assert ready.request.edits == Map({Member("field.value"): Set(1, 5)})


def test_a_form_opened_on_v7_clashes_with_v9() -> None:
    desk = Desk()
    form = desk.view()
    desk.pull(changed(an_item(), step=2, name="theirs"))
    pending_id = desk.do(Edit(ONE, edits_between(form, {NAME: "mine"}, SALES)))
    found = desk.plan(pending_id)
    assert isinstance(found, Clashing)
    (clash,) = found.conflict.clashes
    assert (clash.base, clash.mine, clash.theirs) == ("Deal 1", "mine", "theirs")


def test_the_same_value_on_both_sides_is_nothing_to_send() -> None:
    desk = Desk()
    desk.pull(changed(an_item(), name="both"))
    assert isinstance(desk.plan(desk.do(sets(name=("Deal 1", "both")))), Done)


def test_later_edits_form_a_new_pending_behind_the_sealed_one() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", "one")))
    desk.seal(first)
    request = desk.pending(first).request
    second = desk.do(sets(name=("one", "two")))
    assert desk.state.queue[ONE] == (first, second)
    assert desk.pending(first).request is request
    assert desk.view().name == "two"
    desk.accept(first, changed(an_item(), name="one"))
    ready = desk.plan(second)
    assert isinstance(ready, Ready)
    assert ready.request.base.version == 8


def test_a_sealed_pending_can_be_neither_dropped_nor_retried() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "one")))
    desk.seal(pending_id)
    before = desk.pending(pending_id)
    desk.apply(Dropped(pending_id), Retried(pending_id))
    assert desk.pending(pending_id) is before


def test_a_pull_waits_for_the_answer() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(pending_id)
    desk.pull(changed(an_item(), step=2, name="mine", value=9))
    assert desk.state.items[ONE].version == 7
    desk.accept(pending_id, changed(an_item(), name="mine"))
    assert desk.state.items[ONE].version == 9
    assert not desk.state.waiting


def test_an_older_page_never_replaces_a_newer_one_that_waits() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(pending_id)
    desk.pull(changed(an_item(), step=3))
    desk.pull(changed(an_item(), step=1))
    desk.accept(pending_id, changed(an_item(), name="mine"))
    assert desk.state.items[ONE].version == 10


def test_a_deletion_that_waits_is_not_undone_by_the_older_state_in_a_conflict() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(pending_id)
    desk.remove(ONE)
    assert ONE in desk.state.items
    desk.conflict(pending_id, changed(an_item(), value=5))
    assert ONE not in desk.state.items
    conflict = desk.pending(pending_id).conflict
    assert conflict is not None
    assert conflict.theirs is None


def test_a_conflict_holds_only_its_own_item(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.up = False
        wall.do(sets(name=("Deal 1", "mine")), sets(ItemId("i2"), name=("Deal 2", "mine too")))
        server.edit("pat", "", server.items[ONE], Map({NAME: Set("Deal 1", "theirs")}))
        wall.line.up = True
        wall.pull()
        assert server.items[ItemId("i2")].name == "mine too"
        assert server.items[ONE].name == "theirs"
        assert [p.phase for p in wall.state.outbox.values()] == ["conflict"]


def test_edits_to_different_fields_merge_on_the_server_without_a_word(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        server.edit("pat", "", server.items[ONE], Map({NAME: Set("Deal 1", "theirs")}))
        wall.do(sets(value=(1, 5)))  # the wall has not seen theirs: the version check sends it back once
        assert (server.items[ONE].name, held(server.items[ONE], "value")) == ("theirs", 5)
        assert not wall.state.outbox
        assert wall.view(ONE) == server.items[ONE]


@pytest.mark.parametrize("pick", ["mine", "base", "theirs", Typed("typed")])
def test_a_choice_goes_on_against_theirs(pick: Pick) -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine"), value=(1, 2)))
    desk.conflict(pending_id, changed(an_item(), name="theirs"))
    assert desk.mark() == "conflict"
    desk.apply(Resolved(pending_id, chosen(NAME, pick)))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    wanted = {"mine": "mine", "base": "Deal 1"}.get(str(pick), "typed")
    name = Map[Member, Set]({NAME: Set("theirs", wanted)}) if pick != "theirs" else Map[Member, Set]()
    assert ready.request.edits == Map({Member("field.value"): Set(1, 2)}).update(name)


def test_a_second_conflict_keeps_the_picks() -> None:
    """What was settled stays settled; only what they changed again is asked again, with the pick still known."""
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine"), value=(1, 2)))
    desk.conflict(pending_id, changed(an_item(), name="theirs", value=3))
    desk.apply(Resolved(pending_id, chosen(NAME, "mine")))
    desk.pull(changed(an_item(), step=2, name="theirs", value=4))
    conflict = desk.pending(pending_id).conflict
    assert conflict is not None
    assert [clash.member for clash in conflict.clashes] == ["field.value"]
    assert conflict.picks == chosen(NAME, "mine")
    desk.pull(changed(an_item(), step=3, name="theirs again", value=4))
    conflict = desk.pending(pending_id).conflict
    assert conflict is not None
    assert {clash.member: clash.theirs for clash in conflict.clashes} == {NAME: "theirs again", "field.value": 4}
    assert conflict.picks == chosen(NAME, "mine")


def test_a_clash_settled_for_theirs_stays_theirs_when_they_change_it_back() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine"), value=(1, 2)))
    desk.conflict(pending_id, changed(an_item(), name="theirs", value=3))
    desk.apply(Resolved(pending_id, chosen(NAME, "theirs")))
    desk.pull(changed(an_item(), step=2, name="Deal 1", value=3))
    desk.apply(Resolved(pending_id, chosen(Member("field.value"), "mine")))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    assert ready.request.edits == Map({Member("field.value"): Set(3, 2)})


def test_a_conflict_ends_by_itself_when_they_change_it_back() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.conflict(pending_id, changed(an_item(), name="theirs"))
    desk.pull(changed(an_item(), step=2, name="Deal 1"))
    assert desk.pending(pending_id).phase == "queued"


def test_a_status_follows_the_column_it_was_moved_with() -> None:
    desk = Desk()
    status = status_after_move(SALES, desk.view(), TALKS.id)
    move = sets(column=("lead", "talks"), status=("lead-open", status))
    pending_id = desk.do(move)
    desk.conflict(pending_id, changed(an_item(), column_id=WON.id, status_id=None))
    conflict = desk.pending(pending_id).conflict
    assert conflict is not None
    assert [clash.member for clash in conflict.clashes] == [COLUMN]
    desk.apply(Resolved(pending_id, chosen(COLUMN, "mine")))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    assert ready.request.edits == Map({COLUMN: Set("won", "talks"), STATUS: Set(None, status)})


def test_a_clash_with_a_closing_column_asks_and_the_loser_takes_its_status_along() -> None:
    desk = Desk()
    pending_id = desk.do(sets(column=("lead", "won"), status=("lead-open", None)))
    desk.conflict(pending_id, changed(an_item(), column_id=TALKS.id, status_id="talks-stuck"))
    desk.apply(Resolved(pending_id, chosen(COLUMN, "theirs")))
    assert not desk.state.outbox
    assert (desk.view().column_id, desk.view().status_id) == ("talks", "talks-stuck")


def test_a_move_takes_their_new_status_along_by_name() -> None:
    desk = Desk()
    desk.pull(changed(an_item(), status_id="lead-waiting"))
    ready = desk.plan(desk.do(sets(column=("lead", "talks"), status=("lead-open", "talks-open"))))
    assert isinstance(ready, Ready)
    assert ready.request.edits[STATUS] == Set("lead-waiting", "talks-open")


def test_labels_never_clash() -> None:
    desk = Desk(an_item(labels=("old",)))
    pending_id = desk.do(labels(add="mine", remove="old"))
    desk.pull(changed(an_item(), labels=("mine", "old", "theirs")))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    assert ready.request.edits == Map({LABELS: Delta((), ("old",))})


# -- nobody conflicts with himself


def test_an_edit_behind_one_that_the_server_trimmed() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", " one ")))
    second = desk.do(sets(name=(" one ", "two")))
    desk.accept(first, changed(an_item(), name="one"))
    ready = desk.plan(second)
    assert isinstance(ready, Ready)
    assert ready.request.edits == Map({NAME: Set("one", "two")})


def test_an_edit_behind_a_text_that_was_joined_keeps_their_lines() -> None:
    desk = Desk()
    first = desk.do(sets(notes=("a\nb\nc", "a\nb\nc\nmine")))
    second = desk.do(sets(notes=("a\nb\nc\nmine", "a\nb\nc\nmine\nmore")))
    desk.pull(changed(an_item(), notes="theirs\na\nb\nc"))
    desk.accept(first, changed(an_item(), step=2, notes="theirs\na\nb\nc\nmine"))
    ready = desk.plan(second)
    assert isinstance(ready, Ready)
    assert ready.request.edits[Member("field.notes")] == Set("theirs\na\nb\nc\nmine", "theirs\na\nb\nc\nmine\nmore")


def test_edits_behind_a_create_take_the_servers_defaults_as_their_base() -> None:
    local = ItemId("local-1")
    desk = Desk()
    draft = an_item(id=local, status_id=None, version=None, name=" new ")
    create = desk.do(Create(draft))
    edit = desk.do(sets(local, status=(None, "lead-waiting"), name=(" new ", "newer")))
    desk.accept(create, an_item(8, version=1, name="new"))
    ready = desk.plan(edit)
    assert isinstance(ready, Ready)
    assert ready.request.edits == Map({STATUS: Set("lead-open", "lead-waiting"), NAME: Set("new", "newer")})


# -- delete


def test_a_delete_goes_through_on_what_the_user_saw() -> None:
    desk = Desk()
    ready = desk.plan(desk.do(Delete(ONE, desk.view())))
    assert isinstance(ready, Ready)
    assert ready.request.base == an_item()


def test_a_delete_of_an_item_others_changed_asks() -> None:
    desk = Desk()
    was = desk.view()
    pending_id = desk.do(Delete(ONE, was))
    desk.conflict(pending_id, changed(an_item(), value=5))
    assert desk.mark() == "conflict"
    assert held(desk.view(), "value") == 5  # it is still there, as they left it
    desk.apply(Resolved(pending_id, Map()))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    assert ready.request.base.version == 8
    desk.conflict(pending_id, changed(an_item(), step=2, value=6))
    assert desk.pending(pending_id).phase == "conflict"


def test_a_delete_is_not_stopped_by_a_server_that_only_tells_more() -> None:
    """A field that was unknown and is now said to be empty is no change by anyone."""
    bare = an_item(version=None)
    desk = Desk(bare)
    pending_id = desk.do(Delete(ONE, bare))
    desk.pull(changed(bare, source=None))
    fields = dict(bare.fields) | {"phone": None}
    desk.pull(changed(bare, fields=type(bare.fields)(fields)))
    assert isinstance(desk.plan(pending_id), Ready)
    desk.pull(changed(bare, fields=type(bare.fields)(fields | {"phone": "1"})))
    assert isinstance(desk.plan(pending_id), Clashing)


def test_a_delete_behind_own_edits_expects_them() -> None:
    """`Turn.follow`: the server trims, and moves on the version; that is no reason to ask."""
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", " one ")))
    second = desk.do(sets(value=(1, 2)))
    delete = desk.do(Delete(ONE, desk.view()))
    accepted = changed(an_item(), name="one")
    desk.accept(first, accepted)
    desk.accept(second, changed(accepted, value=2))
    ready = desk.plan(delete)
    assert isinstance(ready, Ready)
    assert ready.request.base.version == 9


def test_a_delete_behind_own_edits_still_asks_when_others_were_there_too() -> None:
    desk = Desk()
    first = desk.do(sets(name=("Deal 1", " one ")))
    delete = desk.do(Delete(ONE, desk.view()))
    desk.pull(changed(an_item(), value=5))
    desk.accept(first, changed(an_item(), step=2, name="one", value=5))
    assert isinstance(desk.plan(delete), Clashing)


def test_a_delete_behind_a_create_expects_what_was_made() -> None:
    local = ItemId("local-1")
    desk = Desk()
    create = desk.do(Create(an_item(id=local, status_id=None, version=None, name=" new ")))
    edit = desk.do(sets(local, value=(1, 2)))
    delete = desk.do(Delete(local, desk.view(local)))
    made = an_item(8, version=1, name="new")
    desk.accept(create, made)
    desk.accept(edit, changed(made, value=2))
    assert isinstance(desk.plan(delete), Ready)


def test_freed_when_it_certainly_never_arrived() -> None:
    desk = Desk()
    pending_id = desk.do(sets(name=("Deal 1", "one")))
    desk.seal(pending_id)
    desk.pull(changed(an_item(), value=9))
    desk.apply(Unsealed(pending_id))
    assert desk.pending(pending_id).phase == "queued"
    assert held(desk.view(), "value") == 9
    desk.seal(pending_id)
    assert desk.pending(pending_id).request is not None
    assert desk.pending(pending_id).request.key == f"{pending_id}.1"  # type: ignore[union-attr]  # just said

"""Rule 4: a create has a local id and a key; once it is named, everything that spoke of it follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from immutables import Map

from tests.sync.backend import FOREIGN, OURS
from tests.sync.desk import ONE, Desk, labels, office, sets
from tests.sync.samples import an_item, changed
from tui.api.backend import Capabilities
from tui.domain.changes import Create, Delete, Edit, Restore
from tui.domain.merge import Conflict
from tui.domain.model import NAME, Item, ItemId, Member, Moment
from tui.errors import CardwallError, Offline, RateLimited
from tui.sync.events import Accepted, Adopted, Draft, Drafted, Dropped, Looked, Recreate
from tui.sync.outbox import Clashing, Pending, PendingId, Ready, Unknown
from tui.sync.state import Mark, mark, resolve, view

LOCAL, MADE = ItemId("local-1"), ItemId("i8")


def draft_item(name: str = "Deal 1") -> Item:
    return an_item(id=LOCAL, key="new", version=None, name=name)


def made(name: str = "Deal 8") -> Item:
    return an_item(8, version=1, name=name)


def test_acceptance_names_it_everywhere() -> None:
    desk = Desk()
    create = desk.do(Create(draft_item()))
    edit = desk.do(sets(LOCAL, name=("Deal 1", "later")))
    desk.apply(Drafted(Draft(desk.view(LOCAL), Map({NAME: "typing"}), Moment(5))))
    desk.accept(create, made(name="Deal 1"))
    state = desk.state
    assert resolve(state, LOCAL) == MADE
    assert list(state.queue) == [MADE]
    assert state.outbox[edit].item_id == MADE
    assert list(state.drafts) == [MADE]
    assert state.drafts[MADE].base.id == MADE
    assert desk.view(LOCAL).name == "later"
    desk.store.undo()
    desk.store.undo()
    assert view(desk.state, MADE) is None


def test_what_speaks_of_the_local_id_afterwards_is_understood() -> None:
    desk = Desk()
    desk.accept(desk.do(Create(draft_item())), made())
    desk.do(labels(LOCAL, add="hot"))
    desk.apply(Drafted(Draft(draft_item(), Map({NAME: "x"}), Moment(5))))
    assert desk.view(MADE).labels == ("hot",)
    assert list(desk.state.drafts) == [MADE]
    desk.store.drop_draft(LOCAL)
    assert not desk.state.drafts


def test_what_was_meant_for_it_under_either_name_is_kept() -> None:
    """A pull may show the item before the answer names it: for a while there are two cards."""
    desk = Desk()
    create = desk.do(Create(draft_item()))
    desk.seal(create)
    local = desk.do(labels(LOCAL, add="one"))
    desk.pull(made())
    own = desk.do(labels(MADE, add="two"))
    desk.accept(create, made())
    assert desk.state.queue[MADE] == (own, local)
    assert desk.view(LOCAL).labels == ("one", "two")


def test_a_retry_after_an_unknown_outcome_goes_by_the_same_key(tmp_path: Path) -> None:
    """The key lost a right in between: that says nothing of what the first attempt did."""
    with office(tmp_path) as (server, wall):
        wall.line.faults.extend(["lost_after", "scope"])
        (pending_id,) = wall.do(Create(draft_item()))
        wall.loop.pass_time()
        assert wall.state.outbox[pending_id].phase == "refused"
        wall.store.retry(pending_id)
        wall.loop.run()
        assert len(server.items) == 4
        assert not wall.state.outbox


def test_a_pull_that_shows_it_before_the_answer_is_no_news_from_others() -> None:
    desk = Desk()
    create = desk.do(Create(draft_item()))
    desk.seal(create)
    desk.pull(made())
    desk.accept(create, made())
    assert mark(desk.state, MADE) is Mark.NONE


def test_dropping_a_create_takes_what_was_meant_for_it_along() -> None:
    desk = Desk()
    create = desk.do(Create(draft_item()))
    desk.do(labels(LOCAL, add="hot"))
    desk.refuse(create)
    desk.apply(Dropped(create))
    assert not desk.state.outbox
    assert view(desk.state, LOCAL) is None
    assert desk.store.undo() is None


def test_a_request_keeps_its_key_until_the_server_has_answered(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.faults.extend(["offline", "lost_after", "offline", "limited", "lost_before"])
        wall.do(Create(draft_item()))
        for _ in range(6):
            wall.loop.pass_time()
            wall.pull()
        assert len(set(wall.line.keys)) == 1
        assert len(wall.line.keys) == 6
        assert [i.name for i in server.items.values()].count("Deal 1") == 2  # the first, and this one once
        assert not wall.state.outbox


def test_a_crash_after_the_create_was_carried_out(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.hold = "after"
        wall.do(Create(draft_item()))
        wall.do(sets(LOCAL, name=("Deal 1", "later")))
        assert len(server.items) == 4
        wall.line.hold = ""
        wall.kill()
        wall.start()
        assert len(server.items) == 4
        item_id = resolve(wall.state, LOCAL)
        assert server.items[item_id].name == "later"
        assert not wall.state.outbox


def test_a_name_survives_a_crash_with_the_draft_that_needs_it(tmp_path: Path) -> None:
    with office(tmp_path) as (_, wall):
        wall.do(Create(draft_item()))
        item_id = resolve(wall.state, LOCAL)
        assert item_id != LOCAL
        wall.store.keep_draft(Draft(draft_item(), Map({NAME: "typing"}), Moment(5)))
        for _ in range(2):
            wall.kill()
            wall.start()
            assert resolve(wall.state, LOCAL) == item_id
            assert wall.state.drafts[item_id].texts == Map({NAME: "typing"})
        wall.store.drop_draft(LOCAL)
        wall.kill()
        wall.start()
        assert not wall.state.drafts


def test_a_create_deleted_by_others_before_its_answer_came(tmp_path: Path) -> None:
    with office(tmp_path) as (server, wall):
        wall.line.faults.append("lost_after")
        wall.do(Create(draft_item()))
        item = server.items[ItemId("s4")]
        server.delete("pat", "", item)
        wall.pull()
        wall.loop.pass_time()
        wall.pull()
        assert not wall.state.outbox
        assert wall.shown() == server.items


@pytest.mark.parametrize("how", ["create", "restore"])
def test_an_item_deleted_by_others_before_its_answer_came_and_the_board_was_read_whole(
    tmp_path: Path, how: str
) -> None:
    """A list says nothing of what it does not know: the late answer alone must not bring the item back."""
    with office(tmp_path) as (server, wall):
        if how == "restore":
            wall.do(Delete(ONE, an_item()))
        wall.line.hold = "after"
        wall.do(Create(draft_item()) if how == "create" else Restore(ONE, an_item()))
        wall.line.hold = ""
        server.delete("pat", "", server.items[ItemId("s4") if how == "create" else ONE])
        wall.session.reload()
        wall.loop.run()
        wall.line.let_all_go()
        wall.loop.run()
        wall.pull()
        assert not wall.state.outbox
        assert wall.shown() == server.items


@pytest.mark.parametrize("capabilities", [OURS, FOREIGN], ids=["ours", "foreign"])
@pytest.mark.parametrize("problem", [Offline("the line is down"), RateLimited("too many requests", 30)])
def test_a_failed_look_after_the_answer_does_not_make_it_twice(
    tmp_path: Path, capabilities: Capabilities, problem: CardwallError
) -> None:
    """The board was read whole meanwhile, so the item is looked at; what befalls that look is not the create's."""
    with office(tmp_path, capabilities=capabilities) as (server, wall):
        wall.line.hold = "after"
        wall.do(Create(draft_item()))
        wall.line.hold = ""
        wall.session.reload()
        wall.loop.run()
        wall.line.denied = problem
        wall.line.let_all_go()
        wall.loop.run()
        wall.line.denied = None
        wall.loop.pass_time()
        wall.pull()
        assert len(server.items) == 4
        assert not wall.state.outbox
        assert wall.shown() == server.items


def test_edits_by_others_before_a_repeated_answer_are_not_overwritten(tmp_path: Path) -> None:
    """The answer to a repeated request is an old one; what waits behind it was not made on what others did since."""
    with office(tmp_path) as (server, wall):
        wall.line.faults.append("lost_after")
        wall.do(Create(draft_item()), sets(LOCAL, value=(1, 2)))
        server.edit("pat", "", server.items[ItemId("s4")], sets(value=(1, 9)).edits)
        wall.loop.pass_time()
        assert [p.phase for p in wall.state.outbox.values()] == ["conflict"]


# -- deleted on the server while changes of ours wait


def lost(desk: Desk) -> tuple[PendingId, PendingId]:
    first = desk.do(sets(name=("Deal 1", "mine")))
    second = desk.do(labels(add="hot"))
    desk.remove(ONE)
    desk.apply_plan(first)
    return first, second


def test_an_item_that_is_gone_is_shown_with_the_edits_that_wait() -> None:
    desk = Desk()
    first, second = lost(desk)
    assert desk.mark() == "conflict"
    assert (desk.view().name, desk.view().labels) == ("mine", ("hot",))
    conflict = desk.pending(first).conflict
    assert conflict == Conflict(None)
    assert second in desk.state.outbox


def test_restoring_it_sends_the_edits_behind() -> None:
    desk = Desk()
    first, second = lost(desk)
    desk.store.recreate(first, Restore(ONE, desk.state.gone[ONE]))
    restore = desk.state.queue[ONE][0]
    assert desk.state.queue[ONE] == (restore, first, second)
    assert desk.pending(restore).seq < desk.pending(first).seq  # on disk too it goes first
    desk.accept(restore, changed(an_item(), step=2, value=9))
    ready = desk.plan(first)
    assert isinstance(ready, Ready)
    assert ready.request.edits == sets(name=("Deal 1", "mine")).edits


def test_restoring_it_asks_where_others_had_changed_the_same_before_they_deleted_it() -> None:
    desk = Desk()
    first, _ = lost(desk)
    desk.store.recreate(first, Restore(ONE, desk.state.gone[ONE]))
    desk.accept(desk.state.queue[ONE][0], changed(an_item(), step=3, name="theirs"))
    assert isinstance(desk.plan(first), Clashing)


def test_creating_it_anew_takes_the_place_of_the_edits() -> None:
    desk = Desk()
    first, _ = lost(desk)
    desk.store.recreate(first, Create(draft_item(name="mine")))
    (create,) = desk.state.outbox.values()
    assert isinstance(create.change, Create)
    assert view(desk.state, ONE) is None
    desk.store.undo()
    assert not desk.state.outbox


def test_letting_it_go() -> None:
    desk = Desk()
    first, second = lost(desk)
    desk.apply(Dropped(first))
    desk.apply_plan(second)
    desk.apply(Dropped(second))
    assert view(desk.state, ONE) is None
    assert not desk.state.gone


def test_it_comes_back_before_anybody_chose() -> None:
    desk = Desk()
    first, _ = lost(desk)
    desk.pull(changed(an_item(), step=2))
    assert desk.pending(first).phase == "queued"
    desk.seal(first)
    again = Pending(PendingId("late"), 99, Create(draft_item()), Moment(0))
    desk.apply(Recreate(first, again))  # a choice made on what the panel showed a moment ago
    assert PendingId("late") not in desk.state.outbox
    assert desk.pending(first).phase == "sealed"


def test_a_delete_of_an_item_others_deleted_is_done() -> None:
    desk = Desk()
    delete = desk.do(Delete(ONE, desk.view()))
    desk.remove(ONE)
    desk.apply(Accepted(delete, None))
    assert not desk.state.outbox
    assert not desk.state.gone


def test_an_item_never_read_is_unknown_not_deleted() -> None:
    desk = Desk()
    pending_id = desk.do(labels(ItemId("elsewhere"), add="hot"))
    assert isinstance(desk.plan(pending_id), Unknown)


def test_adopted_pendings_and_drafts_go_by_the_names_an_earlier_process_learned() -> None:
    desk = Desk()
    pending = Pending(PendingId("old"), 1, labels(LOCAL, add="hot"), Moment(0))
    draft = Draft(draft_item(), Map({Member("name"): "x"}), Moment(5))
    desk.apply(Adopted((pending,), (draft,), Map({LOCAL: ONE})))
    assert desk.view(ONE).labels == ("hot",)
    assert desk.state.drafts[ONE].base.id == ONE


def test_the_order_of_an_earlier_process_is_kept() -> None:
    desk = Desk()
    own = desk.do(sets(value=(1, 3)))
    pendings = tuple(
        Pending(PendingId(f"old{seq}"), seq, Edit(ONE, sets(value=(1, seq)).edits), Moment(0)) for seq in (9, 4)
    )
    desk.apply(Adopted(pendings, (), Map()), Adopted(pendings, (), Map()))
    assert desk.state.queue[ONE] == (own, "old4", "old9")


def test_looking_is_the_end_of_news() -> None:
    desk = Desk()
    desk.pull(changed(an_item(), value=2))
    assert desk.mark() == "changed"
    desk.apply(Looked((ONE,)))
    assert desk.mark() == ""

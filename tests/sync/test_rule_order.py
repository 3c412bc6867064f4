"""Which of two states is the later one: a list read while a request was in flight, or the request's answer."""

from __future__ import annotations

import pytest

from tests.sync.desk import ONE, Desk, held, sets
from tests.sync.samples import an_item, changed
from tui.domain.changes import Delete
from tui.domain.model import Moment
from tui.sync.outbox import Clashing, Ready


def test_without_versions_an_answer_is_later_than_a_list_read_before_it() -> None:
    """A page that was read while the request was in flight would put the card back to where it was."""
    bare = an_item(version=None)
    desk = Desk(bare)
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(pending_id)
    desk.pull(changed(bare, value=9))
    desk.accept(pending_id, changed(bare, name="mine", value=9))
    assert (desk.view().name, desk.mark()) == ("mine", "")


def test_without_versions_a_list_that_is_younger_by_the_servers_clock_is_taken_in() -> None:
    bare = an_item(version=None)
    desk = Desk(bare)
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(pending_id)
    desk.pull(changed(bare, name="theirs", updated_at=Moment(2_000)))
    desk.accept(pending_id, changed(bare, name="mine"))
    assert desk.view().name == "theirs"


def test_without_versions_a_conflict_is_planned_by_the_look_that_found_it() -> None:
    bare = an_item(version=None)
    desk = Desk(bare)
    pending_id = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(pending_id)
    desk.pull(bare)
    desk.conflict(pending_id, changed(bare, value=9))
    ready = desk.plan(pending_id)
    assert isinstance(ready, Ready)
    assert held(ready.request.base, "value") == 9


@pytest.mark.parametrize("version", [7, None])
def test_a_list_read_before_a_deletion_does_not_bring_the_item_back(version: int | None) -> None:
    item = an_item(version=version)
    desk = Desk(item)
    delete = desk.do(Delete(ONE, item))
    desk.seal(delete)
    desk.pull(item)
    desk.accept(delete, None)
    assert ONE not in desk.state.items


@pytest.mark.parametrize("version", [7, None])
def test_a_list_read_before_someone_deleted_the_item_does_not_hide_that(version: int | None) -> None:
    item = an_item(version=version)
    desk = Desk(item)
    edit = desk.do(sets(name=("Deal 1", "mine")))
    desk.seal(edit)
    desk.pull(item)
    desk.conflict(edit, None)
    assert desk.pending(edit).phase == "conflict"
    conflict = desk.pending(edit).conflict
    assert conflict is not None
    assert conflict.theirs is None


def test_an_item_that_was_brought_back_after_its_deletion_is_taken_in() -> None:
    desk = Desk()
    delete = desk.do(Delete(ONE, desk.view()))
    desk.seal(delete)
    desk.pull(changed(an_item(), step=2))
    desk.accept(delete, None)
    assert desk.state.items[ONE].version == 9


@pytest.mark.parametrize(("held", "asks"), [("one", False), ("ONE", False), ("theirs", True)])
def test_without_versions_only_the_servers_wording_is_expected_of_an_edit(held: str, asks: bool) -> None:
    """What is read after a write may be what somebody else has written over it."""
    bare = an_item(version=None)
    desk = Desk(bare)
    first = desk.do(sets(name=("Deal 1", " one ")))
    second = desk.do(sets(name=(" one ", "two")))
    desk.accept(first, changed(bare, name=held))
    assert isinstance(desk.plan(second), Clashing) is asks

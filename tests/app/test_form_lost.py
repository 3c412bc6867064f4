from __future__ import annotations

from dataclasses import replace

from immutables import Map

from tests.app.dialog_kit import ALL, DEAL, Desk, other, with_fields
from tests.app.test_form_flow import VALUE, phase
from tui.app.conflict_model import Lost, Spared
from tui.app.form_answers import bring_back, delete_anyway, let_go
from tui.app.form_flow import Flow
from tui.app.form_model import open_form
from tui.domain.changes import Create, Delete, Edit, Move, Restore, Set
from tui.domain.model import COLUMN, STATUS, StatusId
from tui.sync.state import conflict_of, view


def test_deleted_under_an_open_form() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    desk.remove(DEAL.id)
    flow.save()
    assert isinstance(flow.question, Lost)
    assert phase(flow) == "editing"
    bring_back(flow)
    assert phase(flow) == "saving"
    assert [type(p.change) for p in sorted(desk.state.outbox.values(), key=lambda p: p.seq)] == [Restore, Edit]
    desk.accept()
    desk.accept()
    assert desk.state.items[DEAL.id].fields["value"] == 15000
    assert phase(flow) == "done"


def test_deleted_on_the_server_while_saving() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    desk.conflict(None)
    assert isinstance(flow.question, Lost)
    assert flow.question.mine.fields["value"] == 15000
    bring_back(flow)
    desk.accept()
    desk.accept()
    assert desk.state.items[DEAL.id].fields["value"] == 15000
    assert phase(flow) == "done"


def test_letting_a_deleted_item_go() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    desk.conflict(None)
    let_go(flow)
    assert phase(flow) == "done"
    assert not desk.state.outbox


def test_my_delete_lost_the_race() -> None:
    desk = Desk()
    desk.store.dispatch(Delete(DEAL.id, DEAL))
    desk.conflict(with_fields(DEAL, value=14500))
    held = conflict_of(desk.state, DEAL.id)
    flow = desk.flow()
    flow = Flow(desk.store, open_form(desk.board, DEAL, flow.capabilities), flow.capabilities, held)
    desk.store.subscribe(flow.hear)
    assert isinstance(flow.question, Spared)
    delete_anyway(flow)
    assert phase(flow) == "saving"
    desk.accept()
    assert phase(flow) == "done"
    assert DEAL.id not in desk.state.items


def test_a_move_that_lost_the_race_opens_in_the_same_form() -> None:
    desk = Desk()
    desk.store.dispatch(Move(DEAL.id, Map({COLUMN: Set("proposal", "won"), STATUS: Set("proposal-open", "won-open")})))
    desk.conflict(other(DEAL, column_id="lost", status_id=StatusId("lost-open")))
    held = conflict_of(desk.state, DEAL.id)
    seen = view(desk.state, DEAL.id)
    assert seen is not None
    flow = Flow(desk.store, open_form(desk.board, seen, desk.flow().capabilities), desk.flow().capabilities, held)
    desk.store.subscribe(flow.hear)
    assert flow.contest is not None
    assert flow.contest.unresolved == (COLUMN,)
    flow.pick_all("mine")
    flow.save()
    assert conflict_of(desk.state, DEAL.id) is None
    desk.accept()
    assert desk.state.items[DEAL.id].column_id == "won"
    assert phase(flow) == "done"


def test_a_server_that_cannot_restore_gets_it_anew() -> None:
    desk = Desk()
    cannot = replace(ALL, restore=False)
    flow = Flow(desk.store, open_form(desk.board, DEAL, cannot), cannot)
    desk.store.subscribe(flow.hear)
    flow.type(VALUE, "15k")
    flow.save()
    desk.conflict(None)
    bring_back(flow)
    change = desk.state.outbox[desk.pending].change
    assert isinstance(change, Create)
    assert (change.item.name, change.item.fields["value"], change.item.is_local) == (DEAL.name, 15000, True)
    desk.accept()
    assert phase(flow) == "done"
    assert len(desk.state.items) == 1

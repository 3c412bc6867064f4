from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from tests.app.dialog_kit import ALL, DEAL, Desk, other, with_fields
from tests.app.test_form_flow import VALUE, phase
from tui.app.conflict_model import Lost, Spared, standings
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
    assert flow.done == f"restored {DEAL.key}"  # the value is mine: nothing came from the server


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


def test_a_decision_put_off_is_a_draft_and_sends_nothing() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    desk.conflict(None)
    desk.remove(DEAL.id)
    flow.keep()
    assert (phase(flow), flow.done) == ("done", "kept as a draft: nothing is sent")
    assert not desk.state.outbox
    assert desk.state.drafts[DEAL.id].texts[VALUE] == "15k"
    again = desk.flow()
    again.restore_draft()
    assert isinstance(again.question, Lost)
    desk.pull(other(DEAL, version=9))
    assert not desk.state.outbox, "brought back by someone, it still waits for a word"
    assert again.question is None


def test_a_deletion_is_known_to_the_open_form() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    assert not flow.is_gone
    desk.remove(DEAL.id)
    assert flow.is_gone


def test_a_status_that_rides_with_its_column_is_not_spoken_of() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(COLUMN, "won")
    flow.save()
    desk.conflict(other(DEAL, column_id="lost", status_id="lost-open"))
    assert flow.contest is not None
    assert STATUS not in standings(flow.contest)
    flow.pick(COLUMN, "mine")
    assert STATUS not in standings(flow.contest)
    flow.save()
    desk.accept()
    assert flow.done == "saved DEAL-42 · column as you chose"

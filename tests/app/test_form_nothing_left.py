"""A form that ends with nothing left to save leaves no draft behind."""

from __future__ import annotations

from tests.app.dialog_kit import DEAL, Desk, with_fields
from tui.domain.model import field_member

VALUE = field_member("value")


def test_theirs_that_leaves_nothing_to_save_takes_the_draft_away() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.keep_draft()
    desk.pull(with_fields(DEAL, value=14500))
    flow.save()
    assert flow.contest is not None
    flow.keep_draft()
    assert desk.state.drafts
    flow.pick(VALUE, "theirs")
    flow.save()
    assert (flow.phase, flow.done) == ("done", "nothing to save: the server already has it")
    assert not desk.state.drafts
    assert not desk.state.outbox


def test_a_form_typed_back_to_what_it_was_leaves_no_draft() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.keep_draft()
    flow.type(VALUE, "12,000")
    flow.save()
    assert flow.done == "nothing to save"
    assert not desk.state.drafts

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from tests.app.dialog_kit import DEAL, Desk, other, with_fields
from tui.app.conflict_model import standings
from tui.app.form_flow import Flow
from tui.app.form_model import open_form
from tui.app.form_report import KEPT
from tui.domain.changes import Create, Edit, Set
from tui.domain.merge import Typed
from tui.domain.model import COLUMN, LABELS, LOCAL, NAME, STATUS, ItemId, Member, StatusId, field_member
from tui.domain.record import Record
from tui.sync.state import view

VALUE = field_member("value")


def phase(flow: Flow) -> str:
    return flow.phase


NOTES = field_member("notes")
OWNER = field_member("owner")
TAGS = field_member("tags")


def test_a_save_closes_with_its_version() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    assert phase(flow) == "saving"
    desk.accept()
    assert (phase(flow), flow.done) == ("done", "saved DEAL-42")
    assert desk.state.items[DEAL.id].fields["value"] == 15000


def test_only_what_was_typed_is_sent() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.type(NAME, "other")
    flow.type(NAME, DEAL.name)
    flow.save()
    change = desk.state.outbox[desk.pending].change
    assert isinstance(change, Edit)
    assert dict(change.edits) == {VALUE: Set(12000, 15000)}


def test_nothing_typed_sends_nothing() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "12,000")
    flow.save()
    assert phase(flow) == "done"
    assert not desk.state.outbox


def test_a_form_opened_before_a_poll_never_overwrites_unseen() -> None:
    desk = Desk()
    flow = desk.flow()
    desk.pull(with_fields(DEAL, value=14500))
    assert flow.news == (VALUE,)
    flow.type(VALUE, "15k")
    flow.save()
    assert phase(flow) == "editing"
    assert not desk.state.outbox
    assert flow.contest is not None
    assert flow.contest.unresolved == (VALUE,)
    assert flow.focus == VALUE
    flow.pick(VALUE, "mine")
    flow.save()
    change = desk.state.outbox[desk.pending].change
    assert isinstance(change, Edit)
    assert change.edits[VALUE] == Set(14500, 15000)
    desk.accept()
    assert flow.done == "saved DEAL-42 · value as you chose"


def test_edits_to_different_fields_merge_and_say_so() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.type(NOTES, "zero\none\ntwo\nthree")
    flow.type(TAGS, "emea, hot")
    flow.save()
    theirs = with_fields(
        replace(DEAL, labels=("emea", "renewal")), notes="one\ntwo\nthree\nfour", tags=("emea", "renewal")
    )
    desk.conflict(theirs)
    assert phase(flow) == "saving", "nothing clashes, so it goes on by itself"
    desk.accept()
    assert flow.done == "saved DEAL-42 · labels from sam"
    held = desk.state.items[DEAL.id]
    assert held.fields["notes"] == "zero\none\ntwo\nthree\nfour"
    assert held.fields["tags"] == ("emea", "hot", "renewal")


def test_a_conflict_after_sending_grows_in_the_same_form() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.type(COLUMN, "won")
    flow.type(NOTES, "zero\none\ntwo\nthree")
    flow.save()
    theirs = with_fields(
        other(DEAL, labels=("emea", "renewal"), column_id="lost", status_id="lost-open", version=7),
        value=14500,
        notes="one\ntwo\nthree\nfour",
    )
    desk.conflict(theirs)
    assert phase(flow) == "editing"
    assert flow.contest is not None
    assert flow.contest.unresolved == (COLUMN, VALUE)
    how = standings(flow.contest)
    assert how[LABELS] == "theirs"
    assert how[NOTES] == "merged"
    assert flow.form.text(NOTES) == "zero\none\ntwo\nthree\nfour"
    assert flow.form.text(LABELS) == "emea, renewal"
    assert not flow.is_unsaved, "the Outbox holds it all"
    flow.save()
    assert flow.focus == COLUMN
    flow.pick(COLUMN, "mine")
    flow.pick(VALUE, Typed(14800))
    flow.type(field_member("email"), "a@b.io")
    flow.save()
    assert phase(flow) == "saving"
    desk.accept()
    desk.accept()
    assert flow.done == "saved DEAL-42 · notes merged; column, value as you chose; labels from sam"
    held = desk.state.items[DEAL.id]
    assert (held.column_id, held.fields["value"], held.fields["email"]) == ("won", 14800, "a@b.io")


def test_a_second_conflict_keeps_the_picks() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.type(OWNER, "Kim")
    flow.save()
    theirs = with_fields(DEAL, value=14500, owner="Kit")
    desk.conflict(theirs)
    assert flow.contest is not None
    flow.pick(VALUE, "mine")
    desk.pull(with_fields(theirs, value=16000))
    assert flow.contest is not None
    assert flow.contest.picks[VALUE] == "mine"
    assert flow.contest.moved(VALUE)
    assert flow.contest.unresolved == (OWNER,)
    flow.pick(OWNER, "theirs")
    flow.save()
    desk.accept()
    assert desk.state.items[DEAL.id].fields["value"] == 15000
    assert desk.state.items[DEAL.id].fields["owner"] == "Kit"


def test_lines_typed_while_resolving_survive_a_second_conflict() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.type(NOTES, "mine\none\ntwo\nthree")
    flow.save()
    theirs = with_fields(DEAL, value=14500, notes="one\ntwo\nthree\ntheirs")
    desk.conflict(theirs)
    assert flow.form.text(NOTES) == "mine\none\ntwo\nthree\ntheirs"
    flow.type(NOTES, "mine\nmore\none\ntwo\nthree\ntheirs")
    desk.pull(with_fields(theirs, notes="one\ntwo\nthree\ntheirs\nagain"))
    assert flow.form.text(NOTES) == "mine\nmore\none\ntwo\nthree\ntheirs\nagain"
    flow.pick(VALUE, "theirs")
    flow.save()
    desk.accept()
    desk.accept()
    assert desk.state.items[DEAL.id].fields["notes"] == "mine\nmore\none\ntwo\nthree\ntheirs\nagain"


def test_a_refusal_lands_beside_its_field() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    desk.refuse("Two fields are wrong.", value="too much", owner="unknown")
    assert phase(flow) == "editing"
    assert dict(flow.problems) == {VALUE: "too much", OWNER: "unknown"}
    assert flow.focus == VALUE
    flow.type(VALUE, "14k")
    flow.save()
    assert len(desk.state.outbox) == 1, "the new edit takes the refused one's place"
    desk.accept()
    assert desk.state.items[DEAL.id].fields["value"] == 14000


def test_a_refused_change_opens_with_its_texts_and_problems() -> None:
    desk = Desk()
    desk.flow().type(VALUE, "1")
    desk.store.dispatch(Edit(DEAL.id, Map({VALUE: Set(12000, 15000)})))
    desk.refuse("no", value="too much")
    seen = view(desk.state, DEAL.id)
    assert seen is not None
    flow = Flow(
        desk.store,
        open_form(desk.board, seen, desk.flow().capabilities),
        desk.flow().capabilities,
        desk.state.outbox[desk.pending],
    )
    assert flow.form.text(VALUE) == "15000"
    assert flow.problems[VALUE] == "too much"
    assert not flow.is_unsaved


def test_offline_the_outbox_keeps_it() -> None:
    desk = Desk(reach="offline")
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    assert (phase(flow), flow.done) == ("done", KEPT)
    assert len(desk.state.outbox) == 1


def test_going_offline_while_saving_closes() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    desk.link("offline")
    assert flow.done == KEPT


def test_escape_while_saving_leaves_it_to_the_outbox() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    flow.keep()
    assert flow.done == KEPT
    assert not desk.state.drafts


def test_what_is_typed_while_saving_is_not_lost() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    flow.type(NAME, "Acme 2027")
    desk.accept()
    assert phase(flow) == "editing"
    assert flow.form.text(NAME) == "Acme 2027"
    assert not flow.form.texts.get(VALUE)
    flow.save()
    desk.accept()
    assert desk.state.items[DEAL.id].name == "Acme 2027"


def test_what_is_typed_while_saving_becomes_a_draft_when_offline() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    flow.type(NAME, "Acme 2027")
    desk.link("offline")
    assert flow.done == KEPT
    assert dict(desk.state.drafts[DEAL.id].texts) == {NAME: "Acme 2027"}


def test_escape_keeps_a_draft_and_reopening_restores_it() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "not a number")
    flow.keep()
    assert phase(flow) == "done"
    again = desk.flow()
    again.restore_draft()
    assert again.restored
    assert again.form.text(VALUE) == "not a number"
    again.save()
    assert again.focus == VALUE
    assert VALUE in again.problems
    again.discard()
    assert not desk.state.drafts
    assert again.form.text(VALUE) == "12000"


def test_a_draft_keeps_the_base_it_was_typed_on() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.keep()
    desk.pull(with_fields(DEAL, value=14500))
    again = desk.flow(desk.state.items[DEAL.id])
    again.restore_draft()
    again.save()
    assert again.contest is not None
    assert again.contest.clash(VALUE) is not None


def test_a_draft_goes_when_nothing_is_left_of_it() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(NAME, "x")
    flow.keep_draft()
    assert desk.state.drafts
    flow.type(NAME, DEAL.name)
    flow.keep()
    assert not desk.state.drafts


def test_theirs_settles_without_a_request() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(VALUE, "15k")
    flow.save()
    desk.conflict(with_fields(DEAL, value=14500))
    flow.pick(VALUE, "theirs")
    flow.save()
    assert phase(flow) == "done"
    assert not desk.state.outbox
    assert flow.done == "saved DEAL-42 · value from sam"


def test_a_new_item_follows_its_name() -> None:
    desk = Desk()
    base = replace(DEAL, id=ItemId(LOCAL + "1"), key="new", name="", fields=Record(), labels=(), version=None)
    flow = desk.flow(base, creates=True)
    flow.save()
    assert flow.focus == NAME
    flow.type(NAME, "  Globex ")
    flow.type(VALUE, "9k")
    flow.save()
    change = desk.state.outbox[desk.pending].change
    assert isinstance(change, Create)
    assert (change.item.name, change.item.fields["value"]) == ("Globex", 9000)
    desk.accept()
    assert flow.done == "saved as DEAL-99"
    assert flow.item_id == "i99"


def test_a_column_takes_its_status_with_it() -> None:
    desk = Desk()
    flow = desk.flow(replace(DEAL, status_id=StatusId("proposal-wait")))
    flow.type(COLUMN, "won")
    assert flow.form.text(STATUS) == "won-wait"
    flow.type(STATUS, "won-open")
    flow.type(COLUMN, "lead")
    assert flow.form.text(STATUS) == "lead-wait"
    flow.type(COLUMN, "proposal")
    assert not flow.form.is_dirty


def test_an_edit_behind_one_of_mine_does_not_clash_with_it() -> None:
    desk = Desk()
    desk.store.dispatch(Edit(DEAL.id, Map({VALUE: Set(12000, 13000)})))
    seen = view(desk.state, DEAL.id)
    assert seen is not None
    flow = desk.flow(seen)
    flow.type(VALUE, "15k")
    flow.save()
    assert phase(flow) == "saving"
    desk.accept()
    desk.accept()
    assert desk.state.items[DEAL.id].fields["value"] == 15000


def test_members_are_words_of_the_form() -> None:
    assert {row.member for row in open_form(Desk().board, DEAL, Desk().flow().capabilities).rows} >= {
        NAME,
        COLUMN,
        STATUS,
        LABELS,
        Member("field.vip"),
    }


def test_the_last_word_typed_while_saving_is_mine_in_the_conflict() -> None:
    desk = Desk()
    flow = desk.flow()
    flow.type(NAME, "b")
    flow.save()
    flow.type(NAME, "c")
    desk.conflict(other(DEAL, name="theirs"))
    assert flow.contest is not None
    clash = flow.contest.clash(NAME)
    assert clash is not None
    assert (clash.mine, flow.contest.unresolved) == ("c", (NAME,))
    flow.pick(NAME, "mine")
    flow.save()
    desk.accept()
    assert desk.state.items[DEAL.id].name == "c"

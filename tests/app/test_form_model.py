from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.app.dialog_kit import ALL, DEAL, NOON, SALES, Desk, with_fields
from tests.app.test_conflict_model import VALUES, item_of, states
from tui.app.form_flow import Flow
from tui.app.form_model import Form, open_form
from tui.app.form_text import Option, chosen, text_of
from tui.domain.changes import edits_between
from tui.domain.merge import merge
from tui.domain.model import COLUMN, LABELS, NAME, STATUS, Field, Item, Member, field_member, value_of
from tui.domain.record import Record, Value
from tui.errors import Invalid

TODAY = date(2026, 11, 21)
texts = st.text(st.characters(codec="utf-8"), max_size=30)
MEMBERS = [NAME, COLUMN, LABELS, *(field.member for field in SALES.fields)]


def form_on(item: Item = DEAL) -> Form:
    return open_form(SALES, item, ALL)


@given(st.dictionaries(st.sampled_from(["value", "notes", "owner", "email", "tags", "closes"]), texts), texts)
def test_what_was_not_touched_is_never_an_edit(strange: dict[str, str], name: str) -> None:
    """Whatever a server holds, of whatever kind, in whatever field."""
    item = replace(DEAL, name=name, fields=Record({**DEAL.fields, **strange}))
    form = form_on(item)
    for row in form.rows:
        form = form.typed(row.member, form.text(row.member))
    assert not form.is_dirty
    assert not form.edits(TODAY)


@given(st.sampled_from(MEMBERS), texts)
def test_typing_back_what_was_there_is_no_edit(member: Member, text: str) -> None:
    form = form_on().typed(member, text)
    assert form.text(member) == text
    back = form.typed(member, form.start_text(member))
    assert back.texts == form_on().texts


@given(st.dictionaries(st.sampled_from(MEMBERS), texts, max_size=5))
def test_a_draft_brings_every_text_back(typed: dict[Member, str]) -> None:
    form = form_on().typing(typed)
    again = form_on(replace(DEAL, name="elsewhere")).restored(form.draft(NOON))
    assert (again.base, again.texts) == (form.base, form.texts)


@given(st.text(st.characters(codec="utf-8", categories=["Cc", "Zl", "Zp", "L"]), max_size=12))
def test_control_characters_survive_an_edit_beside_them(odd: str) -> None:
    field = Field("notes", "notes")
    item = replace(DEAL, fields=DEAL.fields.put("email", None).put("notes", odd))
    board = replace(SALES, fields=(field,))
    form = open_form(board, item, ALL)
    text = form.text(field.member)
    assert not any(char in "\r\n\t\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" for char in text)
    try:
        value = form.typed(field.member, text + "!").value(field.member, TODAY)
    except Invalid:
        assert "\0" in odd
    else:
        assert value == odd + "!"


def test_line_ends_of_the_server_are_kept() -> None:
    form = form_on(with_fields(DEAL, notes="one\r\ntwo"))
    assert form.text(field_member("notes")) == "one\ntwo"
    assert form.typed(field_member("notes"), "one\ntwo\n3").value(field_member("notes"), TODAY) == "one\r\ntwo\r\n3"


@given(states, states, states)
def test_a_merge_shows_what_would_be_sent(
    base: dict[Member, Value], mine: dict[Member, Value], theirs: dict[Member, Value]
) -> None:
    start, held = item_of(base, 7), item_of(theirs, 9)
    form = form_on(start).showing(item_of(mine, 7), VALUES)
    edits = form.edits(TODAY)
    wanted = edits_between(start, {m: mine[m] for m in VALUES}, SALES)
    assert {m: edits[m] for m in edits if m != STATUS} == dict(wanted), "the status goes with the column"
    merged = merge(edits, held, SALES)
    after = form.merged_onto(held, merged, TODAY)
    clashing = {clash.member for clash in merged.clashes}
    for member in VALUES:
        if member in clashing:
            assert after.text(member) == form.text(member), "typed text stays"
            assert value_of(after.base, member) == value_of(start, member), "and so does what it is compared with"
        elif member not in edits:
            assert after.value(member, TODAY) == value_of(held, member)
    again = merge(after.edits(TODAY), held, SALES)
    assert {clash.member for clash in again.clashes} == clashing
    assert {m: again.edits[m] for m in again.edits} == {m: merged.edits[m] for m in merged.edits}


@pytest.mark.parametrize(
    ("member", "text", "value"),
    [
        (field_member("value"), "15k", 15000),
        (field_member("value"), "$1,234.50", Decimal("1234.5")),
        (field_member("probability"), "60%", 60),
        (field_member("closes"), "2026-12-31", date(2026, 12, 31)),
        (field_member("owner"), "kim", "Kim"),
        (field_member("tags"), "hot, emea", ("emea", "hot")),
        (field_member("vip"), "yes", True),
        (field_member("vip"), "", None),
        (field_member("owner"), "", None),
        (LABELS, 'a, "b, c", a', ("a", "b, c")),
        (COLUMN, "wo", "won"),
        (COLUMN, "Lost", "lost"),
        (NAME, "  Globex  ", "Globex"),
    ],
)
def test_what_is_typed_means(member: Member, text: str, value: Value) -> None:
    assert form_on().typed(member, text).value(member, TODAY) == value


@pytest.mark.parametrize(
    ("member", "text", "said"),
    [
        (field_member("value"), "lots", "not a number"),
        (field_member("probability"), "140", "at most 100"),
        (field_member("owner"), "ki", "is not a choice"),
        (field_member("tags"), "cold", "is not a choice"),
        (field_member("email"), "nobody", "e-mail"),
        (NAME, "   ", "must be filled in"),
        (NAME, "x" * 501, "501 characters"),
        (COLUMN, "", "must be filled in"),
        (COLUMN, "nowhere", "There is no column “nowhere”"),
        (COLUMN, "l", "may be Lead or Lost"),
        (LABELS, '"a', "quote is not closed"),
    ],
)
def test_mistakes_are_sentences(member: Member, text: str, said: str) -> None:
    with pytest.raises(Invalid) as raised:
        form_on().typed(member, text).value(member, TODAY)
    assert said in raised.value.message
    assert not raised.value.message.startswith(("value:", "name:", "owner:"))


def test_what_a_server_cannot_do_is_locked_with_a_reason() -> None:
    form = open_form(SALES, DEAL, replace(ALL, rename=False, labels=False))
    locked = {row.member: row.locked for row in form.rows if row.locked}
    assert set(locked) == {NAME, LABELS}
    assert "rename" in locked[NAME]
    assert not {
        row.member for row in open_form(SALES, DEAL, replace(ALL, rename=False), creates=True).rows if row.locked
    }


def test_an_option_is_meant_by_its_beginning_only_when_that_is_clear() -> None:
    options = [Option("1", "Kim"), Option("2", "Kit"), Option("3", "Sam")]
    assert [chosen(text, options) for text in ("kim", "s", "ki", "", "2")] == ["1", "3", None, None, "2"]


@given(st.sampled_from(SALES.fields), st.data())
def test_text_and_value_go_there_and_back(field: Field, data: st.DataObject) -> None:
    held = VALUES.get(field.member, [None])
    value = data.draw(st.sampled_from(held))
    form = form_on(with_fields(DEAL, **{field.name: value}))
    assert form.typed(field.member, "").typed(field.member, text_of(value, field)).value(field.member, TODAY) == value


scalars = [field_member("value"), field_member("owner"), NAME]
CHOICES: dict[Member, list[str]] = {
    scalars[0]: ["1000", "2000", "3000"],
    scalars[1]: ["Sam", "Kim", "Kit"],
    scalars[2]: ["a", "b", "c"],
}
mine = st.tuples(st.just("mine"), st.sampled_from(scalars), st.integers(0, 2))
theirs = st.tuples(st.just("theirs"), st.sampled_from(scalars), st.integers(0, 2))
others = st.tuples(st.sampled_from(["save", "accept", "pick"]), st.just(NAME), st.just(0))


@given(st.lists(st.one_of(mine, theirs, others), max_size=14))
def test_whatever_happens_my_last_word_wins_where_i_say_mine(steps: list[tuple[str, Member, int]]) -> None:
    """Nothing typed is lost, and nothing of theirs is overwritten where I typed nothing."""
    desk = Desk()
    flow = desk.flow()
    typed: dict[Member, Value] = {}
    held = {member: value_of(DEAL, member) for member in scalars}
    for step, member, place in steps:
        if flow.phase == "done":
            break
        text = CHOICES[member][place]
        if step == "mine" and not (flow.contest and flow.contest.clash(member)):
            flow.type(member, text)
            typed[member] = int(text) if member == scalars[0] else text
        elif step == "theirs":
            server = desk.state.items[DEAL.id]
            value: Value = int(text) if member == scalars[0] else text
            held[member] = value
            changed = (
                with_fields(server, **{member[6:]: value})
                if member != NAME
                else replace(server, name=text, version=(server.version or 0) + 1)
            )
            desk.pull(changed)
        elif step == "save":
            flow.save()
        elif step == "accept":
            _serve(desk)
        elif step == "pick":
            flow.pick_all("mine")
    _finish(desk, flow)
    final = desk.state.items[DEAL.id]
    for member in scalars:
        assert value_of(final, member) in (typed.get(member, held[member]), held[member])
        if member not in typed:
            assert value_of(final, member) == held[member]


def _serve(desk: Desk) -> None:
    """The server answers whatever waits and can be sent."""
    for _ in range(10):
        ready = [
            p
            for p in desk.state.outbox.values()
            if p.phase in ("queued", "sealed") and desk.state.queue[p.item_id][0] == p.id
        ]
        if not ready:
            return
        desk.answer(ready[0].id)


def _finish(desk: Desk, flow: Flow) -> None:
    for _ in range(10):
        flow.pick_all("mine")
        flow.save()
        _serve(desk)
        if flow.phase == "done":
            return
    raise AssertionError(f"the form does not come to an end: {flow.message} {flow.problems}")

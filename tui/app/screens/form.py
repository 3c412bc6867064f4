"""The form: edits an item, makes one, and settles its conflicts, all in one place that never loses typed text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui.app.conflict_model import Side
from tui.app.conflict_text import NARROW
from tui.app.external_editor import EDITOR, edit_text
from tui.app.form_flow import Flow
from tui.app.form_model import Form
from tui.app.form_text import text_of
from tui.app.screens.field_walk import FieldWalk
from tui.app.screens.form_check import DuplicateCheck
from tui.app.screens.form_words import foot, gone_text, question_text, row_words, signs_of, title
from tui.app.widgets.conflict_picker import ConflictPicker
from tui.app.widgets.conflict_question import ConflictQuestion
from tui.app.widgets.field_bar import FormBar
from tui.app.widgets.field_choice import FieldChoice
from tui.app.widgets.field_line import FieldLine, FieldLines
from tui.app.widgets.field_row import FieldRow
from tui.domain.merge import Pick
from tui.domain.model import ItemId, Member
from tui.errors import CardwallError
from tui.sync.outbox import PendingId
from tui.sync.session import Session
from tui.sync.store import Notice

if TYPE_CHECKING:
    from tui.app.app import WallApp

DRAFT_AFTER = 0.15
"""Seconds after which a key is on disk at the latest; keys in between share one write."""
REREAD_EVERY = 5.0
"""Seconds between two looks at what others do to the item of an open form."""
SLOW_AFTER = 4.0
"""Seconds after which a save is left to the Outbox."""
_LABEL = 16


class Ended(Struct, frozen=True):
    """How a form ended: the item it was about, and a sentence when there is something to say."""

    item_id: ItemId
    sentence: str = ""
    open_item: ItemId | None = None
    """Another item the user chose to look at instead."""


class FormScreen(FieldWalk[Ended]):
    """Draws a Flow; every decision is the Flow's."""

    AUTO_FOCUS = ""
    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    FormScreen { background: $background; layout: vertical; }
    FormScreen:ansi { background: ansi_default; }
    FormScreen #form-head, FormScreen #form-foot { background: $surface; height: auto; max-height: 3; }
    FormScreen #form-note { height: auto; max-height: 3; padding: 0 1; color: $warning; }
    FormScreen #form-rows { height: 1fr; }
    """
    app: WallApp

    def __init__(self, session: Session, flow: Flow, *, start: Member | None = None) -> None:
        super().__init__(id="form")
        self.session = session
        self.flow = flow
        self.checking = DuplicateCheck(self)
        self._start = start
        self._draft_due = False
        self._discards: Form | None = None
        """What the next word to throw away is about."""
        self._stop = session.store.subscribe(self._heard)
        self._ended = False

    # -- what commands ask

    @property
    def place(self) -> str:
        """Whose keys work now."""
        if isinstance(self.focused, ConflictPicker):
            return "conflict"
        return "question" if isinstance(self.focused, ConflictQuestion) else "form"

    @property
    def current(self) -> FieldRow | None:
        """The row the cursor is in."""
        return next((row for row in self.rows if row.has_focus_within), None)

    @property
    def rows(self) -> list[FieldRow]:
        """The rows, from the top."""
        return list(self.query(FieldRow))

    @property
    def stacked(self) -> bool:
        """Whether there is little room."""
        return self.size.width < NARROW

    def save(self) -> None:
        """Save, after a look for duplicates of a new item."""
        self.collect()
        self._commit_typing()
        if self.flow.form.creates and self.session.capabilities.duplicates and not self.checking.is_done:
            if self.flow.check():
                self.checking.start()
        else:
            self.flow.save()
        self.follow()

    def close(self) -> None:
        """One layer out: from typing a value to its picker, from a check to the form, from the form to the wall."""
        self.collect()
        row = self.current
        if row is not None and row.is_typing:
            self._commit_typing()
            row.is_typing = False
            self.sync()
            row.target.focus()
            return
        if self.checking.is_running:
            self.checking.cancel()
            self.sync()
            return
        self.flow.keep()
        self.follow()

    def discard(self) -> None:
        """Throw away what was typed, at the second word in a row."""
        self.collect()
        if not self.flow.form.is_dirty:
            self.flow.message = "Nothing was typed that could be thrown away."
        elif self._discards != self.flow.form:
            self._discards = self.flow.form
            key = self.app.keymap.shown_keys("form.discard", 1)
            self.flow.message = f"{key} again throws away what you typed."
        else:
            self._discards, self.flow.message = None, ""
            self.flow.discard()
            self.checking.forget()
        self.sync()

    def pick(self, pick: Pick) -> None:
        """Settle the clash under the cursor, and go to the next one that is open."""
        row = self.current
        if row is None or self.flow.contest is None:
            return
        if not self.flow.contest.can_pick(row.member, pick):
            self.flow.message = "Only long texts and lists can keep both sides: pick one, or type a value."
            self.sync()
            return
        self.flow.message = ""
        self.flow.pick(row.member, pick)
        self._go(self.flow.contest.next(row.member))
        self.sync()

    def pick_all(self, side: Side) -> None:
        """Settle every clash for one side."""
        self.flow.pick_all(side)
        self.sync()

    def unpick(self) -> None:
        """Take a pick back."""
        row = self.current
        if row is not None:
            self.flow.unpick(row.member)
            self.sync()

    def go_to_open(self, step: int) -> None:
        """To the next or previous clash that waits for a pick."""
        row, contest = self.current, self.flow.contest
        self._go(contest.next(row.member if row else None, step) if contest else None)

    def type_value(self) -> None:
        """Turn the picker under the cursor into an editor."""
        row, contest = self.current, self.flow.contest
        if row is None or contest is None or row.picker is None:
            return
        if row.member in contest.picks:
            self.flow.type(row.member, text_of(contest.value(row.member), row.row.field))
        row.is_typing = True
        self.sync()
        row.editor.focus()

    def edit_outside(self) -> None:
        """The text under the cursor in the user's own editor; a choice is no text."""
        row = self.current
        if row is None or row.row.locked or row.target is not row.editor or isinstance(row.editor, FieldChoice):
            return
        self.collect()
        self.flow.keep_draft()
        self.run_worker(self._edit_outside(row), group=EDITOR, exclusive=True)

    async def _edit_outside(self, row: FieldRow) -> None:
        try:
            text = await edit_text(self.app, self.flow.form.text(row.member), ".md")
        except CardwallError as error:
            self.flow.message = error.message
            self.sync()
            return
        if not isinstance(row.editor, FieldLines):
            text = " ".join(text.splitlines())
        self.flow.type(row.member, text)
        self.flow.keep_draft()
        self.sync()

    # -- drawing

    def compose(self) -> ComposeResult:
        """Head, rows, keys."""
        signs = signs_of(self.app)
        width = min(_LABEL, max(len(row.label) for row in self.flow.form.rows))
        yield FormBar(id="form-head")
        yield FormBar(id="form-note")
        yield ConflictQuestion()
        with VerticalScroll(id="form-rows", can_focus=False):
            for row in self.flow.form.rows:
                yield FieldRow(row, self.flow.form, width, signs)
        yield FormBar(id="form-foot")

    def on_mount(self) -> None:
        """Show what there is, and keep an eye on what others do."""
        self.sync()
        start = self.flow.focus or self._start or next((r.member for r in self.flow.form.rows if not r.locked), None)
        self._go(start)
        self.flow.focus = None
        if self.flow.question is not None:
            self.set_focus(self.query_one(ConflictQuestion))
        self.set_interval(REREAD_EVERY, self._reread)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop()

    def on_resize(self) -> None:
        """The values of a clash may have to stack now."""
        self.refresh_rows()

    def on_descendant_focus(self) -> None:
        """Other keys work, and another row is the current one."""
        self.refresh_rows()

    def collect(self) -> None:
        """Take in what was typed: before any word with the Flow, so that nothing it shows overwrites a key."""
        for row in self.rows:
            text = row.collect()
            if text is not None:
                self.flow.type(row.member, text)
                self.checking.forget()

    def refresh_rows(self) -> None:
        """Take in what was typed, and show what follows from it."""
        self.collect()
        self.sync()

    def sync(self) -> None:
        """Bring every widget up to the Flow."""
        if not self.is_mounted or self._ended:
            return
        stacked, now, signs = self.stacked, self.session.store.clock(), signs_of(self.app)
        current = self.current
        for row in self.rows:
            row.contend(self.flow.contest, stacked=stacked)
            row.show_text(self.flow.form)
            mark, note, tone = row_words(self.flow, row.row, row is current, now, signs)
            row.say(mark, note, tone, narrow=stacked)
        self.query_one("#form-head", FormBar).say(title(self.flow, now, self.size.width, signs))
        message = self.checking.message or self.flow.message
        said = message or gone_text(self.flow) or self._draft_text()
        note_bar = self.query_one("#form-note", FormBar)
        note_bar.display = bool(said)
        note_bar.say(Content(said))
        question = self.query_one(ConflictQuestion)
        question.ask(question_text(self.flow))
        self.query_one("#form-foot", FormBar).say(foot(self))

    def _draft_text(self) -> str:
        key = self.app.keymap.shown_keys("form.discard", 1)
        after = " and starts afresh" if self.flow.form.creates else ""
        return f"Restored from a draft: {key} twice throws it away{after}." if self.flow.restored else ""

    def follow(self) -> None:
        """After a word with the Flow: show it, go where it says, and close when it is done."""
        if self._ended:
            return
        if self.flow.phase == "done":
            self.end(Ended(self.flow.item_id, self.flow.done))
            return
        self.sync()
        if self.flow.phase == "saving":
            self.set_timer(SLOW_AFTER, partial(self._slow, self.flow.waits))
        elif self.flow.question is not None:
            self.set_focus(self.query_one(ConflictQuestion))
        if self.flow.focus is not None:
            self._go(self.flow.focus)
            self.flow.focus = None

    def leave_for(self, item_id: ItemId) -> None:
        """Close for another item; what was typed stays as a draft."""
        self.flow.keep_draft()
        self.end(Ended(self.flow.item_id, "The new item is kept as a draft.", item_id))

    def end(self, how: Ended) -> None:
        """Close, once."""
        if not self._ended:
            self._ended = True
            self.flow.phase = "done"
            self.session.store.look(self.flow.item_id)  # what others did meanwhile was shown beside the fields
            self.dismiss(how)

    def _go(self, member: Member | None) -> None:
        row = next((row for row in self.rows if row.member == member), None)
        if row is not None:
            if isinstance(row.target, FieldLine) and not row.has_focus_within:
                row.target.action_end()  # what was typed ahead goes on with the text
            self.set_focus(row.target)  # at once: keys that were typed ahead wait for it

    # -- events

    @on(FieldRow.Typed)
    def _typed(self, event: FieldRow.Typed) -> None:
        if event.pasted:
            self._keep_draft()
        elif not self._draft_due:
            self._draft_due = True
            self.set_timer(DRAFT_AFTER, self._keep_draft)
        self.refresh_rows()

    @on(FieldRow.Left)
    def _left(self, event: FieldRow.Left) -> None:
        self.collect()
        row = next((row for row in self.rows if row.member == event.member), None)
        if row is not None and row.is_typing:
            self._take_typed(row)
        else:
            self.flow.leave(event.member)
        self.flow.keep_draft()
        self.sync()

    @on(ConflictPicker.Picked)
    def _clicked(self, event: ConflictPicker.Picked) -> None:
        self._go(event.member)
        self.flow.pick(event.member, event.pick)
        self.sync()

    def _commit_typing(self) -> None:
        row = self.current
        if row is not None and row.is_typing:
            self._take_typed(row)

    def _take_typed(self, row: FieldRow) -> None:
        """What was typed for a clash becomes its pick; a text that means nothing keeps its editor."""
        contest = self.flow.contest
        clash = contest.clash(row.member) if contest else None
        untouched = clash is not None and self.flow.form.text(row.member) == text_of(clash.mine, row.row.field)
        picked = contest is not None and row.member in contest.picks
        if (untouched and not picked) or self.flow.pick_typed(row.member):
            row.is_typing = False

    def _heard(self, notice: Notice) -> None:
        if self._ended or not self.is_mounted:
            return
        self.collect()
        before = (self.flow.phase, self.flow.contest, self.flow.question)
        self.flow.hear(notice)
        if (self.flow.phase, self.flow.contest, self.flow.question) != before:
            self.call_later(self.follow)
        elif self.flow.item_id in notice.touched:
            self.call_later(self.refresh_rows)

    def _keep_draft(self) -> None:
        self._draft_due = False
        if not self._ended:
            self.collect()
            self.flow.keep_draft()

    def _slow(self, waits: tuple[PendingId, ...]) -> None:
        if waits == self.flow.waits:  # an earlier save's patience is not this one's
            self.collect()
            self.flow.slow()
            self.follow()

    def _reread(self) -> None:
        item_id = self.flow.item_id
        if not self._ended and not self.flow.form.creates and self.flow.phase == "editing":
            self.run_worker(self._ask(item_id), exit_on_error=True)

    async def _ask(self, item_id: ItemId) -> None:
        try:
            await self.session.reread(item_id)
        except CardwallError:
            return  # an early warning that cannot be had now; the link's own line says why

"""One form's way to the Store and back: save, wait, merge, settle, keep. It knows no widget and never waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, TypeVar

from immutables import Map
from msgspec.structs import replace

from tui.api.backend import Capabilities
from tui.app.conflict_model import Contest, Lost, Side, Spared, base_of, changed_by_choice
from tui.app.form_draft import discard, put_aside, restore, withdraw
from tui.app.form_model import Form
from tui.app.form_pending import (
    beyond,
    carried,
    contested,
    edits_of,
    fresh,
    is_covered,
    problems_by_member,
    retyped,
    showing_conflict,
    showing_refusal,
)
from tui.app.form_report import KEPT, WITHDRAWN, kept_sentence, saved_sentence
from tui.domain.changes import Change, Create, Delete, Edit, Edits
from tui.domain.merge import Pick, Typed, merge
from tui.domain.model import Board, Item, ItemId, Member
from tui.errors import Invalid
from tui.sync.events import Accepted, Conflicted
from tui.sync.outbox import Pending, PendingId
from tui.sync.state import resolve, view
from tui.sync.store import Notice, Store

T = TypeVar("T")
Phase = Literal["editing", "saving", "done"]


class Flow:
    """A form, what it waits for, and what a person must still decide.

    A screen draws `form`, `contest`, `question`, `problems` and `message`; `focus` is where the cursor should go next.
    """

    def __init__(self, store: Store, form: Form, capabilities: Capabilities, pending: Pending | None = None) -> None:
        self.store = store
        self.form = form
        self.opened = form.base
        """The item as the user first saw it: what the report at the end compares with."""
        self.capabilities = capabilities
        self.phase: Phase = "editing"
        self.contest: Contest | None = None
        self.question: Lost | Spared | None = None
        self.problems: Map[Member, str] = Map()
        self.message = ""
        self.focus: Member | None = None
        self.done = ""
        """The sentence the form closes with."""
        self.verb = "saved"
        """What the report says of the item."""
        self.restored = False
        """Whether texts came from a draft."""
        self.owned: PendingId | None = None
        """The Pending, in conflict or refused, that this form stands for."""
        self.waits: tuple[PendingId, ...] = ()
        """Pendings whose answers the form waits for."""
        self._shown = form
        """The form as it was when it was sent or last showed a conflict: what was typed since is told by it."""
        self.mine: set[Member] = set()  # what its saves have touched
        self._other: str | None = None
        """Who else changed the item since the form opened, where the server says so."""
        self._speaking = False
        """While it tells the Store something, what the Store reports back is no news."""
        if pending is not None:
            self._adopt(pending)

    @property
    def item_id(self) -> ItemId:
        """The item's id now: the server's, once it has named a new one."""
        return resolve(self.store.state, self.form.base.id)

    @property
    def today(self) -> date:
        """The day it is here, for dates like “fri”."""
        return datetime.fromtimestamp(self.store.clock()).astimezone().date()

    @property
    def board(self) -> Board:
        """The item's board, as it was when the form opened."""
        return self.form.board

    @property
    def view(self) -> Item | None:
        """The item as it is now, with what waits to be sent."""
        return view(self.store.state, self.item_id)

    @property
    def news(self) -> tuple[Member, ...]:
        """Members that someone else changed since the form opened, while nothing is settled yet."""
        now = self.view
        if now is None or self.contest or self.owned or self.form.creates or self.phase != "editing":
            return ()
        return changed_by_choice(self.form.base, now, self.board)

    @property
    def is_gone(self) -> bool:
        """Whether the item was deleted while the form shows it, and nothing is asked about that yet."""
        return self.view is None and self.phase == "editing" and not (self.question or self.form.creates)

    @property
    def is_unsaved(self) -> bool:
        """Whether something typed is neither on the server nor in the Outbox."""
        held = self.held()
        if self.phase != "editing" or not self.form.is_dirty:
            return False
        return held is None or not is_covered(self.form, held, self.contest, self.today)

    def type(self, member: Member, text: str) -> None:
        """A text was typed; its old problem is forgotten until the cursor leaves."""
        self.form = self.form.typed(member, text)
        if self.phase == "editing":
            self.message = ""
        if member in self.problems:
            self.problems = self.problems.delete(member)

    def leave(self, member: Member) -> None:
        """The cursor leaves a member: say what is wrong with its text."""
        if member in self.problems:
            self.problems = self.problems.delete(member)
        if member in self.form.texts:
            try:
                self.form.value(member, self.today)
            except Invalid as problem:
                self.problems = self.problems.set(member, problem.message)

    def check(self) -> bool:
        """Whether it can be saved; else `focus` is the first member that stands in the way."""
        if self.question is not None or self.phase != "editing":
            return False
        clashing = {clash.member for clash in self.contest.clashes} if self.contest else set()
        self.problems = Map({m: p for m, p in self.form.values(self.today)[1].items() if m not in clashing})
        if self.problems:
            self.focus = next(row.member for row in self.form.rows if row.member in self.problems)
            self.message = "Not saved: see the field with the cursor."
        elif self.contest and self.contest.unresolved:
            self.focus = self.contest.unresolved[0]
            self.message = "Not saved: settle every conflict first."
        else:
            self.message = ""
            return True
        return False

    def save(self) -> None:
        """Send what was typed, or show what stands in the way."""
        if not self.check():
            return
        held = self.held()
        if held is not None and held.phase == "conflict":
            self._settle(held)
            return
        if held is not None:  # refused: what is sent now takes its place
            self.tell(lambda: self.store.drop(held.id))
        self.owned = None
        if self.form.creates:
            now = self.store.clock()
            self.send(Create(replace(self.form.item(self.today), created_at=now, updated_at=now)))
        else:
            self._save_edits()

    def pick(self, member: Member, pick: Pick) -> None:
        """Settle one clash."""
        if self.contest:
            self.contest = self.contest.pick(member, pick)

    def pick_all(self, side: Side) -> None:
        """Settle every clash for one side."""
        if self.contest:
            self.contest = self.contest.pick_all(side)

    def pick_typed(self, member: Member) -> bool:
        """Settle a clash by the text in its editor; False, with a problem, when that means nothing."""
        self.leave(member)
        if self.contest is None or member in self.problems:
            return False
        self.contest = self.contest.pick(member, Typed(self.form.value(member, self.today)))
        return True

    def unpick(self, member: Member) -> None:
        """Take a pick back."""
        if self.contest:
            self.contest = self.contest.undo_of(member)

    def keep(self) -> None:
        """Leave the form: what is unsaved stays as a draft, what is being saved stays in the Outbox."""
        if self.phase == "saving":
            self.finish(KEPT)
        elif isinstance(self.question, Lost) and withdraw(self):
            self.done, self.phase = WITHDRAWN, "done"
        elif self.phase == "editing":
            self.done = kept_sentence(self.form) if self.is_unsaved else ""
            self.keep_draft()
            self.phase = "done"

    def keep_draft(self) -> None:
        """Put what was typed on disk, or take an outdated draft away."""
        if self.is_unsaved:
            put_aside(self, self.form)
        elif self.phase == "editing":
            self.drop_draft()

    def restore_draft(self) -> None:
        """Show the draft of this item, if there is one."""
        restore(self)

    def discard(self) -> None:
        """Throw away what was typed."""
        discard(self)

    def hear(self, notice: Notice) -> None:
        """Something happened: go on with a save, or take in what others did."""
        if self._speaking:
            return
        if isinstance(notice.event, Conflicted) and self.item_id in notice.touched and notice.event.conflict.theirs:
            self._other = notice.event.conflict.theirs.updated_by
        if self.phase == "saving":
            self._look(notice)
        elif self.phase == "editing" and self.item_id in notice.touched:
            self._others()

    def slow(self) -> None:
        """The answer takes long: the Outbox looks after it from here."""
        if self.phase == "saving":
            self.finish(KEPT)

    def held(self) -> Pending | None:
        """The Pending this form stands for, while it waits for a person."""
        return self.store.state.outbox.get(self.owned) if self.owned else None

    def _save_edits(self) -> None:
        theirs, edits = self.view, edits_of(self.form, self.contest, self.today)
        if not edits:
            self.finish("nothing to save")
        elif theirs is None:
            self.lose()
        else:
            self.mine |= set(edits)
            if theirs.version != self.opened.version:
                self._other = theirs.updated_by
            merged = merge(edits, theirs, self.board, self.contest.effective if self.contest else None)
            if merged.clashes:
                self._clash(edits, theirs)
            elif merged.edits:
                self.send(Edit(self.item_id, merged.edits))
            else:
                self.finish("nothing to save: the server already has it")

    def _clash(self, edits: Edits, theirs: Item) -> None:
        self.contest = contested(self.form, self.opened, edits, theirs, self.contest)
        self.form = self.form.merged_onto(theirs, merge(edits, theirs, self.board), self.today)
        self.focus = next(iter(self.contest.unresolved), None)
        self.message = ""

    def lose(self) -> None:
        """The item is gone: ask what becomes of it."""
        self.question = Lost(self.form.item(self.today))
        self.contest = None

    def _settle(self, held: Pending) -> None:
        """Send a conflicting Pending on with the picks, and behind it what was typed beyond it."""
        if self.contest is None or not isinstance(held.change, Edit):
            return
        extra = beyond(self.form, held.change.edits, self.contest, self.today)
        self.mine |= {*held.change.edits, *extra}
        self.owned = None
        picks = self.contest.effective
        self.tell(lambda: self.store.settle(held.id, picks))
        more = self.tell(lambda: self.store.dispatch(Edit(self.item_id, extra))) if extra else ()
        self.drop_draft()
        self.wait((held.id, *more))

    def send(self, *changes: Change) -> None:
        """Dispatch changes as one step and wait for them."""
        ids = self.tell(lambda: self.store.dispatch(*changes))
        self.drop_draft()
        self.wait(ids)

    def tell(self, word: Callable[[], T]) -> T:
        """Tell the Store something, deaf to what it reports meanwhile."""
        self._speaking = True
        try:
            return word()
        finally:
            self._speaking = False

    def wait(self, ids: tuple[PendingId, ...]) -> None:
        """Wait for the answers to Pendings."""
        self.waits = ids
        self._shown = self.form
        self.phase = "saving"
        self.message = "saving…"
        self._look(None)

    def _look(self, notice: Notice | None) -> None:
        """Where the Pendings of this save stand."""
        state = self.store.state
        found = [state.outbox[pending_id] for pending_id in self.waits if pending_id in state.outbox]
        held = next((pending for pending in found if pending.phase in ("conflict", "refused")), None)
        if held is not None:
            self._adopt(held)
        elif not found:
            final = notice.event.item if notice and isinstance(notice.event, Accepted) else self.view
            said = saved_sentence(self.form, self.opened, final, self.mine, self.contest, self._other, self.verb)
            self.finish(said)
        elif state.link.reach != "online":
            self.finish(KEPT)

    def _adopt(self, pending: Pending) -> None:
        """A Pending needs a person: show it in this form."""
        before, typed = self._shown, self.form
        self.phase, self.waits, self.owned, self.message = "editing", (), pending.id, ""
        theirs = pending.conflict.theirs if pending.conflict else None
        if pending.phase == "refused":
            self._refuse(pending)
        elif theirs is None:
            self.contest = None
            self.question = Lost(self.view or self.form.item(self.today))
        elif isinstance(pending.change, Delete):
            self.question = Spared(pending.change.was, theirs)
        elif isinstance(pending.change, Edit):
            self._contest(pending.change.edits, theirs)
        shown = self.form
        self._shown = shown
        if shown is not typed:
            self.form = carried(before, typed, shown, self.today)
            self.contest = retyped(self.contest, shown, self.form, self.today) if self.contest else None

    def _contest(self, edits: Edits, theirs: Item) -> None:
        """A Pending of ours lost the race: the form goes on from theirs."""
        if not self.mine:  # opened for this conflict: what the user saw is what the edits tell
            self.opened = base_of(edits, theirs)
        self.mine |= set(edits)
        self._other = theirs.updated_by
        self.question = None
        self.contest = contested(self.form, self.opened, edits, theirs, self.contest)
        self.form = showing_conflict(self.form, edits, theirs, self.today)
        self.focus = next(iter(self.contest.unresolved), None)

    def _refuse(self, pending: Pending) -> None:
        """The server said no: its words land beside the fields."""
        self.problems = problems_by_member(self.form, pending)
        self.message = f"Not saved: {pending.problem or 'the server refused it.'}"
        self.focus = next((row.member for row in self.form.rows if row.member in self.problems), None)
        now = self.view
        if isinstance(pending.change, Edit) and not self.form.is_dirty and now is not None:
            self.form = showing_refusal(self.form, pending.change.edits, now)

    def _others(self) -> None:
        """Others changed the item while it is open: keep what is shown of a conflict true."""
        now, held = self.view, self.held()
        if self.owned and held is None:
            self.owned, self.contest, self.question = None, None, None
        elif held is not None and held.phase in ("queued", "sealed"):
            # Their next change left nothing to decide: it goes on by itself.
            self.owned, self.contest, self.question = None, None, None
            self.wait((held.id,))
        elif held is not None and held.phase == "conflict":
            self._adopt(held)
        elif self.contest and now is None:
            self.lose()
        elif isinstance(self.question, Lost) and now is not None and not self.owned:
            self.question = None  # someone else brought it back
        elif self.contest and now is not None and now != self.contest.theirs:
            self._clash(edits_of(self.form, self.contest, self.today), now)

    def drop_draft(self) -> None:
        """Take the draft off the disk."""
        self.tell(lambda: self.store.drop_draft(self.item_id))
        self.restored = False

    def finish(self, sentence: str) -> None:
        """Close, unless something was typed while the answer was under way."""
        saving, self.phase, self.done = self.phase == "saving", "done", sentence
        now = self.view
        if not saving:
            self.drop_draft()  # nothing of it is left to save
        if not saving or now is None:
            return
        later = carried(self._shown, self.form, fresh(self.form, now), self.today)
        if not later.is_dirty:
            return
        self.form, self._shown, self.opened, self.contest, self.mine = later, later, now, None, set()
        if sentence == KEPT:
            put_aside(self, later)
        else:
            self.phase, self.message = "editing", f"{sentence}; what you typed since then is not saved yet"

"""A form and the Pending that stands for it: how a conflict or a refusal is shown, and what is beyond it. Pure."""

from __future__ import annotations

from datetime import date

from immutables import Map
from msgspec.structs import replace

from tui.app.conflict_model import Contest, base_of, contest
from tui.app.form_model import Form
from tui.domain.changes import Create, Edit, Edits, Set, apply_edits, edits_between
from tui.domain.merge import merge
from tui.domain.model import Item, Member, value_of
from tui.sync.outbox import Pending


def contested(form: Form, opened: Item, edits: Edits, theirs: Item, before: Contest | None) -> Contest:
    """My edits against theirs, with the picks of an earlier round."""
    found = contest(form.board, opened, edits, theirs, before.picks if before else None)
    return replace(found, seen=before.seen, past=before.past).retype(before.retyped) if before else found


def showing_conflict(form: Form, edits: Edits, theirs: Item, today: date) -> Form:
    """The form on theirs, with my values where I changed something; clashes keep their base."""
    base = base_of(edits, theirs)
    mine = apply_edits(edits, base)
    shown = fresh(form, base).showing(mine, edits)
    return shown.merged_onto(theirs, merge(edits, theirs, form.board), today)


def showing_refusal(form: Form, edits: Edits, now: Item) -> Form:
    """The form as it was when it sent `edits`; `now` is the View, which has them in it."""
    base = replace(base_of(edits, now), version=now.version)
    return replace(form, base=base, texts=Map()).showing(now, edits)


def problems_by_member(form: Form, pending: Pending) -> Map[Member, str]:
    """What the server said, by the member it said it of."""
    names = {row.field.name: row.member for row in reversed(form.rows)} | {row.member: row.member for row in form.rows}
    found = {names[name]: problem for name, problem in pending.problems.items() if name in names}
    return Map(found)


def carried(before: Form, form: Form, onto: Form, today: date) -> Form:
    """`onto` with what was typed between `before` and `form`; texts and sets are merged, other values replaced."""
    typed = {m: form.text(m) for m in {*before.texts, *form.texts} if before.text(m) != form.text(m)}
    if not typed:
        return onto
    values = form.values(today)[0]
    edits = edits_between(before.item(today), {m: values[m] for m in typed if m in values}, form.board)
    merged = merge(edits, onto.item(today), form.board)
    item = apply_edits(merged.edits, onto.item(today))
    changed = [member for member in merged.edits if value_of(item, member) != values[member]]
    return onto.typing(typed).showing(item, changed)


def retyped(contest: Contest, shown: Form, form: Form, today: date) -> Contest:
    """The contest with what was typed, since `shown`, for members that clash in it."""
    values = form.values(today)[0]
    again = [c.member for c in contest.clashes if form.text(c.member) != shown.text(c.member) and c.member in values]
    return contest.retype({member: values[member] for member in again}) if again else contest


def fresh(form: Form, base: Item) -> Form:
    """The form with nothing typed, on another base, which is an item the server may know by now."""
    return replace(form, base=base, texts=Map(), creates=False)


def beyond(form: Form, edits: Edits, contest: Contest, today: date) -> Edits:
    """What was typed that settling `edits` would not bring: it goes behind them as an edit of its own."""
    picks = contest.effective
    settled = apply_edits(merge(edits, contest.theirs, form.board, picks).edits, contest.theirs)
    wanted = form.values(today)[0]
    clashing = {clash.member for clash in contest.clashes}
    members = [member for member in form.texts if member in wanted and member not in clashing]
    return edits_between(settled, {member: wanted[member] for member in members}, form.board)


def edits_of(form: Form, contest: Contest | None, today: date) -> Edits:
    """What was typed; a clash stands as it was shown, whatever its editor holds."""
    edits = form.edits(today)
    for clash in contest.clashes if contest else ():
        edits = edits.set(clash.member, Set(clash.base, clash.mine))
    return edits


def is_covered(form: Form, pending: Pending, contest: Contest | None, today: date) -> bool:
    """Whether the Outbox already holds all that the form shows."""
    if form.values(today)[1]:
        return False
    change = pending.change
    if isinstance(change, Create):
        shown = form.item(today)
        return shown == replace(
            change.item, created_at=shown.created_at, updated_at=shown.updated_at, fields=shown.fields
        ) and all(value_of(shown, row.member) == value_of(change.item, row.member) for row in form.rows)
    if not isinstance(change, Edit):
        return not form.is_dirty
    if contest is not None:
        return not beyond(form, change.edits, contest, today) and not _retyped(form, contest, today)
    return form.edits(today) == change.edits


def _retyped(form: Form, contest: Contest, today: date) -> bool:
    """Whether the editor of a clash holds something else than my side of it."""
    return any(form.value(clash.member, today) != clash.mine for clash in contest.clashes)

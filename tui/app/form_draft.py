"""A form and its draft: shown again, thrown away, or taken back from the Outbox when the item was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from immutables import Map
from msgspec.structs import replace

from tui.app.conflict_model import base_of
from tui.app.form_model import Form
from tui.app.form_pending import fresh
from tui.domain.changes import Edit, apply_edits
from tui.sync.state import pendings_of

if TYPE_CHECKING:
    from tui.app.form_flow import Flow


def restore(flow: Flow) -> None:
    """Show the draft of the form's item, if there is one."""
    draft = flow.store.state.drafts.get(flow.item_id)
    if draft is None or not draft.texts:
        return
    if flow.owned:  # the conflict is about what the Pending says; what was typed beyond it comes back
        flow.form = flow.form.typing(draft.texts)
    else:
        flow.form = flow.form.restored(draft)
        flow.opened = flow.form.base
    flow.restored = True
    if flow.is_gone and flow.form.is_dirty:
        flow.lose()


def put_aside(flow: Flow, form: Form) -> None:
    """Put a form's texts on disk, unless they are there: every field that is left asks for it."""
    kept = flow.store.state.drafts.get(flow.item_id)
    if kept is None or (kept.base, kept.texts) != (form.base, form.texts):
        flow.tell(lambda: flow.store.keep_draft(form.draft(flow.store.clock())))


def discard(flow: Flow) -> None:
    """Throw away what was typed, on the screen and on disk."""
    flow.form = replace(flow.form, texts=Map())
    if not (flow.contest or flow.owned or flow.form.creates):
        flow.form = replace(flow.form, base=flow.view or flow.form.base)
        flow.opened = flow.form.base
    flow.problems = Map()
    flow.drop_draft()


def withdraw(flow: Flow) -> bool:
    """Take every unsent edit of a deleted item back into a draft; False when there is none to take.

    The draft is written first: killed in between, the words are there twice and never nowhere.
    """
    held = [p for p in pendings_of(flow.store.state, flow.item_id) if p.phase != "sealed"]
    edits = [p.change for p in held if isinstance(p.change, Edit)]
    if not edits or len(edits) != len(held):
        return False
    put_aside(flow, _with_edits(flow.form, edits))
    flow.question = flow.owned = None
    for pending in held:
        flow.tell(lambda pending_id=pending.id: flow.store.drop(pending_id))  # type: ignore[misc]  # bound at once
    return True


def _with_edits(form: Form, changes: list[Edit]) -> Form:
    """The form as if nothing of the changes had been sent: their values are typed texts again."""
    base = form.base
    for change in reversed(changes):
        base = base_of(change.edits, base)
    mine = base
    for change in changes:
        mine = apply_edits(change.edits, mine)
    members = {member: None for change in changes for member in change.edits}
    return fresh(form, base).showing(mine, members).typing(form.texts)

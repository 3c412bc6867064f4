"""What a person may answer when an item was deleted under a form, or changed under a delete."""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from tui.app.conflict_model import Lost, Spared
from tui.app.form_flow import Flow
from tui.domain.changes import Change, Create, Edit, Restore
from tui.domain.model import LOCAL, ItemId


def bring_back(flow: Flow) -> None:
    """Bring back an item that was deleted on the server, with what was typed."""
    if not isinstance(flow.question, Lost):
        return
    held, mine = flow.held(), flow.question.mine
    anew = Create(replace(mine, id=ItemId(LOCAL + flow.store.new_id()), key="new", version=None))
    again: Change = Restore(flow.item_id, flow.form.base) if flow.capabilities.restore else anew
    flow.question = flow.owned = None
    flow.verb = "restored"
    if held is not None:
        before = flow.store.state.outbox
        flow.tell(lambda: flow.store.recreate(held.id, again))
        flow.wait(tuple(p for p in flow.store.state.outbox if p not in before or p == held.id))
        return
    edits = flow.form.edits(flow.today)
    flow.mine |= set(edits)
    flow.send(again, *([Edit(flow.item_id, edits)] if edits and again is not anew else []))


def let_go(flow: Flow) -> None:
    """Accept that the item is gone or, after a delete of mine, that it stays."""
    if flow.question is None:
        return
    held, gone = flow.held(), isinstance(flow.question, Lost)
    if held is not None:
        flow.tell(lambda: flow.store.drop(held.id))
    flow.question = flow.owned = None
    flow.finish("let go: it stays deleted" if gone else "kept: the item stays as the server has it")


def delete_anyway(flow: Flow) -> None:
    """Delete an item although someone has changed it since."""
    held = flow.held()
    if isinstance(flow.question, Spared) and held is not None:
        flow.question = flow.owned = None
        flow.tell(lambda: flow.store.settle(held.id, Map()))
        flow.wait((held.id,))

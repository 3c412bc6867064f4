"""The keys of a form, of the conflicts in it, and of its question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.command import command
from tui.app.context import Context

if TYPE_CHECKING:
    from tui.app.screens.form import FormScreen

FORM, CONFLICT, QUESTION = "form", "conflict", "question"
GROUP_FORM, GROUP_CONFLICT = "Form", "Conflict"
_SAVE, _CLOSE = ("ctrl+s", "f2"), ("escape",)


def _form(context: Context) -> FormScreen:
    from tui.app.screens.form import FormScreen

    screen = context.screen
    assert isinstance(screen, FormScreen)  # these places exist on no other screen
    return screen


@command("form.save", keys=_SAVE, title="Save", group=GROUP_FORM, place=FORM, hidden=True)
def save(context: Context) -> None:
    """Save what was typed; what is wrong or in conflict is shown in the form."""
    _form(context).save()


@command("form.close", keys=_CLOSE, title="Close", group=GROUP_FORM, place=FORM, hidden=True)
def close(context: Context) -> None:
    """Close at once; what was typed is kept as a draft."""
    _form(context).close()


@command("form.editor", keys=("ctrl+e",), title="Open in your editor", group=GROUP_FORM, place=FORM, hidden=True)
def editor(context: Context) -> None:
    """Open the text under the cursor in $EDITOR."""
    _form(context).edit_outside()


@command("form.discard", keys=("ctrl+r",), title="Throw away", group=GROUP_FORM, place=FORM, hidden=True)
def discard(context: Context) -> None:
    """Throw away what was typed and the draft, at the second press; every field shows the item again."""
    _form(context).discard()


@command("conflict.base", keys=("1",), title="Take base", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def base(context: Context) -> None:
    """Settle this field with the value it had before either change."""
    _form(context).pick("base")


@command("conflict.mine", keys=("2", "m"), title="Take mine", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def mine(context: Context) -> None:
    """Settle this field with my value."""
    _form(context).pick("mine")


@command("conflict.theirs", keys=("3", "t"), title="Take theirs", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def theirs(context: Context) -> None:
    """Settle this field with the server's value."""
    _form(context).pick("theirs")


@command("conflict.both", keys=("b",), title="Keep both", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def both(context: Context) -> None:
    """Keep both sides of a long text or a list."""
    _form(context).pick("both")


@command("conflict.all_mine", keys=("M",), title="All mine", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def all_mine(context: Context) -> None:
    """Settle every field with my value."""
    _form(context).pick_all("mine")


@command("conflict.all_theirs", keys=("T",), title="All theirs", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def all_theirs(context: Context) -> None:
    """Settle every field with the server's value."""
    _form(context).pick_all("theirs")


@command("conflict.type", keys=("e",), title="Type a value", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def type_value(context: Context) -> None:
    """Settle this field with a value you type."""
    _form(context).type_value()


@command("conflict.undo", keys=("u",), title="Undo pick", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def undo(context: Context) -> None:
    """Take the pick of this field back, or the last one."""
    _form(context).unpick()


@command("conflict.down", keys=("j", "down"), title="Next field", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def down(context: Context) -> None:
    """Go to the next field."""
    context.screen.focus_next()


@command("conflict.up", keys=("k", "up"), title="Previous field", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def up(context: Context) -> None:
    """Go to the previous field."""
    context.screen.focus_previous()


@command("conflict.next", keys=("n",), title="Next conflict", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def following(context: Context) -> None:
    """Go to the next field that is not settled."""
    _form(context).go_to_open(1)


@command("conflict.previous", keys=("N",), title="Previous conflict", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def previous(context: Context) -> None:
    """Go to the previous field that is not settled."""
    _form(context).go_to_open(-1)


@command("conflict.save", keys=_SAVE, title="Save", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def save_settled(context: Context) -> None:
    """Save on the server's version, with every conflict as you settled it."""
    _form(context).save()


@command("conflict.close", keys=_CLOSE, title="Keep as a draft", group=GROUP_CONFLICT, place=CONFLICT, hidden=True)
def close_conflict(context: Context) -> None:
    """Close at once; your side is kept."""
    _form(context).close()


@command("question.recreate", keys=("r",), title="Restore", group=GROUP_CONFLICT, place=QUESTION, hidden=True)
def recreate(context: Context) -> None:
    """Restore an item that was deleted on the server, with your changes."""
    from tui.app.form_answers import bring_back

    form = _form(context)
    bring_back(form.flow)
    form.follow()


@command("question.drop", keys=("d",), title="Let go", group=GROUP_CONFLICT, place=QUESTION, hidden=True)
def drop(context: Context) -> None:
    """Let a deleted item go, or delete anyway what someone changed since."""
    from tui.app.conflict_model import Lost
    from tui.app.form_answers import delete_anyway, let_go

    form = _form(context)
    if isinstance(form.flow.question, Lost):
        let_go(form.flow)
    else:
        delete_anyway(form.flow)
    form.follow()


@command("question.keep", keys=("k",), title="Keep it", group=GROUP_CONFLICT, place=QUESTION, hidden=True)
def keep(context: Context) -> None:
    """Keep an item that you meant to delete, as the server has it."""
    from tui.app.conflict_model import Spared
    from tui.app.form_answers import let_go

    form = _form(context)
    if isinstance(form.flow.question, Spared):
        let_go(form.flow)
        form.follow()


@command("question.close", keys=_CLOSE, title="Keep as a draft", group=GROUP_CONFLICT, place=QUESTION, hidden=True)
def close_question(context: Context) -> None:
    """Close at once: what you typed for a deleted item is kept as a draft, and nothing of it is sent."""
    _form(context).close()

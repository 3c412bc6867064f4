"""What a form says: its title, its notes beside fields, its question and its line of keys."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from tui.app.conflict_model import Lost, Spared, changed_by_choice, note, standings
from tui.app.conflict_text import ASCII_SIGNS, SIGNS, Signs, ago, head, value_text, who
from tui.app.drawing_glyphs import ASCII
from tui.app.form_flow import Flow
from tui.app.form_model import Row
from tui.domain import values
from tui.domain.model import Member, Moment, field_name, label_of, value_of
from tui.domain.text import visible
from tui.errors import Invalid

if TYPE_CHECKING:
    from tui.app.app import WallApp
    from tui.app.screens.form import FormScreen

Words = tuple[str, str, str]
"""Mark, note and tone of a row."""
_HINTED = ("number", "currency", "date")
_EXAMPLES = {"date": "2026-12-31, fri or +3d", "number": "15000 or 15k", "currency": "15000 or 15k"}
_PERCENTAGE = "0 to 100"
_MOST = 120


def signs_of(app: WallApp) -> Signs:
    """The signs that fit the app's glyphs."""
    return ASCII_SIGNS if app.glyphs is ASCII else SIGNS


def title(flow: Flow, now: Moment, width: int, signs: Signs) -> Content:
    """What is edited, and beside it (or beneath) how a conflict stands."""
    item = flow.form.base
    if flow.form.creates:
        name = f" New item on {visible(flow.board.name)}"
    else:
        name = f" Edit {visible(item.key)}  {visible(item.name)}"
    right = ""
    if flow.contest is not None:
        right = head(flow.contest, now, signs)
    elif flow.phase == "saving":
        right = "saving…" if signs is SIGNS else "saving"
    room = width - len(right) - 4
    if right and room < 16:
        return Content.assemble((name[: max(1, width - 1)], "bold"), "\n ", (right, "bold $warning"))
    name = name if len(name) <= room else name[: max(1, room - 1)] + signs.more
    text = Content.styled(name, "bold")
    gap = " " * max(2, width - text.cell_length - len(right) - 1)
    return Content.assemble(text, gap, (right, "bold $warning")) if right else text


def row_words(flow: Flow, row: Row, current: bool, now: Moment, signs: Signs) -> Words:
    """What is shown beside one row: two signs before its name (its state, then the cursor), a note, and its tone."""
    sign, said, tone = _state_words(flow, row, current, now, signs)
    return f"{sign}{signs.current if current else ' '}", said, tone


def _state_words(flow: Flow, row: Row, current: bool, now: Moment, signs: Signs) -> Words:
    member = row.member
    if member in flow.problems:
        return signs.open, flow.problems[member], "problem"
    if flow.contest is not None:
        standing = standings(flow.contest).get(member, "same")
        said = note(flow.contest, member, standing).replace("→", signs.arrow)
        if standing == "clash":
            return signs.settled if member in flow.contest.effective else signs.open, said, "news"
        return signs.theirs if standing in ("theirs", "merged") else " ", said, ""
    if member in flow.news:
        return signs.changed, _news(flow, member, now, signs), "news"
    if row.locked:
        return " ", row.locked, ""
    if not flow.form.creates and member not in flow.form.texts and _is_unknown(flow, member):
        return " ", "the server did not return this", "hint"
    return " ", _hint(flow, row) if current else "", "hint"


def _is_unknown(flow: Flow, member: Member) -> bool:
    name = field_name(member)
    return name is not None and name not in flow.form.base.fields


def _news(flow: Flow, member: Member, now: Moment, signs: Signs) -> str:
    item = flow.view
    if item is None:
        return ""
    text = value_text(flow.board, member, value_of(item, member), signs)
    kept = "saving asks which" if member in flow.form.texts else "stays unless you type"
    return f"now {text[:_MOST]} by {who(item)}, {ago(now, item.updated_at)}: {kept}"


def _hint(flow: Flow, row: Row) -> str:
    """How a number or date may be typed, and how what was typed is understood."""
    if row.field.kind == "multi_select" and row.editor == "line":
        return "separated by commas"
    if row.editor in ("choice", "choices"):
        return "Space opens"
    if not flow.form.text(row.member):
        return _PERCENTAGE if row.field.weight else _EXAMPLES.get(row.field.kind, "")
    text = flow.form.texts.get(row.member)
    if row.field.kind not in _HINTED or text is None:
        return ""
    try:
        value = flow.form.value(row.member, flow.today)
    except Invalid:
        return "cannot be read yet"  # the whole sentence comes when the cursor leaves: it would jump with every key
    shown = f"{value:%a %Y-%m-%d}" if isinstance(value, date) else values.show(value, row.field)
    if shown == text.strip() and row.field.weight:
        shown = shown.removesuffix("%")  # the sign may be typed, and is no part of the number
    return f"= {visible(shown)}" if shown and shown != text.strip() else ""


def gone_text(flow: Flow) -> str:
    """What is said as soon as the item of an open form is deleted by someone; empty while it is there."""
    if not flow.is_gone:
        return ""
    return (
        f"{visible(flow.form.base.key)} was deleted on the server. What you type is kept; save asks what becomes of it."
    )


def question_text(flow: Flow) -> str:
    """What was deleted, or changed under a delete, and what can be answered; empty when nothing is asked."""
    question = flow.question
    if isinstance(question, Lost):
        brings = "restores it" if flow.capabilities.restore else "restores it as a new item"
        return (
            f"{visible(flow.form.base.key)} was deleted on the server while you changed it. "
            f"r {brings} with your changes, d lets it go, Esc keeps this as a draft."
        )
    if isinstance(question, Spared):
        theirs = question.theirs
        changed = [visible(label_of(flow.board, m)) for m in changed_by_choice(question.was, theirs, flow.board)]
        return (
            f"You deleted {visible(theirs.key)}, but {who(theirs)} changed it since"
            f"{': ' + ', '.join(changed) if changed else ''}. d deletes it anyway, k keeps it, Esc decides later."
        )
    return ""


_SPARED = {"question.drop": "delete anyway", "question.close": "decide later"}
_OF_A_CLASH = ("conflict.base", "conflict.mine", "conflict.theirs", "conflict.type", "conflict.both")
"""Keys that settle the field under the cursor."""
_FEET = {
    "form": (
        ("form.save", "save"),
        ("form.close", "close"),
        ("form.editor", "editor"),
        ("form.discard", "throw away"),
        ("app.help", "keys"),
    ),
    "typing": (
        ("form.close", "take what you typed, back to 1 2 3"),
        ("form.save", "save"),
        ("form.editor", "editor"),
        ("app.help", "keys"),
    ),
    "conflict": (
        ("conflict.base", "base"),
        ("conflict.mine", "mine"),
        ("conflict.theirs", "theirs"),
        ("conflict.type", "type"),
        ("conflict.both", "both"),
        ("conflict.all_mine", "all mine"),
        ("conflict.all_theirs", "all theirs"),
        ("conflict.undo", "undo pick"),
        ("conflict.save", "save"),
        ("conflict.close", "keep as a draft"),
        ("app.help", "keys"),
    ),
    "question": (
        ("question.recreate", "restore"),
        ("question.drop", "let go"),
        ("question.keep", "keep it"),
        ("question.close", "keep as a draft"),
    ),
}


def foot(screen: FormScreen) -> Content:
    """The keys that work now."""
    flow, keymap = screen.flow, screen.app.keymap
    said: list[tuple[str, str]] = []
    row = screen.current
    for command_id, word in _FEET["typing" if row is not None and row.is_typing else screen.place]:
        if not _applies(flow, command_id, None if row is None else row.member) or command_id not in screen.app.commands:
            continue
        # A text box takes “?” for itself.
        keys = keymap.shown_keys(command_id) if command_id == "app.help" else keymap.shown_keys(command_id, 1)
        shown = _SPARED.get(command_id, word) if isinstance(flow.question, Spared) else word
        if command_id == "conflict.type" and row is not None and row.row.editor in ("choice", "choices"):
            shown = "choose"
        said.append((keys.split()[-1] if keys else "", shown))
    return _in_lines(said, screen.size.width)


def _in_lines(said: list[tuple[str, str]], width: int) -> Content:
    """Keys and words in as many lines as they need, a key never apart from its word."""
    lines: list[list[Content]] = [[]]
    left = width
    for key, word in said:
        one = Content.assemble(" ", (key, "bold $accent"), f" {word} ")
        if one.cell_length > left and lines[-1]:
            lines.append([])
            left = width
        lines[-1].append(one)
        left -= one.cell_length
    return Content("\n").join(Content.assemble(*line) for line in lines)


def _applies(flow: Flow, command_id: str, member: Member | None) -> bool:
    if command_id in _OF_A_CLASH and flow.contest is not None:
        if member is None or flow.contest.clash(member) is None:
            return False
        return command_id != "conflict.both" or flow.contest.can_pick(member, "both")
    if command_id == "form.discard":
        return flow.form.is_dirty
    if command_id == "question.recreate":
        return isinstance(flow.question, Lost)
    if command_id == "question.keep":
        return isinstance(flow.question, Spared)
    return True

"""An item in words: its fields, its state and its past. Every foreign text is made visible here."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from tui.api.backend import Past
from tui.app.conflict_text import Signs, ago, value_text
from tui.app.drawing import fit
from tui.domain import values
from tui.domain.model import COLUMN, LABELS, STATUS, Board, Field, Item, Member, Moment, label_of, value_of
from tui.domain.text import visible
from tui.sync.state import State, conflict_of, pendings_of, refused_of

_LABEL = 18
_MOST = 200
"""Entries of history that are shown."""


def item_lines(
    state: State, board: Board, item: Item, now: Moment, width: int, signs: Signs
) -> tuple[Content, Content]:
    """The line above an item, and its fields."""
    head = Content.assemble((f" {visible(item.key)}  {visible(item.name)}", "bold"))
    label = min(_LABEL, max(8, width // 4))
    rows: list[tuple[str, str]] = [
        (member, value_text(board, Member(member), value_of(item, Member(member)), signs))
        for member in (COLUMN, STATUS, LABELS)
    ]
    rows += [(f.label or f.name, _field_text(item, f, signs)) for f in board.fields]
    known = {field.name for field in board.fields}
    rows += [
        (name, value_text(board, Member(f"field.{name}"), item.fields[name], signs))
        for name in item.fields
        if name not in known
    ]
    rows += _about(item, now)
    lines = [_row(name, text, label) for name, text in rows]
    told = _standing(state, item)
    return head, Content("\n").join([*told, *lines])


def _about(item: Item, now: Moment) -> list[tuple[str, str]]:
    rows = [("contact", item.contact_id), ("source", item.source)]
    found = [(name, visible(text)) for name, text in rows if text]
    if item.version is not None:
        found.append(("version", str(item.version)))
    if item.created_at > 0:
        found.append(("created", ago(now, item.created_at)))
    if item.updated_at > 0:
        by = f" by {visible(item.updated_by)}" if item.updated_by else ""
        found.append(("updated", f"{ago(now, item.updated_at)}{by}"))
    return found


def _field_text(item: Item, field: Field, signs: Signs) -> str:
    if field.name not in item.fields:
        return "?"  # the server did not return it
    value = item.fields[field.name]
    if field.kind == "long_text" and isinstance(value, str):
        return visible(value, lines=True)
    return visible(values.show(value, field)) or signs.empty


def _row(name: str, text: str, label: int) -> Content:
    first, *more = text.split("\n")
    indent = " " * (label + 2)
    lines = [Content.assemble((fit(visible(name), label), "$text-muted"), f"  {first}")]
    lines += [Content(f"{indent}{line}") for line in more]
    return Content("\n").join(lines)


def _standing(state: State, item: Item) -> list[Content]:
    """What waits to be sent, or for a person."""
    if conflict_of(state, item.id):
        return [Content.styled("In conflict with a change on the server: e settles it.", "bold $warning")]
    refused = refused_of(state, item.id)
    if refused:
        said = visible(refused.problem or "the server refused it")
        return [Content.styled(f"A change was refused: {said} e opens it.", "bold $error")]
    count = len(pendings_of(state, item.id))
    if count:
        return [Content.styled(f"{count} change{'' if count == 1 else 's'} not sent yet.", "$warning")]
    return [Content.styled("A draft is kept: e goes on with it.", "$warning")] if item.id in state.drafts else []


def history_lines(past: Iterable[Past] | None, problem: str, board: Board, now: Moment, signs: Signs) -> Content:
    """What happened to an item, newest first."""
    title = Content.styled("History", "bold")
    if problem:
        return Content.assemble(title, "\n", (visible(problem), "$text-muted"))
    if past is None:
        return Content.assemble(title, "\n", ("loading", "$text-muted"))
    entries = list(past)
    lines = [title, *(_entry(entry, board, now, signs) for entry in entries[:_MOST])]
    if not entries:
        lines.append(Content.styled("nothing is recorded", "$text-muted"))
    if len(entries) > _MOST:
        lines.append(Content.styled(f"and {len(entries) - _MOST} older entries", "$text-muted"))
    return Content("\n").join(lines)


def _entry(entry: Past, board: Board, now: Moment, signs: Signs) -> Content:
    version = f"v{entry.version} " if entry.version is not None else ""
    head = f"{version}{visible(entry.by) if entry.by else 'someone'}, {ago(now, entry.at)}"
    changes = [
        f"  {visible(label_of(board, member))}: {_value(board, member, old, signs)} {signs.arrow} "
        f"{_value(board, member, new, signs)}"
        for member, old, new in entry.changes
    ]
    return Content("\n").join([Content.styled(head, "$accent"), *map(Content, changes)])


def _value(board: Board, member: Member, value: object, signs: Signs) -> str:
    text = value_text(board, member, value, signs)  # type: ignore[arg-type]  # a Value, as the codec made it
    return text if len(text) <= 60 else text[:59] + signs.more

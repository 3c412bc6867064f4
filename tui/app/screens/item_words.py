"""An item in words: its fields, its state and its past. Every foreign text is made visible here."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual.content import Content

from tui.api.backend import Past
from tui.app.conflict_model import lines_text
from tui.app.conflict_text import Signs, ago, value_text
from tui.app.drawing import fit
from tui.domain import values
from tui.domain.lines import line_counts
from tui.domain.model import COLUMN, LABELS, STATUS, Board, Field, Item, Member, Moment, label_of, value_of
from tui.domain.record import Value
from tui.domain.text import visible
from tui.sync.state import State, conflict_of, pendings_of, refused_of

_LABEL = 18
_LONG = 60
"""Characters of a value in the history, beyond which only what differs is shown."""
_SAYS = r"[@\s]"
"""What a contact's name or address has and an id has not."""
DELETED = Member("deleted")
CONTACT = Member("contact")
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
    rows = [("contact", _contact_text(item)), ("source", item.source)]
    found = [(name, visible(text)) for name, text in rows if text]
    if item.version is not None:
        found.append(("version", str(item.version)))
    if item.created_at > 0:
        found.append(("created", ago(now, item.created_at)))
    if item.updated_at > 0:
        by = f" by {visible(item.updated_by)}" if item.updated_by else ""
        found.append(("updated", f"{ago(now, item.updated_at)}{by}"))
    return found


def _contact_text(item: Item) -> str | None:
    if item.contact is None:
        return None
    if item.contact.details:
        return ", ".join(item.contact.details)
    # Some servers tell the id alone, which says nothing to a person; a name or an address for one does.
    return item.contact.id if re.search(_SAYS, item.contact.id) else None


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
    changes = [f"  {_change(board, *change, signs)}" for change in entry.changes]
    return Content("\n").join([Content.styled(head, "$accent"), *map(Content, changes)])


def _change(board: Board, member: Member, old: Value, new: Value, signs: Signs) -> str:
    """One change of a member: what it was and is, or of long texts what differs."""
    if member == DELETED:
        return "deleted" if new else "restored"
    name = visible(label_of(board, member))
    if member == CONTACT:  # its values are ids, which tell a person nothing
        return f"{name}: {'another one' if old and new else 'linked' if new else 'no longer linked'}"
    if isinstance(old, str) and isinstance(new, str) and ("\n" in old or "\n" in new):
        return f"{name}: {lines_text(*line_counts(old, new))}"
    before, after = value_text(board, member, old, signs), value_text(board, member, new, signs)
    if max(len(before), len(after)) > _LONG:
        before, after = _differing(before, after, signs)
    return f"{name}: {before} {signs.arrow} {after}"


def _differing(before: str, after: str, signs: Signs) -> tuple[str, str]:
    """The parts of two long texts around what differs."""
    same = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    start = max(0, same - _LONG // 3)
    head = signs.more if start else ""

    def part(text: str) -> str:
        rest = text[start:]
        return head + (rest if len(rest) <= _LONG else rest[: _LONG - 1] + signs.more)

    return part(before), part(after)

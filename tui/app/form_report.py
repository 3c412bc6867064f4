"""The one line a form closes with: what was saved, what was merged, what others had changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tui.app.conflict_model import Contest, changed_by_choice, standings
from tui.app.form_model import Form
from tui.domain.model import Board, Item, Member, label_of
from tui.domain.text import visible

KEPT = "kept in the outbox: it is sent as soon as the server can be reached"
WITHDRAWN = "kept as a draft: nothing is sent"


def kept_sentence(form: Form) -> str:
    """Where a form that was left unsaved is found again."""
    again = "a new item starts with it" if form.creates else "edit the card to go on"
    return f"kept as a draft: {again}; “: drafts” lists them all"


def saved_sentence(
    form: Form,
    opened: Item,
    final: Item | None,
    mine: Collection[Member],
    contest: Contest | None,
    other: str | None,
    verb: str = "saved",
) -> str:
    """What became of a save: `opened` is what the user saw first, `final` what the server holds now.

    `other` is who else changed it meanwhile, where the server says so.
    """
    if final is None:
        return verb
    if form.creates:
        return f"{verb} as {visible(final.key)}"
    board = form.board
    saved = f"{verb} {visible(final.key)}"
    how = standings(contest) if contest else {}
    merged: list[Member] = []
    settled: list[Member] = []
    taken: list[Member] = []
    for member in changed_by_choice(opened, final, board):
        picked_theirs = contest is not None and contest.effective.get(member) == "theirs"
        if member not in mine or picked_theirs:
            taken.append(member)
        elif how.get(member) == "merged":
            merged.append(member)
        elif how.get(member) == "clash":
            settled.append(member)
    parts = [f"{_labels(board, merged)} merged"] if merged else []
    parts += [f"{_labels(board, settled)} as you chose"] if settled else []
    parts += [f"{_labels(board, taken)} from {visible(other) if other else 'the server'}"] if taken else []
    return f"{saved} · {'; '.join(parts)}" if parts else saved


def _labels(board: Board, members: Iterable[Member]) -> str:
    return ", ".join(visible(label_of(board, member)) for member in members)

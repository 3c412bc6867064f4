"""The one line a form closes with: what was saved, what was merged, what others had changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tui.app.conflict_model import Contest, standings
from tui.app.form_model import Form
from tui.domain.merge import changed_members
from tui.domain.model import Board, Item, Member, label_of
from tui.domain.text import visible


def saved_sentence(
    form: Form, opened: Item, final: Item | None, mine: Collection[Member], contest: Contest | None
) -> str:
    """What became of a save: `opened` is what the user saw first, `final` what the server holds now."""
    if final is None:
        return "saved"
    if form.creates:
        return f"saved as {visible(final.key)}"
    board = form.board
    saved = f"saved on v{final.version}" if final.version is not None else "saved"
    how = standings(contest) if contest else {}
    merged: list[Member] = []
    settled: list[Member] = []
    taken: list[Member] = []
    for member in changed_members(opened, final, board):
        picked_theirs = contest is not None and contest.effective.get(member) == "theirs"
        if member not in mine or picked_theirs:
            taken.append(member)
        elif how.get(member) == "merged":
            merged.append(member)
        elif how.get(member) == "clash":
            settled.append(member)
    parts = [f"{_labels(board, merged)} merged"] if merged else []
    parts += [f"{_labels(board, settled)} as you chose"] if settled else []
    parts += [f"{_labels(board, taken)} taken from the server"] if taken else []
    return f"{saved} · {'; '.join(parts)}" if parts else saved


def _labels(board: Board, members: Iterable[Member]) -> str:
    return ", ".join(visible(label_of(board, member)) for member in members)

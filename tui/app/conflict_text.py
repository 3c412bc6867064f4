"""The words of a conflict: its head, its pickers, its sentences. Pure; every foreign text is made visible here."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from rich.cells import cell_len

from tui.app.conflict_model import SIDES, Contest, Side
from tui.app.drawing import fit
from tui.domain import values
from tui.domain.merge import Clash, Typed, both
from tui.domain.model import COLUMN, STATUS, Board, Item, Member, Moment, field_name
from tui.domain.record import Value
from tui.domain.text import visible

Role = Literal["plain", "name", "chosen"]
Run = tuple[str, Role]
NARROW = 60
"""Columns of the screen below which the three values stack."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LONGEST = 400


class Signs(Struct, frozen=True):
    """The signs of a form; the second set is plain ASCII."""

    current: str
    open: str
    settled: str
    theirs: str
    changed: str
    arrow: str
    empty: str
    dot: str
    more: str
    switch: str
    """After a choice that can be opened."""
    chosen: str


SIGNS = Signs("▸", "!", "✓", "~", "*", "→", "–", "·", "…", "▾", "•")
ASCII_SIGNS = Signs(">", "!", "=", "~", "*", "->", "-", "-", "~", "v", "o")


def ago(now: Moment, then: Moment) -> str:
    """How long ago, in words that do not need a clock beside them."""
    seconds = max(0, now - then)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h ago"
    days = seconds // _DAY
    return f"{days} day{'' if days == 1 else 's'} ago"


def value_text(board: Board, member: Member, value: Value, signs: Signs = SIGNS) -> str:
    """A member's value on one line, for people: names in place of ids, controls made visible."""
    text = visible(_raw_text(board, member, value)[:_LONGEST])
    return text or signs.empty


def _raw_text(board: Board, member: Member, value: Value) -> str:
    if value is None:
        return ""
    if member == COLUMN:
        return next((column.name for column in board.columns if column.id == value), str(value))
    if member == STATUS:
        statuses = (status for column in board.columns for status in column.statuses)
        return next((status.name for status in statuses if status.id == value), str(value))
    if isinstance(value, tuple):
        return ", ".join(value)
    name = field_name(member)
    field = board.field(name) if name is not None else None
    return str(value) if field is None else values.show(value, field)


def who(item: Item) -> str:
    """Who changed an item last."""
    return visible(item.updated_by) if item.updated_by else "someone"


def head(contest: Contest, now: Moment, signs: Signs = SIGNS) -> str:
    """How many conflicts are left, and between which states of the item."""
    count, left = len(contest.clashes), len(contest.unresolved)
    if left == 0:
        what = "ALL SETTLED"
    elif left < count:
        what = f"{left} OF {count} LEFT"
    else:
        what = f"{count} CONFLICT{'' if count == 1 else 'S'}"
    return f"{what}   {between(contest.base, contest.theirs, now, signs)}"


def between(base: Item, theirs: Item, now: Moment, signs: Signs = SIGNS) -> str:
    """Which states of an item meet: mine, and the server's with its author and age."""
    mine = f"you began on v{base.version} {signs.dot} " if base.version is not None else ""
    server = f"now v{theirs.version}" if theirs.version is not None else "changed"
    return f"{mine}{server} by {who(theirs)}, {ago(now, theirs.updated_at)}"


def picker(contest: Contest, member: Member, width: int, *, stacked: bool, signs: Signs = SIGNS) -> list[list[Run]]:
    """The choices of one clash, as one line of three or as three lines."""
    clash = contest.clash(member)
    if clash is None:
        return []
    pick = contest.picks.get(member)
    cells = _cells(contest, clash, signs)
    extra = ""
    if isinstance(pick, Typed):
        extra = f"[e typed {value_text(contest.board, member, pick.value, signs)}]"
    elif pick == "both":
        extra = f"[b both {value_text(contest.board, member, both(clash), signs)}]"
    rows: list[list[Run]]
    if stacked:
        rows = [_fitted(cell, width, signs) for cell in cells]
    else:
        share = _share(width)
        rows = [[run for cell in cells for run in _fitted(cell, share, signs, pad=True)]]
    if extra:
        rows.append([(fit(extra, width, signs.more), "chosen")])
    return rows


def is_cut(contest: Contest, member: Member, width: int, signs: Signs = SIGNS) -> bool:
    """Whether the choices of one clash would not be seen whole in one line of three."""
    clash = contest.clash(member)
    cells = _cells(contest, clash, signs) if clash else []
    return any(cell_len("".join(text for text, _ in cell).rstrip()) >= _share(width) for cell in cells)


def height(contest: Contest, member: Member, *, stacked: bool) -> int:
    """Lines that `picker` draws."""
    pick = contest.picks.get(member)
    return (len(SIDES) if stacked else 1) + (isinstance(pick, Typed) or pick == "both")


def _share(width: int) -> int:
    return max(8, width // len(SIDES))


def _cells(contest: Contest, clash: Clash, signs: Signs) -> list[list[Run]]:
    pick = contest.picks.get(clash.member)
    held = {"base": clash.base, "mine": clash.mine, "theirs": clash.theirs}
    return [
        _cell(place, side, value_text(contest.board, clash.member, held[side], signs), pick == side)
        for place, side in enumerate(SIDES, 1)
    ]


def _cell(place: int, side: Side, text: str, picked: bool) -> list[Run]:
    if picked:
        return [(f"[{place} {side} {text}]", "chosen")]
    return [(f" {place} {side} ", "name"), (f"{text} ", "plain")]


def _fitted(cell: list[Run], width: int, signs: Signs, *, pad: bool = False) -> list[Run]:
    out: list[Run] = []
    left = width - 1 if pad else width
    for text, role in cell:
        shown = fit(text, left, signs.more).rstrip() if cell_len(text) > left else text
        if role == "chosen" and shown != text:
            shown = f"{fit(text, max(1, left - 1), signs.more).rstrip()}]"
        out.append((shown, role))
        left = max(0, left - cell_len(shown))
    if pad:
        out.append((" " * (left + 1), "plain"))
    return out

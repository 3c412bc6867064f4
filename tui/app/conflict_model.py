"""Everything a conflict decides, as a value: which members clash, what was picked, where the cursor goes.

Pure. The same Contest serves a save that lost the race, a move, a failed undo and a replayed Outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from immutables import Map
from msgspec import Struct
from msgspec.structs import replace

from tui.domain.changes import Delta, Edits, apply_edits
from tui.domain.lines import line_counts
from tui.domain.merge import (
    Clash,
    Merge,
    Pick,
    Picks,
    Typed,
    can_keep_both,
    changed_members,
    merge,
    settled,
    status_after_move,
)
from tui.domain.model import COLUMN, STATUS, Board, Item, Member, field_name, value_of, with_value
from tui.domain.record import Value
from tui.domain.text import visible

Standing = Literal["same", "mine", "theirs", "agreed", "merged", "clash"]
"""How a member stands: changed by nobody, by one side, alike by both, merged from both, or by both differently."""
Side = Literal["base", "mine", "theirs"]
SIDES: tuple[Side, ...] = ("base", "mine", "theirs")


class Contest(Struct, frozen=True):
    """My edits against what the server holds now, and the picks made so far."""

    board: Board
    base: Item
    """The item as I saw it when my edits began."""
    edits: Edits
    theirs: Item
    clashes: tuple[Clash, ...]
    """In the order of the form's rows."""
    joined: tuple[Member, ...] = ()
    picks: Picks = Map()
    seen: Map[Member, Value] = Map()
    """What theirs was when a pick was made."""
    past: tuple[tuple[Picks, Map[Member, Value]], ...] = ()
    """Picks before each step, for undo."""
    retyped: Map[Member, Value] = Map()
    """What was typed after the edits had left: mine from then on."""

    def clash(self, member: Member) -> Clash | None:
        """The clash of a member, picked or not."""
        return next((clash for clash in self.clashes if clash.member == member), None)

    @property
    def unresolved(self) -> tuple[Member, ...]:
        """Members that still wait for a pick, in order."""
        return tuple(clash.member for clash in self.clashes if clash.member not in self.picks)

    @property
    def effective(self) -> Picks:
        """The picks of members that clash now, in terms of the edits."""
        picked = [clash.member for clash in self.clashes if clash.member in self.picks]
        return Map({member: self._in_terms_of_edits(member) for member in picked})

    @property
    def merge(self) -> Merge:
        """The outcome with the picks made so far."""
        return merge(self.edits, self.theirs, self.board, self.picks)

    def value(self, member: Member) -> Value:
        """What a clash becomes by its pick; mine while there is none. Not a clash: KeyError."""
        clash = self.clash(member)
        if clash is None:
            raise KeyError(member)
        return settled(clash, self.picks.get(member, "mine")).mine

    def moved(self, member: Member) -> bool:
        """Whether theirs changed again after the pick."""
        clash = self.clash(member)
        return clash is not None and member in self.seen and self.seen[member] != clash.theirs

    def can_pick(self, member: Member, pick: Pick) -> bool:
        """Whether a pick means something for a member."""
        return self.clash(member) is not None and (pick != "both" or can_keep_both(self.board, member))

    def pick(self, member: Member, pick: Pick) -> Contest:
        """With one clash settled; unchanged where the pick means nothing."""
        return self._picked({member: pick}) if self.can_pick(member, pick) else self

    def pick_all(self, side: Side) -> Contest:
        """With every clash settled for one side, as one step."""
        return self._picked({clash.member: side for clash in self.clashes})

    def undo(self) -> Contest:
        """Without the last pick."""
        if not self.past:
            return self
        picks, seen = self.past[-1]
        return replace(self, picks=picks, seen=seen, past=self.past[:-1])

    def undo_of(self, member: Member) -> Contest:
        """Without a member's pick, which can itself be undone; without the last step when it has none."""
        if member not in self.effective:
            return self.undo()
        seen = self.seen.delete(member) if member in self.seen else self.seen
        return replace(self, picks=self.picks.delete(member), seen=seen, past=(*self.past, (self.picks, self.seen)))

    def onto(self, theirs: Item) -> Contest:
        """The same edits and picks against a newer state of the server's."""
        merged = merge(self.edits, theirs, self.board)
        clashes = in_order(self.board, merged.clashes)
        return replace(self, theirs=theirs, clashes=clashes, joined=merged.joined).retype(self.retyped)

    def retype(self, values: Mapping[Member, Value]) -> Contest:
        """With later words of mine for members that clash; one that says what theirs says is settled by that."""
        mine = {clash.member: values[clash.member] for clash in self.clashes if clash.member in values}
        clashes = tuple(replace(c, mine=mine[c.member]) if c.member in mine else c for c in self.clashes)
        agreed: dict[Member, Pick] = {c.member: "theirs" for c in clashes if c.member in mine and c.mine == c.theirs}
        found = replace(self, clashes=clashes, retyped=self.retyped.update(mine))
        return replace(found._picked(agreed), past=self.past) if agreed else found

    def next(self, member: Member | None, step: int = 1) -> Member | None:
        """The next (with -1 the previous) unresolved clash after `member`, going round; None when all are settled."""
        order = [clash.member for clash in self.clashes]
        open_ones = self.unresolved
        if not open_ones:
            return None
        if member not in order:
            return open_ones[0 if step > 0 else -1]
        place = order.index(member)
        round_trip = [order[(place + step * i) % len(order)] for i in range(1, len(order) + 1)]
        return next(m for m in round_trip if m in open_ones)

    def _in_terms_of_edits(self, member: Member) -> Pick:
        """The pick of a member; mine, where it was typed again, is a value the edits do not know."""
        pick = self.picks[member]
        return Typed(self.value(member)) if member in self.retyped and pick in ("mine", "both") else pick

    def _picked(self, picks: dict[Member, Pick]) -> Contest:
        now = self.picks
        seen = self.seen
        for member, pick in picks.items():
            clash = self.clash(member)
            if clash is not None:
                now = now.set(member, pick)
                seen = seen.set(member, clash.theirs)
        return replace(self, picks=now, seen=seen, past=(*self.past, (self.picks, self.seen)))


class Lost(Struct, frozen=True):
    """The item was deleted on the server while changes of mine wait: re-create it or let it go."""

    mine: Item
    """The item with my changes."""


class Spared(Struct, frozen=True):
    """I deleted an item that someone else has changed since: delete it anyway or keep theirs."""

    was: Item
    theirs: Item


def contest(board: Board, base: Item, edits: Edits, theirs: Item, picks: Picks | None = None) -> Contest:
    """My edits, made on `base`, against theirs."""
    merged = merge(edits, theirs, board)
    made = picks or Map()
    seen = Map({clash.member: clash.theirs for clash in merged.clashes if clash.member in made})
    clashes = in_order(board, merged.clashes)
    return Contest(board, base, edits, theirs, clashes, merged.joined, made, seen)


def in_order(board: Board, clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    """Clashes in the order of a form's rows."""
    built_in = ("name", "column", "status", "labels")
    order = {Member(name): place for place, name in enumerate(built_in)}
    order |= {field.member: len(built_in) + place for place, field in enumerate(board.fields)}
    return tuple(sorted(clashes, key=lambda clash: order.get(clash.member, len(order))))


def base_of(edits: Edits, theirs: Item) -> Item:
    """The item as the user saw it when `edits` began, as far as they tell: theirs in every other member."""
    base = replace(theirs, version=None)
    for member, edit in edits.items():
        if isinstance(edit, Delta):
            held = value_of(theirs, member)
            have = set(held) if isinstance(held, tuple) else set()
            base = with_value(base, member, tuple(sorted((have - set(edit.added)) | set(edit.removed))))
        else:
            base = with_value(base, member, edit.base)
    return base


def standings(contest: Contest) -> Map[Member, Standing]:
    """How every member that someone changed stands; members not in it are the same for all."""
    clashing = {clash.member for clash in contest.clashes}
    theirs_changed = set(changed_members(contest.base, contest.theirs, contest.board))
    found: dict[Member, Standing] = {}
    for member in theirs_changed | set(contest.edits):
        if member in clashing:
            found[member] = "clash"
        elif member == STATUS:
            if (status := _status_standing(contest)) is not None:
                found[member] = status
        elif member not in contest.edits:
            found[member] = "theirs"
        elif member not in theirs_changed:
            found[member] = "mine"
        else:
            mine = value_of(apply_edits(contest.edits, contest.base), member)
            found[member] = "agreed" if mine == value_of(contest.theirs, member) else "merged"
    return Map(found)


def changed_by_choice(before: Item, after: Item, board: Board) -> tuple[Member, ...]:
    """The members in which two states differ, without a status that only went along with its column."""
    found = changed_members(before, after, board)
    return tuple(m for m in found if m != STATUS or not _rides(board, before, after))


def _rides(board: Board, before: Item, after: Item) -> bool:
    """Whether a status is what the item's move alone made of it."""
    moved = before.column_id != after.column_id
    return moved and after.status_id == status_after_move(board, before, after.column_id)


def _status_standing(contest: Contest) -> Standing | None:
    """How a status stands that does not clash; None where it follows its column, of which there is nothing to say."""
    base, theirs = contest.base, contest.theirs
    mine = apply_edits(contest.edits, base)
    if COLUMN in contest.unresolved:
        return None
    i_chose = mine.status_id != base.status_id and not _rides(contest.board, base, mine)
    they_chose = theirs.status_id != base.status_id and not _rides(contest.board, base, theirs)
    if i_chose and they_chose and mine.status_id == theirs.status_id:
        return "agreed"
    merged = contest.merge
    if apply_edits(merged.edits, theirs).status_id == theirs.status_id:
        return "theirs" if they_chose else None
    return "mine" if i_chose else None


def note(contest: Contest, member: Member, standing: Standing) -> str:
    """What is said beside a member."""
    if standing == "clash":
        return "theirs has changed again" if contest.moved(member) else ""
    if standing == "merged":
        return _merged_note(contest, member)
    taken = f"from {visible(contest.theirs.updated_by)}" if contest.theirs.updated_by else "taken from the server"
    return {"mine": "yours kept", "theirs": taken, "agreed": "the same on both sides"}.get(standing, "")


def _merged_note(contest: Contest, member: Member) -> str:
    edit = contest.edits[member]
    if isinstance(edit, Delta):
        mine = [*(f"+{label}" for label in edit.added), *(f"-{label}" for label in edit.removed)]
        return f"yours ({', '.join(mine)}) and theirs → both kept"
    if is_long(contest.board, member) and isinstance(edit.mine, str):
        base = edit.base if isinstance(edit.base, str) else ""
        held = value_of(contest.theirs, member)
        mine_lines = lines_text(*line_counts(base, edit.mine))
        their_lines = lines_text(*line_counts(base, held if isinstance(held, str) else ""))
        return f"{mine_lines} mine, {their_lines} theirs → both kept"
    return "yours and theirs → both kept"


def lines_text(added: int, removed: int) -> str:
    """Lines that came and went: ``+2 -1 lines``."""
    parts = [f"+{added}"] * bool(added) + [f"-{removed}"] * bool(removed)
    count = max(added, removed)
    return f"{' '.join(parts) or '0'} line{'' if count == 1 else 's'}"


def picked_side(pick: Pick | None) -> str:
    """The one word for a pick."""
    if pick is None:
        return ""
    return "typed" if isinstance(pick, Typed) else pick


def is_long(board: Board, member: Member) -> bool:
    """Whether a member holds a long text, which is told by its lines and not shown whole."""
    name = field_name(member)
    field = board.field(name) if name is not None else None
    return field is not None and field.kind == "long_text"

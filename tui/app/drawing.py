"""From an item to the lines of its card: pure, and exact to the cell.

A card is two lines and a blank one. The first carries everything that a key can change (cursor, mark, state), so
that moving the cursor redraws one line of the old card and one of the new. In a narrow pane the first line is the
name alone, because that is what tells two items apart; the key stands first in the second line, and the fields that
find no place beside it take the blank one. There every field has a place of its own, whatever its neighbours hold.
"""

from __future__ import annotations

from textwrap import wrap

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from tui.app.clean import plain
from tui.app.drawing_glyphs import Glyphs
from tui.app.theme import Palette
from tui.domain.model import LABELS, STATUS, Board, Item, Member, Moment, field_name
from tui.domain.values import show, show_short
from tui.sync.state import Mark

CARD = 3
"""Lines from one card to the next."""
CHOSEN = 3
"""Most fields that a card shows."""
LONGEST = 200
"""Characters of a value that are looked at; no column is that wide."""
NARROW = 26
"""Cells of room below which key and name do not share a line."""
OF_USE = 4
"""Cells beside a key that are enough for an amount."""
SHORTEST = 4
"""Cells that a word keeps while anything else can be cut."""
READABLE = 7
"""Cells of a column's name that are kept before its sum is."""

BUILT_IN = (STATUS, LABELS)
"""Members beside the board's fields that a card can show."""

HOUR = 3600
DAY = 24 * HOUR


class Brush(Struct, frozen=True):
    """What all cards of one pane share; a new one when any of it changes."""

    board: Board
    members: tuple[Member, ...]
    """The chosen fields, at most three."""
    palette: Palette
    glyphs: Glyphs
    width: int
    """Cells of the pane, the line on its right included."""

    @property
    def room(self) -> int:
        """Cells between the gutter and the line on the right."""
        return self.width - 2

    @property
    def is_narrow(self) -> bool:
        """Whether the first line of a card is its name alone."""
        return self.room < NARROW

    @property
    def face(self) -> int:
        """Lines of a card that carry text."""
        return CARD if self.is_narrow and len(self.members) > 1 else CARD - 1


def hanging(text: str, width: int, indent: int) -> str:
    """`text` wrapped at words to `width` cells, every line but the first `indent` blanks in."""
    lines = wrap(text, max(8, width - indent), break_on_hyphens=False) or [""]
    return ("\n" + " " * indent).join(lines)


def fit(text: str, width: int, more: str = "…") -> str:
    """`text` padded or cut to exactly `width` cells, ending in `more` where it was cut."""
    if width <= 0:
        return ""
    length = len(text) if text.isascii() else cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    return set_cell_size(text, width - 1) + more


def card(
    brush: Brush, item: Item, mark: Mark, age: str, *, on: bool = False, marked: bool = False
) -> tuple[Strip, ...]:
    """The lines of a card, each exactly as wide as the pane; `on` when the cursor is on it."""
    first = _first_line(brush, item, mark, on, marked)
    return (first, *_narrow_lines(brush, item, age)) if brush.is_narrow else (first, _second_line(brush, item, age))


def _first_line(brush: Brush, item: Item, mark: Mark, on: bool, marked: bool) -> Strip:
    palette, glyphs = brush.palette, brush.glyphs
    name = plain(item.name[:LONGEST])
    key = "" if brush.is_narrow else f"{plain(item.key[:LONGEST])} "
    sign = "" if mark is Mark.NONE else f" {glyphs.marks[mark]}"
    gutter = glyphs.cursor if on else glyphs.marked if marked else " "
    room = brush.room - len(sign)
    if on:
        tick = f"{glyphs.marked} " if marked else ""
        text = fit(f"{tick}{key}{name}", room, glyphs.more)
        parts = [Segment(gutter + text + sign, palette.cursor)]
    else:
        key = key[: max(0, room)]
        parts = [
            Segment(gutter, palette.marked),
            Segment(key, palette.key),
            Segment(fit(name, room - cell_len(key), glyphs.more), palette.name),
            Segment(sign, palette.marks[mark]),
        ]
    return _line(brush, parts)


def _second_line(brush: Brush, item: Item, age: str) -> Strip:
    texts = (member_text(brush.board, item, member) for member in brush.members)
    room, end = _beside_age(brush, age)
    told = f" {brush.glyphs.dot} ".join(text for text in texts if text)
    return _line(brush, [Segment(f" {fit(told, room, brush.glyphs.more)}{end}", brush.palette.body)])


def _beside_age(brush: Brush, age: str) -> tuple[int, str]:
    """Cells before an age, and the age as the end of a line; none where there is no room for one."""
    room = brush.room - len(age) - 1
    return (room, f" {age}" if age else "") if room >= 1 else (brush.room, "")


def _narrow_lines(brush: Brush, item: Item, age: str) -> tuple[Strip, ...]:
    """Key, first field and age; below them the other fields."""
    more, style = brush.glyphs.more, brush.palette.body
    room, end = _beside_age(brush, age)
    key = plain(item.key[:LONGEST])
    key = key if cell_len(key) <= room else fit(key, room, more)
    rest = room - cell_len(key)
    beside = brush.members[: int(rest > OF_USE or brush.face < CARD)]
    texts = [member_text(brush.board, item, member, rest - 1) for member in beside]
    second = [Segment(f" {key}", brush.palette.key), Segment(fit(f" {''.join(texts)}", rest, more) + end, style)]
    if brush.face < CARD:
        return (_line(brush, second),)
    below = _in_places(brush, item, brush.members[len(beside) :])
    return _line(brush, second), _line(brush, [Segment(f" {fit(below, brush.room, more)}", style)])


def _in_places(brush: Brush, item: Item, members: tuple[Member, ...]) -> str:
    """The first of some fields on the left, the last on the right; what does not fit is cut, never left out."""
    room, more = brush.room, brush.glyphs.more
    texts = [member_text(brush.board, item, member, room // len(members)) for member in members]
    lengths = list(map(cell_len, texts))
    while (gaps := room - len(texts) + 1) < sum(lengths) and max(lengths) > 1:
        # Words bear to be cut, and the longest most of all; half a date or an amount says nothing.
        soft = [at for at, member in enumerate(members) if lengths[at] > SHORTEST and not _is_stiff(brush, member)]
        at = max(soft or range(len(texts)), key=lambda at: lengths[at])
        lengths[at] = max(1, lengths[at] - max(1, (sum(lengths) - gaps) // len(texts)))
    shown = [fit(text, length, more) for text, length in zip(texts, lengths, strict=True)]
    spare = room - sum(lengths) - len(shown) + 1
    return f"{' '.join(shown[:-1])}{' ' * max(0, spare)} {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _is_stiff(brush: Brush, member: Member) -> bool:
    name = field_name(member)
    field = brush.board.field(name) if name is not None else None
    return field is not None and field.kind in ("number", "currency", "date")


def blank(brush: Brush, text: str = "") -> Strip:
    """A line of a pane without a card on it."""
    return _line(brush, [Segment(f" {fit(text, brush.room, brush.glyphs.more)}", brush.palette.empty)])


def _line(brush: Brush, parts: list[Segment]) -> Strip:
    edge = Segment(brush.glyphs.edge, brush.palette.edge)
    segments = [part for part in parts if part.text]
    strip = Strip(segments).adjust_cell_length(max(0, brush.width - 1))
    return Strip([*strip, edge], brush.width) if brush.width > 0 else strip


class Head(Struct, frozen=True):
    """What stands above a column, as values; two equal ones are drawn alike."""

    name: str
    shown: int
    total: int
    complete: bool
    limit: int | None = None
    sum: str = ""
    weighted: str = ""
    on: bool = False
    """Whether the cursor is in this column."""
    before: int = 0
    """Columns to the left that do not fit on the screen."""
    after: int = 0
    above: int = 0
    """Cards above those in view."""
    below: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the column holds more than its soft limit."""
        return self.complete and self.limit is not None and self.total > self.limit


def head(brush: Brush, head: Head) -> Strip:
    """The head of a column: what matters less is left out first when it is narrow."""
    palette, glyphs = brush.palette, brush.glyphs
    left = f"{glyphs.left}{head.before} " if head.before else ""
    right = f" {head.after}{glyphs.right}" if head.after else ""
    name = plain(head.name[:LONGEST])
    signs, more = _further(head, glyphs)
    free = brush.room - 1 - len(left) - len(right)
    count, money = _beside_name(head, glyphs, cell_len(name), free - len(signs))
    room = free - len(count) - cell_len(money)
    further = more if room - len(more) >= cell_len(name) else signs if room - len(signs) >= len(signs) else ""
    room -= len(further)
    name = fit(name, min(cell_len(name), room), glyphs.more)
    gap = " " * max(0, room - cell_len(name))
    parts = [
        Segment(glyphs.cursor if head.on else " ", palette.head_on if head.on else palette.head),
        Segment(left, palette.count),
        Segment(f"{name} ", palette.head_on if head.on else palette.head),
        Segment(count, palette.over if head.is_over else palette.count),
        Segment(money + gap + further + right, palette.count),
    ]
    return _line(brush, parts)


def _further(head: Head, glyphs: Glyphs) -> tuple[str, str]:
    """That a column goes on above or below, as signs and as signs with numbers."""
    ends = [(glyphs.above, head.above), (glyphs.below, head.below)]
    signs = "".join(sign for sign, cards in ends if cards)
    numbers = " ".join(f"{sign}{cards:,}" for sign, cards in ends if cards)
    return (f" {signs}", f" {numbers}") if signs else ("", "")


def _beside_name(head: Head, glyphs: Glyphs, name: int, room: int) -> tuple[str, str]:
    """Count and sums that fit beside a name of `name` cells.

    First the weighted sum goes, then a limit that is kept, then the words of the count, then cells of the name, last
    the sum: under a filter too, all heads of one width say the same as long as there is room.
    """
    weighted = f" {glyphs.weighted}{head.weighted}" if head.weighted else ""
    total = f" {head.sum}" if head.sum else ""
    full, short = count_text(head, glyphs), count_text(head, glyphs, limit=head.is_over)
    least = count_text(head, glyphs, limit=head.is_over, of="/")
    for count, money in ((full, total + weighted), (full, total), (short, total), (least, total)):
        if name + len(count) + cell_len(money) <= room:
            return count, money
    if room - len(least) - cell_len(total) >= min(name, READABLE):
        return least, total
    return short if room - len(short) >= min(name, READABLE) else least, ""


def count_text(head: Head, glyphs: Glyphs, *, limit: bool = True, of: str = " of ") -> str:
    """``28``, ``4 of 28`` under a filter, ``28 ≤25!`` above the soft limit.

    Only ``…`` until everything is counted: a number that grows would be sent again with every page.
    """
    if not head.complete:
        return glyphs.more
    text = f"{head.total:,}" if head.shown == head.total else f"{head.shown:,}{of}{head.total:,}"
    if head.limit is not None and limit:
        text += f" {glyphs.limit}{head.limit}{'!' if head.is_over else ''}"
    return text


def age(now: Moment, then: Moment) -> str:
    """How long ago in whole hours, days or years: ``4h``, ``12d``, ``3y``; nothing that ticks."""
    if then <= 0:
        return ""
    seconds = max(0, now - then)
    if seconds < DAY:
        return f"{seconds // HOUR}h"
    days = seconds // DAY
    return f"{days}d" if days < 1000 else f"{days // 365}y"


def member_text(board: Board, item: Item, member: Member, room: int | None = None) -> str:
    """One chosen member of an item as a card shows it, amounts rounded to fit `room`; empty when there is nothing."""
    name = field_name(member)
    if name is None:
        return _built_in(board, item, member)
    field = board.field(name)
    value = item.fields.get(name)
    if field is None or value is None:
        return ""
    if isinstance(value, str):
        return plain(value[:LONGEST])
    shown = show(value, field) if room is None else show_short(value, field, room)
    return plain(shown[:LONGEST]) if value is not False else ""


def _built_in(board: Board, item: Item, member: Member) -> str:
    if member == "labels":
        return plain(", ".join(item.labels)[:LONGEST])
    if member == "status":
        column = board.column(item.column_id)
        status = column.status(item.status_id) if column else None
        return plain(status.name) if status else ""
    return ""


def default_members(board: Board) -> tuple[Member, ...]:
    """The fields a card shows before the user has chosen: the value, then the first choices."""
    value = [board.value_field.member] if board.value_field else []
    choices = [field.member for field in board.fields if field.kind == "select"]
    texts = [field.member for field in board.fields if field.kind in ("text", "date", "email")]
    wanted = value + (choices or texts)
    return tuple(dict.fromkeys(wanted))[:CHOSEN]

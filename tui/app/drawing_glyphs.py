"""The signs the wall draws with, and their ASCII twins."""

from __future__ import annotations

from msgspec import Struct

from tui.sync.state import Mark


class Glyphs(Struct, frozen=True):
    """One cell each, but for `limit`."""

    cursor: str
    marked: str
    edge: str
    more: str
    """Stands for what did not fit, and for a count that is not complete yet."""
    dot: str
    limit: str
    weighted: str
    pending: str
    switch: str
    """Beside a name that can be switched."""
    profile: str
    """Before the name of a profile that has a colour."""
    left: str
    right: str
    above: str
    """Before the number of cards that a column has above what is in view."""
    below: str
    marks: dict[Mark, str]


UNICODE = Glyphs(
    cursor="┃",
    marked="▪",
    edge="│",
    more="…",
    dot="·",
    limit="≤",
    weighted="≈",
    pending="↑",
    switch="▾",
    profile="■",
    left="◂",
    right="▸",
    above="↑",
    below="↓",
    marks={
        Mark.CONFLICT: "▲",
        Mark.FAILED: "✗",
        Mark.SAVING: "⟳",
        Mark.DRAFT: "✎",
        Mark.CHANGED: "●",
        Mark.NONE: " ",
    },
)

ASCII = Glyphs(
    cursor=">",
    marked="#",
    edge="|",
    more="~",
    dot="-",
    limit="<=",
    weighted="~",
    pending="^",
    switch="v",
    profile="#",
    left="<",
    right=">",
    above="^",
    below="v",
    marks={
        Mark.CONFLICT: "!",
        Mark.FAILED: "x",
        Mark.SAVING: "@",
        Mark.DRAFT: "%",
        Mark.CHANGED: "*",
        Mark.NONE: " ",
    },
)


def legend(glyphs: Glyphs) -> list[tuple[str, str]]:
    """Every sign that has a meaning of its own, and what it means."""
    marks = {
        Mark.CONFLICT: "conflict: someone else changed the same field",
        Mark.FAILED: "the server refused a change",
        Mark.SAVING: "being saved",
        Mark.DRAFT: "a draft: a form on it was left unsaved",
        Mark.CHANGED: "changed by others since you last looked",
    }
    return [
        *((glyphs.marks[mark], said) for mark, said in marks.items()),
        ("16d", "the item's age: h hours, d days, y years"),
        (glyphs.marked, "marked"),
        (glyphs.cursor, "the cursor"),
        (glyphs.limit, "the column's limit; ! when it holds more"),
        (glyphs.weighted, "the sum, weighted by how likely a deal is won"),
        (f"{glyphs.above} {glyphs.below}", "cards above and below those in view"),
        (f"{glyphs.left} {glyphs.right}", "columns to the left and to the right"),
        (glyphs.pending, "in the top line: changes not sent yet"),
        (glyphs.profile, "in the top line: this profile has a colour, as one that must not be mistaken"),
        (glyphs.more, "more than fits, or still counting"),
    ]

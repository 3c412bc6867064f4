"""The signs the wall draws with, and their ASCII twins."""

from __future__ import annotations

from dataclasses import dataclass

from tui.sync.state import Mark


@dataclass(frozen=True, slots=True)
class Glyphs:
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

"""Colours: one dark palette, and one that leaves the choice to the terminal's own sixteen colours.

Nothing is said by colour alone: the cursor is a bar and reversed, states are characters, limits have a sign.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from rich.style import Style
from textual.theme import Theme

from tui.sync.state import Mark

DARK = Theme(
    name="cardwall",
    dark=True,
    primary="#7aa2d6",
    secondary="#6fb3a8",
    accent="#d9a860",
    warning="#d9a860",
    error="#e0796f",
    success="#86b26d",
    foreground="#cfd3da",
    background="#15181d",
    surface="#1b1f26",
    panel="#232831",
    boost="#2a303a",
    variables={
        # Textual's own, a share of the contrast to what lies below, comes out white in text that has a style.
        "text-muted": "#8b93a1",
        "border": "#3a424f",
        "border-blurred": "#2d333d",
        "input-cursor-text-style": "reverse",
        "footer-key-foreground": "#d9a860",
    },
)

ANSI = Theme(
    name="cardwall-ansi",
    dark=True,
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_green",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "text-muted": "ansi_default",
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_white",
        "border-blurred": "ansi_white",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_white",
        "block-cursor-text-style": "reverse",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_white",
        "footer-key-foreground": "ansi_yellow",
    },
)


class Palette(Struct, frozen=True):
    """The styles of everything that is drawn by the line, not by a widget."""

    key: Style
    """An item's key."""
    name: Style
    body: Style
    """The second line of a card."""
    cursor: Style
    """The first line of the card under the cursor."""
    marked: Style
    """The gutter of a marked card."""
    edge: Style
    """Lines between columns."""
    head: Style
    head_on: Style
    """The head of the column the cursor is in."""
    count: Style
    over: Style
    """A count above its soft limit."""
    empty: Style
    marks: Mapping[Mark, Style]


_GROUND = Style.parse("#cfd3da on #15181d")
"""Without a ground of its own a dark palette would be unreadable on a light terminal."""


def _ground(definition: str) -> Style:
    return _GROUND + Style.parse(definition)


_DARK = Palette(
    key=_ground("#7f8896"),
    name=_ground("#e3e6eb"),
    body=_ground("#939ba8"),
    cursor=_ground("bold #e3e6eb on #34465f"),
    marked=_ground("bold #d9a860"),
    edge=_ground("#343b46"),
    head=_ground("bold #aab2be"),
    head_on=_ground("bold #8fbbf0"),
    count=_ground("#939ba8"),
    over=_ground("bold #e0796f"),
    empty=_ground("#5f6876"),
    marks={
        Mark.CONFLICT: _ground("bold #e0796f"),
        Mark.FAILED: _ground("bold #e0796f"),
        Mark.SAVING: _ground("#d9a860"),
        Mark.DRAFT: _ground("#7aa2d6"),
        Mark.CHANGED: _ground("#86b26d"),
        Mark.NONE: _ground(""),
    },
)

_ANSI = Palette(
    key=Style.parse("cyan"),
    name=Style(),
    body=Style.parse("white"),
    cursor=Style.parse("bold reverse"),
    marked=Style.parse("bold yellow"),
    edge=Style.parse("white"),
    head=Style.parse("bold"),
    head_on=Style.parse("bold cyan underline"),
    count=Style.parse("white"),
    over=Style.parse("bold red"),
    empty=Style.parse("white"),
    marks={
        Mark.CONFLICT: Style.parse("bold red"),
        Mark.FAILED: Style.parse("bold red"),
        Mark.SAVING: Style.parse("yellow"),
        Mark.DRAFT: Style.parse("cyan"),
        Mark.CHANGED: Style.parse("green"),
        Mark.NONE: Style(),
    },
)


def palette(*, ansi: bool) -> Palette:
    """The line-drawn styles that go with the theme."""
    return _ANSI if ansi else _DARK


def wants_ansi(environ: Mapping[str, str]) -> bool:
    """Whether the terminal's own colours are the better choice: few colours, or none wanted."""
    if environ.get("NO_COLOR"):
        return True
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return False
    term = environ.get("TERM", "")
    return not any(word in term for word in ("256", "direct", "kitty", "alacritty", "ghostty"))


def known_colour(name: str) -> str:
    """A profile's colour as a style; empty for one that nobody knows."""
    from textual.color import Color, ColorParseError

    try:
        Color.parse(name)
    except ColorParseError:
        return ""
    return name

"""Text from outside on its way to the screen: nothing in it is markup, nothing in it drives the terminal.

Two layers. `show` makes control characters visible where a widget is given text; `Cleaner` deletes whatever
slipped past from every line that is drawn, because most widgets write a raw escape character through.
"""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from tui.domain.text import visible

_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Controls, line separators and bidirectional controls. Joiners stay: they are part of how wide a word is drawn."""


def show(text: str, *, style: str = "") -> Content:
    """One line of foreign text as content that is never markup; control characters become visible signs."""
    clean = visible(text)
    return Content.styled(clean, style) if style else Content(clean)


def plain(text: str) -> str:
    """One line of foreign text for a sink that takes only `str` and parses nothing."""
    return visible(text)


def delete_harmful(text: str) -> str:
    """`text` without any character that could drive a terminal."""
    return _HARMFUL.sub("", text)


class Cleaner(LineFilter):
    """The last line of defence: deletes harmful characters from every drawn segment.

    They have no width, so deleting them moves nothing.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The segments, with harmful characters deleted from text and control codes left alone."""
        if not any(_HARMFUL.search(segment.text) for segment in segments if not segment.control):
            return segments
        return [
            segment if segment.control else Segment(delete_harmful(segment.text), segment.style) for segment in segments
        ]

"""A line of text at an edge of the screen that repaints only when it says something else."""

from __future__ import annotations

from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget


class Bar(Widget):
    """One line; `say` is cheap when nothing changed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._content = Content("")

    @property
    def content(self) -> Content:
        """What it says."""
        return self._content

    def say(self, content: Content) -> None:
        """Show `content`, whose foreign parts must have come through `clean`."""
        if not _alike(content, self._content):
            self._content = content
            self.refresh()

    def render(self) -> VisualType:
        """The line."""
        return self._content


def _alike(one: Content, other: Content) -> bool:
    return one.plain == other.plain and one.spans == other.spans

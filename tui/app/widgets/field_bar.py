"""The lines above and below a form: as tall as what they say."""

from __future__ import annotations

from textual.content import Content

from tui.app.widgets.bar import Bar


class FormBar(Bar):
    """A bar that wraps and takes the lines it needs."""

    DEFAULT_CSS = """
    FormBar { height: auto; }
    """

    def say(self, content: Content) -> None:
        """Show `content`, whose foreign parts must have come through `clean`."""
        again = content.plain != self.content.plain
        super().say(content)
        if again:
            self.refresh(layout=True)

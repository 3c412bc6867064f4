"""A careless app: it shows text from outside as it came, in a widget, a notice and its farewell."""

from __future__ import annotations

import os
import sys

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static


class Leaky(App[None]):
    """Shows the text in LEAK; q ends."""

    def compose(self) -> ComposeResult:
        yield Static(Content("<" + os.environ.get("LEAK", "") + ">"))
        yield Static("READY")

    def key_q(self) -> None:
        self.exit(message=os.environ.get("LEAK", ""))


if __name__ == "__main__":
    sys.exit(Leaky().run())

"""The floor: a Textual app with one line of text; j and k change one digit of it."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """Shows READY and a digit."""

    digit = 0

    def compose(self) -> ComposeResult:
        yield Static("READY 0")

    def _count(self, step: int) -> None:
        self.digit = (self.digit + step) % 10
        self.query_one(Static).update(f"READY {self.digit}")

    def key_j(self) -> None:
        self._count(1)

    def key_k(self) -> None:
        self._count(-1)


if __name__ == "__main__":
    sys.exit(Bare().run())

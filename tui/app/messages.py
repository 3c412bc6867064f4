"""Messages with more than one sender."""

from __future__ import annotations

from textual.message import Message


class FilterTyped(Message):
    """The text in the filter bar changed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

"""A question above a form that only a person can answer; its keys are commands of the place `question`."""

from __future__ import annotations

from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget


class ConflictQuestion(Widget, can_focus=True):
    """Hidden until there is something to ask."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ConflictQuestion { height: auto; padding: 0 1; background: $panel; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def ask(self, text: str) -> None:
        """Show a question, whose foreign parts were made visible; an empty one hides it."""
        if text != self._text:
            self._text = text
            self.display = bool(text)
            self.refresh(layout=True)

    def render(self) -> VisualType:
        """The question."""
        return Content.styled(self._text, "bold $warning")

"""A clash in a form: base, mine and theirs beside each other, one of which is picked. It is no text box."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.visual import VisualType
from textual.widget import Widget

from tui.app.conflict_model import SIDES, Contest
from tui.app.conflict_text import SIGNS, Role, Signs, height, is_cut, picker
from tui.domain.merge import Pick
from tui.domain.model import Member

_STYLES: dict[Role, str] = {"plain": "", "name": "$text-muted", "chosen": "bold reverse"}


class ConflictPicker(Widget, can_focus=True):
    """The choices of one clash. Its keys are commands of the place `conflict`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ConflictPicker { height: auto; }
    ConflictPicker:focus { background: $boost; }
    """

    class Picked(Message):
        """A side was clicked."""

        def __init__(self, member: Member, pick: Pick) -> None:
            super().__init__()
            self.member = member
            self.pick = pick

    def __init__(self, member: Member, signs: Signs = SIGNS) -> None:
        super().__init__()
        self.member = member
        self.contest: Contest | None = None
        self.stacked = False
        self._signs = signs

    def show(self, contest: Contest, *, stacked: bool) -> None:
        """Draw a contest's clash of this member."""
        if (contest, stacked) != (self.contest, self.stacked):
            self.contest, self.stacked = contest, stacked
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's words
        """One line, or one a side where there is little room."""
        return height(self.contest, self.member, stacked=self._stacks(width)) if self.contest else 1

    def render(self) -> VisualType:
        """The choices."""
        if self.contest is None:
            return Content("")
        width = self.size.width
        lines = picker(self.contest, self.member, width, stacked=self._stacks(width), signs=self._signs)
        return Content("\n").join(Content.assemble(*((text, _STYLES[role]) for text, role in line)) for line in lines)

    def on_click(self, event: events.Click) -> None:
        """Pick the side that was clicked."""
        stacks = self._stacks(self.size.width)
        place = event.y if stacks else event.x * len(SIDES) // max(1, self.size.width)
        if 0 <= place < len(SIDES) and (stacks or event.y == 0):
            self.post_message(self.Picked(self.member, SIDES[place]))

    def _stacks(self, width: int) -> bool:
        """Whether each side has a line of its own: values that are cut alike could not be told apart."""
        return self.stacked or (self.contest is not None and is_cut(self.contest, self.member, width, self._signs))

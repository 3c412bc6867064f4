"""A profile is put together: one question after another, then its server is asked, then it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Input

from tui.app.clean import plain, show
from tui.app.drawing import hanging
from tui.app.screens.palette_list import ListScreen, Row
from tui.config.steps import Answers, Step, checked, suggested, wanted
from tui.domain.text import fold
from tui.errors import CardwallError

if TYPE_CHECKING:
    from tui.api.looking import Look
    from tui.app.profiles import Profiles

OPEN, WRITE, AGAIN = "open", "write", "again"
_TYPED = "typed"
"""The row of a step whose answer is a text."""


class ProfileWizard(ListScreen):
    """Closes with `OPEN` or `WRITE`, a blank and the name of the profile that was written."""

    def __init__(self, profiles: Profiles) -> None:
        super().__init__("", takes="goes on")
        self._profiles = profiles
        self._settings = profiles.settings()
        self._answers: Answers = {}
        self._looked: Look | str | None = None
        """What the server said; a sentence while or when it cannot be asked; None before it was."""
        self._turn = 0

    def on_mount(self) -> None:
        """Ask the first question."""
        self._ask()

    @property
    def hint(self) -> str:
        """Where Esc leads from here."""
        return f"Enter {self._takes}   Esc {'goes a step back' if self._answers else 'closes'}"

    @property
    def _step(self) -> Step | None:
        """The question that is open; None when all are answered."""
        return next((step for step in wanted(self._answers) if step.name not in self._answers), None)

    def rows(self, text: str) -> Sequence[Row]:
        """What was answered, the question, and what can be answered."""
        step = self._step
        if step is None:
            return [*self._answered(), *self._endings()]
        question = Row("", self._wrapped(step.question, style="bold $accent"))
        if step.choices:
            found = [choice for choice in step.choices if fold(text) in fold(choice)]
            return [*self._answered(), question, *(Row(choice, self._choice(step, choice)) for choice in found)]
        if not text and step.default is None:
            return [*self._answered(), question]
        return [*self._answered(), question, Row(_TYPED, self._understood(step, text))]

    def chosen(self, row_id: str) -> None:
        """Take an answer and go on, or end."""
        step = self._step
        if step is None:
            self._end(row_id)
            return
        text = row_id if step.choices else self.query_one("#narrow", Input).value
        try:
            self._answers[step.name] = checked(step, text, self._settings)
        except ValueError as error:
            self.note(f"It {error}.")
            return
        self._ask()

    def action_leave(self) -> None:
        """A step back; from the first one, out."""
        self._turn += 1
        self._looked = None
        if not self._answers:
            self.dismiss(None)
            return
        self._answers.popitem()
        self._ask()

    def _ask(self) -> None:
        step, field = self._step, self.query_one("#narrow", Input)
        field.password = step is not None and step.secret
        field.placeholder = "type here" if step and not step.choices else "choose below"
        field.value = "" if step is None or step.choices else suggested(step, self._answers, self._settings)
        field.cursor_position = len(field.value)
        self.note("")
        if step is None:
            self._look()
        self.show_rows(at=step.default if step and step.choices else None)

    # -- rows

    def _answered(self) -> Sequence[Row]:
        """As few lines as hold them: a small terminal must show the choices too."""
        told = [f"{name.replace('_', ' ')} {said}" for name, said in self._answers.items() if _worth(name, said)]
        return [Row("", self._wrapped("  ".join(told), style="not bold $text-muted"))] if told else []

    def _wrapped(self, text: str, style: str) -> Content:
        """Lines that fit, so that the list knows how tall it is."""
        return Content.styled(hanging(plain(text), self.room, 0), style)

    def _choice(self, step: Step, choice: str) -> Content:
        note = step.notes.get(choice, "")
        return Content.assemble(f"{choice:<9}", (note, "$text-muted"))

    def _understood(self, step: Step, text: str) -> Content:
        try:
            said = checked(step, text, self._settings)
        except ValueError as error:
            return self._wrapped(f"it {error}", style="$warning")
        if step.secret:
            said = "the key is not shown"
        return self._wrapped(said or "left out", style="$text-muted")

    def _endings(self) -> Sequence[Row]:
        looked = self._looked
        if looked is None or isinstance(looked, str):
            said, failed = looked or "", True
        else:
            said, failed = looked.sentence, looked.problem is not None
            if not failed:
                said += f" It can: {', '.join(looked.can).replace('_', ' ') or 'only read and write items'}."
        anyway = " all the same" if failed else ""
        words = {OPEN: f"Write it{anyway} and open it", WRITE: f"Write it{anyway}", AGAIN: "Ask the server again"}
        ids = (AGAIN, WRITE, OPEN) if failed and looked is not None else (OPEN, WRITE, AGAIN)
        style = "$warning" if failed else "$success"
        return [Row("", self._wrapped(said, style=f"not bold {style}")), *(Row(one, show(words[one])) for one in ids)]

    # -- the end

    def _look(self) -> None:
        self._turn += 1
        self._looked = "Asking the server."
        self.run_worker(self._ask_server(self._turn), exit_on_error=True)

    async def _ask_server(self, turn: int) -> None:
        found: Look | str
        try:
            found = await self._profiles.look(dict(self._answers))
        except CardwallError as problem:
            found = problem.message
        if turn == self._turn and self.is_mounted:
            self._looked = found
            self.show_rows()

    def _end(self, row_id: str) -> None:
        if row_id == AGAIN:
            self._look()
            self.show_rows()
            return
        try:
            self._profiles.write(self._answers)
        except CardwallError as problem:
            self.note(problem.message)
            return
        self.dismiss(f"{row_id} {self._answers['name']}")


def _worth(name: str, said: str) -> bool:
    """Whether an answer is worth a place in the line of answers; a key never is."""
    return name != "key_text" and said not in ("", "no", "none")

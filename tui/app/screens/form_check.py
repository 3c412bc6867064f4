"""A look for duplicates before a new item is saved; it can be cancelled, and a failure never stops the save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.api.backend import Duplicate
from tui.app.screens.duplicates import CREATE, DuplicatesScreen
from tui.domain.model import Item
from tui.errors import CardwallError

if TYPE_CHECKING:
    from tui.app.screens.form import FormScreen


class DuplicateCheck:
    """One check at a time; answers to an earlier one are ignored."""

    def __init__(self, form: FormScreen) -> None:
        self.is_done = False
        """Whether what the form holds was checked and may be saved."""
        self._form = form
        self._turn = 0
        self._running = 0
        self._found: tuple[Duplicate, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether an answer is awaited."""
        return self._running != 0

    @property
    def message(self) -> str:
        """What to say while it runs."""
        return "Looking for duplicates… (Esc goes back to the form)" if self.is_running else ""

    def start(self) -> None:
        """Ask the server; a second call while it runs skips the wait and saves."""
        if self.is_running:
            self._go_on()
            return
        self._turn += 1
        self._running = self._turn
        flow = self._form.flow
        self._form.run_worker(self._ask(self._turn, flow.form.item(flow.today)), exit_on_error=True)

    def cancel(self) -> None:
        """Back to the form."""
        self._running = 0

    def forget(self) -> None:
        """Something was typed: what was checked is no longer what would be saved."""
        self.is_done = False
        self._running = 0

    async def _ask(self, turn: int, draft: Item) -> None:
        found: tuple[Duplicate, ...] = ()
        try:
            found = await self._form.session.duplicates(draft)
        except CardwallError as error:
            if turn == self._running:
                self._form.app.say(f"Not checked for duplicates: {error.message}", "warning")
        if turn != self._running:
            return
        if not found:
            self._go_on()
            return
        self._running = 0
        self._form.sync()
        self._found = found
        self._form.app.open_dialog(DuplicatesScreen(self._form.flow.board, found), self._chosen)

    def _go_on(self) -> None:
        self._running = 0
        self.is_done = True
        self._form.save()

    def _chosen(self, choice: str | None) -> None:
        if choice == CREATE:
            self._go_on()
        elif choice:
            self._form.leave_for(self._found[int(choice)].item.id)
        else:
            self._form.sync()

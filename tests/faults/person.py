"""One user: a real session over real sockets, and what they do with it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from immutables import Map

from tests.faults.books import Books
from tui.api.backend import Backend
from tui.api.budget_file import FileKeeper
from tui.api.budget_gate import BudgetGate
from tui.api.connect import connect
from tui.config import Profile
from tui.domain.changes import Change, Create, Delete, Delta, Edit, Set, edits_between
from tui.domain.merge import Pick, status_after_move
from tui.domain.model import COLUMN, LABELS, NAME, STATUS, Item, ItemId, Member, Moment, field_member, value_of
from tui.sync.outbox import Pending
from tui.sync.profile_session import ProfileSession, Setting
from tui.sync.state import State, resolve, view
from tui.sync.verify import NOBODY_KNOWS

NOTES = field_member("notes")
TEXTS: tuple[Member, ...] = (field_member("contact_name"), field_member("phone"))


@dataclass
class Person:
    """Sam or Kim, whose wall has no screen."""

    who: str
    profile: Profile
    folder: Path
    chance: random.Random
    books: Books
    seen: Counter[str] = field(default_factory=Counter)
    """What the wall showed them, by kind."""

    def start(self) -> None:
        """As the command line wires it."""
        loop = asyncio.get_running_loop()
        numbers = count(1)
        self.gate = BudgetGate(self.profile.rate_limit, FileKeeper(self.folder / "budget.json"), clock=loop.time)
        self.session = ProfileSession(
            Setting(self.profile.name, "stamp", self.who, self.folder / self.who, poll=self.profile.poll),
            self._connect,
            clock=lambda: Moment(int(loop.time())),
            new_id=lambda: f"{self.who}-{self.chance.getrandbits(40):010x}-{next(numbers):06d}",
            budget=self.gate,
        )
        self.session.store.subscribe(self.books.listener(self.who))
        self.session.restore()
        self.session.start()

    async def _connect(self) -> Backend:
        backend = await asyncio.to_thread(connect, self.profile, gate=self.gate)
        try:
            await backend.open()
        except BaseException:
            await backend.close()
            raise
        return backend

    @property
    def state(self) -> State:
        """What the wall draws from."""
        return self.session.store.state

    @property
    def is_here(self) -> bool:
        """Whether the wall shows a board to work on."""
        return bool(self.state.items) and self.session._engine.backend is not None

    def shown(self) -> dict[ItemId, Item]:
        """Everything the wall shows."""
        state = self.state
        ids = {resolve(state, item_id) for item_id in (*state.items, *state.queue)}
        found = {item_id: view(state, item_id) for item_id in ids}
        return {item_id: item for item_id, item in found.items() if item is not None}

    def phases(self) -> Counter[str]:
        """What waits, by phase."""
        return Counter(pending.phase for pending in self.state.outbox.values())

    def act(self) -> None:
        """One edit, of some kind."""
        self.session.touch()
        if self.chance.random() < 0.3:
            self.settle_one()
        kinds: list[tuple[Callable[[], Change | None], int]] = [
            (self.create, 15), (self.write, 30), (self.note, 15), (self.move, 15),
        ]  # fmt: skip
        caps = self.session.capabilities
        kinds += [(self.rename, 8)] if caps.rename else []
        kinds += [(self.label, 10)] if caps.labels else []
        kinds += [(self.delete, 6)] if caps.delete else []
        if self.chance.random() < 0.12 and self.undo():
            return
        kind = self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        change = kind()
        if change is not None:
            self.books.meant(self.who, change, self.state)
            self.session.store.dispatch(change)

    def settle_one(self) -> None:
        """Choose in a conflict that the wall shows."""
        waiting = sorted((p for p in self.state.outbox.values() if p.phase == "conflict"), key=lambda p: p.seq)
        if not waiting:
            return
        pending = self.chance.choice(waiting)
        assert pending.conflict is not None
        if pending.conflict.theirs is None:
            self.books.dropped(pending)
            self.session.store.drop(pending.id)
            return
        picks: dict[Member, Pick] = {}
        for clash in pending.conflict.clashes:
            picks[clash.member] = "mine" if self.chance.random() < 0.5 else "theirs"
        self.books.settled(pending)
        self.session.store.settle(pending.id, Map(picks))

    def undo(self) -> bool:
        """Take the last step back, where this server can."""
        done = self.state.history.done
        if not done:
            return False
        caps = self.session.capabilities
        for change in done[-1].changes.values():
            if (isinstance(change, Create) and not caps.delete) or (isinstance(change, Delete) and not caps.restore):
                return False
        self.books.undone(self.who, done[-1])
        self.session.store.undo()
        return True

    def create(self) -> Change:
        """A new card."""
        assert self.state.board is not None
        word = self.books.word(self.who)
        column = self.state.board.columns[self.chance.randrange(2)]
        item_id = ItemId(f"local-{word}")
        return Create(Item(item_id, "new", word, self.state.board.id, column.id))

    def write(self) -> Change | None:
        """One text field of a card."""
        item = self._some_item()
        member = self.chance.choice(TEXTS)
        return (
            None
            if item is None
            else Edit(item.id, Map({member: Set(value_of(item, member), self.books.word(self.who))}))
        )

    def rename(self) -> Change | None:
        """A card's name."""
        item = self._some_item()
        return None if item is None else Edit(item.id, Map({NAME: Set(item.name, self.books.word(self.who))}))

    def note(self) -> Change | None:
        """One line more in the notes, somewhere."""
        item = self._some_item()
        if item is None:
            return None
        held = value_of(item, NOTES)
        lines = str(held or "").split("\n")
        lines.insert(self.chance.randint(0, len(lines)), self.books.word(self.who))
        return Edit(item.id, Map({NOTES: Set(held, "\n".join(lines))}))

    def label(self) -> Change | None:
        """A label more."""
        item = self._some_item()
        return None if item is None else Edit(item.id, Map({LABELS: Delta(added=(self.books.word(self.who),))}))

    def move(self) -> Change | None:
        """To another column."""
        item, board = self._some_item(), self.state.board
        if item is None or board is None:
            return None
        column = self.chance.choice([column for column in board.columns if column.id != item.column_id])
        values = {COLUMN: column.id, STATUS: status_after_move(board, item, column.id)}
        return Edit(item.id, edits_between(item, values, board))

    def delete(self) -> Change | None:
        """A card."""
        item = self._some_item()
        return None if item is None else Delete(item.id, item)

    def _some_item(self) -> Item | None:
        shown = sorted(self.shown().items(), key=lambda pair: pair[1].name)
        return self.chance.choice(shown)[1] if shown else None

    def clear_up(self, there: set[str]) -> None:
        """After the storm: what the server may not have done is looked for on the board before it is sent again."""
        for pending in list(self.state.outbox.values()):
            if pending.phase == "refused":
                self.seen["lost create" if pending.problem == NOBODY_KNOWS else f"refused: {pending.problem}"] += 1
                self._decide(pending, there)

    def _decide(self, pending: Pending, there: set[str]) -> None:
        change = pending.change
        if isinstance(change, Create) and pending.problem == NOBODY_KNOWS and change.item.name not in there:
            self.session.store.retry(pending.id)
        else:
            self.books.dropped(pending)
            self.session.store.drop(pending.id)

"""Two people, fifty edits, a line that misbehaves; then it is calm again, and everything must be where it belongs."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.faults.books import Books
from tests.faults.clock import LeapingLoop
from tests.faults.person import Person
from tests.faults.place import Place, Row, serving
from tests.faults.proxy import Entry, Proxy
from tests.faults.schedule import Schedule
from tui.api.connect import connect
from tui.config import Profile, RateLimit
from tui.config.settings import ProfileContract

LIMIT = RateLimit(60, 60)
EDITS = 50
LONGEST_CALM = 3600.0
"""Seconds in which everything must have drained once the line is good."""
_TICK = 0.001
"""Seconds: the history tells no finer."""


class Contract(NamedTuple):
    """Whose server it is, as the client meets it."""

    name: str
    contract: ProfileContract
    foreign: bool = False
    versioned: bool = True


CONTRACTS = (
    Contract("slate", "slate"),
    Contract("cekat", "cekat"),
    Contract("slate documented", "slate", foreign=True),
    Contract("slate foreign", "slate", foreign=True, versioned=False),
    Contract("cekat foreign", "cekat", foreign=True, versioned=False),
)


@dataclass
class Outcome:
    """What one storm brought."""

    seen: Counter[str]
    journal: list[Entry]
    virtual: float
    """Seconds by the clock of the loop."""


def storm(contract: Contract, seed: int, *, edits: int = EDITS, folder: Path | None = None) -> Outcome:
    """One whole run, in a folder of its own in memory; the state of chance is given back."""
    before = random.getstate()
    random.seed(f"{contract.name} {seed}")  # the retry library's jitter
    shared = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(dir=folder or (shared if shared.is_dir() else None)))
    loop = LeapingLoop()
    try:
        outcome = loop.run_until_complete(_storm(contract, seed, edits, place))
        assert not loop.failures, loop.failures
        return outcome
    finally:
        loop.close()
        shutil.rmtree(place)
        random.setstate(before)


def profile_of(contract: Contract, url: str, limits: tuple[RateLimit, ...] = (LIMIT,)) -> Profile:
    """As a user writes it for such a server."""
    fields = {"contact_name": {"kind": "text"}, "phone": {"kind": "text"}, "notes": {"kind": "long_text"}}
    boards = {"Sales": {"fields": fields, "columns": {"Won": {"closed": "won"}}}}
    return Profile("storm", contract.contract, url=url, rate_limit=limits, boards=boards)


async def _storm(contract: Contract, seed: int, edits: int, folder: Path) -> Outcome:
    loop = asyncio.get_running_loop()
    schedule, books = Schedule(f"{contract.name} {seed}"), Books()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        place = await enter(serving(folder, foreign=contract.foreign, versioned=contract.versioned))
        proxy = Proxy(place.port, schedule.next)
        people = []
        for who in ("sam", "kim"):
            profile = profile_of(contract, await enter(proxy.listening(who)))
            person = Person(who, profile, folder, random.Random(f"{seed} {who}"), books)
            person.start()
            stack.push_async_callback(person.session.close)
            people.append(person)
        began = loop.time()
        await _work(people, random.Random(f"{seed} work"), edits)
        schedule.over = True
        await _drain(people, place)
        await _compare(contract, people, place)
        seen = books.check(place, versioned=contract.versioned, looked=_looks(proxy.journal))
        seen["edits"] += edits
        seen["accepted"] += len(books.accepted)
        seen["conflicts shown"] += books.conflicts
        seen["conflicts left"] += sum(person.phases()["conflict"] for person in people)
        for person in people:
            seen += person.seen
        return Outcome(seen, proxy.journal, loop.time() - began)


async def _work(people: list[Person], chance: random.Random, edits: int) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST_CALM
    while not all(person.is_here for person in people):
        assert loop.time() < until, [person.state.link for person in people]
        await asyncio.sleep(1)
    for _ in range(edits):
        chance.choice(people).act()
        await asyncio.sleep(chance.expovariate(1 / 3))


async def _drain(people: list[Person], place: Place) -> None:
    """Until nothing waits but what a person must decide, and both walls have looked since."""
    until = asyncio.get_running_loop().time() + LONGEST_CALM
    await _rest(people, until)
    for person in people:
        person.clear_up(_names(place))
    await _rest(people, until)


def _names(place: Place) -> set[str]:
    return {row.changes["name"][1] for row in place.history() if row.version == 1}


async def _rest(people: list[Person], until: float) -> None:
    loop = asyncio.get_running_loop()
    while any(person.phases()["queued"] + person.phases()["sealed"] for person in people if not _held(person)):
        assert loop.time() < until, [(person.state.link, person.state.outbox) for person in people]
        for person in people:
            person.session.touch()
        await asyncio.sleep(5)
    for person in people:
        asked = loop.time()
        person.session.refresh()
        while (person.state.link.synced_at or 0) < asked + 1:
            assert loop.time() < until, person.state.link
            person.session.touch()
            await asyncio.sleep(5)


def _held(person: Person) -> bool:
    """Whether all that is queued stands behind something that waits for the person."""
    state = person.state
    firsts = [state.outbox[ids[0]].phase for ids in state.queue.values()]
    return all(phase in ("conflict", "refused") for phase in firsts)


async def _compare(contract: Contract, people: list[Person], place: Place) -> None:
    """Both walls show what a new client reads, and what the database says."""
    backend = connect(profile_of(contract, f"http://127.0.0.1:{place.port}"))
    await backend.open()
    (name,) = await backend.boards()
    await backend.board(name.id)
    fresh = {item.id: item async for page in backend.pages(name.id) for item in page.items}
    await backend.close()
    live = place.live()
    assert fresh.keys() == live.keys()
    for person in people:
        assert person.state.link.reach == "online", person.state.link
        assert not person.state.waiting
        held = {i: item for i, item in person.state.items.items() if not item.is_local}
        assert held.keys() == fresh.keys(), held.keys() ^ fresh.keys()
        for item_id, item in held.items():
            there = fresh[item_id]
            assert (item.name, item.column_id, item.version) == (there.name, there.column_id, there.version)
            assert {n: v for n, v in item.fields.items() if v} == {n: v for n, v in there.fields.items() if v}
            row = live[item_id]
            assert (item.name, item.column_id) == row[:2]
            assert {n: v for n, v in item.fields.items() if v} == {n: v for n, v in row[2].items() if v}
            assert not person.session.capabilities.labels or item.labels == row[3]
        kept = {pending.phase for pending in person.state.outbox.values()}
        assert kept <= {"conflict", "queued"}
        waiting = {pending.item_id for pending in person.state.outbox.values()}
        shown = person.shown()
        assert all(shown[i] == item for i, item in held.items() if i not in waiting)


def _looks(journal: list[Entry]) -> Callable[[Row, Row], bool]:
    """Whether the earlier of two versions came after the last look of whoever wrote the later one."""

    def looked(before: Row, row: Row) -> bool:
        here = [entry for entry in journal if entry.path.endswith(row.item) and entry.at < row.at + _TICK]
        writes = [place for place, entry in enumerate(here) if entry.method in ("PATCH", "PUT")]
        mine = [entry for entry in here[: writes[-1]] if entry.who == here[writes[-1]].who]
        looks = [entry.at for entry in mine if entry.method == "GET"]
        return bool(looks) and before.at + _TICK >= looks[-1]

    return looked


def busiest_minute(journal: list[Entry]) -> int:
    """The most requests in any window of the limit."""
    times = [entry.at for entry in journal]
    return max(sum(1 for at in times if start <= at < start + LIMIT.seconds) for start in times)

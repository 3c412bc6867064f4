"""What an idle hour costs over real sockets, counted on the line."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.faults.books import Books
from tests.faults.clock import LeapingLoop
from tests.faults.person import Person
from tests.faults.place import serving
from tests.faults.proxy import Entry, Proxy
from tests.faults.schedule import Schedule
from tests.faults.storm import CONTRACTS, LIMIT, Contract, profile_of
from tui.config import RateLimit

HOUR = 3600.0
ITEMS = 400
DAY = RateLimit(1000, 86_400)
MEGABYTE = 1024 * 1024


async def idle(contract: Contract, limits: tuple[RateLimit, ...], folder: Path) -> list[Entry]:
    """The second hour of a wall that nobody touches."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        place = await enter(serving(folder, foreign=contract.foreign, versioned=contract.versioned, seeds=ITEMS))
        proxy = Proxy(place.port, Schedule("calm", share=0).next)
        profile = profile_of(contract, await enter(proxy.listening("sam")), limits)
        person = Person("sam", profile, folder, random.Random(0), Books())
        person.start()
        stack.push_async_callback(person.session.close)
        await asyncio.sleep(HOUR)
        assert len(person.state.items) == ITEMS
        before = len(proxy.journal)
        await asyncio.sleep(HOUR)
        assert person.state.link.reach == "online"
        return proxy.journal[before:]


@pytest.mark.parametrize(
    ("contract", "limits", "most"),
    [
        (CONTRACTS[0], (LIMIT,), 120),
        (CONTRACTS[1], (LIMIT, DAY), 25),
        pytest.param(CONTRACTS[3], (LIMIT,), 120, marks=pytest.mark.again),
        pytest.param(CONTRACTS[4], (LIMIT, DAY), 25, marks=pytest.mark.again),
    ],
    ids=["slate", "cekat", "slate-foreign", "cekat-foreign"],
)
def test_an_idle_hour_is_cheap(contract: Contract, limits: tuple[RateLimit, ...], most: int, tmp_path: Path) -> None:
    loop = LeapingLoop()
    try:
        journal = loop.run_until_complete(idle(contract, limits, tmp_path))
    finally:
        loop.close()
    assert 5 <= len(journal) < most
    assert sum(entry.received for entry in journal) < 20 * MEGABYTE

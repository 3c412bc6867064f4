"""The small parts of the shell: the end on a signal, the collector's pauses, the way to a server."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import threading
import weakref
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace

from tests.sync.samples import SALES, an_item
from tui.api.backend import Backend, Capabilities, VersionConflict
from tui.cli import collector
from tui.cli.ending import Ending
from tui.cli.item_deleting import _deleted
from tui.cli.link import linked
from tui.cli.reach import Shell
from tui.config import Profile
from tui.domain.model import Item, Moment
from tui.errors import Conflict
from tui.sync.events import Opened, Pulled
from tui.sync.store import Store


@pytest.fixture
def collecting() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_a_signal_unwinds_until_there_is_a_way_to_quit() -> None:
    asked: list[int] = []
    before = signal.getsignal(signal.SIGTERM)
    with Ending(patience=60) as ending:
        with pytest.raises(SystemExit) as end:
            signal.raise_signal(signal.SIGTERM)
        ending.quit_with(asked.append)
        signal.raise_signal(signal.SIGHUP)
    assert (end.value.code, asked) == (143, [129])
    for watch in (thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)):
        watch.join(5)  # called off with the end of the block; a watch that went on would end the process
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_end_that_takes_too_long_is_cut_short_after_the_least(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    order: list[object] = []

    def end(code: int) -> None:
        order.append(code)
        ended.set()

    monkeypatch.setattr(os, "_exit", end)
    with Ending(patience=0.01) as ending:
        ending.at_least(lambda: order.append("clean"))
        ending.quit_with(lambda _: None)
        signal.raise_signal(signal.SIGTERM)
        assert ended.wait(20)
    assert order == ["clean", 143]


def test_elsewhere_than_on_the_main_thread_no_handler_is_set() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def run() -> None:
        with Ending():
            seen.append(signal.getsignal(signal.SIGTERM))

    seen: list[object] = []
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]


def test_nothing_is_collected_while_modules_are_loaded(collecting: None) -> None:
    collector.pause()
    assert not gc.isenabled()
    collector.resume()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_what_a_load_brings_is_out_of_the_collectors_sight(collecting: None) -> None:
    numbers = iter(range(10_000))
    store = Store(clock=lambda: Moment(0), new_id=lambda: str(next(numbers)))
    store.apply(Opened(SALES))
    gc.unfreeze()
    collector.spare_loaded_items(store)
    counts = [gc.get_freeze_count()]
    for page in range(6):
        store.apply(Pulled(tuple(an_item(200 * page + number) for number in range(200))))
        counts.append(gc.get_freeze_count())
    rises = [later > earlier for earlier, later in pairwise(counts)]
    assert rises == [False, False, False, False, True, False]


def test_reading_a_board_again_and_again_keeps_no_garbage(collecting: None) -> None:
    """What is garbage when it is frozen stays for good, so a board without a feed must not freeze at each look."""
    numbers = iter(range(10_000))
    store = Store(clock=lambda: Moment(0), new_id=lambda: str(next(numbers)))
    store.apply(Opened(SALES))
    pages = [tuple(an_item(200 * page + number) for number in range(200)) for page in range(6)]
    collector.spare_loaded_items(store)
    for page in pages:
        store.apply(Pulled(page))
    count = gc.get_freeze_count()
    for _ in range(3):
        for page in pages:
            store.apply(Pulled(page))
    assert gc.get_freeze_count() == count


def test_what_became_garbage_after_it_was_frozen_can_be_given_back(collecting: None) -> None:
    class Ring:
        def __init__(self) -> None:
            self.ring = self

    ring = Ring()
    gone = weakref.ref(ring)
    gc.freeze()
    del ring
    gc.collect()
    assert gone() is not None
    collector.collect_everything()
    assert gone() is None
    assert gc.get_freeze_count() > 0


async def test_the_server_is_started_by_the_first_call_and_ended_with_the_link(tmp_path: Path) -> None:
    file = tmp_path / "wall.db"
    waited: list[bool] = []
    threads = set(threading.enumerate())
    profile = Profile("local", database=f"sqlite:///{file}", me="sam")
    with linked(profile, lambda: waited.append(file.exists())) as connect:
        assert not file.exists()
        backend = await connect()
        again = await connect()
        assert [board.name for board in await again.boards()] == ["Sales", "Support"]
        assert waited == [False]
        assert "cardwall-server" in {thread.name for thread in threading.enumerate()}
        await backend.close()
    assert "cardwall-server" not in {thread.name for thread in set(threading.enumerate()) - threads}


class Restless:
    """A server on which someone else is always first."""

    capabilities = Capabilities(delete=True)

    async def delete(self, base: Item, *, key: str) -> None:
        raise VersionConflict("it was changed", replace(base, version=(base.version or 0) + 1))


def test_a_deletion_that_is_never_first_is_not_told_as_done(tmp_path: Path) -> None:
    options = argparse.Namespace(dry_run=False, queue=False)

    async def work() -> None:
        async with asyncio.timeout(10) as deadline:
            shell = Shell(Profile("p"), tmp_path, cast("Backend", Restless()), deadline)
            await _deleted(shell, an_item(1), SALES, options, "mine")

    with pytest.raises(Conflict, match="still there"):
        asyncio.run(work())

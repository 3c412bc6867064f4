"""A command's own way to a profile's server, whichever contract it speaks, and how long it waits there."""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tui.cli.output import note
from tui.cli.profile_flags import check_writable, profile_of
from tui.errors import CardwallError, LostAnswer, RateLimited, Unavailable

if TYPE_CHECKING:
    from tui.api.backend import Backend
    from tui.cli.link import Connect
    from tui.config import Profile

_T = TypeVar("_T")


class Shell:
    """One command at work on one server."""

    def __init__(self, profile: Profile, folder: Path, backend: Backend, deadline: asyncio.Timeout) -> None:
        self.profile = profile
        self.folder = folder
        """Where Outbox and Snapshot are kept."""
        self.backend = backend
        self.writing = False
        """Whether a write is under way: when time is up, nobody knows what became of it."""
        self._deadline = deadline

    @property
    def out_of_time(self) -> bool:
        """Whether the command has waited as long as it may."""
        return asyncio.get_running_loop().time() >= (self._deadline.when() or 0.0)

    async def ask(self, call: Callable[[], Awaitable[_T]], *, long: bool = False) -> _T:
        """What `call` answers; a pause that the server or the budget wants is waited for while there is time.

        `long` is a read of many requests, which waits in place: one that ended half-way would begin anew.
        """
        from tui.api.rank import Rank, ranked

        rank = Rank.WRITE if self.writing else Rank.LOAD if long else Rank.ASK

        async def once() -> _T:
            with ranked(rank):
                return await call()

        return await _patiently(once, self._deadline)

    async def write(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """As `ask`, for what changes something."""
        self.writing = True
        try:
            answer = await self.ask(call)
        except CardwallError:  # anything else ends the command with the write under way
            self.writing = False
            raise
        self.writing = False
        return answer

    @contextmanager
    def waiting_for_user(self) -> Iterator[None]:
        """The server's time does not run while a person thinks; and Ctrl-C ends the wait at once."""
        now = asyncio.get_running_loop().time
        began = now()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            self._deadline.reschedule((self._deadline.when() or began) + now() - began)


Work = Callable[[Shell], Awaitable[int]]


def reached(options: argparse.Namespace, work: Work, *, writes: bool = False) -> int:
    """Open the profile's server, do the work, and close; the exit code.

    Raises what the server's refusal means, and Unavailable when ``--timeout`` is over.
    """
    from tui.cli.database import check_there
    from tui.cli.link import budget_of, linked
    from tui.config import state_dir

    profile = profile_of(options)
    if writes:
        check_writable(profile)
    if profile.contract == "local":
        check_there(profile.database)
    folder = state_dir(os.environ)
    gate = budget_of(profile, folder)

    async def run(connect: Connect) -> int:
        try:
            return await _within(options.timeout, profile, folder, connect, work)
        finally:
            if gate is not None:
                await gate.settled()

    with linked(profile, gate=gate) as connect:
        return asyncio.run(run(connect))


async def _within(seconds: float, profile: Profile, folder: Path, connect: Connect, work: Work) -> int:
    shell: Shell | None = None
    try:
        async with asyncio.timeout(seconds) as deadline:
            backend = await _patiently(connect, deadline)
            shell = Shell(profile, folder, backend, deadline)
            try:
                return await work(shell)
            finally:
                await backend.close()
    except TimeoutError:
        said = f"no answer within {seconds:g} s (--timeout)"
        if shell is not None and shell.writing:
            raise LostAnswer(f"{said}: the change may have been carried out") from None
        raise Unavailable(said) from None


async def _patiently(call: Callable[[], Awaitable[_T]], deadline: asyncio.Timeout) -> _T:
    """What `call` answers, after the pauses that are wanted; one that would last too long is raised."""
    while True:
        try:
            return await call()
        except RateLimited as held:
            if held.retry_after >= (deadline.when() or 0.0) - asyncio.get_running_loop().time():
                raise
            note(f"{held.message}; going on in {math.ceil(held.retry_after)} s")
            await asyncio.sleep(held.retry_after)

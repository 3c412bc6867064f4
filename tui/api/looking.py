"""One look at a server: whether it can be reached and takes the key, and what it offers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.api.backend import Backend, Capabilities
from tui.errors import CardwallError, NotAllowed, NotFound, Offline, ScopeMissing, Unauthorised

PATIENCE = 20.0
"""Seconds after which a server is called unreachable: a person waits."""


@dataclass(frozen=True, slots=True)
class Look:
    """What came of it."""

    reached: bool
    accepted: bool
    """Whether the server took the key."""
    boards: tuple[str, ...] = ()
    """Names of the boards that the key may see."""
    can: tuple[str, ...] = ()
    """The server's capabilities, by name."""
    problem: CardwallError | None = None
    """What did not work; None when everything did."""

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        if self.problem is not None:
            return f"{_STOPS[(self.reached, self.accepted)]}: {self.problem.message.rstrip('.')}."
        count = len(self.boards)
        named = ", ".join(self.boards[:5]) + (" and more" if count > 5 else "")
        seen = f"{count} board{'s' if count != 1 else ''}: {named}" if count else "it shows no boards"
        return f"The server answers and takes the key; {seen}."


_STOPS = {
    (False, False): "The server cannot be asked",
    (True, False): "The server answers but does not take the key",
    (True, True): "The server takes the key but shows no boards",
}


async def look(connect: Callable[[], Awaitable[Backend]], patience: float = PATIENCE) -> Look:
    """Connect, list the boards, and close. Never raises a `CardwallError`: what failed is part of the answer."""
    try:
        async with asyncio.timeout(patience):
            return await _looked(connect)
    except TimeoutError:
        return Look(reached=False, accepted=False, problem=Offline(f"no answer within {patience:g} s"))


async def _looked(connect: Callable[[], Awaitable[Backend]]) -> Look:
    try:
        backend = await connect()
    except CardwallError as problem:
        return _failed(problem)
    try:
        names = tuple(board.name for board in await backend.boards())
    except CardwallError as problem:
        return _failed(problem)
    finally:
        await backend.close()
    can = backend.capabilities
    said = tuple(name for name in Capabilities.__annotations__ if getattr(can, name))
    return Look(reached=True, accepted=True, boards=names, can=said)


def _failed(problem: CardwallError) -> Look:
    reached = isinstance(problem, NotAllowed | NotFound)
    accepted = isinstance(problem, ScopeMissing | NotFound) and not isinstance(problem, Unauthorised)
    return Look(reached=reached, accepted=accepted, problem=problem)

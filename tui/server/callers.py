"""Who is asking, and what they may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec import Struct
from starlette.requests import Request

READ, WRITE = "items:read", "items:write"


class Caller(Struct, frozen=True):
    """A person or key; `name` is what is recorded as having written."""

    name: str
    key_id: str = ""
    """Empty inside the process, where there are no keys."""
    scopes: frozenset[str] = frozenset({READ, WRITE})


Identify: TypeAlias = Callable[[Request], Awaitable[Caller]]
"""From a request to its caller; raises `tui.errors.NotAllowed` kinds for one who may not ask."""


def always(name: str) -> Identify:
    """The one person whose process it is: what the embedded server identifies by."""
    caller = Caller(name)

    async def identify(_request: Request) -> Caller:
        return caller

    return identify

"""Lets requests in by their API key: who it is, what it may do, and whether its budget is spent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct
from starlette.requests import Request

from tui.config import RateLimit
from tui.errors import CardwallError, Unauthorised
from tui.server.callers import Caller
from tui.server.moments import milliseconds
from tui.server.program.exchange import exchange_of
from tui.server.program.strangers import Strangers
from tui.server.program.window import Budget, Window
from tui.server.refusals import RateLimited
from tui.server.rules import keys
from tui.server.service import Service

KEPT_MILLISECONDS = 3_000
"""How long a key is believed without looking: so long may a revoked one still open the door."""
log = logging.getLogger(__name__)

Ticks: TypeAlias = Callable[[], int]
"""Milliseconds that never go back."""


def ticks() -> int:
    """This machine's monotonic clock."""
    return time.monotonic_ns() // 1_000_000


class _Known(Struct):
    key: keys.ApiKey
    until: int
    caller: Caller


class Gate:
    """The way in for callers with keys. Used on one event loop; `close` it before the database."""

    def __init__(self, service: Service, limits: Sequence[RateLimit] = (), *, ticks: Ticks = ticks) -> None:
        self._service = service
        self._limits = tuple(limits)
        self._ticks = ticks
        self._known: dict[str, _Known] = {}
        self._windows: dict[str, Window] = {}
        self._strangers = Strangers()
        self._notes: set[asyncio.Task[None]] = set()

    async def identify(self, request: Request) -> Caller:
        """The request's caller, counted once a request. Raises `Unauthorised`, `RateLimited`, StorageError."""
        exchange = exchange_of(request.scope)
        if exchange.caller is None:
            exchange.caller = await self._caller(_presented(request), _address(request))
            exchange.budget = self._budget(exchange.caller)
        if exchange.budget is not None and not exchange.budget.granted:
            raise _limited("This key may make {} requests", exchange.budget)
        return exchange.caller

    async def close(self) -> None:
        """Finish what is being noted."""
        if self._notes:
            await asyncio.wait(self._notes)
        self._service.close()

    async def _caller(self, text: str, address: str) -> Caller:
        key_id = keys.id_in(text)
        if key_id is None:
            raise _refused()
        known = self._known.get(key_id)
        if known is None:
            # A key that has been good is looked at however many wrong ones come from beside it.
            self._admit(self._strangers.refusal(address, self._ticks()))
        if known is None or known.until <= self._ticks():
            known = await self._look_up(key_id)
        if known is None or not known.key.opens(keys.digest_of(text), milliseconds(self._service.clock)):
            self._admit(self._strangers.tried(address, self._ticks()))
            raise _refused()
        self._note_use(known)
        return known.caller

    @staticmethod
    def _admit(tries: Budget | None) -> None:
        if tries is not None and not tries.granted:
            raise _limited("An address may try {} keys that are not valid", tries)

    async def _look_up(self, key_id: str) -> _Known | None:
        self._known.pop(key_id, None)
        key = await self._service.read(lambda unit: keys.find(unit, key_id))
        if key is None:
            return None
        known = _Known(key, self._ticks() + KEPT_MILLISECONDS, Caller(key.name, key.id, frozenset(key.scopes)))
        self._known[key_id] = known
        return known

    def _note_use(self, known: _Known) -> None:
        now = milliseconds(self._service.clock)
        last = known.key.last_used_at
        if last is not None and now - last < keys.USE_MILLISECONDS:
            return
        known.key = keys.seen(known.key, now)
        # Beside the request: nobody waits for a disk because a clock has moved.
        note = asyncio.create_task(self._write_use(known.key.id))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _write_use(self, key_id: str) -> None:
        try:
            await self._service.write(lambda unit: keys.used(unit, key_id))
        except CardwallError as error:
            log.warning("the last use of a key was not noted: %s", error)

    def _budget(self, caller: Caller) -> Budget | None:
        if not self._limits:
            return None
        window = self._windows.get(caller.key_id)
        if window is None:
            window = self._windows[caller.key_id] = Window(self._limits)
        return window.take(self._ticks())


def _address(request: Request) -> str:
    return request.client.host if request.client else ""  # a Unix socket's callers are one


def _limited(words: str, budget: Budget) -> RateLimited:
    return RateLimited(f"{words.format(budget.limit)}; go on in {budget.reset} s.", budget.reset)


def _presented(request: Request) -> str:
    """The one key of a request, in the header that its contract documents. Raises `Unauthorised`."""
    headers = request.headers
    if request.url.path.startswith("/api/crm/"):
        found = {*headers.getlist("api_key"), *map(_bearer, headers.getlist("authorization"))}
    else:
        found = set(headers.getlist("x-api-key"))
    if len(found) != 1:
        raise _refused()
    return found.pop()


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _refused() -> Unauthorised:
    return Unauthorised("The API key is missing or not valid.")

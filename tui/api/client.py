"""Requests to one server, whatever carries them: retries, bounds, redaction, and failures as our own errors.

    Client.send    one request, a whole Answer of at most 1 MB
    Client.stream  one GET, a Listing of at most 256 MB, decoded while it arrives

`http.Http` carries them over the network, `embedded.Embedded` to the server in this process.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from types import MappingProxyType
from typing import Protocol, TypeVar

from msgspec import Struct

from tui.api.backend import BudgetSpent
from tui.api.listing import LONGEST_LIST, Listing
from tui.api.problems import Answer, describe_body, error_for
from tui.api.rank import Rank, rank_now
from tui.api.reads import Kept, Shared
from tui.errors import CardwallError, Garbled, LostAnswer, NotAllowed, Offline, RateLimited, Unauthorised, Unavailable

LONGEST_BODY = 1024 * 1024
"""Bytes of an answer that is not a list."""
SLOWEST = 1024
"""Bytes a second below which a list that has taken as long as any other answer may is given up."""
_PAUSES = 3
"""Pauses in a row that a load sits out."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Params = Mapping[str, str]
_T = TypeVar("_T")


class Timeouts(Struct, frozen=True):
    """Seconds to wait for a connection, for a read, for a write, and for a whole answer that is not a list."""

    connect: float = 5.0
    read: float = 30.0
    write: float = 30.0
    whole: float = 120.0


class Request(Struct, frozen=True):
    """One request to be sent."""

    method: str
    path: str
    params: Params | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    writing: bool = False
    """Whether it may change something: without an answer nobody knows then."""
    not_after: float | None = None
    """When it must have left at the latest, by the client's clock; None where that does not matter."""

    @property
    def line(self) -> str:
        """The request line, for a sentence."""
        return f"{self.method} {self.path}"


class TooLate(Exception):
    """A request's turn came after its `not_after`: nothing was sent."""


class Gate(Protocol):
    """Where every request passes before it is sent: the place of a request budget."""

    async def enter(self, *, writing: bool) -> None:
        """Wait for a turn. Raises `RateLimited` when there will be none soon."""
        ...

    def answered(self, answer: Answer) -> None:
        """Learn from an answer's status and headers; its body is not there yet."""
        ...

    def failed(self, *, sent: bool) -> None:
        """A request that has entered gets no answer; `sent` says whether the server may have seen it."""
        ...


class OpenGate:
    """No budget: what the in-process link has."""

    async def enter(self, *, writing: bool) -> None:
        """Pass at once."""

    def answered(self, answer: Answer) -> None:
        """Nothing to learn."""

    def failed(self, *, sent: bool) -> None:
        """Nothing to give back."""


class Reply(Protocol):
    """An answer under way: its head, and its body as it comes."""

    @property
    def head(self) -> Answer:
        """Status and headers; the body is empty."""
        ...

    def chunks(self) -> AsyncGenerator[bytes]:
        """The body, once. Raises `Offline`, `LostAnswer` or `Garbled` when it does not come whole."""
        ...

    async def close(self) -> None:
        """Want no more of it."""
        ...


class Client(ABC):
    """One server as one key."""

    def __init__(
        self,
        *,
        secrets: Collection[str] = (),
        timeouts: Timeouts | None = None,
        gate: Gate | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`secrets` never appear in a message."""
        self.clock = clock
        """Seconds since some moment: what `Request.not_after` goes by."""
        self._secrets: list[str] = []
        self._keep_secret(*secrets)
        self._timeouts = timeouts or Timeouts()
        self._gate = gate or OpenGate()
        self._shared = Shared()
        self._kept = Kept()
        self._renewals = 0
        self._renewing = asyncio.Lock()
        self.idempotent = False
        """Whether the server honours an Idempotency-Key on every write; set by the Backend that asked it."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""

    @abstractmethod
    async def _open(self, request: Request) -> Reply:
        """The one place where a request leaves, after `_enter`. Raises `Offline`, `LostAnswer`, `Unavailable`."""

    async def _read_key(self) -> bool:
        """Read the key anew; whether it is another one. Raises `Unauthorised` when it cannot be read."""
        return False

    async def _ask(self, request: Request) -> Reply:
        """As `_open`; a key that is refused is read once more, since it may have been exchanged."""
        tried = self._renewals
        reply = await self._open(request)
        if reply.head.status != 401:
            return reply
        try:
            async with self._renewing:
                if tried == self._renewals and await self._read_key():
                    self._renewals += 1
        except Unauthorised:
            await reply.close()
            raise
        if tried == self._renewals:
            return reply
        await reply.close()
        return await self._open(request)

    async def _enter(self, request: Request) -> None:
        """Pass the gate. Raises `TooLate`."""
        await self._gate.enter(writing=request.writing)
        if request.not_after is not None and self.clock() > request.not_after:
            self._gate.failed(sent=False)
            raise TooLate

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        reading: bool | None = None,
        accept: Collection[int] = (),
        not_after: float | None = None,
    ) -> Answer:
        """The answer to one request; statuses of 300 or more are raised, except those in `accept`.

        `key` is the Idempotency-Key: sent, and relied on for a retry, only when the server honours it.
        `reading` marks a POST that changes nothing. Raises `TooLate` when it could not leave by `not_after`.
        """
        writing = method not in _SAFE if reading is None else not reading
        extra = dict(headers or {})
        if body is not None:
            extra["content-type"] = "application/json"
        if key is not None and self.idempotent:
            extra["idempotency-key"] = key

        words = (method, path, tuple((params or {}).items()), body, tuple(extra.items()), frozenset(accept))
        if method == "GET":
            extra |= self._kept.ask(words)
        request = Request(method, path, params, body, extra, writing, not_after)

        async def once() -> Answer:
            reply = await self._ask(request)
            answer = await self._whole(reply, request)
            if method == "GET":
                answer = self._kept.answer(words, answer)
            if answer.status < 300 or answer.status in accept:
                return answer
            raise error_for(answer, writing=writing, what=request.line)

        async def tried() -> Answer:
            return await _retrying(once, again=not writing or "idempotency-key" in extra)

        # What belongs to a write must be read after it: such a read never shares an answer that is under way.
        shares = not writing and rank_now() is Rank.ASK
        return await (self._shared.once(words, tried) if shares else tried())

    @asynccontextmanager
    async def stream(
        self, path: str, *, params: Params | None = None, member: str | None = None, known: str | None = None
    ) -> AsyncIterator[Listing]:
        """A list as the whole body, or as one `member` of it, decoded while it arrives.

        `known` is the tag of what is known of it already: a list that still has it is `unchanged`, and comes empty.
        """
        request = Request("GET", path, params, headers={} if known is None else {"if-none-match": known})

        async def once() -> Reply:
            reply = await self._ask(request)
            if reply.head.status < 300 or (reply.head.status == 304 and known is not None):
                return reply
            answer = await self._whole(reply, request)
            raise error_for(answer, writing=False, what=request.line)

        reply = await _patiently(once)
        chunks = _paced(_bounded(reply, request, LONGEST_LIST), path, self._timeouts.whole)
        try:
            yield Listing(reply.head, chunks, member)
        finally:
            await reply.close()

    async def _whole(self, reply: Reply, request: Request) -> Answer:
        body = bytearray()
        lost = LostAnswer if request.writing else Garbled
        try:
            async with asyncio.timeout(self._timeouts.whole):
                async for chunk in _bounded(reply, request, LONGEST_BODY):
                    body += chunk
        except TimeoutError:
            late = LostAnswer if request.writing else Offline
            raise late(f"the answer to {request.line} did not end in time") from None
        finally:
            await reply.close()
        head = reply.head
        if head.status >= 300:
            return Answer(head.status, head.headers, self._redacted(bytes(body)))
        answer = Answer(head.status, head.headers, bytes(body))
        if answer.body and "html" in answer.headers.get("content-type", ""):
            raise lost(describe_body(answer))
        return answer

    def _keep_secret(self, *secrets: str) -> None:
        self._secrets += [secret for secret in secrets if len(secret) >= 4]

    def _redacted(self, text: bytes) -> bytes:
        for secret in self._secrets:
            text = text.replace(secret.encode(), b"***")
        return text


def unanswered(request: Request, host: str, reason: str) -> CardwallError:
    """The request left, and nobody knows whether it was carried out: of no matter where nothing was to change."""
    kind = LostAnswer if request.writing else Offline
    return kind(f"no answer from {host} ({reason}) to {request.line}")


def cut_off(request: Request) -> CardwallError:
    """The answer began, and is not whole."""
    return (LostAnswer if request.writing else Garbled)(f"the answer to {request.line} is cut off or damaged")


async def _bounded(reply: Reply, request: Request, longest: int) -> AsyncGenerator[bytes]:
    taken = 0
    async for chunk in reply.chunks():
        taken += len(chunk)
        if taken > longest:
            lost = LostAnswer if request.writing else Garbled
            raise lost(f"the answer to {request.line} is larger than {longest // 1024 // 1024} MB")
        yield chunk


async def _paced(chunks: AsyncGenerator[bytes], path: str, patience: float) -> AsyncGenerator[bytes]:
    """A list may take its time, but not for ever: a trickle never meets the time-out of a read."""
    now = asyncio.get_running_loop().time
    began, taken = now(), 0
    async with aclosing(chunks):
        async for chunk in chunks:
            taken += len(chunk)
            elapsed = now() - began
            if elapsed > patience and taken < elapsed * SLOWEST:
                raise Offline(f"the answer to GET {path} comes too slowly to wait for its end")
            yield chunk


async def _patiently(once: Callable[[], Awaitable[_T]]) -> _T:
    """A load that ends half-way begins anew, so it sits a short pause out at the gate instead."""
    for _ in range(_PAUSES):
        try:
            return await _retrying(once, again=True)
        except BudgetSpent:
            raise
        except RateLimited:
            if rank_now() is not Rank.LOAD:
                raise
    return await _retrying(once, again=True)


async def _retrying(once: Callable[[], Awaitable[_T]], *, again: bool) -> _T:
    """Short and bounded: a blip is hidden, an outage is the Engine's.

    After one lost answer nobody knows whether the write was carried out, whatever a later attempt met on its way.
    """
    try:
        return await once()
    except CardwallError as error:
        if not again or not _is_blip(error):
            raise
        failed = error
    from tui.api.retries import attempts  # the library is loaded with the first blip: most sessions have none

    lost = failed if isinstance(failed, LostAnswer) else None
    first = True
    try:
        async for attempt in attempts(_is_blip):
            with attempt:
                if first:
                    first = False
                    raise failed  # what was tried above counts as the first attempt
                try:
                    return await once()
                except LostAnswer as error:
                    lost = error
                    raise
    except (Offline, RateLimited, NotAllowed) as error:
        if lost is not None:
            raise lost from error
        raise
    raise AssertionError("attempts end with an answer or an error")


def _is_blip(error: Exception) -> bool:
    return isinstance(error, Offline | LostAnswer) or type(error) is Unavailable

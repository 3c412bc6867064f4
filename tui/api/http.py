"""The only user of the HTTP library: time-outs, retries, bounds, redaction, and failures as our own errors.

    Http.send    one request, a whole Answer of at most 1 MB
    Http.stream  one GET, a Listing of at most 256 MB, decoded while it arrives

Making an `Http` loads certificates (about 30 ms): not on a loop that draws.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol, TypeVar

import httpx
import stamina
from stamina.instrumentation import set_on_retry_hooks

from tui.api.address import checked_base, checked_headers, is_loopback
from tui.api.inprocess import AsgiLink, Call, LinkBroken, LinkDown, LinkTimeout, Target
from tui.api.listing import LONGEST_LIST, Listing
from tui.api.problems import Answer, describe_body, error_for
from tui.errors import CardwallError, Garbled, LostAnswer, Offline, Unavailable

LONGEST_BODY = 1024 * 1024
"""Bytes of an answer that is not a list."""
_REDIRECTS = 3
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

Params = Mapping[str, str]
_T = TypeVar("_T")

set_on_retry_hooks(())  # the default hook prints to stdout where structlog is installed
for _noisy in ("httpx", "httpcore"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)  # they log whole URLs, and headers with keys


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, for a read, for a write, and for a whole answer that is not a list."""

    connect: float = 5.0
    read: float = 30.0
    write: float = 30.0
    whole: float = 120.0


class Gate(Protocol):
    """Where every request passes before it is sent: the place of a request budget."""

    async def enter(self, *, writing: bool) -> None:
        """Wait for a turn. Raises `RateLimited` when there will be none soon."""
        ...

    def answered(self, answer: Answer) -> None:
        """Learn from an answer's status and headers; its body is not there yet."""
        ...


class OpenGate:
    """No budget: what the in-process link has."""

    async def enter(self, *, writing: bool) -> None:
        """Pass at once."""

    def answered(self, answer: Answer) -> None:
        """Nothing to learn."""


class Http:
    """Requests to one server as one key."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Collection[str] = (),
        timeouts: Timeouts | None = None,
        link: AsgiLink | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        allow_plain: bool = False,
        gate: Gate | None = None,
    ) -> None:
        """Over the network, over an embedded server's `link`, or over a given `transport`.

        `secrets` never appear in a message. Raises `ConfigError` for a URL or header that cannot be used.
        """
        self._base = httpx.URL(checked_base(base_url, allow_plain=allow_plain or link is not None))
        self._secrets = [secret for secret in secrets if len(secret) >= 4]
        self._timeouts = timeouts or Timeouts()
        self._gate = gate or OpenGate()
        self.idempotent = False
        """Whether the server honours an Idempotency-Key on every write; set by the Backend that asked it."""
        wait = self._timeouts
        self._client = httpx.AsyncClient(
            headers=checked_headers(headers or {}),
            timeout=httpx.Timeout(connect=wait.connect, read=wait.read, write=wait.write, pool=wait.read),
            transport=_LinkTransport(link) if link else transport,
            verify=_trust(self._base.scheme),
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=not is_loopback(self._base.host),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

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
    ) -> Answer:
        """The answer to one request; statuses of 300 or more are raised, except those in `accept`.

        `key` is the Idempotency-Key: sent, and relied on for a retry, only when the server honours it.
        `reading` marks a POST that changes nothing.
        """
        writing = method not in _SAFE if reading is None else not reading
        extra = dict(headers or {})
        if body is not None:
            extra["content-type"] = "application/json"
        if key is not None and self.idempotent:
            extra["idempotency-key"] = key
        what = f"{method} {path}"

        async def once() -> Answer:
            response = await self._open(method, path, params, body, extra, writing=writing)
            answer = await self._whole(response, what, writing=writing)
            if answer.status < 300 or answer.status in accept:
                return answer
            raise error_for(answer, writing=writing, what=what)

        return await _retrying(once, again=not writing or "idempotency-key" in extra)

    @asynccontextmanager
    async def stream(
        self, path: str, *, params: Params | None = None, member: str | None = None
    ) -> AsyncIterator[Listing]:
        """A list as the whole body, or as one `member` of it, decoded while it arrives."""

        async def once() -> httpx.Response:
            response = await self._open("GET", path, params, None, {}, writing=False)
            if response.status_code < 300:
                return response
            answer = await self._whole(response, f"GET {path}", writing=False)
            raise error_for(answer, writing=False, what=f"GET {path}")

        response = await _retrying(once, again=True)
        try:
            yield Listing(_head(response), self._chunks(response, f"GET {path}", LONGEST_LIST, writing=False), member)
        finally:
            await response.aclose()

    async def _open(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        writing: bool,
    ) -> httpx.Response:
        """The one place where a request leaves: the answer's head, its body unread."""
        url = self._base.copy_with(raw_path=self._base.raw_path.rstrip(b"/") + path.encode("ascii"))
        for _ in range(_REDIRECTS + 1):
            await self._gate.enter(writing=writing)
            request = self._client.build_request(method, url, params=params, content=body, headers=headers)
            try:
                response = await self._client.send(request, stream=True)
            except httpx.HTTPError as error:
                raise self._failure(error, f"{method} {path}", writing=writing) from None
            self._gate.answered(_head(response))
            if response.status_code not in (301, 302, 303, 307, 308):
                return response
            await response.aclose()
            url, params = self._redirected(response, url, writing=writing), None
        raise Unavailable(f"{self._base.host} redirects in circles")

    def _redirected(self, response: httpx.Response, url: httpx.URL, *, writing: bool) -> httpx.URL:
        try:
            target = url.join(response.headers.get("location", ""))
        except httpx.InvalidURL:
            raise Garbled(f"{self._base.host} redirects to an address that is none") from None
        if (target.scheme, target.host, target.port) != (url.scheme, url.host, url.port):
            raise Unavailable(
                f"{url.host} redirects to {target.host[:100]!r}, where the API key was not sent; "
                "is the profile's url right?"
            )
        if writing and response.status_code not in (307, 308):
            raise Unavailable(f"{url.host} redirects a write; is the profile's url right?")
        return target

    async def _whole(self, response: httpx.Response, what: str, *, writing: bool) -> Answer:
        body = bytearray()
        try:
            async with asyncio.timeout(self._timeouts.whole):
                async for chunk in self._chunks(response, what, LONGEST_BODY, writing=writing):
                    body += chunk
        except TimeoutError:
            raise (LostAnswer if writing else Offline)(f"the answer to {what} did not end in time") from None
        finally:
            await response.aclose()
        answer = _head(response, bytes(body))
        if answer.status >= 300:
            return _head(response, self._redacted(bytes(body)))
        if answer.body and "html" in answer.headers.get("content-type", ""):
            raise (LostAnswer if writing else Garbled)(describe_body(answer))
        return answer

    async def _chunks(
        self, response: httpx.Response, what: str, longest: int, *, writing: bool
    ) -> AsyncGenerator[bytes]:
        taken = 0
        try:
            async for chunk in response.aiter_bytes():
                taken += len(chunk)
                if taken > longest:
                    raise (LostAnswer if writing else Garbled)(
                        f"the answer to {what} is larger than {longest // 1024 // 1024} MB"
                    )
                yield chunk
        except (httpx.RemoteProtocolError, httpx.DecodingError):
            raise (LostAnswer if writing else Garbled)(f"the answer to {what} is cut off or damaged") from None
        except httpx.HTTPError as error:
            raise self._failure(error, what, writing=writing) from None

    def _failure(self, error: httpx.HTTPError, what: str, *, writing: bool) -> CardwallError:
        """Offline when nothing was sent or nothing was meant to change; else nobody knows whether it was done."""
        host = self._base.host
        reason = self._redacted(str(error).encode()).decode() or type(error).__name__
        if isinstance(error.__cause__ or error.__context__, ssl.SSLCertVerificationError) or "CERTIFICATE" in reason:
            return Offline(f"{host}: the certificate cannot be trusted ({reason}); nothing was sent")
        if isinstance(error, _NOTHING_SENT):
            return Offline(f"{host} cannot be reached ({reason})")
        if isinstance(error, httpx.TimeoutException):
            reason = "no answer in time"
        kind = LostAnswer if writing else Offline
        return kind(f"{what} was not answered by {host} ({reason})")

    def _redacted(self, text: bytes) -> bytes:
        for secret in self._secrets:
            text = text.replace(secret.encode(), b"***")
        return text


async def _retrying(once: Callable[[], Awaitable[_T]], *, again: bool) -> _T:
    """Short and bounded: a blip is hidden, an outage is the Engine's."""
    if not again:
        return await once()
    attempts = stamina.retry_context(
        on=_is_blip, attempts=3, timeout=3.0, wait_initial=0.1, wait_max=1.0, wait_jitter=0.1
    )
    async for attempt in attempts:
        with attempt:
            return await once()
    raise AssertionError("retry_context ends with an answer or an error")


def _is_blip(error: Exception) -> bool:
    return isinstance(error, Offline | LostAnswer) or type(error) is Unavailable


def _head(response: httpx.Response, body: bytes = b"") -> Answer:
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


def _trust(scheme: str) -> ssl.SSLContext:
    # For plain http the context is never used: an empty one, which trusts nobody, costs nothing to make.
    return ssl.create_default_context() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _LinkTransport(httpx.AsyncBaseTransport):
    """The in-process link in the place of a socket."""

    def __init__(self, link: AsgiLink) -> None:
        self._link = link

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = Target(
            method=request.method,
            path=url.path,
            raw_path=url.raw_path.partition(b"?")[0],
            query=url.query,
            scheme=url.scheme,
            host=url.host,
            port=url.port or 80,
        )
        wait = request.extensions.get("timeout", {}).get("read")
        call = Call(self._link, target, request.headers.raw, await request.aread(), read_timeout=wait)
        try:
            with _as_http_errors():
                status, headers = await call.head()
        except BaseException:
            call.close()
            raise
        return httpx.Response(status, headers=list(headers), stream=_LinkStream(call))


class _LinkStream(httpx.AsyncByteStream):
    def __init__(self, call: Call) -> None:
        self._call = call

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_http_errors():
            async for chunk in self._call.chunks():
                yield chunk

    async def aclose(self) -> None:
        self._call.close()


@contextmanager
def _as_http_errors() -> Iterator[None]:
    try:
        yield
    except LinkDown as error:
        raise httpx.ConnectError(str(error)) from None
    except LinkTimeout as error:
        raise httpx.ReadTimeout(str(error)) from None
    except LinkBroken as error:
        raise httpx.RemoteProtocolError(str(error)) from None

"""The only user of the HTTP library: requests over the network.

Making an `Http` loads certificates (about 30 ms): not on a loop that draws.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from tui.api.address import checked_base, checked_headers, is_loopback
from tui.api.client import Client, Gate, Request, Timeouts, cut_off, unanswered
from tui.api.problems import Answer
from tui.errors import CardwallError, ConfigError, Garbled, Offline, Unauthorised, Unavailable

Renew = Callable[[], tuple[Mapping[str, str], str]]
"""Reads the key anew: (the headers that tell it, the key). Not on a loop. Raises `ConfigError`."""
_REDIRECTS = 3
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

for _noisy in ("httpx", "httpcore"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)  # they log whole URLs, and headers with keys


class Http(Client):
    """Requests to one server as one key."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Collection[str] = (),
        timeouts: Timeouts | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        allow_plain: bool = False,
        gate: Gate | None = None,
        clock: Callable[[], float] = time.monotonic,
        renew: Renew | None = None,
    ) -> None:
        """Over the network, or over a given `transport`.

        `secrets` never appear in a message. `renew` reads the key anew, for a server that no longer takes it.
        Raises `ConfigError` for a URL or header that cannot be used.
        """
        super().__init__(secrets=secrets, timeouts=timeouts, gate=gate, clock=clock)
        self._base = httpx.URL(checked_base(base_url, allow_plain=allow_plain))
        self._renew = renew
        wait = self._timeouts
        self._client = httpx.AsyncClient(
            headers=checked_headers(headers or {}),
            timeout=httpx.Timeout(connect=wait.connect, read=wait.read, write=wait.write, pool=wait.read),
            transport=transport,
            verify=_trust(self._base.scheme),
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=not is_loopback(self._base.host),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _read_key(self) -> bool:
        if self._renew is None:
            return False
        try:
            told, secret = await asyncio.to_thread(self._renew)
            headers = checked_headers(told)
        except ConfigError as error:
            raise Unauthorised(f"the API key is not taken, and could not be read again ({error.message})") from None
        if all(self._client.headers.get(name) == value for name, value in headers.items()):
            return False
        self._client.headers.update(headers)
        self._keep_secret(secret)
        return True

    async def _open(self, request: Request) -> Response:
        """Follows redirects that stay on the host."""
        url = self._base.copy_with(raw_path=self._base.raw_path.rstrip(b"/") + request.path.encode("ascii"))
        params = request.params
        for _ in range(_REDIRECTS + 1):
            await self._enter(request)
            sent = self._client.build_request(
                request.method, url, params=params, content=request.body, headers=request.headers
            )
            try:
                response = await self._client.send(sent, stream=True)
            except httpx.HTTPError as error:
                self._gate.failed(sent=not isinstance(error, _NOTHING_SENT))
                raise self._failure(error, request) from None
            except BaseException:  # nobody waits for the answer any more
                self._gate.failed(sent=True)
                raise
            answer = Response(self, response, request)
            self._gate.answered(answer.head)
            if response.status_code not in (301, 302, 303, 307, 308):
                return answer
            await response.aclose()
            url, params = self._redirected(response, url, writing=request.writing), None
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

    def _failure(self, error: httpx.HTTPError, request: Request) -> CardwallError:
        """Offline when nothing was sent or nothing was meant to change; else nobody knows whether it was done."""
        host = self._base.host
        reason = self._redacted(str(error).encode()).decode() or type(error).__name__
        if isinstance(error.__cause__ or error.__context__, ssl.SSLCertVerificationError) or "CERTIFICATE" in reason:
            return Offline(f"{host}: the certificate cannot be trusted ({reason}); nothing was sent")
        if isinstance(error, _NOTHING_SENT):
            return Offline(f"{host} cannot be reached ({reason})")
        if isinstance(error, httpx.TimeoutException):
            reason = "no answer in time"
        return unanswered(request, host, reason)


class Response:
    """An answer whose head has come over the network."""

    def __init__(self, http: Http, response: httpx.Response, request: Request) -> None:
        self._http = http
        self._response = response
        self._request = request
        self.head = Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()})

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body, decompressed."""
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except (httpx.RemoteProtocolError, httpx.DecodingError):
            raise cut_off(self._request) from None
        except httpx.HTTPError as error:
            raise self._http._failure(error, self._request) from None

    async def close(self) -> None:
        """Give the connection back, or close it when there was more to come."""
        await self._response.aclose()


def _trust(scheme: str) -> ssl.SSLContext:
    # For plain http the context is never used: an empty one, which trusts nobody, costs nothing to make.
    return ssl.create_default_context() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

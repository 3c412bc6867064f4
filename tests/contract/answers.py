"""A server that is played: what it answers, and what it was asked."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from tui.api.http import Http

Handler = Callable[[httpx.Request], httpx.Response]
KEY = "sk-very-secret"


class Server:
    """Plays a server: one behaviour for every request, all requests kept."""

    def __init__(self, behaviour: Handler | httpx.Response | Exception) -> None:
        self.behaviour = behaviour
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.behaviour, Exception):
            raise self.behaviour
        return self.behaviour if isinstance(self.behaviour, httpx.Response) else self.behaviour(request)


def http_to(server: Server, base: str = "https://crm.example.com", **options: Any) -> Http:
    return Http(base, headers={"x-api-key": KEY}, secrets=[KEY], transport=httpx.MockTransport(server), **options)


def problem(status: int, **members: object) -> httpx.Response:
    return httpx.Response(status, json={"type": "about:blank", "title": "No", "status": status, **members})


class Pieces(httpx.AsyncByteStream):
    """A body in pieces, which may end in an error."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closed = True

"""A slate server that is played, with the documented routes and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import httpx

from tests.contract.recorded import HERE
from tui.api.board_cache import BoardCache
from tui.api.client import Gate
from tui.api.http import Http
from tui.api.overrides import Overrides
from tui.api.slate import SlateBackend
from tui.domain.model import BoardId, Item

ITEM: dict[str, Any] = json.loads((HERE / "slate/client_item_documented.json").read_text())
BOARD = BoardId("p1")


class Foreign:
    """Answers by method and path; `on_write` is what became of a write, to be set by a test."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.items = [ITEM]
        self.stages = [{"id": "c1", "name": "Lead"}, {"id": "c2", "name": "Qualified"}]
        self.current: dict[str, Any] | None = ITEM
        self.tag: Callable[[bytes], str] | None = None
        """What the list of items goes by, where this server says."""
        self.on_write: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200, json=self.current)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.headers["x-api-key"] != "good":
            return httpx.Response(401)
        if request.method != "GET":
            return self.on_write(request)
        answers: dict[str, Any] = {
            "/v1/ext/pipelines": [{"id": "p1", "name": "Sales", "created_at": "2026-01-01T00:00:00Z"}],
            "/v1/ext/pipelines/p1/stages": self.stages,
            "/v1/ext/pipelines/p1/stages/c1/statuses": [],
            f"/v1/ext/pipelines/p1/stages/{self.stages[1]['id']}/statuses": [{"id": "s1", "name": "Open"}],
            "/v1/ext/webhooks/sample/items": ITEM | {"expected_close": "2026-12-31"},
            "/v1/ext/items": self.items,
            f"/v1/ext/items/{ITEM['item_id']}": self.current,
        }
        found = answers.get(request.url.path)
        answer = httpx.Response(404) if found is None else httpx.Response(200, json=found)
        return self._tagged(request, answer) if request.url.path == "/v1/ext/items" else answer

    def _tagged(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if self.tag is None:
            return answer
        tag = self.tag(answer.content)
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304, headers={"etag": tag})
        return httpx.Response(200, content=answer.content, headers=[(b"etag", tag.encode("latin-1"))])


def hashed(body: bytes) -> str:
    """A tag that changes with what it stands for."""
    return f'W/"{sha256(body).hexdigest()}"'


def to(
    foreign: Callable[[httpx.Request], httpx.Response],
    key: str = "good",
    *,
    overrides: Overrides | None = None,
    cache: BoardCache | None = None,
    gate: Gate | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> SlateBackend:
    """A Backend of it."""
    transport = httpx.MockTransport(foreign)
    http = Http("https://slate.example.com", headers={"x-api-key": key}, transport=transport, gate=gate, clock=clock)
    return SlateBackend(http, overrides, cache=cache)


async def only_item(backend: SlateBackend) -> Item:
    """The one item of the one page."""
    (page,) = [page async for page in backend.pages(BOARD)]
    return page.items[0]

"""A cekat server that is played, by the documented routes; it misbehaves where a test tells it to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx

from tests.contract.recorded import recorded
from tui.api.board_cache import BoardCache
from tui.api.cekat import CekatBackend
from tui.api.client import Gate
from tui.api.http import Http
from tui.domain.model import BoardId, Item

DOCUMENTED: dict[str, Any] = recorded("cekat_client/documented.json")
BOARD = BoardId("board_abc123")
ITEMS = f"/api/crm/boards/{BOARD}/items"
_DETAILS = ("labels", "conversation_ids", "created_by")

Answer = Callable[[httpx.Request], httpx.Response | None]


def documented(name: str) -> Any:
    """One of the recorded answers, to be changed freely."""
    return deepcopy(DOCUMENTED[name])


class Cekat:
    """Items in memory; `before` may answer in its place, `after` changes what it answers."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.boards = documented("boards")["data"]
        self.board = documented("board")["data"]
        self.items: dict[str, dict[str, Any]] = {raw["id"]: raw for raw in documented("items")["data"]}
        self.items["item_001"] = documented("item")["data"]
        self.items["item_002"] |= {"labels": [], "conversation_ids": []}
        self.most = 100
        self.sorts = True
        self.headers: dict[str, str] = {}
        self.before: Answer = lambda _: None
        self.after: Callable[[httpx.Request, dict[str, Any]], object] = lambda _, body: body

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.before(request)
        if answer is not None:
            return answer
        if request.headers.get("authorization") != "Bearer good":
            return httpx.Response(401, json={"success": False, "error": {"message": "Not authenticated"}})
        status, body = self._answer(request)
        return httpx.Response(status, json=self.after(request, body), headers=self.headers)

    def sent(self, method: str) -> list[dict[str, Any]]:
        """The bodies of every request by a method."""
        return [json.loads(request.content) for request in self.requests if request.method == method]

    def asked(self, end: str = "") -> list[str]:
        """What was read: paths below the boards that end so."""
        paths = [r.url.path.removeprefix("/api/crm/boards") for r in self.requests if r.method == "GET"]
        return [path for path in paths if path.endswith(end)]

    def _answer(self, request: httpx.Request) -> tuple[int, dict[str, Any]]:
        path = request.url.path.removeprefix("/api/crm/boards")
        if path == "":
            return 200, self._window(request, self.boards)
        if path == f"/{BOARD}":
            return 200, {"success": True, "data": self.board}
        if re.fullmatch(f"/{BOARD}/columns/[^/]+", path):
            return 200, documented("column")
        if path == f"/{BOARD}/items":
            return self._list(request)
        if path == f"/{BOARD}/items/search":
            return 200, self._found(json.loads(request.content))
        item_id = path.removeprefix(f"/{BOARD}/items/")
        if item_id in self.items:
            return 200, {"success": True, "data": self._one(request, self.items[item_id])}
        return 404, {"success": False, "error": {"code": "ITEM_NOT_FOUND", "message": "Item not found"}}

    def _found(self, asked: dict[str, Any]) -> dict[str, Any]:
        raws = list(self.items.values())
        if asked.get("sort_by") and self.sorts:
            raws.sort(key=lambda raw: str(raw[asked["sort_by"]]), reverse=asked.get("sort_order") == "desc")
        limit = asked.get("limit", 50)
        found = [{name: raw[name] for name in ("id", "title", "values")} for raw in raws]
        return {"success": True, "data": found[:limit], "total": len(found), "limit": limit, "offset": 0}

    def _window(self, request: httpx.Request, entries: list[dict[str, Any]]) -> dict[str, Any]:
        asked = request.url.params
        limit, offset = min(int(asked.get("limit", 50)), self.most), int(asked.get("offset", 0))
        pagination = {"total": len(entries), "limit": limit, "offset": offset}
        return {"success": True, "data": entries[offset : offset + limit], "pagination": pagination}

    def _list(self, request: httpx.Request) -> tuple[int, dict[str, Any]]:
        body = json.loads(request.content) if request.content else {}
        if request.method == "DELETE":
            for item_id in body["item_ids"]:
                del self.items[item_id]
            return 200, {"success": True, "data": {"deleted": len(body["item_ids"]), "item_ids": body["item_ids"]}}
        if request.method == "POST":
            made = documented("created")["data"] | {name: body[name] for name in ("title", "column_id", "values")}
            made["labels"] = body.get("labels", [])
            self.items[made["id"]] = made | {"updated_at": made["created_at"]}
            return 201, {"success": True, "data": made}
        return 200, self._window(request, [_listed(raw) for raw in self.items.values()])

    def _one(self, request: httpx.Request, raw: dict[str, Any]) -> dict[str, Any]:
        if request.method == "GET":
            return raw
        body = json.loads(request.content)
        values = {name: value for name, value in (raw["values"] | body.pop("values", {})).items() if value != ""}
        raw |= body | {"values": values, "updated_at": "2026-03-02T11:00:00Z"}
        return {name: raw[name] for name in ("id", "column_id", "title", "values", "updated_at")}


def _listed(raw: dict[str, Any]) -> dict[str, Any]:
    """An item as a list shows it."""
    shown = {name: value for name, value in raw.items() if name not in _DETAILS}
    if isinstance(shown.get("contact"), dict):
        shown["contact"] = {name: value for name, value in shown["contact"].items() if name != "email"}
    return shown


def to(
    cekat: Callable[[httpx.Request], httpx.Response],
    *,
    key: str = "good",
    now: Callable[[], float] = lambda: 0.0,
    gate: Gate | None = None,
    **overrides: Any,
) -> CekatBackend:
    """A Backend of it; `overrides` are fields of its board."""
    http = Http(
        "https://crm.example.com",
        headers={"authorization": f"Bearer {key}"},
        transport=httpx.MockTransport(cekat),
        gate=gate,
        clock=now,
    )
    boards = {"Sales Pipeline": {"fields": overrides}} if overrides else {}
    return CekatBackend(http, boards, cache=BoardCache(now))


async def load(backend: CekatBackend) -> dict[str, Item]:
    """Every item, as the engine reads a board."""
    await backend.board(BOARD)
    return {item.id: item async for page in backend.pages(BOARD) for item in page.items}

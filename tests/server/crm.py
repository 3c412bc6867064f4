"""A board seen through the cekat face, and short ways to do things with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from tests.server.asgi import Caller, Reply
from tui.server.database import Database
from tui.server.tables import contacts

if TYPE_CHECKING:
    from tests.server.conftest import Board


class Crm:
    """The same board as `board`, in cekat's words."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.call: Caller = board.call
        self.path = f"/api/crm/boards/{board.id}"
        self.columns = board.stages

    async def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Reply:
        """One request below the board."""
        return await self.call(
            method, f"{self.path}{path}", body, headers={n.replace("_", "-"): v for n, v in headers.items()}
        )

    async def add(self, title: str = "Acme", **members: Any) -> dict[str, Any]:
        return data(await self("POST", "/items", {"title": title, **members}), 201)  # type: ignore[no-any-return]

    async def get(self, item_id: str) -> dict[str, Any]:
        return data(await self("GET", f"/items/{item_id}"))  # type: ignore[no-any-return]

    async def put(self, item_id: str, **members: Any) -> dict[str, Any]:
        return data(await self("PUT", f"/items/{item_id}", members))  # type: ignore[no-any-return]

    async def titles(self, query: str = "") -> list[str]:
        return [item["title"] for item in data(await self("GET", f"/items{query}"))]

    async def search(self, **body: Any) -> list[str]:
        return [item["title"] for item in data(await self("POST", "/items/search", body))]


def data(reply: Reply, status: int = 200) -> Any:
    """What is in the envelope of an answer that went well."""
    answer = reply.json()
    assert (reply.status, answer["success"]) == (status, True), reply.body
    assert reply.headers["content-type"] == "application/json"
    return answer["data"]


def refused(reply: Reply, status: int, code: str) -> dict[str, Any]:
    """The error of an answer that did not."""
    answer: dict[str, Any] = reply.json()
    assert (reply.status, answer["success"], answer["error"]["code"]) == (status, False, code), reply.body
    assert answer["error"]["message"]
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cardwall"] == "1"
    error: dict[str, Any] = answer["error"]
    return error


def fields(reply: Reply) -> list[str]:
    """The members that a validation error names."""
    return [detail["field"] for detail in refused(reply, 400, "VALIDATION_ERROR")["details"]]


def add_contact(database: Database, contact_id: str = "c1") -> dict[str, str]:
    """A contact that items may have."""
    contact = {"id": contact_id, "name": "Ann Lee", "email": "ann@acme.example", "phone": "+1 555 0100"}
    database.write(lambda connection: connection.execute(insert(contacts).values(**contact, created_at=0)))
    return contact

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from tests.server.asgi import Caller
from tests.server.crm import Crm
from tests.server.postgres import Postgres, running_postgres
from tui.server.app import create_app
from tui.server.database import Database
from tui.server.ids import NewId
from tui.server.lifespan import running
from tui.server.opening import open_database

START = 1_772_359_200.0  # 2026-03-01T10:00:00Z


class FixedClock:
    """A clock that moves when a test says so."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def counting_ids() -> NewId:
    """Ids that count: 01926a3b-0000-7000-8000-000000000001, …2, …3."""
    numbers = count(1)
    return lambda _now: f"01926a3b-0000-7000-8000-{next(numbers):012x}"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of a worker, started for the first that needs it."""
    with running_postgres() as server:
        open_database(server.url(server.template)).close()
        yield server


@pytest.fixture(scope="session")
def kept_database(postgres: Postgres) -> str:
    """The name of a database of today's schema that one test after the other gets, emptied: to copy it takes longer."""
    name = "kept_for_tests"
    postgres.run(f"CREATE DATABASE {name} TEMPLATE {postgres.template} STRATEGY FILE_COPY")
    return name


@pytest.fixture
def postgres_url(postgres: Postgres, kept_database: str) -> Iterator[str]:
    """A database of today's schema with nothing in it."""
    yield postgres.url(kept_database)
    postgres.empty(kept_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What the rules must hold on: either kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cardwall.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
async def app(database: Database, clock: FixedClock) -> AsyncIterator[ASGIApp]:
    app = create_app(database, clock=clock, actor="sam", ids=counting_ids(), faces=("slate", "cekat"))
    async with running(app):
        yield app


@pytest.fixture
def call(app: ASGIApp) -> Caller:
    return Caller(app)


def blueprint(**changes: Any) -> dict[str, Any]:
    """A board's blueprint as a client writes it."""
    return {
        "name": "Sales",
        "short_id_prefix": "DEAL",
        "stages": [
            {"name": "Lead", "statuses": [{"name": "Open"}, {"name": "Waiting"}]},
            {"name": "Qualified", "statuses": [{"name": "Waiting"}, {"name": "Open"}]},
            {"name": "Won", "closed": "won"},
        ],
        "fields": [
            {"name": "email", "kind": "email"},
            {"name": "deal_value", "kind": "currency", "currency": "USD", "min": 0, "sum": True},
            {"name": "close", "kind": "date"},
            {"name": "priority", "kind": "select", "options": ["low", "high"]},
            {"name": "areas", "kind": "multi_select", "options": ["apac", "emea"]},
            {"name": "vip", "kind": "checkbox"},
            {"name": "phone", "kind": "phone"},
            {"name": "site", "kind": "url"},
            {"name": "code", "kind": "text", "pattern": "[A-Z]{2}-[0-9]+", "max_length": 8},
            {"name": "notes", "kind": "long_text"},
        ],
        **changes,
    }


class Board:
    """A board on a server, and short ways to do things with it."""

    def __init__(self, call: Caller, answer: dict[str, Any]) -> None:
        self.call = call
        self.answer = answer
        self.id: str = answer["id"]
        self.stages: dict[str, str] = {stage["name"]: stage["id"] for stage in answer["stages"]}

    def status(self, stage: str, name: str) -> str:
        found = next(each for each in self.answer["stages"] if each["name"] == stage)
        return next(each["id"] for each in found["statuses"] if each["name"] == name)  # type: ignore[no-any-return]

    async def add(self, name: str = "Acme", stage: str = "Lead", **members: Any) -> dict[str, Any]:
        body = {"name": name, "pipeline_id": self.id, "stage_id": self.stages[stage], **members}
        reply = await self.call("POST", "/v1/ext/items", body)
        assert reply.status == 201, reply.body
        return reply.json()  # type: ignore[no-any-return]

    async def edit(self, item: dict[str, Any], **members: Any) -> dict[str, Any]:
        reply = await self.call("PATCH", f"/v1/ext/items/{item['item_id']}", members)
        assert reply.status == 200, reply.body
        return reply.json()  # type: ignore[no-any-return]

    async def items(self, query: str = "") -> list[dict[str, Any]]:
        reply = await self.call("GET", f"/v1/ext/items?pipeline_id={self.id}{query}")
        assert reply.status == 200, reply.body
        return reply.json()  # type: ignore[no-any-return]

    async def names(self, query: str = "") -> list[str]:
        return [item["name"] for item in await self.items(query)]

    async def changes(self, after: str | None = None) -> dict[str, Any]:
        query = "" if after is None else f"?after={after}"
        reply = await self.call("GET", f"/v1/ext/pipelines/{self.id}/changes{query}")
        assert reply.status == 200, reply.body
        return reply.json()  # type: ignore[no-any-return]

    async def apply(self, expect: int = 200, **changes: Any) -> dict[str, Any]:
        """Change today's blueprint; the answer."""
        today = (await self.call("GET", f"/v1/ext/pipelines/{self.id}/blueprint")).json()
        reply = await self.call("PUT", f"/v1/ext/pipelines/{self.id}/blueprint", plain({**today, **changes}))
        assert reply.status == expect, reply.body
        return reply.json()  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """A value that `json.dumps` takes: Decimals as floats."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value if isinstance(value, str | int | bool | None) else float(value)


async def make_board(call: Caller, **changes: Any) -> Board:
    reply = await call("POST", "/v1/ext/pipelines", blueprint(**changes))
    assert reply.status == 201, reply.body
    return Board(call, reply.json())


@pytest.fixture
async def board(call: Caller) -> Board:
    return await make_board(call)


@pytest.fixture
def crm(board: Board) -> Crm:
    return Crm(board)

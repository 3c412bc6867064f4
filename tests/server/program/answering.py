"""A server that is asked what schemathesis makes up, over both faces."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import requests
from schemathesis import Case, Response

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock, counting_ids, make_board
from tests.server.crm import add_contact
from tui.server.app import create_app
from tui.server.lifespan import running
from tui.server.opening import open_database


class Answering:
    """A server with a board, items and a deleted one, called from tests that are no coroutines."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self.database = open_database(f"sqlite:///{folder}/team.db")
        app = create_app(self.database, clock=FixedClock(), ids=counting_ids(), faces=("slate", "cekat"))
        self._running = running(app)
        self._call = Caller(app)
        self._runner.run(self._running.__aenter__())
        add_contact(self.database)
        self.known: dict[str, dict[str, Any]] = self._runner.run(self._fill())
        """What is there, by face and by the name that requests have for it."""

    async def _fill(self) -> dict[str, dict[str, Any]]:
        board = await make_board(self._call)
        items = [await board.add(f"n{n}", metadata={"deal_value": n}, labels=["a"], contact_id="c1") for n in range(4)]
        await board.edit(items[3], name="Last", metadata={"email": "a@example.com"})
        assert (await self._call("DELETE", "/v1/ext/items/DEAL-2")).status == 204
        slate = {
            "item_id": "DEAL-1",
            "pipeline_id": board.id,
            "stage_id": board.stages["Lead"],
            "status_id": board.status("Lead", "Open"),
            "contact_id": "c1",
            "metadata": {"deal_value": 7, "areas": ["emea"]},
        }
        cekat = {
            "board_id": board.id,
            "column_id": board.stages["Lead"],
            "column_ids": [board.stages["Lead"]],
            "column_name": "LEAD",
            "name": "lead",
            "item_id": items[0]["item_id"],
            "item_ids": [items[2]["item_id"]],
            "contact_id": "c1",
            "values": {"deal_value": "7", "areas": "emea"},
            "value_filters": {"deal_value": {"gte": "1"}},
            "date_range": {"from": "2026-01-01"},
        }
        return {"slate": slate, "cekat": cekat}

    def ask(self, case: Case[Any]) -> Response:
        """Send what was made up, as bytes."""
        prepared = requests.Request(**case.as_transport_kwargs("http://localhost")).prepare()
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
        headers = {name: str(value) for name, value in prepared.headers.items() if _is_sendable(str(value))}
        reply = self._runner.run(self._call(str(prepared.method), prepared.path_url, body or b"", headers=headers))
        shown = {name: [value] for name, value in reply.headers.items()}
        return Response(reply.status, shown, reply.body, prepared, elapsed=0.0, verify=False)

    def close(self) -> None:
        self._runner.run(self._running.__aexit__(None, None, None))
        self._runner.close()
        self.database.close()


def _is_sendable(value: str) -> bool:
    return value.isascii() and value.isprintable()


def acquainted(case: Case[Any], known: dict[str, Any]) -> Case[Any]:
    """The same request about what is there."""
    for name in case.path_parameters:
        case.path_parameters[name] = known[name]
    for part in (case.body, case.query):
        if isinstance(part, dict):
            part.update({name: value for name, value in known.items() if name in part})
    return case

"""The OpenAPI document: every route is in it, and every answer is as it says, whatever is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock, blueprint, counting_ids, make_board
from tui.server.app import create_app
from tui.server.callers import always
from tui.server.lifespan import running
from tui.server.opening import open_database
from tui.server.program.app import TABLES, program_app
from tui.server.program.openapi import document
from tui.server.service import Service
from tui.server.slate.operations import TABLE
from tui.server.slate.routes import slate_routes

DOCUMENT = document([TABLE])
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
OPERATIONS = [(each.method, TABLE.prefix + each.path) for each in TABLE.operations]


class Answering:
    """A server with a board, items and a deleted one, called from tests that are no coroutines."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._database = open_database(f"sqlite:///{folder}/team.db")
        app = create_app(self._database, clock=FixedClock(), ids=counting_ids())
        self._running = running(app)
        self._call = Caller(app)
        self._runner.run(self._running.__aenter__())
        self.known: dict[str, str] = self._runner.run(self._fill())

    async def _fill(self) -> dict[str, str]:
        board = await make_board(self._call)
        for number in range(4):
            item = await board.add(f"n{number}", metadata={"deal_value": number}, labels=["a"])
        await board.edit(item, name="Last", metadata={"email": "a@example.com"})
        assert (await self._call("DELETE", "/v1/ext/items/DEAL-2")).status == 204
        return {
            "item_id": "DEAL-1",
            "pipeline_id": board.id,
            "stage_id": board.stages["Lead"],
            "status_id": board.status("Lead", "Open"),
        }

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
        self._database.close()


def _is_sendable(value: str) -> bool:
    return value.isascii() and value.isprintable()


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Answering]:
    answering = Answering(tmp_path)
    yield answering
    answering.close()


def acquainted(case: Case[Any], known: dict[str, str]) -> Case[Any]:
    """The same request about what is there."""
    for name in case.path_parameters:
        case.path_parameters[name] = known[name]
    for part in (case.body, case.query):
        if isinstance(part, dict):
            part.update({name: value for name, value in known.items() if name in part})
    return case


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as-said", "otherwise"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_it_says(answering: Answering, method: str, path: str, mode: GenerationMode) -> None:
    operation = SCHEMA[path][method]

    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    def check(case: Case[Any], is_known: bool) -> None:
        case = acquainted(case, answering.known) if is_known else case
        case.validate_response(answering.ask(case), checks=CHECKS)

    check()


def test_whole_boards_and_duplicates_are_as_it_says(answering: Answering) -> None:
    def ask(method: str, path: str, body: dict[str, Any], **names: str) -> tuple[int, Any]:
        case = SCHEMA[path][method].Case(body=body, path_parameters=names, media_type="application/json")
        response = answering.ask(case)
        case.validate_response(response, checks=CHECKS)
        return response.status_code, response.json()

    wanted = blueprint(name="Other", short_id_prefix="OT", duplicates={"fields": ["email"]})
    status, board = ask("POST", "/v1/ext/pipelines", wanted)
    assert (status, len(board["stages"]), len(board["fields"])) == (201, 3, 10)
    item = {
        "name": "Acme",
        "pipeline_id": board["id"],
        "stage_id": board["stages"][0]["id"],
        "metadata": {"email": "a@example.com", "areas": ["emea"], "vip": True, "deal_value": 1.5},
    }
    assert ask("POST", "/v1/ext/items", item)[0] == 201
    status, found = ask("POST", "/v1/ext/items/check-duplicates", item)
    assert (status, len(found["duplicates"])) == (200, 1)
    path = "/v1/ext/pipelines/{pipeline_id}/blueprint"
    less = {**board, "fields": []}
    assert ask("PUT", path, less, pipeline_id=board["id"])[0] == 422
    less["duplicates"] = None
    assert ask("PUT", path, less, pipeline_id=board["id"])[0] == 409
    assert ask("PUT", path, {**less, "force": True}, pipeline_id=board["id"])[0] == 200
    assert ask("PUT", path, less, pipeline_id=board["id"])[0] == 409


def test_the_check_sees_an_answer_that_is_not_as_it_says(answering: Answering) -> None:
    broken = document([TABLE])
    broken["components"]["schemas"]["Pipeline"]["properties"]["name"] = {"type": "integer"}
    operation = schemathesis.openapi.from_dict(broken)["/v1/ext/pipelines"]["GET"]
    case = operation.Case()
    with pytest.raises(FailureGroup) as found:
        case.validate_response(answering.ask(case), checks=CHECKS)
    assert [type(failure).__name__ for failure in found.value.exceptions] == ["JsonSchemaError"]


def test_every_route_is_told_and_no_other(answering: Answering) -> None:
    service = Service(answering._database)
    routes = {
        (method, route.path)
        for route in slate_routes(service, always("sam"))
        for method in route.app._handlers  # type: ignore[attr-defined]  # a Resource
    }
    service.close()
    assert sorted(routes) == sorted(OPERATIONS)


def test_every_refusal_has_a_phrase_and_a_shape() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                assert answer["description"] == HTTPStatus(int(status)).phrase
                assert int(status) < 400 or list(answer["content"]) == ["application/problem+json"]
            assert operation["security"] == [{"x-api-key": []}]


async def test_it_is_served_without_a_key(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/team.db")
    app = program_app(database, None)
    async with running(app):
        reply = await Caller(app)("GET", "/openapi.json")
    database.close()
    shown: dict[str, Any] = reply.json()
    assert (reply.status, shown["openapi"], shown["info"]["title"]) == (200, "3.1.0", "cardwall")
    assert list(shown["paths"]) == list(document(TABLES)["paths"])

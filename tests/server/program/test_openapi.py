"""The OpenAPI document: every route of both faces is in it, and every answer is as it says, whatever is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from tests.server.asgi import Caller
from tests.server.conftest import blueprint
from tests.server.program.answering import Answering, acquainted
from tui.server.callers import always
from tui.server.cekat.routes import cekat_routes
from tui.server.lifespan import running
from tui.server.opening import open_database
from tui.server.operations import FaceTable, Operation
from tui.server.program.app import TABLES, program_app
from tui.server.program.openapi import document
from tui.server.service import Service
from tui.server.slate.answers import Blueprint
from tui.server.slate.routes import slate_routes

DOCUMENT = document(TABLES)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
OPERATIONS = [
    pytest.param(table, each, id=f"{each.method} {table.prefix}{each.path}")
    for table in TABLES
    for each in table.operations
]


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Answering]:
    answering = Answering(tmp_path)
    yield answering
    answering.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as-said", "otherwise"])
@pytest.mark.parametrize(("table", "operation"), OPERATIONS)
def test_every_answer_is_as_it_says(
    answering: Answering, table: FaceTable, operation: Operation, mode: GenerationMode
) -> None:
    told = SCHEMA[table.prefix + operation.path][operation.method]
    met: set[int] = set()

    @given(told.as_strategy(generation_mode=mode), st.booleans())
    def check(case: Case[Any], is_known: bool) -> None:
        case = acquainted(case, answering.known[table.name]) if is_known else case
        response = answering.ask(case)
        met.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    check()
    if mode == GenerationMode.POSITIVE and operation.answer is not Blueprint:
        assert met & set(operation.statuses), "only refusals were looked at"
    elif operation.body is not None:
        assert max(met) >= 400, "nothing was refused"


def ask(answering: Answering, method: str, path: str, body: Any = None, *, match: str = "", **names: str) -> Any:
    """(status, JSON) of a request that is not made up; its answer is as it says."""
    headers = {"If-Match": match} if match else {}
    case = SCHEMA[path][method].Case(body=body, headers=headers, path_parameters=names, media_type="application/json")
    response = answering.ask(case)
    case.validate_response(response, checks=CHECKS)
    return response.status_code, response.json()


def test_whole_boards_and_duplicates_are_as_it_says(answering: Answering) -> None:
    wanted = blueprint(name="Other", short_id_prefix="OT", duplicates={"fields": ["email"]})
    status, board = ask(answering, "POST", "/v1/ext/pipelines", wanted)
    assert (status, len(board["stages"]), len(board["fields"])) == (201, 3, 10)
    item = {
        "name": "Acme",
        "pipeline_id": board["id"],
        "stage_id": board["stages"][0]["id"],
        "metadata": {"email": "a@example.com", "areas": ["emea"], "vip": True, "deal_value": 1.5},
    }
    assert ask(answering, "POST", "/v1/ext/items", item)[0] == 201
    status, found = ask(answering, "POST", "/v1/ext/items/check-duplicates", item)
    assert (status, len(found["duplicates"])) == (200, 1)
    path, board_id = "/v1/ext/pipelines/{pipeline_id}/blueprint", board["id"]
    less = {**board, "fields": []}
    assert ask(answering, "PUT", path, less, pipeline_id=board_id)[0] == 422
    less["duplicates"] = None
    assert ask(answering, "PUT", path, less, pipeline_id=board_id)[0] == 409
    assert ask(answering, "PUT", path, {**less, "force": True}, pipeline_id=board_id)[0] == 200
    assert ask(answering, "PUT", path, less, pipeline_id=board_id)[0] == 409


def test_conflicts_and_what_a_board_forbids_are_as_it_says(answering: Answering) -> None:
    rule = {"fields": ["email"], "on_duplicate": "skip"}
    wanted = blueprint(name="Other", short_id_prefix="OT", duplicates=rule, allow_delete=False)
    names = {"board_id": ask(answering, "POST", "/v1/ext/pipelines", wanted)[1]["id"]}
    items = "/api/crm/boards/{board_id}/items"
    draft = {"title": "Acme", "values": {"email": "a@example.com", "areas": "emea"}, "contact_id": "c1"}
    status, made = ask(answering, "POST", items, draft, **names)
    assert (status, made["data"]["contact"]["email"]) == (201, "ann@acme.example")
    assert ask(answering, "POST", items, draft, **names)[1]["error"]["code"] == "DUPLICATE_ITEM"
    one = {**names, "item_id": made["data"]["id"]}
    path = f"{items}/{{item_id}}"
    assert ask(answering, "PUT", path, {"title": "New", "version": 1}, **one)[0] == 200
    for status, match in ((409, ""), (412, '"1.1"')):
        answer = ask(answering, "PUT", path, {"title": "Newer"} if match else {"version": 1}, match=match, **one)
        assert (answer[0], answer[1]["error"]["current"]["title"]) == (status, "New")
    refused = ask(answering, "DELETE", items, {"item_ids": [one["item_id"]]}, **names)
    assert (refused[0], refused[1]["error"]["code"]) == (403, "DELETE_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("path", "shape", "member"),
    [("/v1/ext/pipelines", "SlatePipeline", "name"), ("/api/crm/boards", "CekatBoardSummary", "items_count")],
)
def test_the_check_sees_an_answer_that_is_not_as_it_says(
    answering: Answering, path: str, shape: str, member: str
) -> None:
    broken = document(TABLES)
    broken["components"]["schemas"][shape]["properties"][member] = {"type": "boolean"}
    case = schemathesis.openapi.from_dict(broken)[path]["GET"].Case()
    with pytest.raises(FailureGroup) as found:
        case.validate_response(answering.ask(case), checks=CHECKS)
    assert [type(failure).__name__ for failure in found.value.exceptions] == ["JsonSchemaError"]


def test_components_are_named_by_face_and_model_alone() -> None:
    names = DOCUMENT["components"]["schemas"].keys()
    assert [name for name in names if not re.fullmatch(r"(Slate|Cekat)([A-Z][a-z]+)+", name)] == []
    assert {"SlateItem", "SlateCreateBody", "CekatDoneItem", "CekatListedItemListed"} < names
    alone = [document([table])["components"]["schemas"] for table in TABLES]
    assert {name: schema for each in alone for name, schema in each.items()} == DOCUMENT["components"]["schemas"]
    assert sum(map(len, alone)) == len(names)
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    assert used == set(names)


def test_every_route_is_told_and_no_other(answering: Answering) -> None:
    service = Service(answering.database)
    routes = [
        (method.lower(), route.path)
        for route in (*slate_routes(service, always("sam")), *cekat_routes(service, always("sam")))
        for method in route.app._handlers  # type: ignore[attr-defined]  # a Resource
    ]
    service.close()
    told = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
    assert sorted(routes) == sorted(told)


def test_it_is_an_openapi_document() -> None:
    SCHEMA.validate()
    with pytest.raises(Exception, match="responses"):
        schemathesis.openapi.from_dict({**DOCUMENT, "paths": {"/": {"get": {"responses": 0}}}}).validate()


@pytest.mark.parametrize(
    ("face", "problem_type", "keys"),
    [("slate", "application/problem+json", ["x-api-key"]), ("cekat", "application/json", ["bearer", "api_key"])],
)
def test_every_answer_has_a_phrase_and_a_shape(face: str, problem_type: str, keys: list[str]) -> None:
    table = next(table for table in TABLES if table.name == face)
    shapes: set[str] = set()
    for operation in table.operations:
        told = DOCUMENT["paths"][table.prefix + operation.path][operation.method.lower()]
        assert (told["tags"], told["security"]) == ([face], [{name: []} for name in keys])
        assert {"401", "403", "429", "503", "507"} < told["responses"].keys()
        for status, answer in told["responses"].items():
            assert answer["description"] == HTTPStatus(int(status)).phrase
            if int(status) >= 400:
                assert list(answer["content"]) == [problem_type]
                shapes.add(answer["content"][problem_type]["schema"]["$ref"])
            else:
                assert list(answer.get("content", ())) == ([] if status in {"204", "304"} else ["application/json"])
    (shape,) = shapes
    members = DOCUMENT["components"]["schemas"][shape.rpartition("/")[2]]["properties"]
    assert members.keys() == table.problem.model_fields.keys()


async def test_it_is_served_without_a_key(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/team.db")
    app = program_app(database, None)
    async with running(app):
        reply = await Caller(app)("GET", "/openapi.json")
    database.close()
    shown: dict[str, Any] = reply.json()
    assert (reply.status, shown["openapi"], shown["info"]["title"]) == (200, "3.1.0", "cardwall")
    assert list(shown["paths"]) == list(DOCUMENT["paths"])

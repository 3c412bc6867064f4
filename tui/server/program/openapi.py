"""The OpenAPI 3.1 document, made from the tables of the faces and the models of their bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tui import __version__
from tui.server.operations import FaceTable, Operation

Mode: TypeAlias = Literal["validation", "serialization"]
References: TypeAlias = Mapping[tuple[type[BaseModel], Mode], Mapping[str, Any]]
_WORD = re.compile(r"[A-Za-z0-9]+")
_NAME = re.compile(r"\{(\w+)\}")
_WHOLE = {"schema": {"type": "integer", "minimum": 0}}
_LIMITS = {f"X-RateLimit-{name}": _WHOLE for name in ("Limit", "Remaining", "Reset")}
_WAIT = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}}
_HEADERS: Mapping[int, dict[str, Any]] = {429: {**_LIMITS, **_WAIT}, 503: _WAIT}


def document(tables: Sequence[FaceTable]) -> dict[str, Any]:
    """The document for these faces."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for table in tables:
        references, components = _components(table)
        schemas |= components
        for operation in table.operations:
            described = _described(table, operation, references)
            paths.setdefault(table.prefix + operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "cardwall", "version": __version__, "description": "Boards of items, for a team."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {name: dict(key) for table in tables for name, key in table.keys.items()},
        },
    }


def _components(table: FaceTable) -> tuple[References, dict[str, Any]]:
    """A face's models as schemas: how each is referred to, and all of them by their names in the document."""
    models = list(dict.fromkeys(_models(table)))
    found, definitions = models_json_schema(models, ref_template="{model}")
    references = {(model, mode): _renamed(found[model, mode], table) for model, mode in models}
    return references, {
        _component(name, table): _renamed(schema, table) for name, schema in definitions.get("$defs", {}).items()
    }


def _component(name: str, table: FaceTable) -> str:
    """``Done[Item]`` of cekat is CekatDoneItem: no name hangs on where a model stands or what other faces have."""
    return table.name.capitalize() + "".join(_WORD.findall(name))


def _renamed(schema: Any, table: FaceTable) -> Any:
    match schema:
        case {"$ref": str(name), **others}:
            return {"$ref": f"#/components/schemas/{_component(name, table)}", **others}
        case dict():
            return {name: _renamed(member, table) for name, member in schema.items()}
        case list():
            return [_renamed(member, table) for member in schema]
    return schema


def _models(table: FaceTable) -> Iterator[tuple[type[BaseModel], Mode]]:
    yield table.problem, "serialization"
    for operation in table.operations:
        if operation.body is not None:
            yield operation.body, "validation"
        if operation.answer is not None:
            yield operation.answer, "serialization"


def _described(table: FaceTable, operation: Operation, references: References) -> dict[str, Any]:
    refusal = {table.problem_type: {"schema": references[table.problem, "serialization"]}}
    answers = {str(status): _answer(operation, status, references) for status in operation.statuses}
    for status in sorted({*table.always, *operation.refusals}):
        answers[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": refusal,
            "headers": _HEADERS.get(status, {}),
        }
    described: dict[str, Any] = {
        "operationId": f"{table.name} {operation.method} {operation.path}",
        "tags": [table.name],
        "summary": operation.about,
        "description": f"Needs a key with the scope {operation.scope}." if operation.scope else "Needs any key.",
        "security": [{name: []} for name in table.keys],
        "parameters": [*_parameters(operation)],
        "responses": answers,
    }
    if operation.body is not None:
        schema = references[operation.body, "validation"]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _answer(operation: Operation, status: int, references: References) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "headers": {**_LIMITS, **operation.headers},
    }
    if operation.answer is not None and status != HTTPStatus.NOT_MODIFIED:
        schema = references[operation.answer, "serialization"]
        shown = {"type": "array", "items": schema} if operation.is_list else schema
        described["content"] = {"application/json": {"schema": shown}}
    return described


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in _NAME.findall(operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    for each in operation.parameters:
        described = {"name": each.name, "in": each.place, "required": False, "schema": dict(each.schema)}
        yield {**described, "description": each.about} if each.about else described

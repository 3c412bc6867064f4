"""What was refused, as slate's application/problem+json."""

from __future__ import annotations

from functools import singledispatch
from http import HTTPStatus

from starlette.responses import Response

from tui.errors import Unauthorised
from tui.server.json_text import dumps
from tui.server.problems import refusal
from tui.server.refusals import (
    Drop,
    Duplicated,
    LacksScope,
    Misshapen,
    Missing,
    PreconditionFailed,
    Rejected,
    Stale,
    StaleBlueprint,
    WouldDrop,
)
from tui.server.slate.present import blueprint_json, item_json, match_json
from tui.server.slate.words import in_body


def problem(error: Exception) -> Response:
    """The answer to whatever a handler raised."""
    told = refusal(error)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(told.status).phrase,
        "status": told.status,
        "detail": told.message,
        "code": told.code,
        **_members(error),
    }
    headers = dict(told.headers)
    if isinstance(error, Unauthorised):
        headers["WWW-Authenticate"] = "x-api-key"
    return Response(dumps(body), told.status, headers, "application/problem+json")


@singledispatch
def _members(_error: Exception) -> dict[str, object]:
    """What a problem has beside the members of every problem, or instead of them."""
    return {}


_NAMES = {"board": "pipeline", "column": "stage", "status": "status", "item": "item"}


@_members.register
def _(error: Missing) -> dict[str, object]:
    name = _NAMES[error.what]
    words = "was deleted" if error.deleted else "does not exist"
    deleted: dict[str, object] = {"deleted": True} if error.deleted else {}
    return {"detail": f"This {name} {words}.", "code": f"{name}_not_found", **deleted}


@_members.register
def _(error: Rejected) -> dict[str, object]:
    name = str if isinstance(error, Misshapen) else in_body
    errors = [{"field": name(fault.member), "message": fault.message} for fault in error.faults]
    return {"detail": "; ".join(f"{each['field']} {each['message']}" for each in errors[:5]), "errors": errors}


@_members.register
def _(error: Stale) -> dict[str, object]:
    members: dict[str, object] = {"expected_version": error.expected, "current_version": error.current.version}
    if error.told:
        members["current"] = item_json(error.current, error.blueprint)
    return members


@_members.register
def _(error: PreconditionFailed) -> dict[str, object]:
    return _members(error.stale)


@_members.register
def _(error: StaleBlueprint) -> dict[str, object]:
    members: dict[str, object] = {"expected_revision": error.expected, "current_revision": error.current.revision}
    if error.told:
        members["current"] = blueprint_json(error.current)
    return members


@_members.register
def _(error: WouldDrop) -> dict[str, object]:
    drops = {"stages": error.columns, "statuses": error.statuses, "fields": error.fields}
    dropped = {name: [_drop(name, drop) for drop in each] for name, each in drops.items()}
    return {"detail": f"{error.message} Send force to do so.", "dropped": dropped}


def _drop(kind: str, drop: Drop) -> dict[str, object]:
    if kind == "fields":
        return {"name": drop.id, "label": drop.name, "items": drop.items}
    return {"id": drop.id, "name": drop.name, "items": drop.items}


@_members.register
def _(error: Duplicated) -> dict[str, object]:
    if not error.told:
        return {"detail": "This duplicates other items."}
    mode = error.blueprint.board.duplicates.mode
    return {"duplicates": [match_json(match, mode) for match in error.matches]}


@_members.register
def _(error: LacksScope) -> dict[str, object]:
    return {"required_scope": error.scope}

"""What was refused, in cekat's envelope."""

from __future__ import annotations

from functools import singledispatch

from starlette.responses import Response

from tui.errors import Unauthorised
from tui.server.cekat.present import Json, item_found, item_json
from tui.server.cekat.words import in_body
from tui.server.json_text import dumps
from tui.server.problems import refusal
from tui.server.refusals import (
    Duplicated,
    LacksScope,
    Misshapen,
    Missing,
    MissingItems,
    PreconditionFailed,
    Rejected,
    Stale,
)


def problem(error: Exception) -> Response:
    """The answer to whatever a handler raised."""
    if isinstance(error, Unauthorised):
        body: Json = {"success": False, "status_code": 401, "error": {"message": "Not authenticated"}}
        return Response(dumps(body), 401, {"WWW-Authenticate": "Bearer"}, "application/json")
    told = refusal(error)
    status = 400 if told.status == 422 else told.status  # the contract knows no 422
    body = {"success": False, "error": {"code": told.code.upper(), "message": told.message, **_members(error)}}
    return Response(dumps(body), status, dict(told.headers), "application/json")


@singledispatch
def _members(_error: Exception) -> Json:
    """What an error has beside code and message, or instead of them."""
    return {}


@_members.register
def _(error: Missing) -> Json:
    words = "was deleted" if error.deleted else "does not exist"
    return {"code": f"{error.what.upper()}_NOT_FOUND", "message": f"This {error.what} {words}."}


@_members.register
def _(error: MissingItems) -> Json:
    details = [{"field": "item_ids", "message": f"{each[:100]} is no item of this board"} for each in error.ids[:100]]
    message = f"{len(error.ids)} of these items are not on this board; nothing was deleted."
    return {"code": "ITEM_NOT_FOUND", "message": message, "details": details}


@_members.register
def _(error: Rejected) -> Json:
    name = str if isinstance(error, Misshapen) else in_body
    details = [{"field": name(fault.member), "message": fault.message} for fault in error.faults]
    return {"message": "; ".join(f"{each['field']} {each['message']}" for each in details[:5]), "details": details}


@_members.register
def _(error: Stale) -> Json:
    members: Json = {"expected_version": error.expected, "current_version": error.current.version}
    if error.told:
        members["current"] = item_json(error.current, error.blueprint, error.contact)
    return members


@_members.register
def _(error: PreconditionFailed) -> Json:
    return _members(error.stale)


@_members.register
def _(error: Duplicated) -> Json:
    if not error.told:
        return {"message": "This duplicates other items."}
    matches = [
        {
            "item": item_found(match.item, match.blueprint),
            "matched_fields": ["title" if field == "name" else field for field in match.fields],
            "score": match.score,
        }
        for match in error.matches
    ]
    return {"duplicates": matches}


@_members.register
def _(error: LacksScope) -> Json:
    return {"code": "FORBIDDEN", "details": [{"field": "scope", "message": error.message}]}

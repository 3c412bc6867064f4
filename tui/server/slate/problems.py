"""What was refused, as slate's application/problem+json."""

from __future__ import annotations

import logging
from functools import singledispatch
from http import HTTPStatus

from starlette.responses import Response

from tui.errors import StorageError, Unauthorised
from tui.server.json_text import dumps
from tui.server.refusals import (
    DeleteRefused,
    Drop,
    Duplicated,
    FeedExpired,
    KeyMismatch,
    LacksScope,
    Malformed,
    Misshapen,
    Missing,
    RateLimited,
    Rejected,
    RouteMissing,
    Stale,
    StaleBlueprint,
    TooLarge,
    WouldDrop,
    WrongMediaType,
    WrongMethod,
)
from tui.server.slate.present import blueprint_json, item_json, item_tag, match_json
from tui.server.slate.words import in_body
from tui.server.storage import Busy, Full

log = logging.getLogger(__name__)


class PreconditionFailed(Exception):
    """A stale If-Match: the same conflict, told as a precondition."""

    def __init__(self, stale: Stale) -> None:
        super().__init__(stale.message)
        self.stale = stale


def problem(error: Exception) -> Response:
    """The answer to whatever a handler raised."""
    return _answer(error)


def _respond(status: int, code: str, detail: str, members: dict[str, object] | None = None, **headers: str) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **(members or {}),
    }
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(dumps(body), status, names, "application/problem+json")


@singledispatch
def _answer(error: Exception) -> Response:
    log.error("a request failed", exc_info=error)
    return _respond(500, "internal_error", "The server failed; its log says more. Nothing was written.")


_NAMES = {"board": "pipeline", "column": "stage", "status": "status", "item": "item"}


@_answer.register
def _(error: Missing) -> Response:
    name = _NAMES[error.what]
    words = "was deleted" if error.deleted else "does not exist"
    return _respond(404, f"{name}_not_found", f"This {name} {words}.", {"deleted": True} if error.deleted else None)


@_answer.register
def _(error: Rejected) -> Response:
    name = str if isinstance(error, Misshapen) else in_body
    errors = [{"field": name(fault.member), "message": fault.message} for fault in error.faults]
    words = "; ".join(f"{each['field']} {each['message']}" for each in errors[:5])
    return _respond(422, "validation_error", words, {"errors": errors})


@_answer.register
def _(error: Stale) -> Response:
    return _conflict(409, "version_conflict", error)


@_answer.register
def _(error: PreconditionFailed) -> Response:
    return _conflict(412, "precondition_failed", error.stale)


def _conflict(status: int, code: str, error: Stale) -> Response:
    members: dict[str, object] = {"expected_version": error.expected, "current_version": error.current.version}
    if error.told:
        members["current"] = item_json(error.current, error.blueprint)
    return _respond(status, code, error.message, members, ETag=item_tag(error.current, error.blueprint))


@_answer.register
def _(error: StaleBlueprint) -> Response:
    members: dict[str, object] = {"expected_revision": error.expected, "current_revision": error.current.revision}
    if error.told:
        members["current"] = blueprint_json(error.current)
    return _respond(409, "revision_conflict", error.message, members)


@_answer.register
def _(error: WouldDrop) -> Response:
    drops = {"stages": error.columns, "statuses": error.statuses, "fields": error.fields}
    dropped = {name: [_drop(name, drop) for drop in each] for name, each in drops.items()}
    return _respond(409, "would_drop", f"{error.message} Send force to do so.", {"dropped": dropped})


def _drop(kind: str, drop: Drop) -> dict[str, object]:
    if kind == "fields":
        return {"name": drop.id, "label": drop.name, "items": drop.items}
    return {"id": drop.id, "name": drop.name, "items": drop.items}


@_answer.register
def _(error: Duplicated) -> Response:
    if not error.told:
        return _respond(409, "duplicate_item", "This duplicates other items.")
    mode = error.blueprint.board.duplicates.mode
    return _respond(409, "duplicate_item", error.message, {"duplicates": [match_json(m, mode) for m in error.matches]})


@_answer.register
def _(error: FeedExpired) -> Response:
    return _respond(410, "cursor_expired", error.message)


@_answer.register
def _(error: Unauthorised) -> Response:
    return _respond(401, "unauthorized", error.message, WWW_Authenticate="x-api-key")


@_answer.register
def _(error: LacksScope) -> Response:
    return _respond(403, "scope_missing", error.message, {"required_scope": error.scope})


@_answer.register
def _(error: DeleteRefused) -> Response:
    return _respond(403, "delete_not_allowed", error.message)


@_answer.register
def _(error: KeyMismatch) -> Response:
    return _respond(422, "idempotency_mismatch", error.message)


@_answer.register
def _(error: Malformed) -> Response:
    return _respond(400, "malformed_json", error.message)


@_answer.register
def _(error: TooLarge) -> Response:
    return _respond(413, "payload_too_large", error.message, Connection="close")


@_answer.register
def _(error: WrongMediaType) -> Response:
    return _respond(415, "unsupported_media_type", error.message)


@_answer.register
def _(error: RouteMissing) -> Response:
    return _respond(404, "route_not_found", error.message)


@_answer.register
def _(error: WrongMethod) -> Response:
    return _respond(405, "method_not_allowed", error.message, Allow=error.allowed)


@_answer.register
def _(error: Busy) -> Response:
    return _respond(503, error.code, error.message, Retry_After="1")


@_answer.register
def _(error: Full) -> Response:
    return _respond(507, error.code, error.message)


@_answer.register
def _(error: StorageError) -> Response:
    log.error("the database failed", exc_info=error)
    return _respond(503, "storage_failed", error.message, Retry_After="30")


@_answer.register
def _(error: RateLimited) -> Response:
    return _respond(429, "rate_limited", error.message, Retry_After=str(error.retry_after))

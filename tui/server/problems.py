"""What a refusal is in HTTP, alike on every face: status, code, sentence and headers; the shape is the face's."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import singledispatch
from typing import NamedTuple

from tui.errors import StorageError, Unauthorised
from tui.server.face import item_tag
from tui.server.refusals import (
    DeleteRefused,
    Duplicated,
    FeedExpired,
    KeyMismatch,
    LacksScope,
    Malformed,
    Missing,
    PreconditionFailed,
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
from tui.server.storage import Busy, Full

log = logging.getLogger(__name__)

_KINDS: dict[type[Exception], tuple[int, str]] = {
    Malformed: (400, "malformed_json"),
    Unauthorised: (401, "unauthorized"),
    LacksScope: (403, "scope_missing"),
    DeleteRefused: (403, "delete_not_allowed"),
    Missing: (404, "not_found"),
    RouteMissing: (404, "route_not_found"),
    WrongMethod: (405, "method_not_allowed"),
    Stale: (409, "version_conflict"),
    StaleBlueprint: (409, "revision_conflict"),
    WouldDrop: (409, "would_drop"),
    Duplicated: (409, "duplicate_item"),
    FeedExpired: (410, "cursor_expired"),
    PreconditionFailed: (412, "precondition_failed"),
    TooLarge: (413, "payload_too_large"),
    WrongMediaType: (415, "unsupported_media_type"),
    Rejected: (422, "validation_error"),
    KeyMismatch: (422, "idempotency_mismatch"),
    RateLimited: (429, "rate_limited"),
    Busy: (503, ""),
    StorageError: (503, "storage_failed"),
    Full: (507, ""),
}
"""Status and code; these codes are the error's own where none stands here."""


class Refusal(NamedTuple):
    """An error as HTTP says it; the code in lower case."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str]


def refusal(error: Exception) -> Refusal:
    """What to answer to whatever a handler raised; what nobody foresaw is logged and a 500."""
    kind = next((kind for kind in type(error).__mro__ if kind in _KINDS), None)
    if kind is None:
        log.error("a request failed", exc_info=error)
        message = "The server failed; its log says more. Nothing was written."
        return Refusal(500, "internal_error", message, {})
    if kind is StorageError:
        log.error("the database failed", exc_info=error)
    status, code = _KINDS[kind]
    if isinstance(error, Busy | Full):
        code = error.code
    return Refusal(status, code, str(error), _headers(error))


@singledispatch
def _headers(_error: Exception) -> dict[str, str]:
    return {}


@_headers.register
def _(error: Stale) -> dict[str, str]:
    return {"ETag": item_tag(error.current, error.blueprint)}


@_headers.register
def _(error: PreconditionFailed) -> dict[str, str]:
    return _headers(error.stale)


@_headers.register
def _(_error: TooLarge) -> dict[str, str]:
    return {"Connection": "close"}


@_headers.register
def _(error: WrongMethod) -> dict[str, str]:
    return {"Allow": error.allowed}


@_headers.register
def _(error: RateLimited) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)}


@_headers.register
def _(_error: Busy) -> dict[str, str]:
    return {"Retry-After": "1"}


@_headers.register
def _(error: StorageError) -> dict[str, str]:
    return {} if isinstance(error, Full) else {"Retry-After": "30"}

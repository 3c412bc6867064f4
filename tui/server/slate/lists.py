"""``GET /v1/ext/items``: the query read, and pages or the whole list sent."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from tui.server.face import Face
from tui.server.http import Stream, entity_tags, query_number, query_text, search_words
from tui.server.json_text import dumps
from tui.server.moments import parse_moment
from tui.server.refusals import Fault, Misshapen
from tui.server.rules.listing import Mark, Page, Query, Sort, board_revisions, page
from tui.server.slate.present import items_json
from tui.server.unit import Unit

SLICE = 200
"""Items of a whole list that are fetched and written at once, so that nothing else waits long."""


class Asked(Struct, frozen=True):
    """A list request, read."""

    query: Query
    limit: int | None
    mark: Mark | None
    fingerprint: str
    """Of everything but limit and cursor: a cursor is good for its own query only."""


async def list_items(face: Face, request: Request) -> Response:
    """The list, a page of it, or 304."""
    asked = read_query(request)
    size = asked.limit or SLICE

    def first(unit: Unit) -> tuple[str, Page | None]:
        boards = unit.boards()
        tag = _tag(board_revisions(boards, asked.query), request.url.query)
        if tag in (entity_tags(request, "if-none-match") or ()):
            return tag, None
        return tag, page(unit, asked.query, asked.mark, size, boards)

    tag, opening = await face.read(request, first)
    headers = {"ETag": f'"{tag}"'}
    if opening is None:
        return Response(None, 304, headers)
    if asked.limit is None:
        return Stream(_all(face, request, asked, opening), headers, "application/json")
    body = b"[" + items_json(opening.items, opening.blueprints) + b"]"
    if opening.next is not None:
        headers["Link"] = f'<{_next_url(request, asked, opening.next)}>; rel="next"'
    return Response(body, 200, headers, "application/json")


async def _all(face: Face, request: Request, asked: Asked, opening: Page) -> AsyncIterator[bytes]:
    current = opening
    lead = b"["
    while True:
        yield lead + items_json(current.items, current.blueprints)
        if current.next is None:
            yield b"]"
            return
        lead = b","
        current = await _following(face, request, asked, current, SLICE)


async def _following(face: Face, request: Request, asked: Asked, current: Page, size: int) -> Page:
    return await face.read(request, lambda unit: page(unit, asked.query, current.next, size))


def read_query(request: Request) -> Asked:
    """The filters, sort and place of a list request. Raises `Misshapen` naming the parameter."""
    query = Query(
        board_id=_id(request, "pipeline_id"),
        column_id=_id(request, "stage_id"),
        status_id=_id(request, "status_id"),
        created_from=_after(request, "created_after"),
        updated_from=_after(request, "updated_after"),
        words=search_words(query_text(request, "q") or "", "q"),
        sort=_sort(request),
    )
    if query.sort == "position" and query.board_id is None and query.column_id is None:
        raise Misshapen([Fault("sort", "position needs pipeline_id or stage_id")])
    fingerprint = sha256(dumps(_plain(query)).encode()).hexdigest()[:12]
    return Asked(query, query_number(request, "limit", 1, 500), _mark(request, query, fingerprint), fingerprint)


def _sort(request: Request) -> Sort:
    match query_text(request, "sort"):
        case None | "created_at":
            return "created_at"
        case "updated_at":
            return "updated_at"
        case "position":
            return "position"
        case _:
            raise Misshapen([Fault("sort", "must be created_at, updated_at or position")])


def _plain(query: Query) -> list[object]:
    return [getattr(query, name) for name in query.__struct_fields__]


def _id(request: Request, name: str) -> str | None:
    text = query_text(request, name)
    return None if text is None else text.lower()


def _after(request: Request, name: str) -> int | None:
    """The first millisecond whose shown second is later than the parameter."""
    text = query_text(request, name)
    if text is None:
        return None
    try:
        # A bare + in a query is a space by the rules of forms; in an offset it can only have been a +.
        moment = parse_moment(text.replace(" ", "+") if "T" in text.upper() else text)
    except ValueError as error:
        raise Misshapen([Fault(name, str(error))]) from None
    return (moment // 1000 + 1) * 1000


def _tag(revisions: list[tuple[str, int]], query: str) -> str:
    state = sha256(dumps([query, [list(each) for each in revisions]]).encode()).hexdigest()[:20]
    return f"{sum(revision for _, revision in revisions)}-{state}"


def _next_url(request: Request, asked: Asked, mark: Mark) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps([asked.fingerprint, *mark]).encode()).decode().rstrip("=")
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*pairs, ('cursor', cursor)])}"


def _mark(request: Request, query: Query, fingerprint: str) -> Mark | None:
    text = query_text(request, "cursor")
    if text is None:
        return None
    try:
        parts = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        parts = None
    shape = [str, str, int, str] if query.sort == "position" else [str, int, str]
    if not isinstance(parts, list) or [type(part) for part in parts] != shape or parts[0] != fingerprint:
        raise Misshapen([Fault("cursor", "is not a cursor of this list; start again without it")])
    if any(isinstance(part, int) and abs(part) > 2**62 for part in parts):
        raise Misshapen([Fault("cursor", "is not a cursor of this list; start again without it")])
    return tuple(parts[1:])

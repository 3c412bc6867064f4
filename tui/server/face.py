"""What the handlers of every face share: who asks, what a write answers, and the way into the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from tui.server.blueprint import Blueprint
from tui.server.callers import READ, WRITE, Caller, Identify
from tui.server.http import entity_tags, idempotency_key
from tui.server.json_text import dumps
from tui.server.refusals import Fault, LacksScope, Malformed, Misshapen, PreconditionFailed, Stale, Telling
from tui.server.rules.idempotency import Answer, Key, once
from tui.server.service import Service
from tui.server.stored import Stored
from tui.server.unit import Unit

T = TypeVar("T")


class Face:
    """The service as one face's handlers use it."""

    def __init__(self, service: Service, identify: Identify) -> None:
        self._service = service
        self._identify = identify

    async def read(self, request: Request, work: Callable[[Unit], T]) -> T:
        """Run a reading rule for whoever asks."""
        caller = await self._allowed(request, READ)
        return await self._service.read(work, caller.name)

    async def write(self, request: Request, action: Callable[[Unit], Answer], body: bytes = b"") -> Response:
        """Run a writing rule once for its Idempotency-Key, and answer what it answers."""
        caller = await self._allowed(request, WRITE)
        key = self._key(request, caller, body)
        try:
            # Under a key the stored answer tells what became of a write whose COMMIT nobody answered.
            answer = await self._service.write(
                lambda unit: once(unit, key, action), caller.name, repeatable=key is not None
            )
        except Telling as conflict:
            conflict.told = READ in caller.scopes
            if isinstance(conflict, Stale) and "if-match" in request.headers:
                raise PreconditionFailed(conflict) from conflict
            raise
        return respond(answer)

    async def allow(self, request: Request) -> None:
        """Let in anyone with a valid key."""
        await self._identify(request)

    async def _allowed(self, request: Request, scope: str) -> Caller:
        caller = await self._identify(request)
        if scope not in caller.scopes:
            raise LacksScope(scope)
        return caller

    @staticmethod
    def _key(request: Request, caller: Caller, body: bytes) -> Key | None:
        text = idempotency_key(request)
        if text is None:
            return None
        conditions = "\0".join((request.url.query, request.headers.get("if-match", "")))
        same = conditions.encode() + b"\0" + body
        return Key.of(text, caller.key_id, request.method, request.url.path, request=same)


def respond(answer: Answer) -> Response:
    """An answer as HTTP."""
    media_type = "application/json" if answer.body else None
    return Response(answer.body, answer.status, dict(answer.headers), media_type)


def shown_json(value: object, **headers: str) -> Response:
    """A value as a 200."""
    return Response(dumps(value), 200, {n.replace("_", "-"): v for n, v in headers.items()}, "application/json")


def item_tag(item: Stored, blueprint: Blueprint) -> str:
    """An item's ETag: its version, then what else its answer depends on."""
    return f'"{item.version}.{blueprint.revision}-{item.position}"'


def expected_versions(request: Request, version: int | None) -> tuple[int, ...] | None:
    """The versions a write may meet: `version` as the request has it, or If-Match; None is any.

    Raises `Misshapen` when the two disagree, `Malformed` for a tag that is none of ours.
    """
    tags = entity_tags(request, "if-match")
    if tags is None or tags == ["*"]:
        return None if version is None else (version,)
    versions = tuple(_version(tag) for tag in tags)
    if version is not None and version not in versions:
        raise Misshapen([Fault("version", "does not agree with If-Match")])
    return versions


def _version(tag: str) -> int:
    digits = tag.partition(".")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11):
        raise Malformed('If-Match must hold tags like "7.3".')
    return int(digits)

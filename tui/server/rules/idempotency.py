"""Answers of writes that carried a key: the same request gets the same answer for a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256

from msgspec import Struct, field
from sqlalchemy import insert, select, update

from tui.server.refusals import KeyMismatch
from tui.server.rules.retention import forget_answers
from tui.server.tables import idempotency
from tui.server.unit import Unit


class Answer(Struct, frozen=True):
    """What a write answers, ready to be stored and sent."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Key(Struct, frozen=True):
    """An idempotency key within its scope: who asked, for which route of which face."""

    scope: str
    body_hash: str

    @classmethod
    def of(cls, key: str, *scope: str, request: bytes) -> Key:
        """`request` is all that makes two requests the same: body, query, preconditions."""
        return cls(sha256("\0".join((key, *scope)).encode()).hexdigest(), sha256(request).hexdigest())


def once(unit: Unit, key: Key | None, action: Callable[[Unit], Answer]) -> Answer:
    """The stored answer of this key, or what `action` answers, stored in its own transaction.

    A refusal takes the key back with everything else, so the request may be tried again. Raises `KeyMismatch`.
    """
    if key is None:
        return action(unit)
    forget_answers(unit)
    row = unit.connection.execute(select(idempotency).where(idempotency.c.scope == key.scope)).first()
    if row is not None:
        if row.body_hash != key.body_hash:
            raise KeyMismatch
        return Answer(row.status, row.body, json.loads(row.headers))
    # First of all, so that a second request with this key waits here for the first one's end.
    unit.connection.execute(
        insert(idempotency).values(
            scope=key.scope, body_hash=key.body_hash, status=0, headers="{}", body="", created_at=unit.now
        )
    )
    answer = action(unit)
    unit.connection.execute(
        update(idempotency)
        .where(idempotency.c.scope == key.scope)
        .values(status=answer.status, headers=json.dumps(dict(answer.headers)), body=answer.body)
    )
    return answer

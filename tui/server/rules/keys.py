"""API keys: made, listed, revoked and looked up. A key is shown once; what is stored only recognises it.

A key is ``cw_ID_SECRET``. The secret has 256 random bits, so a plain SHA-256 of it cannot be guessed back, and
nothing slower is needed on every request.
"""

from __future__ import annotations

import os
import re
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, insert, or_, select, update

from tui.errors import NotFound
from tui.server.callers import READ, WRITE
from tui.server.refusals import Fault, Rejected
from tui.server.tables import api_keys
from tui.server.text import fault_in
from tui.server.unit import Unit

SCOPES = (READ, WRITE)
"""Every scope there is; a new key has all of them unless it is told otherwise."""
LONGEST_NAME = 100
USE_MILLISECONDS = 60_000
"""How exactly it is known when a key was last used."""
_KEY = re.compile(r"cw_([a-z2-7]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
_NAMES = ("id", "name", "scopes", "hash", "created_at", "expires_at", "revoked_at", "last_used_at")
_COLUMNS = tuple(api_keys.c[name] for name in _NAMES)

Entropy: TypeAlias = Callable[[int], bytes]
State: TypeAlias = Literal["active", "expired", "revoked"]


class ApiKey(Struct, frozen=True):
    """What is known of a key; moments in milliseconds."""

    id: str
    name: str
    scopes: tuple[str, ...]
    hash: str
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    last_used_at: int | None = None

    def state(self, now: int) -> State:
        """Whether it opens anything at that moment."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    def opens(self, digest: str, now: int) -> bool:
        """Whether a presented key of that digest is this one, and good at that moment."""
        return compare_digest(self.hash, digest) and self.state(now) == "active"


def create(
    unit: Unit, name: str, scopes: Sequence[str], expires_at: int | None = None, *, entropy: Entropy = os.urandom
) -> tuple[ApiKey, str]:
    """Make a key; the key itself is the second part and is kept nowhere. Raises `Rejected`."""
    name = name.strip()
    faults = list(_faults(unit, name, scopes, expires_at))
    if faults:
        raise Rejected(faults)
    key_id = b32encode(entropy(8))[:12].decode().lower()
    text = f"cw_{key_id}_{urlsafe_b64encode(entropy(32)).decode().rstrip('=')}"
    key = ApiKey(key_id, name, tuple(s for s in SCOPES if s in scopes), digest_of(text), unit.now, expires_at)
    unit.connection.execute(
        insert(api_keys).values(
            id=key.id,
            name=key.name,
            hash=key.hash,
            scopes=" ".join(key.scopes),
            created_at=key.created_at,
            expires_at=expires_at,
        )
    )
    return key, text


def _faults(unit: Unit, name: str, scopes: Sequence[str], expires_at: int | None) -> list[Fault]:
    faults = []
    if not 1 <= len(name) <= LONGEST_NAME:
        faults.append(Fault("name", f"must have 1 to {LONGEST_NAME} characters"))
    elif fault_in(name) or not name.isprintable():
        faults.append(Fault("name", "must be printable, on one line"))
    if not scopes or not set(scopes) <= set(SCOPES):
        faults.append(Fault("scopes", f"must be some of {', '.join(SCOPES)}"))
    if expires_at is not None and expires_at <= unit.now:
        faults.append(Fault("expires_at", "must be in the future"))
    return faults


def rows(unit: Unit) -> list[ApiKey]:
    """Every key there ever was, oldest first."""
    found = unit.connection.execute(select(*_COLUMNS).order_by(api_keys.c.created_at, api_keys.c.id))
    return [_key(row) for row in found]


def find(unit: Unit, key_id: str) -> ApiKey | None:
    """The key of that id, whatever its state."""
    row = unit.connection.execute(select(*_COLUMNS).where(api_keys.c.id == key_id)).first()
    return None if row is None else _key(row)


def revoke(unit: Unit, key_id: str) -> ApiKey:
    """Let a key open nothing from now on; once revoked, it stays as it is. Raises NotFound."""
    unit.connection.execute(
        update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)).values(revoked_at=unit.now)
    )
    key = find(unit, key_id)
    if key is None:
        raise NotFound(f"There is no API key {key_id[:40]!r}; cardwall keys list shows them.")
    return key


def used(unit: Unit, key_id: str) -> None:
    """Note that a key is in use, unless another process has just done so."""
    last = api_keys.c.last_used_at
    unit.connection.execute(
        update(api_keys)
        .where(api_keys.c.id == key_id, or_(last.is_(None), last <= unit.now - USE_MILLISECONDS))
        .values(last_used_at=unit.now)
    )


def seen(key: ApiKey, now: int) -> ApiKey:
    """The key as it is after a use at that moment."""
    return replace(key, last_used_at=now)


def id_in(text: str) -> str | None:
    """The id in a presented key; None for what cannot be a key."""
    match = _KEY.fullmatch(text)
    return match[1] if match else None


def digest_of(text: str) -> str:
    """What is stored of a key."""
    return sha256(text.encode()).hexdigest()


def _key(row: Row[str, str, str, str, int, int | None, int | None, int | None]) -> ApiKey:
    key_id, name, scopes, digest, created_at, expires_at, revoked_at, last_used_at = row
    return ApiKey(key_id, name, tuple(scopes.split()), digest, created_at, expires_at, revoked_at, last_used_at)

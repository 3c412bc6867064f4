"""API keys: what is stored of them, what they open, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from tests.server.conftest import FixedClock
from tui.errors import NotFound
from tui.server.callers import READ, WRITE
from tui.server.database import Database
from tui.server.moments import DAY, milliseconds
from tui.server.refusals import Rejected
from tui.server.rules import keys
from tui.server.rules.keys import ApiKey
from tui.server.service import Service
from tui.server.tables import api_keys
from tui.server.unit import Unit


@pytest.fixture
def service(database: Database, clock: FixedClock) -> Iterator[Service]:
    service = Service(database, clock=clock)
    yield service
    service.close()


def counting_entropy() -> keys.Entropy:
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


def made(service: Service, name: str = "sam", **more: Any) -> tuple[ApiKey, str]:
    return service.write_now(lambda unit: keys.create(unit, name, more.pop("scopes", keys.SCOPES), **more))


def test_a_key_is_shown_once_and_only_its_digest_is_kept(service: Service, database: Database) -> None:
    key, text = made(service)
    assert text.startswith(f"cw_{key.id}_")
    assert keys.id_in(text) == key.id
    row = database.read(lambda connection: connection.execute(select(api_keys)).one())
    assert row.hash == keys.digest_of(text)
    secret = text.rpartition("_")[2] if "_" not in text[16:] else text[16:]
    assert not [value for value in row if secret in str(value)]


def test_a_key_has_all_the_entropy_it_is_given(service: Service) -> None:
    _, first = made(service, entropy=counting_entropy())
    _, text = made(service)
    assert first == "cw_aaaaaaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI"
    assert len(text) == len(first)
    assert made(service)[1] != made(service)[1]


@pytest.mark.parametrize(
    ("more", "member"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x1b[2J"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("items:read", "tasks:read")}, "scopes"),
        ({"expires_at": 1_772_359_200_000}, "expires_at"),
    ],
)
def test_a_key_that_cannot_be_is_named(service: Service, more: dict[str, Any], member: str) -> None:
    with pytest.raises(Rejected) as refused:
        made(service, **more)
    assert [fault.member for fault in refused.value.faults] == [member]
    assert service.read_now(keys.rows) == []


def test_it_opens_until_it_expires(service: Service, clock: FixedClock) -> None:
    now = milliseconds(clock)
    key, text = made(service, expires_at=now + DAY)
    digest = keys.digest_of(text)
    assert key.opens(digest, now)
    assert key.opens(digest, now + DAY - 1)
    assert not key.opens(digest, now + DAY)
    assert not key.opens(keys.digest_of(text + "x"), now)
    assert [key.state(now), key.state(now + DAY)] == ["active", "expired"]


def test_a_revoked_one_opens_nothing_and_stays_as_it_was_revoked(service: Service, clock: FixedClock) -> None:
    key, text = made(service)
    revoked = service.write_now(lambda unit: keys.revoke(unit, key.id))
    assert not revoked.opens(keys.digest_of(text), 0)
    clock.now += 60
    assert service.write_now(lambda unit: keys.revoke(unit, key.id)) == revoked
    assert revoked.state(0) == "revoked"
    with pytest.raises(NotFound, match="no API key 'aaaaaaaaaaaa'"):
        service.write_now(lambda unit: keys.revoke(unit, "aaaaaaaaaaaa"))


def test_its_last_use_is_written_at_most_once_a_minute(service: Service, clock: FixedClock) -> None:
    key, _ = made(service)

    def use(after: float) -> int | None:
        clock.now += after

        def work(unit: Unit) -> ApiKey | None:
            keys.used(unit, key.id)
            return keys.find(unit, key.id)

        found = service.write_now(work)
        assert found is not None
        return found.last_used_at

    start = milliseconds(clock)
    assert [use(0), use(59), use(1)] == [start, start, start + 60_000]


def test_they_are_listed_oldest_first(service: Service, clock: FixedClock) -> None:
    for name in ("b", "a"):
        clock.now += 1
        made(service, name, scopes=(WRITE, READ))
    assert [(key.name, key.scopes) for key in service.read_now(keys.rows)] == [
        ("b", (READ, WRITE)),
        ("a", (READ, WRITE)),
    ]


@pytest.mark.parametrize(
    "text", ["", "cw_", "cw_aaaaaaaaaaaa_", "CW_aaaaaaaaaaaa_" + "A" * 43, "cw_aaaaaaaaaaaa_" + "A" * 44, "é" * 59]
)
def test_what_cannot_be_a_key_has_no_id(text: str) -> None:
    assert keys.id_in(text) is None

"""Keys that open nothing: a 401 each, until one address has tried too many; keys that are good go on working."""

from __future__ import annotations

from sqlalchemy import event

from tests.server.program.conftest import Guarded
from tui.config import RateLimit
from tui.server.database import Database
from tui.server.program.gate import KEPT_MILLISECONDS
from tui.server.program.strangers import TRIES, Strangers


def _wrong(number: int) -> str:
    return f"cw_aaaaaaaaaaaa_{number:043}"


async def test_too_many_unknown_keys_are_429_without_a_look_until_time_has_passed(
    server: Guarded, database: Database
) -> None:
    for number in range(TRIES.count):
        assert (await server.ask(_wrong(number))).status == 401
    looks: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: looks.append(arguments[2]))
    server.ticks.now += 1000
    reply = await server.ask(_wrong(0))
    assert (reply.status, reply.json()["code"], reply.headers["retry-after"]) == (429, "rate_limited", "59")
    assert looks == []
    assert (await server.ask("nonsense")).status == 401
    server.ticks.now += TRIES.seconds * 1000
    assert (await server.ask(_wrong(0))).status == 401


async def test_a_key_that_was_good_works_beside_them(server: Guarded) -> None:
    key, text = server.key()
    assert (await server.ask(text)).status == 200
    guessed = f"cw_{key.id}_{'A' * 43}"
    for _ in range(TRIES.count):
        assert (await server.ask(guessed)).status == 401
    assert (await server.ask(guessed)).status == 429
    server.ticks.now += KEPT_MILLISECONDS
    assert (await server.ask(text)).status == 200


def test_addresses_have_their_own_tries_and_the_oldest_is_forgotten() -> None:
    strangers = Strangers(RateLimit(1, 60), most=2)
    for address in ("a", "b"):
        assert strangers.refusal(address, 0) is None
        assert strangers.tried(address, 0).granted
        assert strangers.refusal(address, 0) is not None
        assert not strangers.tried(address, 0).granted
    assert strangers.tried("c", 0).granted
    assert strangers.refusal("a", 0) is None
    assert strangers.refusal("b", 0) is not None

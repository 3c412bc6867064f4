"""A key that is refused is read once more: it may have been exchanged while the wall was open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest

from tests.contract.answers import Server, http_to
from tui.api.connect import connect
from tui.api.http import Http
from tui.config import KeySource, Profile
from tui.errors import ConfigError, Unauthorised

OLD, NEW = "sk-very-secret", "sk-exchanged"  # the first is what every client of these tests begins with


class Keys:
    """Where the key is kept, and how often it was looked for."""

    def __init__(self, *keys: str | ConfigError) -> None:
        self.keys = list(keys)
        self.reads = 0

    def __call__(self) -> tuple[Mapping[str, str], str]:
        self.reads += 1
        key = self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]
        if isinstance(key, ConfigError):
            raise key
        return {"x-api-key": key}, key


def takes(*keys: str) -> Server:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["x-api-key"] in keys:
            return httpx.Response(200, json=[1] if request.method == "GET" else {"done": True})
        return httpx.Response(401, json={"message": f"not {request.headers['x-api-key']}"})

    return Server(answer)


async def listed(http: Http) -> list[int]:
    async with http.stream("/items") as listing:
        found: list[int] = await listing.all()
        return found


async def test_a_read_a_list_and_a_write_go_on_with_the_new_key() -> None:
    for ask in (lambda h: h.send("GET", "/a"), listed, lambda h: h.send("PATCH", "/a", body=b"{}")):
        server, keys = takes(NEW), Keys(NEW)
        http = http_to(server, renew=keys)
        await ask(http)
        await ask(http)
        assert [request.headers["x-api-key"] for request in server.requests] == [OLD, NEW, NEW]
        assert keys.reads == 1
        await http.close()


@pytest.mark.parametrize("key", [OLD, "sk-another-wrong-one"])
async def test_a_key_that_is_still_refused_is_read_once_a_refusal(key: str) -> None:
    server, keys = takes("sk-right"), Keys(key)
    http = http_to(server, renew=keys)
    with pytest.raises(Unauthorised, match=r"not \*\*\*") as caught:
        await http.send("GET", "/a")
    assert key not in caught.value.message
    assert keys.reads == 1
    assert len(server.requests) == (1 if key == OLD else 2)
    await http.close()


async def test_requests_that_are_refused_together_read_it_once() -> None:
    server, keys = takes(NEW), Keys(NEW)
    http = http_to(server, renew=keys)
    answers = await asyncio.gather(*(http.send("GET", f"/{number}") for number in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert keys.reads == 1
    await http.close()


async def test_a_key_that_cannot_be_read_is_told_beside_the_refusal() -> None:
    http = http_to(takes(NEW), renew=Keys(ConfigError("profile acme: api_key: the command failed")))
    with pytest.raises(Unauthorised, match=r"not taken, and could not be read again \(profile acme: api_key"):
        await http.send("GET", "/a")
    await http.close()


async def test_a_new_key_that_cannot_be_sent_is_told_too() -> None:
    http = http_to(takes(NEW), renew=Keys("two\nlines"))
    with pytest.raises(Unauthorised, match="could not be read again"):
        await http.send("GET", "/a")
    await http.close()


async def test_without_a_source_a_refusal_is_one() -> None:
    server = takes(NEW)
    http = http_to(server)
    with pytest.raises(Unauthorised):
        await http.send("GET", "/a")
    assert len(server.requests) == 1
    await http.close()


async def test_a_profiles_client_reads_its_own_source(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("keys") / "key"
    path.write_text(OLD)
    path.chmod(0o600)
    profile = Profile("acme", "cekat", url="https://crm.example.com", api_key=KeySource("file", str(path)))
    backend = connect(profile)
    http = backend._http  # type: ignore[attr-defined]  # the one it is made of
    path.write_text(NEW)
    assert await http._read_key()
    assert http._client.headers["authorization"] == f"Bearer {NEW}"
    assert not await http._read_key()
    await backend.close()

"""Servers that answer anything: one sentence as an error of ours, whichever contract is spoken."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from immutables import Map

from tests.contract.cekat_client.fake import BOARD as CEKAT_BOARD
from tests.contract.cekat_client.fake import Cekat, documented, load
from tests.contract.cekat_client.fake import to as to_cekat
from tests.contract.slate_client.fake import BOARD as SLATE_BOARD
from tests.contract.slate_client.fake import ITEM, Foreign
from tests.contract.slate_client.fake import to as to_slate
from tui.api.backend import Backend
from tui.api.cekat import CekatBackend
from tui.api.client import Timeouts
from tui.api.http import Http
from tui.api.slate import SlateBackend
from tui.domain.changes import Edits, Set
from tui.domain.model import COLUMN, BoardId, Item, ItemId
from tui.errors import CardwallError, Garbled, Invalid, LostAnswer, Offline, Unavailable


def html() -> httpx.Response:
    return httpx.Response(200, html="<h1>Sign in</h1>")


def raw(body: bytes) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(200, content=body, headers={"content-type": "application/json"})


def redirect() -> httpx.Response:
    return httpx.Response(302, headers={"location": "https://evil.example/steal"})


BAD: dict[str, Callable[[], httpx.Response]] = {
    "cut off": raw(b'{"success":true,"data":[{"id":"i1","tit'),
    "empty": raw(b""),
    "no JSON": raw(b"OK"),
    "a number": raw(b"5"),
    "a text": raw(b'"items"'),
    "a list of numbers": raw(b"[1,2,3]"),
    "null data": raw(b'{"success":true,"data":null}'),
    "numbers for data": raw(b'{"success":true,"data":[1,2]}'),
    "ids of another type": raw(b'{"success":true,"data":[{"id":1,"name":2,"item_id":3}]}'),
    "a broken pagination": raw(b'{"success":true,"data":[],"pagination":[]}'),
    "an absurd number": raw(b'{"success":true,"data":[{"id":"i","position":1e999999999}]}'),
    "invalid UTF-8": raw(b'{"success":true,"data":[{"id":"\xff\xfe"}]}'),
    "deep nesting": raw(b'{"data":' + b"[" * 100_000),
    "a web page": html,
    "another host": redirect,
}


class Played:
    """A server that is sound until `answer` is set."""

    def __init__(self, sound: Callable[[httpx.Request], httpx.Response]) -> None:
        self.sound = sound
        self.answer: Callable[[], httpx.Response] | None = None
        self.hosts: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.hosts.add(request.url.host)
        return self.sound(request) if self.answer is None else self.answer()


@pytest.fixture(params=["slate", "cekat"])
def played(request: pytest.FixtureRequest) -> tuple[Played, Backend, BoardId]:
    if request.param == "slate":
        server = Played(Foreign())
        return server, to_slate(server), SLATE_BOARD
    server = Played(Cekat())
    return server, to_cekat(server), CEKAT_BOARD


async def every_item(backend: Backend, board_id: BoardId) -> list[Item]:
    return [item async for page in backend.pages(board_id) for item in page.items]


@pytest.mark.parametrize("bad", BAD)
async def test_every_read_fails_in_a_sentence(played: tuple[Played, Backend, BoardId], bad: str) -> None:
    server, backend, board_id = played
    await backend.open()
    await backend.boards()
    await backend.board(board_id)
    first = (await every_item(backend, board_id))[0]
    server.answer = BAD[bad]
    reads: list[Awaitable[Any]] = [
        backend.item(first.id),
        backend.board(BoardId("other")),
        backend.boards(),
        every_item(backend, board_id),
    ]
    for read in reads:
        with pytest.raises(CardwallError) as caught:
            await read
        assert isinstance(caught.value, Unavailable)
        assert 10 < len(caught.value.message) < 400
    assert len(server.hosts) == 1
    server.answer = None
    assert (await every_item(backend, board_id))[0].id == first.id


@pytest.mark.parametrize("bad", BAD)
async def test_no_write_is_taken_for_done_or_lost_without_a_word(
    played: tuple[Played, Backend, BoardId], bad: str
) -> None:
    server, backend, board_id = played
    await backend.open()
    board = await backend.board(board_id)
    base = (await every_item(backend, board_id))[0]
    sound = server.sound

    def on_write(request: httpx.Request) -> httpx.Response:
        return sound(request) if request.method == "GET" else BAD[bad]()

    server.sound = on_write
    other = next(column.id for column in board.columns if column.id != base.column_id)
    edits: Edits = Map({COLUMN: Set(base.column_id, other)})
    for write in (backend.create(base, key="k"), backend.edit(base, edits, key="k")):
        with pytest.raises(CardwallError) as caught:
            await write
        assert 10 < len(caught.value.message) < 400
    with pytest.raises((LostAnswer, Unavailable)):
        await backend.create(base, key="k")


async def test_an_answer_over_its_cap_is_let_go(played: tuple[Played, Backend, BoardId]) -> None:
    server, backend, board_id = played
    await backend.board(board_id)
    first = (await every_item(backend, board_id))[0]
    server.answer = raw(b'"' + b"x" * 1024 * 1024 + b'"')
    with pytest.raises(Garbled, match="larger than 1 MB"):
        await backend.item(first.id)
    with pytest.raises(Garbled):
        await every_item(backend, board_id)


class Trickle(httpx.AsyncByteStream):
    """A body that never ends and never stops; its pauses are what makes it slow."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"data":['
        while True:
            await asyncio.sleep(0.001)
            yield b" "


@pytest.mark.parametrize("contract", ["slate", "cekat"])
async def test_a_body_that_only_trickles_is_given_up(contract: str) -> None:
    def trickle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Trickle())

    http = Http("https://crm.example.com", transport=httpx.MockTransport(trickle), timeouts=Timeouts(whole=0.05))
    backend: Backend = SlateBackend(http) if contract == "slate" else CekatBackend(http)
    with pytest.raises(Offline):
        await backend.boards()


ODD: list[dict[str, Any]] = [
    {"title": None},
    {"title": 5},
    {"column_id": None},
    {"column_id": ["col_001"]},
    {"values": ["x"]},
    {"values": "x"},
    {"position": "first"},
    {"position": 1.5},
    {"labels": "hot"},
    {"labels": [1]},
    {"contact": "Jane"},
    {"contact": {"name": "Jane"}},
    {"contact": {"id": "c1", "phone": 5}},
    {"created_at": "yesterday"},
    {"updated_at": 5},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
async def test_a_cekat_member_of_another_type_is_named(odd: dict[str, Any]) -> None:
    cekat = Cekat()
    backend = to_cekat(cekat)
    await load(backend)
    cekat.before = lambda _: httpx.Response(200, json={"success": True, "data": documented("item")["data"] | odd})
    with pytest.raises(Garbled, match=next(iter(odd)).replace("contact", "contact|id|phone")):
        await backend.item(ItemId("item_001"))


@pytest.mark.parametrize("missing", ["id", "title", "column_id"])
async def test_a_cekat_item_without_what_it_needs_is_named(missing: str) -> None:
    cekat = Cekat()
    for item in cekat.items.values():
        del item[missing]
    with pytest.raises(Garbled, match=missing):
        await load(to_cekat(cekat))


@pytest.mark.parametrize("missing", ["position", "values", "contact", "created_at", "updated_at", "board_id"])
async def test_a_cekat_item_may_lack_the_rest(missing: str) -> None:
    cekat = Cekat()
    for item in cekat.items.values():
        del item[missing]
    assert set(await load(to_cekat(cekat))) == {"item_001", "item_002"}


async def test_items_given_twice_and_columns_nobody_knows_do_no_harm() -> None:
    cekat = Cekat()
    cekat.items["item_001"]["column_id"] = "nowhere"
    doubled = documented("items")
    doubled["data"] = [*doubled["data"], *doubled["data"]]
    cekat.after = lambda request, body: doubled if request.url.path.endswith("/items") else body
    assert set(await load(to_cekat(cekat))) == {"item_001", "item_002"}
    foreign = Foreign()
    foreign.items = [ITEM | {"stage": "Nowhere", "status": "Never"}] * 2
    backend = to_slate(foreign)
    items = await every_item(backend, SLATE_BOARD)
    assert {(item.column_id, item.status_id) for item in items} == {("Nowhere", "Never")}


async def test_a_refusal_that_comes_with_a_200_is_told_in_its_words() -> None:
    cekat = Cekat()
    cekat.before = lambda _: httpx.Response(200, json={"success": False, "error": {"message": "Moved out"}})
    with pytest.raises(Invalid, match="Moved out"):
        await to_cekat(cekat).boards()


async def test_a_list_that_never_ends_is_given_up() -> None:
    cekat = Cekat()
    item = documented("items")["data"][0]

    def endless(request: httpx.Request, body: dict[str, Any]) -> object:
        if not request.url.path.endswith("/items"):
            return body
        return {"success": True, "data": [item], "pagination": {"total": 10**9, "limit": 50, "offset": 0}}

    cekat.after = endless
    with pytest.raises(Garbled, match="same entries again"):
        await load(to_cekat(cekat))
    cekat.after = lambda request, body: json.loads('{"success":true,"data":[],"pagination":{"total":7}}')
    with pytest.raises(Garbled, match="shows none"):
        await to_cekat(cekat).boards()

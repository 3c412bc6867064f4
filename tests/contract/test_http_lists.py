"""Lists on their way in: streamed, decoded at once or piece by piece, and what breaks off."""

import json
from typing import Any

import httpx
import pytest

from tests.contract.answers import Pieces, Server, http_to, problem
from tui.errors import CardwallError, Garbled, Offline, ScopeMissing


@pytest.fixture
def attempts() -> int:
    return 3


async def test_a_list_is_streamed_and_its_next_page_is_only_a_query() -> None:
    link = '<https://evil.example.com/v1/other?cursor=a%26b&limit=2>; rel="next", </x>; rel="last"'
    body = Pieces(b'[{"a":', b"1},", b'{"a":2}]')
    http = http_to(Server(httpx.Response(200, stream=body, headers={"link": link})))
    async with http.stream("/x") as listing:
        assert [batch async for batch in listing.batches()] == [[{"a": 1}, {"a": 2}]]
        assert listing.next == {"cursor": "a&b", "limit": "2"}
    assert body.closed


async def test_a_list_in_a_member_leaves_the_rest() -> None:
    http = http_to(Server(httpx.Response(200, json={"more": True, "changes": [1], "cursor": "7"})))
    async with http.stream("/x", member="changes") as listing:
        assert await listing.all() == [1]
        assert listing.rest == {"more": True, "cursor": "7"}
        assert listing.next is None


@pytest.mark.parametrize("one_go", [0, 40, 10_000])
@pytest.mark.parametrize("member", [None, "changes"])
async def test_a_page_is_the_same_decoded_at_once_and_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch, one_go: int, member: str | None
) -> None:
    monkeypatch.setattr("tui.api.listing.ONE_GO", one_go)
    elements = [{"id": number, "half": "\\ud800", "name": "Søren"} for number in range(300)]
    text = json.dumps(elements, ensure_ascii=False).replace("\\\\ud800", "\\ud800")
    body = (text if member is None else f'{{"cursor":"7","{member}":{text},"more":false}}').encode()
    pieces = [body[start : start + 33] for start in range(0, len(body), 33)]
    http = http_to(Server(httpx.Response(200, stream=Pieces(*pieces))))
    async with http.stream("/x", member=member) as listing:
        found = await listing.all()
        assert listing.rest == ({} if member is None else {"cursor": "7", "more": False})
    assert found == [{"id": number, "half": "\ufffd", "name": "Søren"} for number in range(300)]


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([b'[{"a":1}'], Garbled),
        ([b"<html>"], Garbled),
        ([b"{}"], Garbled),
        ([b"[1,", httpx.RemoteProtocolError("incomplete")], Garbled),
        ([b"[1,", httpx.ReadError("reset")], Offline),
        ([b"[1,", httpx.ReadTimeout("slow")], Offline),
    ],
)
async def test_a_list_that_breaks_off_is_an_error(pieces: list[Any], kind: type[CardwallError]) -> None:
    http = http_to(Server(lambda _: httpx.Response(200, stream=Pieces(*pieces))))
    with pytest.raises(kind):
        async with http.stream("/x") as listing:
            await listing.all()


async def test_a_list_that_is_refused_is_an_error() -> None:
    http = http_to(Server(problem(403)))
    with pytest.raises(ScopeMissing):
        async with http.stream("/x"):
            pytest.fail("there is no list")


async def test_a_reader_that_has_enough_closes_the_answer() -> None:
    body = Pieces(b"[" + b"1," * 500, b"2]")
    http = http_to(Server(httpx.Response(200, stream=body)))
    async with http.stream("/x") as listing:
        assert len(await anext(listing.batches())) == 200
    assert body.closed

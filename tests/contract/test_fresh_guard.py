"""A look that has become old before its write could leave is taken again: time passes where a test says so."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from immutables import Map

from tests.contract.answers import Server, http_to
from tests.contract.cekat_client import fake as cekat_fake
from tests.contract.slate_client import fake as slate_fake
from tests.contract.test_budget_gate import Clock, gate
from tui.api.backend import Backend, VersionConflict
from tui.api.client import Gate, OpenGate, TooLate
from tui.api.guard import FRESH, LOOKS
from tui.config import RateLimit
from tui.domain.changes import Edits, Set
from tui.domain.model import Item, field_member

SLOW = 17.0
EDITS: Edits = Map({field_member("email"): Set("buyer@acme.example", "mine@acme.example")})
THEIRS = "theirs@acme.example"
CONTRACTS = pytest.mark.parametrize("contract", ["slate", "cekat"])


class Played:
    """A server of either contract, and what happens to time and to its item on the way."""

    def __init__(self, contract: str, clock: Clock, gate: Gate | None = None) -> None:
        self.clock = clock
        self.on_look: Callable[[], object] = lambda: None
        """What happens when the item is looked at, before it is answered."""
        self.methods: list[str] = []
        self.slate, self.cekat = slate_fake.Foreign(), cekat_fake.Cekat()
        self.backend: Backend
        if contract == "slate":
            self.slate.on_write = self._written
            self.backend = slate_fake.to(self._asked, gate=gate, clock=clock)
            self.board_id = slate_fake.BOARD
        else:
            self.backend = cekat_fake.to(self._asked, gate=gate, now=clock)
            self.board_id = cekat_fake.BOARD
        self.play: Callable[[httpx.Request], httpx.Response] = self.slate if contract == "slate" else self.cekat

    async def item(self) -> Item:
        """The one to be written, as a list shows it."""
        await self.backend.open()
        await self.backend.board(self.board_id)
        items = [item async for page in self.backend.pages(self.board_id) for item in page.items]
        self.methods.clear()
        return items[0]

    def someone_sets(self, email: str) -> None:
        self.slate.current = slate_fake.ITEM | {"email": email}
        self.cekat.items["item_001"]["values"]["email"] = email

    def _asked(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        answer = self.play(request)
        if request.method == "GET" and request.url.path.endswith(("item_001", slate_fake.ITEM["item_id"])):
            self.on_look()
        return answer

    def _written(self, _: httpx.Request) -> httpx.Response:
        self.slate.current = slate_fake.ITEM | {"email": "mine@acme.example", "version": 2}
        return httpx.Response(200, json=self.slate.current)


class Throttled(OpenGate):
    """A budget that makes the nth write wait."""

    def __init__(self, clock: Clock, seconds: list[float]) -> None:
        self.clock = clock
        self.seconds = seconds
        self.given_back = 0

    async def enter(self, *, writing: bool) -> None:
        if writing and self.seconds:
            await self.clock.sleep(self.seconds.pop(0))

    def failed(self, *, sent: bool) -> None:
        self.given_back += not sent


WRITE = {"slate": "PATCH", "cekat": "PUT"}


@CONTRACTS
async def test_a_fresh_look_is_taken_once(contract: str) -> None:
    played = Played(contract, Clock())
    base = await played.item()
    played.on_look = lambda: passes(played, FRESH)
    assert (await played.backend.edit(base, EDITS, key="k")).fields["email"] == "mine@acme.example"
    assert played.methods == ["GET", WRITE[contract]]


def passes(played: Played, seconds: float) -> None:
    played.clock.now += seconds


@CONTRACTS
async def test_a_look_that_took_long_is_taken_again(contract: str) -> None:
    played = Played(contract, Clock())
    base = await played.item()
    slow = [SLOW, 0.1]
    played.on_look = lambda: passes(played, slow.pop(0))
    assert (await played.backend.edit(base, EDITS, key="k")).fields["email"] == "mine@acme.example"
    assert played.methods == ["GET", "GET", WRITE[contract]]


@CONTRACTS
async def test_a_look_that_the_budget_made_old_is_taken_again_and_the_slot_given_back(contract: str) -> None:
    clock = Clock()
    throttled = Throttled(clock, [SLOW])
    played = Played(contract, clock, throttled)
    base = await played.item()
    assert (await played.backend.edit(base, EDITS, key="k")).fields["email"] == "mine@acme.example"
    assert played.methods == ["GET", "GET", WRITE[contract]]
    assert throttled.given_back == 1


@CONTRACTS
async def test_who_came_between_is_seen_by_the_second_look(contract: str) -> None:
    clock = Clock()
    played = Played(contract, clock, Throttled(clock, [SLOW]))
    base = await played.item()
    played.on_look = lambda: played.someone_sets(THEIRS)  # after it was answered
    with pytest.raises(VersionConflict) as caught:
        await played.backend.edit(base, EDITS, key="k")
    assert caught.value.theirs is not None
    assert caught.value.theirs.fields["email"] == THEIRS
    assert played.methods == ["GET", "GET"]


@CONTRACTS
async def test_a_server_that_is_always_slow_is_written_to_after_the_last_look(contract: str) -> None:
    played = Played(contract, Clock())
    base = await played.item()
    played.on_look = lambda: passes(played, SLOW)
    assert (await played.backend.edit(base, EDITS, key="k")).fields["email"] == "mine@acme.example"
    assert played.methods == ["GET"] * LOOKS + [WRITE[contract]]


async def test_a_deletion_is_looked_at_again_too() -> None:
    clock = Clock()
    played = Played("cekat", clock, Throttled(clock, [SLOW]))
    base = await played.item()
    await played.backend.delete(base, key="k")
    assert played.methods == ["GET", "GET", "DELETE"]
    assert "item_001" not in played.cekat.items


async def test_a_write_that_carries_a_version_is_never_too_late() -> None:
    """The server checks it, however old the look is."""
    clock = Clock()
    played = Played("slate", clock, Throttled(clock, [SLOW]))
    base = await played.item()
    played.slate.current = slate_fake.ITEM | {"version": 1}
    await played.backend.edit(base, EDITS, key="k")
    assert played.methods == ["GET", "PATCH"]


@CONTRACTS
async def test_every_look_is_counted(contract: str) -> None:
    clock = Clock()
    counted = gate(clock, RateLimit(60, 60))
    played = Played(contract, clock, counted)
    base = await played.item()
    await counted.settled()
    before = counted.left()
    slow = [SLOW, 0.1]
    played.on_look = lambda: passes(played, slow.pop(0))
    await played.backend.edit(base, EDITS, key="k")
    await counted.settled()
    after = counted.left()
    assert before is not None
    assert after is not None
    # Two looks and a write: the attempt that came too late has given its slot back.
    assert before[0] - after[0] == 3


async def test_only_a_request_that_says_so_is_ever_too_late() -> None:
    clock = Clock()
    server = Server(httpx.Response(200, json={}))
    http = http_to(server, gate=Throttled(clock, [SLOW, SLOW]), clock=clock)
    with pytest.raises(TooLate):
        await http.send("PATCH", "/x", not_after=clock() + FRESH)
    assert server.requests == []
    assert (await http.send("PATCH", "/x")).status == 200
    await http.close()

"""A foreign slate server that gives its list a tag: an unchanged board costs one request, and nothing is missed."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from tests.contract.slate_client.fake import BOARD, ITEM, Foreign, hashed, to
from tests.sync.backend import FOREIGN, Line
from tests.sync.samples import SALES, an_item
from tests.sync.server import Server
from tests.sync.wall import Loop, Wall
from tui.api.backend import Backend
from tui.api.board_cache import LONGEST, BoardCache
from tui.domain.model import BoardId, ItemId, Moment
from tui.sync.counts import Counts
from tui.sync.events import Event, Opened, Pulled, Removed
from tui.sync.puller import SCAN, SLICE, _missing
from tui.sync.store import Store


class SlateWall(Wall):
    """A client whose server is the played one."""

    foreign: Foreign
    now: float = 0.0

    async def _connect(self) -> Backend:
        backend = to(self.foreign, cache=BoardCache(lambda: self.now))
        await backend.open()
        return backend

    def looks(self) -> list[tuple[str, bool]]:
        """What a look for news asks for, and whether it names a tag."""
        self.foreign.requests.clear()
        self.pull()
        return [(r.url.path.removeprefix("/v1/ext/"), "if-none-match" in r.headers) for r in self.foreign.requests]


@pytest.fixture
def wall() -> Iterator[SlateWall]:
    stamina.set_testing(True, attempts=1)
    wall = SlateWall(Loop(), Line(Server(), "sam", FOREIGN), None)
    wall.foreign = Foreign()
    wall.foreign.tag = hashed
    wall.foreign.items = [ITEM | {"item_id": f"i{number}", "email": f"{number}@acme.example"} for number in range(450)]
    wall.start()
    wall.pull()  # the board as its items have shown it
    yield wall
    wall.kill()
    wall.loop.close()
    stamina.set_testing(False)


NEWS = [("items", True), ("pipelines", False)]
"""What an asked look costs beside a board that is kept: the list, and the boards there are."""


def test_an_unchanged_board_costs_one_304(wall: SlateWall) -> None:
    before = wall.state.items
    assert len(before) == 450
    assert wall.looks() == NEWS
    assert wall.state.items is before
    assert wall.state.link.reach == "online"


def test_what_changed_and_what_is_gone_is_found(wall: SlateWall) -> None:
    wall.looks()
    wall.foreign.items[3] = wall.foreign.items[3] | {"email": "theirs@acme.example"}
    del wall.foreign.items[7]
    wall.looks()
    assert wall.state.items[ItemId("i3")].fields["email"] == "theirs@acme.example"
    assert ItemId("i7") not in wall.state.items
    assert len(wall.state.items) == 449
    assert wall.looks() == NEWS


def test_a_reload_reads_everything(wall: SlateWall) -> None:
    wall.looks()
    wall.foreign.requests.clear()
    wall.session.reload()
    wall.loop.run()
    (listed,) = [request for request in wall.foreign.requests if request.url.path == "/v1/ext/items"]
    assert "if-none-match" not in listed.headers


def test_other_columns_mean_that_everything_is_read_again(wall: SlateWall) -> None:
    """An item says the name of its column alone, which may stand for another one now."""
    assert wall.looks() == NEWS
    wall.foreign.stages[1] = {"id": "c9", "name": "Qualified"}
    wall.now = LONGEST
    assert ("items", False) in wall.looks()
    assert {item.column_id for item in wall.state.items.values()} == {"c9"}
    assert wall.looks()[-2:] == NEWS


def test_a_read_that_breaks_off_leaves_no_tag(wall: SlateWall) -> None:
    """What it has shown so far is of a list that may have been taken back."""
    before = wall.foreign.items
    wall.foreign.items = [ITEM | {"item_id": "i0", "email": "x"}] * 200 + [{"item_id": 5}]
    wall.looks()
    assert wall.state.link.reach == "offline"
    assert wall.state.items[ItemId("i0")].fields["email"] == "x"
    wall.foreign.items = before
    assert wall.looks()[0] == ("items", False)
    assert wall.state.items[ItemId("i0")].fields["email"] == "0@acme.example"


@pytest.mark.parametrize("tag", ["", '"\u00e9"', '"' + "x" * 1000 + '"'])
def test_a_tag_that_cannot_be_sent_back_is_none(wall: SlateWall, tag: str) -> None:
    wall.foreign.tag = lambda _: tag
    wall.looks()
    assert wall.looks() == [("items", False), ("pipelines", False)]


def test_a_304_to_nobodys_question_is_trouble_and_no_news(wall: SlateWall) -> None:
    wall.foreign.tag = None
    wall.looks()
    wall.foreign._tagged = lambda request, answer: httpx.Response(304)  # type: ignore[method-assign]  # it misbehaves
    before = wall.state.items
    wall.looks()
    assert wall.state.link.reach == "offline"
    assert wall.state.items is before


IDS = st.integers(0, 9).map(lambda number: ItemId(f"i{number}"))
ITEMS = st.builds(
    lambda item_id, board: replace(an_item(1), id=item_id, board_id=BoardId(board)),
    IDS,
    st.sampled_from([SALES.id, "other"]),
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Pulled, st.lists(ITEMS, max_size=4).map(tuple), st.booleans()),
    st.builds(Removed, st.lists(IDS, max_size=4).map(tuple)),
    st.sampled_from([Opened(SALES), Opened(replace(SALES, id=BoardId("other")))]),
)


@given(st.lists(EVENTS, max_size=12))
def test_counts_are_those_of_a_walk(events: list[Event]) -> None:
    store = Store(clock=lambda: Moment(0), new_id=lambda: "x")
    counts = Counts(store)
    for event in events:
        store.apply(event)
        for board_id in (SALES.id, BoardId("other")):
            assert counts.of(board_id) == sum(item.board_id == board_id for item in store.state.items.values())


@pytest.mark.parametrize("gone", [0, 1, SLICE, 3 * SLICE + 1])
def test_what_a_whole_list_has_not_shown_comes_in_slices(gone: int) -> None:
    items = {ItemId(f"i{n}"): replace(an_item(1), id=ItemId(f"i{n}"), board_id=BOARD) for n in range(2 * SCAN + 5)}
    other = {ItemId("x"): replace(an_item(1), id=ItemId("x"), board_id=BoardId("other"))}
    lost = set(list(items)[:gone])
    slices = list(_missing(Map(items | other), BOARD, set(items) - lost))
    assert sorted(item_id for ids in slices for item_id in ids) == sorted(lost)
    assert max(map(len, slices)) <= SLICE
    assert len(slices) > 2, "a pause is due even where nothing is gone"

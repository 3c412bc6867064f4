"""What changed on a board without a feed: a search by change in place of the whole list."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.cekat_client.fake import BOARD, Cekat, documented, load, to
from tui.api.cekat import CekatBackend
from tui.domain.model import Item, ItemId
from tui.errors import Unavailable

LATER = "2026-04-01T10:00:00Z"


@pytest.fixture
def cekat() -> Cekat:
    """A board of 49 items, whose list comes in ten windows."""
    cekat = Cekat()
    cekat.most = 5
    for number in range(3, 50):
        add(cekat, number, f"2026-03-02T10:{number:02}:00Z")
    return cekat


def add(cekat: Cekat, number: int, updated_at: str) -> None:
    item_id = f"item_{number:03}"
    raw: dict[str, Any] = documented("item")["data"] | {"id": item_id, "title": f"Deal {number}"}
    cekat.items[item_id] = raw | {"updated_at": updated_at}


async def known_of(backend: CekatBackend) -> dict[ItemId, Item]:
    known = {ItemId(item_id): item for item_id, item in (await load(backend)).items()}
    page = await backend.changed(BOARD, known)  # once everything of the latest moment is seen, one look is short
    return known | {item.id: item for item in page.items} if page is not None else known


def sent(cekat: Cekat, since: int) -> list[str]:
    return [f"{r.method} {r.url.path.rpartition('/')[2]}" for r in cekat.requests[since:]]


async def test_an_unchanged_board_costs_a_search_and_one_look(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    begun = len(cekat.requests)
    page = await backend.changed(BOARD, known)
    assert page == ((), 49, None, False)
    assert len(sent(cekat, begun)) == 2
    assert sent(cekat, begun)[0] == "POST search"


async def test_what_changed_is_read_whole_a_move_included(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    cekat.items["item_001"] |= {"column_id": "col_003", "updated_at": LATER}
    page = await backend.changed(BOARD, known)
    assert page is not None
    assert [(item.id, item.column_id) for item in page.items] == [("item_001", "col_003")]
    assert page.total == 49


async def test_a_change_in_the_second_of_the_last_look_is_seen_by_the_next(cekat: Cekat) -> None:
    """Clocks that tell seconds: of two changes in one second, one may come after the look that saw the other."""
    backend = to(cekat)
    known = await known_of(backend)
    cekat.items["item_001"] |= {"title": "first", "updated_at": LATER}
    page = await backend.changed(BOARD, known)
    assert page is not None
    known |= {item.id: item for item in page.items}
    cekat.items["item_002"] |= {"title": "in the same second", "updated_at": LATER}
    page = await backend.changed(BOARD, known)
    assert page is not None
    assert [item.name for item in page.items] == ["in the same second"]


async def test_new_items_come_and_a_total_tells_of_those_that_are_gone(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    add(cekat, 70, LATER)
    page = await backend.changed(BOARD, known)
    assert page is not None
    assert ([item.id for item in page.items], page.total) == (["item_070"], 50)
    del cekat.items["item_002"]
    page = await backend.changed(BOARD, known | {item.id: item for item in page.items})
    assert page is not None
    assert (page.items, page.total) == ((), 49)


async def test_more_changes_than_are_worth_reading_one_by_one_are_left_to_the_list(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    for number in range(3, 13):
        add(cekat, number, LATER)
    begun = len(cekat.requests)
    assert await backend.changed(BOARD, known) is None
    assert len(cekat.requests) - begun <= 10, "the list takes ten requests"


async def test_a_board_whose_list_is_one_request_is_listed(cekat: Cekat) -> None:
    cekat.most = 50
    backend = to(cekat)
    known = await known_of(backend)
    begun = len(cekat.requests)
    assert await backend.changed(BOARD, known) is None
    assert len(cekat.requests) == begun


async def test_a_server_that_does_not_sort_as_asked_is_not_trusted_again(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    cekat.sorts = False
    assert await backend.changed(BOARD, known) is None
    begun = len(cekat.requests)
    assert await backend.changed(BOARD, known) is None
    assert len(cekat.requests) == begun


async def test_a_server_that_does_not_count_is_not_trusted(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    cekat.after = lambda request, body: (body.pop("total", None) and body) or body
    assert await backend.changed(BOARD, known) is None


@pytest.mark.parametrize("status", [400, 403, 404, 405])
async def test_a_server_without_such_a_search_is_read_whole(cekat: Cekat, status: int) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    refusal = httpx.Response(status, json={"success": False, "error": {"message": "no"}})
    cekat.before = lambda request: refusal if request.method == "POST" else None
    assert await backend.changed(BOARD, known) is None
    begun = len(cekat.requests)
    assert await backend.changed(BOARD, known) is None
    assert len(cekat.requests) == begun


async def test_a_server_that_cannot_answer_now_is_asked_again(cekat: Cekat) -> None:
    backend = to(cekat)
    known = await known_of(backend)
    cekat.before = lambda _: httpx.Response(200, html="<p>Maintenance</p>")
    with pytest.raises(Unavailable):
        await backend.changed(BOARD, known)
    cekat.before = lambda _: None
    assert await backend.changed(BOARD, known) is not None

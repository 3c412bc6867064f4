"""Boards, columns and items of a server that has the documented routes and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from tests.contract.cekat_client.fake import BOARD, ITEMS, Cekat, documented, load, to
from tui.api.backend import Capabilities
from tui.api.board_cache import LONGEST
from tui.api.cekat import CekatBackend
from tui.domain.model import BoardId, Contact, ItemId
from tui.errors import NotFound, Unauthorised, Unsupported


def many(count: int) -> dict[str, dict[str, Any]]:
    raw = documented("items")["data"][0]
    return {f"i{number}": raw | {"id": f"i{number}", "position": number} for number in range(count)}


async def test_it_claims_only_what_is_documented(backend: CekatBackend) -> None:
    assert backend.contract == "cekat"
    assert backend.capabilities == Capabilities(
        versioned=False, rename=True, labels=True, delete=True, search=True, by_change=True
    )


async def test_a_wrong_key_is_refused_in_the_servers_words(cekat: Cekat) -> None:
    with pytest.raises(Unauthorised, match="Not authenticated"):
        await to(cekat, key="bad").open()


async def test_a_board_has_its_columns_in_their_order(backend: CekatBackend) -> None:
    assert [board.name for board in await backend.boards()] == ["Sales Pipeline", "Support"]
    board = await backend.board(BOARD)
    assert [(column.id, column.name) for column in board.columns] == [
        ("col_001", "Lead"),
        ("col_002", "Qualified"),
        ("col_003", "Won"),
    ]
    assert board.allow_delete
    with pytest.raises(NotFound):
        await backend.board(BoardId("board_zzz"))


async def test_fields_are_what_the_values_show(backend: CekatBackend) -> None:
    board = await backend.board(BOARD)
    assert {field.name: field.kind for field in board.fields} == {
        "deal_value": "number",
        "expected_close": "date",
        "email": "email",
        "phone": "phone",
        "source": "text",
        "vip": "checkbox",
        "notes": "long_text",
        "code": "text",
    }
    assert board.fields[0].label == "deal value"


async def test_the_profile_says_what_the_server_does_not(cekat: Cekat) -> None:
    backend = to(cekat, deal_value={"currency": "USD", "sum": True}, region={"options": ("EMEA", "APAC")})
    board = await backend.board(BOARD)
    field = board.field("deal_value")
    assert field is not None
    assert (field.kind, field.currency, board.value_field) == ("currency", "USD", field)
    region = board.field("region")
    assert region is not None
    assert (region.kind, region.options) == ("select", ("EMEA", "APAC"))
    assert (await load(backend))["item_002"].fields["region"] is None


async def test_items_are_read_whole(backend: CekatBackend) -> None:
    items = await load(backend)
    acme, globex = items["item_001"], items["item_002"]
    assert (acme.name, acme.key, acme.column_id, acme.position) == (
        "Acme Corp - Enterprise Deal",
        "item_001",
        "col_001",
        0,
    )
    assert (acme.version, acme.status_id, acme.source) == (None, None, None)
    assert acme.contact == Contact("contact_789", "Jane Buyer", "+6281234567890")
    assert (acme.fields["deal_value"], acme.fields["expected_close"], acme.fields["vip"]) == (
        50000,
        date(2026, 4, 15),
        True,
    )
    assert acme.fields["notes"] is None
    assert (globex.fields["deal_value"], globex.fields["code"]) == (Decimal("12000.50"), "007")
    assert globex.contact is None
    assert acme.created_at < acme.updated_at


async def test_an_address_that_only_the_item_shows_is_remembered_for_lists(backend: CekatBackend, cekat: Cekat) -> None:
    await load(backend)
    whole = Contact("contact_789", "Jane Buyer", "+6281234567890", "buyer@acme.example")
    assert (await backend.item(ItemId("item_001"))).contact == whole
    cekat.items["item_002"]["contact"] = {"id": "contact_789", "name": "Jane Buyer", "phone": "+6281234567890"}
    items = await load(backend)
    assert items["item_001"].contact is items["item_002"].contact
    assert items["item_001"].contact == whole
    cekat.items["item_002"]["contact"] |= {"name": "Jane Owner", "email": None}
    assert (await backend.item(ItemId("item_002"))).contact == Contact("contact_789", "Jane Owner", "+6281234567890")


async def test_a_load_costs_one_request_a_page_and_none_for_colours(backend: CekatBackend, cekat: Cekat) -> None:
    await backend.boards()
    await load(backend)
    assert cekat.asked() == ["", f"/{BOARD}", f"/{BOARD}/items"]
    await backend.boards()
    assert cekat.asked()[3:] == [""]


async def test_limits_and_colours_follow_after_the_first_load_and_once(backend: CekatBackend, cekat: Cekat) -> None:
    board = await backend.board(BOARD)
    assert board.columns[0].limit is None
    await load(backend)
    cekat.requests.clear()
    board = await backend.board(BOARD)
    assert (board.columns[0].limit, board.columns[0].colour) == (10, "#10B981")
    assert [path.rpartition("/")[2] for path in cekat.asked()] == ["col_001", "col_002", "col_003"]
    await load(backend)
    assert cekat.asked()[3:] == [f"/{BOARD}/items"]


async def test_a_column_that_tells_nothing_is_not_asked_again(backend: CekatBackend, cekat: Cekat) -> None:
    await load(backend)
    cekat.before = lambda request: httpx.Response(404) if "/columns/" in request.url.path else None
    board = await backend.board(BOARD)
    assert board.columns[0].limit is None
    cekat.requests.clear()
    assert await backend.board(BOARD) == board
    assert cekat.requests == []


async def test_a_server_that_cannot_say_now_is_asked_later(backend: CekatBackend, cekat: Cekat) -> None:
    await load(backend)
    cekat.before = lambda request: httpx.Response(429) if "/columns/" in request.url.path else None
    assert (await backend.board(BOARD)).columns[0].limit is None
    cekat.before = lambda _: None
    assert (await backend.board(BOARD)).columns[0].limit == 10


async def test_a_board_is_read_again_when_it_is_old_or_has_a_new_column(cekat: Cekat) -> None:
    now = [0.0]
    backend = to(cekat, now=lambda: now[0])
    await load(backend)
    await load(backend)
    assert cekat.asked(BOARD) == [f"/{BOARD}"]
    now[0] += LONGEST
    await load(backend)
    assert len(cekat.asked(BOARD)) == 2
    cekat.items["item_001"]["column_id"] = "col_new"
    assert (await load(backend))["item_001"].column_id == "col_new"
    await load(backend)
    assert len(cekat.asked(BOARD)) == 3
    await load(backend)
    assert len(cekat.asked(BOARD)) == 3


async def test_pages_are_as_large_as_the_server_gives(backend: CekatBackend, cekat: Cekat) -> None:
    cekat.items = many(450)
    await backend.board(BOARD)
    pages = [page async for page in backend.pages(BOARD)]
    assert [len(page.items) for page in pages] == [100, 100, 100, 100, 50]
    assert {page.total for page in pages} == {450}
    windows = [dict(r.url.params) for r in cekat.requests if r.url.path == ITEMS]
    limits = ["500", "100", "100", "100", "100"]
    assert windows == [{"limit": limit, "offset": f"{place}00" if place else "0"} for place, limit in enumerate(limits)]
    cekat.requests.clear()
    await load(backend)
    assert dict(cekat.requests[-1].url.params)["limit"] == "100"


async def test_large_windows_come_in_pages_of_two_hundred(backend: CekatBackend, cekat: Cekat) -> None:
    cekat.most, cekat.items = 500, many(450)
    assert [len(page.items) async for page in backend.pages(BOARD)] == [200, 200, 50]


async def test_a_server_that_refuses_large_windows_is_asked_for_smaller_ones(
    backend: CekatBackend, cekat: Cekat
) -> None:
    cekat.items = many(120)

    def refuse(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(400) if int(request.url.params.get("limit", 0)) > 50 else None

    cekat.before = refuse
    assert len(await load(backend)) == 120


async def test_a_list_without_numbers_is_read_to_its_end(backend: CekatBackend, cekat: Cekat) -> None:
    cekat.items = many(250)

    def plain(request: httpx.Request, body: dict[str, Any]) -> object:
        return body if request.url.path != ITEMS else {"data": body["data"]}

    cekat.after = plain
    cekat.most = 500
    assert len(await load(backend)) == 250


async def test_an_item_that_moves_while_pages_are_read_comes_once_and_hides_no_other(
    backend: CekatBackend, cekat: Cekat
) -> None:
    cekat.items = many(250)
    await backend.board(BOARD)
    found: list[str] = []
    async for page in backend.pages(BOARD):
        found += [item.id for item in page.items]
        if len(found) == 100:
            cekat.items["i0"] = cekat.items.pop("i0")  # to the end: every other moves up by one
    assert sorted(found) == sorted(many(250))


async def test_a_deletion_while_pages_are_read_hides_no_other(backend: CekatBackend, cekat: Cekat) -> None:
    cekat.items = many(250)
    await backend.board(BOARD)
    found: list[str] = []
    async for page in backend.pages(BOARD):
        found += [item.id for item in page.items]
        if len(found) == 100:
            del cekat.items["i0"]
    assert sorted(found) == sorted(many(250))


async def test_one_item_is_read_with_its_labels_and_they_outlast_the_next_list(
    backend: CekatBackend, cekat: Cekat
) -> None:
    await load(backend)
    item = await backend.item(ItemId("item_001"))
    assert item.labels == ("enterprise", "hot")
    assert (await load(backend))["item_001"] == item
    with pytest.raises(NotFound):
        await backend.item(ItemId("item_404"))


async def test_an_item_never_seen_is_looked_for_on_every_board(backend: CekatBackend, cekat: Cekat) -> None:
    cekat.boards.reverse()
    assert (await backend.item(ItemId("item_002"))).name == "Globex renewal"


async def test_a_search_lays_parts_over_what_is_known(backend: CekatBackend, cekat: Cekat) -> None:
    items = await load(backend)
    known = {ItemId("item_001"): items["item_001"]}
    cekat.items["item_001"]["values"] = {"deal_value": "75000"}
    acme, globex = await backend.search(BOARD, "deal", 50, known)
    assert acme == replace(items["item_001"], fields=items["item_001"].fields.put("deal_value", 75000))
    assert globex == items["item_002"]


async def test_what_it_cannot_do_is_refused_before_anything_is_sent(backend: CekatBackend, cekat: Cekat) -> None:
    item = (await load(backend))["item_001"]
    board = await backend.board(BOARD)
    cekat.requests.clear()
    assert await backend.cursor(BOARD) is None
    for call in (
        backend.restore(item.id, key="k"),
        backend.put_board(board, key="k"),
        backend.changes(BOARD, "1"),
        backend.duplicates(item),
        backend.history(item.id),
    ):
        with pytest.raises(Unsupported):
            await call
    assert cekat.requests == []

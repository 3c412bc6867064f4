"""Creates, edits and deletes on a server without versions: guarded by a second look, and only what was touched."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from immutables import Map
from msgspec.structs import replace

from tests.contract.cekat_client.fake import BOARD, Cekat, documented, load
from tui.api.backend import VersionConflict
from tui.api.cekat import CekatBackend
from tui.domain.changes import Delta, Edits, Set
from tui.domain.model import (
    COLUMN,
    LABELS,
    NAME,
    POSITION,
    STATUS,
    BoardId,
    ColumnId,
    Item,
    ItemId,
    Member,
    field_member,
)
from tui.domain.record import Record
from tui.errors import Conflict, Garbled, Invalid, LostAnswer, NotFound, Offline, Unsupported

VALUE = field_member("deal_value")
CREATE = Item(
    ItemId("local-1"),
    "new",
    "Initech",
    BOARD,
    ColumnId("col_001"),
    fields=Record({"deal_value": Decimal(25000), "email": None, "vip": False}),
    labels=("new",),
)


async def acme(backend: CekatBackend) -> Item:
    return (await load(backend))["item_001"]


async def test_an_edit_sends_only_what_was_touched_and_no_key(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    dear = Decimal("75000.50")
    edits: Edits = Map({COLUMN: Set("col_001", "col_002"), VALUE: Set(50000, dear), NAME: Set(base.name, "A")})
    after = await backend.edit(base, edits, key="k")
    assert cekat.sent("PUT") == [{"column_id": "col_002", "title": "A", "values": {"deal_value": "75000.50"}}]
    assert "idempotency-key" not in cekat.requests[-1].headers
    assert (after.name, after.column_id, after.fields["deal_value"]) == ("A", "col_002", dear)
    assert (after.contact_id, after.fields["email"], after.labels) == (
        "contact_789",
        "buyer@acme.example",
        ("enterprise", "hot"),
    )
    assert [r.method for r in cekat.requests[-2:]] == ["GET", "PUT"]


async def test_an_answer_that_shows_a_part_of_the_values_keeps_the_others(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    cekat.after = lambda request, body: documented("updated") if request.method == "PUT" else body
    edits: Edits = Map({COLUMN: Set("col_001", "col_002"), VALUE: Set(50000, 75000)})
    after = await backend.edit(base, edits, key="k")
    assert after.fields == base.fields.put("deal_value", 75000)
    assert after.updated_at > base.updated_at


async def test_labels_are_sent_whole_from_the_item_of_now(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    assert base.labels == ()  # no list shows them
    after = await backend.edit(base, Map({LABELS: Delta(added=("emea",), removed=("hot",))}), key="k")
    assert cekat.sent("PUT") == [{"labels": ["emea", "enterprise"]}]
    assert after.labels == ("emea", "enterprise")
    assert cekat.requests[-1].method == "GET"  # the answer does not show them


async def test_a_value_is_cleared_by_an_empty_text(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    after = await backend.edit(base, Map({VALUE: Set(50000, None)}), key="k")
    assert cekat.sent("PUT") == [{"values": {"deal_value": ""}}]
    assert after.fields["deal_value"] is None
    assert after.fields["email"] == "buyer@acme.example"


@pytest.mark.parametrize(
    ("member", "edit", "theirs"),
    [
        (NAME, Set("Acme Corp - Enterprise Deal", "Mine"), {"title": "Theirs"}),
        (COLUMN, Set("col_001", "col_002"), {"column_id": "col_003"}),
        (VALUE, Set(50000, 1), {"values": {"deal_value": "2"}}),
        (VALUE, Set(50000, 1), {"values": {}}),
    ],
)
async def test_a_touched_member_that_moved_is_a_conflict_and_nothing_is_sent(
    backend: CekatBackend, cekat: Cekat, member: Member, edit: Set, theirs: dict[str, Any]
) -> None:
    base = await acme(backend)
    cekat.items["item_001"] |= theirs
    with pytest.raises(VersionConflict) as caught:
        await backend.edit(base, Map({member: edit}), key="k")
    assert caught.value.theirs == await backend.item(base.id)
    assert cekat.sent("PUT") == []


async def test_what_others_changed_elsewhere_is_kept(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    cekat.items["item_001"] |= {"title": "Theirs"}
    after = await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")
    assert (after.name, after.fields["deal_value"]) == ("Theirs", 1)


async def test_what_is_there_already_is_not_sent(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    cekat.items["item_001"]["values"]["deal_value"] = "1"
    edits: Edits = Map([(VALUE, Set(50000, 1)), (LABELS, Delta(added=("hot",))), (STATUS, Set("x", None))])
    assert (await backend.edit(base, edits, key="k")).fields["deal_value"] == 1
    assert cekat.sent("PUT") == []


async def test_an_item_that_is_gone_is_a_conflict_without_theirs(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    del cekat.items["item_001"]
    for call in (backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k"), backend.delete(base, key="k")):
        with pytest.raises(VersionConflict) as caught:
            await call
        assert caught.value.theirs is None


@pytest.mark.parametrize(
    "edits", [{STATUS: Set(None, "s1")}, {POSITION: Set(0, 5)}, {Member("contact"): Set(None, "c")}]
)
async def test_members_the_contract_has_not_are_refused(
    backend: CekatBackend, cekat: Cekat, edits: dict[Member, Set]
) -> None:
    base = await acme(backend)
    cekat.requests.clear()
    with pytest.raises(Unsupported, match=next(iter(edits))):
        await backend.edit(base, Map(edits), key="k")
    assert cekat.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"success": True}),
        httpx.Response(200, json={"success": True, "data": None}),
        httpx.Response(200, json={"success": True, "data": {"id": "item_001"}}),
        httpx.Response(200, json={"success": True, "data": {"id": "item_002", "values": {"deal_value": "9"}}}),
        httpx.Response(200, content=b'{"success": tr'),
        httpx.Response(204),
    ],
)
async def test_an_answer_that_does_not_show_the_change_is_read_again(
    backend: CekatBackend, cekat: Cekat, answer: httpx.Response
) -> None:
    base = await acme(backend)

    def write(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PUT":
            return None
        cekat.items["item_001"] |= {"values": {"deal_value": "1"}, "title": "As the server has it"}
        return answer

    cekat.before = write
    after = await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")
    assert (after.name, after.fields["deal_value"]) == ("As the server has it", 1)


async def test_an_item_that_cannot_be_read_again_is_a_lost_answer(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)

    def write(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PUT":
            return None
        cekat.items["item_001"] = {"id": 5}
        return httpx.Response(204)

    cekat.before = write
    with pytest.raises(LostAnswer):
        await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")


async def test_an_item_that_cannot_be_read_first_is_safe_to_try_again(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    cekat.items["item_001"] = {"id": 5}
    with pytest.raises(Offline, match="nothing was sent"):
        await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")
    assert cekat.sent("PUT") == []


async def test_a_yes_that_was_none_is_told(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    unchanged = httpx.Response(200, json={"success": True, "data": documented("item")["data"]})
    cekat.before = lambda request: unchanged if request.method == "PUT" else None
    with pytest.raises(Invalid) as caught:
        await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")
    assert set(caught.value.fields) == {"deal_value"}
    cekat.before = lambda request: (
        httpx.Response(200, json={"success": False, "error": {"message": "Locked"}})
        if request.method == "PUT"
        else None
    )
    with pytest.raises(Invalid, match="Locked"):
        await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")


@pytest.mark.parametrize("status", [409, 412])
async def test_a_conflict_of_whatever_body_is_looked_into(backend: CekatBackend, cekat: Cekat, status: int) -> None:
    base = await acme(backend)

    def refuse(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PUT":
            return None
        cekat.items["item_001"]["title"] = "Theirs"
        return httpx.Response(status, content=b"conflict!")

    cekat.before = refuse
    with pytest.raises(VersionConflict) as caught:
        await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")
    assert caught.value.theirs is not None
    assert caught.value.theirs.name == "Theirs"
    base = caught.value.theirs
    with pytest.raises(Conflict) as refused:  # nothing has changed any more, and still it refuses
        await backend.edit(base, Map({VALUE: Set(50000, 1)}), key="k")
    assert not isinstance(refused.value, VersionConflict)


async def test_a_column_that_is_missing_is_no_missing_item(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    error = {"success": False, "error": {"code": "COLUMN_NOT_FOUND", "message": "Column not found"}}
    cekat.before = lambda request: httpx.Response(404, json=error) if request.method == "PUT" else None
    with pytest.raises(NotFound, match="Column not found"):
        await backend.edit(base, Map({COLUMN: Set("col_001", "col_zzz")}), key="k")


async def test_a_create_is_the_answer_laid_over_nothing(backend: CekatBackend, cekat: Cekat) -> None:
    item = await backend.create(CREATE, key="k")
    sent = {
        "title": "Initech",
        "column_id": "col_001",
        "values": {"deal_value": "25000", "vip": "false"},
        "labels": ["new"],
    }
    assert cekat.sent("POST") == [sent]
    assert (item.id, item.name, item.labels, item.fields["deal_value"]) == ("item_010", "Initech", ("new",), 25000)
    assert item.updated_at == item.created_at


async def test_a_create_that_says_little_is_read(backend: CekatBackend, cekat: Cekat) -> None:
    def less(request: httpx.Request, body: dict[str, Any]) -> object:
        return {"success": True, "data": {"id": body["data"]["id"]}} if request.method == "POST" else body

    cekat.after = less
    assert (await backend.create(CREATE, key="k")).name == "Initech"
    cekat.before = lambda request: httpx.Response(500) if request.url.path.endswith("item_010") else None
    item = await backend.create(CREATE, key="k")
    assert (item.id, item.key, item.name) == ("item_010", "item_010", "Initech")


@pytest.mark.parametrize(
    "body", [b"{}", b'{"success":true,"data":{}}', b'{"success":true,"data":{"id":5}}', b"null", b"{"]
)
async def test_a_create_that_names_no_item_is_a_lost_answer(backend: CekatBackend, cekat: Cekat, body: bytes) -> None:
    await backend.board(BOARD)
    cekat.before = lambda request: httpx.Response(201, content=body) if request.method == "POST" else None
    with pytest.raises(LostAnswer):
        await backend.create(CREATE, key="k")


async def test_a_draft_with_a_status_is_refused(backend: CekatBackend, cekat: Cekat) -> None:
    with pytest.raises(Unsupported):
        await backend.create(replace(CREATE, status_id="s1"), key="k")
    assert cekat.sent("POST") == []


async def test_a_deletion_names_the_item_in_the_bulk_route(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    await backend.delete(base, key="k")
    assert cekat.sent("DELETE") == [{"item_ids": ["item_001"]}]
    assert set(await load(backend)) == {"item_002"}


async def test_an_item_that_changed_is_not_deleted(backend: CekatBackend, cekat: Cekat) -> None:
    base = await acme(backend)
    cekat.items["item_001"]["values"]["deal_value"] = "2"
    with pytest.raises(VersionConflict) as caught:
        await backend.delete(base, key="k")
    assert caught.value.theirs is not None
    assert cekat.sent("DELETE") == []
    cekat.items["item_001"]["labels"] = ["other"]
    with pytest.raises(VersionConflict):
        await backend.delete(caught.value.theirs, key="k")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"success": True, "data": {"deleted": 0, "item_ids": []}}, Invalid),
        ({"success": True, "data": {"deleted": 0}}, Invalid),
        ({"success": True, "data": "ok"}, LostAnswer),
        ({"success": False, "error": {"message": "No"}}, Invalid),
    ],
)
async def test_a_deletion_that_was_none_is_told(
    backend: CekatBackend, cekat: Cekat, body: dict[str, Any], error: type[Exception]
) -> None:
    base = await acme(backend)
    cekat.before = lambda request: httpx.Response(200, json=body) if request.method == "DELETE" else None
    with pytest.raises(error):
        await backend.delete(base, key="k")


async def test_an_item_of_a_board_that_is_gone_is_said_so(backend: CekatBackend, cekat: Cekat) -> None:
    base = replace(await acme(backend), board_id=BoardId("board_zzz"))
    with pytest.raises(NotFound):
        await backend.edit(base, Map({NAME: Set("a", "b")}), key="k")
    cekat.board["id"] = "board_other"
    with pytest.raises(Garbled, match="another board"):
        await CekatBackend(backend._http).board(BOARD)

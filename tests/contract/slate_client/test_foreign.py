"""The slate client against a server that has the documented routes and nothing else."""

import json

import httpx
import pytest
from immutables import Map

from tests.contract.slate_client.fake import BOARD, ITEM, Foreign, only_item, to
from tui.api.backend import Capabilities, VersionConflict
from tui.api.slate import SlateBackend
from tui.domain.changes import Set
from tui.domain.model import COLUMN, NAME, BoardId, field_member
from tui.errors import Conflict, Garbled, LostAnswer, NotFound, Unauthorised, Unsupported


async def test_it_claims_only_what_is_documented(backend: SlateBackend) -> None:
    assert backend.capabilities == Capabilities()


async def test_a_wrong_key_is_refused_at_once(foreign: Foreign) -> None:
    with pytest.raises(Unauthorised):
        await to(foreign, key="bad").open()


async def test_a_board_is_put_together_from_its_parts(backend: SlateBackend) -> None:
    board = await backend.board(BOARD)
    assert [(c.id, c.name, [s.name for s in c.statuses]) for c in board.columns] == [
        ("c1", "Lead", []),
        ("c2", "Qualified", ["Open"]),
    ]
    assert [(field.name, field.kind) for field in board.fields] == [
        ("email", "email"),
        ("deal_value", "number"),
        ("expected_close", "date"),
    ]
    assert board.revision is None
    with pytest.raises(NotFound):
        await backend.board(BoardId("p2"))


async def test_the_whole_list_comes_in_pages_without_a_limit_being_sent(
    backend: SlateBackend, foreign: Foreign
) -> None:
    foreign.items = [ITEM | {"item_id": f"i{number}"} for number in range(450)]
    pages = [page async for page in backend.pages(BOARD)]
    assert [len(page.items) for page in pages] == [200, 200, 50]
    assert (pages[0].items[0].column_id, pages[0].items[0].status_id) == ("c2", "s1")
    (sent,) = [dict(r.url.params) for r in foreign.requests if r.url.path == "/v1/ext/items"]
    assert sent == {"pipeline_id": "p1"}


async def test_an_item_is_on_the_board_it_names(backend: SlateBackend, foreign: Foreign) -> None:
    item = await only_item(backend)
    assert await backend.item(item.id) == item
    foreign.current = ITEM | {"pipeline": "Unknown"}
    with pytest.raises(Garbled, match="Unknown"):
        await backend.item(item.id)


async def test_an_edit_sends_ids_and_metadata_and_no_key(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    edits = Map({COLUMN: Set("c2", "c1"), field_member("email"): Set("a", "b")})
    foreign.on_write = lambda _: httpx.Response(
        200, json=ITEM | {"stage": "Lead", "status": None, "email": "b", "version": 2}
    )
    after = await backend.edit(base, edits, key="k")
    assert (after.column_id, after.version) == ("c1", 2)
    sent = foreign.requests[-1]
    assert json.loads(sent.content) == {"stage_id": "c1", "metadata": {"email": "b"}}
    assert "idempotency-key" not in sent.headers


@pytest.mark.parametrize("answer", [b"", b"{}", b"null", b"<html>", b'{"ok":true}'])
async def test_an_answer_without_the_item_is_read_again(backend: SlateBackend, foreign: Foreign, answer: bytes) -> None:
    base = await only_item(backend)

    def write(_: httpx.Request) -> httpx.Response:
        foreign.current = ITEM | {"name": "As the server has it", "stage": "Lead", "status": None, "version": 9}
        return httpx.Response(200, content=answer)

    foreign.on_write = write
    after = await backend.edit(base, Map({COLUMN: Set("c2", "c1")}), key="k")
    assert (after.name, after.version) == ("As the server has it", 9)


async def test_an_item_that_cannot_be_read_again_is_a_lost_answer(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)

    def write(_: httpx.Request) -> httpx.Response:
        foreign.current = {"item_id": 5}
        return httpx.Response(204)

    foreign.on_write = write
    with pytest.raises(LostAnswer):
        await backend.edit(base, Map({COLUMN: Set("c2", "c1")}), key="k")


async def test_an_item_deleted_before_it_is_read_again_is_deleted(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)

    def write(_: httpx.Request) -> httpx.Response:
        foreign.current = None
        return httpx.Response(204)

    foreign.on_write = write
    with pytest.raises(VersionConflict) as caught:
        await backend.edit(base, Map({COLUMN: Set("c2", "c1")}), key="k")
    assert caught.value.theirs is None


async def test_a_create_without_the_item_is_a_lost_answer(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    foreign.on_write = lambda _: httpx.Response(201, json={"ok": True})
    with pytest.raises(LostAnswer):
        await backend.create(base, key="k")


@pytest.mark.parametrize("status", [409, 412])
async def test_a_conflict_without_a_body_is_read_again(backend: SlateBackend, foreign: Foreign, status: int) -> None:
    foreign.items = [ITEM | {"version": 1}]
    base = await only_item(backend)
    foreign.on_write = lambda _: httpx.Response(status)
    foreign.current = ITEM | {"name": "Theirs", "version": 2}
    edits = Map({COLUMN: Set("c2", "c1")})
    with pytest.raises(VersionConflict) as caught:
        await backend.edit(base, edits, key="k")
    assert caught.value.theirs is not None
    assert caught.value.theirs.name == "Theirs"
    assert json.loads(next(r for r in foreign.requests if r.method == "PATCH").content)["version"] == 1
    foreign.current = ITEM | {"version": 1}
    with pytest.raises(Conflict) as refused:
        await backend.edit(base, edits, key="k")
    assert not isinstance(refused.value, VersionConflict)


async def test_a_404_on_a_write_is_looked_into(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    foreign.on_write = lambda _: httpx.Response(404)
    edits = Map({COLUMN: Set("c2", "nowhere")})
    with pytest.raises(NotFound):
        await backend.edit(base, edits, key="k")
    foreign.current = None
    with pytest.raises(VersionConflict) as caught:
        await backend.edit(base, edits, key="k")
    assert caught.value.theirs is None


async def test_what_it_cannot_do_is_refused_before_anything_is_sent(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    board = await backend.board(BOARD)
    sent = len(foreign.requests)
    assert await backend.cursor(BOARD) is None
    for call in (
        backend.edit(base, Map({NAME: Set("a", "b")}), key="k"),
        backend.delete(base, key="k"),
        backend.restore(base.id, key="k"),
        backend.put_board(board, key="k"),
        backend.changes(BOARD, "1"),
        backend.duplicates(base),
        backend.history(base.id),
    ):
        with pytest.raises(Unsupported):
            await call
    assert len(foreign.requests) == sent

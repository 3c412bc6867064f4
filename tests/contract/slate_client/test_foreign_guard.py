"""A foreign slate server that shows no version, or not everywhere: what is kept of it, and how writes are guarded."""

import json
from typing import Any

import httpx
import pytest
from immutables import Map
from msgspec.structs import replace

from tests.contract.slate_client.fake import BOARD, ITEM, Foreign, only_item, to
from tui.api.backend import VersionConflict
from tui.api.board_cache import LONGEST, BoardCache
from tui.api.slate import SlateBackend
from tui.domain.changes import Edits, Set
from tui.domain.model import COLUMN, field_member
from tui.errors import Invalid, LostAnswer, Offline, Unsupported

EMAIL = field_member("email")
EDITS: Edits = Map({EMAIL: Set(ITEM["email"], "b@acme.example")})


def asked(foreign: Foreign) -> list[str]:
    return [request.url.path.removeprefix("/v1/ext/") for request in foreign.requests]


def takes(foreign: Foreign, **changes: Any) -> None:
    """Let a write do what it says, and show nothing."""

    def write(_: httpx.Request) -> httpx.Response:
        foreign.current = (foreign.current or {}) | changes
        return httpx.Response(200, json={})

    foreign.on_write = write


async def test_pipelines_stages_and_statuses_are_asked_for_once(backend: SlateBackend, foreign: Foreign) -> None:
    await backend.board(BOARD)
    await only_item(backend)
    foreign.requests.clear()
    board = await backend.board(BOARD)
    item = await only_item(backend)
    assert await backend.item(item.id) == item
    assert asked(foreign) == ["items", f"items/{ITEM['item_id']}"]
    assert [column.name for column in board.columns] == ["Lead", "Qualified"]


async def test_they_are_asked_for_again_when_old_or_when_an_item_names_another(foreign: Foreign) -> None:
    now = [0.0]
    backend = to(foreign, cache=BoardCache(lambda: now[0]))
    await backend.open()
    await backend.board(BOARD)
    now[0] = LONGEST
    foreign.requests.clear()
    await backend.board(BOARD)
    assert len(asked(foreign)) == 4  # all but the sample, whose fields are known
    foreign.items = [ITEM | {"status": "Waiting"}]
    await only_item(backend)
    foreign.requests.clear()
    await backend.board(BOARD)
    assert len(asked(foreign)) == 4
    await only_item(backend)
    foreign.requests.clear()
    await backend.board(BOARD)
    assert asked(foreign) == []


async def test_fields_are_what_sample_items_and_profile_show(foreign: Foreign) -> None:
    foreign.items = [ITEM | {"deal_value": "a lot", "seats": 5, "labels": ["x"]}]
    overrides = {"Sales": {"fields": {"seats": {"sum": True}}, "columns": {"Lead": {"limit": 5}}}}
    backend = to(foreign, overrides=overrides)
    assert (await backend.board(BOARD)).columns[0].limit == 5
    await only_item(backend)
    board = await backend.board(BOARD)
    assert {field.name: field.kind for field in board.fields} == {
        "email": "email",
        "deal_value": "text",
        "expected_close": "date",
        "seats": "number",
        "labels": "multi_select",
    }
    assert board.value_field == board.field("seats")


async def test_a_sample_of_another_board_is_none_of_this_one(foreign: Foreign) -> None:
    class Two(Foreign):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/ext/pipelines":
                return httpx.Response(200, json=[{"id": "p1", "name": "Support"}, {"id": "p2", "name": "Sales"}])
            return super().__call__(request)

    assert (await to(Two()).board(BOARD)).fields == ()


async def test_of_two_boards_of_one_name_an_item_stays_on_its_own(foreign: Foreign) -> None:
    class Twins(Foreign):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/ext/pipelines":
                return httpx.Response(200, json=[{"id": "p0", "name": "Sales"}, {"id": "p1", "name": "Sales"}])
            return super().__call__(request)

    twins = Twins()
    backend = to(twins)
    base = await only_item(backend)
    takes(twins, email="b@acme.example")
    assert (await backend.edit(base, EDITS, key="k")).board_id == "p1"


async def test_a_start_asks_for_the_boards_once(backend: SlateBackend, foreign: Foreign) -> None:
    await backend.boards()
    await backend.board(BOARD)
    assert asked(foreign).count("pipelines") == 1
    await backend.boards()
    assert asked(foreign).count("pipelines") == 2


async def test_without_a_version_the_item_is_looked_at_first(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    takes(foreign, email="b@acme.example")
    foreign.current = ITEM | {"name": "Renamed by others"}
    after = await backend.edit(base, EDITS, key="k")
    assert (after.name, after.fields["email"]) == ("Renamed by others", "b@acme.example")
    assert [request.method for request in foreign.requests[-3:]] == ["GET", "PATCH", "GET"]
    sent = next(request for request in foreign.requests if request.method == "PATCH")
    assert json.loads(sent.content) == {"metadata": {"email": "b@acme.example"}}


async def test_an_answer_that_shows_the_item_is_believed_rather_than_a_later_look(
    backend: SlateBackend, foreign: Foreign
) -> None:
    """Between the answer and a look somebody may write over it, which would seem to be the server's word for ours."""
    base = await only_item(backend)

    def write(_: httpx.Request) -> httpx.Response:
        foreign.current = ITEM | {"email": "theirs@acme.example"}
        return httpx.Response(200, json=ITEM | {"email": "b@acme.example"})

    foreign.on_write = write
    after = await backend.edit(base, EDITS, key="k")
    assert after.fields["email"] == "b@acme.example"
    assert [request.method for request in foreign.requests[-2:]] == ["GET", "PATCH"]


async def test_a_version_that_only_the_item_itself_shows_is_sent(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    foreign.current = ITEM | {"version": 4}
    takes(foreign, email="b@acme.example", version=5)
    assert (await backend.edit(base, EDITS, key="k")).version == 5
    sent = next(request for request in foreign.requests if request.method == "PATCH")
    assert json.loads(sent.content)["version"] == 4


async def test_a_touched_member_that_moved_is_a_conflict_and_nothing_is_sent(
    backend: SlateBackend, foreign: Foreign
) -> None:
    base = await only_item(backend)
    foreign.current = ITEM | {"email": "theirs@acme.example"}
    with pytest.raises(VersionConflict, match="email") as caught:
        await backend.edit(base, EDITS, key="k")
    assert caught.value.theirs is not None
    assert caught.value.theirs.fields["email"] == "theirs@acme.example"
    foreign.current = None
    with pytest.raises(VersionConflict) as gone:
        await backend.edit(base, EDITS, key="k")
    assert gone.value.theirs is None
    foreign.current = {"item_id": 5}
    with pytest.raises(Offline, match="nothing was sent"):
        await backend.edit(base, EDITS, key="k")
    assert "PATCH" not in {request.method for request in foreign.requests}


async def test_what_is_there_already_is_not_sent(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    foreign.current = ITEM | {"email": "b@acme.example"}
    assert (await backend.edit(base, EDITS, key="k")).fields["email"] == "b@acme.example"
    assert "PATCH" not in {request.method for request in foreign.requests}


async def test_a_yes_that_was_none_is_told(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    with pytest.raises(Invalid) as caught:
        await backend.edit(base, EDITS.set(COLUMN, Set("c2", "c1")), key="k")
    assert set(caught.value.fields) == {"email", "column"}


async def test_a_create_that_says_little_is_read(backend: SlateBackend, foreign: Foreign) -> None:
    base = await only_item(backend)
    foreign.on_write = lambda _: httpx.Response(201, json={"item_id": ITEM["item_id"]})
    assert await backend.create(base, key="k") == base
    foreign.current = None
    with pytest.raises(LostAnswer):
        await backend.create(base, key="k")
    foreign.requests.clear()
    with pytest.raises(Unsupported, match="labels"):
        await backend.create(replace(base, labels=("hot",)), key="k")
    assert foreign.requests == []

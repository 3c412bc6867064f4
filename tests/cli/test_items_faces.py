"""``cardwall items`` over both contracts, of our servers and as a foreign one would answer; faults on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cli.faces import Face, facing
from tests.cli.test_boards import samples
from tests.cli.test_keys import Run, run
from tui.server.opening import open_database
from tui.server.rules import items
from tui.server.rules.contents import Edit
from tui.server.service import Service

__all__ = ["run", "samples"]

ALL = [("slate", True), ("slate", False), ("cekat", True), ("cekat", False)]
Facing = Callable[[str, bool], Face]


@pytest.fixture
def face_of(samples: None, monkeypatch: pytest.MonkeyPatch, own_home: Path, tmp_path: Path) -> Iterator[Facing]:
    with ExitStack() as stack:

        def made(contract: str, ours: bool) -> Face:
            face = Face(contract, ours, f"sqlite:///{tmp_path}/team.db")
            return stack.enter_context(facing(face, monkeypatch, own_home))

        yield made


def told(run: Run, *words: str, code: int = 0) -> Any:
    ended, out, err = run(*words, "--json")
    assert (ended, out.count("\n")) == (code, 1), (out, err)
    return json.loads(out)


@pytest.mark.parametrize(("contract", "ours"), ALL)
def test_the_same_commands_on_every_server(run: Run, face_of: Facing, contract: str, ours: bool) -> None:
    face = face_of(contract, ours)
    names = [board["name"] for board in told(run, "boards", "list")]
    assert sorted(names) == ["Sales", "Support"]
    shown = told(run, "boards", "show", "sales")
    assert sum(column["items"] for column in shown["columns"]) == 38
    item = told(run, "items", "create", "--name", "Acme", "--set", "deal_value=15000", "--column", "qualified")
    assert (item["name"], item["column"], item["fields"]["deal_value"]) == ("Acme", "Qualified", 15000)
    assert told(run, "items", "show", item["id"])["key"] == item["key"]
    assert told(run, "items", "show", item["key"])["id"] == item["id"]
    after = told(run, "items", "update", item["key"], "--set", "deal_value=16k", "--set", "phone=555 0100")
    assert (after["fields"]["deal_value"], after["fields"]["phone"]) == (16000, "555 0100")
    assert told(run, "items", "move", item["key"], "Won")["column"] == "Won"
    (found,) = told(run, "items", "list", "--filter", "Acme column:won deal_value>15k")
    assert found["id"] == item["id"]
    likes = told(run, "items", "duplicates", "--name", "Acme", "--set", "phone=555 0100")
    assert [each["item"]["id"] for each in likes] == ([item["id"]] if not (contract == "slate" and ours) else [])
    assert any(asked.startswith(("PATCH", "PUT")) for asked in face.asked)


@pytest.mark.parametrize("own", ["", 'board = "Sales"\n'], ids=["no board of its own", "a board of its own"])
@pytest.mark.parametrize(("contract", "ours"), ALL)
def test_a_key_as_the_wall_shows_it_is_found_on_whichever_board_it_is(
    run: Run, face_of: Facing, own_home: Path, contract: str, ours: bool, own: str
) -> None:
    face_of(contract, ours)
    config = own_home / ".config" / "cardwall" / "config.toml"
    config.write_text(config.read_text().replace('board = "Sales"\n', own))
    ticket = told(run, "items", "list", "--board", "support")[0]
    assert told(run, "items", "show", ticket["key"])["id"] == ticket["id"]
    assert told(run, "items", "show", ticket["key"], "--board", "sales", code=3)["error"] == "not_found"
    assert told(run, "items", "show", "DEAL-1")["board"] == "Sales"
    assert told(run, "items", "show", "nothing", code=3)["error"] == "not_found"


@pytest.mark.parametrize(
    ("contract", "ours", "words"),
    [
        ("slate", False, ("update", "DEAL-1", "--name", "x")),
        ("slate", False, ("update", "DEAL-1", "--add-label", "x")),
        ("slate", False, ("create", "--name", "x", "--label", "x")),
        ("slate", False, ("delete", "DEAL-1", "--yes")),
        ("slate", False, ("history", "DEAL-1")),
    ],
)
def test_what_a_server_cannot_is_refused_before_anything_is_sent(
    run: Run, face_of: Facing, contract: str, ours: bool, words: tuple[str, ...]
) -> None:
    face = face_of(contract, ours)
    assert told(run, "items", *words, code=4)["error"] == "unsupported"
    assert {asked.split()[0] for asked in face.asked} == {"GET"}


def someone_sets(face: Face, item_id: str, **fields: object) -> Callable[[], None]:
    """Someone else's edit."""

    def act() -> None:
        database = open_database(face.url)
        service = Service(database)
        try:
            service.write_now(lambda unit: items.change(unit, item_id, Edit(values=fields)), "ann")
        finally:
            service.close()
            database.close()

    return act


def just_before_the_write(face: Face, item: dict[str, Any], act: Callable[[], None]) -> None:
    """Where no server checks a version, that is before the second look at the item."""
    face.asked.clear()
    if face.contract == "slate":
        face.between = ("PATCH", 1, act)
    elif face.ours:
        face.between = ("PUT", 1, act)
    else:
        face.between = (f"GET /api/crm/boards/{item['board_id']}/items/{item['id']}", 2, act)


@pytest.mark.parametrize(("contract", "ours"), ALL)
def test_someone_who_comes_between_is_merged_with_or_told(run: Run, face_of: Facing, contract: str, ours: bool) -> None:
    face = face_of(contract, ours)
    item = told(run, "items", "create", "--name", "Acme", "--set", "deal_value=100", "--set", "phone=555 0100")
    update = ("items", "update", item["id"], "--set", "deal_value=300")
    just_before_the_write(face, item, someone_sets(face, item["id"], deal_value=200))
    clash = told(run, *update, code=5)
    assert clash["fields"] == {"deal_value": {"base": 100, "mine": 300, "theirs": 200}}
    assert told(run, "items", "show", item["id"])["fields"]["deal_value"] == 200
    just_before_the_write(face, item, someone_sets(face, item["id"], deal_value=250))
    assert told(run, *update, "--on-conflict", "mine")["fields"]["deal_value"] == 300
    just_before_the_write(face, item, someone_sets(face, item["id"], phone="555 0199"))
    merged = told(run, "items", "update", item["id"], "--set", "deal_value=400")["fields"]
    assert (merged["deal_value"], merged["phone"]) == (400, "555 0199")


@pytest.mark.parametrize(("contract", "ours"), ALL)
def test_an_items_contact_is_shown_as_far_as_the_server_tells(
    run: Run, face_of: Facing, contract: str, ours: bool
) -> None:
    face_of(contract, ours)
    item = next(each for each in told(run, "items", "list") if each["contact"] is not None)
    contact = told(run, "items", "show", item["id"])["contact"]
    assert list(contact) == ["id", "name", "phone", "email"]
    shown = next(line for line in run("items", "show", item["id"])[1].splitlines() if line.startswith("  contact  "))
    if contract == "slate":  # which tells the id alone
        assert [contact[name] for name in ("name", "phone", "email")] == [None] * 3
        assert contact["id"] in shown
    else:
        assert {contact["name"], contact["email"]} <= set(shown.removeprefix("  contact").strip().split(", "))
        assert contact["email"] is not None


@pytest.mark.parametrize("contract", ["slate", "cekat"])
def test_a_lost_answer_to_a_create_is_sent_again_only_under_its_key(run: Run, face_of: Facing, contract: str) -> None:
    face = face_of(contract, True)
    face.lose.add("POST")
    assert told(run, "items", "create", "--name", "Zanzibar")["name"] == "Zanzibar"
    assert sum(asked.startswith("POST") for asked in face.asked) == 2
    assert len(told(run, "items", "search", "Zanzibar")) == 1


@pytest.mark.parametrize("contract", ["slate", "cekat"])
def test_where_nobody_knows_it_is_never_resent(run: Run, face_of: Facing, contract: str) -> None:
    face = face_of(contract, False)
    face.lose.add("POST")
    assert told(run, "items", "create", "--name", "Zanzibar", code=6)["error"] == "unknown_outcome"
    assert sum(asked.startswith("POST") for asked in face.asked) == 1
    assert len(told(run, "items", "search", "Zanzibar")) == 1


@pytest.mark.parametrize("contract", ["slate", "cekat"])
def test_a_lost_answer_to_an_edit_is_settled_by_a_look(run: Run, face_of: Facing, contract: str) -> None:
    face = face_of(contract, False)
    item = told(run, "items", "create", "--name", "Acme")
    face.lose |= {"PATCH", "PUT"}
    assert told(run, "items", "update", item["id"], "--set", "phone=555 0100")["fields"]["phone"] == "555 0100"
    assert sum(asked.startswith(("PATCH", "PUT")) for asked in face.asked) == 1


def test_a_profile_that_may_only_look(run: Run, face_of: Facing) -> None:
    face = face_of("slate", True)
    words = ("--profile", "looking", "--board", "sales")
    assert len(told(run, "items", "list", *words)) == 38
    face.asked.clear()
    for more in ((), ("--queue",)):
        refused = told(run, "items", "create", "--name", "x", *words, *more, code=4)
        assert refused["error"] == "not_allowed"
    assert face.asked == []


def test_nobody_answers(run: Run, face_of: Facing) -> None:
    face = face_of("slate", True)
    face.down = True
    assert told(run, "items", "list", code=6)["error"] == "offline"
    assert told(run, "items", "create", "--name", "x", code=6)["error"] == "offline"
    assert told(run, "outbox", "list") == []
    assert told(run, "items", "create", "--name", "x", "--queue", code=6)["error"] == "offline"


def test_an_edit_of_something_unknown_is_a_clash(run: Run, face_of: Facing) -> None:
    """A server without a history cannot say what the item was when it was seen."""
    face_of("cekat", False)
    item = told(run, "items", "create", "--name", "Acme", "--set", "deal_value=100")
    words = ("items", "update", item["id"], "--set", "deal_value=300", "--if-updated-at", "2020-01-01T00:00:00Z")
    assert told(run, *words, code=5)["fields"] == {"deal_value": {"base": None, "mine": 300, "theirs": 100}}
    assert told(run, *words, "--on-conflict", "theirs")["fields"]["deal_value"] == 100
    assert told(run, *words, "--on-conflict", "mine")["fields"]["deal_value"] == 300


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the command's time be over now, without waiting for it: its deadline is the first that is set."""
    deadlines: list[asyncio.Timeout] = []
    real = asyncio.timeout

    def kept(seconds: float | None) -> asyncio.Timeout:
        deadlines.append(real(seconds))
        return deadlines[-1]

    monkeypatch.setattr(asyncio, "timeout", kept)
    return lambda: deadlines[0].reschedule(asyncio.get_running_loop().time())


def test_a_deletion_that_runs_out_of_time_says_what_became_of_each(
    run: Run, face_of: Facing, over: Callable[[], None]
) -> None:
    face = face_of("slate", True)
    face.over = over
    face.hang = lambda asked: asked.startswith("DELETE") and sum(each.startswith("DELETE") for each in face.asked) == 2
    ledger = told(run, "items", "delete", "DEAL-1", "DEAL-2", "DEAL-3", "--yes", code=1)
    assert [entry["key"] for entry in ledger["deleted"]] == ["DEAL-1"]
    assert [(entry["item"], entry["error"]) for entry in ledger["failed"]] == [
        ("DEAL-2", "unknown_outcome"),
        ("DEAL-3", "unavailable"),
    ]


@pytest.mark.parametrize(
    ("words", "method", "error"),
    [
        (("show", "DEAL-1"), "GET", "unavailable"),
        (("update", "DEAL-1", "--name", "x"), "PATCH", "unknown_outcome"),
    ],
)
def test_time_that_is_over_is_told_by_what_was_under_way(
    run: Run, face_of: Facing, over: Callable[[], None], words: tuple[str, ...], method: str, error: str
) -> None:
    face = face_of("slate", True)
    face.over = over
    face.hang = lambda asked: asked.startswith(f"{method} /v1/ext/items")
    assert told(run, "items", *words, code=6)["error"] == error

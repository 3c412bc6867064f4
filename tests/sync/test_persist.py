"""What is written is read back, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from immutables import Map
from msgspec.structs import replace

from tests.sync.samples import SALES, an_item
from tests.sync.strategies import boards, changes, drafts, edits, items, pendings, values
from tui.domain.changes import Change, Edits
from tui.domain.merge import Conflict
from tui.domain.model import Board, Item, ItemId, Moment
from tui.domain.record import Value
from tui.sync.events import Draft
from tui.sync.journal import _line, _parse, _records, open_own, read
from tui.sync.outbox import Pending, PendingId
from tui.sync.persist import (
    Json,
    board_from_json,
    board_to_json,
    change_from_json,
    change_to_json,
    draft_from_json,
    draft_to_json,
    dumps,
    edits_from_json,
    edits_to_json,
    item_from_json,
    item_to_json,
    pending_from_json,
    pending_to_json,
    value_from_json,
    value_to_json,
)


def back(data: Json) -> Json:
    """Through a line of the Outbox file."""
    line = _line(data)
    assert line.count(b"\n") == 1
    return _parse(line.rstrip(b"\n"))


@given(values)
def test_values(value: Value) -> None:
    again = value_from_json(back(value_to_json(value)))
    assert again == value
    assert type(again) is type(value)


@given(items)
def test_items(item: Item) -> None:
    assert item_from_json(back(item_to_json(item))) == item


@given(edits)
def test_edits(wanted: Edits) -> None:
    assert edits_from_json(back(edits_to_json(wanted))) == wanted


@given(changes)
def test_changes(change: Change) -> None:
    again = change_from_json(back(change_to_json(change)))
    assert again == change
    assert type(again) is type(change)


@given(pendings)
def test_pendings(pending: Pending) -> None:
    assert pending_from_json(back(pending_to_json(pending))) == pending


@given(pendings)
def test_a_conflict_is_found_again(pending: Pending) -> None:
    clashing = replace(pending, phase="conflict", conflict=Conflict(an_item()))
    again = pending_from_json(back(pending_to_json(clashing)))
    assert (again.phase, again.conflict, again.change) == ("queued", None, pending.change)


@given(drafts)
def test_drafts(draft: Draft) -> None:
    assert draft_from_json(back(draft_to_json(draft))) == draft


@given(boards)
def test_boards(board: Board) -> None:
    assert board_from_json(json.loads(dumps(board_to_json(board)))) == board


def test_the_sample_board() -> None:
    assert board_from_json(json.loads(dumps(board_to_json(SALES)))) == SALES


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pendings, drafts)
def test_a_whole_file(tmp_path: Path, pending: Pending, draft: Draft) -> None:
    file = open_own(tmp_path / "state", "stamp", "1")
    file.keep(read(file.path))
    contents = read(file.path)
    contents.pendings[pending.id] = pending
    contents.drafts[draft.item_id] = draft
    contents.aliases[ItemId("local-1")] = ItemId("i1")
    file._append(_records(contents))
    again = read(file.path)
    file.close(empty=True)
    assert (again.pendings, again.drafts, again.aliases) == (contents.pendings, contents.drafts, contents.aliases)
    adopted = again.adopted()
    assert adopted.pendings == (pending,)
    assert adopted.aliases == Map({ItemId("local-1"): ItemId("i1")})
    assert not again.is_empty


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"put": None},
        {"put": {"id": "x"}},
        {"alias": ["one"]},
        {"format": "x", "stamp": 3},
        [],
        3,
        {"draft": {"base": []}},
    ],
)
def test_a_record_that_is_not_ours_is_damage_and_not_a_crash(tmp_path: Path, record: Json) -> None:
    file = open_own(tmp_path / "state", "stamp", "1")
    pending = Pending(PendingId("p"), 1, change_from_json({"kind": "edit", "id": "i1", "edits": {}}), Moment(0))
    file._append([record, {"put": pending_to_json(pending)}])
    contents = read(file.path)
    file.close(empty=True)
    assert contents.damaged == 2
    assert set(contents.pendings) == {"p"}

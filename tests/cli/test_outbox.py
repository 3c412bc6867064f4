"""``--queue`` and ``cardwall outbox``: what is put away is delivered once, by a command or by the next wall."""

from __future__ import annotations

import asyncio
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from immutables import Map

from tests.cli.faces import Face
from tests.cli.test_boards import samples
from tests.cli.test_items_faces import Facing, face_of, someone_sets, told
from tests.cli.test_keys import Run, run
from tests.sync.samples import SALES, an_item
from tui.cli.link import linked
from tui.cli.main import parser
from tui.cli.outbox_others import left_waiting
from tui.config import Flags, known, load, state_dir
from tui.domain.changes import Create, Edit, Set
from tui.domain.model import ItemId, Moment, field_member
from tui.sync.journal import Contents, leave, open_own
from tui.sync.outbox import Pending, PendingId, Request
from tui.sync.profile_session import ProfileSession, Setting
from tui.sync.snapshot import SnapshotFile

__all__ = ["face_of", "run", "samples"]


def stamp(own_home: Path) -> str:
    return load({"HOME": str(own_home)}, Flags(profile="team")).profile.stamp


@pytest.fixture
def face(face_of: Facing) -> Face:
    return face_of("slate", True)


def test_what_is_queued_is_sent_once(run: Run, face: Face) -> None:
    item = told(run, "items", "create", "--name", "Acme")
    face.asked.clear()
    queued = told(run, "items", "create", "--name", "Zanzibar", "--queue")
    assert (queued["queued"], queued["id"], queued["key"]) == (True, None, "new")
    told(run, "items", "update", item["key"], "--set", "deal_value=300", "--queue")
    told(run, "items", "move", item["key"], "won", "--queue")
    told(run, "items", "delete", "DEAL-1", "--yes", "--queue")
    assert {asked.split()[0] for asked in face.asked} == {"GET"}
    waiting = told(run, "outbox", "list")
    assert sorted(each["kind"] for each in waiting) == ["create", "delete", "move", "update"]
    assert {(each["phase"], each["held"]) for each in waiting} == {("queued", False)}
    sent = told(run, "outbox", "send")
    assert (len(sent["sent"]), sent["waiting"]) == (4, [])
    after = told(run, "items", "show", item["id"])
    assert (after["fields"]["deal_value"], after["column"]) == (300, "Won")
    assert len(told(run, "items", "search", "Zanzibar")) == 1
    assert told(run, "items", "show", "DEAL-1", code=3)["error"] == "not_found"
    assert told(run, "outbox", "send") == {"sent": [], "waiting": []}
    assert len(told(run, "items", "search", "Zanzibar")) == 1
    assert told(run, "outbox", "list") == []


def test_a_clash_waits_and_can_be_dropped(run: Run, face: Face) -> None:
    item = told(run, "items", "create", "--name", "Acme", "--set", "deal_value=100")
    told(run, "items", "update", item["key"], "--set", "deal_value=300", "--queue")
    someone_sets(face, item["id"], deal_value=200)()
    left = told(run, "outbox", "send", code=5)
    assert left["waiting"][0]["conflict"] == {"deal_value": {"base": 100, "mine": 300, "theirs": 200}}
    (waiting,) = told(run, "outbox", "list")
    assert told(run, "outbox", "drop", waiting["id"], code=2)["message"].endswith("add --yes to do it")
    assert told(run, "outbox", "drop", "nothing", "--yes", code=3)["error"] == "not_found"
    assert [each["id"] for each in told(run, "outbox", "list")] == [waiting["id"]]
    assert [each["id"] for each in told(run, "outbox", "drop", waiting["id"], "--yes")] == [waiting["id"]]
    assert told(run, "outbox", "list") == []
    assert told(run, "items", "show", item["id"])["fields"]["deal_value"] == 200


def test_while_nobody_answers_a_change_is_queued_by_what_is_remembered(run: Run, face: Face, own_home: Path) -> None:
    item = told(run, "items", "create", "--name", "Acme")
    remember(run, face, own_home, item)
    face.down = True
    assert told(run, "items", "update", item["key"], "--set", "deal_value=300", "--queue")["queued"] is True
    assert told(run, "items", "create", "--board", "sales", "--name", "Zanzibar", "--queue")["queued"] is True
    assert told(run, "outbox", "send", code=6)["error"] == "offline"
    assert len(told(run, "outbox", "list")) == 2
    face.down = False
    assert len(told(run, "outbox", "send")["sent"]) == 2
    assert told(run, "items", "show", item["id"])["fields"]["deal_value"] == 300


def test_what_waits_is_called_as_the_wall_calls_it_and_else_by_its_id(run: Run, face: Face, own_home: Path) -> None:
    item = told(run, "items", "create", "--name", "Acme")
    told(run, "items", "update", item["key"], "--set", "deal_value=300", "--queue")
    (waiting,) = told(run, "outbox", "list")
    assert (waiting["item_id"], waiting["key"]) == (item["id"], None)
    assert f"update {item['id']}: deal_value" in run("outbox", "list")[1]
    remember(run, face, own_home, item)
    assert told(run, "outbox", "list")[0]["key"] == item["key"]
    assert f"update {item['key']}: deal_value" in run("outbox", "list")[1]
    assert run("outbox", "send")[1] == f"sent: update {item['key']}: deal_value\n"


def remember(run: Run, face: Face, own_home: Path, item: dict[str, Any]) -> None:
    """What a wall leaves in the Snapshot."""
    del run

    async def read() -> None:
        from tui.api.backend import Backend
        from tui.cli import link

        with link.linked(load({"HOME": str(own_home)}, Flags(profile="team")).profile) as connect:
            backend: Backend = await connect()
            board = await backend.board(item["board_id"])
            file = SnapshotFile.of(state_dir({"HOME": str(own_home)}), stamp(own_home))
            file.save_board(board)
            file.save(board.id, [await backend.item(item["id"])], (), None, None)
            file.close()
            await backend.close()

    del face
    asyncio.run(read())


def test_what_a_running_wall_holds_is_shown_and_left_alone(run: Run, face: Face, own_home: Path) -> None:
    del face
    told(run, "items", "create", "--name", "Zanzibar", "--queue")
    (path,) = (own_home / ".local/state/cardwall").glob("*.outbox")
    wall = open_own(path.parent, stamp(own_home), path.stem)  # takes the lock, as a wall does
    assert [each["held"] for each in told(run, "outbox", "list")] == [True]
    assert told(run, "outbox", "send") == {"sent": [], "waiting": []}
    assert told(run, "outbox", "drop", "--all", "--yes") == []
    wall.close(empty=False)
    assert [each["held"] for each in told(run, "outbox", "list")] == [False]
    assert len(told(run, "outbox", "send")["sent"]) == 1


def test_another_profiles_changes_are_never_shown_nor_sent(run: Run, face: Face) -> None:
    told(run, "items", "create", "--name", "Zanzibar", "--queue")
    assert told(run, "outbox", "list", "--profile", "looking") == []
    assert told(run, "outbox", "send", "--profile", "looking", code=4)["error"] == "not_allowed"
    del face
    assert len(told(run, "outbox", "list")) == 1


def test_a_list_says_which_profile_it_is_of_and_what_waits_on_others(run: Run, face: Face, own_home: Path) -> None:
    del face
    assert run("outbox", "list")[2] == "cardwall: nothing waits to be sent to team\n"
    for name in ("Zanzibar", "Acme"):
        told(run, "items", "create", "--name", name, "--queue")
    looking = run("outbox", "list", "--profile", "looking")
    assert looking[1:] == (
        "",
        "cardwall: nothing waits to be sent to looking\ncardwall: 2 changes wait on team: --profile team\n",
    )
    assert run("outbox", "list")[2] == ""
    of_another_key(own_home, Pending(PendingId("before"), 1, Edit(ItemId("i1"), Map()), Moment(0)))
    assert run("outbox", "list")[2] == (
        "cardwall: 1 change waits on team with another key: outbox take-over --profile team\n"
    )


def test_what_a_wall_leaves_is_told_unless_another_wall_is_going_to_send_it(
    run: Run, face: Face, own_home: Path
) -> None:
    del face
    settings = known({"HOME": str(own_home)})
    profiles, folder = settings.profiles.values(), state_dir({"HOME": str(own_home)})
    assert left_waiting(folder, profiles) == []
    told(run, "items", "create", "--name", "Zanzibar", "--queue")
    assert left_waiting(folder, profiles) == ["1 change waits on team: cardwall outbox list --profile team"]
    (path,) = folder.glob("*.outbox")
    wall = open_own(folder, stamp(own_home), path.stem)
    assert left_waiting(folder, profiles) == []
    wall.close(empty=False)
    assert left_waiting(folder, [settings.profiles["looking"]]) == []


def test_the_next_wall_delivers_what_was_queued(run: Run, samples: None, tmp_path: Path, own_home: Path) -> None:
    del samples
    told(run, "items", "create", "--board", "sales", "--name", "Zanzibar", "--queue")
    profile = load(
        {"HOME": str(own_home), "USER": "tester", "CARDWALL_DATABASE": f"sqlite:///{tmp_path}/team.db"}
    ).profile
    folder = state_dir({"HOME": str(own_home)})
    ids = itertools.count()

    async def wall() -> None:
        with linked(profile) as connect:
            session = ProfileSession(
                Setting(profile.name, profile.stamp, "sam", folder),
                connect,
                clock=lambda: Moment(1_800_000_000),
                new_id=lambda: f"id-{next(ids):012}",
            )
            session.restore()
            sent = asyncio.Event()
            session.store.subscribe(lambda notice: sent.set() if not notice.state.outbox else None)
            assert len(session.store.state.outbox) == 1
            session.start()
            async with asyncio.timeout(30):
                await sent.wait()
            await session.close()

    asyncio.run(wall())
    assert told(run, "outbox", "list") == []
    assert len(told(run, "items", "search", "Zanzibar")) == 1


def test_the_exit_codes_of_send(run: Run, face: Face, own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0, 5 and 6 are seen above."""
    item = told(run, "items", "create", "--name", "Acme", "--set", "deal_value=100")
    assert told(run, "outbox", "send", "no-such-id", code=3)["error"] == "not_found"
    queue_wrong(own_home, item["id"])
    refused = told(run, "outbox", "send", code=7)
    assert [each["phase"] for each in refused["waiting"]] == ["refused"]
    told(run, "items", "create", "--name", "Zanzibar", "--queue")
    partly = told(run, "outbox", "send", code=1)
    assert [len(partly[name]) for name in ("sent", "waiting")] == [1, 1]
    other = told(run, "items", "create", "--name", "Globex")
    told(run, "items", "update", other["key"], "--set", "phone=555 0100", "--queue")
    someone_sets(face, other["id"], phone="555 0199")()
    mixed = told(run, "outbox", "send", code=1)
    assert sorted(each["phase"] for each in mixed["waiting"]) == ["conflict", "refused"]
    told(run, "outbox", "drop", refused["waiting"][0]["id"], "--yes")
    assert told(run, "outbox", "send", code=5)["waiting"][0]["phase"] == "conflict"
    with pytest.raises(SystemExit):
        parser("outbox").parse_args(["outbox", "send", "--help"])
    codes = re.findall(r"(\d+) ", capsys.readouterr().out.partition("exit codes of send:")[2])
    assert codes == ["0", "1", "2", "3", "4", "5", "6", "7", "130"]


def of_another_key(own_home: Path, *pendings: Pending) -> Path:
    """An outbox file of the same profile and server, by the key that it had before."""
    other = f"{stamp(own_home).rpartition(' ')[0]} 0123456789abcdef"
    folder = state_dir({"HOME": str(own_home)})
    leave(folder, "wall-1-before", Contents(other, pendings={pending.id: pending for pending in pendings}))
    return folder / "wall-1-before.outbox"


def test_what_was_made_with_another_key_waits_until_the_present_one_takes_it_over(
    run: Run, face: Face, own_home: Path
) -> None:
    item = told(run, "items", "create", "--name", "Acme", "--set", "deal_value=100")
    change = Edit(ItemId(item["id"]), Map({field_member("deal_value"): Set(100, 300)}))
    path = of_another_key(own_home, Pending(PendingId("before"), 1, change, Moment(0)))
    assert told(run, "outbox", "list") == []
    assert told(run, "outbox", "send") == {"sent": [], "waiting": []}
    assert path.exists()
    assert [each["id"] for each in told(run, "outbox", "take-over")] == ["before"]
    assert not path.exists()
    assert [each["id"] for each in told(run, "outbox", "list")] == ["before"]
    assert len(told(run, "outbox", "send")["sent"]) == 1
    assert told(run, "items", "show", item["id"])["fields"]["deal_value"] == 300
    assert told(run, "outbox", "take-over") == []


def test_a_create_that_another_key_had_sent_is_not_sent_again_by_itself(run: Run, face: Face, own_home: Path) -> None:
    """The server may have made it, and knows it only by the other key's idempotency."""
    item = told(run, "items", "create", "--name", "Acme")
    asked = len(face.asked)
    draft = an_item(board=SALES, id=ItemId("local-1"), name="Twice?", version=None)
    create = Pending(PendingId("sealed"), 1, Create(draft), Moment(0), "sealed", Request("sealed.1", draft), attempts=1)
    of_another_key(own_home, create)
    (taken,) = told(run, "outbox", "take-over")
    assert (taken["id"], taken["phase"]) == ("sealed", "refused")
    assert "look for it on the board" in taken["problem"]
    told(run, "outbox", "send", code=1)
    assert not [each for each in face.asked[asked:] if each.startswith("POST")]
    assert item


def test_other_profiles_and_servers_are_not_taken_over(run: Run, face: Face, own_home: Path) -> None:
    del face
    folder = state_dir({"HOME": str(own_home)})
    mine = Pending(PendingId("theirs"), 1, Edit(ItemId("i1"), Map()), Moment(0))
    for number, other in enumerate(("team http://elsewhere.example -", "looking http://127.0.0.1 -")):
        leave(folder, f"wall-{number}", Contents(other, pendings={mine.id: mine}))
    assert told(run, "outbox", "take-over") == []
    assert len(list(folder.glob("*.outbox"))) == 2


def queue_wrong(own_home: Path, item_id: str) -> None:
    """A change that the server refuses, as one made under a board's earlier fields would be."""
    change = Edit(ItemId(item_id), Map({field_member("deal_value"): Set(100, "abc")}))
    pending = Pending(PendingId("wrong"), 1, change, Moment(0))
    contents = Contents(stamp(own_home), pendings={pending.id: pending})
    leave(state_dir({"HOME": str(own_home)}), "shell-1-wrong", contents)

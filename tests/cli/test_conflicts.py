"""The question a clash asks on a terminal, and the state an edit was made against."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from tests.cli.test_boards import samples
from tests.cli.test_keys import Run, run
from tests.sync.samples import SALES, an_item
from tests.terminal.terminal import Terminal
from tui.api.backend import Past
from tui.cli.conflicts import ask, confirm
from tui.cli.item_base import rolled_back
from tui.cli.item_send import carry_out
from tui.cli.output import Told
from tui.domain.changes import Edits, Set
from tui.domain.merge import Clash
from tui.domain.model import NAME, Board, Field, Item, Moment, field_member, with_value
from tui.domain.record import Value

if TYPE_CHECKING:
    from tui.cli.reach import Shell

__all__ = ["run", "samples"]

NOTES = Board(SALES.id, "Sales", fields=(Field("notes", "Notes", "long_text"), Field("size", "Size", "number")))
CLASHES = (
    Clash(field_member("size"), 1, 2, 3),
    Clash(field_member("notes"), "a", "a\nmine", "a\ntheirs\x1b[2J"),
)


def answering(*answers: str) -> Callable[[str], str]:
    left = list(answers)

    def answer(question: str) -> str:
        asked.append(question)
        if not left:
            raise EOFError
        return left.pop(0)

    asked: list[str] = []
    return answer


def test_each_clash_is_asked_for_until_the_answer_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    picks = ask(CLASHES, NOTES, answering("x", "b", "2", "B"))
    assert picks == {field_member("size"): "mine", field_member("notes"): "both"}
    said = capsys.readouterr()
    assert "Size: changed by both\n  1 base    1\n  2 mine    2\n  3 theirs  3\n" in said.err
    assert (said.out, "\x1b" in said.err) == ("", False)


@pytest.mark.parametrize("answers", [("q",), (), ("1",), ("3", "q")])
def test_who_gives_up_writes_nothing(answers: tuple[str, ...]) -> None:
    assert ask(CLASHES, NOTES, answering(*answers)) is None


def test_only_a_2_deletes_what_someone_has_changed() -> None:
    assert [confirm("?", answering(*answers)) for answers in (("2",), ("x", "2"), ("1",), ("q",), ())] == [
        True, True, False, False, False,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["name", "size"]), st.integers(1, 9)), max_size=8), st.integers(1, 9))
def test_a_history_leads_back_to_what_was_seen(edits: list[tuple[str, int]], seen: int) -> None:
    """Whatever was changed since, in whatever order."""
    item = replace(an_item(1), version=1)
    states: list[Item] = [item]
    past: list[Past] = []
    for version, (name, number) in enumerate(edits, start=2):
        member = NAME if name == "name" else field_member("size")
        new: Value = f"name {number}" if member == NAME else number
        old = item.name if member == NAME else item.fields.get("size")
        item = replace(with_value(item, member, new), version=version)
        past.insert(0, Past(version, Moment(version), "ann", ((member, old, new),)))
        states.append(item)
    version = min(seen, len(states))
    first = Past(1, Moment(1), "ann", ())
    found = rolled_back(item, NOTES, (*past, first), lambda entry: (entry.version or 0) > version)
    wanted = states[version - 1]
    assert (found.name, found.fields.get("size"), found.version) == (wanted.name, wanted.fields.get("size"), version)


@pytest.mark.parametrize(("key", "code", "value"), [("1", 0, 12000), ("2", 0, 15000), ("3", 0, 14500), ("q", 5, 14500)])
def test_a_terminal_is_asked(run: Run, samples: None, key: str, code: int, value: int) -> None:
    del samples
    run("items", "create", "--board", "sales", "--name", "Acme", "--set", "deal_value=12000")
    run("items", "update", "DEAL-39", "--set", "deal_value=14500")
    words = ["items", "update", "DEAL-39", "--set", "deal_value=15000", "--if-version", "1"]
    with Terminal([sys.executable, "-m", "tui", *words]) as terminal:
        terminal.wait_for("q write nothing:")
        assert "1 base    $12,000\n  2 mine    $15,000\n  3 theirs  $14,500" in terminal.text
        terminal.type(f"{key}\r")
        assert terminal.wait_exit() == code
    assert json.loads(run("items", "show", "DEAL-39", "--json")[1])["fields"]["deal_value"] == value


def test_ctrl_c_ends_the_question(run: Run, samples: None) -> None:
    del samples
    run("items", "create", "--board", "sales", "--name", "Acme")
    run("items", "update", "DEAL-39", "--name", "Globex")
    with Terminal(
        [sys.executable, "-m", "tui", "items", "update", "DEAL-39", "--name", "x", "--if-version", "1"]
    ) as it:
        it.wait_for("q write nothing:")
        it.press("ctrl+c")
        assert it.wait_exit() == 130
        assert "Traceback" not in it.text
    assert json.loads(run("items", "show", "DEAL-39", "--json")[1])["name"] == "Globex"


def test_a_base_that_nobody_knows_is_said_to_be_so_and_cannot_be_taken(capsys: pytest.CaptureFixture[str]) -> None:
    picks = ask(CLASHES, NOTES, answering("1", "3", "b", "2"), knows_base=False)
    assert picks == {field_member("size"): "theirs", field_member("notes"): "mine"}
    assert "  1 base    not known\n  2 mine    2\n" in capsys.readouterr().err


async def test_a_dry_run_tells_of_a_clash_and_asks_nobody() -> None:
    nobody = cast("Shell", None)  # whoever asks or writes needs one
    base = an_item()
    edits: Edits = Map({NAME: Set(base.name, "mine")})
    for known in (base, None):
        with pytest.raises(Told, match="changed by someone"):
            await carry_out(nobody, known, with_value(base, NAME, "theirs"), edits, SALES, policy="ask", dry_run=True)

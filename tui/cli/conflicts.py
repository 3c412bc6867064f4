"""The choice of the conflict panel, in the shell: by flag, or by a question on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tui.cli.item_output import edits_json, item_json, key_name, value_json, value_text
from tui.cli.output import Told
from tui.domain.changes import Edits
from tui.domain.merge import Clash, Merge, Pick, can_keep_both
from tui.domain.model import Board, Item, Member, label_of
from tui.domain.text import visible
from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.cli.reach import Shell

Policy: TypeAlias = Literal["ask", "mine", "theirs", "merge", "fail"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
Answers: TypeAlias = Callable[[str], str]
"""Asks a person a question; EOFError when there is nobody."""
ROUNDS = 8
"""How often an item may change between our look and our write before we give up."""


def policy_of(flag: Policy | None) -> Policy:
    """What to do about a clash: as the flag says, else ask where there is somebody. Raises UsageError."""
    here = sys.stdin.isatty()
    if flag == "ask" and not here:
        raise UsageError("--on-conflict ask needs a terminal to ask on; mine, theirs, merge and fail do not")
    return flag or ("ask" if here and sys.stdout.isatty() else "merge")


def conflict(base: Item | None, theirs: Item | None, board: Board, found: Merge) -> Told:
    """What exit code 5 says: the three values of every clash, and what would have merged."""
    clashes = found.clashes
    seen = theirs or base
    key = "the item" if seen is None else seen.key
    names = ", ".join(key_name(clash.member) for clash in clashes)
    message = f"{key} was changed by someone in the meantime" + (f": {names}" if names else "")
    if theirs is None:
        message = f"{key} has been deleted on the server"
    told = {
        "item": None if theirs is None else item_json(theirs, board),
        "base_version": None if base is None else base.version,
        "current_version": None if theirs is None else theirs.version,
        "fields": {key_name(clash.member): _three(clash, board) for clash in clashes},
        "merged": {} if theirs is None else _merged(found.edits, theirs, board),
    }
    return Told(f"{message}; nothing was written", told)


def _three(clash: Clash, board: Board) -> dict[str, object]:
    values = {"base": clash.base, "mine": clash.mine, "theirs": clash.theirs}
    return {name: value_json(value, clash.member, board) for name, value in values.items()}


def _merged(edits: Edits, theirs: Item, board: Board) -> Mapping[str, object]:
    pairs = edits_json(edits, theirs, board)
    return {name: pair["to"] for name, pair in pairs.items() if isinstance(pair, dict)}


def settle(
    policy: Policy, clashes: tuple[Clash, ...], board: Board, shell: Shell, *, knows_base: bool = True
) -> Mapping[Member, Pick] | None:
    """The picks that a policy or a person makes; None to write nothing."""
    match policy:
        case "mine" | "theirs":
            return {clash.member: policy for clash in clashes}
        case "ask":
            with shell.waiting_for_user():
                return ask(clashes, board, knows_base=knows_base)
        case _:
            return None


def ask(
    clashes: tuple[Clash, ...], board: Board, answers: Answers | None = None, *, knows_base: bool = True
) -> Mapping[Member, Pick] | None:
    """Show base, mine and theirs of each clash and take a digit; None when the person gives up.

    A base that nobody knows can be neither shown nor taken, and nothing can be joined over it.
    """
    answers = answers or _read
    picks: dict[Member, Pick] = {}
    for clash in clashes:
        joins = knows_base and can_keep_both(board, clash.member)
        _say(f"{label_of(board, clash.member)}: changed by both")
        for number, name in enumerate(("base", "mine", "theirs"), start=1):
            known = knows_base or name != "base"
            value = value_text(getattr(clash, name), clash.member, board) if known else "not known"
            _say(f"  {number} {name.ljust(6)}  {value}")
        pick = _pick(answers, joins=joins, knows_base=knows_base)
        if pick is None:
            return None
        picks[clash.member] = pick
    return picks


def _pick(answers: Answers, *, joins: bool, knows_base: bool) -> Pick | None:
    keys: dict[str, Pick] = {"2": "mine", "3": "theirs"}
    if knows_base:
        keys["1"] = "base"
    if joins:
        keys["b"] = "both"
    first = "1 base, " if knows_base else ""
    question = f"{first}2 mine, 3 theirs{', b both' if joins else ''}, q write nothing: "
    while True:
        try:
            answer = answers(question).strip().lower()
        except EOFError:
            return None
        if answer == "q":
            return None
        if answer in keys:
            return keys[answer]


def _say(line: str) -> None:
    print(visible(line), file=sys.stderr)  # noqa: T201 - standard output is for the answer


def _read(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def confirm(question: str, answers: Answers | None = None) -> bool:
    """Whether a person answers 2; nobody there, or 1, is a no."""
    answers = answers or _read
    while True:
        try:
            answer = answers(visible(question)).strip()
        except EOFError:
            return False
        if answer in ("1", "2", "q"):
            return answer == "2"

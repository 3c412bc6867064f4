"""How a person last looked at each board: the order and the fields on its cards, kept across starts."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tui.domain.model import BoardId, Member


class Looks(Struct, frozen=True):
    """One board as it was last looked at."""

    sort: str = ""
    """A member, with a minus in front when it goes down; empty for the board's own order."""
    members: tuple[Member, ...] | None = None
    """The fields on cards; None until they were chosen."""


class Views(Protocol):
    """Where looks are kept; neither method ever fails, because a look is not worth a sentence."""

    def load(self, board_id: BoardId) -> Looks:
        """How the board was last looked at."""
        ...

    def save(self, board_id: BoardId, looks: Looks) -> None:
        """Keep how the board is looked at now."""
        ...


class MemoryViews:
    """Keeps looks for as long as the program runs."""

    def __init__(self) -> None:
        self._looks: dict[BoardId, Looks] = {}

    def load(self, board_id: BoardId) -> Looks:
        """How the board was last looked at."""
        return self._looks.get(board_id, Looks())

    def save(self, board_id: BoardId, looks: Looks) -> None:
        """Keep how the board is looked at now."""
        self._looks[board_id] = looks


class FileViews:
    """One JSON file: profile stamp → board id → ``{"sort": "-name", "members": ["status"]}``.

    A file that cannot be read, or holds something else, counts as empty.
    """

    def __init__(self, file: Path, stamp: str) -> None:
        self.file = file
        self._stamp = stamp

    def load(self, board_id: BoardId) -> Looks:
        """How the board was last looked at."""
        match _inside(_inside(self._read(), self._stamp), board_id):
            case {"sort": str(sort), "members": list(members)} if all(isinstance(one, str) for one in members):
                return Looks(sort, tuple(Member(one) for one in members))
            case {"sort": str(sort)}:
                return Looks(sort)
            case _:
                return Looks()

    def save(self, board_id: BoardId, looks: Looks) -> None:
        """Keep how the board is looked at now; what other walls kept of other boards stays."""
        held = dict(self._read())
        kept: dict[str, object] = {"sort": looks.sort}
        if looks.members is not None:
            kept["members"] = list(looks.members)
        held[self._stamp] = {**_inside(held, self._stamp), board_id: kept}
        beside = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        with suppress(OSError):  # a full or read-only disk costs the look of a board, nothing else
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_text(json.dumps(held, indent=1), "utf-8")
            beside.replace(self.file)

    def _read(self) -> Mapping[str, object]:
        try:
            return _inside({"": json.loads(self.file.read_text("utf-8"))}, "")
        except (OSError, ValueError, RecursionError):
            return {}


def _inside(held: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = held.get(name)
    return found if isinstance(found, dict) else {}

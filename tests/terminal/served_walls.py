"""Walls on a team's server that comes and goes on one port."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.server.program.served import Served, Team, served
from tests.terminal.terminal import Terminal
from tests.terminal.walls import wall

CONFIG = """
[profiles.team]
contract = "{contract}"
url = "{url}"
api_key = {{ env = "TEAM_KEY" }}
poll = 1
"""


class TeamWall:
    """A profile on a team's server, and the server's own books."""

    def __init__(self, home: Path, team: Team, contract: str) -> None:
        self._home = home
        self._contract = contract
        self.team = team
        self._port = 0

    @contextmanager
    def server(self) -> Iterator[Served]:
        """The server, on the same port whenever it runs."""
        with served("--database", self.team.url, "--rate-limit", "0", "--port", str(self._port)) as server:
            self._port = urlsplit(server.address).port or 0
            self.point_at(server.address)
            yield server

    def point_at(self, url: str) -> None:
        """Have walls ask there."""
        folder = self._home / ".config" / "cardwall"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(CONFIG.format(contract=self._contract, url=url))

    def wall(self) -> Terminal:
        """The shipped command on this profile, started."""
        return wall("open", "--profile", "team", env={"TEAM_KEY": self.team.key})

    def written(self, name: str) -> list[tuple[str, int]]:
        """(item, version) of every version that was given this name."""
        with closing(sqlite3.connect(self.team.url.removeprefix("sqlite:///"))) as database:
            rows: list[tuple[str, int, str]] = database.execute(
                "SELECT item_id, version, changes FROM history"
            ).fetchall()
        return [(item, version) for item, version, changes in rows if _new_name(changes) == name]


def _new_name(changes: str) -> Any:
    return json.loads(changes).get("name", [None, None])[1]

"""What a server's owner does next, as sentences: a server without keys or boards is of no use to anybody."""

from __future__ import annotations

from tui.server.database import Database
from tui.server.rules import boards
from tui.server.rules import keys as key_rules
from tui.server.samples import seed_samples
from tui.server.service import Service
from tui.server.unit import Unit


def first_steps(service: Service, *, keys: bool) -> list[str]:
    """What is still missing, with the command that makes it."""
    steps = []
    if keys and not service.read_now(_has_key):
        steps.append("nobody has a key yet: cardwall keys create --name YOU makes one")
    if not service.read_now(boards.rows):
        steps.append("there is no board yet: cardwall boards apply FILE.toml makes one, serve --samples two to try")
    return steps


def add_samples(database: Database, service: Service) -> bool:
    """Make the sample boards, unless there are boards; whether they were made."""
    if service.read_now(boards.rows):
        return False
    seed_samples(database)
    return True


def _has_key(unit: Unit) -> bool:
    return any(key.state(unit.now) == "active" for key in key_rules.rows(unit))

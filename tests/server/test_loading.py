"""What the server does without until it is needed, and what must be the same without it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url
from sqlalchemy.schema import CreateIndex

from tui.server.moments import shown
from tui.server.tables import items, suit_postgresql

READ_ONLY = """
import sys
from tui.server.embed import EmbeddedServer
server = EmbeddedServer(sys.argv[1], actor="x")
server.start()
server.stop()
late = ("sqlalchemy.dialects.postgresql", "pydantic", "pydantic_core", "alembic", "httpx", "textual",
        "uvicorn", "tui.server.program", "tui.server.rules.keys", "tui.server.operations", "tui.server.cekat")
print([name for name in late if name in sys.modules])
"""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_first_start_loads_no_other_database_and_no_models(url: str) -> None:
    done = subprocess.run([sys.executable, "-c", READ_ONLY, url], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_postgresql_has_the_same_partial_indexes() -> None:
    suit_postgresql()
    lite, postgresql = (make_url(f"{name}://").get_dialect()() for name in ("sqlite", "postgresql+psycopg"))
    partial = 0
    for index in items.indexes:
        ours = str(CreateIndex(index).compile(dialect=lite)).partition(" WHERE ")[2]
        theirs = str(CreateIndex(index).compile(dialect=postgresql)).partition(" WHERE ")[2]
        assert ours == theirs
        partial += bool(ours)
    assert partial == 5


@given(st.integers(min_value=0, max_value=253_402_300_799_999))
def test_moments_are_shown_as_whole_seconds_of_utc(moment: int) -> None:
    assert shown(moment) == datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

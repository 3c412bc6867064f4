"""What loads when: the wall must paint before the server, the HTTP library or the grammar are imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("httpx", "pydantic", "sqlalchemy", "starlette", "alembic", "lark", "keyring", "uvicorn", "stamina")


def loaded_by(module: str) -> set[str]:
    """The top-level modules that importing `module` brings in, seen by a fresh interpreter."""
    code = f"import sys, {module}; print(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["tui.cli", "tui.config", "tui.sync.profile_session", "tui.domain.query"])
def test_the_shell_and_the_core_load_neither_the_screen_nor_the_network(module: str) -> None:
    assert not loaded_by(module) & {*HEAVY, "textual"}


def test_the_wall_loads_nothing_it_does_not_need_for_its_first_frame() -> None:
    assert not loaded_by("tui.app.app") & set(HEAVY)


def test_the_check_sees_what_it_looks_for() -> None:
    assert "httpx" in loaded_by("tui.api.http")


def test_a_wall_on_the_embedded_server_loads_no_budget() -> None:
    code = "import sys, tui.app.app, tui.cli.link, tui.sync.profile_session, tui.api.embedded; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "tui.api.embedded" in loaded
    assert not {name for name in loaded if name.startswith("tui.api.budget")}

"""What every test stands on: a home of its own, no network but this machine, fixed example counts."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", parent=settings.get_profile("ci"), max_examples=500)

_REMOVED = (
    "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM_PROGRAM", "TMUX", "STY",
    "EDITOR", "VISUAL", "PAGER", "BROWSER", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHON_KEYRING_BACKEND", "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip


ON_BOTH = {
    "test_contract.py", "test_two_faces.py", "test_concurrency.py", "test_idempotency.py", "test_feed.py",
    "test_cekat_filters.py", "test_word_index.py", "test_words_migration.py", "test_plans.py", "test_storage.py",
}  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long, with many more examples")
    parser.addoption(
        "--everywhere",
        action="store_true",
        help="also run the server on PostgreSQL and keys on a 2nd terminal throughout",
    )
    parser.addoption("--rest", action="store_true", help="run only what is left out without --everywhere")


def pytest_xdist_auto_num_workers() -> int:
    """Two a processor: half of a test's time it waits, for a program to answer or a screen to come to rest."""
    return 2 * (os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("long" if config.getoption("--long") else "ci")
    # The tests start the program hundreds of times: compiling it at each start would be a third of all their time.
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    rest, everywhere = config.getoption("--rest"), config.getoption("--everywhere")
    left = {
        item
        for item in items
        if "long" in item.keywords or (rest if _is_always_run(item) else not (rest or everywhere))
    }
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


def _is_always_run(item: pytest.Item) -> bool:
    """Not what is run again on a second kind of database or terminal, but for where the two kinds differ most."""
    if "[postgresql" in item.name:
        return item.path.name in ON_BOTH
    return "again" not in item.keywords


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder, XDG folders and time zone that belong to this test; child processes inherit them."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [*_REMOVED, *(name for name in os.environ if name.startswith(("CARDWALL_", "TEXTUAL", "XDG_")))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("USER", "tester")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield home
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True, scope="session")
def this_machine_only() -> Iterator[None]:
    """A connection to any other machine fails at once, with the address in the message."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked_connect(self: socket.socket, address: object) -> None:
        _only_loopback(self, address)
        connect(self, address)  # type: ignore[arg-type]  # any address the family takes

    def checked_connect_ex(self: socket.socket, address: object) -> int:
        _only_loopback(self, address)
        return connect_ex(self, address)  # type: ignore[arg-type]  # any address the family takes

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", checked_connect)
    patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
    yield
    patch.undo()


def _only_loopback(sock: socket.socket, address: object) -> None:
    if sock.family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
        return
    host = str(address[0])
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise ConnectionRefusedError(f"tests may connect to this machine only, not to {host}")

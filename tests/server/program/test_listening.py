"""Sockets: on which address, for whom, and what is said when they cannot be had."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from tui.errors import CardwallError, Unavailable, UsageError
from tui.server.program.listening import on_file, on_port, web_address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.parametrize(
    ("host", "shown", "private"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("0.0.0.0", "0.0.0.0", False),
    ],
)
def test_a_free_port_of_an_address(host: str, shown: str, private: bool) -> None:
    with on_port(host, 0) as listener:
        port = listener.socket.getsockname()[1]
        assert (listener.address, listener.private) == (f"http://{shown}:{port}", private)
        assert listener.socket.proto == socket.IPPROTO_TCP  # else asyncio lets answers wait for an ACK
        socket.create_connection(("127.0.0.1", port)).close()


def test_the_newer_protocol_has_its_own_way_of_writing() -> None:
    assert (web_address("::1", 80), web_address("127.0.0.1", 80)) == ("http://[::1]:80", "http://127.0.0.1:80")


def test_a_taken_port_is_told_with_its_number() -> None:
    with on_port("127.0.0.1", 0) as listener:
        port = listener.socket.getsockname()[1]
        with (
            pytest.raises(Unavailable, match=rf"^port {port} of 127\.0\.0\.1 is taken; end"),
            on_port("127.0.0.1", port),
        ):
            pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a" * 300, "\ud800"])
def test_a_host_that_is_not_this_machine(host: str) -> None:
    with pytest.raises(UsageError, match="is no address of this machine"), on_port(host, 0):
        pass


@pytest.mark.parametrize(("number", "said"), [(errno.EACCES, "needs more rights"), (errno.EPERM, "cannot be listened")])
def test_a_port_that_is_not_for_everyone(number: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(UsageError, match=said), on_port("127.0.0.1", 80):
        pass


def test_a_socket_file_is_in_a_folder_of_its_owner_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sock"
    with on_file(path) as listener:
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert (listener.address, listener.private) == (f"unix:{path}", True)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    assert not path.exists()


def test_one_that_others_can_enter_is_refused(folder: Path) -> None:
    folder.chmod(0o750)
    with pytest.raises(UsageError, match="others can enter"), on_file(folder / "sock"):
        pass
    assert list(folder.iterdir()) == []


def test_the_socket_of_a_killed_server_is_replaced(folder: Path) -> None:
    path = folder / "sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert path.exists()
    with on_file(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_the_socket_of_a_living_one_is_left(folder: Path) -> None:
    path = folder / "sock"
    with on_file(path):
        with pytest.raises(Unavailable, match="another server listens"), on_file(path):
            pass
        assert path.exists()


def test_the_socket_that_another_server_put_there_since_is_left(folder: Path) -> None:
    path = folder / "sock"
    with on_file(path):
        path.rename(folder / "kept")
        path.touch()
    assert path.exists()


@pytest.mark.parametrize("name", ["file", "x" * 200, "folder/sock/sock"])
def test_what_cannot_be_a_socket_is_told(folder: Path, name: str) -> None:
    (folder / "file").write_text("a note")
    (folder / "folder").mkdir(mode=0o700)
    (folder / "folder" / "sock").write_text("")
    with pytest.raises(CardwallError, match=name[:50]), on_file(folder / name):
        pass
    assert (folder / "file").read_text() == "a note"

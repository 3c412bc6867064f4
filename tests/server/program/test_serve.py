"""A real server process: it starts, serves, says what it does without secrets, and ends in order."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.server.program.served import PATIENCE, Served, Team, served, team


@pytest.fixture
def ours(tmp_path: Path) -> Team:
    return team(tmp_path)


def listens(server: Served) -> bool:
    parts = urlsplit(server.address)
    try:
        socket.create_connection((parts.hostname, parts.port)).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return False
    return True


def half_sent(server: Served, ours: Team, body: bytes) -> socket.socket:
    """A connection whose request is being handled: the server has asked for its body."""
    parts = urlsplit(server.address)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    head = [
        "POST /v1/ext/items HTTP/1.1", "host: x", f"x-api-key: {ours.key}", "content-type: application/json",
        f"content-length: {len(body)}", "expect: 100-continue", "", "",
    ]  # fmt: skip
    connection.sendall("\r\n".join(head).encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_under_way_at_the_signal_is_finished(ours: Team, number: signal.Signals) -> None:
    body = json.dumps(ours.draft("Last one")).encode()
    with served("--database", ours.url) as server, half_sent(server, ours, body) as connection:
        server.process.send_signal(number)
        while listens(server):
            pass
        connection.sendall(body)
        assert connection.makefile("rb").readline() == b"HTTP/1.1 201 Created\r\n"
        assert server.wait() == 0
        assert server.lines[-1]["event"] == "stopped"
    assert "Last one" in ours.names()


def test_an_end_is_not_put_off_for_ever(ours: Team) -> None:
    with served("--database", ours.url, patience=1) as server, half_sent(server, ours, b"{" * 9) as connection:
        assert server.end() == 0
        answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b'"code":"server_stopping"' in answer
        errors = [line["event"] for line in server.lines if line["level"] == "error"]
        assert errors == ["Cancel 1 running task(s), timeout graceful shutdown exceeded"]
        (cut,) = [line for line in server.lines if line.get("method") == "POST"]
        assert cut["status"] == 503
        assert server.lines[-1]["event"] == "stopped"


def test_a_second_signal_waits_for_nobody(ours: Team) -> None:
    with served("--database", ours.url) as server, half_sent(server, ours, b"{" * 9):
        server.process.send_signal(signal.SIGTERM)
        while listens(server):
            pass
        assert server.end() == 0


def test_nohup_is_heeded(ours: Team) -> None:
    with served("--database", ours.url) as server:
        before = signal.getsignal(signal.SIGHUP)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with served("--database", ours.url) as server, server.client(ours.key) as client:
            server.process.send_signal(signal.SIGHUP)
            assert client.get("/v1/ext/items").status_code == 200
            assert server.end() == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_log_has_every_request_and_no_secret(ours: Team) -> None:
    with served("--database", ours.url) as server, server.client(ours.key) as client:
        reply = client.get("/v1/ext/items?q=private-words", headers={"X-Request-Id": "mine-1"})
        assert (reply.status_code, reply.headers["x-request-id"], reply.headers["cardwall"]) == (200, "mine-1", "1")
        assert (reply.headers["x-ratelimit-limit"], reply.headers["x-ratelimit-remaining"]) == ("60", "59")
        assert "server" not in reply.headers
        assert client.post("/v1/ext/items", content=b"{", headers={"x-api-key": "cw_nobody"}).status_code == 401
        server.wait_for(lambda line: line.get("status") == 401)
        assert server.end() == 0
    line = server.wait_for(lambda line: line.get("request_id") == "mine-1")
    assert (line["method"], line["path"], line["status"], line["by"]) == ("GET", "/v1/ext/items", 200, "sam")
    said = json.dumps(server.lines)
    for secret in (ours.key, ours.key[16:], "private-words", "cw_nobody"):
        assert secret not in said


def test_a_team_behind_a_socket_file_needs_no_key(tmp_path: Path) -> None:
    path = tmp_path / "run" / "sock"
    words = ("--uds", str(path), "--no-auth", "--samples", "--database", str(tmp_path / "team.db"))
    with served(*words) as server, server.client() as client:
        assert [board["name"] for board in client.get("/v1/ext/pipelines").json()] == ["Sales", "Support"]
        assert "x-ratelimit-limit" not in client.get("/v1/ext/items?limit=1").headers
        assert server.wait_for(lambda line: line.get("path") == "/v1/ext/items")["client"] is None
        assert server.end() == 0
    assert not path.exists()
    with served(*words) as server:
        assert "there are boards already, so no samples were made" in [line["event"] for line in server.lines]


def test_a_new_database_says_what_to_do_next_and_has_no_boards(tmp_path: Path) -> None:
    with served("--database", str(tmp_path / "team.db")) as server, server.client() as client:
        said = "\n".join(line["event"] for line in server.lines)
        assert "cardwall keys create --name YOU" in said
        assert "cardwall boards apply FILE.toml" in said
        assert client.get("/readyz").status_code == 200


def test_commands_work_while_it_serves(ours: Team, tmp_path: Path) -> None:
    def shell(*words: str) -> str:
        words = (sys.executable, "-m", "tui", *words, "--database", ours.url)
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    with served("--database", ours.url, "--rate-limit", "0") as server, server.client() as client:
        key = shell("keys", "create", "--name", "ann", "--scope", "items:read")
        client.headers["x-api-key"] = key
        assert client.get("/v1/ext/items").status_code == 200
        (tmp_path / "b.toml").write_text('name = "Hiring"\n[[columns]]\nname = "Applied"\n')
        shell("boards", "apply", str(tmp_path / "b.toml"))
        assert [board["name"] for board in client.get("/v1/ext/pipelines").json()] == ["Sales", "Hiring"]
        shell("keys", "revoke", key[3:15])
        while (status := client.get("/v1/ext/capabilities").status_code) == 200:
            pass
        assert status == 401

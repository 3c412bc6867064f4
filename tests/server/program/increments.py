"""A client process: adds to one item's field through both faces in turn, reading first and writing with its version."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Ask: TypeAlias = Callable[..., tuple[int, dict[str, Any]]]


def by_slate(ask: Ask, item: str) -> int:
    """Add one; the status of the write."""
    path = f"/v1/ext/items/{item}"
    status, seen = ask("GET", path)
    assert status == 200, seen
    return written(*ask("PATCH", path, {"metadata": {"count": seen["count"] + 1}, "version": seen["version"]}))


def by_cekat(ask: Ask, board: str, item: str) -> int:
    """Add one; the status of the write."""
    path = f"/api/crm/boards/{board}/items/{item}"
    status, answer = ask("GET", path)
    assert status == 200, answer
    seen = answer["data"]
    count = str(int(seen["values"]["count"]) + 1)
    return written(*ask("PUT", path, {"values": {"count": count}, "version": seen["version"]}))


def written(status: int, answer: object) -> int:
    """The status of a write that went well, met another or found the file held."""
    assert status in {200, 409, 503}, answer
    return status


def main(address: str, key: str, board: str, item: str, rounds: int) -> None:
    """Add `rounds` times one, every other time through the other face; one that another was faster than again."""
    parts = urlsplit(address)
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, timeout=60)
    slate = {"x-api-key": key, "content-type": "application/json"}
    cekat = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    def ask(method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        headers = slate if path.startswith("/v1/ext/") else cekat
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # all clients start together
    done, conflicts = [0, 0], [0, 0]
    while sum(done) < rounds:
        face = sum(done) % 2
        status = by_cekat(ask, board, item) if face else by_slate(ask, item)
        done[face] += status == 200
        conflicts[face] += status == 409
    json.dump({"done": done, "conflicts": conflicts}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))

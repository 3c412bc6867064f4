"""A client process: adds to one item's field, reading it first and writing with its version."""

from __future__ import annotations

import json
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit


def main(address: str, key: str, item: str, rounds: int) -> None:
    """Add `rounds` times one; an add that another was faster than is done again."""
    parts = urlsplit(address)
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, timeout=60)
    headers = {"x-api-key": key, "content-type": "application/json"}
    path = f"/v1/ext/items/{item}"

    def ask(method: str, body: object = None) -> tuple[int, dict[str, int]]:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # all clients start together
    done = conflicts = 0
    while done < rounds:
        status, seen = ask("GET")
        assert status == 200, seen
        status, answer = ask("PATCH", {"metadata": {"count": seen["count"] + 1}, "version": seen["version"]})
        assert status in {200, 409, 503}, answer
        done += status == 200
        conflicts += status == 409
    sys.stdout.write(f"{conflicts}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))

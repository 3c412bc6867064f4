"""The recorded exchanges of both contracts, to the letter."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.server.asgi import Caller
from tests.server.conftest import FixedClock

RECORDED = Path(__file__).parent.parent / "contract"
FILES = sorted(file for file in RECORDED.glob("*/*.json") if "exchanges" in json.loads(file.read_text()))


def recorded(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text(), parse_float=Decimal)
    return document


def test_there_are_recordings_of_both() -> None:
    assert {file.parent.name for file in FILES} == {"slate", "cekat"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
async def test_exchanges(file: Path, call: Caller, clock: FixedClock) -> None:
    document = recorded(file)
    for given in document["given"]:
        for exchange in recorded(file.parent / f"{given}.json")["exchanges"][:1]:
            assert (await _send(call, exchange))[0] < 300
    for exchange in document["exchanges"]:
        clock.now += exchange.get("clock", 0)
        status, headers, body = await _send(call, exchange)
        wanted = exchange["response"]
        assert (exchange["title"], status, body) == (exchange["title"], wanted["status"], wanted.get("body"))
        for header, value in wanted["headers"].items():
            assert (exchange["title"], header, headers.get(header)) == (exchange["title"], header, value)


async def _send(call: Caller, exchange: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    request = exchange["request"]
    body = json.dumps(request["body"], default=float) if "body" in request else None
    raw = body.encode() if body is not None else None
    reply = await call(request["method"], request["path"], raw, headers=request.get("headers"))
    return reply.status, reply.headers, reply.json() if reply.body else None


def test_numbers_are_written_shortest(tmp_path: Path) -> None:
    text = (RECORDED / "slate" / "items.json").read_text()
    assert "15000.5" in text
    assert "15000.50" not in text

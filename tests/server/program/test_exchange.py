"""Ids of requests, and the log: every request one line, and never a secret in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from tests.server.asgi import Caller
from tests.server.program.conftest import Guarded
from tui.server.program.exchange import Exchanges
from tui.server.program.logs import JsonLines, Lines, start_logging


@pytest.fixture(params=[False, True], ids=["lines", "json"])
def as_json(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def stream(as_json: bool) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root, ours = logging.getLogger(), logging.getLogger("tui")
    levels = root.level, ours.level
    handler = start_logging(as_json=as_json, stream=stream)
    yield stream
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def objects(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("given", ["abc-1.2_3:4", "A" * 64])
async def test_a_sane_id_is_kept(server: Guarded, given: str) -> None:
    reply = await server.call("GET", "/nowhere", headers={"X-Request-Id": given})
    assert reply.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "A" * 65, "a b", "a\r\nb", "\x1b[2J", "é", "a;b"])
async def test_any_other_is_replaced(server: Guarded, given: str) -> None:
    reply = await server.call("GET", "/nowhere", headers={"X-Request-Id": given})
    assert reply.headers["x-request-id"] == "request-1"


async def test_a_request_is_a_line_without_query_or_key(server: Guarded, stream: io.StringIO, as_json: bool) -> None:
    key, text = server.key("sam")
    await server.ask(text, path="/v1/ext/items?q=secret-search")
    await server.ask("cw_wrong-key", path="/v1/ext/items/%1B%5B2J%0Ax")
    said = stream.getvalue()
    assert "secret-search" not in said
    assert text not in said
    assert text[16:] not in said
    assert "wrong-key" not in said
    assert "\x1b" not in said
    assert said.count("\n") == 2
    if not as_json:
        first, second = said.splitlines()
        assert first[24:] == " 200 GET /v1/ext/items 0.0 ms by sam, id request-1"
        assert second[24:] == " 401 GET /v1/ext/items/␛[2J⏎x 0.0 ms, id request-2"
        return
    found = [{name: value for name, value in each.items() if name != "at"} for each in objects(stream)]
    assert found[0] == {
        "level": "info", "event": "request", "method": "GET", "path": "/v1/ext/items", "status": 200, "ms": 0.0,
        "bytes": 2, "key": key.id, "by": "sam", "client": "127.0.0.1", "request_id": "request-1",
    }  # fmt: skip
    assert (found[1]["status"], found[1]["key"], found[1]["path"]) == (401, None, "/v1/ext/items/\x1b[2J\nx")


async def test_a_failure_is_logged_with_the_id_that_its_caller_was_told(stream: io.StringIO, as_json: bool) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        logging.getLogger("tui.server.x").error("a request failed", exc_info=RuntimeError("a defect\x1b[2J"))
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    reply = await Caller(Exchanges(failing))("GET", "/x")
    told = reply.headers["x-request-id"]
    said = stream.getvalue()
    assert "\x1b" not in said
    assert said.count(told) == 2
    if as_json:
        failure = objects(stream)[0]
        assert (failure["level"], failure["event"], failure["request_id"]) == ("error", "a request failed", told)
        assert "RuntimeError: a defect" in failure["error"]
    else:
        assert f" ERROR a request failed, id {told}\nRuntimeError: a defect␛[2J\n" in said


async def test_an_answer_that_never_began_is_logged_as_cut(stream: io.StringIO, as_json: bool) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await Caller(Exchanges(broken))("GET", "/x")
    assert objects(stream)[0]["status"] is None if as_json else " cut GET /x" in stream.getvalue()


def test_records_of_others_are_lines_too() -> None:
    record = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, "Invalid HTTP %s", ("request",), None)
    assert Lines().format(record)[24:] == " WARNING Invalid HTTP request"
    assert json.loads(JsonLines().format(record))["event"] == "Invalid HTTP request"

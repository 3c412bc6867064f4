"""What the client makes of an HTTP server's behaviour, good and bad."""

import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.answers import KEY, Pieces, Server, http_to, problem
from tui.api.backend import FeedExpired
from tui.api.client import LONGEST_BODY
from tui.api.http import Http
from tui.api.problems import Answer, error_for, retry_after
from tui.errors import (
    CardwallError,
    ConfigError,
    Conflict,
    Garbled,
    Inactive,
    Invalid,
    LostAnswer,
    NotAllowed,
    NotFound,
    Offline,
    RateLimited,
    ScopeMissing,
    Unauthorised,
    Unavailable,
    Unsupported,
)


@pytest.fixture
def attempts() -> int:
    return 3


async def test_a_request_carries_what_it_should() -> None:
    server = Server(httpx.Response(200, json={"a": 1}, headers={"Cardwall": "1"}))
    http = http_to(server, base="https://crm.example.com/prefix/")
    answer = await http.send("GET", "/v1/ext/items/a%2Fb", params={"q": "ä&="})
    assert (answer.status, answer.json(), answer.ours) == (200, {"a": 1}, True)
    request = server.requests[0]
    assert str(request.url) == "https://crm.example.com/prefix/v1/ext/items/a%2Fb?q=%C3%A4%26%3D"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["user-agent"].startswith("cardwall/")
    assert "content-type" not in request.headers
    await http.close()


async def test_an_idempotency_key_goes_only_to_a_server_that_honours_it() -> None:
    server = Server(httpx.Response(201, json={}))
    http = http_to(server)
    await http.send("POST", "/x", body=b"{}", key="k1")
    http.idempotent = True
    await http.send("POST", "/x", body=b"{}", key="k2")
    assert [request.headers.get("idempotency-key") for request in server.requests] == [None, "k2"]
    assert server.requests[0].headers["content-type"] == "application/json"


STATUSES: list[tuple[int, type[CardwallError]]] = [
    (400, Invalid),
    (401, Unauthorised),
    (402, Inactive),
    (403, ScopeMissing),
    (404, NotFound),
    (405, Unsupported),
    (409, Conflict),
    (410, FeedExpired),
    (412, Conflict),
    (413, Invalid),
    (415, Invalid),
    (422, Invalid),
    (428, Invalid),
    (429, RateLimited),
    (500, LostAnswer),
    (502, LostAnswer),
    (503, Unavailable),
    (504, LostAnswer),
    (599, Unavailable),
]
BODIES: dict[str, dict[str, Any]] = {
    "problem": {"json": {"title": "No", "detail": "because", "code": "x_code"}},
    "envelope": {"json": {"success": False, "error": {"code": "X_CODE", "message": "because"}}},
    "text in error": {"json": {"error": "because"}},
    "list": {"json": ["because"]},
    "html": {"html": "<h1>No</h1>"},
    "empty": {},
    "not utf-8": {"content": b"\xff\xfe"},
    "wrong types": {"json": {"error": {"code": 5, "message": {}, "details": [3, {"field": 4}]}, "errors": "x"}},
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("status", "kind"), STATUSES)
async def test_every_status_has_its_error_whatever_its_body(status: int, kind: type[CardwallError], body: str) -> None:
    http = http_to(Server(lambda _: httpx.Response(status, **BODIES[body])))
    with pytest.raises(CardwallError) as caught:
        await http.send("POST", "/x", body=b"{}")
    if status == 403 and body in ("problem", "envelope"):
        kind = NotAllowed  # it says another reason than the scope
    assert type(caught.value) is kind
    assert caught.value.message
    with pytest.raises(CardwallError) as caught:
        await http.send("GET", "/x")
    if status >= 500:
        assert type(caught.value) is Unavailable


async def test_a_refusal_names_the_fields_and_the_scope() -> None:
    errors = [{"field": "metadata.email", "message": "is not an email"}]
    http = http_to(Server(problem(422, code="validation_error", errors=errors)))
    with pytest.raises(Invalid, match=r"metadata\.email: is not an email") as caught:
        await http.send("POST", "/x", body=b"{}")
    assert caught.value.fields == {"metadata.email": "is not an email"}
    details = {"success": False, "error": {"code": "VALIDATION_ERROR", "message": "no", "details": errors}}
    http = http_to(Server(httpx.Response(400, json=details)))
    with pytest.raises(Invalid) as caught:
        await http.send("POST", "/x", body=b"{}")
    assert caught.value.fields == {"metadata.email": "is not an email"}
    http = http_to(Server(problem(403, code="scope_missing", required_scope="items:write")))
    with pytest.raises(ScopeMissing, match="items:write"):
        await http.send("POST", "/x", body=b"{}")


async def test_accepted_statuses_are_given_back() -> None:
    http = http_to(Server(problem(409, code="version_conflict")))
    assert (await http.send("PATCH", "/x", body=b"{}", accept={409})).status == 409


@pytest.mark.parametrize(
    ("error", "reading", "writing"),
    [
        (httpx.ConnectError("refused"), Offline, Offline),
        (httpx.ConnectTimeout("slow"), Offline, Offline),
        (httpx.PoolTimeout("busy"), Offline, Offline),
        (httpx.ReadTimeout("slow"), Offline, LostAnswer),
        (httpx.WriteTimeout("slow"), Offline, LostAnswer),
        (httpx.ReadError("reset"), Offline, LostAnswer),
        (httpx.WriteError("reset"), Offline, LostAnswer),
        (httpx.RemoteProtocolError("Server disconnected"), Offline, LostAnswer),
    ],
)
async def test_a_lost_connection_says_whether_a_write_may_have_been_done(
    error: Exception, reading: type[CardwallError], writing: type[CardwallError]
) -> None:
    http = http_to(Server(error))
    with pytest.raises(reading) as caught:
        await http.send("GET", "/x")
    assert type(caught.value) is reading
    with pytest.raises(writing) as caught:
        await http.send("POST", "/x", body=b"{}")
    assert type(caught.value) is writing
    with pytest.raises(reading) as caught:
        await http.send("POST", "/check", body=b"{}", reading=True)
    assert type(caught.value) is reading


async def test_a_blip_is_hidden_where_a_repeat_is_safe() -> None:
    def behaviour(_: httpx.Request) -> httpx.Response:
        if len(server.requests) < 3:
            raise httpx.ReadError("reset")
        return httpx.Response(200, json=[])

    server = Server(behaviour)
    await http_to(server).send("GET", "/x")
    assert len(server.requests) == 3
    server = Server(behaviour)
    http = http_to(server)
    http.idempotent = True
    await http.send("POST", "/x", body=b"{}", key="k")
    assert [request.headers["idempotency-key"] for request in server.requests] == ["k", "k", "k"]


@pytest.mark.parametrize("key", [None, "k"])
async def test_a_write_that_nobody_can_recognise_is_sent_once(key: str | None) -> None:
    server = Server(httpx.ReadError("reset"))
    with pytest.raises(LostAnswer):
        await http_to(server).send("POST", "/x", body=b"{}", key=key)
    assert len(server.requests) == 1


@pytest.mark.parametrize("later", [httpx.ConnectError("down"), problem(429), problem(401)])
async def test_a_lost_answer_stays_lost_whatever_a_later_attempt_meets(later: httpx.Response | Exception) -> None:
    def behaviour(_: httpx.Request) -> httpx.Response:
        if len(server.requests) == 1:
            raise httpx.ReadError("reset")
        if isinstance(later, Exception):
            raise later
        return later

    server = Server(behaviour)
    http = http_to(server)
    http.idempotent = True
    with pytest.raises(LostAnswer):
        await http.send("POST", "/x", body=b"{}", key="k")


@pytest.mark.parametrize("status", [401, 404, 422, 429])
async def test_a_refusal_is_not_asked_again(status: int) -> None:
    server = Server(problem(status))
    with pytest.raises(CardwallError):
        await http_to(server).send("GET", "/x")
    assert len(server.requests) == 1


async def test_a_429_says_when() -> None:
    http = http_to(Server(httpx.Response(429, headers={"Retry-After": "17"})))
    with pytest.raises(RateLimited) as caught:
        await http.send("GET", "/x")
    assert caught.value.retry_after == 17


def test_retry_after_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.api.problems.time.time", lambda: 1_772_357_400.0)  # 2026-03-01 09:30:00 UTC
    assert retry_after({"retry-after": "0"}) == 0
    assert retry_after({"retry-after": "Sun, 01 Mar 2026 09:30:30 GMT"}) == 30
    assert retry_after({"retry-after": "Sun, 01 Mar 2020 09:30:30 GMT"}) == 0
    assert retry_after({"retry-after": "99999999999"}) == 86400
    assert retry_after({"x-ratelimit-reset": "12"}) == 12
    assert retry_after({"x-ratelimit-reset": "1772357420"}) == 20
    for nothing in ({}, {"retry-after": "soon"}, {"retry-after": "-5"}, {"retry-after": "²"}, {"retry-after": "1e9"}):
        assert retry_after(nothing) == 60


async def test_no_message_holds_the_key() -> None:
    for server in (
        Server(problem(401, detail=f"the key {KEY} is unknown")),
        Server(problem(422, errors=[{"field": "x", "message": f"{KEY}!"}])),
        Server(httpx.ConnectError(f"cannot send {KEY}")),
    ):
        with pytest.raises(CardwallError) as caught:
            await http_to(server).send("POST", "/x", body=b"{}")
        assert KEY not in str(caught.value)
        assert KEY not in repr(vars(caught.value))
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "response",
    [
        lambda: httpx.Response(200, html="<html>Welcome to the hotel wifi</html>"),
        lambda: httpx.Response(200, content=b"x" * (LONGEST_BODY + 1)),
        lambda: httpx.Response(200, stream=Pieces(b"not gzip"), headers={"content-encoding": "gzip"}),
    ],
)
async def test_an_answer_that_cannot_be_one_is_garbled_or_lost(response: Callable[[], httpx.Response]) -> None:
    http = http_to(Server(lambda _: response()))
    with pytest.raises(Garbled):
        await http.send("GET", "/x")
    with pytest.raises(LostAnswer):
        await http.send("POST", "/x", body=b"{}")


@pytest.mark.parametrize("content", [b"", b"{", b"<p>", b"\xff", b"NaN"])
async def test_a_body_that_is_no_json_is_garbled(content: bytes) -> None:
    answer = await http_to(Server(httpx.Response(200, content=content))).send("GET", "/x")
    with pytest.raises(Garbled):
        answer.json()


async def test_a_redirect_on_the_same_host_is_followed() -> None:
    def behaviour(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/old":
            return httpx.Response(308, headers={"location": "/new?x=1"})
        return httpx.Response(200, json=request.method)

    server = Server(behaviour)
    http = http_to(server)
    assert (await http.send("GET", "/old", params={"q": "1"})).json() == "GET"
    assert str(server.requests[-1].url) == "https://crm.example.com/new?x=1"
    assert (await http.send("POST", "/old", body=b"{}")).json() == "POST"
    assert server.requests[-1].content == b"{}"


@pytest.mark.parametrize(
    ("status", "location", "method"),
    [
        (302, "https://evil.example.com/", "GET"),
        (302, "http://crm.example.com/", "GET"),
        (302, "https://crm.example.com:444/", "GET"),
        (308, "//evil.example.com/", "POST"),
        (302, "/new", "POST"),
        (302, "/x", "GET"),
        (302, "http://[", "GET"),
    ],
)
async def test_other_redirects_are_refused(status: int, location: str, method: str) -> None:
    server = Server(httpx.Response(status, headers={"location": location}))
    with pytest.raises(Unavailable):
        await http_to(server).send(method, "/x")
    assert {request.url.host for request in server.requests} == {"crm.example.com"}
    assert {request.url.scheme for request in server.requests} == {"https"}


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "ftp://crm.example.com",
        "crm.example.com",
        "https://",
        "https://user:pass@crm.example.com",
        "https://crm.example.com/?x=1",
        "https://crm.example.com/#x",
        "https://crm.example.com:99999",
        "https://crm.example.com\n",
        "",
    ],
)
def test_a_url_that_cannot_be_used_is_a_config_error(url: str) -> None:
    with pytest.raises(ConfigError):
        http_to(Server(httpx.Response(200)), base=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8700", "http://localhost", "http://[::1]:1", "http://a.localhost"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    http_to(Server(httpx.Response(200)), base=url)
    http_to(Server(httpx.Response(200)), base="http://10.0.0.1", allow_plain=True)


@pytest.mark.parametrize("key", ["two\nlines", " space", "ключ", "nul\0"])
def test_a_key_that_no_header_can_hold_is_a_config_error(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Http("https://crm.example.com", headers={"x-api-key": key}, transport=httpx.MockTransport(Server(OSError())))
    assert key not in str(caught.value)


async def test_a_certificate_that_cannot_be_trusted_is_named() -> None:
    def behaviour(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x") from ssl.SSLCertVerificationError("self-signed")

    with pytest.raises(Offline, match="certificate"):
        await http_to(Server(behaviour)).send("GET", "/x")


async def test_every_request_passes_the_gate() -> None:
    class Recorder:
        def __init__(self) -> None:
            self.seen: list[object] = []

        async def enter(self, *, writing: bool) -> None:
            self.seen.append(writing)

        def answered(self, answer: Answer) -> None:
            self.seen.append(answer.headers["x-left"])

    gate = Recorder()
    http = http_to(Server(httpx.Response(200, json=[], headers={"X-Left": "9"})), gate=gate)
    await http.send("GET", "/x")
    await http.send("PUT", "/x", body=b"{}")
    async with http.stream("/x") as listing:
        await listing.all()
    assert gate.seen == [False, "9", True, "9", False, "9"]


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"cardwall": "1"}, "The disk is full; free some space."),
        ({}, "the server answered 507 to PATCH /v1/ext/items/7: The disk is full; free some space."),
    ],
)
def test_a_server_of_ours_says_itself_what_its_storage_needs(headers: dict[str, str], sentence: str) -> None:
    answer = Answer(507, headers, b'{"code": "storage_full", "detail": "The disk is full; free some space."}')
    error = error_for(answer, writing=True, what="PATCH /v1/ext/items/7")
    assert isinstance(error, Unavailable)
    assert error.message == sentence

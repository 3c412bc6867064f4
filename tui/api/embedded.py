"""The client of the server in this process: no sockets, no HTTP library, the same answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from urllib.parse import unquote, urlencode

from tui.api.address import checked_headers
from tui.api.client import Client, Request, Timeouts, cut_off, unanswered
from tui.api.inprocess import AsgiLink, Call, Headers, LinkBroken, LinkDown, LinkTimeout, Target
from tui.api.problems import Answer
from tui.errors import Offline

HOST = "the built-in server"
"""What messages call it."""


class Embedded(Client):
    """Requests to an embedded server over its `AsgiLink`."""

    def __init__(
        self, link: AsgiLink, *, headers: Mapping[str, str] | None = None, timeouts: Timeouts | None = None
    ) -> None:
        super().__init__(timeouts=timeouts)
        self._link = link
        self._headers = _raw({"host": "localhost", **checked_headers(headers or {})})

    async def close(self) -> None:
        """Nothing is held open between calls."""

    async def _open(self, request: Request) -> Answering:
        await self._enter(request)
        query = urlencode(request.params or {}).encode("ascii")
        target = Target(request.method, unquote(request.path), request.path.encode("ascii"), query)
        sent = [*self._headers, *_raw(request.headers)]
        if request.body is not None:
            sent.append((b"content-length", b"%d" % len(request.body)))
        call = Call(self._link, target, sent, request.body or b"", read_timeout=self._timeouts.read)
        try:
            status, received = await call.head()
        except LinkDown as error:
            raise Offline(f"{HOST} cannot be reached ({error})") from None
        except LinkTimeout:
            raise unanswered(request, HOST, "no answer in time") from None
        except LinkBroken as error:
            raise unanswered(request, HOST, str(error)) from None
        except BaseException:
            call.close()
            raise
        head = Answer(status, {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in received})
        self._gate.answered(head)
        return Answering(call, head, request)


class Answering:
    """A call whose head has come."""

    def __init__(self, call: Call, head: Answer, request: Request) -> None:
        self._call = call
        self.head = head
        self._request = request

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body as the app sends it."""
        try:
            async for chunk in self._call.chunks():
                yield chunk
        except LinkBroken:
            raise cut_off(self._request) from None
        except LinkTimeout:
            raise unanswered(self._request, HOST, "no answer in time") from None
        except LinkDown as error:
            raise unanswered(self._request, HOST, str(error)) from None

    async def close(self) -> None:
        """Tell the app that nobody listens any more."""
        self._call.close()


def _raw(headers: Mapping[str, str]) -> Headers:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

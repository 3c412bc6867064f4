"""The client of the server in this process: no sockets, no HTTP library, the same answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from urllib.parse import unquote, urlencode

from tui.api.address import checked_headers
from tui.api.client import Client, Params, Timeouts, cut_off, unanswered
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

    async def _open(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        writing: bool,
    ) -> Answering:
        await self._gate.enter(writing=writing)
        target = Target(method, unquote(path), path.encode("ascii"), urlencode(params or {}).encode("ascii"))
        sent = [*self._headers, *_raw(headers)]
        if body is not None:
            sent.append((b"content-length", b"%d" % len(body)))
        call = Call(self._link, target, sent, body or b"", read_timeout=self._timeouts.read)
        what = f"{method} {path}"
        try:
            status, received = await call.head()
        except LinkDown as error:
            raise Offline(f"{HOST} cannot be reached ({error})") from None
        except LinkTimeout:
            raise unanswered(what, HOST, "no answer in time", writing=writing) from None
        except LinkBroken as error:
            raise unanswered(what, HOST, str(error), writing=writing) from None
        except BaseException:
            call.close()
            raise
        head = Answer(status, {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in received})
        self._gate.answered(head)
        return Answering(call, head, what, writing=writing)


class Answering:
    """A call whose head has come."""

    def __init__(self, call: Call, head: Answer, what: str, *, writing: bool) -> None:
        self._call = call
        self.head = head
        self._what = what
        self._writing = writing

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body as the app sends it."""
        try:
            async for chunk in self._call.chunks():
                yield chunk
        except LinkBroken:
            raise cut_off(self._what, writing=self._writing) from None
        except LinkTimeout:
            raise unanswered(self._what, HOST, "no answer in time", writing=self._writing) from None
        except LinkDown as error:
            raise unanswered(self._what, HOST, str(error), writing=self._writing) from None

    async def close(self) -> None:
        """Tell the app that nobody listens any more."""
        self._call.close()


def _raw(headers: Mapping[str, str]) -> Headers:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

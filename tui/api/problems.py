"""What a server's refusal means: status first, then `code`, never the words of a message."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from msgspec import Struct, field

from tui.api.backend import FeedExpired
from tui.api.json_text import loads
from tui.errors import (
    CardwallError,
    Conflict,
    Garbled,
    Inactive,
    Invalid,
    LostAnswer,
    NotAllowed,
    NotFound,
    RateLimited,
    ScopeMissing,
    Unauthorised,
    Unavailable,
    Unsupported,
)

LONGEST_MESSAGE = 300
"""Characters of a server's own words that are passed on."""
LONGEST_TAG = 512
"""Characters of an ETag that is worth sending back."""
DEFAULT_PAUSE = 60.0
"""Seconds to wait after a 429 that does not say: the window both contracts document."""
_LONGEST_PAUSE = 24 * 3600.0


class Answer(Struct, frozen=True):
    """A whole HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def ours(self) -> bool:
        """Whether a server of this product says that it answered."""
        return self.headers.get("cardwall") == "1"

    @property
    def tag(self) -> str | None:
        """The ETag of what it shows; None where there is none that could be sent back."""
        tag = self.headers.get("etag", "")
        return tag if tag.isascii() and tag.isprintable() and 0 < len(tag) <= LONGEST_TAG else None

    def json(self) -> Any:
        """The body's value. Raises `Garbled`."""
        try:
            return loads(self.body)
        except ValueError as error:
            raise Garbled(f"{describe_body(self)} ({error})") from None


class Problem(Struct, frozen=True):
    """A refusal's body, whichever shape it had; empty when it had none that we know."""

    code: str | None = None
    message: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    """Field or member name to what is wrong with it."""
    members: Mapping[str, Any] = field(default_factory=dict)
    """Everything else it says: versions, `current`, `duplicates`."""


def describe_body(answer: Answer) -> str:
    """A sentence for a body that should have been JSON and is not."""
    if "html" in answer.headers.get("content-type", "") or answer.body[:64].lstrip()[:1] == b"<":
        return "the server answered with a web page instead of JSON; is the URL the API's?"
    return "the server's answer is not the JSON it should be"


def read_problem(answer: Answer) -> Problem:
    """The refusal in an answer: problem+json, an `error` envelope, or nothing. Never raises."""
    try:
        body = loads(answer.body)
    except ValueError:
        return Problem()
    if not isinstance(body, dict):
        return Problem()
    inner = body.get("error")
    members: dict[str, Any] = inner if isinstance(inner, dict) else body
    words = [members.get(name) for name in ("detail", "message", "title")] + [body.get("message"), inner]
    message = next((text for text in words if isinstance(text, str) and text), "")
    code = members.get("code")
    return Problem(
        code=code.lower() if isinstance(code, str) else None,
        message=message[:LONGEST_MESSAGE],
        fields=_fields(members.get("errors", members.get("details"))),
        members=members,
    )


def _fields(entries: object) -> dict[str, str]:
    if not isinstance(entries, list):
        return {}
    return {
        entry["field"]: str(entry.get("message", "is not accepted"))[:LONGEST_MESSAGE]
        for entry in entries[:100]
        if isinstance(entry, dict) and isinstance(entry.get("field"), str)
    }


def error_for(answer: Answer, *, writing: bool, what: str) -> CardwallError:
    """The error that stands for an answer of 300 or more; `what` is the request line, for the sentence."""
    problem = read_problem(answer)
    message = problem.message if _speaks(answer, problem) else _sentence(answer.status, problem, what)
    match answer.status:
        case 429:
            return RateLimited(message, retry_after(answer.headers))
        case 400 | 413 | 415 | 422 | 428:
            return Invalid(message, problem.fields)
        case 403 if problem.code not in (None, "scope_missing", "forbidden"):
            return NotAllowed(problem.message or message)
        # These may have been carried out before a gateway or a bug lost the answer; 503 says that it was not.
        case 500 | 502 | 504 if writing:
            return LostAnswer(message)
        case _:
            return _BY_STATUS.get(answer.status, Unavailable if _passing(answer.status) else Invalid)(message)


_BY_STATUS: dict[int, type[CardwallError]] = {
    401: Unauthorised,
    402: Inactive,
    403: ScopeMissing,
    404: NotFound,
    405: Unsupported,
    409: Conflict,
    410: FeedExpired,
    412: Conflict,
}


def _passing(status: int) -> bool:
    return status >= 500 or status < 400 or status in (408, 421, 425)


def _speaks(answer: Answer, problem: Problem) -> bool:
    """Whether the server's own sentence is all that a person needs: ours name what to do about their storage."""
    return answer.ours and answer.status > 500 and bool(problem.message)


def _sentence(status: int, problem: Problem, what: str) -> str:
    plain = {
        401: "the API key is missing or wrong",
        402: "the company's subscription is inactive",
        403: "the API key may not do this",
        429: "the key's request budget is spent",
    }.get(status, f"the server answered {status} to {what}")
    words = problem.message
    if problem.fields:
        words = "; ".join(f"{name}: {text}" for name, text in list(problem.fields.items())[:5])
    elif status == 403 and isinstance(problem.members.get("required_scope"), str):
        words = f"it needs the scope {problem.members['required_scope']}"[:LONGEST_MESSAGE]
    return f"{plain}: {words}" if words else plain


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds until the server takes requests again, from whichever header says so."""
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is None and text:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            seconds = None
    if seconds is None:
        reset = _seconds(headers.get("x-ratelimit-reset", ""))
        # Some servers count seconds, some tell the hour.
        seconds = reset - time.time() if reset is not None and reset > 1e9 else reset
    return min(max(DEFAULT_PAUSE if seconds is None else seconds, 0.0), _LONGEST_PAUSE)


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

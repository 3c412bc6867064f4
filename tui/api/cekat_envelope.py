"""cekat's envelope: ``{"success": true, "data": …}``, and what stands beside the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.api.members import Raw, mapping, whole_or_none
from tui.api.problems import LONGEST_MESSAGE, Answer, read_problem
from tui.errors import Garbled, Invalid


def data_of(answer: Answer) -> Any:
    """What the envelope holds. Raises `Invalid` for a refusal that came with a 200, `Garbled` for no envelope."""
    body = mapping(answer.json(), "the body")
    if body.get("success") is False:
        problem = read_problem(answer)
        raise Invalid(problem.message or "the server refused, and does not say why", problem.fields)
    if "data" not in body:
        raise Garbled("the server's answer has no data in it")
    return body["data"]


def window_of(rest: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """(total, limit) of a list, where they are said: under ``pagination`` or, for a search, beside the data."""
    if rest.get("success") is False:
        error = rest.get("error")
        words = error.get("message") if isinstance(error, dict) else error
        raise Invalid(str(words or "the server refused, and does not say why")[:LONGEST_MESSAGE])
    beside: Raw = mapping(rest["pagination"], "pagination") if rest.get("pagination") is not None else rest
    total, limit = whole_or_none(beside, "total"), whole_or_none(beside, "limit")
    return (total if total is None or total >= 0 else None), (limit if limit is None or limit > 0 else None)

"""What a list or search asks for: windows, filters and ranges read into the rules' Search."""

from __future__ import annotations

import re
from typing import Any, cast

from starlette.requests import Request

from tui.server.blueprint import Blueprint
from tui.server.cekat.bodies import DateRange, SearchItems
from tui.server.cekat.values import SOURCE
from tui.server.http import query_number, query_text, search_words
from tui.server.moments import DAY, parse_moment
from tui.server.refusals import Fault, Misshapen
from tui.server.rules.search import EVER, Search, Span
from tui.server.rules.value_tests import OPERATORS, Operator, Test, value_test, within
from tui.server.value_text import text_of
from tui.server.values import Unfit, extra_value

USUAL_LIMIT, HIGHEST_LIMIT, HIGHEST_OFFSET = 50, 500, 2**53
MOST_FILTERS, MOST_CHOICES = 20, 500
_DIGITS = re.compile(r"0*[1-9]\d*", re.ASCII)


def window(request: Request) -> tuple[int, int]:
    """(limit, offset) of a query; a limit above 500 is 500. Raises `Misshapen`."""
    text = query_text(request, "limit")
    if text is None:
        limit = USUAL_LIMIT
    elif _DIGITS.fullmatch(text):
        digits = text.lstrip("0")
        limit = HIGHEST_LIMIT if len(digits) > 3 else min(int(digits), HIGHEST_LIMIT)
    else:
        raise Misshapen([Fault("limit", f"must be a whole number from 1 to {HIGHEST_LIMIT}")])
    return limit, query_number(request, "offset", 0, HIGHEST_OFFSET) or 0


def listed(request: Request, board_id: str) -> Search:
    """What ``GET …/items`` asks for: in order of columns, then of ranks. Raises `Misshapen`."""
    limit, offset = window(request)
    column_id = query_text(request, "column_id")
    return Search(
        board_id,
        words=search_words(query_text(request, "search") or "", "search"),
        column_ids=None if column_id is None else frozenset({column_id.lower()}),
        sort="position",
        descending=False,
        limit=limit,
        offset=offset,
    )


def searched(body: SearchItems, blueprint: Blueprint) -> Search:
    """What ``POST …/items/search`` asks for. Raises `Misshapen`.

    Unless it says so: the latest changes first, or the order of the board for the position.
    """
    tests = _filters(body.value_filters, blueprint)
    created = updated = EVER
    if body.date_range is not None:
        field, span = body.date_range.field, _span(body.date_range)
        match field:
            case "created_at":
                created = _whole_seconds(span)
            case "updated_at":
                updated = _whole_seconds(span)
            case _:
                if not _is_dated(field, blueprint):
                    fault = "must be created_at, updated_at or a date field of this board"
                    raise Misshapen([Fault("date_range.field", fault)])
                tests.append((field, within(*span)))
    ids = body.column_ids
    return Search(
        blueprint.id,
        words=search_words(body.query, "query"),
        column_ids=None if ids is None else frozenset(each.lower() for each in ids),
        created=created,
        updated=updated,
        tests=tests,
        sort=body.sort_by,
        descending=body.sort_order == "desc" if body.sort_order else body.sort_by != "position",
        limit=min(body.limit, HIGHEST_LIMIT),
        offset=body.offset,
    )


def _is_dated(name: str, blueprint: Blueprint) -> bool:
    field = blueprint.fields.get(name)
    return blueprint.settings.extra_fields == "store" if field is None else field.kind == "date"


def _span(asked: DateRange) -> Span:
    start = None if asked.start is None else _moment("date_range.from", asked.start)
    if asked.end is None:
        return Span(start, None)
    end = _moment("date_range.to", asked.end)
    # A day is within as a whole, a moment as the second that it is shown as.
    return Span(start, end + DAY if len(asked.end) == len("2026-11-02") else end // 1000 * 1000 + 1000)


def _whole_seconds(span: Span) -> Span:
    """The same for stored moments, which are shown without their milliseconds."""
    return span if span.start is None else span._replace(start=-(-span.start // 1000) * 1000)


def _moment(member: str, text: str) -> int:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise Misshapen([Fault(member, str(error))]) from None


def _filters(filters: dict[str, dict[str, Any]], blueprint: Blueprint) -> list[tuple[str, Test]]:
    if len(filters) > MOST_FILTERS:
        raise Misshapen([Fault("value_filters", f"must have at most {MOST_FILTERS} fields")])
    tests: list[tuple[str, Test]] = []
    faults: list[Fault] = []
    for name, conditions in filters.items():
        member = f"value_filters.{name[:100]}"
        if name not in blueprint.fields and name != SOURCE and blueprint.settings.extra_fields != "store":
            faults.append(Fault(member, "is not a field of this board"))
            continue
        for operator, operand in conditions.items():
            try:
                tests.append((name, _test(operator, operand)))
            except Unfit as error:
                faults.append(Fault(f"{member}.{operator[:100]}", str(error)))
    if faults:
        raise Misshapen(faults[:100])
    return tests


def _test(operator: str, operand: object) -> Test:
    if operator not in OPERATORS:
        raise Unfit(f"is no operator; use one of {', '.join(OPERATORS)}")
    if operator != "in":
        return value_test(cast("Operator", operator), [_text(operand)])
    if not isinstance(operand, list) or len(operand) > MOST_CHOICES:
        raise Unfit(f"must be a list of at most {MOST_CHOICES} values")
    return value_test("in", [_text(each) for each in operand])


def _text(operand: object) -> str:
    if isinstance(operand, dict):
        raise Unfit("must be text")
    return text_of(extra_value(operand))

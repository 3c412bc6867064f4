"""The table of cekat's operations: every body and answer has a shape, and every recorded answer is as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.server.test_contract import FILES
from tui.server.cekat.operations import TABLE
from tui.server.operations import Operation

EXCHANGES = [
    pytest.param(exchange, id=f"{file.stem}: {exchange['title']}")
    for file in FILES
    if file.parent.name == "cekat"
    for exchange in json.loads(Path(file).read_text())["exchanges"]
]


def _operation(method: str, path: str) -> Operation | None:
    """The one for a request: the first in the table, as routes are matched."""
    for operation in TABLE.operations:
        pattern = re.sub(r"\{\w+\}", "[^/]+", TABLE.prefix + operation.path)
        if operation.method == method and re.fullmatch(pattern, path.partition("?")[0]):
            return operation
    return None


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_recorded_answers_are_as_it_says(exchange: dict[str, Any]) -> None:
    request, response = exchange["request"], exchange["response"]
    operation = _operation(request["method"], request["path"])
    body, status = json.dumps(response["body"]), response["status"]
    if status >= 400:
        TABLE.problem.model_validate_json(body)
        assert operation is None or status in {*operation.refusals, *TABLE.always}
        return
    assert operation is not None
    assert operation.answer is not None
    assert status in operation.statuses
    operation.answer.model_validate_json(body)
    if operation.body is not None:
        operation.body.model_validate_json(json.dumps(request["body"]))


def test_an_answer_that_is_not_as_it_says_is_seen() -> None:
    operation = _operation("GET", "/api/crm/boards")
    assert operation is not None
    assert operation.answer is not None
    with pytest.raises(ValidationError):
        operation.answer.model_validate_json('{"success": true, "data": [], "total": 0}')


def test_every_body_and_answer_has_a_schema() -> None:
    for operation in TABLE.operations:
        assert operation.answer is not None
        assert operation.answer.model_json_schema(mode="serialization")["type"] == "object"
        if operation.body is not None:
            assert operation.body.model_json_schema()["additionalProperties"] is False

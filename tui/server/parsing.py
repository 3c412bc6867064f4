"""JSON objects into bodies of a known shape, and what is wrong with those that are not.

Loaded with the first body of a face: a wall is shown by reads alone.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from tui.server.refusals import Fault, Misshapen

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Body(BaseModel):
    """What a route takes: exactly the types it says, and no other members."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)
    null_is_absent: ClassVar[bool] = False
    """Whether a member that is null was not sent at all."""


B = TypeVar("B", bound=Body)


def parse(model: type[B], value: dict[str, Any]) -> B:
    """A body of that shape. Raises `Misshapen` naming every member that is wrong."""
    if model.null_is_absent:
        value = {name: member for name, member in value.items() if member is not None}
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Misshapen([_fault(each) for each in error.errors(include_url=False)[:100]]) from None


_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a member of this request",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
}


def _fault(error: ErrorDetails) -> Fault:
    path = ""
    for part in error["loc"]:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part[:100]}" if path else part[:100]
    message = _MESSAGES.get(error["type"])
    if message is None and error["type"] == "literal_error":
        message = f"must be {error['ctx']['expected']}"
    if message is None and error["type"] == "value_error":
        message = str(error["ctx"]["error"])
    return Fault(path or "body", message or f"{error['msg'][:1].lower()}{error['msg'][1:]}")

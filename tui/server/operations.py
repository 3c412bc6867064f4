"""What a face can do, as data: the table that its part of the OpenAPI document is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from tui.server.callers import READ, WRITE

if TYPE_CHECKING:
    from pydantic import BaseModel


Schema = Mapping[str, Any]
"""A piece of JSON Schema."""


class Parameter(Struct, frozen=True):
    """A part of a request that is not its body."""

    name: str
    schema: Schema
    about: str = ""
    place: Literal["query", "header"] = "query"


class Operation(Struct, frozen=True):
    """One method of one path."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """Below the face's prefix, with ``{names}`` of its parameters."""
    about: str
    scope: str | None
    """What a key needs; None for any valid key."""
    answer: type[BaseModel] | None
    """What its JSON is; None for an empty answer."""
    is_list: bool = False
    """Whether the answer is an array of that."""
    statuses: tuple[int, ...] = (200,)
    """When it goes well."""
    refusals: tuple[int, ...] = ()
    """When it does not, besides what every operation may answer."""
    body: type[BaseModel] | None = None
    parameters: tuple[Parameter, ...] = ()
    headers: Mapping[str, Schema] = field(default_factory=dict)
    """Of an answer that goes well."""


class FaceTable(Struct, frozen=True):
    """Everything a face can do, and what is the same for all of it."""

    name: str
    prefix: str
    operations: tuple[Operation, ...]
    keys: Mapping[str, Schema]
    """Security schemes: how a key is sent, any one of them."""
    problem: type[BaseModel]
    problem_type: str
    """The media type of refusals."""
    always: tuple[int, ...]
    """Refusals that every operation may answer."""


TEXT: Schema = {"type": "string"}
TAG: Mapping[str, Schema] = {"ETag": {"schema": TEXT, "description": "The state that was answered."}}
IF_MATCH = Parameter("If-Match", TEXT, "Only while the item is at a version: the ETag of its GET.", "header")
ONCE = Parameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "The same key and body get the same answer for a day.",
    "header",
)
READING: dict[str, Any] = {"scope": READ}
WRITING: dict[str, Any] = {"scope": WRITE}
ALWAYS = (401, 403, 429, 503, 507)

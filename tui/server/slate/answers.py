"""What slate answers, as models: for the OpenAPI document alone, the routes write their JSON themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from tui.domain.model import Closed, Kind

Moment: TypeAlias = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Number: TypeAlias = Annotated[Decimal | None, WithJsonSchema({"type": ["number", "null"]})]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Item(BaseModel):
    """An item; every field of its board stands beside these, under its own name."""

    model_config = ConfigDict(extra="allow")

    item_id: str
    short_id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,9}-[1-9][0-9]*$")
    name: str
    pipeline: str
    stage: str | None
    status: str | None
    contact_id: str | None
    source: str | None
    created_at: Moment
    updated_at: Moment
    version: int = Field(ge=1)
    pipeline_id: str
    stage_id: str
    status_id: str | None
    labels: list[str]
    position: int
    updated_by: str | None


class Deleted(_Answer):
    """An item that is no more, in the feed."""

    item_id: str
    deleted: Literal[True]


class Changes(_Answer):
    """What changed on a board since a cursor, in order, and where to go on."""

    changes: list[Deleted | Item]
    cursor: str
    more: bool
    blueprint: int


class Pipeline(_Answer):
    """A board."""

    id: str
    name: str
    created_at: Moment


class Status(_Answer):
    """A step inside a column."""

    id: str
    name: str


class Stage(_Answer):
    """A column."""

    id: str
    name: str
    color: str | None
    wip_limit: int | None
    probability: Number
    closed: Closed | None


class StageWithStatuses(Stage):
    """A column of a blueprint."""

    statuses: list[Status]


class BoardField(_Answer):
    """A field of a blueprint."""

    name: str
    label: str
    kind: Kind
    required: bool
    options: list[str]
    currency: str | None
    min: Number
    max: Number
    max_length: int | None
    pattern: str | None
    sum: bool
    weight: bool


class DuplicateRule(_Answer):
    """What makes two items the same, and what a create then does."""

    fields: list[str]
    mode: Literal["exact", "fuzzy"]
    scope: Literal["board", "all"]
    on_duplicate: Literal["warn", "skip", "update"]


class Blueprint(_Answer):
    """A board with everything about it."""

    id: str
    name: str
    revision: int
    short_id_prefix: str
    description: str | None
    color: str | None
    allow_delete: bool
    allow_reorder: bool
    extra_fields: Literal["reject", "store"]
    stages: list[StageWithStatuses]
    fields: list[BoardField]
    duplicates: DuplicateRule


class Match(_Answer):
    """An item that resembles a draft."""

    item: Item
    matched_fields: list[str]
    match_mode: Literal["exact", "fuzzy"]
    score: float = Field(ge=0, le=1)


class Duplicates(_Answer):
    """The items that resemble a draft, the likest first."""

    duplicates: list[Match]
    on_duplicate: Literal["warn", "skip", "update"]


class Entry(_Answer):
    """One version of an item: who made it, and what was before and after."""

    version: int
    at: Moment
    by: str | None
    changes: dict[str, Annotated[list[Any], Field(min_length=2, max_length=2)]]


class Capabilities(_Answer):
    """What this server does beyond the documented contract."""

    name: Literal["cardwall"]
    extensions: list[str]


class Fault(_Answer):
    """One member that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """A refusal (RFC 9457): `code` says which; more members belong to some codes."""

    model_config = ConfigDict(extra="allow")

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] = Field(default_factory=list)

"""What cekat answers, as models: for the OpenAPI document alone, the routes write their JSON themselves."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Moment: TypeAlias = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Count: TypeAlias = Annotated[int, Field(ge=0)]
T = TypeVar("T")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Done(_Answer, Generic[T]):
    """The envelope of an answer that went well."""

    success: Literal[True]
    data: T


class Window(_Answer):
    """Which part of a list was asked for, and how much there is."""

    total: Count
    limit: int = Field(ge=1, le=500)
    offset: Count


class Listed(_Answer, Generic[T]):
    """The envelope of a list."""

    success: Literal[True]
    data: list[T]
    pagination: Window


class Searched(Window, Generic[T]):
    """The envelope of a search, which has its window beside the data."""

    success: Literal[True]
    data: list[T]


class _Timed(_Answer):
    created_at: Moment
    updated_at: Moment


class BoardSummary(_Timed):
    """A board in the list of boards."""

    id: str
    name: str
    description: str | None
    columns_count: Count
    items_count: Count


class ColumnSummary(_Answer):
    """A column in its board."""

    id: str
    name: str
    position: Count
    items_count: Count


class BoardSettings(_Answer):
    """What a board allows, and its colour."""

    allow_delete: bool
    allow_reorder: bool
    color: str | None


class Board(_Timed):
    """A board by itself."""

    id: str
    name: str
    description: str | None
    columns: list[ColumnSummary]
    settings: BoardSettings


class ColumnFound(ColumnSummary):
    """A column as asking for its name answers it."""

    board_id: str
    color: str | None


class ColumnSettings(_Answer):
    """A column's soft limit and age."""

    wip_limit: int | None
    auto_archive_days: int | None


class Column(ColumnFound, _Timed):
    """A column by itself."""

    settings: ColumnSettings


class Person(_Answer):
    """The contact of an item in a list."""

    id: str
    name: str
    phone: str | None


class PersonWithEmail(Person):
    """The contact of an item by itself."""

    email: str | None


class Writer(_Answer):
    """Who made an item."""

    id: str
    name: str


class ItemFound(_Answer):
    """An item as a search answers it; values are text, those that are unset absent."""

    id: str
    title: str
    values: dict[str, str]
    version: int = Field(ge=1)


class ItemUpdated(ItemFound):
    """An item as an update answers it."""

    column_id: str
    updated_at: Moment


class ItemListed(ItemUpdated, _Timed):
    """An item in a list."""

    board_id: str
    position: int
    contact: Person | None
    labels: list[str]


class Item(ItemUpdated, _Timed):
    """An item by itself."""

    board_id: str
    position: int
    contact: PersonWithEmail | None
    labels: list[str]
    conversation_ids: list[str]
    created_by: Writer | None


class Deleted(_Answer):
    """Which items are no more."""

    deleted: Count
    item_ids: list[str]


class Detail(_Answer):
    """One member that is wrong."""

    field: str
    message: str


class Error(BaseModel):
    """Why not: `code` says it to programs, and is absent when a key is missing; more members belong to some codes."""

    model_config = ConfigDict(extra="allow")

    code: str = ""
    message: str
    details: list[Detail] = Field(default_factory=list)


class Problem(_Answer):
    """A refusal."""

    success: Literal[False]
    status_code: int = 0
    error: Error

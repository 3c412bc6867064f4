"""The bodies cekat takes, checked for shape; what the values may be is for the rules."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tui.server.blueprint import Blueprint
from tui.server.cekat.values import read_values
from tui.server.parsing import Body, Version
from tui.server.refusals import Fault, Misshapen
from tui.server.rules.contents import Draft, Edit, Values
from tui.server.rules.removal import MOST_REMOVED

Count = Annotated[int, Field(ge=0, le=2**53)]


class _Placed(Body):
    column_id: str = ""
    column_name: str = ""

    def column(self, blueprint: Blueprint) -> str | None:
        """The id of the column that is meant; None when none is named. Raises `Misshapen`."""
        sent = self.model_fields_set
        if "column_name" not in sent:
            return self.column_id.lower() if "column_id" in sent else None
        column = blueprint.column_named(self.column_name)
        if column is None:
            raise Misshapen([Fault("column_name", "is not the name of a column of this board")])
        if "column_id" in sent and self.column_id.lower() != column.id:
            raise Misshapen([Fault("column_name", "does not agree with column_id")])
        return column.id


class CreateItem(_Placed):
    """``POST …/items``."""

    null_is_absent: ClassVar[bool] = True
    title: str
    values: dict[str, Any] = Field(default_factory=dict)
    labels: list[str] = Field(default_factory=list)
    contact_id: str | None = None
    position: int | None = None

    def draft(self, blueprint: Blueprint) -> Draft:
        """The same in the rules' words."""
        values, source = read_values(self.values, blueprint)
        column_id = self.column(blueprint)
        return Draft(
            name=self.title,
            column_id=blueprint.board.columns[0].id if column_id is None else column_id,
            values=values,
            labels=self.labels,
            position=self.position,
            source=source.get("source"),
            contact_id=self.contact_id,
        )


class UpdateItem(_Placed):
    """``PUT …/items/:itemId``; what is not sent stays as it is."""

    title: str = ""
    values: dict[str, Any] = Field(default_factory=dict)
    labels: list[str] = Field(default_factory=list)
    contact_id: str | None = None
    position: int | None = None
    version: Version | None = None

    def edit(self, blueprint: Blueprint, held: Values) -> Edit:
        """The members that were sent, in the rules' words; `held` are the item's values."""
        values, source = read_values(self.values, blueprint, held)
        words = {"title": "name"}
        sent = self.model_fields_set & {"title", "labels", "contact_id", "position"}
        members: dict[str, Any] = {words.get(name, name): getattr(self, name) for name in sent}
        column = self.column(blueprint)
        if column is not None:
            members["column_id"] = column
        return Edit({**members, **source}, values)


class DeleteItems(Body):
    """``DELETE …/items``."""

    item_ids: list[str]

    def ids(self) -> list[str]:
        """Each id once, in order. Raises `Misshapen`."""
        ids = list(dict.fromkeys(item_id.lower() for item_id in self.item_ids))
        if not 1 <= len(ids) <= MOST_REMOVED:
            raise Misshapen([Fault("item_ids", f"must hold 1 to {MOST_REMOVED} ids")])
        return ids


class ColumnName(Body):
    """``POST …/columns/by-name``."""

    name: str


class DateRange(Body):
    """A member of a search: moments or whole days, both ends within."""

    field: str = "created_at"
    start: str | None = Field(None, alias="from")  # a word of the language
    end: str | None = Field(None, alias="to")


class SearchItems(Body):
    """``POST …/items/search``."""

    null_is_absent: ClassVar[bool] = True
    query: str = ""
    column_ids: list[str] | None = None
    value_filters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    date_range: DateRange | None = None
    sort_by: Literal["created_at", "updated_at", "position"] = "updated_at"
    sort_order: Literal["asc", "desc"] | None = None
    limit: Annotated[int, Field(ge=1)] = 50
    offset: Count = 0

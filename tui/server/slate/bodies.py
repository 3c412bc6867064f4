"""The bodies slate takes, checked for shape; what the values may be is for the rules.

Loaded with the first write: a wall is shown by reads alone.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from tui.domain.model import Closed, DuplicateRule, Kind
from tui.domain.model import Field as BoardField
from tui.server.parsing import Body, Version
from tui.server.rules.contents import Draft, Edit
from tui.server.rules.plan import ColumnPlan, Plan, StatusPlan
from tui.server.values import exact


def _number(value: object) -> object:
    return Decimal(exact(value)) if value is not None else None


def _null_is_false(value: object) -> object:
    return False if value is None else value


def _null_is_empty(value: object) -> object:
    return [] if value is None else value


_NUMBER = {"type": ["number", "null"]}
_FLAG = {"type": ["boolean", "null"]}
_NAMES = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}
Number = Annotated[Decimal | None, BeforeValidator(_number), WithJsonSchema(_NUMBER)]
Flag = Annotated[bool, BeforeValidator(_null_is_false), WithJsonSchema(_FLAG)]
Names = Annotated[list[str], BeforeValidator(_null_is_empty), WithJsonSchema(_NAMES)]


class CreateBody(Body):
    """``POST /v1/ext/items``."""

    null_is_absent: ClassVar[bool] = True
    name: str
    pipeline_id: str
    stage_id: str
    status_id: str | None = None
    metadata: dict[str, Any] | None = None
    labels: list[str] | None = None
    position: int | None = None
    source: str | None = None
    contact_id: str | None = None

    def draft(self) -> Draft:
        """The same in the rules' words."""
        return Draft(
            name=self.name,
            column_id=self.stage_id,
            status_id=self.status_id,
            values=self.metadata or {},
            labels=self.labels or (),
            position=self.position,
            source=self.source,
            contact_id=self.contact_id,
        )


class CheckBody(CreateBody):
    """``POST /v1/ext/items/check-duplicates``: a draft whose column does not matter."""

    stage_id: str = ""
    name: str = ""
    exclude_item_id: str | None = None


class EditBody(Body):
    """``PATCH /v1/ext/items/{item_id}``; null clears what may be empty."""

    name: str = ""
    stage_id: str = ""
    status_id: str | None = None
    version: Version | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    labels: list[str] = Field(default_factory=list)
    position: int | None = None
    source: str | None = None
    contact_id: str | None = None

    def edit(self) -> Edit:
        """The members that were sent, in the rules' words."""
        words = {"stage_id": "column_id"}
        sent = self.model_fields_set - {"version", "metadata"}
        return Edit({words.get(name, name): getattr(self, name) for name in sent}, self.metadata)


class StatusBody(Body):
    """A status of a blueprint."""

    name: str
    id: str | None = None


class StageBody(Body):
    """A column of a blueprint."""

    name: str
    id: str | None = None
    color: str | None = None
    wip_limit: int | None = None
    probability: Number = None
    closed: Closed | None = None
    auto_archive_days: int | None = None
    statuses: Annotated[list[StatusBody], BeforeValidator(_null_is_empty)] = Field(default_factory=list)

    def plan(self) -> ColumnPlan:
        """The same in the rules' words."""
        return ColumnPlan(
            name=self.name,
            id=self.id,
            colour=self.color,
            limit=self.wip_limit,
            probability=self.probability,
            closed=self.closed,
            auto_archive_days=self.auto_archive_days,
            statuses=tuple(StatusPlan(status.name, status.id) for status in self.statuses),
        )


class FieldBody(Body):
    """A field of a blueprint."""

    name: str
    label: str | None = None
    kind: Kind
    required: Flag = False
    options: Names = Field(default_factory=list)
    currency: str | None = None
    min: Number = None
    max: Number = None
    max_length: int | None = None
    pattern: str | None = None
    sum: Flag = False
    weight: Flag = False

    def field(self) -> BoardField:
        """The same as the domain's Field."""
        return BoardField(
            **{**self.model_dump(exclude={"label", "options"}), "kind": self.kind},
            label=self.label if self.label is not None else self.name,
            options=tuple(self.options),
        )


class DuplicatesBody(Body):
    """A board's duplicate rule."""

    fields: Names = Field(default_factory=list)
    mode: Literal["exact", "fuzzy"] = "exact"
    scope: Literal["board", "all"] = "board"
    on_duplicate: Literal["warn", "skip", "update"] = "warn"


class BlueprintBody(Body):
    """A whole blueprint; ``id`` and ``revision`` as GET showed them."""

    id: str | None = None
    name: str
    revision: int | None = None
    short_id_prefix: str | None = None
    description: str | None = None
    color: str | None = None
    allow_delete: bool | None = None
    allow_reorder: bool | None = None
    extra_fields: Literal["reject", "store"] | None = None
    stages: list[StageBody]
    fields: Annotated[list[FieldBody], BeforeValidator(_null_is_empty)] = Field(default_factory=list)
    duplicates: DuplicatesBody | None = None
    force: Flag = False

    def plan(self) -> Plan:
        """The same in the rules' words."""
        rule = self.duplicates or DuplicatesBody()
        return Plan(
            name=self.name,
            columns=tuple(stage.plan() for stage in self.stages),
            fields=tuple(field.field() for field in self.fields),
            duplicates=DuplicateRule(tuple(rule.fields), rule.mode, rule.scope, rule.on_duplicate),
            prefix=self.short_id_prefix or None,
            revision=self.revision,
            allow_delete=self.allow_delete,
            allow_reorder=self.allow_reorder,
            extra_fields=self.extra_fields,
            colour=self._clearing("color", self.color),
            description=self._clearing("description", self.description),
        )

    def _clearing(self, member: str, value: str | None) -> str | None:
        """None, which keeps what is there, only for a member that was not sent."""
        return (value or "") if member in self.model_fields_set else None

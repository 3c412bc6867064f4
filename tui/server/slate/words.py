"""The rules' words in slate's: ``column`` is stage_id in a body, ``field.email`` is metadata.email."""

from __future__ import annotations

import re

_MEMBERS = {
    "column": "stage_id",
    "status": "status_id",
    "contact": "contact_id",
    "board": "pipeline_id",
    "prefix": "short_id_prefix",
}
_PARTS = {"columns": "stages", "colour": "color", "limit": "wip_limit"}
_SHOWN = {"column": "stage", "contact": "contact_id"}
_PART = re.compile(r"[^.\[]+")


def in_body(member: str) -> str:
    """A member as a write names it: ``stage_id``, ``metadata.email``, ``stages[2].wip_limit``."""
    if member.startswith("field."):
        return f"metadata.{member[6:]}"
    if member in _MEMBERS:
        return _MEMBERS[member]
    if "." not in member and "[" not in member and member not in {"columns", "colour"}:
        return member
    return _PART.sub(lambda part: _PARTS.get(part[0], part[0]), member)


def in_item(member: str) -> str:
    """A member as an item shows it: ``stage``, ``email``."""
    return member[6:] if member.startswith("field.") else _SHOWN.get(member, member)

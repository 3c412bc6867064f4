"""The rules' words in cekat's: ``name`` is title, ``field.email`` is values.email."""

from __future__ import annotations

_MEMBERS = {"name": "title", "column": "column_id", "contact": "contact_id", "source": "values.source"}


def in_body(member: str) -> str:
    """A member as a write names it."""
    return f"values.{member[6:]}" if member.startswith("field.") else _MEMBERS.get(member, member)

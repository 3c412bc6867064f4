"""The two sample boards, as plans."""

from __future__ import annotations

from decimal import Decimal

from tui.domain.model import Closed, DuplicateRule, Field
from tui.server.rules.plan import ColumnPlan, Plan, StatusPlan
from tui.server.words import AREAS, CHANNELS, OWNERS

PRIORITIES = ("low", "normal", "high", "urgent")


def _column(
    name: str,
    colour: str,
    *statuses: str,
    limit: int | None = None,
    probability: int | None = None,
    closed: Closed | None = None,
) -> ColumnPlan:
    return ColumnPlan(
        name=name,
        colour=colour,
        limit=limit,
        probability=None if probability is None else Decimal(probability),
        closed=closed,
        statuses=tuple(StatusPlan(status) for status in statuses),
    )


SALES = Plan(
    name="Sales",
    prefix="DEAL",
    columns=(
        _column("Lead", "#6b8fb5", "Open", "Waiting", probability=10),
        _column("Qualified", "#4f9d9d", "Open", "Waiting", probability=25),
        _column("Proposal", "#b59a4f", "Open", "Waiting", limit=25, probability=50),
        _column("Negotiation", "#b5774f", "Open", "Waiting", limit=15, probability=75),
        _column("Won", "#5fa35f", "Open", probability=100, closed="won"),
        _column("Lost", "#8a6b6b", "Open", probability=0, closed="lost"),
    ),
    fields=(
        Field("contact_name", "Contact"),
        Field("email", "E-mail", "email"),
        Field("phone", "Phone", "phone"),
        Field("deal_value", "Value", "currency", currency="USD", min=Decimal(0), sum=True),
        Field("probability", "Probability", "number", min=Decimal(0), max=Decimal(100), weight=True),
        Field("expected_close", "Expected close", "date"),
        Field("owner", "Owner", "select", options=OWNERS),
        Field("priority", "Priority", "select", options=PRIORITIES),
        Field("notes", "Notes", "long_text"),
    ),
    duplicates=DuplicateRule(("email",)),
)

SUPPORT = Plan(
    name="Support",
    prefix="TICK",
    columns=(
        _column("New", "#6b8fb5", "Open", "Waiting"),
        _column("In progress", "#b59a4f", "Open", "Waiting", limit=8),
        _column("Waiting", "#8a6bb5", "Open", "Waiting"),
        _column("Solved", "#5fa35f", "Open", closed="done"),
    ),
    fields=(
        Field("contact_name", "Contact"),
        Field("email", "E-mail", "email"),
        Field("due", "Due", "date"),
        Field("owner", "Owner", "select", options=OWNERS),
        Field("priority", "Priority", "select", options=PRIORITIES),
        Field("channel", "Channel", "select", options=CHANNELS),
        Field("areas", "Areas", "multi_select", options=AREAS),
        Field("billable", "Billable", "checkbox"),
        Field("link", "Link", "url"),
        Field("notes", "Notes", "long_text"),
    ),
)

"""Believable items, the same ones for the same seed and clock, and the boards a first run starts with."""

from __future__ import annotations

import time
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import TypeAlias, TypeVar

from sqlalchemy import insert, update

from tui.domain.model import Column
from tui.server import words
from tui.server.blueprint import Blueprint
from tui.server.database import Database
from tui.server.ids import IdMaker, uuid7
from tui.server.moments import DAY, Clock
from tui.server.rules import boards as board_rules
from tui.server.rules.bulk import Arrival, check, insert_many
from tui.server.rules.contents import Draft
from tui.server.rules.plan import Plan
from tui.server.rules.positions import STEP
from tui.server.sample_boards import PRIORITIES, SALES, SUPPORT
from tui.server.service import Service
from tui.server.tables import boards, contacts
from tui.server.text import fold
from tui.server.unit import Unit

SAMPLE_SEED = 7
FIRST_BATCH = 200
"""Items that a demo stores first; they show every column."""
SAMPLE_DEALS, SAMPLE_TICKETS = 38, 24
_WEIGHTS = {"Lead": 30, "Qualified": 22, "Proposal": 16, "Negotiation": 10, "Won": 13, "Lost": 9}
_PRIORITIES = tuple(p for p, share in zip(PRIORITIES, (2, 5, 3, 1), strict=True) for _ in range(share))
_LABEL_COUNTS = (0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3)
_TICKET_WEIGHTS = {"New": 8, "In progress": 6, "Waiting": 4, "Solved": 6}

Maker: TypeAlias = Callable[[Random, str, datetime], tuple[str, dict[str, object], tuple[str, ...], str]]
"""From a column's name and a creation time to name, values, labels and source."""


def seed_samples(database: Database, *, clock: Clock = time.time, actor: str = "someone") -> None:
    """Make the sample boards "Sales" and "Support" with about sixty items, in one transaction."""
    random = Random(SAMPLE_SEED)  # noqa: S311  # sample data, not secrets
    service = Service(database, clock=clock, ids=IdMaker(random.randbytes))

    def work(unit: Unit) -> None:
        for plan, count, days in ((SALES, SAMPLE_DEALS, 75), (SUPPORT, SAMPLE_TICKETS, 21)):
            blueprint = make_board(unit, plan, count)
            arrivals = list(arrivals_of(random, blueprint, count, days, unit.now, actor))
            checked = check(blueprint, _with_contacts(unit, random, arrivals))
            insert_many(unit, checked, with_history=True)

    service.write_now(work, actor)
    service.close()


def make_board(unit: Unit, plan: Plan, count: int) -> Blueprint:
    """A board whose next item comes after `count` that are still to be stored."""
    blueprint = board_rules.create(unit, plan)
    unit.connection.execute(update(boards).where(boards.c.id == blueprint.id).values(next_number=count + 1))
    return blueprint


def arrivals_of(
    random: Random, blueprint: Blueprint, count: int, days: int, now: int, by: str | None
) -> Iterator[Arrival]:
    """`count` items of a sample board, newest first, made over the last `days`; the newest have the highest numbers."""
    make, shares = (deal, _WEIGHTS) if blueprint.board.name == SALES.name else (ticket, _TICKET_WEIGHTS)
    columns = blueprint.board.columns
    spread = _spread(random, [(column, shares[column.name]) for column in columns], min(count, FIRST_BATCH))
    filled = dict.fromkeys(blueprint.columns, 0)
    span = days * DAY
    people = [*words.OWNERS, *([by] * 2 if by else [])]
    for place in range(count):
        column = next(spread)
        # One cell of the span each, so that the order of places is the order of times.
        created = now - 60_000 - int(span * (place + random.random()) / count)
        updated = created + int((now - created) * random.random() ** 3)
        filled[column.id] += 1
        name, values, labels, source = make(random, column.name, datetime.fromtimestamp(created / 1000, UTC))
        statuses = column.statuses
        yield Arrival(
            id=uuid7(created, random.getrandbits(12), random.getrandbits(62)),
            number=count - place,
            position=STEP * filled[column.id],
            created_at=created,
            updated_at=updated,
            by=_pick(random, people),
            draft=Draft(
                name=name,
                column_id=column.id,
                status_id=statuses[random.random() < 0.25 and len(statuses) > 1].id,
                values=values,
                labels=labels,
                source=source,
            ),
        )


def _spread(random: Random, shares: list[tuple[Column, int]], size: int) -> Iterator[Column]:
    """Columns without end, in any order but by their shares in every run of `size`."""
    total = sum(share for _, share in shares)
    bounds = list(accumulate(share for _, share in shares))
    bag = [shares[bisect(bounds, (place + 0.5) * total / size)][0] for place in range(size)]
    while True:
        random.shuffle(bag)
        yield from bag


def deal(random: Random, column: str, created: datetime) -> tuple[str, dict[str, object], tuple[str, ...], str]:
    """A deal in the given column."""
    company, person, domain = _company(random)
    closing = created.date() + timedelta(days=_below(random, 110) + 10)
    values: dict[str, object] = {
        "contact_name": person,
        "email": f"{_local(person)}@{domain}",
        "deal_value": _amount(random),
        "expected_close": closing.isoformat(),
        "owner": _pick(random, words.OWNERS),
        "priority": _pick(random, _PRIORITIES),
    }
    if random.random() < 0.6:
        values["phone"] = f"+1 555 01{_below(random, 100):02d}"
    if column not in {"Won", "Lost"} and random.random() < 0.4:
        values["probability"] = 5 * _below(random, 19) + 5
    if random.random() < 0.7:
        values["notes"] = _notes(random, words.DEAL_NOTES)
    name = f"{company} {_pick(random, words.DEALS)}"
    return name, values, _labels(random, words.DEAL_LABELS), _pick(random, words.SOURCES)


def ticket(random: Random, column: str, created: datetime) -> tuple[str, dict[str, object], tuple[str, ...], str]:
    """A support ticket in the given column."""
    company, person, domain = _company(random)
    values: dict[str, object] = {
        "contact_name": f"{person}, {company}",
        "email": f"{_local(person)}@{domain}",
        "due": (created.date() + timedelta(days=random.randrange(1, 15))).isoformat(),
        "priority": _pick(random, _PRIORITIES),
        "channel": _pick(random, words.CHANNELS),
        "areas": sorted(random.sample(words.AREAS, random.randrange(3))),
        "billable": random.random() < 0.3,
    }
    if column != "New":
        values["owner"] = _pick(random, words.OWNERS)
    if random.random() < 0.3:
        values["link"] = f"https://status.example.com/incidents/{random.randrange(1000, 9999)}"
    if random.random() < 0.8:
        values["notes"] = _notes(random, words.TICKET_NOTES)
    return _pick(random, words.TICKETS), values, _labels(random, words.TICKET_LABELS), "website"


def _company(random: Random) -> tuple[str, str, str]:
    if random.random() < 0.06:
        company = _pick(random, words.ELSEWHERE)
    else:
        company = f"{_pick(random, words.STEMS)} {_pick(random, words.TRADES)}"
    person = f"{_pick(random, words.GIVEN)} {_pick(random, words.FAMILY)}"
    return company, person, _domain(company)


T = TypeVar("T")


def _pick(random: Random, choices: Sequence[T]) -> T:
    """A member; a third of the time that `Random.choice` takes."""
    return choices[int(random.random() * len(choices))]


def _below(random: Random, limit: int) -> int:
    return int(random.random() * limit)


@lru_cache(maxsize=4096)
def _domain(company: str) -> str:
    letters = "".join(character for character in company.lower() if "a" <= character <= "z")
    return f"{letters or 'office'}.example"


@lru_cache(maxsize=4096)
def _local(person: str) -> str:
    return ".".join(fold(person).replace("'", "").split()).translate(_PLAIN)


_PLAIN = str.maketrans("áãäåçéèëêíïñóöøôúüýłńśźżćąęß", "aaaaceeeeiinoooouuylnszzcaes")


def _amount(random: Random) -> int:
    rounding = _pick(random, (100, 250, 500, 1000))
    return max(rounding, round(random.lognormvariate(9.6, 0.9) / rounding) * rounding)


def _notes(random: Random, sentences: tuple[str, ...]) -> str:
    roll = random.random()
    if roll < 0.75:
        return _pick(random, sentences)
    if roll < 0.95:
        return " ".join(random.sample(sentences, 2))
    return "\n\n".join(random.sample(sentences, min(6, len(sentences))))


def _labels(random: Random, labels: tuple[str, ...]) -> tuple[str, ...]:
    count = _pick(random, _LABEL_COUNTS)
    return tuple(random.sample(labels, count)) if count else ()


def _with_contacts(unit: Unit, random: Random, arrivals: list[Arrival]) -> list[Arrival]:
    rows = [
        {
            "id": uuid7(arrival.created_at, random.getrandbits(12), random.getrandbits(62)),
            "name": str(arrival.draft.values["contact_name"]).partition(",")[0],
            "email": arrival.draft.values["email"],
            "phone": arrival.draft.values.get("phone"),
            "created_at": arrival.created_at,
        }
        for arrival in arrivals
    ]
    unit.connection.execute(insert(contacts), rows)
    return [
        arrival._replace(draft=arrival.draft._replace(contact_id=str(row["id"])))
        for arrival, row in zip(arrivals, rows, strict=True)
    ]

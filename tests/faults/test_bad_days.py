"""A bad day over each contract: what was acknowledged is there once, what clashed is shown, the limit is kept."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from tests.faults.schedule import KINDS
from tests.faults.storm import CONTRACTS, LIMIT, Contract, Outcome, busiest_minute, storm

SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.again) for seed in (2, 3)))
MANY = 200
BY_NAME = [pytest.param(contract, id=contract.name.replace(" ", "-")) for contract in CONTRACTS]


def check_budget(outcome: Outcome) -> None:
    assert busiest_minute(outcome.journal) <= LIMIT.count


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("contract", BY_NAME)
def test_nothing_is_lost_on_a_bad_day(contract: Contract, seed: int) -> None:
    outcome = storm(contract, seed)
    check_budget(outcome)
    met = {entry.fault for entry in outcome.journal}
    assert len(met) > len(KINDS) / 2, "this was no storm"
    assert outcome.seen["accepted"] > 20


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("contract", BY_NAME)
def test_nothing_is_lost_on_many_bad_days(contract: Contract, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints what it saw."""
    seen, faults, failed, busiest = Counter[str](), Counter[str](), [], 0
    for seed in range(MANY):
        try:
            outcome = storm(contract, seed)
            check_budget(outcome)
        except AssertionError as error:
            failed.append((seed, str(error)[:1000]))
            continue
        seen += outcome.seen
        faults.update(entry.fault for entry in outcome.journal)
        busiest = max(busiest, busiest_minute(outcome.journal))
    told = f"{contract.name}: {MANY} schedules, busiest minute {busiest}, {dict(seen)}, faults {dict(faults)}"
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    assert not failed, failed

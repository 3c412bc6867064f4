"""The gate of a key: shared by processes, taught by answers, never on the loop."""

from __future__ import annotations

import asyncio
import fcntl
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.answers import Server, http_to, problem
from tui.api.backend import BudgetSpent
from tui.api.budget import Ledger, Told, answer, take
from tui.api.budget_file import FileKeeper, MemoryKeeper, decode, encode
from tui.api.budget_gate import BudgetGate, gate_of, told_by
from tui.api.problems import Answer
from tui.api.rank import Rank, rank_now, ranked
from tui.config import KeySource, Profile, RateLimit
from tui.errors import Offline, RateLimited

START = 1_795_262_400.0
MINUTE = RateLimit(60, 60)


@pytest.fixture
def attempts() -> int:
    return 3


class Clock:
    """Time that passes only in waits."""

    def __init__(self) -> None:
        self.now = START
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def gate(clock: Clock, *limits: RateLimit, path: Path | None = None) -> BudgetGate:
    keeper = MemoryKeeper() if path is None else FileKeeper(path)
    return BudgetGate(limits, keeper, clock=clock, sleep=clock.sleep)


async def ask(one: BudgetGate, times: int, *, writing: bool = False, answer: Answer | None = None) -> None:
    for _ in range(times):
        await one.enter(writing=writing)
        one.answered(answer or Answer(200, {}))
        await one.settled()


async def test_two_processes_of_one_key_share_one_count(tmp_path: Path) -> None:
    clock = Clock()
    one, other = (gate(clock, MINUTE, path=tmp_path / "state" / "budget.json") for _ in range(2))
    await ask(one, 30)
    await ask(other, 24)
    with pytest.raises(BudgetSpent) as refused:
        await one.enter(writing=False)
    assert 50 < refused.value.retry_after <= 60.5
    assert "free again in 6" in refused.value.message
    await ask(one, 6, writing=True)
    with pytest.raises(BudgetSpent):
        await other.enter(writing=True)
    assert other.left() == (0, 60)
    clock.now += 61
    await ask(other, 1)
    assert other.left() == (59, 60)


async def test_a_rank_holds_for_everything_below_it_and_in_the_tasks_it_starts() -> None:
    async def below() -> Rank:
        return rank_now()

    with ranked(Rank.REFRESH):
        assert await asyncio.create_task(below()) is Rank.REFRESH
    assert rank_now() is Rank.ASK


async def test_a_load_waits_in_place_and_news_do_not() -> None:
    clock = Clock()
    one = gate(clock, MINUTE)
    with ranked(Rank.LOAD):
        await ask(one, 100)
    assert clock.waits == pytest.approx([60, 60], abs=0.5)
    assert one.looks == 100
    with ranked(Rank.REFRESH), pytest.raises(BudgetSpent):
        await ask(one, 40)


async def test_a_short_wait_for_a_write_is_no_refusal() -> None:
    clock = Clock()
    one = gate(clock, RateLimit(1, 1))
    await ask(one, 3, writing=True)
    assert 2 <= sum(clock.waits) < 2.1


async def test_without_a_word_the_documented_limit_holds_until_the_server_says_more() -> None:
    clock = Clock()
    one = gate(clock)
    assert one.limits == (RateLimit(60, 60),)
    await ask(one, 1, answer=Answer(200, {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "200"}))
    assert one.limits == (RateLimit(300, 60),)
    assert one.left() == (200, 300)
    free = gate(clock)
    await ask(free, 1, answer=Answer(200, {"cardwall": "1"}))
    assert free.limits == ()
    assert free.left() is None
    await ask(free, 200)


async def test_a_server_that_says_less_than_the_profile_is_believed() -> None:
    clock = Clock()
    one = gate(clock, MINUTE, RateLimit(1000, 86_400))
    await ask(one, 1, answer=Answer(200, {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "3"}))
    assert one.limits == (MINUTE, RateLimit(1000, 86_400))
    assert one.left() == (3, 1000)
    await ask(one, 1, writing=True, answer=Answer(200, {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0"}))
    assert one.left() == (0, 20)


async def test_a_429_pauses_every_process_of_the_key(tmp_path: Path) -> None:
    clock = Clock()
    one, other = (gate(clock, MINUTE, path=tmp_path / "budget.json") for _ in range(2))
    await ask(one, 1, answer=Answer(429, {"retry-after": "30"}))
    for writing in (True, False):
        with pytest.raises(RateLimited) as paused:
            await other.enter(writing=writing)
        assert not isinstance(paused.value, BudgetSpent)
        assert paused.value.retry_after == pytest.approx(30)
    clock.now += 30
    await ask(other, 1, writing=True)


async def test_a_server_without_limits_pays_nothing_but_its_429_is_obeyed() -> None:
    clock = Clock()
    one = gate(clock)
    await ask(one, 1, answer=Answer(200, {"cardwall": "1"}))
    await ask(one, 1, answer=Answer(429, {"cardwall": "1", "retry-after": "7"}))
    with pytest.raises(RateLimited):
        await one.enter(writing=True)


async def test_what_was_never_sent_costs_nothing_and_what_may_have_arrived_does() -> None:
    clock = Clock()
    one = gate(clock, MINUTE)
    http = http_to(Server(httpx.ConnectError("down")), gate=one)
    with pytest.raises(Offline):
        await http.send("POST", "/x", body=b"{}", headers={"x": "y"}, reading=True)
    await one.settled()
    assert one.left() == (60, 60)
    slow = http_to(Server(httpx.ReadTimeout("slow")), gate=one)
    with pytest.raises(Offline):
        await slow.send("GET", "/x")
    await one.settled()
    assert one.left() == (57, 60), "a blip is tried three times, and each may have been counted"
    await http.close()
    await slow.close()


async def test_a_refused_request_pauses_the_next_ones_before_they_are_sent() -> None:
    clock = Clock()
    one = gate(clock, MINUTE)
    refused = problem(429)
    refused.headers["Retry-After"] = "12"
    server = Server(refused)
    http = http_to(server, gate=one)
    for _ in range(3):
        with pytest.raises(RateLimited) as error:
            await http.send("GET", "/x")
        await one.settled()
        assert error.value.retry_after == pytest.approx(12)
    assert len(server.requests) == 1
    await http.close()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"spent": 1}', b'{"spent":{"x":[]},"flying":[],"resumes_at":0}']
)
async def test_a_damaged_file_counts_as_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "budget.json"
    path.write_bytes(content)
    one = gate(Clock(), MINUTE, path=path)
    await ask(one, 1)
    assert one.left() == (59, 60)
    assert json.loads(path.read_bytes())["flying"] == []


async def test_a_folder_that_cannot_be_written_counts_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    one = gate(Clock(), MINUTE, path=tmp_path / "file" / "budget.json")
    await ask(one, 2)
    assert one.left() == (58, 60)


def test_a_ledger_is_the_same_after_it_was_written() -> None:
    ledger = Ledger({60: ((START, 2),), 86_400: ()}, (START - 1.5,), START + 9, 2, (MINUTE,))
    assert decode(encode(ledger)) == ledger


def test_headers_that_make_no_sense_say_nothing() -> None:
    headers = {"x-ratelimit-limit": "lots", "x-ratelimit-remaining": "-4", "retry-after": "soon"}
    assert told_by(Answer(200, headers), START) == Told()
    assert told_by(Answer(200, {"x-ratelimit-limit": "0", "x-ratelimit-remaining": "0"}), START).limit is None
    assert told_by(Answer(200, {"x-ratelimit-reset": str(int(START) + 30)}), START).reset == 30


def test_the_file_is_named_by_the_key_and_does_not_hold_it(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("sk-very-secret\n")
    secret.chmod(0o600)
    profile = Profile("acme", "slate", url="https://crm.example.com", api_key=KeySource("file", str(secret)))
    gate_of(profile, tmp_path)
    gate_of(Profile("other", "cekat", url="https://b.example.com", api_key=profile.api_key), tmp_path)
    (file,) = tmp_path.glob("budget-*.json")
    assert "secret" not in file.name
    assert b"secret" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


async def test_a_server_that_names_now_the_minute_and_now_the_day_is_understood() -> None:
    """It names the limit that is nearest its end; a window is never shorter than what is left of it."""
    clock = Clock()
    one = gate(clock)

    def said(limit: int, remaining: int, reset: int) -> Answer:
        headers = {"limit": limit, "remaining": remaining, "reset": reset}
        return Answer(200, {f"x-ratelimit-{name}": str(number) for name, number in headers.items()})

    await ask(one, 1, answer=said(60, 59, 60))
    assert one.limits == (MINUTE,)
    clock.now += 61
    await ask(one, 1, answer=said(1000, 40, 80_000))
    assert list(one.limits) == [MINUTE, RateLimit(1000, 86_400)]
    assert one.left() == (40, 1000)
    clock.now += 61
    await ask(one, 1, writing=True, answer=said(1000, 39, 20))
    assert list(one.limits) == [MINUTE, RateLimit(1000, 86_400)], "a day that is nearly over is a day"
    await ask(one, 1, writing=True, answer=said(30, 29, 60))
    assert set(one.limits) == {RateLimit(30, 60), RateLimit(1000, 86_400)}, "the server's minute has changed"


async def test_a_process_that_holds_the_file_for_ever_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "budget.json"
    keeper = FileKeeper(path, patience=0.0)
    one = BudgetGate((MINUTE,), keeper, clock=Clock())
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        await ask(one, 2)
        assert one.left() == (58, 60)
    await ask(one, 1)
    assert one.left() == (59, 60), "back in the common count"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["60", "86400"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["60", "0", "-1", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "spent": st.dictionaries(
            st.sampled_from(["60", "0", "86400", "x"]), st.lists(st.tuples(st.floats(), st.integers())) | JSON
        )
        | JSON,
        "flying": st.lists(st.floats()) | JSON,
        "resumes_at": st.floats() | JSON,
        "refusals": st.integers() | JSON,
        "limits": st.lists(st.tuples(st.integers(), st.integers())) | JSON,
    },
)


@given(FILES | JSON)
def test_whatever_the_file_holds_the_key_can_be_used(raw: object) -> None:
    ledger = decode(json.dumps(raw).encode())
    limits = (MINUTE, *ledger.limits)
    later = answer(ledger, limits, START, Told(refused=True))
    assert take(ledger, limits, START, Rank.WRITE)[1] < 10**10
    assert take(later, limits, START + 10**10, Rank.WRITE)[1] == 0


COUNTING = """
import asyncio, sys
from pathlib import Path
from tui.api.backend import BudgetSpent
from tui.api.budget_file import FileKeeper
from tui.api.budget_gate import BudgetGate
from tui.api.problems import Answer
from tui.config import RateLimit

async def main():
    gate = BudgetGate((RateLimit(60, 86400),), FileKeeper(Path(sys.argv[1])))
    taken = 0
    try:
        while True:
            await gate.enter(writing=True)
            taken += 1
            gate.answered(Answer(200, {}))
            await gate.settled()
    except BudgetSpent:
        print(taken)

asyncio.run(main())
"""


def test_processes_that_send_at_the_same_time_take_each_slot_once(tmp_path: Path) -> None:
    words = [sys.executable, "-c", COUNTING, str(tmp_path / "budget.json")]
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(taken) == 60

"""The word index says what a look at every item would say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server.conftest import FixedClock, blueprint
from tui.server.database import Database
from tui.server.parsing import parse
from tui.server.rules import boards, listing, places, word_index
from tui.server.rules import items as rules
from tui.server.rules.bulk import Arrival, check, insert_many
from tui.server.rules.contents import Draft, Edit
from tui.server.rules.listing import Query
from tui.server.service import Service
from tui.server.slate.bodies import BlueprintBody
from tui.server.text import words_in, words_of

_BITS = st.sets(st.integers(0, places.BLOCK - 1), min_size=1, max_size=80)


@given(_BITS)
def test_blocks_come_back_as_they_were(held: set[int]) -> None:
    bits = sum(1 << place for place in held)
    assert places.unpacked(places.packed(bits)) == bits
    assert list(places.places_of(bits)) == sorted(held)
    assert len(places.packed(bits)) <= places.BLOCK // 8


@given(_BITS, st.integers(0, 5 * places.BLOCK))
def test_a_run_of_serials_is_cut_into_blocks(held: set[int], start: int) -> None:
    bits = sum(1 << place for place in held)
    found = {
        block * places.BLOCK + place
        for block, part in places.blocks_of(bits, start)
        for place in places.places_of(part)
    }
    assert found == {start + place for place in held}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Acme Corp: renewal!", ["acme", "corp", "renewal"]),
        ("jo.doe@acme.example +1 555 01", ["jo", "doe", "acme", "example", "1", "555", "01"]),
        ("Straße ΑΘΗΝΑ", ["strasse", "αθηνα"]),
        ("東京 deal🔥", ["東", "京", "deal", "🔥"]),
        ("% _ -", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_in(text) == words


def test_signs_alone_are_a_word_that_nothing_has() -> None:
    assert words_of("% %") == ("%",)
    assert words_of("a %") == ("a",)
    assert words_of(" ") == ()


@pytest.fixture
def service(database: Database) -> Iterator[Service]:
    service = Service(database, clock=FixedClock())
    yield service
    service.close()


_WORDS = ("a", "ab", "abc", "abcd", "abcde", "b", "bcd", "bcde", "é", "東", "9", "99", "9999")


def _board(service: Service) -> tuple[str, str]:
    plan = parse(BlueprintBody, blueprint()).plan()
    made = service.write_now(lambda unit: boards.create(unit, plan))
    return made.id, made.board.columns[0].id


def _names(service: Service, board_id: str, *words: str) -> set[str]:
    page = service.read_now(lambda unit: listing.page(unit, Query(board_id=board_id, words=words), None, 3000))
    return {item.name for item in page.items}


def test_every_search_finds_what_a_look_at_every_item_finds(service: Service) -> None:
    board_id, column_id = _board(service)
    names = [f"{one} {other}" for one in _WORDS for other in _WORDS]
    ids = [
        service.write_now(lambda unit, name=name: rules.create(unit, board_id, Draft(name, column_id))).item.id  # type: ignore[misc]  # bound per name
        for name in names
    ]
    for number, item_id in enumerate(ids[:40]):
        edit = Edit({"name": names[number] + "x"})
        service.write_now(lambda unit, i=item_id, e=edit: rules.change(unit, i, e))  # type: ignore[misc]  # as above
        names[number] += "x"
    for item_id in ids[40:60]:
        service.write_now(lambda unit, i=item_id: rules.remove(unit, i))  # type: ignore[misc]  # as above
    for item_id in ids[50:60]:
        service.write_now(lambda unit, i=item_id: rules.restore(unit, i))  # type: ignore[misc]  # as above
    alive = names[:40] + names[50:]
    for query in [(word,) for word in _WORDS] + [("a", "b"), ("abc", "abcdex"), ("deal", "ab"), ("bc", "9", "a")]:
        wanted = {
            name
            for name in alive
            if all(any(held.startswith(word) for held in [*words_in(name), "deal"]) for word in query if word != "9")
            and ("9" not in query or any(held.startswith("9") for held in words_in(name)))
        }
        keyed = {name for name, number in zip(names, range(1, 200), strict=False) if str(number).startswith("9")}
        found = _names(service, board_id, *query)
        assert wanted <= found, query
        assert found - wanted <= (keyed if set(query) & {"9", "99"} else set()), query


def test_many_arrivals_over_several_blocks(service: Service) -> None:
    board_id, column_id = _board(service)
    made = service.read_now(lambda unit: unit.blueprint(board_id))
    count = 0
    for size in (3, 2100, 5):
        arrivals = [
            Arrival(f"{n:036}", n + 1, n, n, n, None, Draft(f"name{n} every{n % 2}", column_id))
            for n in range(count, count + size)
        ]
        service.write_now(lambda unit, each=arrivals: insert_many(unit, check(made, each)))  # type: ignore[misc]  # as above
        count += size
    assert _names(service, board_id, "every1") == {f"name{n} every1" for n in range(1, count, 2)}
    assert _names(service, board_id, "name2100") == {"name2100 every0"}
    assert _names(service, board_id, "name210") == {f"name{n} every{n % 2}" for n in (210, *range(2100, 2108))}


def test_an_item_is_found_by_its_first_thousand_words_and_64_characters_of_each(service: Service) -> None:
    board_id, column_id = _board(service)
    text = " ".join(f"w{number}" for number in range(1100))
    draft = Draft("long" + "g" * 90, column_id, values={"notes": text})
    service.write_now(lambda unit: rules.create(unit, board_id, draft))
    assert _names(service, board_id, "w900")
    assert not _names(service, board_id, "w1099")
    assert _names(service, board_id, "long" + "g" * 80)


def test_beginnings_up_to_three_letters_are_one_key_or_a_few() -> None:
    assert word_index.bounds_of("a") == (b"a", b"a")
    assert word_index.bounds_of("ab") == (b"ab", b"ab\xff")
    assert word_index.bounds_of("abc") == (b"abc", b"abc")
    assert word_index.bounds_of("abcd") == (b"=abcd", b"=abcd\xff")

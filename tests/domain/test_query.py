import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.samples import BOARD, QUALIFIED, WON, an_item
from tui.domain.model import NAME, Contact, Item, ItemId, Moment, field_member
from tui.domain.order import CREATED, UPDATED, SortKey
from tui.domain.query import Query, parse

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
DAY = 86_400


def ago(days: float) -> Moment:
    return Moment(int(NOW.timestamp() - days * DAY))


ACME = an_item(
    42,
    name="Acme Corp",
    labels=("hot", "emea"),
    source="website",
    created_at=ago(10),
    updated_at=ago(3),
    fields={
        "contact_name": "Zoë Müller",
        "notes": "call back\nin spring",
        "deal_value": 15_000,
        "probability": 40,
        "expected_close": date(2026, 12, 31),
        "email": "zoe@acme.example",
        "phone": None,
        "priority": "medium",
        "owner": "Sam Lee",
        "regions": ("high", "low"),
        "signed": True,
        "column": "own words",
    },
)
GLOBEX = an_item(
    7,
    name="Globex renewal",
    column_id=QUALIFIED.id,
    status_id=QUALIFIED.statuses[1].id,
    contact=Contact("c-1", "Jo Park", email="jo@globex.example"),
    created_at=ago(400),
    updated_at=ago(40),
    fields={"deal_value": 900, "priority": "high", "owner": None, "email": None, "expected_close": None, "regions": ()},
)
MARKS = {ACME.id: {"pending", "new"}, GLOBEX.id: {"conflict"}}


def query(text: str, me: str | None = "Sam Lee") -> Query:
    return parse(text, BOARD, now=NOW, me=me, marks=lambda item_id: MARKS.get(item_id, ()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "acme",
        "ACME corp",
        "corp acme",
        '"acme corp"',
        "“acme corp”",
        "müller",
        "MÜLLER",
        "muller zoe",
        "contact_name:muller",
        "contact_name=zoe-muller OR contact_name:Zòé",
        "owner:am",
        "priority:grosse OR priority:med",
        "deal-42",
        "15000",
        "2026-12",
        "website",
        "hot",
        '"in spring"',
        "deal_value>10k",
        "deal_value>=15000",
        "deal_value<$15001",
        "deal_value:15k",
        "deal_value=1,15000",
        "DEAL_VALUE:15k",
        '"Deal value":15k',
        '"deal value">=15k',
        "deal-value:15k",
        "probability<50%",
        "expected_close<=2026-12-31",
        "expected_close>today",
        "expected_close:2026-12-31",
        "contact_name:zoë",
        '"Contact name":müller',
        "contact_name=“zoë müller”",
        "notes:spring",
        "owner:me",
        "owner:sam",
        'owner:"sam lee"',
        "owner:ann,sam",
        "priority:MEDIUM",
        "priority>low",
        "priority<=medium",
        "regions:low",
        "regions=high",
        "signed:yes",
        "has:email",
        "no:phone",
        "has:phone,email",
        "has:label",
        "has:source",
        "no:contact",
        "has:status",
        "label:hot",
        "label:cold,EMEA",
        "labels:hot",
        "column:lead",
        "column:Won,Lead",
        "status:Open",
        "key:DEAL-42",
        "key:42",
        "name:corp",
        'name="acme corp"',
        "source:web",
        "age>7d",
        "age<2w",
        "age=10d",
        "age:1w",
        "age>239h",
        "created>2026-02-28",
        "created:2026-03-01",
        "created>=2026-03-01",
        "created<=2026-03-01",
        "created<2026-03-02",
        "created>-2w",
        "updated>-1w",
        "stale:3d",
        "stale<14d",
        "is:pending",
        "is:new",
        "is:conflict,new",
        "-globex",
        "-label:cold",
        "-(globex OR initech)",
        "globex OR acme",
        "(globex OR acme) hot",
        "globex OR hot acme",
        "acme AND hot",
        "field.column:words",
        "field.deal_value>1",
        "sort:-deal_value",
        "acme sort:name",
        "--globex",
    ],
)
def test_finds_acme(text: str) -> None:
    assert query(text).matches(ACME)
    assert not query(text).unknown(ACME)


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        '"renewal globex"',
        "globex acme",
        "deal_value>10k",
        "owner:me",
        "has:owner",
        "has:email",
        "has:regions",
        "priority<high",
        "expected_close>2000-01-01",
        "-expected_close<2000-01-01 acme",
        "column:Lead",
        "status:open",
        "label:hot",
        "key:4",
        "source:web",
        "age<1y",
        "stale<40d",
        "created>2026-01-01",
        "is:pending",
        "is:failed,draft",
        "-globex",
        "-(globex OR acme)",
    ],
)
def test_does_not_find_globex(text: str) -> None:
    assert not query(text).matches(GLOBEX)
    assert not query(text).unknown(GLOBEX)


@pytest.mark.parametrize("text", ["status:stuck", "column:progress", 'column:"in progress"', "no:owner", "no:label", "has:contact", "contact:park", "contact=c-1", "contact:jo@globex", "stale:14d", "stale:40d", "age>1y", "is:conflict", "priority=high", "-owner:sam", "-has:email", "no:regions"])  # fmt: skip  # noqa: E501
def test_finds_globex(text: str) -> None:
    assert query(text).matches(GLOBEX)
    assert not query(text).matches(ACME)


@pytest.mark.parametrize(
    "text", ["score>1", "has:score", "no:score", "-score:1", "globex score:1", "acme OR signed:yes", "contact_name:x"]
)
def test_what_the_server_did_not_say_is_unknown(text: str) -> None:
    assert query(text).unknown(GLOBEX)
    assert not query(text).matches(GLOBEX)


@pytest.mark.parametrize("text", ["globex OR score>1", "score>1 OR globex", "-(acme score>1)"])
def test_the_unknown_does_not_matter_where_the_rest_decides(text: str) -> None:
    assert query(text).matches(GLOBEX)


@pytest.mark.parametrize("text", ["acme score>1", "score>1 acme"])
def test_nor_where_the_rest_fails(text: str) -> None:
    assert not query(text).unknown(GLOBEX)


def test_nothing_typed_is_no_filter() -> None:
    assert query(" ").judge is None
    assert query("sort:name").judge is None
    assert query("acme").judge is not None


def test_sort() -> None:
    assert query("sort:-deal_value acme sort:name").sort == (SortKey(field_member("deal_value"), True), SortKey(NAME))
    assert query("sort:age,-updated").sort == (SortKey(CREATED, True), SortKey(UPDATED, True))
    assert query('sort:"Deal value"').sort == (SortKey(field_member("deal_value")),)
    assert query("sort:-age").sort == (SortKey(CREATED),)


def test_words_to_mark() -> None:
    assert query('Acme "Call Back" owner:sam -(x OR y)').words == ("acme", "call back")


def test_only_marks_make_it_depend_on_marks() -> None:
    assert query("acme OR -is:new").marked
    assert not query("acme deal_value>1").marked


def test_me_is_a_word_when_quoted_or_unset() -> None:
    named_me = an_item(1, fields={"contact_name": "Me Too"})
    assert query('contact_name:"me"').matches(named_me)
    assert query("contact_name:me", me=None).matches(named_me)
    assert not query("contact_name:me").matches(named_me)


def test_days_are_those_of_the_reader_s_time_zone() -> None:
    west = datetime(2026, 3, 11, 12, tzinfo=timezone(timedelta(hours=-10)))
    item = an_item(1, created_at=Moment(int(datetime(2026, 3, 11, 5, tzinfo=UTC).timestamp())))
    assert parse("created:yesterday", BOARD, now=west, me=None).matches(item)
    assert parse("created:today", BOARD, now=NOW, me=None).matches(item)


def test_a_choice_the_board_no_longer_offers_is_found_literally() -> None:
    old = an_item(1, fields={"priority": "Urgent"})
    assert query("priority=urgent").matches(old)


def test_without_marks_nothing_is_marked() -> None:
    assert not parse("is:pending", BOARD, now=NOW, me=None).matches(ACME)


@given(
    st.lists(
        st.sampled_from(["acme", "globex", "deal_value>10k", "score>1", "-hot", "owner:me"]), min_size=1, max_size=4
    )
)
def test_the_contrary_of_a_filter_shows_the_rest(parts: list[str]) -> None:
    text = " ".join(parts)
    for item in (ACME, GLOBEX):
        yes, no = query(text), query(f"-({text})")
        assert [yes.matches(item), yes.unknown(item), no.matches(item)].count(True) == 1
        assert yes.unknown(item) == no.unknown(item)


@given(st.sampled_from(["contact_name", "notes", "deal_value", "signed", "regions", "expected_close"]), st.data())
def test_strange_values_are_judged(name: str, data: st.DataObject) -> None:
    strange = data.draw(
        st.none() | st.text(max_size=3) | st.decimals() | st.dates() | st.booleans() | st.just(("a", "b"))
    )
    item: Item = an_item(1, id=ItemId("x"), fields={name: strange})
    for test in (
        f"has:{name}",
        f"{name}:1" if name in ("deal_value", "notes") else f"no:{name}",
        "sort:" + name,
        "word",
    ):
        assert query(test).matches(item) in (True, False)
    assert query(f"has:{name}").matches(item) != query(f"no:{name}").matches(item)


def test_plain_words_never_load_the_parser() -> None:
    script = (
        "import sys, datetime\n"
        "from tui.domain.model import Board, BoardId\n"
        "from tui.domain.query import parse, warm\n"
        "board, now = Board(BoardId('b'), 'B'), datetime.datetime(2026, 1, 1)\n"
        "parse('some plain words 15000 a-b', board, now=now, me=None)\n"
        "assert 'lark' not in sys.modules\n"
        "warm()\n"
        "assert 'lark' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_won_is_not_lead() -> None:
    won = an_item(1, column_id=WON.id)
    assert query("-column:lead").matches(won)


def test_spaces_around_an_operator_and_commas_between_thousands() -> None:
    cheap, dear = an_item(fields={"deal_value": 20_000}), an_item(fields={"deal_value": 20_001})
    for text in ("deal_value > 20000", "deal_value>20,000", "deal_value > $20,000", "deal_value>20,000.50"):
        assert query(text).matches(dear), text
        assert not query(text).matches(cheap), text
    assert query("deal_value:20,000").matches(cheap)
    assert query("deal_value:5,20001").matches(dear), "a list, since it is no group of three"


def test_me_who_is_none_of_a_fields_choices_finds_nothing_and_is_told() -> None:
    found = query("owner:me", me="root")
    assert not found.matches(ACME)
    assert found.note == "you are “root”, and that is no Owner; there are: Sam Lee, Ann Other"
    assert query("owner:me").note == ""
    assert query('owner:"sam lee"', me="root").matches(ACME)

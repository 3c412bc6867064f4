"""What a wall shows while it reads a long feed."""

from __future__ import annotations

from tests.sync.desk import labels, office
from tests.sync.samples import an_item
from tui.domain.model import ItemId

MANY = tuple(an_item(number) for number in range(1, 11))


def test_counts_are_of_the_whole_board_only_when_a_long_feed_has_been_read() -> None:
    with office(None, *MANY) as (server, wall):
        counted: list[bool] = []
        wall.session.store.subscribe(lambda notice: counted.append(notice.state.link.loading is None))
        for number in range(1, 2 * server.feed_page + 1):
            server.edit("pat", "", server.items[ItemId(f"i{number}")], labels(add="theirs").edits)
        wall.pull()
        assert wall.shown() == server.items
        assert not all(counted)
        assert counted[-1]

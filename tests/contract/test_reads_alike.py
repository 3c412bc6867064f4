"""Whether what was read under one blueprint may stand under the next."""

from msgspec.structs import replace

from tests.sync.samples import SALES
from tui.api.backend import reads_alike


def test_a_board_reads_alike_until_a_field_is_new_or_of_another_kind() -> None:
    first, *others = SALES.fields
    assert reads_alike(SALES, replace(SALES, name="Other", revision=9, columns=()))
    assert reads_alike(SALES, replace(SALES, fields=tuple(others)))
    assert reads_alike(SALES, replace(SALES, fields=(replace(first, label="Renamed", required=True), *others)))
    assert not reads_alike(SALES, replace(SALES, fields=(replace(first, kind="currency"), *others)))
    assert not reads_alike(SALES, replace(SALES, fields=(*SALES.fields, replace(first, name="new"))))

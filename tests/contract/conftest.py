from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture
def attempts() -> int:
    """How often a request is tried; a module of tests may want more."""
    return 1


@pytest.fixture(autouse=True)
def _no_pauses(attempts: int) -> Iterator[None]:
    stamina.set_testing(True, attempts=attempts, cap=True)
    yield
    stamina.set_testing(False)

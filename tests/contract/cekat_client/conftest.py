from collections.abc import Iterator

import pytest
import stamina

from tests.contract.cekat_client.fake import Cekat, to
from tui.api.cekat import CekatBackend


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture
def cekat() -> Cekat:
    return Cekat()


@pytest.fixture
async def backend(cekat: Cekat) -> CekatBackend:
    backend = to(cekat)
    await backend.open()
    return backend

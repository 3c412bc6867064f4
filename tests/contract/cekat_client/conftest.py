import pytest

from tests.contract.cekat_client.fake import Cekat, to
from tui.api.cekat import CekatBackend


@pytest.fixture
def cekat() -> Cekat:
    return Cekat()


@pytest.fixture
async def backend(cekat: Cekat) -> CekatBackend:
    backend = to(cekat)
    await backend.open()
    return backend

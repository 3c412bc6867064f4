import pytest

from tests.contract.slate_client.fake import Foreign, to
from tui.api.slate import SlateBackend


@pytest.fixture
def foreign() -> Foreign:
    return Foreign()


@pytest.fixture
async def backend(foreign: Foreign) -> SlateBackend:
    backend = to(foreign)
    await backend.open()
    return backend

from collections.abc import Iterator

import pytest
import time_machine

from tests import make
from tests.consent.api.desk import Shop, open_shop


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()

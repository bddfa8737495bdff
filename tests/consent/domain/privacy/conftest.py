from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What staff read is in their language; here it is English."""
    with translation.override("en"):
        yield

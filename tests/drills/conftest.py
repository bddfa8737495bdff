from collections.abc import Iterator

import pytest
from django.db import connections

from tests.services.mail import HeldMailServer, held_mail_server


@pytest.fixture
def mail_server(transactional_db: None) -> Iterator[HeldMailServer]:
    """Comes after the database, so that its last conversations end before the tables are emptied."""
    with held_mail_server() as server:
        yield server
    connections.close_all()

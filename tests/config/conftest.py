import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder of its own that the database's account can reach, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp(dir=settings.STATE_DIR))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)

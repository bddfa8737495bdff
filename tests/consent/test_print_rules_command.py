from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings


def test_print_rules_writes_the_pages_that_stand_in_docs(tmp_path: Path) -> None:
    written = StringIO()
    kept = Path(settings.BASE_DIR) / "docs" / "rules"

    with override_settings(BASE_DIR=tmp_path):
        call_command("print_rules", stdout=written)

    assert written.getvalue() == "7 pages written to docs/rules.\n"
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "docs" / "rules").iterdir()}
    assert pages == {name: (kept / name).read_text(encoding="utf-8") for name in pages}
    assert len(pages) == 7

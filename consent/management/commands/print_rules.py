from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from consent.domain.rulebook.tables import CHANNELS, print_channel


class Command(BaseCommand):
    help = "Writes the rules as tables a lawyer can check: docs/rules/, one page per channel."

    def handle(self, *_args: Any, **_options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "rules"
        folder.mkdir(parents=True, exist_ok=True)
        for channel in CHANNELS:
            (folder / f"{channel}.md").write_text(print_channel(channel=channel), encoding="utf-8")
        self.stdout.write(f"{len(CHANNELS)} pages written to docs/rules.")

"""The example of the README, run as it stands there against a real server."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.consent.api.desk import ALICE, Shop, open_shop

pytestmark = pytest.mark.django_db(transaction=True)
README = Path(settings.BASE_DIR, "README.md")


def example() -> Any:
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(block, names)  # noqa: S102  (our own text)
    return names["may_contact"]


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def test_example_asks_and_is_answered(shop: Shop, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAWOORD_URL", live_server.url)
    monkeypatch.setenv("JAWOORD_KEY", shop.made.token)

    yes = example()(ALICE, purpose="offers", channel="EMAIL")
    no = example()("nobody@example.org", purpose="offers", channel="EMAIL")

    assert (yes["allowed"], yes["code"], yes["explanation"]["language"]) == (True, "A_CONSENT", "en")
    assert (no["allowed"], no["code"]) == (False, "D_NO_BASIS")


def test_example_takes_no_answer_for_no(
    shop: Shop, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAWOORD_KEY", "wrong")
    monkeypatch.setenv("JAWOORD_URL", live_server.url)
    refused = example()(ALICE, purpose="offers", channel="EMAIL")
    monkeypatch.setenv("JAWOORD_URL", "http://127.0.0.1:1")
    away = example()(ALICE, purpose="offers", channel="EMAIL")

    assert [refused, away] == [{"allowed": False, "code": "D_UNAVAILABLE"}] * 2

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent.domain import api_keys
from consent.models import ApiKey
from customers.models import LegalEntity
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


def run(*words: str) -> str:
    out = StringIO()
    call_command("api_key", *words, stdout=out)
    return out.getvalue()


def test_command_prints_a_key_that_is_accepted(entity: LegalEntity) -> None:
    printed = run(
        "--legal-entity", entity.code, "--scope", "ask", "--scope", "dial", "--days", "30", "--name", "Proef"
    )

    key = api_keys.recognise(token=printed.removesuffix("\n"), now=timezone.now())
    assert (key.legal_entity, key.name, key.scopes) == (entity, "Proef", ["ASK", "DIAL"])
    assert ((key.expires_at - key.created_at).days, key.created_by) == (30, None)


@pytest.mark.parametrize(
    ("code", "scope", "days", "name"),
    [
        ("nobody", "ask", "30", "Proef"),
        ("lampenwinkel", "all", "30", "Proef"),
        ("lampenwinkel", "ask", "0", "Proef"),
        ("lampenwinkel", "ask", "367", "Proef"),
        ("lampenwinkel", "ask", "soon", "Proef"),
        ("lampenwinkel", "ask", "30", " "),
    ],
)
@pytest.mark.usefixtures("entity")
def test_bad_use_is_refused_with_a_sentence(code: str, scope: str, days: str, name: str) -> None:
    with pytest.raises(CommandError) as refused:
        run("--legal-entity", code, "--scope", scope, "--days", days, "--name", name)

    assert str(refused.value)
    assert ApiKey.objects.count() == 0

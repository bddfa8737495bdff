import base64
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from consent.domain.notifying import secrets
from consent.domain.notifying.signing import hash_of_address, sign
from consent.models import EndpointSecret
from tests import make

NOW = datetime.datetime.now(tz=datetime.UTC)


@given(secret=st.binary(min_size=24, max_size=64), body=st.text().map(str.encode))
def test_signature_is_what_the_reference_library_makes(secret: bytes, body: bytes) -> None:
    headers = sign(webhook_id="msg_1", timestamp=int(NOW.timestamp()), body=body, secrets=[secret])

    assert headers["webhook-signature"] == Webhook(secret).sign("msg_1", NOW, body.decode())


def test_signature_of_the_published_example() -> None:
    """The example of the specification's libraries."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = sign(
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
        secrets=[base64.b64decode(secret)],
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.django_db
def test_secret_is_shown_once_and_lies_encrypted() -> None:
    endpoint = make.endpoint(legal_entities=[make.legal_entity(organisation=make.organisation())])

    row, shown = secrets.make_secret(endpoint=endpoint, made_by=None, made_at=NOW)

    [kept] = secrets.read_secrets(endpoint=endpoint, at=NOW)
    assert shown == f"whsec_{base64.b64encode(kept).decode()}"
    assert kept not in bytes(EndpointSecret.objects.get(pk=row.pk).ciphertext)


@pytest.mark.django_db
def test_while_a_secret_is_replaced_the_old_and_the_new_program_both_believe() -> None:
    endpoint = make.endpoint(legal_entities=[make.legal_entity(organisation=make.organisation())])
    _row, old = secrets.make_secret(endpoint=endpoint, made_by=None, made_at=NOW)
    _row, new = secrets.rotate_secret(
        endpoint=endpoint, overlap=datetime.timedelta(hours=1), made_by=None, now=NOW
    )

    def headers_at(moment: datetime.datetime) -> dict[str, str]:
        both = secrets.read_secrets(endpoint=endpoint, at=moment)
        return sign(webhook_id="msg_1", timestamp=int(NOW.timestamp()), body=b"{}", secrets=both)

    during, after = headers_at(NOW), headers_at(NOW + datetime.timedelta(hours=1))
    assert Webhook(old).verify(b"{}", during) == Webhook(new).verify(b"{}", during) == {}
    assert Webhook(new).verify(b"{}", after) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(b"{}", after)


@pytest.mark.django_db
def test_secret_that_leaked_signs_nothing_more_at_once() -> None:
    endpoint = make.endpoint(legal_entities=[make.legal_entity(organisation=make.organisation())])
    secrets.make_secret(endpoint=endpoint, made_by=None, made_at=NOW)
    secrets.rotate_secret(endpoint=endpoint, overlap=datetime.timedelta(0), made_by=None, now=NOW)

    assert EndpointSecret.objects.filter(endpoint=endpoint).count() == 1
    assert len(secrets.read_secrets(endpoint=endpoint, at=NOW)) == 1


def test_hash_of_an_address_is_what_its_receiver_computes() -> None:
    by_openssl = "e7b8a8f62e8cc3b5622c73707f239aef6cb8f969b0e0ad9b8a3c459e217712bf"

    assert hash_of_address(secret=b"key", value="alice@example.org") == by_openssl

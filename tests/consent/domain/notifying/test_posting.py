"""The pinned connection by TLS: to the address that was checked, under the name that was checked."""

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from consent.domain.notifying import posting
from consent.domain.notifying.guarding import AddressRefusedError, Guard, Target
from consent.domain.notifying.posting import Answer, NotPostedError
from consent.models import DeliveryAttempt
from tests.webhook_receiver import Receiver, running_receiver

NAME = "hooks.example.com"
Fault = DeliveryAttempt.Fault


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of its own authority for this one name, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(tz=datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()) + made.public_bytes(pem))
    return file


@pytest.fixture
def asked_for() -> list[str | None]:
    """The names that clients asked the server for (SNI)."""
    return []


@pytest.fixture
def receiver(certificate: Path, asked_for: list[str | None]) -> Iterator[Receiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _link, name, _context: asked_for.append(name)
    with running_receiver(context=context) as running:
        yield running


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def post_to(receiver: Receiver, *, name: str = NAME) -> Answer:
    target = Target(scheme="https", host=name, port=receiver.port, path="/a?b=c")
    return posting.post(target=target, address="127.0.0.1", body=b"{}", headers={})


@pytest.mark.usefixtures("trusted")
def test_connection_goes_to_the_address_under_the_name(
    receiver: Receiver, asked_for: list[str | None]
) -> None:
    answer = post_to(receiver)

    [got] = receiver.got
    assert answer == Answer(status=200)
    assert asked_for == [NAME]
    assert (got.path, got.headers["Host"], got.body) == ("/a?b=c", f"{NAME}:{receiver.port}", b"{}")


@pytest.mark.usefixtures("trusted")
def test_certificate_of_another_name_is_refused(receiver: Receiver) -> None:
    with pytest.raises(NotPostedError) as refusal:
        post_to(receiver, name="elders.example.com")

    assert (refusal.value.fault, receiver.got) == (Fault.CERTIFICATE, [])


def test_certificate_of_an_unknown_authority_is_refused(receiver: Receiver) -> None:
    with pytest.raises(NotPostedError) as refusal:
        post_to(receiver)

    assert (refusal.value.fault, receiver.got) == (Fault.CERTIFICATE, [])


@pytest.mark.usefixtures("trusted")
def test_name_that_moves_after_the_check_does_not_move_the_connection(receiver: Receiver) -> None:
    """The name is looked up once; what it leads to a moment later is never asked (DNS rebinding)."""
    looked_up: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    guard = Guard(loopback=True, resolve=rebinding)
    target = guard.read_url(url=f"https://{NAME}:{receiver.port}/")
    answer = posting.post(target=target, address=guard.pin(target=target), body=b"{}", headers={})

    assert (answer.status, looked_up) == (200, [NAME])
    with pytest.raises(AddressRefusedError):
        guard.pin(target=target)


@pytest.mark.usefixtures("trusted")
def test_body_of_the_answer_is_never_read(receiver: Receiver) -> None:
    receiver.headers = {"Content-Length": str(10**12)}

    assert post_to(receiver).status == 200


def test_answer_that_is_no_http_is_a_failure() -> None:
    with running_receiver() as plain:
        plain.headers = {f"X-{number}": "x" for number in range(200)}
        target = Target(scheme="http", host="127.0.0.1", port=plain.port, path="/")
        with pytest.raises(NotPostedError) as refusal:
            posting.post(target=target, address="127.0.0.1", body=b"{}", headers={})

    assert refusal.value.fault == Fault.ANSWER

import base64
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.databases import application_database, configured
from config.mail import email_settings

GOOD_KEY = "1:" + base64.b64encode(bytes(range(32))).decode()
RETIRED = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
OTHER_KEY = "2:" + base64.b64encode(bytes(range(32, 64))).decode()


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "SECRET_KEY must be set in production."),
        ("short", "SECRET_KEY is not safe: use at least 50 random characters."),
        ("a" * 60, "SECRET_KEY is not safe: use at least 50 random characters."),
        (
            "django-insecure-Zq8vYh3mX1cT6bN0pL5wR2kJ9sD4fG7aE",
            "SECRET_KEY is not safe: use at least 50 random characters.",
        ),
    ],
)
def test_production_refuses_an_unsafe_secret_key(
    value: str, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.secret_key(production=True, state=tmp_path)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("name", environment.KEY_RINGS)
def test_production_refuses_a_missing_key_ring(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(name, raising=False)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.key_ring(name=name, production=True, state=tmp_path)

    assert str(refusal.value) == f"{name} must be set in production, as 1:BASE64KEY."


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("abc", "LINK_KEYS must list each key once with its version, as 1:BASE64KEY,2:BASE64KEY."),
        (
            f"{GOOD_KEY},{GOOD_KEY}",
            "LINK_KEYS must list each key once with its version, as 1:BASE64KEY,2:BASE64KEY.",
        ),
        ("0:AAAA", "LINK_KEYS must list each key once with its version, as 1:BASE64KEY,2:BASE64KEY."),
        ("1:AAAA", "LINK_KEYS: key 1 must be 32 random bytes in base64."),
        ("1:not base64!", "LINK_KEYS: key 1 must be 32 random bytes in base64."),
        ("1:" + base64.b64encode(bytes(32)).decode(), "LINK_KEYS: key 1 must be 32 random bytes in base64."),
    ],
)
def test_key_ring_refuses_what_is_no_key(value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.parse_key_ring(name="LINK_KEYS", value=value)

    assert str(refusal.value) == sentence


def test_key_ring_keeps_every_version() -> None:
    ring = environment.parse_key_ring(name="LINK_KEYS", value=f"{GOOD_KEY}, {OTHER_KEY}")

    assert ring == {1: bytes(range(32)), 2: bytes(range(32, 64))}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "ALLOWED_HOSTS must name the hosts in production."),
        ("*", "ALLOWED_HOSTS must not hold a wildcard in production."),
        ("*.example.org", "ALLOWED_HOSTS must not hold a wildcard in production."),
        (".example.org,example.org", "ALLOWED_HOSTS must not hold a wildcard in production."),
    ],
)
def test_production_refuses_open_hosts(value: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.allowed_hosts(production=True)

    assert str(refusal.value) == sentence


def test_trial_answers_on_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)

    assert environment.allowed_hosts(production=False) == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize("value", ["", "http://consent.example.org", "consent.example.org"])
def test_production_refuses_links_without_https(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.public_url(production=True)

    assert str(refusal.value) == "PUBLIC_URL must be an https:// address in production."


def test_production_sends_no_webhook_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_LOOPBACK", "true")

    assert environment.webhook_loopback(production=False) is True
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.webhook_loopback(production=True)

    assert str(refusal.value) == "WEBHOOK_LOOPBACK must be off in production."


def test_production_refuses_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "true")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.debug(production=True)

    assert str(refusal.value) == "DEBUG must be off in production."


def test_unknown_deployment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYMENT", "staging")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.in_production()

    assert str(refusal.value) == "DEPLOYMENT must be trial or production, not 'staging'."


def test_production_refuses_a_private_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "")

    with pytest.raises(ImproperlyConfigured) as refusal:
        application_database(production=True, state=tmp_path)

    assert str(refusal.value) == "DATABASE_URL must be set in production."


def test_other_databases_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        configured(url="sqlite:///db.sqlite3")

    assert str(refusal.value) == "DATABASE_URL must be a postgres:// address."


@pytest.mark.parametrize(
    ("sender", "url", "sentence"),
    [
        ("", "smtp://mail.example.org:25", "DEFAULT_FROM_EMAIL must be set in production."),
        (
            "Jawoord <a@example.org>",
            "",
            "EMAIL_URL must be set in production, as smtp+tls://user:password@host:587.",
        ),
        (
            "Jawoord <a@example.org>",
            "dummymail://",
            "EMAIL_URL must be smtp://, smtp+tls:// or smtp+ssl://host:port.",
        ),
        (
            "Jawoord <a@example.org>",
            "nonsense",
            "EMAIL_URL must be smtp://, smtp+tls:// or smtp+ssl://host:port.",
        ),
    ],
)
def test_production_refuses_mail_that_goes_nowhere(
    sender: str, url: str, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEFAULT_FROM_EMAIL", sender)
    monkeypatch.setenv("EMAIL_URL", url)

    with pytest.raises(ImproperlyConfigured) as refusal:
        email_settings(production=True, state=tmp_path)

    assert str(refusal.value) == sentence


def test_mail_server_is_read_from_its_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://user:pass%21@mail.example.org:587")

    mail = email_settings(production=False, state=tmp_path)

    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example.org", 587, "user", "pass!")
    assert (mail.use_tls, mail.mailbox) == (True, None)


def test_trial_makes_its_secrets_once(tmp_path: Path) -> None:
    first = environment.trial_secrets(state=tmp_path)
    second = environment.trial_secrets(state=tmp_path)

    assert first == second
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secrets.json"]


def test_trial_of_an_earlier_version_adds_what_it_lacks_once(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"SECRET_KEY": "as it was", "LINK_KEYS": "1:as it was"}')

    first = environment.trial_secrets(state=tmp_path)

    assert first == environment.trial_secrets(state=tmp_path)
    assert (first["SECRET_KEY"], first["LINK_KEYS"]) == ("as it was", "1:as it was")
    assert len(environment.parse_key_ring(name="SEAL_KEYS", value=first["SEAL_KEYS"])[1]) == 32


@pytest.mark.parametrize(
    ("url", "named", "origin"),
    [
        ("https://consent.example.org", "", "consent.example.org"),
        ("http://127.0.0.1:8000", "", "127.0.0.1"),
        ("https://consent.example.org", "ledger.example.org/2026", "ledger.example.org/2026"),
    ],
)
def test_seal_is_signed_in_the_name_of_the_host(
    url: str, named: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAL_ORIGIN", named)

    assert environment.seal_origin(url=url) == origin


@pytest.mark.parametrize("name", ["our ledger", "our+ledger"])
def test_seal_refuses_a_name_that_no_note_can_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAL_ORIGIN", name)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.seal_origin(url="https://consent.example.org")

    assert str(refusal.value) == "SEAL_ORIGIN must hold no space and no plus."


def test_retired_seal_keys_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAL_RETIRED_KEYS", f"{RETIRED}, {RETIRED}")

    assert [str(key) for key in environment.retired_seal_keys()] == [RETIRED, RETIRED]


def test_retired_seal_keys_refuse_what_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAL_RETIRED_KEYS", RETIRED.replace("c74f20a3", "c74f20a4"))

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.retired_seal_keys()

    assert str(refusal.value) == (
        "SEAL_RETIRED_KEYS must list public keys as NAME+ID+BASE64, as /ledger/ shows them."
    )


def test_production_refuses_to_start_without_a_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.redis_url(production=True)

    assert str(refusal.value) == "REDIS_URL must be set in production."


def test_an_unknown_log_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.log_level()

    assert str(refusal.value) == "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not LOUD."


@pytest.mark.parametrize("name", ["PORT", "TRUSTED_PROXIES"])
def test_a_number_that_is_none_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "many")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.number(name=name)

    assert str(refusal.value) == f"{name} must be a whole number."


def test_stamping_authority_is_read_with_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    roots = tmp_path / "roots.pem"
    roots.touch()
    monkeypatch.setenv("TSA_URL", "https://tsa.example.org/")
    monkeypatch.setenv("TSA_CERTIFICATES", str(roots))

    assert environment.stamping_authority(folder="/away") == ("https://tsa.example.org/", str(roots))
    with pytest.raises(ImproperlyConfigured, match="CHECKPOINT_DIR"):
        environment.stamping_authority(folder="")


@pytest.mark.parametrize(
    ("url", "certificates", "named"),
    [
        ("https://tsa.example.org/", "", "TSA_CERTIFICATES"),
        ("file:///etc/passwd", "", "TSA_URL"),
        ("", "/nowhere/roots.pem", "TSA_CERTIFICATES"),
    ],
)
def test_stamping_authority_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, certificates: str, named: str
) -> None:
    monkeypatch.setenv("TSA_URL", url)
    monkeypatch.setenv("TSA_CERTIFICATES", certificates)

    with pytest.raises(ImproperlyConfigured, match=named):
        environment.stamping_authority(folder="/away")

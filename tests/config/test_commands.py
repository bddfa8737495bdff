import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.mail import LOOPBACK, free_port


def key() -> str:
    return f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


PRODUCTION = {
    "DEPLOYMENT": "production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "LINK_KEYS": key(),
    "SUPPRESSION_KEYS": key(),
    "EVIDENCE_KEYS": key(),
    "SEAL_KEYS": key(),
    "ALLOWED_HOSTS": "consent.example.org",
    "PUBLIC_URL": "https://consent.example.org",
    "DATABASE_URL": "postgres://jawoord_app@db.example.org/jawoord",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Jawoord <jawoord@example.org>",
}


def manage(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "JAWOORD_STATE_DIR": str(settings.STATE_DIR)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(settings.BASE_DIR),
        env=kept | environment,
    )


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_good_production_settings_pass_the_deployment_check(proxies: str) -> None:
    outcome = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        environment=PRODUCTION | {"TRUSTED_PROXIES": proxies},
    )

    assert (outcome.returncode, outcome.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY must be set in production."),
        ("DEBUG", "true", "DEBUG must be off in production."),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must not hold a wildcard in production."),
        ("SUPPRESSION_KEYS", "", "SUPPRESSION_KEYS must be set in production, as 1:BASE64KEY."),
        ("PUBLIC_URL", "http://consent.example.org", "PUBLIC_URL must be an https:// address in production."),
    ],
)
def test_a_bad_setting_stops_any_command_with_one_sentence(name: str, value: str, sentence: str) -> None:
    outcome = manage("check", environment=PRODUCTION | {name: value})

    assert (outcome.returncode, outcome.stderr, outcome.stdout) == (2, f"{sentence}\n", "")


def test_a_database_that_does_not_answer_is_told_in_one_sentence() -> None:
    outcome = manage(
        "migrate", environment={"DATABASE_URL": f"postgres://jawoord_app@{LOOPBACK}:{free_port()}/jawoord"}
    )

    assert outcome.returncode == 2
    assert outcome.stderr.startswith("The database does not answer: connection failed")
    assert len(outcome.stderr.splitlines()) == 1


def test_a_command_starts_and_stops_the_private_database_by_itself(state: Path) -> None:
    outcome = manage("showmigrations", "customers", environment={"JAWOORD_STATE_DIR": str(state)})

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("customers\n [ ] 0001_")
    assert not (state / "postgres" / "data" / "postmaster.pid").exists()


def test_cookies_of_production_are_bound_to_the_host() -> None:
    names = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE")
    question = "from django.conf import settings as s; " + "; ".join(
        f"print(s.{name}_NAME, s.{name}_SECURE, s.{name}_HTTPONLY, s.{name}_SAMESITE)" for name in names
    )

    outcome = manage("shell", "--no-imports", "--command", question, environment=PRODUCTION)

    assert outcome.stdout.splitlines() == [
        "__Host-session True True Lax",
        "__Host-csrf True True Lax",
        "__Host-language True True Lax",
    ]

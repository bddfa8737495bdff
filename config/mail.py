"""Where mail goes: to the server of EMAIL_URL, or in a trial to a private mailbox."""

import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.environment import env, text, write_once

SMTP = "django.core.mail.backends.smtp.EmailBackend"
LOOPBACK = "127.0.0.1"
SCHEMES = ("smtp://", "smtp+tls://", "smtp+ssl://")


@dataclass(frozen=True, kw_only=True)
class Mail:
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    mailbox: Path | None = None
    backend: str = SMTP


def email_settings(*, production: bool, state: Path) -> Mail:
    sender = text(name="DEFAULT_FROM_EMAIL", default="" if production else "Jawoord <jawoord@example.org>")
    if not sender:
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be set in production.")
    url = text(name="EMAIL_URL")
    if url:
        return mail_server(url=url, sender=sender)
    if production:
        raise ImproperlyConfigured(
            "EMAIL_URL must be set in production, as smtp+tls://user:password@host:587."
        )
    return Mail(host=LOOPBACK, port=mailbox_port(state=state), sender=sender, mailbox=state / "mailbox")


def mail_server(*, url: str, sender: str) -> Mail:
    if not url.startswith(SCHEMES):
        raise ImproperlyConfigured("EMAIL_URL must be smtp://, smtp+tls:// or smtp+ssl://host:port.")
    parts = dict(env.email_url_config(url))
    return Mail(
        backend=str(parts["EMAIL_BACKEND"]),
        host=str(parts["EMAIL_HOST"] or ""),
        port=int(parts["EMAIL_PORT"] or 25),
        user=str(parts["EMAIL_HOST_USER"] or ""),
        password=str(parts["EMAIL_HOST_PASSWORD"] or ""),
        use_tls=bool(parts.get("EMAIL_USE_TLS")),
        use_ssl=bool(parts.get("EMAIL_USE_SSL")),
        sender=sender,
    )


def mailbox_port(*, state: Path) -> int:
    """The port of the private mailbox, chosen once."""
    place = state / "mailbox-port"
    if not place.exists():
        write_once(place=place, text=str(free_port()))
    return int(place.read_text())


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])

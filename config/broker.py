"""How Celery reaches its broker, and how soon a killed worker's work comes back."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.embedded.places import private_broker_url
from config.environment import text

# An unfinished task returns after 20 s and a look every 2 s: within 30 s, and no task takes over 10 s.
REDIS_TRANSPORT: dict[str, Any] = {
    "visibility_timeout": 20,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
RABBITMQ_TRANSPORT: dict[str, Any] = {"confirm_publish": True, "connect_timeout": 1}


def broker_url(*, state: Path) -> str:
    url = text(name="BROKER_URL") or text(name="REDIS_URL")
    return celery_address(url=url) if url else private_broker_url(state=state)


def celery_address(*, url: str) -> str:
    """Celery writes a Redis socket in its own way."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


def transport_options(*, url: str) -> dict[str, Any]:
    return RABBITMQ_TRANSPORT if url.startswith("amqp") else REDIS_TRANSPORT

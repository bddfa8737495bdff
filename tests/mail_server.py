"""A mail server of our own on loopback, which holds a real SMTP conversation and can misbehave."""

import asyncio
import contextlib
import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mood(Enum):
    """How the server answers the next message."""

    TAKES = "250 taken"
    LATER = "451 try later"
    NEVER = "550 no such person"
    HANGS = "hangs"
    DIES = "dies after it took the message"


@dataclass
class MailServer:
    """What arrived, and how the server is to behave; a mood holds for every message until it is changed."""

    port: int = 0
    mood: Mood = Mood.TAKES
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.mood is Mood.HANGS:
            await asyncio.sleep(3)
        if self.mood in (Mood.LATER, Mood.NEVER):
            return str(self.mood.value)
        content: Any = envelope.content
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        if self.mood is Mood.DIES and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return str(Mood.TAKES.value)


@contextlib.contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free loopback port for as long as the block lasts."""
    server = MailServer()
    with serving(server):
        yield server


@contextlib.contextmanager
def serving(server: MailServer) -> Iterator[None]:
    server.port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

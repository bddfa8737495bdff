"""A mail server that can be held still at one step of its conversation, while a test does something."""

import asyncio
import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mail_server import MailServer, serving


class Step(Enum):
    """Where the conversation stands."""

    GREETING = "greeting"
    HANDED_OVER = "handed over"
    ANSWERED = "answered"


@dataclass
class HeldMailServer(MailServer):
    """Stops at a step until it is let go; every connection that reaches the step waits there."""

    held_at: Step | None = None
    reached: threading.Event = field(default_factory=threading.Event)
    seconds_per_mail: float = 0

    def hold(self, step: Step) -> None:
        self.reached.clear()
        self.held_at = step

    def let_go(self) -> None:
        self.held_at = None

    async def pass_step(self, step: Step) -> None:
        while self.held_at is step:
            self.reached.set()
            await asyncio.sleep(0.01)

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self.pass_step(Step.GREETING)
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.seconds_per_mail)
        await self.pass_step(Step.HANDED_OVER)
        return answer

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        await self.pass_step(Step.ANSWERED)
        return "221 Bye"

    def copies(self, message_id: object) -> list[EmailMessage]:
        wanted = f"<{message_id}@"
        return [mail for mail in self.mails if str(mail["Message-ID"]).startswith(wanted)]


@contextlib.contextmanager
def held_mail_server() -> Iterator[HeldMailServer]:
    server = HeldMailServer()
    with serving(server):
        try:
            yield server
        finally:
            server.let_go()


def links_in(mail: EmailMessage) -> frozenset[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return frozenset(re.findall(r"https?://\S+", body.get_content()))

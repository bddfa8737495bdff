"""The private mailbox of a trial: a mail server on the loopback that keeps each mail as a file.

Run as `python -m config.mailbox`.
"""

import asyncio
import secrets
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from config.environment import state_dir
from config.mail import LOOPBACK, mailbox_port


class Mailbox:
    def __init__(self, *, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.keep(mail=envelope.original_content or b"")
        return "250 Kept"

    def keep(self, *, mail: bytes) -> None:
        """A reader never sees half a mail: it is written aside, then given its name."""
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        partial = self.folder / f".{name}"
        partial.write_bytes(mail)
        partial.rename(self.folder / f"{name}.eml")


async def serve(*, folder: Path, port: int) -> None:
    mailbox = Mailbox(folder=folder)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True), LOOPBACK, port)
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    state = state_dir()
    asyncio.run(serve(folder=state / "mailbox", port=mailbox_port(state=state)))

"""The wire between a program and a server it needs; a test can cut it, mend it, or let it fall silent."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from config.mail import LOOPBACK, free_port

PORTS = {"redis": 6379, "amqp": 5672}
Writers = set[asyncio.StreamWriter]


class Wire:
    """Carries connections on a loopback port to another port or to a socket."""

    def __init__(self, *, host: str = "", port: int = 0, socket: str = "") -> None:
        self.host, self.to_port, self.socket = host, port, socket
        self.port = free_port()
        self.silent = False
        self.accepted = 0
        self.open: Writers = set()
        self.listener: asyncio.Server | None = None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="wire", daemon=True)
        self.thread.start()

    def mend(self) -> None:
        self.silent = False
        self._do(self._listen())

    def cut(self) -> None:
        """Connections break, new ones are refused."""
        self._do(self._hang_up())

    def hush(self) -> None:
        """Connections stay and new ones are accepted, but nobody answers any more."""
        self.silent = True

    def close(self) -> None:
        self.cut()
        self._do(self._give_up())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(5)

    async def _listen(self) -> None:
        if self.listener is None:
            self.listener = await asyncio.start_server(self._carry, LOOPBACK, self.port)

    async def _hang_up(self) -> None:
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        for writer in list(self.open):
            writer.transport.abort()
        await asyncio.sleep(0.05)

    async def _give_up(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self.open.add(writer)
        with contextlib.suppress(OSError):
            far_reader, far_writer = await self._connect()
            self.open.add(far_writer)
            await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
        writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.socket:
            return await asyncio.open_unix_connection(self.socket)
        return await asyncio.open_connection(self.host, self.to_port)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                while self.silent:
                    await asyncio.sleep(0.02)
                writer.write(data)
                await writer.drain()
        finally:
            writer.transport.abort()
            self.open.discard(writer)


@contextlib.contextmanager
def wire_to(*, url: str) -> Iterator[tuple[Wire, str]]:
    """Lay a wire to the broker at this address; gives it with the broker's address at its near end."""
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        database = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        wire = Wire(socket=parts.path)
        near = f"redis://{LOOPBACK}:{wire.port}/{database}"
    else:
        wire = Wire(host=parts.hostname or LOOPBACK, port=parts.port or PORTS[parts.scheme])
        login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        near = urlunsplit(parts._replace(netloc=f"{login}{LOOPBACK}:{wire.port}"))
    wire.mend()
    try:
        yield wire, near
    finally:
        wire.close()

"""Kombu's Redis transport, with one fault mended: a worker that outlives its broker keeps on working.

A task that ends while Redis is away cannot be acknowledged. Kombu then goes on counting it as being worked
on; once all places of a worker are taken in this way it waits for ever, also after Redis has come back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu.transport import TRANSPORT_ALIASES, redis, virtual


class QoS(redis.QoS):
    """Counts a task as done when it is done; its message comes back after the visibility timeout."""

    def ack(self, delivery_tag: str) -> None:
        with self._done(delivery_tag):
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 (kombu's own)
        with self._done(delivery_tag):
            super().reject(delivery_tag, requeue=requeue)  # type: ignore[no-untyped-call]

    @contextmanager
    def _done(self, delivery_tag: str) -> Iterator[None]:
        try:
            yield
        except redis.Transport.connection_errors:
            virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call]
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """Have Celery take this transport wherever an address says redis."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "config.redis_transport:Transport"))

"""One POST to one pinned address: no redirect, no proxy, no cookie, and no byte of the answer's body read."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from consent.domain.notifying.guarding import Target
from consent.models import DeliveryAttempt

Fault = DeliveryAttempt.Fault
# Connecting, the handshake and the answer together: a server that drips its answer gets no more.
SECONDS_IN_ALL: Final = 5.0


class NotPostedError(Exception):
    """Nothing came back that says the receiver took it."""

    def __init__(self, fault: DeliveryAttempt.Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: the status, and after how many seconds the receiver wants to be asked again."""

    status: int
    retry_after: int = 0


def post(*, target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body to an address that was checked, under the name that was checked.

    The certificate must be that of the name (SNI and check), the connection goes to the address. Of the
    answer only its head is read, which http.client bounds. Raises NotPostedError.
    """
    try:
        with _connected(target, address, SECONDS_IN_ALL) as connection:
            connection.request("POST", target.path, body=body, headers=dict(headers))
            response = connection.getresponse()
            return Answer(status=response.status, retry_after=_seconds(response.getheader("Retry-After")))
    except ssl.SSLCertVerificationError as error:
        raise NotPostedError(Fault.CERTIFICATE) from error
    except TimeoutError as error:
        raise NotPostedError(Fault.TIME) from error
    except OSError as error:
        raise NotPostedError(Fault.CONNECTION) from error
    except (http.client.HTTPException, ValueError) as error:
        raise NotPostedError(Fault.ANSWER) from error


@contextlib.contextmanager
def _connected(target: Target, address: str, seconds: float) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(target.host, _shown_port(target))
    plain = socket.create_connection((address, target.port), timeout=seconds)
    with contextlib.closing(plain), _cut_off(plain, seconds) as was_cut, contextlib.closing(connection):
        try:
            connection.sock = _secured(plain, target) if target.scheme == "https" else plain
            yield connection
            _demand_in_time(was_cut)
        except (OSError, http.client.HTTPException) as error:
            if was_cut.is_set():
                raise TimeoutError from error
            raise


def _demand_in_time(was_cut: threading.Event) -> None:
    """A head that was cut off in the middle reads like one that ended there."""
    if was_cut.is_set():
        raise TimeoutError


@contextlib.contextmanager
def _cut_off(link: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """End a connection from another thread once its time is up, whatever it waits for."""
    was_cut = threading.Event()
    with link.dup() as same:

        def cut() -> None:
            was_cut.set()
            with contextlib.suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(seconds, cut)
        watch.start()
        try:
            yield was_cut
        finally:
            watch.cancel()
            watch.join()


def _secured(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


def _shown_port(target: Target) -> int | None:
    """The Host header names the port only where it is not the usual one, and http.client knows just 80."""
    return None if (target.scheme, target.port) == ("https", 443) else target.port


def _seconds(asked: str | None) -> int:
    return int(asked) if asked is not None and asked.isascii() and asked.isdecimal() else 0

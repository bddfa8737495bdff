"""Where a webhook may go: to the internet by https, and never to a machine behind our own door (SSRF)."""

import concurrent.futures
import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

HTTPS_PORT: Final = 443
HTTP_PORT: Final = 80
FIRST_FREE_PORT: Final = 1024
SECONDS_TO_RESOLVE: Final = 1.5
# What Python holds to be public and is not, or leads somewhere else than it says.
REFUSED: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # the address at which Azure tells its machines who they are
        "192.0.0.0/24",  # protocols, and the metadata of Oracle
        "192.88.99.0/24",  # relays of 6to4
        "224.0.0.0/4",
        "64:ff9b::/96",  # an IPv4 address within an IPv6 one, in three ways
        "2002::/16",
        "2001::/23",
        "3fff::/20",  # documentation
        "fec0::/10",
        "ff00::/8",
    )
)
GLOBAL_IPV6: Final = ipaddress.ip_network("2000::/3")
Resolve = Callable[[str, int], Sequence[str]]


class UrlRefusedError(ValueError):
    """The web address is none that a webhook may have."""


class AddressRefusedError(ValueError):
    """The name leads to an address that is not on the internet."""


class NameUnknownError(LookupError):
    """The name leads nowhere, or whoever knows it did not answer in time."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A web address in its parts, as it was checked."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What may be reached: with `loopback`, for trials and tests, this machine too, also without TLS."""

    loopback: bool
    resolve: Resolve

    def read_url(self, *, url: str) -> Target:
        """Read a web address; raises UrlRefusedError when a webhook may not have it.

        No name and password, no fragment, nothing but printable ASCII, so that every reader reads the same.
        """
        if not url.isascii() or any(not sign.isprintable() or sign in ' \\"<>' for sign in url):
            raise UrlRefusedError
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None or parts.fragment or not parts.hostname:
            raise UrlRefusedError
        target = Target(
            scheme=parts.scheme,
            host=parts.hostname.rstrip("."),
            port=_port(parts.scheme, url),
            path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        )
        self._check(target)
        return target

    def pin(self, *, target: Target) -> str:
        """Look a name up once and choose the address to connect to.

        Every address it has must be allowed: of a mixed answer none is used. Asked again at each delivery,
        and the connection goes to this very address, so that a name cannot change between the two.
        Raises AddressRefusedError, NameUnknownError.
        """
        found = self.resolve(target.host, target.port)
        if not found:
            raise NameUnknownError
        if not all(self.is_allowed(address=address) for address in found):
            raise AddressRefusedError
        if target.scheme == "http" and not all(ipaddress.ip_address(one).is_loopback for one in found):
            raise AddressRefusedError
        return found[0]

    def is_allowed(self, *, address: str) -> bool:
        """Say whether an address is on the internet, and not this machine, its network or its cloud."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if self.loopback and ip.is_loopback:
            return True
        return ip.is_global and not _is_special(ip)

    def _check(self, target: Target) -> None:
        literal = _as_ip(target.host)
        if target.scheme != "https" and not (self.loopback and target.scheme == "http"):
            raise UrlRefusedError
        if literal is not None and not self.is_allowed(address=str(literal)):
            raise UrlRefusedError
        if literal is None and not self.loopback and "." not in target.host:
            raise UrlRefusedError


def resolve(host: str, port: int) -> list[str]:
    """Look a name up, for no longer than a moment; raises NameUnknownError."""
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=1)
    try:
        asked = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = asked.result(timeout=SECONDS_TO_RESOLVE)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise NameUnknownError from error
    finally:
        pool.shutdown(wait=False)
    return list(dict.fromkeys(str(address[0]) for *_kind, address in found))


def _port(scheme: str, url: str) -> int:
    try:
        port = urlsplit(url).port
    except ValueError as error:
        raise UrlRefusedError from error
    standard = HTTPS_PORT if scheme == "https" else HTTP_PORT
    if port is None:
        return standard
    # Below it stand mail servers and the like, which have no webhooks.
    if port != standard and port < FIRST_FREE_PORT:
        raise UrlRefusedError
    return port


def _as_ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_special(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip not in GLOBAL_IPV6:
        return True
    return any(ip.version == network.version and ip in network for network in REFUSED)

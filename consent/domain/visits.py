import ipaddress
from dataclasses import dataclass

IPV4_KEPT_BITS = 24
IPV6_KEPT_BITS = 48
IPV6_SUBSCRIBER_BITS = 64
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
LONGEST_PAGE = 300


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a page visit adds to the proof: no more than shows that it took place."""

    page: str
    network: str
    browser: str

    def as_proof(self) -> dict[str, str]:
        return {"page": self.page, "network": self.network, "browser": self.browser}


def describe_visit(*, page: str, client_address: str, user_agent: str) -> Visit:
    """Keep the page, the shortened network and the family of the browser, no more (EDPB 05/2020 §106)."""
    return Visit(
        page=page[:LONGEST_PAGE],
        network=shorten(client_address=client_address),
        browser=family(user_agent=user_agent),
    )


def shorten(*, client_address: str) -> str:
    """Cut an IP address down to its network: /24 for IPv4, /48 for IPv6; empty when it is none."""
    try:
        address = ipaddress.ip_address(client_address)
    except ValueError:
        return ""
    kept = IPV4_KEPT_BITS if isinstance(address, ipaddress.IPv4Address) else IPV6_KEPT_BITS
    return str(ipaddress.ip_network(f"{address}/{kept}", strict=False))


def name_caller(*, client_address: str) -> str:
    """Name who calls, for limits: an IPv4 address, or the /64 that one subscriber of IPv6 has to himself."""
    try:
        address = ipaddress.ip_address(client_address)
    except ValueError:
        return client_address
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network(f"{address}/{IPV6_SUBSCRIBER_BITS}", strict=False))


def family(*, user_agent: str) -> str:
    """Name the family of a browser, without version or device."""
    return next((name for mark, name in BROWSERS if mark in user_agent), "")

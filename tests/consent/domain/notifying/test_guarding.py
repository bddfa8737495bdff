import socket
import threading
from collections.abc import Callable, Sequence

import pytest

from consent.domain.notifying import guarding
from consent.domain.notifying.guarding import (
    AddressRefusedError,
    Guard,
    NameUnknownError,
    Target,
    UrlRefusedError,
)

PUBLIC = "93.184.215.14"


def leading_to(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda _host, _port: addresses


def guard(*addresses: str, loopback: bool = False) -> Guard:
    return Guard(loopback=loopback, resolve=leading_to(*addresses))


def target(host: str = "hooks.example.com") -> Target:
    return Target(scheme="https", host=host, port=443, path="/")


REFUSED = {
    "this machine": "127.0.0.1",
    "this machine by another number": "127.255.255.254",
    "no address": "0.0.0.0",  # noqa: S104  (an address to refuse)
    "this network": "0.1.2.3",
    "private 10": "10.0.0.1",
    "private 172": "172.16.0.1",
    "private 172, the end": "172.31.255.255",
    "private 192": "192.168.1.1",
    "carrier": "100.64.0.1",
    "metadata of a Chinese cloud, of the carrier's range": "100.100.100.200",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata of containers": "169.254.170.2",
    "metadata of Azure": "168.63.129.16",
    "metadata of Oracle": "192.0.0.192",
    "documentation": "203.0.113.7",
    "benchmarks": "198.18.0.1",
    "relay of 6to4": "192.88.99.1",
    "multicast": "224.0.0.1",
    "multicast of a site": "239.255.255.250",
    "reserved": "240.0.0.1",
    "everybody": "255.255.255.255",
    "this machine in IPv6": "::1",
    "no address in IPv6": "::",
    "IPv4 mapped, this machine": "::ffff:127.0.0.1",
    "IPv4 mapped, private": "::ffff:10.0.0.1",
    "IPv4 mapped, metadata": "::ffff:a9fe:a9fe",
    "IPv4 mapped, even a public one": f"::ffff:{PUBLIC}",
    "IPv4 compatible": "::7f00:1",
    "IPv4 translated": "64:ff9b::7f00:1",
    "IPv4 translated here": "64:ff9b:1::a00:1",
    "6to4 of a private address": "2002:a00:1::",
    "Teredo": "2001::1",
    "link-local in IPv6": "fe80::1",
    "link-local with its zone": "fe80::1%eth0",
    "unique local": "fd00::1",
    "metadata in IPv6": "fd00:ec2::254",
    "site-local": "fec0::1",
    "multicast in IPv6": "ff02::1",
    "documentation in IPv6": "2001:db8::1",
    "newer documentation in IPv6": "3fff::1",
    "discard": "100::1",
}


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_on_the_internet_is_refused(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        guard(address).pin(target=target())


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
def test_one_bad_address_among_good_ones_spoils_the_answer(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        guard(PUBLIC, address).pin(target=target())


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_what_is_on_the_internet_is_pinned(address: str) -> None:
    assert guard(address).pin(target=target()) == address


def test_a_name_that_leads_nowhere_is_unknown() -> None:
    with pytest.raises(NameUnknownError):
        guard().pin(target=target())


def test_a_name_is_asked_once_and_anew_each_time() -> None:
    """A name that is public when it is looked at and private when it is used gets nowhere (DNS rebinding)."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    changing = Guard(loopback=False, resolve=lambda _host, _port: next(answers))

    assert changing.pin(target=target()) == PUBLIC
    with pytest.raises(AddressRefusedError):
        changing.pin(target=target())


URLS_REFUSED = [
    "",
    "hooks.example.com",
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "https:///pad",
    "https://user:password@hooks.example.com/",
    "https://user@hooks.example.com/",
    "https://hooks.example.com/#deel",
    "https://hooks.example.com:25/",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:99999/",
    "https://hooks.example.com:abc/",
    "https://localhost/",
    "https://intern/",
    "https://127.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00:ec2::254]/",
    "https://hooks.example.com\\@10.0.0.1/",
    "https://hooks.example.com/ pad",
    "https://hooks.example.com/\r\nHost: intern",
    "https://hooks.example.com/\x00",
    "https://bücher.example.com/",
    "https://①27.0.0.1/",
]


@pytest.mark.parametrize("url", URLS_REFUSED)
def test_url_that_a_webhook_may_not_have_is_refused(url: str) -> None:
    with pytest.raises(UrlRefusedError):
        guard(PUBLIC).read_url(url=url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/"),
        ("https://HOOKS.example.com:8443/a/b?c=d", "hooks.example.com", 8443, "/a/b?c=d"),
        ("https://hooks.example.com.:443/a", "hooks.example.com", 443, "/a"),
        ("https://xn--bcher-kva.example.com/", "xn--bcher-kva.example.com", 443, "/"),
        (f"https://{PUBLIC}/", PUBLIC, 443, "/"),
    ],
)
def test_url_is_read_in_its_parts(url: str, host: str, port: int, path: str) -> None:
    assert guard(PUBLIC).read_url(url=url) == Target(scheme="https", host=host, port=port, path=path)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_other_spellings_of_this_machine_are_refused_once_they_are_looked_up(host: str) -> None:
    """The C library reads these as addresses; what counts is what the look-up gives."""
    real = Guard(loopback=False, resolve=guarding.resolve)

    with pytest.raises((UrlRefusedError, AddressRefusedError, NameUnknownError)):
        real.pin(target=real.read_url(url=f"https://{host}/"))


def test_trial_may_reach_this_machine_without_tls_and_nothing_else() -> None:
    trial = guard("127.0.0.1", loopback=True)

    assert trial.pin(target=trial.read_url(url="http://127.0.0.1:8123/a")) == "127.0.0.1"
    with pytest.raises(UrlRefusedError):
        trial.read_url(url="https://10.0.0.1/")
    outside = guard(PUBLIC, loopback=True)
    with pytest.raises(AddressRefusedError):
        outside.pin(target=outside.read_url(url="http://hooks.example.com/"))


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_how: never.wait(10))
    monkeypatch.setattr(guarding, "SECONDS_TO_RESOLVE", 0.05)

    with pytest.raises(NameUnknownError):
        guarding.resolve("hooks.example.com", 443)
    never.set()

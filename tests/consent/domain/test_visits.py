import pytest

from consent.domain.visits import name_caller


@pytest.mark.parametrize(
    ("client_address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_one_subscriber_is_one_caller(client_address: str, who: str) -> None:
    assert name_caller(client_address=client_address) == who

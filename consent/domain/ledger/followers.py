"""Who else must act on what the ledger takes up, in the same transaction: apps above this one say so."""

from collections.abc import Callable, Sequence

from consent.models import ConsentEvent

_FOLLOWERS: list[Callable[[Sequence[ConsentEvent]], None]] = []


def follow(*, follower: Callable[[Sequence[ConsentEvent]], None]) -> None:
    """Have every act told to a function of an app above this one; once, however often it asks.

    It sees the present state as the acts have changed it. Whatever it raises undoes the acts as well.
    """
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def tell_followers(*, events: Sequence[ConsentEvent]) -> None:
    """Tell all who follow of these acts; called by the one writer of the ledger."""
    for follower in _FOLLOWERS:
        follower(events)

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class KeyRing:
    """Versioned secret keys: the newest one writes, every one still reads."""

    keys: dict[int, bytes]

    @property
    def newest(self) -> int:
        return max(self.keys)


def suppression_keys() -> KeyRing:
    """Keys that hash addresses; none is ever dropped, or blocked people would come back."""
    return KeyRing(keys=settings.SUPPRESSION_KEYS)


def evidence_keys() -> KeyRing:
    """Keys that wrap the data key of each subject."""
    return KeyRing(keys=settings.EVIDENCE_KEYS)


def link_keys() -> KeyRing:
    """Keys that sign links in messages; none is ever dropped: a link to withdraw never expires."""
    return KeyRing(keys=settings.LINK_KEYS)


def seal_keys() -> KeyRing:
    """Seeds of the keys that sign checkpoints; every one signs, so that an old key vouches for a new one."""
    return KeyRing(keys=settings.SEAL_KEYS)

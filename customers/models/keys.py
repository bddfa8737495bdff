import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A time-ordered key (RFC 9562, section 5.7): made in Python, so that PostgreSQL 15 will do."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    return uuid.UUID(
        int=(milliseconds & (1 << 48) - 1) << 80
        | 0x7 << 76
        | (random >> 68) << 64
        | 0b10 << 62
        | random & (1 << 62) - 1
    )

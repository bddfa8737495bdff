"""The places of a selection in the log, one bit each: memory does not grow with what is selected."""

from collections.abc import Iterator, Sequence
from itertools import compress, count

BITS = 8
# The bits of each byte, the lowest first.
SPREAD = [[byte >> bit & 1 for bit in range(BITS)] for byte in range(1 << BITS)]


class Places:
    """Which leaves of a tree belong to a selection."""

    def __init__(self, *, tree_size: int) -> None:
        self._bits = bytearray(-(-tree_size // BITS))

    def add(self, *, positions: Sequence[int]) -> None:
        """Add places in ascending order; to add them again changes nothing."""
        many, first = len(positions), positions[0] if positions else 0
        if many and positions[-1] - first == many - 1 and first % BITS == many % BITS == 0:
            self._bits[first // BITS : (first + many) // BITS] = b"\xff" * (many // BITS)
            return
        for position in positions:
            self._bits[position // BITS] |= 1 << position % BITS

    def count(self, *, start: int, end: int) -> int:
        """Count the places from `start` up to, not including, `end`."""
        kept = memoryview(self._bits)[start // BITS : -(-end // BITS)]
        bits = int.from_bytes(kept, "little") >> start % BITS
        return (bits & ((1 << (end - start)) - 1)).bit_count()

    def __len__(self) -> int:
        return int.from_bytes(self._bits, "little").bit_count()

    def __iter__(self) -> Iterator[int]:
        return compress(count(), (bit for byte in self._bits for bit in SPREAD[byte]))

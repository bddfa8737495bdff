"""A file of which only is known when its bytes came, and how many there were."""

import time

# What an export holds before the first of its table.
SMALL = 1 << 16


class Sink:
    """When the first byte came, when the first rows did, and how many bytes there were."""

    def __init__(self) -> None:
        self.began, self.first, self.rows, self.size = time.perf_counter(), 0.0, 0.0, 0

    def write(self, block: bytes, /) -> int:
        self.first = self.first or self._since()
        self.size += len(block)
        if self.size > SMALL:
            self.rows = self.rows or self._since()
        return len(block)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _since(self) -> float:
        return time.perf_counter() - self.began

"""The same rows with their verdicts behind them, in the encoding the list came in."""

from collections.abc import Sequence

from consent.domain.lists.layout import Layout
from consent.domain.lists.rows import Rows

VERDICT_COLUMNS = (
    *("allowed", "code", "reasons", "ground", "valid_until"),
    *("within_hours", "next_allowed_at", "caller_number"),
)


WITH_EVIDENCE = (*VERDICT_COLUMNS, "evidence")


def _columns(layout: Layout) -> tuple[str, ...]:
    return WITH_EVIDENCE if layout.evidence else VERDICT_COLUMNS


class _Written(dict[tuple[str, ...], str]):
    """Verdicts as text; many rows of a list share one."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.separator, self.width = layout.separator, len(_columns(layout))

    def __missing__(self, verdict: tuple[str, ...]) -> str:
        self[verdict] = text = self.separator + self.separator.join(verdict[: self.width])
        return text


def with_verdicts(*, rows: Rows, verdicts: Sequence[tuple[str, ...]], layout: Layout) -> str:
    """Add each verdict behind its row; the texts of a verdict need no quotation marks."""
    behind = list(map(_Written(layout).__getitem__, verdicts))
    if rows.tails:
        return _unusual(rows, behind, layout)
    titles = [_title(rows, number, layout) for number in range(rows.titles)]
    body = map(str.__add__, rows.heads[rows.titles :], behind)
    return rows.ending.join([*titles, *body]) + (rows.ending if rows.closed else "")


def encoded(*, text: str, layout: Layout) -> bytes:
    """Write text as the list was written; its byte order mark stands apart (`mark_of`)."""
    if layout.ending == "\r":
        text = text.replace("\n", "\r")
    return text.encode(layout.encoding, errors="replace")


def _title(rows: Rows, number: int, layout: Layout) -> str:
    """Only the last of the rows at the start names columns; a list without header gets none."""
    is_header = layout.header and number == rows.titles - 1
    names = layout.separator + layout.separator.join(_columns(layout))
    return rows.heads[number] + (names if is_header else "")


def _unusual(rows: Rows, behind: list[str], layout: Layout) -> str:
    middle = [""] * rows.count
    for number, verdict in zip(rows.asked, behind, strict=True):
        middle[number] = verdict
    heads = [_title(rows, number, layout) for number in range(rows.titles)] + rows.heads[rows.titles :]
    return "".join([part for row in zip(heads, middle, rows.tails, strict=True) for part in row])


def mark_of(*, layout: Layout) -> bytes:
    """The byte order mark with which the list began, and with which the result begins."""
    return bytes.fromhex(layout.mark)

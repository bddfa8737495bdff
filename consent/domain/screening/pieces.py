"""One piece of a list: read, asked about in one question, and written with its verdicts."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from consent.domain.engine.bulk import CHUNK, answer_chunk
from consent.domain.engine.evidenced import answer_with_evidence
from consent.domain.engine.question import Question
from consent.domain.lists.layout import Layout
from consent.domain.lists.problems import Remark, RowRemark
from consent.domain.lists.rows import Rows, read_rows
from consent.domain.lists.writing import encoded, with_verdicts

ROWS_NAMED = 10  # of each kind of remark


@dataclass(kw_only=True)
class Tally:
    """What was counted so far: rows, answers per code, and which rows were mended (some)."""

    rows: int = 0
    asked: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Add what was counted in the rows that follow."""
        for name, remark in other.remarks.items():
            mine = self.remarks.setdefault(name, {"count": 0, "rows": []})
            named = [self.rows + row for row in remark["rows"]]
            mine["rows"] = (mine["rows"] + named)[:ROWS_NAMED]
            mine["count"] += remark["count"]
        self.rows += other.rows
        self.asked += other.asked
        self.counts = {
            code: self.counts.get(code, 0) + other.counts.get(code, 0)
            for code in {**self.counts, **other.counts}
        }


@dataclass(frozen=True, kw_only=True)
class Screened:
    """One piece with its verdicts, in the encoding of the list, and the keys of whom it is about."""

    output: bytes
    tally: Tally
    keys: bytes


def screen_piece(*, data: bytes, titles: int, layout: Layout, question: Question) -> Screened:
    """Answer every row of a piece, of which so many at the start are titles."""
    rows = read_rows(data=data, layout=layout, titles=titles)
    contacts = _contacts(rows)
    texts = rows.addresses or [""] * len(contacts)
    contacts = contacts or [None] * len(texts)
    answer = answer_with_evidence if layout.evidence else answer_chunk
    answered = [
        answer(question=question, texts=texts[chunk], contacts=contacts[chunk])
        for chunk in (slice(start, start + CHUNK) for start in range(0, len(texts), CHUNK))
    ]
    verdicts = [verdict for one in answered for verdict in one.verdicts]
    text = with_verdicts(rows=rows, verdicts=verdicts, layout=layout)
    counts = Counter([verdict.code for verdict in verdicts])
    return Screened(
        output=encoded(text=text, layout=layout),
        tally=Tally(rows=rows.count, asked=len(verdicts), counts=dict(counts), remarks=_remarks(rows)),
        keys=b"".join(one.keys for one in answered),
    )


def _contacts(rows: Rows) -> list[uuid.UUID | None]:
    keys = [_read_key(text) for text in rows.contacts]
    rows.remarks += [
        RowRemark(row=rows.asked[number] if rows.asked else rows.titles + number, remark=Remark.CONTACT)
        for number, (text, key) in enumerate(zip(rows.contacts, keys, strict=True))
        if text.strip() and not key
    ]
    return keys


def _read_key(text: str) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None


def _remarks(rows: Rows) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in rows.remarks:
        entry = found.setdefault(one.remark.value, {"count": 0, "rows": []})
        entry["count"] += 1
        if len(entry["rows"]) < ROWS_NAMED:
            entry["rows"].append(one.row + 1)
    return found

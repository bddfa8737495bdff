"""What a dossier is laid out from: headings, sentences, facts and tables; the template knows no words."""

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import typst

Block = dict[str, object]
TEMPLATE = Path(__file__).with_name("dossier.typ")
# Readable by screen readers, and in twenty years: PDF/UA-1 and PDF/A-2a.
STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One dossier: its title, the line below each page, the language, and what it says."""

    title: str
    author: str
    footer: str
    language: str
    blocks: Sequence[Block]


def heading(text: str, *, level: int) -> Block:
    return {"kind": "heading", "level": level, "text": text}


def text(sentence: str) -> Block:
    return {"kind": "text", "text": sentence}


def quote(words: str, *, language: str) -> Block:
    return {"kind": "quote", "text": words, "lang": language or "nl"}


def code(lines: str) -> Block:
    return {"kind": "code", "text": lines}


def facts(rows: Iterable[tuple[object, object]]) -> Block:
    """A list of what is known; what is empty is left out."""
    said = [(str(label), str(value)) for label, value in rows if value not in (None, "")]
    return {"kind": "facts", "rows": said}


def table(*, head: Sequence[object], rows: Iterable[Sequence[object]], widths: Sequence[int]) -> Block:
    """A table with a header that is repeated on each page; widths are shares of it."""
    said = [[str(cell) for cell in row] for row in rows]
    return {"kind": "table", "head": [str(name) for name in head], "rows": said, "widths": list(widths)}


def as_pdf(*, document: Document, at: datetime.datetime) -> bytes:
    """Lay a dossier out as tagged PDF; the same content at the same moment gives the same bytes."""
    data = json.dumps(
        {
            "title": document.title,
            "author": document.author,
            "footer": document.footer,
            "lang": document.language,
            "blocks": document.blocks,
        }
    )
    pdf: bytes = typst.compile(
        TEMPLATE,
        sys_inputs={"data": data},
        pdf_standards=[*STANDARDS],
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
    return pdf

"""Rows as a CSV file to take along, line by line."""

from collections.abc import Iterable, Sequence
from itertools import chain

from django.http import StreamingHttpResponse

from consent.domain.spreadsheet import MARK, write_lines


def as_download(rows: Iterable[Sequence[str]], *, name: str) -> StreamingHttpResponse:
    lines = chain([MARK], write_lines(rows=rows))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer

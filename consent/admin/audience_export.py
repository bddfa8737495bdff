"""The people of an audience as CSV, row by row; a cell never starts a formula in a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

from consent.domain.audiences import Loss, Member
from consent.domain.rulebook.explanations import ground_of

COLUMNS = (
    "contact",
    "name",
    "address",
    "allowed",
    "code",
    "reasons",
    "ground",
    "valid_until",
    "caller_number",
)
# Spreadsheets run what starts with one of these; a phone number is a number and nothing to run.
FORMULA = re.compile(r"[=@+\-\t\r]")
NUMBER = re.compile(r"\+\d+")
# Without the mark a spreadsheet takes the file for another encoding than UTF-8.
MARK = "\ufeff"


class Line:
    """Gives the text of the row it is asked to write."""

    def write(self, text: str) -> str:
        return text


def as_download(rows: Iterable[Sequence[str]], *, name: str) -> StreamingHttpResponse:
    writer = csv.writer(Line())
    lines = (writer.writerow([safe(cell) for cell in row]) for row in rows)
    answer = StreamingHttpResponse(marked(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def reachable_rows(members: Iterable[Member], *, zone: str) -> Iterator[Sequence[str]]:
    yield COLUMNS
    for member in members:
        yield row_of(member, zone)


def loss_rows(losses: Iterable[Loss], *, zone: str) -> Iterator[Sequence[str]]:
    yield (*COLUMNS, "code_then", "reasons_then")
    for loss in losses:
        then = loss.after.decision
        yield (*row_of(loss.member, zone), then.code, " ".join(then.reasons))


def row_of(member: Member, zone: str) -> tuple[str, ...]:
    answer, decision = member.answer, member.answer.decision
    until = answer.valid_until.astimezone(ZoneInfo(zone)).isoformat() if answer.valid_until else ""
    return (
        str(member.point.contact_id),
        str(member.point.contact),
        member.point.value,
        "true" if decision.allowed else "false",
        decision.code,
        " ".join(decision.reasons),
        ground_of(decision.code),
        until,
        answer.caller_number,
    )


def safe(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def marked(lines: Iterable[str]) -> Iterator[str]:
    yield MARK
    yield from lines

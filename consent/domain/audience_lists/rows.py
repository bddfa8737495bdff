"""The people of an audience as lines of CSV: whom, at which address, on what ground and until when."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from consent.domain.audiences import Loss, Member
from consent.domain.engine.question import Question
from consent.domain.rulebook.explanations import ground_of
from consent.domain.spreadsheet import MARK, write_lines

TITLES = (
    *("contact", "name", "address", "allowed", "code", "reasons", "ground", "valid_until"),
    "caller_number",
)
THEN_TITLES = ("code_then", "reasons_then")


def write_titles(*, questions: Sequence[Question]) -> bytes:
    """Write what a list begins with; one about two moments says of the second one what it was."""
    titles = TITLES if len(questions) == 1 else (*TITLES, *THEN_TITLES)
    return (MARK + "".join(write_lines(rows=[titles]))).encode()


def write_people(*, people: Sequence[Member | Loss], zone: str) -> bytes:
    """Write a line for each person; moments in the zone of the legal entity."""
    return "".join(write_lines(rows=[_row(one, ZoneInfo(zone)) for one in people])).encode()


def _row(one: Member | Loss, zone: ZoneInfo) -> tuple[str, ...]:
    if isinstance(one, Member):
        return _row_of(one, zone)
    then = one.after.decision
    return (*_row_of(one.member, zone), then.code, " ".join(then.reasons))


def _row_of(member: Member, zone: ZoneInfo) -> tuple[str, ...]:
    answer, decision = member.answer, member.answer.decision
    return (
        str(member.point.contact_id),
        str(member.point.contact),
        member.point.value,
        "true" if decision.allowed else "false",
        decision.code,
        " ".join(decision.reasons),
        ground_of(decision.code),
        answer.valid_until.astimezone(zone).isoformat() if answer.valid_until else "",
        answer.caller_number,
    )

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count

from consent.domain.engine.question import Question
from consent.models import CallList, CallListEntry, Wording
from customers.models import LegalEntity, ProductGroup, StaffMember

CHUNK: Final = 10_000
State = CallListEntry.State

# In the order given, so that whoever made the list decides who is called first.
FILL: Final = """
INSERT INTO consent_calllistentry
    (call_list_id, contact_id, contact_point_id, state, next_try_at, waits_for, call_back_asked, attempts,
     last_outcome, skip_code)
SELECT %(call_list)s, point.contact_id, point.id, 'WAITING', %(opened_at)s, '', false, 0, '', ''
FROM unnest(%(points)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN customers_contactpoint AS point USING (id)
WHERE point.organisation_id = %(organisation)s AND point.kind = 'PHONE'
ORDER BY wanted.place
ON CONFLICT ON CONSTRAINT call_list_holds_a_number_once DO NOTHING
"""


class CallListClosedError(ValueError):
    """The list was closed or has expired."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a call list was made from: which kind of thing, and its key."""

    origin: CallList.Origin = CallList.Origin.AUDIENCE
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How far a call list is: contacts by state, what the waiting wait for, and why others were skipped."""

    waiting: int = 0
    held: int = 0
    done: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    waits_for: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def skipped_in_all(self) -> int:
        return sum(self.skipped.values())

    @property
    def total(self) -> int:
        return self.waiting + self.held + self.done + self.skipped_in_all


@transaction.atomic
def open_call_list(
    *,
    question: Question,
    contact_point_ids: Iterable[uuid.UUID] = (),
    name: str,
    script: Wording,
    opened_by: StaffMember | None,
    opened_at: datetime.datetime,
    made: Made | None = None,
    expires_at: datetime.datetime | None = None,
) -> CallList:
    """Open a call list for the legal entity, purpose and product group of a question.

    Being on it permits nothing: everybody is asked about again when they are shown. Whoever has to be looked
    for first is put on it later (`filling`).
    """
    made = made or Made()
    call_list = CallList.objects.create(
        organisation_id=question.organisation_id,
        legal_entity_id=question.legal_entity_id,
        purpose_id=question.purpose_id,
        product_group=_product_group(question),
        name=name,
        script=script,
        origin=made.origin,
        origin_reference=made.reference,
        opened_by=opened_by,
        opened_at=opened_at,
        expires_at=expires_at,
    )
    add_contacts(call_list=call_list, contact_point_ids=contact_point_ids)
    return call_list


@transaction.atomic
def add_contacts(*, call_list: CallList, contact_point_ids: Iterable[uuid.UUID]) -> None:
    """Put numbers on a list, behind those that are there.

    Numbers of another organisation, addresses that are no number and numbers given twice are left out.
    """
    ids = iter(contact_point_ids)
    given: dict[str, Any] = {
        "call_list": call_list.pk,
        "organisation": call_list.organisation_id,
        "opened_at": call_list.opened_at,
    }
    with connection.cursor() as cursor:
        while chunk := list(islice(ids, CHUNK)):
            cursor.execute(FILL, {**given, "points": chunk})


def close_call_list(*, call_list: CallList, closed_at: datetime.datetime) -> None:
    """Show nobody of this list from now on; calls that run can still be logged.

    Raises CallListClosedError.
    """
    if not CallList.objects.filter(pk=call_list.pk, closed_at__isnull=True).update(closed_at=closed_at):
        raise CallListClosedError
    call_list.closed_at = closed_at


def reopen_call_list(*, call_list: CallList) -> None:
    """Show people of a closed list again; one that is open stays so."""
    CallList.objects.filter(pk=call_list.pk).update(closed_at=None)
    call_list.closed_at = None


def write_script(*, call_list: CallList, script: Wording) -> None:
    """Change what agents say, from the next contact on."""
    call_list.script = script
    call_list.save(update_fields=["script"])


def wait_again(*, call_list: CallList, at: datetime.datetime) -> int:
    """Let everybody who was skipped wait again, and say how many; each is asked about again before a call.

    What forbade a call may have passed, such as a do-not-call-me list that was too old.
    """
    skipped = CallListEntry.objects.filter(call_list=call_list, state=State.SKIPPED)
    return skipped.update(state=State.WAITING, skip_code="", next_try_at=at, waits_for="")


def count_entries(*, call_lists: Iterable[CallList]) -> dict[uuid.UUID, Counts]:
    """Count the contacts on each list, in one query."""
    lists = [call_list.pk for call_list in call_lists]
    rows = (
        CallListEntry.objects.filter(call_list__in=lists)
        .values("call_list", "state", "skip_code", "waits_for", "last_outcome")
        .annotate(contacts=Count("pk"))
        .order_by("call_list", "state", "skip_code", "waits_for", "last_outcome")
    )
    grouped: dict[uuid.UUID, list[Mapping[str, Any]]] = {pk: [] for pk in lists}
    for row in rows:
        grouped[row["call_list"]].append(row)
    return {pk: _counts(found) for pk, found in grouped.items()}


def find_requested_list(
    *, legal_entity: LegalEntity, purpose_id: uuid.UUID, name: str, at: datetime.datetime
) -> CallList:
    """Find the open list of calls that people asked for, or open it; two who come at once get the same."""
    LegalEntity.objects.select_for_update(of=("self",), no_key=True).get(pk=legal_entity.pk)
    values: dict[str, Any] = {
        "organisation_id": legal_entity.organisation_id,
        "legal_entity": legal_entity,
        "purpose_id": purpose_id,
        "origin": CallList.Origin.REQUESTED,
    }
    open_list = CallList.objects.filter(**values, closed_at__isnull=True).order_by("opened_at", "pk").first()
    return open_list or CallList.objects.create(**values, name=name, opened_at=at)


def _product_group(question: Question) -> ProductGroup | None:
    return ProductGroup.objects.filter(
        legal_entity=question.legal_entity_id, code=question.product_group_code
    ).first()


def _counts(rows: list[Mapping[str, Any]]) -> Counts:
    return Counts(
        waiting=sum(row["contacts"] for row in rows if row["state"] == State.WAITING),
        held=sum(row["contacts"] for row in rows if row["state"] == State.HELD),
        done=sum(row["contacts"] for row in rows if row["state"] == State.DONE),
        skipped=_summed(rows, State.SKIPPED, "skip_code"),
        waits_for=_summed(rows, State.WAITING, "waits_for"),
        outcomes=_summed(rows, State.DONE, "last_outcome"),
    )


def _summed(rows: list[Mapping[str, Any]], state: str, column: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        if row["state"] == state and row[column]:
            found[row[column]] = found.get(row[column], 0) + row["contacts"]
    return found

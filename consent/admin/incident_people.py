"""People who were met in something: their numbers, the list of them, and the file."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django_stubs_ext import StrPromise

from consent.admin.csv_download import as_download
from consent.domain.disclosures import GivenOut, recorded
from consent.domain.incidents.limits import say_erased
from consent.domain.incidents.searching import Met, Person, count_people, find_people, stream_people
from consent.domain.incidents.sources import ABOUT, Source
from consent.models import Disclosure
from customers.models import Contact, StaffMember

ROWS_A_PAGE: Final = 50
AT_ONCE: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One source: how many people were in it, how often, and which data is seen there."""

    title: StrPromise
    people: int
    times: int
    data: str


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One person as the page and the file show them; of somebody erased only the key is left."""

    person: Person
    contact: Contact | None
    sources: str
    data: str

    @property
    def name(self) -> str:
        return str(self.contact) if self.contact else ""


def described(request: HttpRequest, met: Met) -> dict[str, Any]:
    """What the page shows of the people: the numbers, and the page of them that was asked for."""
    text, after = request.GET.get("q", "").strip(), page_after(request)
    found = find_people(met=met, text=text, after=after, limit=ROWS_A_PAGE + 1)
    shown = found[:ROWS_A_PAGE]
    counts = count_people(met=met)
    said = request.GET.copy()
    for name in ("after", "still"):
        said.pop(name, None)
    return {
        "counts": counts,
        "erased": say_erased(counts=counts),
        "sources": [
            SourceRow(title=ABOUT[one].title, people=people, times=times, data=data_of([one]))
            for one, (people, times) in counts.of_source.items()
        ],
        "rows": list(named(shown)),
        "next_after": shown[-1].contact_id if len(found) > ROWS_A_PAGE else None,
        "is_first": after is None,
        "text": text,
        "said": said.urlencode(),
    }


def named(people: Sequence[Person]) -> Iterator[PersonRow]:
    """Put names to keys, of so many people in one query."""
    contacts = Contact.objects.in_bulk([person.contact_id for person in people])
    for person in people:
        yield PersonRow(
            person=person,
            contact=contacts.get(person.contact_id),
            sources=", ".join(str(ABOUT[one].title) for one in person.sources),
            data=data_of(person.sources),
        )


def data_of(sources: Iterable[Source]) -> str:
    kinds = dict.fromkeys(kind for source in sources for kind in ABOUT[source].data)
    return ", ".join(str(kind.label) for kind in kinds)


def as_file(met: Met, *, staff: StaffMember, legal_entity_id: uuid.UUID, name: str) -> StreamingHttpResponse:
    """The people as CSV; who stands on it, and who took it, is written down before each part is given."""
    given = GivenOut(
        organisation_id=met.organisation_id,
        source=Disclosure.Source.INCIDENT,
        legal_entity_id=legal_entity_id,
        staff_id=staff.pk,
    )
    people = recorded(
        rows=stream_people(met=met),
        contact_of=lambda person: person.contact_id,
        given=given,
        clock=timezone.now,
    )
    return as_download(_lines(people), name=name)


def _lines(people: Iterator[Person]) -> Iterator[Sequence[str]]:
    yield (
        *("contact", "name", "erased"),
        *(gettext("in what"), gettext("data"), gettext("first"), gettext("last"), gettext("times")),
    )
    while part := list(islice(people, AT_ONCE)):
        for row in named(part):
            yield (
                str(row.person.contact_id),
                row.name,
                "true" if row.contact is None or row.contact.erased_at else "false",
                row.sources,
                row.data,
                row.person.first_at.isoformat(timespec="seconds"),
                row.person.last_at.isoformat(timespec="seconds"),
                str(row.person.times),
            )


def page_after(request: HttpRequest) -> uuid.UUID | None:
    """The key after which this page of the list begins; a key that is none begins at the first page."""
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None

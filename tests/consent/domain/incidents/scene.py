"""A shop where everybody was in something else: one person per kind of list, export or message."""

import datetime
from dataclasses import dataclass

from consent.domain import outbox
from consent.domain.disclosures import GivenOut, pack_keys, record_disclosure
from consent.domain.incidents.searching import Search
from consent.domain.incidents.sources import Source
from consent.domain.rights import receiving, steps
from consent.domain.seal.sealing import seal_chunk
from consent.models import (
    CallList,
    CallListEntry,
    ContactAttempt,
    DeskLookup,
    Disclosure,
    EvidenceExport,
    OutboxMessage,
    Purpose,
    RightsRequest,
    RightsStep,
    ShownContact,
)
from consent.models import (
    Source as Origin,
)
from customers.models import Contact, LegalEntity, StaffAct, StaffMember
from tests import make

DAY = datetime.timedelta(days=1)
SINCE, UNTIL = make.NOW - DAY, make.NOW + DAY


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The legal entity, its people by the source they were met in, and the one who handled them."""

    entity: LegalEntity
    purpose: Purpose
    staff: StaffMember
    people: dict[Source, Contact]

    def search(self, *sources: Source, **said: object) -> Search:
        asked = {
            "organisation_id": self.entity.organisation_id,
            "legal_entity_id": self.entity.pk,
            "since": SINCE,
            "until": UNTIL,
            "sources": sources or tuple(Source),
        }
        return Search(**(asked | said))  # type: ignore[arg-type]


def scene(*, code: str = "huisgroep") -> Scene:
    """Make the shop; every act is of now, and by one member of staff where somebody acts."""
    organisation = make.organisation(code=code)
    entity = make.legal_entity(organisation=organisation, code=f"{code}-bv")
    purpose = make.purpose(organisation=organisation, legal_entities=[entity])
    staff = make.staff_member(organisation=organisation, username=f"fg-{code}", role=StaffMember.Role.DPO)
    names = {source: source.value.title().replace("_", " ") for source in Source}
    people = {
        source: make.contact(organisation=organisation, family_name=name) for source, name in names.items()
    }
    made = Scene(entity=entity, purpose=purpose, staff=staff, people=people)
    for source in ("SCREENING", "AUDIENCE", "WHAT_IF", "API_BATCH", "INCIDENT"):
        give_out(made, Disclosure.Source(source), [people[Source(source)]])
    _desk(made)
    _papers(made)
    return made


def give_out(
    made: Scene,
    source: Disclosure.Source,
    people: list[Contact],
    *,
    at: datetime.datetime = make.NOW,
    staff: StaffMember | None = None,
) -> GivenOut:
    given = GivenOut(
        organisation_id=made.entity.organisation_id,
        source=source,
        legal_entity_id=made.entity.pk,
        staff_id=(staff or made.staff).pk,
    )
    keys = pack_keys(contact_ids=[contact.pk for contact in people])
    record_disclosure(given=given, keys=keys, disclosed_at=at)
    return given


def entry_of(made: Scene, contact: Contact, call_list: CallList) -> CallListEntry:
    return CallListEntry.objects.create(
        call_list=call_list,
        contact=contact,
        contact_point=make.phone_point(contact=contact),
        next_try_at=make.NOW,
    )


def _desk(made: Scene) -> None:
    open_list = make.call_list(legal_entity=made.entity, purpose=made.purpose, opened_at=make.NOW)
    CallList.objects.filter(pk=open_list.pk).update(opened_by=made.staff)
    entry_of(made, made.people[Source.CALL_LIST], open_list)
    earlier = make.call_list(
        legal_entity=made.entity, purpose=made.purpose, opened_at=SINCE - DAY, closed_at=SINCE
    )
    shown = entry_of(made, made.people[Source.SHOWN], earlier)
    ShownContact.objects.create(entry=shown, agent=made.staff, shown_at=make.NOW, code="A_CONSENT")
    called = made.people[Source.CALL]
    ContactAttempt.objects.create(
        organisation=made.entity.organisation,
        legal_entity=made.entity,
        contact=called,
        contact_point=make.phone_point(contact=called),
        purpose=made.purpose,
        attempted_at=make.NOW,
        outcome=ContactAttempt.Outcome.NO_ANSWER,
        agent=made.staff,
    )
    DeskLookup.objects.create(
        organisation=made.entity.organisation,
        staff=made.staff,
        looked_up_at=make.NOW,
        address_hash=b"0" * 32,
        hash_key_version=1,
        contact=made.people[Source.LOOKUP],
    )

    StaffAct.objects.create(
        organisation=made.entity.organisation,
        staff=made.staff,
        done_at=make.NOW,
        act=StaffAct.Act.LOOKED,
        contact_id=made.people[Source.PAGE].pk,
        page="customers_contact_change",
    )


def _papers(made: Scene) -> None:
    subject = made.people[Source.EVIDENCE]
    make.permission_event(
        contact_point=make.email_point(contact=subject),
        notice_version=make.notice_version(legal_entity=made.entity, purpose=made.purpose),
    )
    seal_chunk(now=make.NOW)
    export(made, {})
    asked = receiving.receive(
        asked=receiving.NewRequest(
            legal_entity=made.entity,
            kind=RightsRequest.Kind.ACCESS,
            source=Origin.PAPER,
            language="nl",
            contact=made.people[Source.COPY],
            words="",
            identity=RightsRequest.Identity.KNOWN,
        ),
        received_at=make.NOW,
        recorded_at=make.NOW,
    )
    steps.take_step(request=asked, what=RightsStep.What.COPY_GIVEN, taken_at=make.NOW, staff_id=made.staff.pk)
    OutboxMessage.objects.filter(legal_entity=made.entity).delete()
    receiver = made.people[Source.MESSAGE]
    message = outbox.write(
        message=outbox.NewMessage(
            kind=OutboxMessage.Kind.RECEIPT,
            legal_entity=made.entity,
            contact_point=make.email_point(contact=receiver, text="ontvanger@example.org"),
            language="nl",
            content={},
        ),
        written_at=make.NOW,
    )
    OutboxMessage.objects.filter(pk=message.pk).update(state="SENT", sent_at=make.NOW)


def export(made: Scene, selection: dict[str, str], *, contact: Contact | None = None) -> EvidenceExport:
    return EvidenceExport.objects.create(
        organisation=made.entity.organisation,
        contact_id=contact.pk if contact else None,
        selection={"organisation_id": str(made.entity.organisation_id), **selection},
        formats=["csv"],
        with_evidence=False,
        staff=made.staff,
        exported_at=make.NOW,
        tree_size=1_000,
        events=1,
        people=1,
        sha256="0" * 64,
    )

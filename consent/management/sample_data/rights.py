"""Rights requests at every stage of their clock, one too late, and a data breach to tell of; made up."""

import datetime
from typing import Final

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.rights import answering, receiving
from consent.domain.rights.receiving import NewRequest
from consent.management.sample_data.by_code import find_entity, find_officer
from consent.models import (
    Actor,
    Incident,
    IncidentLetter,
    IncidentPerson,
    Method,
    OutboxMessage,
    RightsRequest,
    Source,
)
from customers.models import Contact, ContactPoint, LegalEntity, StaffMember

Kind, Identity = RightsRequest.Kind, RightsRequest.Identity
DAY: Final = datetime.timedelta(days=1)
STRANGER: Final = "Mevrouw De Wit (post@dewit.example.org) zegt dat zij post van ons krijgt en wil overal af."
TEXTS: Final = {
    "what_happened": {
        "nl": "Een lijst met namen en telefoonnummers ging naar een verkeerd e-mailadres. U stond erop.",
        "en": "A list with names and phone numbers was sent to a wrong e-mail address. You were on it.",
    },
    "consequences": {
        "nl": "Iemand kan u bellen en zeggen dat het namens ons is.",
        "en": "Somebody may call you and say that it is on our behalf.",
    },
    "measures": {
        "nl": "De ontvanger heeft de lijst gewist. Lijsten gaan niet meer als bijlage weg.",
        "en": "The receiver deleted the list. Lists no longer leave as an attachment.",
    },
    "advice": {
        "nl": "Vertrouwt u een telefoontje niet? Hang op en bel ons zelf.",
        "en": "Do you not trust a call? Hang up and call us yourself.",
    },
}


def load_rights(*, now: datetime.datetime) -> None:
    """Write down what people of HartHulp asked, seen from now: answered, refused, open, extended and late."""
    entity = find_entity(code="harthulp")
    officer = find_officer(entity=entity)
    _ask(entity, officer, "bram", Kind.ACCESS, now - 40 * DAY, identity=Identity.KNOWN)
    _extended(entity, officer, now)
    _answered(entity, officer, now)
    _refused(entity, officer, now)
    _ask(entity, officer, "vera", Kind.PROOF, now - 2 * DAY, identity=Identity.KNOWN)
    _ask(entity, officer, "", Kind.ERASURE, now - 3 * DAY, words=STRANGER)
    # What they were told left long ago, and mail has its own term.
    OutboxMessage.objects.filter(kind=OutboxMessage.Kind.RIGHTS).delete()
    _write_down_breach(entity, officer, now)


def _ask(
    entity: LegalEntity,
    officer: StaffMember,
    name: str,
    kind: RightsRequest.Kind,
    received_at: datetime.datetime,
    *,
    words: str = "",
    identity: RightsRequest.Identity | None = None,
) -> RightsRequest:
    asked = NewRequest(
        legal_entity=entity,
        kind=kind,
        source=Source.PHONE_CALL,
        language="nl",
        contact=_person(entity, name) if name else None,
        words=words,
        identity=identity,
        staff_id=officer.pk,
    )
    return receiving.receive(asked=asked, received_at=received_at, recorded_at=received_at)


def _extended(entity: LegalEntity, officer: StaffMember, now: datetime.datetime) -> None:
    request = _ask(entity, officer, "carla", Kind.RECTIFICATION, now - 26 * DAY, identity=Identity.KNOWN)
    reason = "Wij zoeken in drie oude systemen na waar uw naam verkeerd staat."
    answering.extend(request=request, reason=reason, staff_id=officer.pk, extended_at=now - 20 * DAY)


def _answered(entity: LegalEntity, officer: StaffMember, now: datetime.datetime) -> None:
    request = _ask(entity, officer, "joost", Kind.PROOF, now - 30 * DAY, identity=Identity.LINK)
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PHONE_CALL,
        method=Method.RECORD,
        staff_id=officer.pk,
        proof={"rights_request": str(request.pk)},
    )
    done = answering.Fulfilment(how=how, remark="Het bewijs staat op uw eigen pagina.")
    answering.fulfil(request=request, done=done, fulfilled_at=now - 28 * DAY)


def _refused(entity: LegalEntity, officer: StaffMember, now: datetime.datetime) -> None:
    request = _ask(entity, officer, "eva", Kind.PORTABILITY, now - 25 * DAY)
    answering.refuse(
        request=request,
        ground=RightsRequest.Ground.NOT_IDENTIFIED,
        reason="Wij konden niet vaststellen dat u het bent; u antwoordde niet op onze vraag.",
        staff_id=officer.pk,
        refused_at=now - 10 * DAY,
    )


def _write_down_breach(entity: LegalEntity, officer: StaffMember, now: datetime.datetime) -> None:
    sent_at, noticed_at = now - 2 * DAY, now - DAY
    incident = Incident.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        title="Bellijst naar een verkeerd adres",
        kinds=[Incident.Kind.CONFIDENTIALITY],
        what_happened="Een bellijst ging als bijlage naar een verkeerd adres: namen en nummers.",
        happened_from=sent_at,
        noticed_at=noticed_at,
        consequences="Iemand kan mensen bellen en doen alsof hij van ons is.",
        measures="De ontvanger wiste de lijst. Lijsten gaan niet meer als bijlage weg.",
        risk=Incident.Risk.HIGH,
        reported_at=noticed_at + datetime.timedelta(hours=3),
        report_reference="voorbeeld-2026-1122",
        recorded_at=noticed_at,
        recorded_by=officer,
    )
    IncidentLetter.objects.create(incident=incident, **TEXTS)
    IncidentPerson.objects.bulk_create(
        [
            IncidentPerson(
                incident=incident,
                contact_id=_person(entity, name).pk,
                source="AUDIENCE",
                first_at=sent_at,
                last_at=sent_at,
                times=1,
            )
            for name in ("bram", "carla", "vera")
        ]
    )


def _person(entity: LegalEntity, name: str) -> Contact:
    points = ContactPoint.objects.filter(organisation=entity.organisation_id, value=f"{name}@example.org")
    return points.select_related("contact").get().contact

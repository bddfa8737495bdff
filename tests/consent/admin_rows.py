"""One row of every model in one organisation, to see who may see it."""

import io
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from consent.domain import jobs, outbox, restrictions, suppressions
from consent.domain.disclosures import GivenOut, record_disclosure
from consent.domain.file_keys import make_key
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.rights import receiving
from consent.domain.screening import runs
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Act,
    Actor,
    AddressVerification,
    AudienceFile,
    AudiencePart,
    BalancingTest,
    CallListEntry,
    Channel,
    Checkpoint,
    ConsentEvent,
    ContactAttempt,
    DeskLookup,
    Digest,
    Disclosure,
    DoNotCallRegistration,
    DoNotCallSnapshot,
    Evidence,
    EvidenceExport,
    EvidenceFile,
    EvidencePart,
    Figure,
    Heartbeat,
    IncidentNotice,
    IncidentPerson,
    Job,
    KeptData,
    LinkRequest,
    Method,
    NoticeVersion,
    Notification,
    OutboxMessage,
    RateCount,
    RetentionTerm,
    RightsRequest,
    ServiceTest,
    ShownContact,
    ShownForm,
    Source,
    StatementAnnouncement,
    SubjectKey,
    Suppression,
    Topic,
)
from customers.domain import addresses, relations
from customers.domain.staff_acts import About, NewAct, keep_act
from customers.models import (
    Contact,
    ContactPoint,
    LegalEntity,
    Organisation,
    StaffAct,
    StaffMember,
    TermExtension,
    uuid7,
)
from scoring.models import FormerApplicant, JourneyAction, Score, SegmentMember
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring import pool_scene as pools
from tests.signing_in import sign_in

BY_PHONE = Circumstances(actor=Actor.SUBJECT, source=Source.PHONE_CALL, method=Method.ORAL, proof={})
Rows = dict[type[models.Model], models.Model]


def signed_in(staff: StaffMember) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, staff)
    return client


def superuser() -> StaffMember:
    return StaffMember.objects.create_superuser(username="root", password="een lang wachtwoord")


def given(*, contact: Contact, point: ContactPoint, version: NoticeVersion) -> ConsentEvent:
    notice = version.notice
    event = NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.GIVEN,
        subject_id=contact.pk,
        occurred_at=make.LONG_AGO,
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CHECKBOX,
        legal_entity_id=notice.legal_entity_id,
        purpose_id=notice.purpose_id,
        channel=notice.channel,
        contact_point_id=point.pk,
        shown=Wordings(language="nl", notice_version_id=version.pk, notice_hash=version.content_hash),
        proof={"typed": {"address": point.value}, "page": "/forms/aanbiedingen/"},
    )
    [recorded] = record(events=[event], recorded_at=make.LONG_AGO)
    return recorded


def everything(*, code: str) -> Rows:
    organisation = make.organisation(code=code, name=f"Organisatie {code}")
    entity = make.legal_entity(organisation=organisation, code=f"{code}-bv", name=f"{code} B.V.")
    contact = make.contact(organisation=organisation, family_name=f"Van {code}")
    email = make.email_point(contact=contact, text=f"alice@{code}.example.org")
    agent = make.staff_member(organisation=organisation, username=f"agent-{code}")
    rows: list[models.Model] = [
        organisation,
        entity,
        *figure_rows(entity),
        agent,
        make.api_key(legal_entity=entity).key,
        contact,
        email,
        make.house_policy(legal_entity=entity, decided_by=agent),
        make.calling_policy(legal_entity=entity, decided_by=agent),
        make.day_of_mourning(organisation=organisation, decided_by=agent),
        *settings_rows(entity),
        *relation_rows(contact, entity),
        *rights_rows(contact, entity),
        *wording_rows(organisation, entity),
        *screening_rows(agent, entity),
        *list_rows(agent, entity),
        *breach_rows(agent, entity, contact),
        scoring.behaviour(contact=contact, legal_entity=entity),
        scoring.attribute(contact=contact, legal_entity=entity),
        scoring.attribute_name(legal_entity=entity),
    ]
    found = {type(row): row for row in rows}
    version = NoticeVersion.objects.get(notice__legal_entity=entity)
    rows = [*ledger_rows(contact, email, version), *call_rows(contact, entity, version.notice.purpose)]
    told = [*told_rows(contact, entity, code), *campaign_rows(contact, entity, version.notice.purpose)]
    # Who objected has no score: these come after the acts.
    scored = score_rows(entity, contact)
    gone = journey_rows(entity, contact, version.notice.purpose)
    pool = pools.talent_pool(legal_entity=entity, purpose=version.notice.purpose)
    rows_of_pool = pools.rows_of(pool=pool, contact=contact)
    scored += [pool, *(row for row in rows_of_pool if not isinstance(row, FormerApplicant))]
    found |= {type(row): row for row in [*rows, *told, announcement_row(contact, entity), *scored, *gone]}
    return found


def campaign_rows(contact: Contact, entity: LegalEntity, purpose: Any) -> list[models.Model]:
    campaign = scoring.campaign(legal_entity=entity, purpose=purpose)
    cap = scoring.frequency_cap(organisation=entity.organisation)
    return [campaign, scoring.recipient(campaign=campaign, contact=contact), cap]


def told_rows(contact: Contact, entity: LegalEntity, code: str) -> list[models.Model]:
    """After the acts of the others, so that what they said is not told as well."""
    endpoint = make.endpoint(legal_entities=[entity], name=f"Maillijst {code}")
    told = Notification.objects.create(
        organisation=contact.organisation,
        endpoint=endpoint,
        topic=Topic.OBJECTED,
        contact_id=contact.pk,
        legal_entity=entity,
        occurred_at=make.NOW,
        created_at=make.NOW,
        due_at=make.NOW,
    )
    return [endpoint, told]


def figure_rows(entity: LegalEntity) -> list[models.Model]:
    department = make.department(organisation=entity.organisation, legal_entities=[entity])
    figure = Figure.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        name=Figure.Name.STATUS,
        part="ConsentGiven",
        number=1,
        counted_at=make.NOW,
    )
    digest = Digest.objects.create(
        department=department,
        month_date=date(2026, 10, 1),
        subject="lacks_proof",
        message_id=uuid7(),
        written_at=make.NOW,
    )
    return [department, figure, digest]


def settings_rows(entity: LegalEntity) -> list[models.Model]:
    processor = make.processor(legal_entities=[entity])
    lamps = make.product_group(legal_entity=entity)
    bulbs = make.product_group(legal_entity=entity, code="lichtbronnen", name="Lichtbronnen")
    return [
        make.caller_number(legal_entity=entity),
        make.product_similarity(product_group=lamps, similar_group=bulbs),
        lamps,
        processor,
    ]


def rights_rows(contact: Contact, entity: LegalEntity) -> list[models.Model]:
    request = receiving.receive(
        asked=receiving.NewRequest(
            legal_entity=entity,
            kind=RightsRequest.Kind.ERASURE,
            source=Source.PAPER,
            language="en",
            contact=contact,
            words="Alles weg, graag.",
            identity=RightsRequest.Identity.DOCUMENT,
        ),
        received_at=make.NOW,
        recorded_at=make.NOW,
    )
    OutboxMessage.objects.filter(kind=OutboxMessage.Kind.RIGHTS).delete()
    term = RetentionTerm.objects.create(
        organisation=contact.organisation, kind="MAILS", days=30, reason="Kort.", decided_at=make.NOW
    )
    return [request, *request.steps.order_by("pk")[:1], term]


def relation_rows(contact: Contact, entity: LegalEntity) -> list[models.Model]:
    sale = make.transaction(contact=contact, legal_entity=entity)
    relations.keep_relations(transaction_ids=[sale.pk])
    longer = TermExtension.objects.create(
        legal_entity=entity,
        kind="SALE",
        term_months=48,
        balancing_test="Eerlijk.",
        opinion_reference="B-1",
        opinion="Kan.",
        decided_at=make.LONG_AGO,
    )
    return [sale, contact.relations.get(), longer]


def wording_rows(organisation: Organisation, entity: LegalEntity) -> list[models.Model]:
    purpose = make.purpose(organisation=organisation, legal_entities=[entity])
    version = make.notice_version(legal_entity=entity, purpose=purpose)
    service_test = ServiceTest.objects.create(
        purpose=purpose,
        only_informs=True,
        material_facts=True,
        only_relevant_people=True,
        nothing_promotional=True,
        reasoning="Feiten.",
        concluded_at=make.LONG_AGO,
    )
    balancing_test = BalancingTest.objects.create(
        legal_entity=entity,
        purpose=purpose,
        channel=Channel.POST,
        interest="Ons belang.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
    )
    point = make.collection_point(legal_entity=entity, code=f"form-{entity.code}")
    form = ShownForm.objects.create(
        collection_point=point,
        language="nl",
        content="<form></form>",
        content_hash="a" * 64,
        first_shown_at=make.LONG_AGO,
    )
    statement = make.privacy_statement(legal_entity=entity)
    papers = [
        make.impact_assessment(legal_entity=entity, purposes=[purpose]),
        make.security_measures(organisation=organisation, legal_entity=entity),
    ]
    return [*papers, purpose, version.notice, version, service_test, balancing_test, point, form, statement]


def announcement_row(contact: Contact, entity: LegalEntity) -> StatementAnnouncement:
    return StatementAnnouncement.objects.create(
        statement=entity.privacy_statements.get(), contact=contact, message_id=uuid7(), told_at=make.NOW
    )


def ledger_rows(contact: Contact, email: ContactPoint, version: NoticeVersion) -> list[models.Model]:
    event = given(contact=contact, point=email, version=version)
    record_row = contact.consent_records.get()
    message = outbox.write(
        message=outbox.NewMessage(
            kind=OutboxMessage.Kind.CONFIRMATION,
            legal_entity=version.notice.legal_entity,
            contact_point=email,
            language="nl",
            content=agreed(event, version),
            event_id=event.pk,
        ),
        written_at=make.NOW,
    )
    object_to(contact=contact, scope=Scope(channel="CALL"), how=BY_PHONE, occurred_at=make.NOW)
    restriction = restrictions.restrict(
        contact=contact, reason="Betwist", how=BY_PHONE, restricted_at=make.NOW, recorded_at=make.NOW
    )
    block = suppressions.suppress_address(
        block=suppressions.Block(
            organisation=contact.organisation, address=addresses.read_email(text=email.value)
        ),
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=make.NOW,
        recorded_at=make.NOW,
        contact_id=contact.pk,
    )
    evidence, key = one_each(event)
    stops = [contact.objections.get(), restriction, block, kept(contact)]
    return [event, evidence, key, record_row, message, *stops, given_out(event), *file_rows(event)]


def given_out(event: ConsentEvent) -> EvidenceExport:
    return EvidenceExport.objects.create(
        organisation_id=event.organisation_id,
        legal_entity_id=event.legal_entity_id,
        contact_id=event.subject_id,
        selection={"contact_id": str(event.subject_id)},
        formats=["pdf"],
        with_evidence=True,
        reason="Zaak 1",
        exported_at=make.NOW,
        tree_size=1,
        events=1,
        people=1,
        sha256="0" * 64,
    )


def file_rows(event: ConsentEvent) -> list[models.Model]:
    agent = StaffMember.objects.get(organisation=event.organisation_id)
    job = jobs.start_job(
        organisation=event.organisation,
        kind=Job.Kind.EXPORT,
        total=1,
        key_range={},
        started_by=agent,
        now=make.NOW,
        legal_entity_id=event.legal_entity_id,
    )
    file = EvidenceFile.objects.create(
        organisation_id=event.organisation_id,
        legal_entity_id=event.legal_entity_id,
        staff=agent,
        job=job,
        wanted={"formats": ["csv"]},
        reason="Zaak 1",
        tree_size=1,
        asked_at=make.NOW,
        expires_at=make.NOW,
    )
    part = EvidencePart.objects.create(
        file=file, number=1, people=1, events=1, length=1, nonce=b"0" * 12, ciphertext=b"0"
    )
    return [file, part]


def kept(contact: Contact) -> KeptData:
    return KeptData.objects.create(
        contact=contact,
        what=KeptData.What.TRANSACTIONS,
        ground=KeptData.Ground.LEGAL_DUTY,
        reason="Zeven jaar boekhouding.",
        keep_until_date=date(2033, 12, 31),
        decided_at=make.NOW,
    )


def agreed(event: ConsentEvent, version: NoticeVersion) -> dict[str, object]:
    permission = outbox.tell_permission(event=event, version=version, language="nl")
    return {"form": "Aanbiedingen", "agreed_at": make.NOW.isoformat(), "permissions": [permission]}


def one_each(event: ConsentEvent) -> tuple[models.Model, models.Model]:
    return Evidence.objects.get(pk=event.pk), SubjectKey.objects.get(pk=event.subject_id)


def call_rows(contact: Contact, entity: LegalEntity, purpose: Any) -> list[models.Model]:
    phone = make.phone_point(contact=contact)
    attempt = ContactAttempt.objects.create(
        organisation=contact.organisation,
        legal_entity=entity,
        contact=contact,
        contact_point=phone,
        purpose=purpose,
        attempted_at=make.NOW,
        outcome=ContactAttempt.Outcome.CONVERSATION,
    )
    verification = AddressVerification.objects.create(
        contact_point=phone,
        legal_entity=entity,
        method=AddressVerification.Method.CALL_BACK,
        code_hash=b"0" * 32,
        asked_at=make.NOW,
        expires_at=make.NOW + timedelta(minutes=10),
    )
    snapshot = DoNotCallSnapshot.objects.create(
        organisation=contact.organisation, taken_at=make.LONG_AGO, loaded_at=make.LONG_AGO, numbers=1
    )
    registration = DoNotCallRegistration.objects.create(
        organisation=contact.organisation, number="+3222000112", registered_date=date(2025, 5, 1)
    )
    return [attempt, verification, snapshot, registration, *desk_rows(attempt)]


def screening_rows(staff: StaffMember, entity: LegalEntity) -> list[models.Model]:
    source = runs.Source(file=io.BytesIO(b"telefoon\n0612312312\n"), name="lijst.csv")
    assert staff.organisation is not None
    run = runs.take_in(organisation=staff.organisation, source=source, staff=staff, now=make.NOW)
    run.job = jobs.start_job(
        organisation=staff.organisation,
        kind=Job.Kind.SCREENING,
        total=20,
        key_range={},
        started_by=staff,
        now=make.NOW,
    )
    run.legal_entity = entity
    run.save(update_fields=["job", "legal_entity"])
    return [run, run.job, run.blocks.get()]


def list_rows(staff: StaffMember, entity: LegalEntity) -> list[models.Model]:
    job = jobs.start_job(
        organisation=entity.organisation,
        kind=Job.Kind.LIST,
        total=1,
        key_range={},
        started_by=staff,
        now=make.NOW,
        legal_entity_id=entity.pk,
    )
    key = uuid7()
    wrapped_key, key_version = make_key(bound_to=key)
    file = AudienceFile.objects.create(
        pk=key,
        organisation=entity.organisation,
        legal_entity=entity,
        staff=staff,
        job=job,
        source=Disclosure.Source.AUDIENCE,
        name="audience-offers.csv",
        asked_at=make.NOW,
        expires_at=make.NOW,
        wrapped_key=wrapped_key,
        key_version=key_version,
    )
    part = AudiencePart.objects.create(
        file=file, number=1, people=1, length=1, nonce=b"0" * 12, ciphertext=b"0"
    )
    return [file, part]


def breach_rows(staff: StaffMember, entity: LegalEntity, contact: Contact) -> list[models.Model]:
    given = GivenOut(
        organisation_id=contact.organisation_id,
        source=Disclosure.Source.AUDIENCE,
        legal_entity_id=entity.pk,
        staff_id=staff.pk,
    )
    record_disclosure(given=given, keys=contact.pk.bytes, disclosed_at=make.NOW)
    incident = make.incident(legal_entity=entity, recorded_by=staff)
    person = IncidentPerson.objects.create(
        incident=incident,
        contact_id=contact.pk,
        source="AUDIENCE",
        first_at=make.NOW,
        last_at=make.NOW,
        times=1,
    )
    letter = make.incident_letter(incident=incident)
    notice = IncidentNotice.objects.create(
        incident=incident, contact_id=contact.pk, outcome="NO_ADDRESS", decided_at=make.NOW
    )
    return [Disclosure.objects.get(list_id=given.list_id), incident, person, letter, notice]


def desk_rows(attempt: ContactAttempt) -> list[models.Model]:
    agent = StaffMember.objects.get(organisation=attempt.organisation)
    entry = CallListEntry.objects.create(
        call_list=make.call_list(legal_entity=attempt.legal_entity, purpose=attempt.purpose),
        contact=attempt.contact,
        contact_point=attempt.contact_point,
        next_try_at=make.NOW,
    )
    shown = ShownContact.objects.create(
        entry=entry, agent=agent, shown_at=make.NOW, code="A_CONSENT", attempt=attempt
    )
    lookup = DeskLookup.objects.create(
        organisation=attempt.organisation,
        staff=agent,
        looked_up_at=make.NOW,
        address_hash=b"0" * 32,
        hash_key_version=1,
        contact=attempt.contact,
    )
    new = NewAct(
        act=StaffAct.Act.LOOKED,
        page="customers_contact_change",
        done_at=make.NOW,
        about=About(model=Contact, key=str(attempt.contact_id), contact="pk"),
    )
    keep_act(staff=agent, new=new)
    act = StaffAct.objects.get(contact_id=attempt.contact_id)
    return [entry.call_list, entry, shown, lookup, act]


def score_rows(entity: LegalEntity, contact: Contact) -> list[models.Model]:
    version = scores.score_version(model=scores.score_model(legal_entity=entity))
    rule = scores.score_rule(version=version, conditions=[("SUBJECT", "CONTAINS", "lampen")])
    band, segment = scores.band(version=version), scores.segment(legal_entity=entity)
    score = Score.objects.create(
        model=version.model, contact=contact, points=10, band=band, changed_at=make.NOW
    )
    return [
        version.model,
        version,
        rule,
        score,
        segment,
        SegmentMember.objects.create(segment=segment, contact=contact, since_at=make.NOW),
    ]


def journey_rows(entity: LegalEntity, contact: Contact, purpose: Any) -> list[models.Model]:
    journey = journeys.journey(legal_entity=entity, purpose=purpose)
    stage = journeys.stage(journey=journey)
    member = journeys.member(stage=stage, contact=contact)
    return [
        journey,
        stage,
        journeys.rule(journey=journey, to_stage=stage),
        journeys.action(stage=stage, what=JourneyAction.What.TASK, words="Terugbellen"),
        member,
        journeys.move(member=member),
        journeys.task(member=member),
    ]


def own_models() -> list[type[models.Model]]:
    return [
        model
        for app in ("consent", "customers", "scoring")
        for model in apps.get_app_config(app).get_models()
    ]


def scoped_models() -> list[type[models.Model]]:
    """Every model of the admin whose rows belong to somebody."""
    found = [model for model in own_models() if admin.site.is_registered(model)]
    return sorted(set(found) - {Checkpoint, Heartbeat, LinkRequest, RateCount}, key=name_of)


def name_of(model: type[models.Model]) -> str:
    """The name of a model in the addresses of the admin."""
    return f"{model.__module__.partition('.')[0]}_{model.__name__.lower()}"


def page_of(row: models.Model, page: str) -> str:
    return reverse(f"admin:{name_of(type(row))}_{page}", args=[row.pk])


def list_of(model: type[models.Model]) -> str:
    return reverse(f"admin:{name_of(model)}_changelist")


def organisation_in(rows: Rows) -> Organisation:
    organisation = rows[Organisation]
    assert isinstance(organisation, Organisation)
    return organisation

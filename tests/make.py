"""Rows to test with. Every default stands here; a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from consent.domain.api_keys import MadeKey, WantedKey, make_key
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.notices import hash_texts
from consent.models import (
    Act,
    Actor,
    CallingPolicy,
    CallList,
    Channel,
    CollectionChoice,
    CollectionField,
    CollectionPoint,
    ConsentEvent,
    ContentKind,
    DataKind,
    DayOfMourning,
    Endpoint,
    HousePolicy,
    ImpactAssessment,
    Incident,
    IncidentLetter,
    Method,
    Notice,
    NoticeVersion,
    PrivacyStatementVersion,
    Processor,
    Purpose,
    Scope,
    SecurityMeasures,
    Source,
    Topic,
    TransferGround,
    Wording,
)
from customers.domain import addresses, contacts
from customers.models import (
    CallerNumber,
    Contact,
    ContactPoint,
    Department,
    Language,
    LegalEntity,
    LegalForm,
    Organisation,
    ProductGroup,
    ProductSimilarity,
    RelationKind,
    StaffMember,
    Transaction,
    uuid7,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, 12, 0, tzinfo=UTC)


def organisation(*, code: str = "huisgroep", name: str = "Huisgroep") -> Organisation:
    return Organisation.objects.create(code=code, name=name)


def legal_entity(
    *,
    organisation: Organisation,
    code: str = "lampenwinkel",
    name: str = "Lampenwinkel B.V.",
    kind: LegalEntity.Kind = LegalEntity.Kind.COMMERCIAL,
    kind_proof: str = "",
    country: str = "NL",
    time_zone: str = "Europe/Amsterdam",
    language: Language = Language.NL,
    postal_address: str = "Lichtstraat 1\n1000 AA Amsterdam",
    stop_number: str = "+31200000001",
    sender_name: str = "Lampenwinkel",
    sender_address: str = "post@lampenwinkel.example.org",
    website: str = "https://lampenwinkel.example.org/",
    dpo_name: str = "Fenna de Wit",
    dpo_email: str = "fg@lampenwinkel.example.org",
) -> LegalEntity:
    return LegalEntity.objects.create(
        organisation=organisation,
        code=code,
        name=name,
        kind=kind,
        kind_proof=kind_proof,
        country=country,
        time_zone=time_zone,
        language=language,
        postal_address=postal_address,
        stop_number=stop_number,
        sender_name=sender_name,
        sender_address=sender_address,
        website=website,
        dpo_name=dpo_name,
        dpo_email=dpo_email,
    )


def caller_number(
    *,
    legal_entity: LegalEntity,
    number: str = "+31200000002",
    label: str = "Aanbiedingen",
    in_use_from_date: date = date(2024, 1, 1),
    reachable_until_date: date | None = None,
) -> CallerNumber:
    return CallerNumber.objects.create(
        legal_entity=legal_entity,
        number=number,
        label=label,
        in_use_from_date=in_use_from_date,
        reachable_until_date=reachable_until_date,
    )


def product_group(*, legal_entity: LegalEntity, code: str = "lampen", name: str = "Lampen") -> ProductGroup:
    return ProductGroup.objects.create(legal_entity=legal_entity, code=code, name=name)


def product_similarity(
    *,
    product_group: ProductGroup,
    similar_group: ProductGroup,
    reason: str = "Bij een lamp hoort een lichtbron.",
    valid_from_date: date = date(2020, 1, 1),
    valid_until_date: date | None = None,
) -> ProductSimilarity:
    return ProductSimilarity.objects.create(
        product_group=product_group,
        similar_group=similar_group,
        reason=reason,
        valid_from_date=valid_from_date,
        valid_until_date=valid_until_date,
    )


def department(
    *,
    organisation: Organisation,
    name: str = "Marketing",
    email: str = "marketing@lampenwinkel.example.org",
    language: Language = Language.NL,
    legal_entities: Sequence[LegalEntity] = (),
    gets_digest: bool = True,
) -> Department:
    made = Department.objects.create(
        organisation=organisation, name=name, email=email, language=language, gets_digest=gets_digest
    )
    made.legal_entities.set(legal_entities)
    return made


def staff_member(
    *,
    organisation: Organisation,
    username: str = "agent",
    role: StaffMember.Role = StaffMember.Role.CALL_AGENT,
    legal_entities: Sequence[LegalEntity] = (),
    department: Department | None = None,
    password: str = "een lang wachtwoord voor proeven",
) -> StaffMember:
    member = StaffMember.objects.create_user(
        username=username,
        password=password,
        organisation=organisation,
        role=role,
        department=department,
        is_staff=True,
    )
    member.legal_entities.set(legal_entities)
    return member


def api_key(
    *,
    legal_entity: LegalEntity,
    name: str = "Kiezer",
    scopes: Sequence[Scope] = (Scope.ASK,),
    days: int = 30,
    made_at: datetime = NOW,
    made_by: StaffMember | None = None,
) -> MadeKey:
    wanted = WantedKey(legal_entity=legal_entity, name=name, scopes=tuple(scopes), days=days)
    return make_key(wanted=wanted, made_by=made_by, made_at=made_at)


def contact(
    *,
    organisation: Organisation,
    kind: Contact.Kind = Contact.Kind.PERSON,
    legal_form: LegalForm | str = "",
    country: str = "NL",
    language: Language = Language.NL,
    given_name: str = "Alice",
    family_name: str = "Jansen",
    organisation_name: str = "",
    birth_date: date | None = None,
    representative: Contact | None = None,
    created_at: datetime = LONG_AGO,
) -> Contact:
    return Contact.objects.create(
        organisation=organisation,
        kind=kind,
        legal_form=legal_form,
        country=country,
        language=language,
        given_name=given_name,
        family_name=family_name,
        organisation_name=organisation_name,
        birth_date=birth_date,
        representative=representative,
        created_at=created_at,
    )


def email_point(
    *, contact: Contact, text: str = "alice@example.org", known_at: datetime = LONG_AGO
) -> ContactPoint:
    return contacts.add_point(contact=contact, address=addresses.read_email(text=text), known_at=known_at)


def phone_point(
    *, contact: Contact, text: str = "+31200000101", country: str = "NL", known_at: datetime = LONG_AGO
) -> ContactPoint:
    address = addresses.read_phone(text=text, country=country)
    return contacts.add_point(contact=contact, address=address, known_at=known_at)


def postal_point(
    *,
    contact: Contact,
    street: str = "Dorpsstraat 1",
    postal_code: str = "1000 AA",
    city: str = "Amsterdam",
    country: str = "NL",
    known_at: datetime = LONG_AGO,
) -> ContactPoint:
    address = addresses.read_postal(street=street, postal_code=postal_code, city=city, country=country)
    return contacts.add_point(contact=contact, address=address, known_at=known_at)


def transaction(
    *,
    contact: Contact,
    legal_entity: LegalEntity,
    kind: RelationKind = RelationKind.SALE,
    product_group: ProductGroup | None = None,
    occurred_at: datetime = LONG_AGO,
    runs_on: bool = False,
    ended_at: datetime | None = None,
    supplied_kinds: Sequence[str] = (ContactPoint.Kind.EMAIL, ContactPoint.Kind.PHONE),
    told_at_collection: bool = True,
    optout_offered: bool = True,
) -> Transaction:
    """A bare row: the relation that follows from it is kept by the domain function under test."""
    return Transaction.objects.create(
        organisation=contact.organisation,
        legal_entity=legal_entity,
        contact=contact,
        kind=kind,
        obligation_to_pay=kind == RelationKind.SALE,
        product_group=product_group,
        occurred_at=occurred_at,
        runs_on=runs_on,
        ended_at=ended_at,
        supplied_kinds=list(supplied_kinds),
        told_at_collection=told_at_collection,
        optout_offered=optout_offered,
        recorded_at=ended_at or occurred_at,
    )


def purpose(
    *,
    organisation: Organisation,
    legal_entities: Sequence[LegalEntity] = (),
    department: Department | None = None,
    code: str = "offers",
    name: Wording | None = None,
    content: ContentKind = ContentKind.COMMERCIAL,
    channels: Sequence[str] = (Channel.EMAIL, Channel.CALL),
    double_opt_in: bool = False,
    term_months: int | None = None,
    uses: int | None = None,
    first_contact_months: int = 6,
) -> Purpose:
    made = Purpose.objects.create(
        organisation=organisation,
        department=department,
        code=code,
        name=name or {"nl": "aanbiedingen", "en": "offers"},
        description={"nl": "Aanbiedingen van ons.", "en": "Offers from us."},
        content=content,
        channels=list(channels),
        double_opt_in=double_opt_in,
        term_months=term_months,
        uses=uses,
        first_contact_months=first_contact_months,
    )
    made.legal_entities.set(legal_entities)
    return made


def notice_version(
    *,
    legal_entity: LegalEntity,
    purpose: Purpose,
    channel: Channel = Channel.EMAIL,
    code: str = "offers-email",
    number: int = 1,
    wording: Wording | None = None,
    withdrawal: Wording | None = None,
    published_at: datetime | None = LONG_AGO,
) -> NoticeVersion:
    """A version of a notice, published unless `published_at` is None."""
    notice, _created = Notice.objects.get_or_create(
        legal_entity=legal_entity, purpose=purpose, channel=channel, code=code
    )
    texts = {
        "wording": wording
        or {
            "nl": f"{legal_entity} mag mij aanbiedingen sturen.",
            "en": f"{legal_entity} may send me offers.",
        },
        "withdrawal": withdrawal
        or {"nl": "U kunt altijd stoppen met één klik.", "en": "You can always stop with one click."},
    }
    return NoticeVersion.objects.create(
        notice=notice,
        number=number,
        content_hash=hash_texts(texts=texts) if published_at else "",
        published_at=published_at,
        **texts,
    )


def privacy_statement(
    *,
    legal_entity: LegalEntity,
    number: int = 1,
    wording: Wording | None = None,
    parts: dict[str, Wording] | None = None,
    published_at: datetime | None = LONG_AGO,
) -> PrivacyStatementVersion:
    text = wording or {"nl": "Zo gaan wij met uw gegevens om.", "en": "How we handle your data."}
    return PrivacyStatementVersion.objects.create(
        legal_entity=legal_entity,
        number=number,
        wording=text,
        parts=parts or {},
        content_hash=hash_texts(texts={"wording": text, **(parts or {})}) if published_at else "",
        published_at=published_at,
    )


def collection_point(
    *,
    legal_entity: LegalEntity,
    code: str = "aanbiedingen",
    form: CollectionPoint.Form = CollectionPoint.Form.CONSENT,
    place: CollectionPoint.Place = CollectionPoint.Place.WEB_FORM,
    nature: CollectionPoint.Nature = CollectionPoint.Nature.COMMERCIAL,
    title: Wording | None = None,
    location: str = "https://lampenwinkel.example.org/aanbiedingen",
    reason: str = "Mensen die aanbiedingen willen.",
    privacy_statement: PrivacyStatementVersion | None = None,
    transaction_kind: RelationKind | str = "",
    product_group: ProductGroup | None = None,
    soft_optin_notice: NoticeVersion | None = None,
    optout_wording: Wording | None = None,
    department: Department | None = None,
    last_reviewed_date: date | None = None,
    published_at: datetime | None = LONG_AGO,
) -> CollectionPoint:
    return CollectionPoint.objects.create(
        legal_entity=legal_entity,
        code=code,
        form=form,
        place=place,
        nature=nature,
        title=title or {"nl": "Aanbiedingen ontvangen", "en": "Receive offers"},
        location=location,
        reason=reason,
        privacy_statement=privacy_statement,
        transaction_kind=transaction_kind,
        product_group=product_group,
        soft_optin_notice=soft_optin_notice,
        optout_wording=optout_wording or {},
        department=department,
        last_reviewed_date=last_reviewed_date,
        published_at=published_at,
    )


def collection_field(
    *,
    collection_point: CollectionPoint,
    name: CollectionField.Name = CollectionField.Name.EMAIL,
    position: int = 0,
    required: bool = True,
    need: str = "Hierop krijgt u het.",
) -> CollectionField:
    return CollectionField.objects.create(
        collection_point=collection_point, name=name, position=position, required=required, need=need
    )


def collection_choice(
    *,
    collection_point: CollectionPoint,
    notice_version: NoticeVersion,
    position: int = 0,
    mechanism: CollectionChoice.Mechanism = CollectionChoice.Mechanism.CHECKBOX,
    display: CollectionChoice.Display = CollectionChoice.Display.FULL,
    ticked: bool = False,
    approved_at: datetime | None = None,
    approved_by: StaffMember | None = None,
) -> CollectionChoice:
    return CollectionChoice.objects.create(
        collection_point=collection_point,
        notice_version=notice_version,
        position=position,
        mechanism=mechanism,
        display=display,
        ticked=ticked,
        approved_at=approved_at,
        approved_by=approved_by,
    )


def call_list(
    *,
    legal_entity: LegalEntity,
    purpose: Purpose,
    product_group: ProductGroup | None = None,
    name: str = "Zomeractie",
    script: Wording | None = None,
    origin: CallList.Origin = CallList.Origin.AUDIENCE,
    maximum_attempts: int = 3,
    opened_at: datetime = NOW,
    expires_at: datetime | None = None,
    closed_at: datetime | None = None,
) -> CallList:
    return CallList.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        purpose=purpose,
        product_group=product_group,
        name=name,
        script=script or {"nl": "Goedendag, u spreekt met ons.", "en": "Good day, this is us."},
        origin=origin,
        maximum_attempts=maximum_attempts,
        opened_at=opened_at,
        expires_at=expires_at,
        closed_at=closed_at,
    )


def permission_event(
    *,
    contact_point: ContactPoint,
    notice_version: NoticeVersion,
    act: Act = Act.GIVEN,
    occurred_at: datetime = LONG_AGO,
    recorded_at: datetime | None = None,
    actor: Actor = Actor.SUBJECT,
    source: Source = Source.WEB_FORM,
    method: Method = Method.CHECKBOX,
    refers_to_id: UUID | None = None,
    valid_until: datetime | None = None,
    uses: int | None = None,
    first_contact_due_at: datetime | None = None,
    proven: bool = True,
) -> ConsentEvent:
    """An act on the permission that a notice asks, in the ledger; recorded when it happened by default."""
    notice = notice_version.notice
    event = NewEvent(
        organisation_id=contact_point.organisation_id,
        act=act,
        subject_id=contact_point.contact_id,
        contact_point_id=contact_point.pk,
        legal_entity_id=notice.legal_entity_id,
        purpose_id=notice.purpose_id,
        channel=notice.channel,
        occurred_at=occurred_at,
        actor=actor,
        source=source,
        method=method,
        refers_to_id=refers_to_id,
        collection_point_id=uuid7(),
        shown=Wordings(
            language="nl",
            notice_version_id=notice_version.pk,
            notice_hash=notice_version.content_hash,
            shown_form_hash="0" * 64,
        ),
        valid_until=valid_until,
        uses=uses,
        first_contact_due_at=first_contact_due_at,
        proven=proven,
        proof={"address": contact_point.value},
    )
    return record(events=[event], recorded_at=recorded_at or occurred_at)[0]


def house_policy(
    *,
    legal_entity: LegalEntity,
    decided_by: StaffMember,
    purpose: Purpose | None = None,
    channel: Channel | str = "",
    forbids: HousePolicy.Forbids = HousePolicy.Forbids.WITHOUT_CONSENT,
    reason: str = "Wij bellen alleen wie ja zei.",
    valid_from_at: datetime = LONG_AGO,
    valid_until_at: datetime | None = None,
    decided_at: datetime = LONG_AGO,
    ended_at: datetime | None = None,
) -> HousePolicy:
    return HousePolicy.objects.create(
        legal_entity=legal_entity,
        decided_by=decided_by,
        purpose=purpose,
        channel=channel,
        forbids=forbids,
        reason=reason,
        valid_from_at=valid_from_at,
        valid_until_at=valid_until_at,
        decided_at=decided_at,
        ended_at=ended_at,
    )


def calling_policy(
    *,
    legal_entity: LegalEntity,
    decided_by: StaffMember,
    weekdays: Sequence[int] = (1, 2, 3, 4, 5, 6),
    opens: time = time(9),
    closes: time = time(22),
    closed_holidays: Sequence[str] = (),
    closed_dates: Sequence[date] = (),
    maximum_attempts: int = 3,
    days_between_attempts: int = 1,
    reason: str = "",
    valid_from_date: date = date(2020, 1, 1),
    valid_until_date: date | None = None,
    decided_at: datetime = LONG_AGO,
    ended_at: datetime | None = None,
) -> CallingPolicy:
    return CallingPolicy.objects.create(
        legal_entity=legal_entity,
        decided_by=decided_by,
        weekdays=list(weekdays),
        opens=opens,
        closes=closes,
        closed_holidays=list(closed_holidays),
        closed_dates=list(closed_dates),
        maximum_attempts=maximum_attempts,
        days_between_attempts=days_between_attempts,
        reason=reason,
        valid_from_date=valid_from_date,
        valid_until_date=valid_until_date,
        decided_at=decided_at,
        ended_at=ended_at,
    )


def day_of_mourning(
    *,
    organisation: Organisation,
    decided_by: StaffMember,
    country: str = "NL",
    date: date = date(2026, 12, 9),
    name: str = "Nationale rouw",
    source: str = "Staatscourant 2026, 1",
    decided_at: datetime = LONG_AGO,
    ended_at: datetime | None = None,
) -> DayOfMourning:
    return DayOfMourning.objects.create(
        organisation=organisation,
        decided_by=decided_by,
        country=country,
        date=date,
        name=name,
        source=source,
        decided_at=decided_at,
        ended_at=ended_at,
    )


def processor(
    *,
    legal_entities: Sequence[LegalEntity],
    name: str = "Bezorgd Mail B.V.",
    role: Processor.Role = Processor.Role.PROCESSOR,
    service: str = "Verstuurt de nieuwsbrieven",
    contact_email: str = "privacy@bezorgd.example.com",
    purposes: Sequence[Purpose] = (),
    data: Sequence[str] = (DataKind.NAMES, DataKind.EMAIL),
    country: str = "NL",
    transfer_ground: TransferGround = TransferGround.NONE,
    agreement_reference: str = "VO-2024-11",
    agreed_date: date | None = date(2024, 1, 1),
    agreement_until_date: date | None = None,
    in_use_from_date: date = date(2024, 1, 1),
    in_use_until_date: date | None = None,
    review_date: date = date(2030, 1, 1),
) -> Processor:
    made = Processor.objects.create(
        organisation=legal_entities[0].organisation,
        name=name,
        role=role,
        service=service,
        contact_email=contact_email,
        data=list(data),
        country=country,
        transfer_ground=transfer_ground,
        agreement_reference=agreement_reference,
        agreed_date=agreed_date,
        agreement_until_date=agreement_until_date,
        in_use_from_date=in_use_from_date,
        in_use_until_date=in_use_until_date,
        review_date=review_date,
    )
    made.legal_entities.set(legal_entities)
    made.purposes.set(purposes)
    return made


def impact_assessment(
    *,
    legal_entity: LegalEntity,
    purposes: Sequence[Purpose] = (),
    title: str = "Scores van klanten",
    conclusion: ImpactAssessment.Conclusion = ImpactAssessment.Conclusion.ACCEPTABLE,
    concluded_date: date = date(2026, 1, 12),
    review_date: date = date(2029, 1, 12),
    document_reference: str = "DPIA-2026-1",
) -> ImpactAssessment:
    made = ImpactAssessment.objects.create(
        legal_entity=legal_entity,
        title=title,
        conclusion=conclusion,
        measures="Weinig gegevens, en wie bezwaar maakt krijgt geen score.",
        concluded_date=concluded_date,
        review_date=review_date,
        document_reference=document_reference,
    )
    made.purposes.set(purposes)
    return made


def security_measures(
    *,
    organisation: Organisation,
    legal_entity: LegalEntity | None = None,
    measures: Wording | None = None,
    reviewed_date: date = date(2026, 6, 1),
) -> SecurityMeasures:
    return SecurityMeasures.objects.create(
        organisation=organisation,
        legal_entity=legal_entity,
        measures=measures or {"nl": "Inloggen met twee stappen.", "en": "Two steps to log in."},
        reviewed_date=reviewed_date,
    )


EVERY_TOPIC = [topic for topic in Topic.values if topic != Topic.TEST]


def endpoint(
    *,
    legal_entities: Sequence[LegalEntity],
    name: str = "Maillijst",
    processor: Processor | None = None,
    method: Endpoint.Method = Endpoint.Method.WEBHOOK,
    url: str = "https://hooks.example.com/jawoord",
    purposes: Sequence[Purpose] = (),
    topics: Sequence[str] = EVERY_TOPIC,
    identify_by: Endpoint.Identify = Endpoint.Identify.ADDRESS,
    created_at: datetime = LONG_AGO,
) -> Endpoint:
    made = Endpoint.objects.create(
        organisation=legal_entities[0].organisation,
        processor=processor,
        name=name,
        method=method,
        url=url if method == Endpoint.Method.WEBHOOK else "",
        topics=list(topics),
        identify_by=identify_by,
        created_at=created_at,
    )
    made.legal_entities.set(legal_entities)
    made.purposes.set(purposes)
    return made


def incident(
    *,
    legal_entity: LegalEntity,
    title: str = "Bellijst in de trein",
    kinds: Sequence[str] = (Incident.Kind.CONFIDENTIALITY,),
    happened_from: datetime = NOW - timedelta(days=2),
    happened_until: datetime | None = None,
    noticed_at: datetime = NOW - timedelta(days=1),
    risk: Incident.Risk = Incident.Risk.UNWEIGHED,
    recorded_by: StaffMember | None = None,
) -> Incident:
    return Incident.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        title=title,
        kinds=list(kinds),
        what_happened="Een uitgeprinte bellijst bleef in de trein liggen.",
        happened_from=happened_from,
        happened_until=happened_until,
        noticed_at=noticed_at,
        risk=risk,
        recorded_at=noticed_at,
        recorded_by=recorded_by,
    )


def incident_letter(
    *,
    incident: Incident,
    what_happened: str = "Een bellijst met namen en nummers bleef in de trein liggen.",
    consequences: str = "Iemand kan u bellen en zich voordoen als ons.",
    measures: str = "De lijst is terug. Lijsten gaan niet meer op papier mee.",
    advice: str = "Vertrouw geen telefoontje over geld.",
) -> IncidentLetter:
    return IncidentLetter.objects.create(
        incident=incident,
        what_happened={"nl": what_happened},
        consequences={"nl": consequences},
        measures={"nl": measures},
        advice={"nl": advice} if advice else {},
    )

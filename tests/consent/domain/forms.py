"""Forms as they should be, to break in tests."""

from dataclasses import dataclass

from consent.models import (
    Channel,
    CollectionChoice,
    CollectionField,
    CollectionPoint,
    ContentKind,
    Notice,
    NoticeVersion,
    Purpose,
    Wording,
)
from customers.models import LegalEntity, RelationKind, StaffMember
from tests import make

Name = CollectionField.Name


@dataclass(frozen=True, kw_only=True)
class RecipeBook:
    """A right consent form: newsletter by e-mail, fundraising by call, phone number optional."""

    entity: LegalEntity
    newsletter: Purpose
    fundraising: Purpose
    point: CollectionPoint
    by_email: CollectionChoice
    by_call: CollectionChoice


def harthulp() -> LegalEntity:
    return make.legal_entity(
        organisation=make.organisation(code="harthulp", name="HartHulp"),
        code="harthulp",
        name="Stichting HartHulp",
        kind=LegalEntity.Kind.CHARITY,
        kind_proof="ANBI 0001",
    )


def recipe_book() -> RecipeBook:
    entity = harthulp()
    newsletter = purpose_of(entity, "newsletter", {"nl": "nieuwsbrief", "en": "newsletter"}, [Channel.EMAIL])
    fundraising = purpose_of(
        entity,
        "fundraising",
        {"nl": "fondsenwerving", "en": "fundraising"},
        [Channel.CALL, Channel.EMAIL, Channel.POST],
    )
    point = make.collection_point(
        legal_entity=entity,
        code="receptenboekje",
        privacy_statement=make.privacy_statement(legal_entity=entity),
        published_at=None,
    )
    ask(point, Name.EMAIL, Name.GIVEN_NAME)
    make.collection_field(collection_point=point, name=Name.PHONE, position=9, required=False)
    email_version = notice_of(
        entity,
        newsletter,
        Channel.EMAIL,
        {
            "nl": "Ja, Stichting HartHulp mag mij de nieuwsbrief per e-mail sturen.",
            "en": "Yes, Stichting HartHulp may send me the newsletter by e-mail.",
        },
    )
    call_version = notice_of(
        entity,
        fundraising,
        Channel.CALL,
        {
            "nl": "Ja, Stichting HartHulp mag mij bellen over fondsenwerving.",
            "en": "Yes, Stichting HartHulp may call me about fundraising.",
        },
    )
    return RecipeBook(
        entity=entity,
        newsletter=newsletter,
        fundraising=fundraising,
        point=point,
        by_email=make.collection_choice(collection_point=point, notice_version=email_version),
        by_call=make.collection_choice(collection_point=point, notice_version=call_version, position=1),
    )


def bird_guide() -> CollectionChoice:
    """The caption of a right form: beside the phone field, approved by the officer."""
    organisation = make.organisation(code="bosvogels", name="Bos en Vogels")
    entity = make.legal_entity(
        organisation=organisation,
        code="bosvogels",
        name="Vereniging Bos en Vogels",
        kind=LegalEntity.Kind.CHARITY,
        kind_proof="ANBI 0002",
    )
    officer = make.staff_member(organisation=organisation, username="fenna", role=StaffMember.Role.DPO)
    names = {"nl": "lidmaatschap", "en": "membership"}
    purpose = purpose_of(entity, "membership-call", names, [Channel.CALL])
    point = make.collection_point(
        legal_entity=entity,
        code="vogelgids",
        privacy_statement=make.privacy_statement(legal_entity=entity),
        published_at=None,
    )
    ask(point, Name.EMAIL)
    make.collection_field(collection_point=point, name=Name.PHONE, position=9, required=False)
    wording = {
        "nl": "Vult u uw telefoonnummer in, dan mogen wij u één keer bellen over het lidmaatschap.",
        "en": "If you give your phone number, we may call you once about membership.",
    }
    return make.collection_choice(
        collection_point=point,
        notice_version=notice_of(entity, purpose, Channel.CALL, wording),
        mechanism=CollectionChoice.Mechanism.CAPTION,
        approved_at=make.NOW,
        approved_by=officer,
    )


def paid_trial() -> CollectionPoint:
    """A right transaction form: told about offers, with “no, do not contact me”."""
    entity = make.legal_entity(
        organisation=make.organisation(code="dagpost", name="De Dagpost"),
        code="dagpost",
        name="De Dagpost B.V.",
        kind=LegalEntity.Kind.PUBLISHER,
        kind_proof="ISSN 0000-0000",
    )
    purpose = purpose_of(entity, "offers", {"nl": "aanbiedingen", "en": "offers"}, [Channel.EMAIL])
    wording = {
        "nl": "Wij gebruiken uw e-mailadres om u aanbiedingen van De Dagpost te mailen.",
        "en": "We use your e-mail address to mail you offers of De Dagpost.",
    }
    point = make.collection_point(
        legal_entity=entity,
        code="proefabonnement",
        form=CollectionPoint.Form.TRANSACTION,
        nature=CollectionPoint.Nature.TRANSACTIONAL,
        privacy_statement=make.privacy_statement(legal_entity=entity),
        transaction_kind=RelationKind.SALE,
        product_group=make.product_group(legal_entity=entity, code="krant", name="Krant"),
        soft_optin_notice=notice_of(entity, purpose, Channel.EMAIL, wording),
        optout_wording={"nl": "Nee, benader mij niet.", "en": "No, do not contact me."},
        published_at=None,
    )
    ask(point, Name.EMAIL, Name.FAMILY_NAME, Name.STREET, Name.POSTAL_CODE, Name.CITY)
    return point


def purpose_of(entity: LegalEntity, code: str, name: Wording, channels: list[Channel]) -> Purpose:
    return make.purpose(
        organisation=entity.organisation,
        legal_entities=[entity],
        code=code,
        name=name,
        content=ContentKind.CHARITABLE,
        channels=channels,
    )


def notice_of(
    entity: LegalEntity, purpose: Purpose, channel: Channel, wording: Wording, *, number: int = 1
) -> NoticeVersion:
    code = f"{purpose.code}-{channel}".lower()
    return make.notice_version(
        legal_entity=entity, purpose=purpose, channel=channel, code=code, number=number, wording=wording
    )


def reword(choice: CollectionChoice, *, nl: str | None = None, en: str | None = None) -> None:
    """Give a choice another published wording of the same notice."""
    old = choice.notice_version
    notice: Notice = old.notice
    wording = {
        "nl": nl if nl is not None else old.wording["nl"],
        "en": en if en is not None else old.wording["en"],
    }
    choice.notice_version = make.notice_version(
        legal_entity=notice.legal_entity,
        purpose=notice.purpose,
        channel=Channel(notice.channel),
        code=notice.code,
        number=old.number + 1,
        wording=wording,
    )
    choice.save(update_fields=["notice_version"])


def ask(point: CollectionPoint, *names: CollectionField.Name) -> None:
    for position, name in enumerate(names):
        make.collection_field(collection_point=point, name=name, position=position)

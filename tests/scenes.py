"""Whole forms to test with, put together from the rows of tests/make.py."""

from dataclasses import dataclass

from consent.models import Channel, CollectionChoice, CollectionField, CollectionPoint, ContentKind
from customers.models import LegalEntity, RelationKind
from tests import make


@dataclass(frozen=True, kw_only=True)
class RecipeBook:
    """A charity's form: newsletter by e-mail with double opt-in, fundraising by call."""

    point: CollectionPoint
    entity: LegalEntity
    newsletter: CollectionChoice
    calls: CollectionChoice


def recipe_book() -> RecipeBook:
    organisation = make.organisation(code="harthulp", name="HartHulp")
    entity = make.legal_entity(
        organisation=organisation,
        code="harthulp",
        name="Stichting HartHulp",
        kind=LegalEntity.Kind.CHARITY,
        kind_proof="RSIN 000000000",
    )
    newsletter = make.purpose(
        organisation=organisation,
        legal_entities=[entity],
        code="newsletter",
        name={"nl": "nieuwsbrief", "en": "newsletter"},
        content=ContentKind.CHARITABLE,
        channels=[Channel.EMAIL],
        double_opt_in=True,
    )
    fundraising = make.purpose(
        organisation=organisation,
        legal_entities=[entity],
        code="fundraising",
        name={"nl": "giften", "en": "fundraising"},
        content=ContentKind.CHARITABLE,
        channels=[Channel.CALL],
    )
    by_email = make.notice_version(
        legal_entity=entity,
        purpose=newsletter,
        channel=Channel.EMAIL,
        code="newsletter-email",
        wording={
            "nl": "Ja, Stichting HartHulp mag mij de nieuwsbrief mailen.",
            "en": "Yes, Stichting HartHulp may e-mail me the newsletter.",
        },
    )
    by_call = make.notice_version(
        legal_entity=entity,
        purpose=fundraising,
        channel=Channel.CALL,
        code="fundraising-call",
        wording={
            "nl": "Ja, Stichting HartHulp mag mij bellen over giften.",
            "en": "Yes, Stichting HartHulp may call me about gifts.",
        },
    )
    point = make.collection_point(
        legal_entity=entity,
        code="receptenboekje",
        title={"nl": "Receptenboekje", "en": "Recipe book"},
        privacy_statement=make.privacy_statement(legal_entity=entity),
    )
    make.collection_field(collection_point=point, name=CollectionField.Name.EMAIL)
    make.collection_field(collection_point=point, name=CollectionField.Name.PHONE, position=1, required=False)
    return RecipeBook(
        point=point,
        entity=entity,
        newsletter=make.collection_choice(collection_point=point, notice_version=by_email),
        calls=make.collection_choice(collection_point=point, notice_version=by_call, position=1),
    )


def paid_trial() -> CollectionPoint:
    """A publisher's order form: told about offers, with an unticked "no, do not contact me"."""
    organisation = make.organisation(code="dagpost", name="Dagpost")
    entity = make.legal_entity(
        organisation=organisation,
        code="dagpost",
        name="De Dagpost B.V.",
        kind=LegalEntity.Kind.PUBLISHER,
        kind_proof="ISSN 0000-0000",
    )
    offers = make.purpose(organisation=organisation, legal_entities=[entity])
    point = make.collection_point(
        legal_entity=entity,
        code="proefabonnement",
        form=CollectionPoint.Form.TRANSACTION,
        nature=CollectionPoint.Nature.TRANSACTIONAL,
        title={"nl": "Proefabonnement", "en": "Trial subscription"},
        privacy_statement=make.privacy_statement(legal_entity=entity),
        transaction_kind=RelationKind.SALE,
        product_group=make.product_group(legal_entity=entity, code="krant", name="Krant"),
        soft_optin_notice=make.notice_version(legal_entity=entity, purpose=offers),
        optout_wording={"nl": "Nee, neem geen contact met mij op.", "en": "No, do not contact me."},
    )
    make.collection_field(collection_point=point, name=CollectionField.Name.EMAIL)
    make.collection_field(collection_point=point, name=CollectionField.Name.PHONE, position=1, required=False)
    return point

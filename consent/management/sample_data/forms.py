"""The four hosted forms of the sample."""

import datetime
from dataclasses import dataclass

from consent.domain import publishing
from consent.management.sample_data.by_code import (
    find_department,
    find_entity,
    find_group,
    find_notice,
    find_officer,
)
from consent.management.sample_data.moments import LONG_AGO
from consent.models import CollectionChoice, CollectionField, CollectionPoint, Wording
from customers.models import LegalEntity, RelationKind

Detail = CollectionField.Name
Mechanism = CollectionChoice.Mechanism
Nature = CollectionPoint.Nature
REVIEWED_DATE = datetime.date(2026, 1, 15)
NEEDS = {
    Detail.EMAIL: "Hierop komt wat men vraagt, en de bevestiging.",
    Detail.PHONE: "Alleen om te bellen als men daar ja op zegt.",
    Detail.GIVEN_NAME: "Om mensen bij hun naam te noemen.",
    Detail.FAMILY_NAME: "Naam op de bezorging en de rekening.",
    Detail.STREET: "Hier wordt de krant bezorgd.",
    Detail.POSTAL_CODE: "Hier wordt de krant bezorgd.",
    Detail.CITY: "Hier wordt de krant bezorgd.",
}


@dataclass(frozen=True, kw_only=True)
class HostedForm:
    """One form on the web: its texts, the details it asks, and the notices beside its boxes."""

    code: str
    entity: str
    title: Wording
    introduction: Wording
    reason: str
    department: str
    required: tuple[Detail, ...]
    optional: tuple[Detail, ...] = ()
    boxes: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    nature: Nature = Nature.COMMERCIAL


FORMS = (
    HostedForm(
        code="receptenboekje",
        entity="harthulp",
        title={"nl": "Receptenboekje van HartHulp", "en": "Recipe book of HartHulp"},
        introduction={
            "nl": "Vraag het gratis boekje met twaalf hartelijke recepten aan. U krijgt het per e-mail.",
            "en": "Ask for the free book with twelve hearty recipes. You get it by e-mail.",
        },
        reason="Mensen die gezond willen koken leren ons kennen.",
        department="Fondsenwerving",
        required=(Detail.EMAIL,),
        optional=(Detail.GIVEN_NAME, Detail.PHONE),
        boxes=("newsletter-email", "fundraising-call"),
    ),
    HostedForm(
        code="vogelgids",
        entity="bosvogels",
        title={"nl": "Gratis vogelgids", "en": "Free bird guide"},
        introduction={
            "nl": "Herken vijftig bosvogels. U krijgt de gids per e-mail, ook zonder telefoonnummer.",
            "en": "Fifty woodland birds. You get the guide by e-mail, also without a phone number.",
        },
        reason="Mensen die van vogels houden vragen of zij lid willen worden.",
        department="Ledenwerving",
        required=(Detail.EMAIL,),
        optional=(Detail.GIVEN_NAME, Detail.PHONE),
        captions=("membership-call-call",),
    ),
    HostedForm(
        code="proefabonnement",
        entity="dagpost",
        title={"nl": "Proefabonnement op De Dagpost", "en": "Trial subscription to De Dagpost"},
        introduction={
            "nl": "Twee maanden elke dag de krant voor € 20. Daarna stopt het vanzelf.",
            "en": "The newspaper every day for two months for € 20. Then it stops by itself.",
        },
        reason="Een proefabonnement bestellen.",
        department="Lezersmarkt",
        required=(
            Detail.EMAIL,
            Detail.GIVEN_NAME,
            Detail.FAMILY_NAME,
            Detail.STREET,
            Detail.POSTAL_CODE,
            Detail.CITY,
        ),
        optional=(Detail.PHONE,),
        nature=Nature.TRANSACTIONAL,
    ),
    HostedForm(
        code="talent",
        entity="werkplaats",
        title={"nl": "Talentenpool van Werkplaats", "en": "Talent pool of Werkplaats"},
        introduction={
            "nl": "Nu geen baan voor u? Blijf op de hoogte van wat er komt.",
            "en": "No job for you now? Keep informed of what comes.",
        },
        reason="Mensen die bij ons willen werken houden contact.",
        department="Werving",
        required=(Detail.EMAIL,),
        optional=(Detail.GIVEN_NAME, Detail.FAMILY_NAME),
        boxes=("talent-pool-email",),
    ),
)
OPT_OUT: Wording = {
    "nl": "Nee, neem geen contact met mij op over aanbiedingen.",
    "en": "No, do not contact me about offers.",
}


def load_forms() -> None:
    """Make the hosted forms and put them online, as far as no rule of consent refuses it."""
    for form in FORMS:
        entity = find_entity(code=form.entity)
        point = _add_form(form, entity)
        if form.nature == Nature.TRANSACTIONAL:
            _make_order_form(point, entity)
        _add_details(form, point)
        _add_choices(form, point, entity)
        publishing.publish_collection_point(collection_point=point, published_at=LONG_AGO)


def _add_form(form: HostedForm, entity: LegalEntity) -> CollectionPoint:
    return CollectionPoint.objects.create(
        legal_entity=entity,
        code=form.code,
        title=form.title,
        introduction=form.introduction,
        location=f"{entity.website}{form.code}",
        reason=form.reason,
        nature=form.nature,
        privacy_statement=entity.privacy_statements.get(number=1),
        department=find_department(entity=entity, name=form.department),
        last_reviewed_date=REVIEWED_DATE,
    )


def _make_order_form(point: CollectionPoint, entity: LegalEntity) -> None:
    point.form = CollectionPoint.Form.TRANSACTION
    point.transaction_kind = RelationKind.SALE
    point.product_group = find_group(entity=entity, code="krant")
    point.soft_optin_notice = find_notice(entity=entity, code="told")
    point.optout_wording = OPT_OUT
    point.save(
        update_fields=["form", "transaction_kind", "product_group", "soft_optin_notice", "optout_wording"]
    )


def _add_details(form: HostedForm, point: CollectionPoint) -> None:
    for position, name in enumerate((*form.required, *form.optional)):
        CollectionField.objects.create(
            collection_point=point,
            position=position,
            name=name,
            required=name in form.required,
            need=NEEDS[name],
            second_opinion="Nodig." if name in form.required else "Mag leeg blijven, en staat er zo bij.",
        )


def _add_choices(form: HostedForm, point: CollectionPoint, entity: LegalEntity) -> None:
    for position, code in enumerate((*form.boxes, *form.captions)):
        caption = code in form.captions
        choice = CollectionChoice.objects.create(
            collection_point=point,
            notice_version=find_notice(entity=entity, code=code),
            position=position,
            mechanism=Mechanism.CAPTION if caption else Mechanism.CHECKBOX,
        )
        if caption:
            publishing.approve_caption(
                choice=choice, approved_by=find_officer(entity=entity), approved_at=LONG_AGO
            )

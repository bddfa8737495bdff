from dataclasses import dataclass

from consent.management.sample_data.departments import CUSTOMER_SERVICE, OF_MARKETING
from consent.management.sample_data.moments import LONG_AGO
from consent.models import BalancingTest, Channel, ContentKind, Purpose, ServiceTest, Wording
from customers.models import Department, LegalEntity, Organisation

BY_ANY_CHANNEL = (
    Channel.EMAIL,
    Channel.SMS,
    Channel.MESSAGING,
    Channel.CALL,
    Channel.AUTOMATED_CALL,
    Channel.POST,
)
CHARITIES = ("harthulp", "bosvogels")
SELLERS = ("dagpost", "lampenwinkel", "stroomkring", "geluksloterij", "belgaboek")
EVERYBODY = (*CHARITIES, *SELLERS, "werkplaats")


@dataclass(frozen=True, kw_only=True)
class Use:
    """One purpose of the sample, and the legal entities that have it."""

    code: str
    entities: tuple[str, ...]
    name: Wording
    description: Wording
    content: ContentKind
    channels: tuple[Channel, ...]
    double_opt_in: bool = False
    term_months: int | None = None
    uses: int | None = None


PURPOSES = (
    Use(
        code="newsletter",
        entities=CHARITIES,
        name={"nl": "nieuwsbrief", "en": "newsletter"},
        description={
            "nl": "Elke maand een e-mail over wat wij doen.",
            "en": "A monthly e-mail about what we do.",
        },
        content=ContentKind.CHARITABLE,
        channels=(Channel.EMAIL,),
        double_opt_in=True,
    ),
    Use(
        code="fundraising",
        entities=CHARITIES,
        name={"nl": "vragen om een gift", "en": "asking for a gift"},
        description={
            "nl": "Af en toe vragen wij u om ons werk te steunen.",
            "en": "Now and then we ask you to support our work.",
        },
        content=ContentKind.CHARITABLE,
        channels=(Channel.CALL, Channel.EMAIL, Channel.POST),
    ),
    Use(
        code="membership-call",
        entities=("bosvogels",),
        name={"nl": "één gesprek over lid worden", "en": "one talk about membership"},
        description={
            "nl": "Eén keer een telefoontje over lid worden, daarna niet meer.",
            "en": "One phone call about membership, and no more after that.",
        },
        content=ContentKind.CHARITABLE,
        channels=(Channel.CALL,),
        uses=1,
    ),
    Use(
        code="offers",
        entities=SELLERS,
        name={"nl": "aanbiedingen", "en": "offers"},
        description={
            "nl": "Aanbiedingen van onze eigen producten en diensten.",
            "en": "Offers of our own products and services.",
        },
        content=ContentKind.COMMERCIAL,
        channels=BY_ANY_CHANNEL,
    ),
    Use(
        code="service",
        entities=EVERYBODY,
        name={"nl": "berichten over wat u bij ons hebt", "en": "messages about what you have with us"},
        description={
            "nl": "Wat u moet weten over uw bestelling, abonnement, gift of aanmelding.",
            "en": "What you need to know about your order, subscription, gift or registration.",
        },
        content=ContentKind.SERVICE,
        channels=BY_ANY_CHANNEL,
    ),
    Use(
        code="talent-pool",
        entities=("werkplaats",),
        name={"nl": "talentenpool", "en": "talent pool"},
        description={
            "nl": "Een jaar lang e-mails over vacatures die bij u passen.",
            "en": "E-mails about jobs that suit you, for one year.",
        },
        content=ContentKind.COMMERCIAL,
        channels=(Channel.EMAIL,),
        double_opt_in=True,
        term_months=12,
    ),
    Use(
        code="profiling",
        entities=EVERYBODY,
        name={"nl": "profiel van uw interesses", "en": "profile of your interests"},
        description={
            "nl": "Uit wat u bij ons doet schatten wij in wat bij u past.",
            "en": "From what you do with us we estimate what suits you.",
        },
        content=ContentKind.COMMERCIAL,
        channels=(Channel.NONE,),
    ),
    Use(
        code="behaviour",
        entities=("lampenwinkel",),
        name={"nl": "kijken naar wat u doet", "en": "looking at what you do"},
        description={
            "nl": "Wij noteren welke pagina's u bij ons bekijkt en welke links in onze mails u volgt.",
            "en": "We note which of our pages you look at and which links in our mails you follow.",
        },
        content=ContentKind.COMMERCIAL,
        channels=(Channel.NONE,),
    ),
)


def load_purposes() -> None:
    """Give each organisation its purposes, with the test that makes a message a service message."""
    for use in PURPOSES:
        for organisation in Organisation.objects.filter(legal_entities__code__in=use.entities).distinct():
            purpose = _add_purpose(use, organisation)
            if use.content == ContentKind.SERVICE:
                _pass_service_test(purpose)
    _weigh_interests(LegalEntity.objects.get(code="dagpost"))


def _add_purpose(use: Use, organisation: Organisation) -> Purpose:
    purpose = Purpose.objects.create(
        organisation=organisation,
        department=_department_of(use, organisation),
        code=use.code,
        name=use.name,
        description=use.description,
        content=use.content,
        channels=list(use.channels),
        double_opt_in=use.double_opt_in,
        term_months=use.term_months,
        uses=use.uses,
    )
    purpose.legal_entities.set(organisation.legal_entities.filter(code__in=use.entities))
    return purpose


def _department_of(use: Use, organisation: Organisation) -> Department | None:
    """Nobody answers for profiling yet: the start page of the officer says so."""
    if use.code == "profiling":
        return None
    is_service = use.content == ContentKind.SERVICE
    name = CUSTOMER_SERVICE if is_service else OF_MARKETING[organisation.code]
    return Department.objects.get(organisation=organisation, name=name)


def _pass_service_test(purpose: Purpose) -> None:
    ServiceTest.objects.create(
        purpose=purpose,
        only_informs=True,
        material_facts=True,
        only_relevant_people=True,
        nothing_promotional=True,
        reasoning=(
            "Alleen feiten over iets dat de ontvanger zelf bij ons heeft: een levering, een storing, "
            "een wijziging of een betaling. Er staat geen aanbod, aanprijzing of verzoek om een gift in."
        ),
        concluded_at=LONG_AGO,
    )


def _weigh_interests(entity: LegalEntity) -> None:
    BalancingTest.objects.create(
        legal_entity=entity,
        purpose=Purpose.objects.get(organisation=entity.organisation_id, code="offers"),
        channel=Channel.POST,
        interest="Lezers en oud-lezers per post laten weten welke abonnementen er zijn.",
        weighing=(
            "Hooguit vier brieven per jaar, alleen aan wie zelf een adres gaf voor de bezorging. "
            "Een brief stoort weinig, elke brief zegt hoe men hem stopt, en wie bezwaar maakt krijgt er "
            "geen meer."
        ),
        concluded_at=LONG_AGO,
    )

from typing import Final

from consent.domain import notices
from consent.management.sample_data.moments import LONG_AGO
from consent.models import Channel, Notice, NoticeVersion, Purpose, Wording
from customers.models import LegalEntity

# What each channel does, so that every wording names one channel and no other.
ASKED: Final[dict[str, Wording]] = {
    Channel.EMAIL: {"nl": "mij e-mailen", "en": "e-mail me"},
    Channel.SMS: {"nl": "mij sms'en", "en": "send me text messages"},
    Channel.MESSAGING: {
        "nl": "mij berichten sturen in een app zoals WhatsApp",
        "en": "message me in an app such as WhatsApp",
    },
    Channel.CALL: {"nl": "mij bellen", "en": "call me"},
    Channel.AUTOMATED_CALL: {
        "nl": "mij automatisch bellen met een computerstem",
        "en": "call me with a recorded voice",
    },
    Channel.POST: {"nl": "mij post sturen", "en": "write to me by post"},
}
CAUSES: Final[dict[str, Wording]] = {
    "harthulp": {"nl": "onderzoek naar hart- en vaatziekten", "en": "research into heart disease"},
    "bosvogels": {"nl": "de bescherming van bosvogels", "en": "the protection of woodland birds"},
}
PRODUCTS: Final[dict[str, Wording]] = {
    "dagpost": {"nl": "onze kranten en abonnementen", "en": "our newspapers and subscriptions"},
    "lampenwinkel": {"nl": "lampen, lichtbronnen en meubels", "en": "lamps, light sources and furniture"},
    "stroomkring": {"nl": "stroom", "en": "electricity"},
    "geluksloterij": {"nl": "loten", "en": "lottery tickets"},
    "belgaboek": {"nl": "boeken", "en": "books"},
}
WITHDRAWAL: Final[Wording] = {
    "nl": (
        "U kunt dit op elk moment stoppen, even makkelijk als u ja zegt: met de link in elk bericht, "
        "op de pagina met uw keuzes, of door te bellen of te schrijven. "
        "Bel {number} of schrijf naar {address}. U hoeft niet te zeggen waarom."
    ),
    "en": (
        "You can stop this at any time, as easily as you say yes: with the link in every message, "
        "on the page with your choices, or by calling or writing. "
        "Call {number} or write to {address}. You need not say why."
    ),
}
TOLD: Final = "told"
MEMBERSHIP: Final[Wording] = {
    "nl": "Vult u uw telefoonnummer in? Dan mag {name} u één keer bellen over lid worden.",
    "en": "Do you fill in your phone number? Then {name} may call you once about becoming a member.",
}


def load_notices() -> None:
    """Publish one notice for each permission that a legal entity may ask, and what it tells its customers."""
    for entity in LegalEntity.objects.order_by("code"):
        for purpose in entity.purposes.exclude(code="service").order_by("code"):
            for channel in purpose.channels:
                code = f"{purpose.code}-{channel.lower().replace('_', '-')}"
                _publish(entity, purpose, Channel(channel), code, _asking(entity, purpose.code, channel))
        _publish_told(entity)


def _publish_told(entity: LegalEntity) -> None:
    """What buyers and donors are told, beside the box with which they say no."""
    purpose = entity.purposes.filter(code__in=["offers", "fundraising"]).first()
    if purpose is not None:
        _publish(entity, purpose, Channel.EMAIL, TOLD, _telling(entity))


def _publish(entity: LegalEntity, purpose: Purpose, channel: Channel, code: str, wording: Wording) -> None:
    notice = Notice.objects.create(legal_entity=entity, purpose=purpose, channel=channel, code=code)
    address = ", ".join([entity.name, *entity.postal_address.splitlines()])
    withdrawal = {
        language: text.format(number=entity.stop_number.as_international, address=address)
        for language, text in WITHDRAWAL.items()
    }
    version = NoticeVersion.objects.create(notice=notice, number=1, wording=wording, withdrawal=withdrawal)
    notices.publish_notice(version=version, published_at=LONG_AGO)


def _asking(entity: LegalEntity, purpose: str, channel: str) -> Wording:
    name, asked = entity.name, ASKED.get(channel, {"nl": "", "en": ""})
    cause, products = CAUSES.get(entity.code, asked), PRODUCTS.get(entity.code, asked)
    wordings: dict[str, Wording] = {
        "newsletter": {
            "nl": f"Ja, {name} mag {asked['nl']}: elke maand de nieuwsbrief over {cause['nl']}.",
            "en": f"Yes, {name} may {asked['en']}: each month the newsletter about {cause['en']}.",
        },
        "fundraising": {
            "nl": f"Ja, {name} mag {asked['nl']} om een gift te vragen voor {cause['nl']}.",
            "en": f"Yes, {name} may {asked['en']} to ask for a gift for {cause['en']}.",
        },
        "membership-call": {language: text.format(name=name) for language, text in MEMBERSHIP.items()},
        "offers": {
            "nl": f"Ja, {name} mag {asked['nl']} over aanbiedingen van {products['nl']}.",
            "en": f"Yes, {name} may {asked['en']} about offers of {products['en']}.",
        },
        "talent-pool": {
            "nl": f"Ja, {name} mag {asked['nl']} over vacatures die bij mij passen, één jaar lang.",
            "en": f"Yes, {name} may {asked['en']} about jobs that suit me, for one year.",
        },
        "profiling": {
            "nl": f"Ja, {name} mag uit wat ik bij hen doe inschatten wat bij mij past.",
            "en": f"Yes, {name} may estimate from what I do with them what suits me.",
        },
        "behaviour": {
            "nl": f"Ja, {name} mag noteren welke pagina's ik bekijk en welke links in hun mails ik volg.",
            "en": f"Yes, {name} may note which pages I look at and which links in their mails I follow.",
        },
    }
    return wordings[purpose]


def _telling(entity: LegalEntity) -> Wording:
    """Names no channel: it tells of every address the person gives, and of the right to say no to all."""
    if entity.code in CAUSES:
        cause = CAUSES[entity.code]
        return {
            "nl": (
                f"{entity.name} gebruikt de gegevens die u hier geeft ook om u later te vragen "
                f"{cause['nl']} opnieuw te steunen. Wilt u dat niet, dan kunt u hier meteen nee zeggen."
            ),
            "en": (
                f"{entity.name} also uses the details you give here to ask you later to support "
                f"{cause['en']} again. If you do not want that, you can say no here at once."
            ),
        }
    products = PRODUCTS[entity.code]
    return {
        "nl": (
            f"{entity.name} gebruikt de gegevens die u hier geeft ook voor aanbiedingen van eigen, "
            f"soortgelijke producten: {products['nl']}. Wilt u dat niet, dan kunt u hier meteen nee zeggen."
        ),
        "en": (
            f"{entity.name} also uses the details you give here for offers of its own, similar products: "
            f"{products['en']}. If you do not want that, you can say no here at once."
        ),
    }

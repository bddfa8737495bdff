"""Why a relation with a customer or supporter gives no ground for this contact."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations.text import Explained, Said, Text

# Customers, supporters, and customers of publishers and lotteries; in Belgium own customers, by e-mail.
OWN_RELATIONS: Final = Said(
    "art. 11.7 lid 4-6 Tw; art. 1 KB 4 april 2003",
    "art. 11.7(4)-(6) Tw (Dutch Telecommunications Act); art. 1 Royal Decree of 4 April 2003 (Belgium)",
)

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {
        Code.D_REL_OTHER_ENTITY: Text(
            OWN_RELATIONS,
            Said("Klant van zusterbedrijf", "Customer of sister company"),
            Said(
                "Deze persoon is klant of steuner van een ander bedrijf uit de groep, niet van dit bedrijf.",
                "This person is a customer or supporter of another company of the group, not of this one.",
            ),
        ),
        Code.D_NO_REL_KIND: Text(
            OWN_RELATIONS,
            Said("Band geeft geen grond", "Relation gives no ground"),
            Said(
                "Wat deze persoon eerder met de afzender deed, zoals een petitie tekenen of iets gratis "
                "bestellen, staat dit contact niet toe.",
                "What this person did with the sender before, such as signing a petition or ordering "
                "something free, does not allow this contact.",
            ),
        ),
        Code.D_REL_CALL_ONLY: Text(
            Said("art. 11.7 lid 5 Tw", "art. 11.7(5) Tw (Dutch Telecommunications Act)"),
            Said("Alleen bellen mag", "Calls only"),
            Said(
                "Deze persoon was vrijwilliger of bezoeker en mag daarom wel gebeld worden, maar geen "
                "berichten krijgen.",
                "This person was a volunteer or visitor and may for that reason be called, but not sent "
                "messages.",
            ),
        ),
        Code.D_REL_ENDED_20260701: Text(
            Said(
                "art. 11.7 lid 2 en 4 Tw, sinds 1 juli 2026",
                "art. 11.7(2) and (4) Tw (Dutch Telecommunications Act), since 1 July 2026",
            ),
            Said("Klanten bellen mag niet meer", "Calling customers has ended"),
            Said(
                "Deze persoon is klant, maar sinds 1 juli 2026 is dat niet meer genoeg om te mogen bellen.",
                "This person is a customer, but since 1 July 2026 that is no longer enough to call them.",
            ),
        ),
        Code.D_PURPOSE_MISMATCH: Text(
            Said("art. 11.7 lid 5 Tw", "art. 11.7(5) Tw (Dutch Telecommunications Act)"),
            Said("Niet voor het goede doel", "Not for the cause"),
            Said(
                "Deze persoon steunde een goed doel, en mag alleen daarover benaderd worden, niet om iets "
                "te verkopen.",
                "This person supported a cause, and may only be contacted about that cause, not to be "
                "sold something.",
            ),
        ),
        Code.D_REL_NOT_SIMILAR: Text(
            Said(
                "art. 11.7 lid 4 Tw; art. 1 KB 4 april 2003",
                "art. 11.7(4) Tw (Dutch Telecommunications Act); "
                "art. 1 Royal Decree of 4 April 2003 (Belgium)",
            ),
            Said("Geen soortgelijk product", "Not a similar product"),
            Said(
                "Deze persoon kocht iets anders dan waar dit contact over gaat.",
                "This person bought something different from what this contact is about.",
            ),
        ),
        Code.D_REL_NOT_INFORMED: Text(
            OWN_RELATIONS,
            Said("Vooraf niet verteld", "Not told beforehand"),
            Said(
                "Deze persoon gaf dit adres of nummer niet, of hoorde toen niet dat het voor zulke "
                "berichten gebruikt zou worden.",
                "This person did not supply this address or number, or was not told then that it would be "
                "used for such messages.",
            ),
        ),
        Code.D_REL_NO_OPTOUT_AT_COLLECTION: Text(
            OWN_RELATIONS,
            Said("Kon vooraf geen nee zeggen", "No chance to refuse"),
            Said(
                "Toen deze persoon dit adres of nummer gaf, was er geen makkelijke manier om nee te zeggen.",
                "When this person gave this address or number, there was no easy way to say no.",
            ),
        ),
        Code.D_REL_TERM_3Y: Text(
            Said("Code Telemarketing (klanttermijn)", "Code Telemarketing (Dutch advertising code)"),
            Said("Langer dan drie jaar", "More than three years"),
            Said(
                "Deze persoon was klant of steuner, maar dat is langer dan drie jaar geleden.",
                "This person was a customer or supporter, but that is more than three years ago.",
            ),
        ),
    }
)

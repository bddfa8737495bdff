"""Why a permission that is on record does not authorise this contact."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations.text import Explained, Said, Text

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {
        Code.D_NOT_CONFIRMED: Text(
            Said("art. 7 lid 1 AVG", "art. 7(1) GDPR"),
            Said("Toestemming niet bevestigd", "Permission not confirmed"),
            Said(
                "Deze persoon is om toestemming gevraagd, maar heeft die nog niet bevestigd.",
                "This person was asked for permission, but has not confirmed it yet.",
            ),
        ),
        Code.D_REFUSED: Text(
            Said("art. 4 onder 11 AVG", "art. 4(11) GDPR"),
            Said("Toestemming geweigerd", "Permission refused"),
            Said(
                "Deze persoon is om toestemming gevraagd en zei nee.",
                "This person was asked for permission and said no.",
            ),
        ),
        Code.D_INVALIDATED: Text(
            Said("art. 4 onder 11 en art. 7 AVG", "art. 4(11) and art. 7 GDPR"),
            Said("Toestemming ongeldig verklaard", "Permission declared invalid"),
            Said(
                "De toestemming van deze persoon is later ongeldig gebleken en telt niet mee.",
                "The permission of this person later proved invalid and does not count.",
            ),
        ),
        Code.D_EXPIRED: Text(
            Said("art. 4 onder 11 AVG", "art. 4(11) GDPR"),
            Said("Toestemming verlopen", "Permission expired"),
            Said(
                "Deze persoon gaf toestemming voor een bepaalde tijd, en die tijd is voorbij.",
                "This person gave permission for a certain time, and that time has passed.",
            ),
        ),
        Code.D_USED_UP: Text(
            Said("art. 4 onder 11 AVG", "art. 4(11) GDPR"),
            Said("Eenmalige toestemming gebruikt", "One-time permission used"),
            Said(
                "Deze persoon gaf toestemming voor één keer, en dat contact is er al geweest.",
                "This person gave permission for one time, and that contact has already taken place.",
            ),
        ),
        Code.D_EVIDENCE_INCOMPLETE: Text(
            Said("art. 7 lid 1 AVG", "art. 7(1) GDPR"),
            Said("Bewijs onvolledig", "Proof incomplete"),
            Said(
                "Van de toestemming van deze persoon ontbreekt een deel van het bewijs, zoals de getoonde "
                "tekst of het moment.",
                "Part of the proof of this person's permission is missing, such as the wording shown or "
                "the moment.",
            ),
        ),
        Code.D_THIRD_PARTY_LIST: Text(
            Said(
                "art. 11.7 lid 1 Tw; art. 4 onder 11 AVG",
                "art. 11.7(1) Tw (Dutch Telecommunications Act); art. 4(11) GDPR",
            ),
            Said("Toestemming aan een ander", "Permission given to others"),
            Said(
                "Deze persoon gaf toestemming bij een andere partij, en onze naam werd daar niet genoemd.",
                "This person gave permission to another party, and our name was not mentioned there.",
            ),
        ),
        Code.D_UNVERIFIED: Text(
            Said(
                "Code Telemarketing 2024; art. 11.7 lid 2 Tw",
                "Code Telemarketing 2024 (Dutch advertising code); art. 11.7(2) Tw "
                "(Dutch Telecommunications Act)",
            ),
            Said("Nummer niet gecontroleerd", "Number not verified"),
            Said(
                "Er is niet gecontroleerd of dit telefoonnummer echt van deze persoon is.",
                "Nobody has checked that this phone number really is this person's.",
            ),
        ),
        Code.D_FIRST_CONTACT_TERM: Text(
            Said("Code Telemarketing 2024", "Code Telemarketing 2024 (Dutch advertising code)"),
            Said("Eerste gesprek te laat", "First call too late"),
            Said(
                "Deze persoon gaf toestemming om te bellen, maar de tijd voor het eerste gesprek is voorbij.",
                "This person gave permission to be called, but the time for the first call has passed.",
            ),
        ),
        Code.D_CONSENT_OTHER_PURPOSE: Text(
            Said("art. 4 onder 11 en art. 5 lid 1 onder b AVG", "art. 4(11) and art. 5(1)(b) GDPR"),
            Said("Toestemming voor iets anders", "Permission for something else"),
            Said(
                "Deze persoon gaf wel toestemming voor iets anders, maar niet hiervoor.",
                "This person gave permission for something else, but not for this.",
            ),
        ),
    }
)

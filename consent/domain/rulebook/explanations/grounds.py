"""Why this contact is allowed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations.text import Explained, Said, Text

# Until 1 July 2026 a publisher or lottery called its customers under paragraph 4, like any seller.
SINCE_2026_PARAGRAPH_6: Final = Said(
    "art. 11.7 lid 6 Tw (tot 1 juli 2026: lid 4)",
    "art. 11.7(6) Tw (Dutch Telecommunications Act; until 1 July 2026: 11.7(4))",
)
SUPPORTERS: Final = Said("art. 11.7 lid 5 Tw", "art. 11.7(5) Tw (Dutch Telecommunications Act)")

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {
        Code.A_SERVICE: Text(
            Said(
                "geen reclame, dus buiten art. 11.7 Tw",
                "no marketing, so outside art. 11.7 Tw (Dutch Telecommunications Act)",
            ),
            Said("Servicebericht", "Service message"),
            Said(
                "Dit is geen reclame maar een bericht dat deze persoon nodig heeft bij wat die al afnam of "
                "vroeg.",
                "This is no marketing but a message this person needs about what they already have or "
                "asked for.",
            ),
        ),
        Code.A_CONSENT: Text(
            Said(
                "art. 11.7 lid 1 en 2 Tw; art. 6 lid 1 onder a AVG",
                "art. 11.7(1) and (2) Tw (Dutch Telecommunications Act); art. 6(1)(a) GDPR",
            ),
            Said("Toestemming", "Permission"),
            Said(
                "Deze persoon heeft hier zelf toestemming voor gegeven, en die geldt nog.",
                "This person gave permission for this, and it still holds.",
            ),
        ),
        Code.A_CONSENT_AFTER_DNCM: Text(
            Said("art. VI.111-VI.114 WER", "art. VI.111-VI.114 WER (Belgian Code of Economic Law)"),
            Said("Toestemming na Bel-me-niet-meer", "Permission after listing"),
            Said(
                "Deze persoon staat op de Bel-me-niet-meer-lijst, maar gaf daarna toestemming om te bellen.",
                "This person is on the do-not-call-me list, but gave permission to be called after that.",
            ),
        ),
        Code.A_LEGAL_PERSON: Text(
            Said("art. 11.7 lid 2 Tw", "art. 11.7(2) Tw (Dutch Telecommunications Act)"),
            Said("Organisatie mag gebeld worden", "Organisation may be called"),
            Said(
                "Dit nummer hoort bij een organisatie zoals een bv of stichting, en die mag zonder "
                "toestemming gebeld worden.",
                "This number belongs to an organisation such as a company or foundation, and that may be "
                "called without permission.",
            ),
        ),
        Code.A_BE_IMPERSONAL: Text(
            Said(
                "art. 1, 2° KB 4 april 2003",
                "art. 1(2) Royal Decree of 4 April 2003 (Belgium)",
            ),
            Said("Algemeen adres van organisatie", "General address of organisation"),
            Said(
                "Dit is een algemeen adres van een organisatie, zoals info@, en niet van één persoon.",
                "This is a general address of an organisation, such as info@, and not one person's.",
            ),
        ),
        Code.A_PUBLISHED: Text(
            Said("art. 11.7 lid 3 onder a Tw", "art. 11.7(3)(a) Tw (Dutch Telecommunications Act)"),
            Said("Zelf bekendgemaakt voor reclame", "Published for offers"),
            Said(
                "Dit bedrijf heeft dit adres of nummer zelf bekendgemaakt om aanbiedingen te ontvangen.",
                "This business itself published this address or number to receive offers.",
            ),
        ),
        Code.A_REL_SALE: Text(
            Said(
                "art. 11.7 lid 4 Tw, tot 1 juli 2026",
                "art. 11.7(4) Tw (Dutch Telecommunications Act), until 1 July 2026",
            ),
            Said("Klant mocht gebeld worden", "Customer could be called"),
            Said(
                "Deze persoon is klant en mocht tot 1 juli 2026 gebeld worden over soortgelijke producten.",
                "This person is a customer and could be called about similar products until 1 July 2026.",
            ),
        ),
        Code.A_REL_PUBLISHER: Text(
            SINCE_2026_PARAGRAPH_6,
            Said("Klant van de uitgever", "Customer of the publisher"),
            Said(
                "Deze persoon is klant van deze uitgever, en een uitgever mag eigen klanten bellen over "
                "soortgelijke producten.",
                "This person is a customer of this publisher, and a publisher may call its own customers "
                "about similar products.",
            ),
        ),
        Code.A_REL_LOTTERY: Text(
            SINCE_2026_PARAGRAPH_6,
            Said("Klant van de loterij", "Customer of the lottery"),
            Said(
                "Deze persoon speelt mee bij deze loterij met vergunning, en die mag eigen klanten bellen "
                "over soortgelijke producten.",
                "This person plays in this licensed lottery, and such a lottery may call its own customers "
                "about similar products.",
            ),
        ),
        Code.A_SOFT_OPTIN: Text(
            Said("art. 11.7 lid 4 Tw", "art. 11.7(4) Tw (Dutch Telecommunications Act)"),
            Said("Klant, soortgelijk product", "Customer, similar product"),
            Said(
                "Deze persoon is klant, wist ervan, kon nee zeggen, en het gaat over soortgelijke producten.",
                "This person is a customer, was told, could say no, and it is about similar products.",
            ),
        ),
        Code.A_SOFT_OPTIN_BE: Text(
            Said(
                "art. XII.13 WER; art. 1, 1° KB 4 april 2003",
                "art. XII.13 WER (Belgian Code of Economic Law); art. 1(1) Royal Decree of 4 April 2003 "
                "(Belgium)",
            ),
            Said("Klant in België", "Customer in Belgium"),
            Said(
                "Deze persoon is klant, gaf zelf het e-mailadres, kon nee zeggen, en het gaat over "
                "soortgelijke producten.",
                "This person is a customer, supplied the e-mail address, could say no, and it is about "
                "similar products.",
            ),
        ),
        Code.A_REL_DONOR: Text(
            SUPPORTERS,
            Said("Donateur", "Donor"),
            Said(
                "Deze persoon heeft aan dit goede doel gegeven en mag daarover benaderd worden.",
                "This person gave to this cause and may be contacted about it.",
            ),
        ),
        Code.A_REL_VOLUNTEER: Text(
            SUPPORTERS,
            Said("Vrijwilliger", "Volunteer"),
            Said(
                "Deze persoon was vrijwilliger voor dit goede doel en mag daarover gebeld worden.",
                "This person volunteered for this cause and may be called about it.",
            ),
        ),
        Code.A_REL_ATTENDEE: Text(
            SUPPORTERS,
            Said("Bezoeker van een bijeenkomst", "Attended a gathering"),
            Said(
                "Deze persoon bezocht een bijeenkomst van dit goede doel en mag daarover gebeld worden.",
                "This person attended a gathering of this cause and may be called about it.",
            ),
        ),
        Code.A_LEGITIMATE_INTEREST: Text(
            Said("art. 6 lid 1 onder f AVG", "art. 6(1)(f) GDPR"),
            Said("Belangen afgewogen", "Interests weighed"),
            Said(
                "Voor post is geen toestemming nodig: de belangen van de afzender en van deze persoon zijn "
                "afgewogen en vastgelegd.",
                "Post needs no permission: the interests of the sender and of this person were weighed and "
                "recorded.",
            ),
        ),
        Code.A_BE_NOT_LISTED: Text(
            Said(
                "art. VI.111-VI.114 WER; art. 6 lid 1 onder f AVG",
                "art. VI.111-VI.114 WER (Belgian Code of Economic Law); art. 6(1)(f) GDPR",
            ),
            Said("Niet op Bel-me-niet-meer-lijst", "Not on do-not-call-me list"),
            Said(
                "Deze persoon staat niet op de Belgische Bel-me-niet-meer-lijst, en de belangen zijn "
                "afgewogen en vastgelegd.",
                "This person is not on the Belgian do-not-call-me list, and the interests were weighed and "
                "recorded.",
            ),
        ),
    }
)

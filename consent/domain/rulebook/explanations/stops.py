"""What stops contact before any ground is looked at, and what is said where there is none."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations.text import Explained, Said, Text

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {
        Code.D_UNAVAILABLE: Text(
            Said("art. 5 lid 2 AVG", "art. 5(2) GDPR"),
            Said("Gegevens niet te lezen", "Facts unreadable"),
            Said(
                "Wat wij over deze persoon weten is nu niet te lezen, en dan is het antwoord nee.",
                "What we know about this person cannot be read right now, and then the answer is no.",
            ),
        ),
        Code.D_NO_PACK: Text(
            Said("art. 5 lid 2 AVG", "art. 5(2) GDPR"),
            Said("Geen regels voor dit moment", "No rules for this moment"),
            Said(
                "Voor dit land en dit moment zijn hier geen regels vastgelegd, en dan is het antwoord nee.",
                "No rules are kept here for this country at this moment, and then the answer is no.",
            ),
        ),
        Code.D_ADDRESS_INVALID: Text(
            Said("art. 5 lid 1 onder d AVG", "art. 5(1)(d) GDPR"),
            Said("Adres onbruikbaar", "Address unusable"),
            Said(
                "Het adres of nummer van deze persoon ontbreekt, klopt niet of werkt niet meer.",
                "The address or number of this person is missing, wrong or no longer works.",
            ),
        ),
        Code.D_RESTRICTED: Text(
            Said("art. 18 AVG", "art. 18 GDPR"),
            Said("Gebruik stilgezet", "Use put on hold"),
            Said(
                "Deze persoon heeft gevraagd de eigen gegevens voorlopig niet te gebruiken.",
                "This person asked us not to use their data for the time being.",
            ),
        ),
        Code.D_SUPPRESSED: Text(
            Said("art. 21 lid 3 AVG", "art. 21(3) GDPR"),
            Said("Adres geblokkeerd", "Address blocked"),
            Said(
                "Dit adres of nummer staat op de blokkeerlijst, en deze persoon gaf daarna geen "
                "geldige toestemming.",
                "This address or number is on the block list, and this person has given no valid "
                "permission since.",
            ),
        ),
        Code.D_OBJECTION: Text(
            Said("art. 21 lid 2 en 3 AVG", "art. 21(2) and (3) GDPR"),
            Said("Wil geen contact", "Asked for no contact"),
            Said(
                "Deze persoon heeft gezegd hiervoor geen contact te willen.",
                "This person said they do not want to be contacted for this.",
            ),
        ),
        Code.D_WITHDRAWN: Text(
            Said("art. 7 lid 3 AVG", "art. 7(3) GDPR"),
            Said("Toestemming ingetrokken", "Permission withdrawn"),
            Said(
                "Deze persoon gaf toestemming, maar heeft die weer ingetrokken.",
                "This person gave permission, but has taken it back.",
            ),
        ),
        Code.D_MINOR: Text(
            Said("art. 8 AVG; art. 5 UAVG", "art. 8 GDPR; art. 5 UAVG (Dutch GDPR Implementation Act)"),
            Said("Ouder of vertegenwoordiger nodig", "Parent or representative needed"),
            Said(
                "Deze persoon is of was te jong, of kan dit niet alleen beslissen, en er is geen "
                "geldige toestemming van de ouder of vertegenwoordiger.",
                "This person is or was too young, or cannot decide this alone, and there is no valid "
                "permission from the parent or representative.",
            ),
        ),
        Code.D_POLICY: Text(
            Said("eigen beleid", "house policy"),
            Said("Eigen beleid verbiedt het", "Own policy forbids it"),
            Said(
                "De organisatie heeft zelf besloten deze persoon hiervoor niet te benaderen.",
                "The organisation itself decided not to contact this person for this.",
            ),
        ),
        Code.D_DNCM_STALE: Text(
            Said("art. VI.111-VI.114 WER", "art. VI.111-VI.114 WER (Belgian Code of Economic Law)"),
            Said("Bel-me-niet-meer-lijst verouderd", "Do-not-call-me list outdated"),
            Said(
                "De Belgische Bel-me-niet-meer-lijst is hier niet of niet recent genoeg opgehaald om deze "
                "persoon te mogen bellen.",
                "The Belgian do-not-call-me list was not fetched, or not recently enough, to call this "
                "person.",
            ),
        ),
        Code.D_DNCM_LISTED: Text(
            Said("art. VI.111-VI.114 WER", "art. VI.111-VI.114 WER (Belgian Code of Economic Law)"),
            Said("Op Bel-me-niet-meer-lijst", "On do-not-call-me list"),
            Said(
                "Het nummer van deze persoon staat op de Belgische Bel-me-niet-meer-lijst, en daarna is "
                "geen geldige toestemming gegeven.",
                "The number of this person is on the Belgian do-not-call-me list, and no valid permission "
                "was given since.",
            ),
        ),
        Code.D_CONSENT_REQUEST_IS_MARKETING: Text(
            Said("art. 11.7 lid 1 Tw", "art. 11.7(1) Tw (Dutch Telecommunications Act)"),
            Said("Vragen is ook reclame", "Asking is marketing too"),
            Said(
                "Een bericht dat om toestemming vraagt is zelf al reclame, en daarvoor is bij deze "
                "persoon geen grond.",
                "A message that asks for permission is marketing itself, and there is no ground to send "
                "it to this person.",
            ),
        ),
        Code.D_AUTOMATED_CALL: Text(
            Said(
                "art. 11.7 lid 1 Tw; art. VI.110 WER",
                "art. 11.7(1) Tw (Dutch Telecommunications Act); art. VI.110 WER "
                "(Belgian Code of Economic Law)",
            ),
            Said("Geen toestemming voor belcomputer", "No permission for robocalls"),
            Said(
                "Een computer mag deze persoon alleen bellen met toestemming, en die is er niet.",
                "A computer may only call this person with permission, and there is none.",
            ),
        ),
        Code.D_NO_BASIS: Text(
            Said(
                "art. 11.7 lid 1 en 2 Tw; art. 6 lid 1 AVG",
                "art. 11.7(1) and (2) Tw (Dutch Telecommunications Act); art. 6(1) GDPR",
            ),
            Said("Geen grond", "No ground"),
            Said(
                "Deze persoon gaf geen toestemming, en er is ook niets anders dat dit contact toestaat.",
                "This person gave no permission, and nothing else allows this contact either.",
            ),
        ),
    }
)

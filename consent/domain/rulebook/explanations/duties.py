"""What whoever makes contact must do; the sentence is an instruction."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.domain.rulebook.codes import Obligation
from consent.domain.rulebook.explanations.text import Explained, Said, Text

CODE_TELEMARKETING: Final = Said("Code Telemarketing", "Code Telemarketing (Dutch advertising code)")

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {
        Obligation.O_SHOW_CLI: Text(
            Said("art. 11.7 lid 8 Tw", "art. 11.7(8) Tw (Dutch Telecommunications Act)"),
            Said("Toon uw nummer", "Show your number"),
            Said(
                "Bel met een zichtbaar nummer waarop u terug te bellen bent.",
                "Call with a visible number on which you can be called back.",
            ),
        ),
        Obligation.O_IDENTIFY: Text(
            CODE_TELEMARKETING,
            Said("Zeg wie u bent", "Say who you are"),
            Said(
                "Zeg meteen uw naam, namens wie u belt en waarvoor, en vraag of het uitkomt.",
                "Say at once your name, on whose behalf you call and what for, and ask whether it suits.",
            ),
        ),
        Obligation.O_OFFER_OBJECTION: Text(
            Said(
                "art. 11.7 lid 2, 4 en 5 Tw; art. 21 lid 4 AVG",
                "art. 11.7(2), (4) and (5) Tw (Dutch Telecommunications Act); art. 21(4) GDPR",
            ),
            Said("Bied aan te stoppen", "Offer to stop"),
            Said(
                "Vertel deze persoon in elk gesprek dat die niet meer gebeld hoeft te worden, en leg een nee "
                "meteen vast.",
                "Tell this person in every call that they need not be called again, and record a no at once.",
            ),
        ),
        Obligation.O_WITHIN_HOURS: Text(
            CODE_TELEMARKETING,
            Said("Bel op toegestane tijden", "Call within permitted hours"),
            Said(
                "Bel alleen op de toegestane dagen en tijden.",
                "Call only on the permitted days and hours.",
            ),
        ),
        Obligation.O_LOG_CALL: Text(
            Said("art. 5 lid 2 AVG", "art. 5(2) GDPR"),
            Said("Leg het gesprek vast", "Log the call"),
            Said(
                "Leg het gesprek vast: wanneer, met welk nummer, en wat de uitkomst was.",
                "Log the call: when, from which number, and how it ended.",
            ),
        ),
        Obligation.O_HONOUR_OBJECTION: Text(
            Said("art. 21 lid 2 en 3 AVG", "art. 21(2) and (3) GDPR"),
            Said("Respecteer een nee", "Respect a no"),
            Said(
                "Zegt deze persoon geen contact te willen, leg dat dan vast en bel die niet meer, ook niet "
                "bij een organisatie.",
                "If this person says they want no contact, record it and do not call them again, also at an "
                "organisation.",
            ),
        ),
        Obligation.O_SENDER_IDENTITY: Text(
            Said("art. 11.7 lid 7 onder a Tw", "art. 11.7(7)(a) Tw (Dutch Telecommunications Act)"),
            Said("Noem de afzender", "Name the sender"),
            Said(
                "Zet in het bericht duidelijk namens wie het wordt verstuurd.",
                "State clearly in the message on whose behalf it is sent.",
            ),
        ),
        Obligation.O_POSTAL_OR_NUMBER: Text(
            Said("art. 11.7 lid 7 onder b Tw", "art. 11.7(7)(b) Tw (Dutch Telecommunications Act)"),
            Said("Geef adres of nummer", "Give address or number"),
            Said(
                "Zet in het bericht een geldig adres of nummer waar deze persoon kan zeggen dat het moet "
                "stoppen.",
                "Give in the message a valid address or number where this person can ask you to stop.",
            ),
        ),
        Obligation.O_UNSUBSCRIBE_LINK: Text(
            Said(
                "art. 11.7 lid 4 en 5 Tw; art. 7 lid 3 en art. 21 AVG",
                "art. 11.7(4) and (5) Tw (Dutch Telecommunications Act); art. 7(3) and art. 21 GDPR",
            ),
            Said("Zet er een afmeldlink in", "Include an unsubscribe link"),
            Said(
                "Zet in elk bericht een link waarmee deze persoon zich makkelijk en gratis kan afmelden.",
                "Put a link in every message with which this person can unsubscribe easily and for free.",
            ),
        ),
        Obligation.O_LIST_UNSUBSCRIBE: Text(
            Said("RFC 8058", "RFC 8058"),
            Said("Afmeldknop in het mailprogramma", "Unsubscribe button in mail"),
            Said(
                "Verstuur de e-mail zo dat het mailprogramma van deze persoon een afmeldknop kan tonen.",
                "Send the e-mail so that this person's mail program can show an unsubscribe button.",
            ),
        ),
    }
)

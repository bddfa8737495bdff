import enum


class Code(enum.StrEnum):
    """Why contact is allowed (A_) or denied (D_), in the order of the rules.

    A code is stable: stored runs and other systems rely on it. Of several denials the earlier one stands
    first among the reasons, and counts as the more restrictive.
    """

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        # By default a StrEnum writes its values in lower case.
        return name

    D_UNAVAILABLE = enum.auto()
    D_NO_PACK = enum.auto()
    D_ADDRESS_INVALID = enum.auto()
    D_RESTRICTED = enum.auto()
    D_SUPPRESSED = enum.auto()
    D_OBJECTION = enum.auto()
    D_WITHDRAWN = enum.auto()
    D_MINOR = enum.auto()
    D_POLICY = enum.auto()
    D_DNCM_STALE = enum.auto()
    D_DNCM_LISTED = enum.auto()
    # Conditions of consent.
    D_NOT_CONFIRMED = enum.auto()
    D_REFUSED = enum.auto()
    D_INVALIDATED = enum.auto()
    D_EXPIRED = enum.auto()
    D_USED_UP = enum.auto()
    D_EVIDENCE_INCOMPLETE = enum.auto()
    D_THIRD_PARTY_LIST = enum.auto()
    D_UNVERIFIED = enum.auto()
    D_FIRST_CONTACT_TERM = enum.auto()
    D_CONSENT_OTHER_PURPOSE = enum.auto()
    # Conditions of a relation.
    D_REL_OTHER_ENTITY = enum.auto()
    D_NO_REL_KIND = enum.auto()
    D_REL_CALL_ONLY = enum.auto()
    D_REL_ENDED_20260701 = enum.auto()
    D_PURPOSE_MISMATCH = enum.auto()
    D_REL_NOT_SIMILAR = enum.auto()
    D_REL_NOT_INFORMED = enum.auto()
    D_REL_NO_OPTOUT_AT_COLLECTION = enum.auto()
    D_REL_TERM_3Y = enum.auto()
    # Nothing to rest on.
    D_CONSENT_REQUEST_IS_MARKETING = enum.auto()
    D_AUTOMATED_CALL = enum.auto()
    D_NO_BASIS = enum.auto()
    # Grounds.
    A_SERVICE = enum.auto()
    A_CONSENT = enum.auto()
    A_CONSENT_AFTER_DNCM = enum.auto()
    A_LEGAL_PERSON = enum.auto()
    A_BE_IMPERSONAL = enum.auto()
    A_PUBLISHED = enum.auto()
    A_REL_SALE = enum.auto()
    A_REL_PUBLISHER = enum.auto()
    A_REL_LOTTERY = enum.auto()
    A_SOFT_OPTIN = enum.auto()
    A_SOFT_OPTIN_BE = enum.auto()
    A_REL_DONOR = enum.auto()
    A_REL_VOLUNTEER = enum.auto()
    A_REL_ATTENDEE = enum.auto()
    A_LEGITIMATE_INTEREST = enum.auto()
    A_BE_NOT_LISTED = enum.auto()

    @property
    def allows(self) -> bool:
        return self.startswith("A_")

    @property
    def place(self) -> int:
        """Where the code stands in the order of the rules: the smaller, the more restrictive."""
        return PLACES[self]


PLACES = {code: place for place, code in enumerate(Code)}


class Obligation(enum.StrEnum):
    """What whoever makes contact must do, whatever ground it rests on."""

    O_SHOW_CLI = "O_SHOW_CLI"
    O_IDENTIFY = "O_IDENTIFY"
    O_OFFER_OBJECTION = "O_OFFER_OBJECTION"
    O_WITHIN_HOURS = "O_WITHIN_HOURS"
    O_LOG_CALL = "O_LOG_CALL"
    O_HONOUR_OBJECTION = "O_HONOUR_OBJECTION"
    O_SENDER_IDENTITY = "O_SENDER_IDENTITY"
    O_POSTAL_OR_NUMBER = "O_POSTAL_OR_NUMBER"
    O_UNSUBSCRIBE_LINK = "O_UNSUBSCRIBE_LINK"
    O_LIST_UNSUBSCRIBE = "O_LIST_UNSUBSCRIBE"

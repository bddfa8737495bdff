from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Act(models.TextChoices):
    """What happened: the verb of a consent event."""

    REQUESTED = "REQUESTED", _("Permission asked")
    GIVEN = "GIVEN", _("Permission given")
    CONFIRMED = "CONFIRMED", _("Permission confirmed")
    RENEWED = "RENEWED", _("Permission given again")
    REFUSED = "REFUSED", _("Permission refused")
    WITHDRAWN = "WITHDRAWN", _("Permission withdrawn")
    USED = "USED", _("Permission used for a contact")
    EXPIRED = "EXPIRED", _("Permission ended by its term")
    INVALIDATED = "INVALIDATED", _("Permission invalidated")
    LAPSED = "LAPSED", _("Request never confirmed")
    OBJECTED = "OBJECTED", _("Objection")
    OBJECTION_RETRACTED = "OBJECTION_RETRACTED", _("Objection taken back")
    SUPPRESSED = "SUPPRESSED", _("Address blocked")
    SUPPRESSION_LIFTED = "SUPPRESSION_LIFTED", _("Block lifted")
    RESTRICTED = "RESTRICTED", _("Processing restricted")
    RESTRICTION_LIFTED = "RESTRICTION_LIFTED", _("Restriction lifted")
    ADDRESS_VERIFIED = "ADDRESS_VERIFIED", _("Address verified")
    ADDRESS_INVALIDATED = "ADDRESS_INVALIDATED", _("Address found invalid")
    ADDRESS_RESTORED = "ADDRESS_RESTORED", _("Address in use again")
    RELATION_STARTED = "RELATION_STARTED", _("Customer relation started")
    RELATION_ENDED = "RELATION_ENDED", _("Customer relation ended")
    ERASED = "ERASED", _("Personal data erased")


GRANTS = (Act.GIVEN, Act.CONFIRMED, Act.RENEWED)
PERMISSION_ACTS = (
    *GRANTS,
    Act.REQUESTED,
    Act.REFUSED,
    Act.WITHDRAWN,
    Act.USED,
    Act.EXPIRED,
    Act.INVALIDATED,
    Act.LAPSED,
)


class Status(models.TextChoices):
    """The state of a permission, in the terms of the W3C Data Privacy Vocabulary."""

    UNKNOWN = "ConsentUnknown", _("Unknown")
    REQUESTED = "ConsentRequested", _("Asked")
    REQUEST_DEFERRED = "ConsentRequestDeferred", _("Asked, never answered")
    GIVEN = "ConsentGiven", _("Given")
    RENEWED = "RenewedConsentGiven", _("Given again")
    REFUSED = "ConsentRefused", _("Refused")
    WITHDRAWN = "ConsentWithdrawn", _("Withdrawn")
    EXPIRED = "ConsentExpired", _("Expired")
    TERMINATED = "ConsentTerminated", _("Used up")
    INVALIDATED = "ConsentInvalidated", _("Invalidated")


class Actor(models.TextChoices):
    """Who acted."""

    SUBJECT = "SUBJECT", _("The person")
    REPRESENTATIVE = "REPRESENTATIVE", _("Representative")
    STAFF = "STAFF", _("Staff member")
    SYSTEM = "SYSTEM", _("The system")


class Source(models.TextChoices):
    """Where the act reached us."""

    WEB_FORM = "WEB_FORM", _("Web form")
    CONFIRMATION_LINK = "CONFIRMATION_LINK", _("Confirmation link")
    PREFERENCES = "PREFERENCES", _("Preference centre")
    WITHDRAWAL_LINK = "WITHDRAWAL_LINK", _("Withdrawal link")
    ONE_CLICK = "ONE_CLICK", _("One-click unsubscribe")
    BLOCK_PAGE = "BLOCK_PAGE", _("Page to block a number")
    PHONE_CALL = "PHONE_CALL", _("Phone call")
    DIRECT_MESSAGE = "DIRECT_MESSAGE", _("Direct message")
    PAPER = "PAPER", _("Paper")
    EVENT = "EVENT", pgettext_lazy("a fair, a meeting", "Event")
    IMPORT = "IMPORT", _("Import")
    API = "API", _("API")
    STAFF_ENTRY = "STAFF_ENTRY", _("Entered by staff")
    SCHEDULE = "SCHEDULE", _("Schedule")


class Method(models.TextChoices):
    """How the act was done."""

    CHECKBOX = "CHECKBOX", _("Ticked a box")
    CAPTION = "CAPTION", _("Filled in a field with a caption")
    BUTTON = "BUTTON", _("Pressed a button")
    ORAL = "ORAL", _("Said so")
    SIGNATURE = "SIGNATURE", _("Signed")
    REPLY = "REPLY", _("Answered a message")
    CODE = "CODE", _("Gave a code")
    RECORD = "RECORD", _("Taken over from a record")
    TERM = "TERM", _("Term passed")


class Collector(models.TextChoices):
    """Who collected the permission."""

    OWN = "OWN", _("The legal entity itself")
    NAMED = "NAMED", _("Another party; its notice names the legal entity")
    NOT_NAMED = "NOT_NAMED", _("Another party; its notice does not name the legal entity")


class Grade(models.TextChoices):
    """How strong the proof is."""

    A = "A", _("A: verified by the person at the address")
    B = "B", _("B: recorded act, address not verified")
    C = "C", _("C: caption beside a field")
    D = "D", _("D: claimed only")

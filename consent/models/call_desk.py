from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consent.models.contact_attempt import ContactAttempt
from consent.models.job import Job
from consent.models.purpose import Purpose
from consent.models.wording import WordingField
from customers.models import (
    Contact,
    ContactPoint,
    LegalEntity,
    Organisation,
    ProductGroup,
    StaffMember,
    uuid7,
)


class CallList(models.Model):
    """One list of contacts to call for one legal entity and purpose; each is asked about again when shown."""

    class Origin(models.TextChoices):
        SCREENING = "SCREENING", _("Screening run")
        AUDIENCE = "AUDIENCE", _("Audience")
        REQUESTED = "REQUESTED", _("Calls that people asked for")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="call_lists", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="call_lists", verbose_name=_("legal entity")
    )
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="call_lists", verbose_name=_("purpose"))
    product_group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product group"),
    )
    name = models.CharField(_("name"), max_length=120)
    script = WordingField(
        _("script"),
        blank=True,
        default=dict,
        help_text=_("What the agent says, in the language of the person."),
    )
    origin = models.CharField(_("made from"), max_length=9, choices=Origin.choices)
    origin_reference = models.CharField(
        _("which one"), max_length=64, blank=True, help_text=_("Key of the screening run or audience.")
    )
    job = models.OneToOneField(
        Job,
        models.PROTECT,
        null=True,
        related_name="call_list",
        verbose_name=_("job"),
        help_text=_("What fills the list. Empty: nothing had to be looked for."),
    )
    maximum_attempts = models.PositiveSmallIntegerField(
        _("attempts at most"),
        default=3,
        help_text=_("After this many calls without a conversation the contact is left alone."),
    )
    opened_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    expires_at = models.DateTimeField(
        _("expires at"),
        null=True,
        blank=True,
        help_text=_("From then on nobody is shown. Empty: until it is closed."),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("call list")
        verbose_name_plural = _("call lists")
        indexes = [models.Index(fields=["organisation", "-opened_at"], name="call_list_newest_first")]
        constraints = [
            models.CheckConstraint(
                name="call_list_expires_after_it_opens",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("opened_at")),
                violation_error_message=_("A call list expires after it opens."),
            ),
            models.CheckConstraint(
                name="call_list_tries_at_least_once",
                condition=Q(maximum_attempts__gte=1),
                violation_error_message=_("Try at least once."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CallListEntry(models.Model):
    """One contact on a call list: whether it waits, who has it now, and what came of it so far."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        HELD = "HELD", _("With an agent")
        DONE = "DONE", _("Done")
        SKIPPED = "SKIPPED", _("Skipped")

    class WaitsFor(models.TextChoices):
        HOURS = "HOURS", _("Calling hours")
        ANOTHER_DAY = "ANOTHER_DAY", _("Another day")
        CALL_BACK = "CALL_BACK", _("The agreed moment")

    call_list = models.ForeignKey(
        CallList, models.PROTECT, related_name="entries", db_index=False, verbose_name=_("call list")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", verbose_name=_("contact"))
    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="+", verbose_name=_("contact point")
    )
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    held_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("with whom")
    )
    held_until = models.DateTimeField(_("until"), null=True)
    next_try_at = models.DateTimeField(_("not before"))
    waits_for = models.CharField(_("waits for"), max_length=11, choices=WaitsFor.choices, blank=True)
    call_back_asked = models.BooleanField(
        _("call asked for"),
        default=False,
        help_text=_("The person asked for this call: it goes first and may fall outside calling hours."),
    )
    attempts = models.PositiveSmallIntegerField(_("calls made"), default=0)
    last_outcome = models.CharField(
        _("last outcome"), max_length=12, choices=ContactAttempt.Outcome.choices, blank=True
    )
    skip_code = models.CharField(
        _("why skipped"),
        max_length=32,
        blank=True,
        help_text=_("The code of the rules that forbids the call."),
    )

    class Meta:
        verbose_name = _("contact on a call list")
        verbose_name_plural = _("contacts on call lists")
        constraints = [
            models.UniqueConstraint(
                fields=["call_list", "contact_point"], name="call_list_holds_a_number_once"
            ),
            models.CheckConstraint(
                name="call_list_entry_held_by_somebody_for_a_while",
                condition=Q(state="HELD", held_by__isnull=False, held_until__isnull=False)
                | (~Q(state="HELD") & Q(held_by__isnull=True, held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="call_list_entry_skipped_says_why",
                condition=(Q(state="SKIPPED") & ~Q(skip_code="")) | (~Q(state="SKIPPED") & Q(skip_code="")),
            ),
        ]
        indexes = [
            # The order in which the desk takes them: who asked to be called, then who waits longest.
            models.Index(
                fields=["call_list", "-call_back_asked", "next_try_at", "id"],
                name="call_list_entry_next",
                condition=Q(state__in=["WAITING", "HELD"]),
            ),
            models.Index(fields=["held_by"], name="call_list_entry_held", condition=Q(state="HELD")),
        ]

    def __str__(self) -> str:
        return f"{self.call_list_id} {self.get_state_display()}"


class ShownContact(models.Model):
    """One time that a call desk showed a contact to an agent, and the call that came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(
        CallListEntry, models.PROTECT, related_name="shown", verbose_name=_("contact on a call list")
    )
    agent = models.ForeignKey(StaffMember, models.PROTECT, related_name="+", verbose_name=_("agent"))
    shown_at = models.DateTimeField(_("shown at"))
    code = models.CharField(
        _("ground"),
        max_length=32,
        help_text=_("The code of the rules that allowed this call at that moment."),
    )
    attempt = models.OneToOneField(
        ContactAttempt,
        models.PROTECT,
        null=True,
        related_name="shown",
        verbose_name=_("contact attempt"),
    )

    class Meta:
        verbose_name = _("contact shown at the call desk")
        verbose_name_plural = _("contacts shown at the call desk")
        indexes = [models.Index(fields=["shown_at"], name="shown_contact_oldest_first")]

    def __str__(self) -> str:
        return f"{self.shown_at:%Y-%m-%d %H:%M}"


class DeskLookup(models.Model):
    """One time that somebody looked an address up at the inbound desk: who, when, which, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="+", verbose_name=_("looked up by"))
    looked_up_at = models.DateTimeField(_("looked up at"))
    address_hash = models.BinaryField(_("keyed hash"), max_length=32, editable=False)
    hash_key_version = models.PositiveSmallIntegerField(_("version of the hash key"), editable=False)
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("contact"),
        help_text=_("Empty: nobody holds this address."),
    )

    class Meta:
        verbose_name = _("look-up at the inbound desk")
        verbose_name_plural = _("look-ups at the inbound desk")
        indexes = [
            models.Index(fields=["organisation", "-looked_up_at"], name="desk_lookup_newest_first"),
            models.Index(fields=["looked_up_at"], name="desk_lookup_oldest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.looked_up_at:%Y-%m-%d %H:%M}"

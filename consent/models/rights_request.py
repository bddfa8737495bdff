from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consent.models.acts import Source
from customers.models import Contact, Language, LegalEntity, Organisation, StaffMember, uuid7


class RightsRequest(models.Model):
    """One request of a person about their own data, its clock, and what came of it (art. 12, 15-21 GDPR)."""

    class Kind(models.TextChoices):
        ACCESS = "ACCESS", _("Access: a copy of everything (art. 15)")
        PORTABILITY = "PORTABILITY", _("Take the data along (art. 20)")
        RECTIFICATION = "RECTIFICATION", _("Correction (art. 16)")
        ERASURE = "ERASURE", _("Erasure (art. 17)")
        RESTRICTION = "RESTRICTION", _("Restriction (art. 18)")
        MARKETING = "MARKETING", _("Objection to marketing (art. 21)")
        PROFILING = "PROFILING", _("Objection to profiling (art. 21)")
        PROOF = "PROOF", _("Proof of consent (art. 7)")

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Refused")

    class Identity(models.TextChoices):
        LINK = "LINK", _("Came by a link sent to their address")
        CALL_BACK = "CALL_BACK", _("Called back on a known number")
        DOCUMENT = "DOCUMENT", _("Showed a document; no copy was kept")
        KNOWN = "KNOWN", _("Answered questions only they can answer")

    class Ground(models.TextChoices):
        UNFOUNDED = "UNFOUNDED", _("Manifestly unfounded (art. 12(5))")
        EXCESSIVE = "EXCESSIVE", _("Excessive, such as repeated (art. 12(5))")
        NOT_IDENTIFIED = "NOT_IDENTIFIED", _("We cannot tell who asks (art. 11(2) and 12(2))")
        EXEMPT = "EXEMPT", _("The law has us keep it (art. 17(3))")
        NO_GROUND = "NO_GROUND", _("The conditions of this right are not met")
        OTHERS = "OTHERS", _("It would harm others (art. 15(4))")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rights_requests",
        verbose_name=_("contact"),
        help_text=_("Empty: nobody we know."),
    )
    kind = models.CharField(_("right"), max_length=13, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.OPEN)
    source = models.CharField(_("how it came"), max_length=17, choices=Source.choices)
    language = models.CharField(_("language"), max_length=8, choices=Language.choices)
    received_at = models.DateTimeField(_("received at"))
    first_due_at = models.DateTimeField(_("first term"))
    due_at = models.DateTimeField(_("answer before"))
    extended_at = models.DateTimeField(_("extended at"), null=True)
    identity = models.CharField(_("identity"), max_length=9, choices=Identity.choices, blank=True)
    identity_checked_at = models.DateTimeField(_("identity checked at"), null=True)
    identity_checked_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("identity checked by")
    )
    ground = models.CharField(_("ground of refusal"), max_length=14, choices=Ground.choices, blank=True)
    closed_at = models.DateTimeField(_("answered at"), null=True)
    reminded_at = models.DateTimeField(_("officer reminded at"), null=True)
    # What the person wrote, encrypted with their own key; unreadable once they are erased.
    subject_id = models.UUIDField(editable=False)
    nonce = models.BinaryField(max_length=12, editable=False)
    ciphertext = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("rights request")
        verbose_name_plural = _("rights requests")
        indexes = [
            models.Index(fields=["due_at"], name="rights_request_due", condition=Q(state="OPEN")),
            models.Index(fields=["organisation", "-received_at"], name="rights_request_newest_first"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"], name="rights_request_open_once", condition=Q(state="OPEN")
            ),
            models.CheckConstraint(
                name="rights_request_answered_says_when",
                condition=Q(state="OPEN", closed_at__isnull=True)
                | (~Q(state="OPEN") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="rights_request_refused_says_why",
                condition=(Q(state="REFUSED") & ~Q(ground="")) | (~Q(state="REFUSED") & Q(ground="")),
            ),
            models.CheckConstraint(
                name="rights_request_identity_says_when",
                condition=Q(identity="", identity_checked_at__isnull=True)
                | (~Q(identity="") & Q(identity_checked_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="rights_request_extended_within_the_term",
                condition=Q(extended_at__isnull=True) | Q(extended_at__lte=F("first_due_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.received_at:%Y-%m-%d}"


class RightsStep(models.Model):
    """One thing done about a rights request: who, when, why; never changed."""

    class What(models.TextChoices):
        RECEIVED = "RECEIVED", _("Received")
        IDENTITY_CHECKED = "IDENTITY_CHECKED", _("Identity checked")
        EXTENDED = "EXTENDED", _("Term extended")
        REMINDED = "REMINDED", _("Officer reminded")
        COPY_GIVEN = "COPY_GIVEN", _("Copy downloaded")
        REFUSED = "REFUSED", _("Refused")
        FULFILLED = "FULFILLED", _("Fulfilled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(
        RightsRequest, models.PROTECT, related_name="steps", verbose_name=_("rights request")
    )
    what = models.CharField(_("what"), max_length=16, choices=What.choices)
    taken_at = models.DateTimeField(_("when"))
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("staff member")
    )
    nonce = models.BinaryField(max_length=12, null=True, editable=False)
    ciphertext = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("step of a rights request")
        verbose_name_plural = _("steps of rights requests")

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.taken_at:%Y-%m-%d %H:%M}"

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.processor import DataKind, Processor
from consent.models.purpose import Channel, Purpose
from customers.models import LegalEntity, Organisation, StaffMember, uuid7


class Topic(models.TextChoices):
    """What somebody outside is told of, by the name it has in a webhook."""

    WITHDRAWN = "permission.withdrawn", _("Permission withdrawn or refused")
    OBJECTED = "objection.made", _("Objection")
    ERASED = "contact.erased", _("Personal data erased")
    RECTIFIED = "contact.rectified", _("Details corrected")
    RESTRICTED = "processing.restricted", _("Processing restricted")
    UNRESTRICTED = "processing.restriction_lifted", _("Restriction lifted")
    TEST = "endpoint.test", _("Test")


TOPICS_TO_CHOOSE = tuple(choice for choice in Topic.choices if choice[0] != Topic.TEST)


class Endpoint(models.Model):
    """One place outside that is told of stops, erasures and corrections, by webhook or by mail."""

    class Method(models.TextChoices):
        WEBHOOK = "WEBHOOK", _("Webhook: a program is told within seconds")
        MAIL = "MAIL", _("Mail to the contact for privacy")

    class Identify(models.TextChoices):
        ADDRESS = "ADDRESS", _("The address itself")
        HASH = "HASH", _("A keyed hash of the address")
        REFERENCE = "REFERENCE", _("Our reference of the person only")

    class Ending(models.TextChoices):
        STAFF = "STAFF", _("Switched off by staff")
        GONE = "GONE", _("It answered that it is gone (410)")
        FAILING = "FAILING", _("It failed for days")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="endpoints", verbose_name=_("organisation")
    )
    processor = models.ForeignKey(
        Processor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="endpoints",
        verbose_name=_("processor"),
        help_text=_("Who is told. Empty: a system of your own."),
    )
    name = models.CharField(
        _("name"), max_length=100, help_text=_("Which system it is, such as “mailing list of the agency”.")
    )
    method = models.CharField(_("how"), max_length=7, choices=Method.choices, default=Method.WEBHOOK)
    url = models.CharField(
        _("web address"),
        max_length=500,
        blank=True,
        help_text=_("Webhook only: begins with https:// and is reached over the internet."),
    )
    legal_entities = models.ManyToManyField(
        LegalEntity,
        related_name="+",
        verbose_name=_("legal entities"),
        help_text=_("What is said to one of these is told, and what is said to all of them."),
    )
    purposes = models.ManyToManyField(
        Purpose,
        related_name="+",
        blank=True,
        verbose_name=_("purposes"),
        help_text=_("Only withdrawals and objections for these. None ticked: for every purpose."),
    )
    topics = ArrayField(
        models.CharField(max_length=30, choices=TOPICS_TO_CHOOSE), verbose_name=_("what it is told of")
    )
    identify_by = models.CharField(
        _("how it knows whom"),
        max_length=9,
        choices=Identify.choices,
        default=Identify.ADDRESS,
        help_text=_("Who holds our reference needs no address; who computes hashes needs none in the open."),
    )
    created_at = models.DateTimeField(_("made at"), editable=False)
    disabled_at = models.DateTimeField(_("switched off at"), null=True, editable=False)
    disabled_because = models.CharField(
        _("why"), max_length=7, choices=Ending.choices, blank=True, editable=False
    )
    # While it fails, it rests ever longer, so that one dead system costs no worker its time.
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    failing_since_at = models.DateTimeField(_("fails since"), null=True, editable=False)
    rests_until_at = models.DateTimeField(_("rests until"), null=True, editable=False)

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="endpoint_once_per_organisation"),
            models.CheckConstraint(name="endpoint_is_told_something", condition=Q(topics__len__gt=0)),
            models.CheckConstraint(
                name="endpoint_has_where_to_go",
                condition=(Q(method="WEBHOOK") & ~Q(url=""))
                | Q(method="MAIL", url="", processor__isnull=False),
                violation_error_message=_("A webhook has a web address; a mail goes to a processor."),
            ),
            models.CheckConstraint(
                name="endpoint_hash_needs_a_secret",
                condition=~Q(method="MAIL", identify_by="HASH"),
                violation_error_message=_(
                    "A mail names the address or our reference: its reader computes no hash."
                ),
            ),
            models.CheckConstraint(
                name="endpoint_disabled_says_why",
                condition=Q(disabled_at__isnull=True, disabled_because="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_because="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def recipient(self) -> str:
        """Who that is, by name, for the person it is about (art. 15(1)(c) GDPR)."""
        return f"{self.processor.name} · {self.name}" if self.processor else self.name


class EndpointSecret(models.Model):
    """One secret that signs what an endpoint is told; two at a time while one replaces the other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="secrets", verbose_name=_("endpoint"))
    nonce = models.BinaryField(max_length=12, editable=False)
    ciphertext = models.BinaryField(editable=False)
    key_version = models.PositiveSmallIntegerField(editable=False)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    ends_at = models.DateTimeField(_("signs until"), null=True)

    class Meta:
        verbose_name = _("secret of an endpoint")
        verbose_name_plural = _("secrets of endpoints")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class Notification(models.Model):
    """One thing that one endpoint is told, about a person by bare key; what it says is made when sent."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        SENDING = "SENDING", _("Being sent")
        MAILED = "MAILED", _("In the outbox of mail")
        TOLD = "TOLD", _("Told")
        DEAD = "DEAD", _("Given up after all tries")
        OVERTAKEN = "OVERTAKEN", _("Overtaken: the person was erased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, related_name="notifications", db_index=False, verbose_name=_("told to")
    )
    topic = models.CharField(_("what"), max_length=30, choices=Topic.choices)
    event_id = models.UUIDField(_("event"), null=True)
    contact_id = models.UUIDField(_("contact"), null=True)
    contact_point_id = models.UUIDField(_("contact point"), null=True)
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("legal entity"),
        help_text=_("Empty: all legal entities of the organisation."),
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("purpose"),
        help_text=_("Empty: all purposes."),
    )
    channel = models.CharField(
        _("channel"), max_length=14, choices=Channel.choices, blank=True, help_text=_("Empty: all channels.")
    )
    corrected = ArrayField(
        models.CharField(max_length=11, choices=DataKind.choices), verbose_name=_("corrected"), default=list
    )
    occurred_at = models.DateTimeField(_("happened at"))
    created_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_at = models.DateTimeField(_("taken up at"), null=True)
    told_at = models.DateTimeField(_("told at"), null=True)
    possibly_told_twice = models.BooleanField(_("possibly told twice"), default=False)
    message_id = models.UUIDField(_("mail"), null=True)
    # The addresses of somebody who was erased, or whom nobody here knows, under a key that goes once told.
    nonce = models.BinaryField(max_length=12, null=True, editable=False)
    ciphertext = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                fields=["due_at"], name="notification_due", condition=Q(state__in=["WAITING", "SENDING"])
            ),
            models.Index(
                fields=["endpoint", "contact_id"],
                name="notification_before_others",
                condition=Q(state__in=["WAITING", "SENDING"]),
            ),
            models.Index(fields=["contact_id"], name="notification_by_contact"),
            models.Index(fields=["endpoint", "-created_at"], name="notification_newest_first"),
        ]
        constraints = [
            models.CheckConstraint(
                name="notification_told_says_when",
                condition=Q(state="TOLD", told_at__isnull=False) | ~Q(state="TOLD"),
            ),
            models.CheckConstraint(
                name="notification_told_after_it_happened", condition=Q(occurred_at__lte=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class DeliveryAttempt(models.Model):
    """One try to tell an endpoint something: when, how long, with which answer; never what was said."""

    class Fault(models.TextChoices):
        ADDRESS = "ADDRESS", _("The address is not allowed")
        NAME = "NAME", _("The name does not resolve")
        CONNECTION = "CONNECTION", _("No connection")
        CERTIFICATE = "CERTIFICATE", _("The certificate does not fit")
        TIME = "TIME", _("No answer in time")
        ANSWER = "ANSWER", _("No answer that HTTP knows")
        OURS = "OURS", _("A fault on our side")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="attempts", verbose_name=_("notification")
    )
    attempted_at = models.DateTimeField(_("when"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    status_code = models.PositiveSmallIntegerField(_("answer"), null=True)
    fault = models.CharField(_("fault"), max_length=11, choices=Fault.choices, blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")

    def __str__(self) -> str:
        return f"{self.attempted_at:%Y-%m-%d %H:%M} {self.status_code or self.get_fault_display()}"

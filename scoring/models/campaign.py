from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models import CallList, Channel, ContentKind, Purpose, WordingField
from customers.models import (
    Contact,
    ContactPoint,
    LegalEntity,
    Organisation,
    ProductGroup,
    StaffMember,
    uuid7,
)
from scoring.models.journey import JourneyStage
from scoring.models.score import Segment
from scoring.models.score_model import ScoreModel


class Campaign(models.Model):
    """One message of a legal entity for one purpose over one channel, and whom it is for."""

    class Way(models.TextChoices):
        EMAIL = Channel.EMAIL.value, Channel.EMAIL.label
        SMS = Channel.SMS.value, Channel.SMS.label
        CALL = Channel.CALL.value, Channel.CALL.label

    class Begins(models.TextChoices):
        NOW = "NOW", _("At once, for everybody it is for")
        REACHES = "REACHES", _("For each as soon as their score reaches the points")
        FALLS = "FALLS", _("For each as soon as their score falls to the points")
        JOURNEY = "JOURNEY", _("For each when a journey says so")

    class Counts(models.TextChoices):
        NOTHING = "NOTHING", _("Nothing")
        BUTTON = "BUTTON", _("Who follows the button")
        PAGES = "PAGES", _("Who follows the button, and what they do on your page behind it")

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        RUNNING = "RUNNING", _("Running")
        PAUSED = "PAUSED", _("Paused")
        ENDED = "ENDED", _("Ended")

    class Halt(models.TextChoices):
        NO_LEGAL_ENTITY = "NO_LEGAL_ENTITY", _("the legal entity it is sent for is no longer there")
        NO_PURPOSE = "NO_PURPOSE", _("the legal entity no longer has its purpose")
        NO_PRODUCT_GROUP = "NO_PRODUCT_GROUP", _("the legal entity no longer has its product group")
        NO_CHANNEL = "NO_CHANNEL", _("its channel is no longer used")
        RESTORED = "RESTORED", _("a back-up was put back, so some may have had it already")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="campaigns", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        related_name="campaigns",
        verbose_name=_("on behalf of"),
        help_text=_("The sender people see. What people permitted to a sister company does not count here."),
    )
    code = models.SlugField(
        _("code"), help_text=_("Short name for links and reports, such as “spring-sale”. Never changes.")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("Only colleagues see it."))
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        related_name="+",
        verbose_name=_("purpose"),
        help_text=_(
            "What the message is for. It decides who may be reached. A service message needs the four-part "
            "test of its purpose."
        ),
    )
    channel = models.CharField(
        _("channel"),
        max_length=14,
        choices=Way.choices,
        help_text=_("A phone campaign fills a call list for the call desk."),
    )
    product_group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product group"),
        help_text=_("What is offered. A customer may only be offered products similar to what they bought."),
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("segment"),
        help_text=_("Only people in it, until they leave it. Empty: everybody you know."),
    )
    journey_stage = models.ForeignKey(
        JourneyStage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stage of a journey"),
        help_text=_("Only people who are in it, until they leave it. Empty: wherever they are."),
    )
    begins = models.CharField(
        _("when it goes"),
        max_length=7,
        choices=Begins.choices,
        default=Begins.NOW,
        help_text=_(
            "A score sends it to each person once, within a minute. Choose “falls” to keep who is leaving; "
            "of a churn prediction choose “reaches”."
        ),
    )
    score_model = models.ForeignKey(
        ScoreModel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("score model"),
        help_text=_("Whose score it waits for. Who objected to profiling has no score, and gets nothing."),
    )
    points = models.IntegerField(_("points"), null=True, blank=True)
    subject = WordingField(
        _("subject line"),
        blank=True,
        default=dict,
        help_text=_("Of the e-mail. At most 60 characters are shown."),
    )
    text = WordingField(
        _("text"),
        help_text=_(
            "Leave a line empty between paragraphs. {given_name}, {family_name}, {name} and {sender} are "
            "filled in; {given_name|reader} says “reader” where no given name is known. Of a phone campaign "
            "this is what agents say."
        ),
    )
    link_label = WordingField(
        _("words on the button"), blank=True, default=dict, help_text=_("Such as “See the lamps”.")
    )
    link_url = models.URLField(_("address of the button"), blank=True)
    counts = models.CharField(
        _("what is counted"),
        max_length=7,
        choices=Counts.choices,
        default=Counts.NOTHING,
        db_default=Counts.NOTHING.value,
        help_text=_(
            "Only of people who gave permission for the purpose “behaviour”; nothing is kept of others, and "
            "their button is a plain link. Who is counted first sees a page that says so."
        ),
    )
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(_("made at"))
    halted_because = models.CharField(
        _("why it paused by itself"),
        max_length=16,
        choices=Halt.choices,
        blank=True,
        db_default="",
        default="",
        editable=False,
    )
    started_at = models.DateTimeField(_("started at"), null=True)
    started_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # How far the audience was gone through when the campaign started: the key of the last contact.
    gathered_after = models.UUIDField(null=True, editable=False)
    gathered_at = models.DateTimeField(_("audience gathered at"), null=True, editable=False)
    left_out = models.JSONField(_("left out at the start"), default=dict, editable=False)
    # What came of it for the people whose term has passed: numbers, and nobody.
    forgotten = models.JSONField(_("forgotten since"), default=dict, db_default={}, editable=False)
    call_list = models.OneToOneField(
        CallList, models.PROTECT, null=True, related_name="campaign", verbose_name=_("call list")
    )

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="campaign_code_once_per_organisation"
            ),
            models.CheckConstraint(
                name="campaign_starts_once_it_is_no_draft",
                condition=Q(state="DRAFT", started_at__isnull=True, ended_at__isnull=True)
                | Q(state__in=["RUNNING", "PAUSED"], started_at__isnull=False, ended_at__isnull=True)
                | Q(state="ENDED", started_at__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_waits_for_points_of_a_model",
                condition=Q(begins__in=["NOW", "JOURNEY"], score_model__isnull=True, points__isnull=True)
                | Q(begins__in=["REACHES", "FALLS"], score_model__isnull=False, points__isnull=False),
                violation_error_message=_(
                    "To wait for a score, give a score model and points; else neither."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_marketing(self) -> bool:
        return self.purpose.content != ContentKind.SERVICE


class CampaignRecipient(models.Model):
    """One person a campaign is for, once: what was decided when their turn came, and what came of it."""

    class State(models.TextChoices):
        WATCHED = "WATCHED", _("Watched: the score has not fallen")
        WAITING = "WAITING", _("Waiting")
        HANDED_OVER = "HANDED_OVER", _("Being sent")
        SENT = "SENT", _("Sent")
        LISTED = "LISTED", _("On the call list")
        DENIED = "DENIED", _("May not be reached")
        REFUSED = "REFUSED", _("Refused by the mail server")
        GIVEN_UP = "GIVEN_UP", _("Given up after all tries")

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="recipients", db_index=False, verbose_name=_("campaign")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", verbose_name=_("contact"))
    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, null=True, related_name="+", verbose_name=_("contact point")
    )
    state = models.CharField(_("state"), max_length=11, choices=State.choices, default=State.WAITING)
    code = models.CharField(
        _("decision"), max_length=30, blank=True, help_text=_("What the rules said when the turn came.")
    )
    added_at = models.DateTimeField(_("put on at"))
    due_at = models.DateTimeField(_("due at"))
    asked_at = models.DateTimeField(_("asked at"), null=True)
    handed_at = models.DateTimeField(_("handed over at"), null=True)
    message_id = models.UUIDField(_("message"), null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("recipient of a campaign")
        verbose_name_plural = _("recipients of campaigns")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "contact"], name="campaign_reaches_a_contact_once"),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "due_at"], name="recipient_waiting", condition=Q(state="WAITING")
            ),
            models.Index(fields=["message_id"], name="recipient_sending", condition=Q(state="HANDED_OVER")),
            models.Index(fields=["contact", "handed_at"], name="recipient_by_contact"),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())


class FrequencyCap(models.Model):
    """How many campaigns one person gets at most within some days, all of an organisation together."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="frequency_cap", verbose_name=_("organisation")
    )
    messages = models.PositiveSmallIntegerField(
        _("messages at most"), help_text=_("Of all campaigns together. Service messages do not count.")
    )
    days = models.PositiveSmallIntegerField(
        _("within days"), help_text=_("What comes too early waits, and goes as soon as there is room.")
    )

    class Meta:
        verbose_name = _("frequency cap")
        verbose_name_plural = _("frequency caps")
        constraints = [
            models.CheckConstraint(
                name="frequency_cap_leaves_room",
                condition=Q(messages__gte=1, days__gte=1, days__lte=366),
                violation_error_message=_("Give at least one message, and one to 366 days."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(messages)s in %(days)s days") % {"messages": self.messages, "days": self.days}

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.models import Channel, CollectionPoint, Purpose
from customers.models import Contact, LegalEntity, Organisation, StaffMember, uuid7
from scoring.models.score import Segment


class TalentPool(models.Model):
    """The people who may want to work for a legal entity: whom it seeks, and how they are asked to stay.

    Who is in it is said by the permission for its purpose alone: given, and its term not over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="talent_pools", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        related_name="talent_pools",
        verbose_name=_("on behalf of"),
        help_text=_("The employer people permitted to keep in touch with them."),
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        related_name="+",
        verbose_name=_("purpose"),
        help_text=_("Who permits it is in the pool. It needs a term, and e-mail, so that people are asked."),
    )
    code = models.SlugField(_("code"), help_text=_("Short name for links. Never changes."))
    name = models.CharField(_("name"), max_length=100, help_text=_("As candidates read it."))
    form = models.ForeignKey(
        CollectionPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("form"),
        help_text=_("Where people sign up by themselves. Who is referred gets a link to it."),
    )
    sought = models.TextField(
        _("whom you look for"),
        blank=True,
        help_text=_("The target group in your own words, for colleagues: work, level, what they value."),
    )
    disciplines = ArrayField(
        models.CharField(max_length=60),
        blank=True,
        default=list,
        verbose_name=_("kinds of work"),
        help_text=_("Such as welder, planner. Candidates can say which is theirs. Separate with commas."),
    )
    regions = ArrayField(
        models.CharField(max_length=60),
        blank=True,
        default=list,
        verbose_name=_("regions"),
        help_text=_("Where the work is. Candidates can say where they want to work."),
    )
    channels = ArrayField(
        models.CharField(max_length=14, choices=Channel.choices),
        blank=True,
        default=list,
        verbose_name=_("channels they prefer"),
        help_text=_("How this group likes to be reached. Each candidate can say what they prefer."),
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("segment of right people"),
        help_text=_("Who is in it is right. Empty: who chose a kind of work and a region that you seek."),
    )
    ask_days_before = models.PositiveSmallIntegerField(
        _("ask again (days before the end)"),
        default=30,
        help_text=_("Then each gets a mail: stay, or stop? Silence ends it."),
    )
    ask_last_days_before = models.PositiveSmallIntegerField(
        _("and once more (days before the end)"),
        null=True,
        blank=True,
        default=7,
        help_text=_("Only who did not answer. Empty: one mail is enough."),
    )

    class Meta:
        verbose_name = _("talent pool")
        verbose_name_plural = _("talent pools")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="talent_pool_code_once_per_organisation"
            ),
            models.UniqueConstraint(
                fields=["legal_entity", "purpose"],
                name="talent_pool_once_per_purpose",
                violation_error_message=_("This legal entity has a pool for this purpose already."),
            ),
            models.CheckConstraint(
                name="talent_pool_asks_in_time",
                condition=Q(ask_days_before__gte=1, ask_days_before__lte=366)
                & (
                    Q(ask_last_days_before__isnull=True)
                    | Q(ask_last_days_before__gte=1, ask_last_days_before__lt=F("ask_days_before"))
                ),
                violation_error_message=_(
                    "Ask 1 to 366 days before the end; the second time comes after the first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class JobApplication(models.Model):
    """One procedure of one person for one job, from applying until it ended."""

    class Outcome(models.TextChoices):
        HIRED = "HIRED", _("Hired")
        REJECTED = "REJECTED", _("Rejected")
        WITHDREW = "WITHDREW", _("Withdrew")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    pool = models.ForeignKey(
        TalentPool,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("talent pool"),
        help_text=_("Who permitted to stay in this pool is kept as long as that permission lasts."),
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="job_applications", verbose_name=_("contact")
    )
    vacancy = models.CharField(_("job"), max_length=120)
    applied_at = models.DateTimeField(_("applied at"))
    ended_at = models.DateTimeField(
        _("ended at"),
        null=True,
        blank=True,
        help_text=_("From here the term runs: four weeks, unless you decided otherwise."),
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    # What is told late leads people on from when it is told: how it stands is what was told last.
    told_at = models.DateTimeField(_("told at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("job application")
        verbose_name_plural = _("job applications")
        constraints = [
            models.CheckConstraint(
                name="job_application_ends_with_an_outcome",
                condition=Q(ended_at__isnull=True, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
                violation_error_message=_("Give the end and the outcome together."),
            ),
            models.CheckConstraint(
                name="job_application_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("applied_at")),
                violation_error_message=_("A procedure ends after it began."),
            ),
        ]

    def __str__(self) -> str:
        return self.vacancy


class FormerApplicant(models.Model):
    """Somebody whose application to a legal entity went, and who is known by nothing else that lasts.

    So they are looked at every day, until nothing keeps them and they are forgotten.
    """

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", verbose_name=_("contact"))
    came_at = models.DateTimeField(_("came at"))
    went_at = models.DateTimeField(_("application deleted at"))

    class Meta:
        verbose_name = _("former applicant")
        verbose_name_plural = _("former applicants")
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "legal_entity"], name="former_applicant_once_per_legal_entity"
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class StayQuestion(models.Model):
    """One time that somebody was asked, before their permission ends, whether they want to stay."""

    pool = models.ForeignKey(
        TalentPool, models.PROTECT, related_name="questions", verbose_name=_("talent pool")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", verbose_name=_("contact"))
    # Bare: the ledger keeps the event, and a permission that was given anew is asked about anew.
    grant_event_id = models.UUIDField(_("permission"), editable=False)
    turn = models.PositiveSmallIntegerField(_("which time"))
    ends_at = models.DateTimeField(_("permission ends at"))
    asked_at = models.DateTimeField(_("asked at"))
    message_id = models.UUIDField(_("message"), unique=True, editable=False)

    class Meta:
        verbose_name = _("question to stay")
        verbose_name_plural = _("questions to stay")
        constraints = [
            models.UniqueConstraint(fields=["grant_event_id", "turn"], name="stay_asked_once_per_turn"),
        ]

    def __str__(self) -> str:
        return str(_("Asked to stay, time %(turn)s") % {"turn": self.turn})


class Referral(models.Model):
    """A link that a candidate or a colleague passes on: it says who tips, never who is tipped."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pool = models.ForeignKey(
        TalentPool, models.PROTECT, related_name="referrals", verbose_name=_("talent pool")
    )
    code = models.CharField(_("code"), max_length=22, unique=True, editable=False)
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="+", verbose_name=_("candidate who tips")
    )
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("colleague who tips")
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("referral link")
        verbose_name_plural = _("referral links")
        constraints = [
            models.CheckConstraint(
                name="referral_by_a_candidate_or_a_colleague",
                condition=Q(contact__isnull=True) ^ Q(staff__isnull=True),
            ),
            models.UniqueConstraint(fields=["pool", "contact"], name="referral_once_per_candidate"),
            models.UniqueConstraint(fields=["pool", "staff"], name="referral_once_per_colleague"),
        ]

    def __str__(self) -> str:
        return str(_("Referral by a candidate") if self.staff_id is None else _("Referral by a colleague"))


class ReferredCandidate(models.Model):
    """Somebody who signed up by themselves through a referral link: the link is their source."""

    pool = models.ForeignKey(TalentPool, models.PROTECT, related_name="referred", verbose_name=_("pool"))
    referral = models.ForeignKey(
        Referral,
        models.SET_NULL,
        null=True,
        related_name="brought",
        verbose_name=_("referral link"),
        help_text=_("Empty once who tipped was erased; that somebody did remains the source."),
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", verbose_name=_("contact"))
    came_at = models.DateTimeField(_("came at"))

    class Meta:
        verbose_name = _("referred candidate")
        verbose_name_plural = _("referred candidates")
        constraints = [
            models.UniqueConstraint(fields=["pool", "contact"], name="referred_once_per_pool"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

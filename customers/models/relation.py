from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from customers.models.contact import Contact, ContactPoint
from customers.models.keys import uuid7
from customers.models.organisation import LegalEntity, Organisation, ProductGroup

# A relation ends so long after the last agreement, without a longer term (Code Telemarketing 2024).
RELATION_MONTHS: Final = 36


class RelationKind(models.TextChoices):
    """What made someone a customer or supporter (rules, "Relation as a ground")."""

    SALE = "SALE", _("Sale (an obligation to pay)")
    DONATION = "DONATION", _("Donation")
    VOLUNTEER = "VOLUNTEER", _("Volunteer work")
    ATTENDANCE = "ATTENDANCE", _("Attended a gathering")
    SYMPATHY = "SYMPATHY", _("Sympathy (petition, like, free order)")


class Transaction(models.Model):
    """One thing agreed between a contact and a legal entity, and what the person was told with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="transactions", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="transactions", verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="transactions", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RelationKind.choices)
    obligation_to_pay = models.BooleanField(
        _("obligation to pay"),
        default=False,
        help_text=_("The person agreed to pay. A free order is sympathy, not a sale."),
    )
    product_group = models.ForeignKey(
        ProductGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product group")
    )
    reference = models.CharField(
        _("reference"), max_length=100, blank=True, help_text=_("Order or gift number.")
    )
    occurred_at = models.DateTimeField(_("agreed at"))
    runs_on = models.BooleanField(
        _("runs on"),
        default=False,
        help_text=_("A contract or subscription without an end yet: the term has not begun."),
    )
    ended_at = models.DateTimeField(
        _("ended at"),
        null=True,
        blank=True,
        help_text=_("End of the contract or of the volunteer work: the term of three years begins."),
    )
    supplied_kinds = ArrayField(
        models.CharField(max_length=6, choices=ContactPoint.Kind.choices),
        verbose_name=_("details supplied"),
        default=list,
        blank=True,
        help_text=_(
            "Which details the person supplied in this transaction; only those may be used (art. 11.7(4))."
        ),
    )
    told_at_collection = models.BooleanField(
        _("told"),
        default=False,
        help_text=_(
            "The person was told that the details may be used for messages about own similar offers."
        ),
    )
    optout_offered = models.BooleanField(
        _("opt-out offered"),
        default=False,
        help_text=_("The person could say no, free and easily, at that moment."),
    )
    # Bare keys: customers knows nothing of notices and collection points.
    notice_version_id = models.UUIDField(_("notice shown"), null=True, blank=True)
    collection_point_id = models.UUIDField(_("collection point"), null=True, blank=True)
    import_batch_id = models.UUIDField(_("import batch"), null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        indexes = [
            models.Index(fields=["contact", "legal_entity", "kind"], name="transaction_by_contact"),
            models.Index(fields=["legal_entity", "recorded_at"], name="transaction_as_recorded"),
        ]
        constraints = [
            models.CheckConstraint(
                name="transaction_sale_means_payment",
                condition=~Q(kind="SALE") | Q(obligation_to_pay=True),
                violation_error_message=_("A sale has an obligation to pay. Without one, choose sympathy."),
            ),
            models.CheckConstraint(
                name="transaction_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("occurred_at")),
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                name="transaction_opt_out_needs_telling",
                condition=Q(optout_offered=False) | Q(told_at_collection=True),
                violation_error_message=_(
                    "An opt-out was offered, so the person was told as well: tick both."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d}"


class Collection(models.TextChoices):
    """How well one kind of detail was collected within a relation; the best single transaction counts."""

    NOT_SUPPLIED = "NOT_SUPPLIED", _("Not supplied")
    NOT_TOLD = "NOT_TOLD", _("Supplied, not told")
    NO_OPTOUT = "NO_OPTOUT", _("Told, no opt-out offered")
    COMPLETE = "COMPLETE", _("Told, opt-out offered")


def collection_field(label: StrPromise) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=12, choices=Collection.choices, default=Collection.NOT_SUPPLIED)


class CustomerRelation(models.Model):
    """The relation that follows from transactions of one kind in one product group with one legal entity."""

    class Ending(models.TextChoices):
        TERM = "TERM", _("Term passed")
        ERASED = "ERASED", _("Erased on request")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="relations", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="relations", verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="relations", verbose_name=_("contact"))
    kind = models.CharField(_("kind"), max_length=10, choices=RelationKind.choices)
    product_group = models.ForeignKey(
        ProductGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product group")
    )
    started_at = models.DateTimeField(_("started at"))
    last_agreement_at = models.DateTimeField(
        _("last agreement"), help_text=_("Last sale, gift, work or visit, or the end of the contract.")
    )
    runs_on = models.BooleanField(_("runs on"), default=False)
    email_collection = collection_field(_("e-mail collected"))
    email_collected_at = models.DateTimeField(_("e-mail collected at"), null=True, blank=True)
    phone_collection = collection_field(_("phone collected"))
    phone_collected_at = models.DateTimeField(_("phone collected at"), null=True, blank=True)
    postal_collection = collection_field(_("postal address collected"))
    postal_collected_at = models.DateTimeField(_("postal address collected at"), null=True, blank=True)
    ends_at = models.DateTimeField(
        _("ends at"),
        null=True,
        blank=True,
        help_text=_(
            "Midnight after the same day three years later, or later with a recorded balancing test."
        ),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reason_ended = models.CharField(_("why it ended"), max_length=9, choices=Ending.choices, blank=True)

    class Meta:
        verbose_name = _("customer relation")
        verbose_name_plural = _("customer relations")
        indexes = [
            models.Index(fields=["ends_at"], name="relation_due", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["legal_entity", "kind"], name="relation_by_legal_entity"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "legal_entity", "kind", "product_group"],
                name="relation_once_per_kind_and_group",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="relation_end_says_why",
                condition=Q(ended_at__isnull=True, reason_ended="")
                | (Q(ended_at__isnull=False) & ~Q(reason_ended="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.legal_entity}"


class TermExtension(models.Model):
    """A recorded decision to keep relations of one kind longer than three years; the last one counts."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="term_extensions", verbose_name=_("legal entity")
    )
    kind = models.CharField(_("kind of relation"), max_length=10, choices=RelationKind.choices)
    product_group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product group"),
        help_text=_("Leave empty for all product groups."),
    )
    term_months = models.PositiveSmallIntegerField(
        _("term in months"), help_text=_("Counted from the last agreement; more than 36.")
    )
    balancing_test = models.TextField(
        _("balancing test"),
        help_text=_(
            "Your interest, the person's interest, and why the longer term is fair. You answer for it."
        ),
    )
    opinion_reference = models.CharField(
        _("reference of the opinion"),
        max_length=100,
        help_text=_("Opinion of the Commissie Balanstoets Telemarketing. It advises; it gives no licence."),
    )
    opinion = models.TextField(_("opinion"), help_text=_("What the committee advised, in short."))
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        "customers.StaffMember",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("longer term")
        verbose_name_plural = _("longer terms")
        constraints = [
            models.CheckConstraint(
                name="term_extension_is_longer",
                condition=Q(term_months__gt=RELATION_MONTHS),
                violation_error_message=_("A longer term is more than 36 months."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.term_months}"

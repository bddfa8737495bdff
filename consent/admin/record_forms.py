from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import CHOOSE, WAYS_TO_TELL, ActForm, MomentField
from consent.domain.verification import open_call_backs
from consent.models import Act, Actor, AddressVerification, Channel, CollectionPoint, Notice, NoticeVersion
from customers.models import (
    ContactPoint,
    CustomerRelation,
    LegalEntity,
    ProductGroup,
    RelationKind,
    Transaction,
)


class AddressForm(ActForm):
    address = forms.CharField(
        label=_("E-mail address or phone number"),
        max_length=320,
        help_text=_("It starts unverified. Permission on another address does not move to it."),
    )


class CallBackForm(ActForm):
    verification = forms.ModelChoiceField(
        AddressVerification.objects.none(),
        label=_("Which call-back?"),
        empty_label=None,
        help_text=_("The person asked for a call and has a code on the screen."),
    )
    code = forms.CharField(
        label=_("Code that the person reads to you"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Six digits. Call the number first; the code comes from the person alone."),
    )

    def choices(self) -> dict[str, Any]:
        waiting = open_call_backs(organisation=self.contact.organisation, now=timezone.now())
        own = waiting.filter(contact_point__contact=self.contact, legal_entity__in=self.entities())
        return {"verification": own.select_related("contact_point")}


class PermissionForm(ActForm):
    notice = forms.ModelChoiceField(
        Notice.objects.none(),
        label=_("Which permission?"),
        empty_label=CHOOSE[1],
        help_text=_("Legal entity, purpose and channel. Make a notice first when it is not here."),
    )
    contact_point = forms.ModelChoiceField(
        ContactPoint.objects.none(),
        label=_("On which address?"),
        required=False,
        help_text=_("An address that fits the channel. Add it first when it is not here."),
    )
    act = forms.ChoiceField(
        label=_("What did the person say?"),
        choices=[CHOOSE, *((act.value, act.label) for act in (Act.GIVEN, Act.RENEWED, Act.REFUSED))],
    )
    actor = forms.ChoiceField(
        label=_("Who said it?"),
        choices=[(actor.value, actor.label) for actor in (Actor.SUBJECT, Actor.REPRESENTATIVE)],
    )
    representative = forms.CharField(label=_("Name of the representative"), required=False, max_length=200)
    occurred_at = MomentField(
        label=_("When?"), required=False, help_text=_("Leave empty when it is not known.")
    )
    source = forms.ChoiceField(label=_("How?"), choices=[CHOOSE, *WAYS_TO_TELL])
    place = forms.CharField(
        label=_("Where?"),
        required=False,
        max_length=300,
        help_text=_("Desk, account, hall or shop."),
    )
    proof_reference = forms.CharField(
        label=_("Proof"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Reference of the recording, text of the message, reference of the scan, or batch of the event."
        ),
    )
    notice_version = forms.ModelChoiceField(
        NoticeVersion.objects.none(),
        label=_("Which wording was read or shown?"),
        required=False,
        help_text=_("Leave empty when it is not known: the permission is then kept, but does not count."),
    )
    collection_point = forms.ModelChoiceField(
        CollectionPoint.objects.none(), label=_("Collection point"), required=False
    )

    def choices(self) -> dict[str, Any]:
        notices = Notice.objects.filter(legal_entity__in=self.entities())
        versions = NoticeVersion.objects.filter(notice__in=notices, published_at__isnull=False)
        places = CollectionPoint.objects.filter(legal_entity__in=self.entities())
        return {
            "notice": notices.select_related("legal_entity", "purpose").order_by("code", "pk"),
            "contact_point": self.points(),
            "notice_version": versions.select_related("notice__legal_entity", "notice__purpose").order_by(
                "notice", "-number", "pk"
            ),
            "collection_point": places.order_by("code", "pk"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        notice, version, point = (cleaned.get(name) for name in ("notice", "notice_version", "contact_point"))
        kind = Channel(notice.channel).point_kind if notice else ""
        if kind and (point is None or point.kind != kind):
            self.add_error("contact_point", _("Choose an address that fits the channel."))
        if version and notice and version.notice_id != notice.pk:
            self.add_error("notice_version", _("This wording belongs to another permission."))
        return cleaned


class TransactionForm(ActForm):
    legal_entity = forms.ModelChoiceField(LegalEntity.objects.none(), label=_("With whom?"), empty_label=None)
    kind = forms.ChoiceField(label=_("What was agreed?"), choices=[CHOOSE, *RelationKind.choices])
    obligation_to_pay = forms.BooleanField(
        label=_("The person agreed to pay"),
        required=False,
        help_text=_("A free order is sympathy, not a sale."),
    )
    product_group = forms.ModelChoiceField(
        ProductGroup.objects.none(), label=_("Product group"), required=False
    )
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=100, help_text=_("Order or gift number.")
    )
    occurred_at = MomentField(label=_("When?"))
    runs_on = forms.BooleanField(
        label=_("It runs on"), required=False, help_text=_("A contract or subscription without an end yet.")
    )
    supplied_kinds = forms.MultipleChoiceField(
        label=_("Details the person supplied"),
        required=False,
        choices=ContactPoint.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    told_at_collection = forms.BooleanField(
        label=_("The person was told"),
        required=False,
        help_text=_("That the details may be used for messages about own similar offers."),
    )
    optout_offered = forms.BooleanField(
        label=_("The person could say no"),
        required=False,
        help_text=_("Free and easily, at that moment."),
    )
    said_no = forms.BooleanField(label=_("The person said no"), required=False)
    source = forms.ChoiceField(label=_("How?"), choices=[CHOOSE, *WAYS_TO_TELL])
    proof_reference = forms.CharField(label=_("Proof"), required=False, max_length=1000)

    def choices(self) -> dict[str, Any]:
        groups = ProductGroup.objects.filter(legal_entity__in=self.entities())
        return {"legal_entity": self.entities(), "product_group": groups.order_by("name", "pk")}


class ContractEndForm(ActForm):
    transaction = forms.ModelChoiceField(Transaction.objects.none(), label=_("Which one?"), empty_label=None)
    ended_at = MomentField(label=_("When did it end?"))

    def choices(self) -> dict[str, Any]:
        running = Transaction.objects.filter(
            contact=self.contact, runs_on=True, legal_entity__in=self.entities()
        )
        return {"transaction": running.order_by("-occurred_at", "pk")}


class TermForm(ActForm):
    relation = forms.ModelChoiceField(
        CustomerRelation.objects.none(),
        label=_("Which relation?"),
        empty_label=None,
        help_text=_(
            "The longer term counts for every relation of this legal entity, kind and product group."
        ),
    )
    term_months = forms.IntegerField(
        label=_("Term in months"), min_value=37, max_value=600, help_text=_("More than 36.")
    )
    balancing_test = forms.CharField(
        label=_("Balancing test"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Your interest, the person's interest, and why the longer term is fair."),
    )
    opinion_reference = forms.CharField(
        label=_("Reference of the opinion"),
        max_length=100,
        help_text=_("Opinion of the Commissie Balanstoets Telemarketing. It advises; it gives no licence."),
    )
    opinion = forms.CharField(label=_("Opinion"), widget=forms.Textarea(attrs={"rows": 3}))

    def choices(self) -> dict[str, Any]:
        relations = CustomerRelation.objects.filter(contact=self.contact, legal_entity__in=self.entities())
        return {"relation": relations.select_related("legal_entity").order_by("-last_agreement_at", "pk")}

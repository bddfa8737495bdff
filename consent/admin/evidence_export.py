"""Exports of evidence: made on the page of a contact, and all of them in a list."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.admin.story import entities_of
from consent.domain.dossier import large
from consent.domain.dossier.exporting import Format, NothingToExportError, Wanted
from consent.domain.dossier.selection import Selection
from consent.domain.seal.sealing import seal_chunk
from consent.models import EvidenceExport, Job
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.admin.scope import entities_of as entities_limiting
from customers.domain.staff import Area
from customers.models import Contact, LegalEntity, StaffMember
from customers.staff_site import PROOF

FORMATS = [
    (Format.PDF, _("Dossier to read (PDF)")),
    (Format.CSV, _("Tables (CSV), for programs and for spreadsheets")),
    (Format.JSONLD, _("Consent records (JSON-LD, ISO/IEC TS 27560)")),
]
NOTHING = _("Nothing is recorded here that can be exported.")
NOT_SEALED_YET = _("What is recorded here waits to be sealed, behind much else. Try again in a few minutes.")


class ExportForm(forms.Form):
    """For whom the evidence of one person is, what they get, and why they may have it."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(),
        label=_("Of which legal entity"),
        required=False,
        empty_label=_("All"),
        help_text=_("A stop of everything is part of the evidence of each legal entity."),
    )
    formats = forms.MultipleChoiceField(
        label=_("To read it"),
        choices=FORMATS,
        initial=list(Format),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The sealed events, their proof and a program that checks them are always part of it."),
    )
    language = forms.ChoiceField(label=_("Language of the dossier"), choices=settings.LANGUAGES)
    reason = forms.CharField(
        label=_("What for"),
        max_length=300,
        help_text=_("Who asks for it, and why they may have it. It is kept: do not name the person in it."),
        error_messages={"required": _("Say for whom this export is, and why they may have it.")},
    )

    def __init__(self, *args: Any, contact: Contact, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"language": get_language()}, **kwargs})
        entities = self.fields["legal_entity"]
        assert isinstance(entities, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        entities.queryset = entities_of(contact=contact, staff=staff)
        if entities_limiting(staff):
            entities.required, entities.empty_label = True, _("Choose")


def show_export(
    request: HttpRequest, *, contact: Contact, staff: StaffMember, context: dict[str, Any]
) -> HttpResponse:
    """Ask what an export is for, make it, and go to the page that offers the file."""
    form = ExportForm(request.POST or None, contact=contact, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            job = _made(contact, staff, form.cleaned_data)
        except large.NotSealedYetError:
            form.add_error(None, NOT_SEALED_YET)
        except NothingToExportError:
            form.add_error(None, NOTHING)
        else:
            # Not the file itself: the browser would stay on the page that asked, and say nothing.
            return redirect("admin:consent_job_change", job.pk)
    return TemplateResponse(
        request, "admin/evidence_export.html", context | {"form": form, "contact": contact}
    )


def _made(contact: Contact, staff: StaffMember, said: dict[str, Any]) -> Job:
    now, entity = timezone.now(), said["legal_entity"]
    selection = Selection(
        organisation_id=contact.organisation_id,
        contact_id=contact.pk,
        legal_entity_id=entity.pk if entity else None,
    )
    wanted = Wanted(
        selection=selection,
        formats=[Format(one) for one in said["formats"]],
        language=said["language"],
        with_evidence=True,
    )
    # What was written a moment ago belongs in the file too.
    seal_chunk(now=now)
    return large.make_at_once(wanted=wanted, staff=staff, reason=said["reason"], now=now)


@admin.register(EvidenceExport)
class EvidenceExportAdmin(ReadOnlyAdmin[EvidenceExport]):
    """Who took evidence out, when, about whom and what for."""

    area = Area.EVIDENCE
    job = PROOF
    legal_entity_path = "legal_entity"
    list_display = ("exported_at", "staff", "legal_entity", "people", "events", "with_evidence", "reason")
    list_filter = ("with_evidence", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("staff", "legal_entity")
    date_hierarchy = "exported_at"
    search_fields = ("reason", "=contact_id", "=sha256", "staff__username")
    search_help_text = _("Reason, name of the member of staff, key of the contact, or SHA-256 of the file.")
    ordering = ("-exported_at", "-pk")
    fieldsets = (
        (_("Who and why"), {"fields": ("exported_at", "staff", "reason")}),
        (_("What"), {"fields": ("legal_entity", "contact_id", "selection", "formats", "with_evidence")}),
        (_("The file"), {"fields": ("people", "events", "tree_size", "sha256")}),
    )

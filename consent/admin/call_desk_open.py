"""A manager opens a call list: for everybody who may be called, or for the allowed rows of a screening."""

import uuid
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.admin.desk_forms import FutureMomentField
from consent.domain import jobs
from consent.domain.call_desk import filling, lists
from consent.domain.call_desk.lists import Made
from consent.domain.engine.question import Question, UnknownCodeError, put_question
from consent.domain.screening.files import FilesGoneError
from consent.models import CallList, Channel, Job, Purpose, ScreeningRun
from consent.models.wording import WordingFormField
from consent.tasks import chunk_of, wake_job
from customers.admin.scope import narrow, require, staff_of
from customers.domain.staff import Duty
from customers.models import LegalEntity, ProductGroup, StaffMember
from customers.staff_site import Page, StaffSite


class OpenForm(forms.Form):
    """What a call list is for; choices are limited to what this member of staff may see."""

    name = forms.CharField(label=gettext_lazy("Name of the list"), max_length=120)
    run = forms.ModelChoiceField(
        ScreeningRun.objects.none(),
        label=gettext_lazy("From which screening?"),
        required=False,
        empty_label=gettext_lazy("None: everybody who may be called"),
        help_text=gettext_lazy("Its question then counts, and the choices below may stay empty."),
    )
    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=gettext_lazy("On behalf of"), required=False
    )
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=gettext_lazy("For which purpose"), required=False
    )
    product_group = forms.ModelChoiceField(
        ProductGroup.objects.none(), label=gettext_lazy("About which products"), required=False
    )
    script = WordingFormField(
        label=gettext_lazy("What agents say"),
        required=False,
        help_text=gettext_lazy("In the language of the person. It can be changed later."),
    )
    expires_at = FutureMomentField(
        label=gettext_lazy("Call until"),
        required=False,
        help_text=gettext_lazy("From then on nobody is shown. Empty: until you close the list."),
    )

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = narrow(LegalEntity.objects.all(), staff=staff, organisation="organisation")
        entities = narrow(entities, staff=staff, legal_entity="pk")
        self.choose("legal_entity", entities.order_by("name", "pk"))
        calls = Purpose.objects.filter(legal_entities__in=entities, channels__contains=[Channel.CALL])
        self.choose("purpose", calls.distinct().order_by("code", "pk"))
        groups = ProductGroup.objects.filter(legal_entity__in=entities)
        self.choose("product_group", groups.order_by("code", "pk"))
        done = ScreeningRun.objects.filter(
            job__state=Job.State.DONE,
            channel=Channel.CALL,
            legal_entity__in=entities,
            at__isnull=True,
            files_deleted_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        self.choose("run", done.order_by("-uploaded_at", "pk"))

    def choose(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def begin_with(self, said: Mapping[str, str]) -> None:
        """Fill in what the page before this one was about; what is none of the choices stays open."""
        run = self.found("run", pk=read_key(said.get("run", "")))
        entity = self.found("legal_entity", code=said.get("legal_entity"))
        self.initial = {
            "run": run,
            "name": PurePath(run.file_name).stem if run else "",
            "legal_entity": entity,
            "purpose": self.found("purpose", code=said.get("purpose")),
            "product_group": self.found("product_group", code=said.get("product_group"), legal_entity=entity),
        }

    def found(self, name: str, **wanted: Any) -> Any:
        return self.fields[name].queryset.filter(**wanted).first()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        missing = [name for name in ("legal_entity", "purpose") if not said.get(name)]
        for name in missing if not said.get("run") else []:
            if name not in self.errors:
                self.add_error(name, _("Choose one, or a screening above."))
        return said

    def question(self) -> Question:
        """Put the question of the screening, or the one that was chosen; raises UnknownCodeError."""
        chosen = self.cleaned_data["run"]
        said = vars_of_run(chosen) if chosen else self.cleaned_data
        group = said["product_group"]
        return put_question(
            legal_entity=said["legal_entity"].code,
            purpose=said["purpose"].code,
            channel=Channel.CALL,
            product_group=group.code if group else "",
            now=timezone.now(),
        )


def read_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def vars_of_run(run: ScreeningRun) -> dict[str, Any]:
    return {
        "legal_entity": run.legal_entity,
        "purpose": run.purpose,
        "product_group": run.product_group,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_view(request: HttpRequest) -> HttpResponse:
    staff = require(request, Duty.MANAGE_CALL_LISTS)
    form = OpenForm(request.POST or None, staff=staff)
    if request.GET:
        form.begin_with(request.GET.dict())
    if request.method == "POST" and form.is_valid() and (call_list := opened(request, form)):
        return HttpResponseRedirect(reverse("admin:call_list", args=[call_list.pk]))
    context = {**admin.site.each_context(request), "title": _("Open a call list"), "form": form}
    return TemplateResponse(request, "admin/desk/open.html", context)


def opened(request: HttpRequest, form: OpenForm) -> CallList | None:
    try:
        call_list = open_list(request, form, form.question())
    except UnknownCodeError:
        form.add_error("purpose", _("This legal entity does not use this purpose or product group."))
    except FilesGoneError:
        form.add_error("run", _("The files of this screening were deleted when it expired."))
    else:
        fill(request, call_list)
        return call_list
    return None


@transaction.atomic
def open_list(request: HttpRequest, form: OpenForm, question: Question) -> CallList:
    said, run, now = form.cleaned_data, form.cleaned_data["run"], timezone.now()
    call_list = lists.open_call_list(
        question=question,
        name=said["name"],
        script=said["script"] or {},
        opened_by=staff_of(request),
        opened_at=now,
        made=Made(origin=CallList.Origin.SCREENING, reference=str(run.pk)) if run else Made(),
        expires_at=said["expires_at"],
    )
    filling.start_filling(call_list=call_list, question=question, run=run, now=now)
    return call_list


def fill(request: HttpRequest, call_list: CallList) -> None:
    """Do the first part of the filling here, so that a small list is there at once; workers do the rest."""
    assert call_list.job_id is not None  # noqa: S101  (for the type checker: it was just started)
    if jobs.advance(job_id=call_list.job_id, chunk=chunk_of, now=timezone.now()):
        wake_job(job_id=call_list.job_id)
        messages.success(request, _("The list is open. Workers go on filling it; calling can begin."))
        return
    count = call_list.entries.count()
    words = ngettext(
        "The list is open with %(count)s contact.", "The list is open with %(count)s contacts.", count
    )
    messages.success(request, words % {"count": count})


StaffSite.pages += [
    Page(
        route="call-desk/open/",
        name="call_list_open",
        title=gettext_lazy("Open a call list"),
        view=open_view,
        is_shown=lambda _request: False,
    )
]

"""Telling the people of a data breach: the text, how it reads, whom it reaches, and the letters by post."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from consent.admin.csv_download import as_download
from consent.admin.telling import outcomes
from consent.domain import messages as mail
from consent.domain.disclosures import GivenOut, recorded
from consent.domain.incidents import telling
from consent.domain.jobs import WorkFailedError
from consent.domain.messages import MaskedLinks, Rendered
from consent.models import Disclosure, Incident, IncidentLetter, IncidentNotice, OutboxMessage
from consent.tasks import wake_job
from customers.admin.scope import ReadOnlyAdmin, staff_of
from customers.domain.countries import name_country
from customers.domain.staff import Area
from customers.models import Contact, ContactPoint, Language
from customers.staff_site import PROOF

ROWS_A_PAGE: Final = 50
AT_ONCE: Final = 2_000
Row = tuple[IncidentNotice, Contact | None, ContactPoint | None]


class LetterForm(forms.ModelForm[IncidentLetter]):
    class Meta:
        model = IncidentLetter
        fields = ("what_happened", "consequences", "measures", "advice")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A draft may lack any part, but what goes to people may not: so none of these is called optional."""
        super().__init__(*args, **kwargs)
        for name in telling.REQUIRED:
            field: Any = self.fields[name]
            field.needed_later = _("required before people are told")
        advice: Any = self.fields["advice"]
        advice.needed_later = _("recommended")


class NumberForm(forms.Form):
    """The number of people, typed: a mail to many is not taken back."""

    number = forms.IntegerField(label=_("Type how many people it concerns"), min_value=1)

    def __init__(self, *args: Any, people: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_number(self) -> int:
        typed = int(self.cleaned_data["number"])
        if typed != self.people:
            raise forms.ValidationError(_("That is another number than the people it concerns."))
        return typed


def letter_view(page: Any, request: HttpRequest, incident: Incident) -> HttpResponse:
    """The text is written here until the first person was told; then it only shows what was told."""
    if request.method == "POST":
        # One writer at a time: what was told meanwhile is not written over.
        Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    letter = letter_of(incident)
    form = None if letter.started_at else LetterForm(request.POST or None, instance=letter)
    if request.method == "POST" and form is not None and form.is_valid():
        form.save()
        page.log_change(request, incident, [f"letter.{name}" for name in form.changed_data])
        messages.success(request, _("Saved. Read below how it will look."))
        return redirect("admin:consent_incident_letter", incident.pk)
    told = IncidentNotice.objects.filter(incident=incident).count()
    context = {
        "form": form,
        "letter": letter,
        "missing": telling.what_is_missing(letter=letter),
        "previews": [(code, name, rendered_of(letter, code)) for code, name in Language.choices],
        "told": told,
        "waiting": telling.to_post(incident=incident).count() if told else 0,
        "telling": telling.find_telling(incident=incident),
    }
    return shown(page, request, incident, "letter", _("What people are told"), **context)


def tell_view(page: Any, request: HttpRequest, incident: Incident) -> HttpResponse:
    """Shows how many would be mailed, and who not; it begins when their number is typed."""
    try:
        expected = telling.forecast(letter=letter_of(incident), now=timezone.now())
        form = NumberForm(request.POST or None, people=expected.concerned)
        if request.method == "POST" and form.is_valid():
            job = telling.start_telling(incident=incident, started_by=staff_of(request), now=timezone.now())
            wake_job(job_id=job.pk)
            page.log_change(request, incident, ["letter"])
            return redirect("admin:consent_job_change", job.pk)
    except (telling.NotToTellError, WorkFailedError) as error:
        messages.error(request, str(error))
        return redirect("admin:consent_incident_letter", incident.pk)
    context = {"expected": expected, "outcomes": outcomes(expected), "form": form}
    return shown(page, request, incident, "tell", _("Tell the people"), **context)


def post_view(page: Any, request: HttpRequest, incident: Incident) -> HttpResponse:
    waiting = telling.to_post(incident=incident).order_by("posted_at", "pk")
    rows = Paginator(waiting, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": rows, "rows": list(addressed(list(rows))), "unposted": unposted_of(incident)}
    return shown(page, request, incident, "post", _("Letters by post"), **context)


def export_view(_page: Any, request: HttpRequest, incident: Incident) -> HttpResponseBase:
    """Name and address of who is to get a letter; who took it is written down before each part is given."""
    given = GivenOut(
        organisation_id=incident.organisation_id,
        source=Disclosure.Source.INCIDENT,
        legal_entity_id=incident.legal_entity_id,
        staff_id=staff_of(request).pk,
    )
    waiting = telling.to_post(incident=incident).filter(posted_at__isnull=True).order_by("pk")
    notices = recorded(
        rows=waiting.iterator(chunk_size=AT_ONCE),
        contact_of=lambda notice: notice.contact_id,
        given=given,
        clock=timezone.now,
    )
    return as_download(lines(notices), name="letters")


def posted_view(page: Any, request: HttpRequest, incident: Incident) -> HttpResponse:
    if request.POST.get("number") != str(unposted_of(incident)):
        messages.error(request, _("There are other letters than you saw. Look at the list again."))
        return redirect("admin:consent_incident_letter_post", incident.pk)
    count = telling.note_posted(incident=incident, posted_at=timezone.now())
    page.log_change(request, incident, ["letter.posted"])
    said = ngettext("%(count)s letter is noted as posted.", "%(count)s letters are noted as posted.", count)
    messages.success(request, said % {"count": count})
    return redirect("admin:consent_incident_letter_post", incident.pk)


LetterView = Callable[[Any, HttpRequest, Incident], HttpResponseBase]


VIEWS: Final[Mapping[str, LetterView]] = {
    "letter": letter_view,
    "letter_tell": tell_view,
    "letter_post": post_view,
}
BUTTONS: Final[Mapping[str, LetterView]] = {
    "letter_post_export": export_view,
    "letter_posted": posted_view,
}


def unposted_of(incident: Incident) -> int:
    return telling.to_post(incident=incident).filter(posted_at__isnull=True).count()


def letter_of(incident: Incident) -> IncidentLetter:
    return IncidentLetter.objects.filter(incident=incident).first() or IncidentLetter(incident=incident)


def rendered_of(letter: IncidentLetter, language: str) -> Rendered:
    message = OutboxMessage(
        kind=OutboxMessage.Kind.BREACH,
        legal_entity=letter.incident.legal_entity,
        language=language,
        created_at=timezone.now(),
    )
    content = telling.write_content(letter=letter, language=language)
    return mail.render_content(
        message=message, content=content, links=MaskedLinks(public_url=settings.PUBLIC_URL)
    )


def addressed(notices: Sequence[IncidentNotice]) -> Iterator[Row]:
    """Put names and postal addresses to keys, of so many people in two queries."""
    keys = [notice.contact_id for notice in notices]
    people = Contact.objects.filter(erased_at__isnull=True).in_bulk(keys)
    postal = ContactPoint.objects.filter(
        contact__in=keys, kind=ContactPoint.Kind.POSTAL, invalid_at__isnull=True
    )
    points = {point.contact_id: point for point in postal.order_by("-created_at", "-pk")}
    for notice in notices:
        yield notice, people.get(notice.contact_id), points.get(notice.contact_id)


def lines(notices: Iterator[IncidentNotice]) -> Iterator[Sequence[str]]:
    columns = (
        gettext("name"),
        gettext("street"),
        gettext("postal code"),
        gettext("town"),
        gettext("country"),
    )
    yield ("contact", *columns, gettext("language"), gettext("why by post"))
    while part := list(islice(notices, AT_ONCE)):
        for notice, person, point in addressed(part):
            if person is not None:
                where = (point.street, point.postal_code, point.city) if point else ("", "", "")
                yield (
                    str(person.pk),
                    str(person),
                    *where,
                    name_country(code=person.country),
                    person.language,
                    str(notice.get_outcome_display()),
                )


def shown(
    page: Any, request: HttpRequest, incident: Incident, name: str, title: Any, **context: Any
) -> HttpResponse:
    shared = {**page.admin_site.each_context(request), "opts": page.opts, "incident": incident}
    return TemplateResponse(request, f"admin/incident_{name}.html", {**shared, "title": title, **context})


@admin.register(IncidentLetter)
class IncidentLetterAdmin(ReadOnlyAdmin[IncidentLetter]):
    """What was told; it is written on the page of the data breach."""

    area = Area.INCIDENTS
    job = PROOF
    organisation_path = "incident__organisation"
    legal_entity_path = "incident__legal_entity"
    list_display = ("incident", "started_at")
    list_select_related = ("incident",)
    ordering = ("-pk",)
    fields = ("incident", "what_happened", "consequences", "measures", "advice", "started_at")


@admin.register(IncidentNotice)
class IncidentNoticeAdmin(ReadOnlyAdmin[IncidentNotice]):
    """Who was told of which data breach, by key."""

    area = Area.INCIDENTS
    job = PROOF
    organisation_path = "incident__organisation"
    legal_entity_path = "incident__legal_entity"
    list_display = ("contact_id", "incident", "outcome", "decided_at", "posted_at")
    list_filter = ("outcome",)
    list_select_related = ("incident",)
    search_fields = ("=contact_id", "=incident__id")
    date_hierarchy = "decided_at"
    ordering = ("-pk",)
    fields = ("incident", "contact_id", "outcome", "decided_at", "message_id", "posted_at")

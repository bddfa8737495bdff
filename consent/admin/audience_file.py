import uuid

from django.contrib import admin
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from consent.domain.audience_lists import making
from consent.models import AudienceFile, AudiencePart
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, require
from customers.domain.staff import Area, Duty
from customers.staff_site import PROOF


@admin.register(AudienceFile)
class AudienceFileAdmin(ReadOnlyAdmin[AudienceFile]):
    """That a list is made, for whom and until when; who stands on it is for who asked, and only for them."""

    area = Area.SCREENINGS
    job = PROOF
    legal_entity_path = "legal_entity"
    list_display = ("name", "source", "staff", "legal_entity", "asked_at", "expires_at", "job")
    list_filter = ("source", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("staff", "legal_entity", "job")
    date_hierarchy = "asked_at"
    search_fields = ("name", "=sha256", "staff__username")
    ordering = ("-asked_at", "-pk")
    fields = ("name", "source", "legal_entity", "staff", "asked_at", "made_at", "expires_at", "sha256", "job")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download_view)
        name = "consent_audiencefile_download"
        return [path("<uuid:object_id>/download/", view, name=name), *super().get_urls()]

    def download_view(self, request: HttpRequest, object_id: uuid.UUID) -> StreamingHttpResponse:
        """To anybody else than who asked, also of the same organisation, there is no such file."""
        staff = require(request, Duty.SEE_AUDIENCES)
        made = self.get_queryset(request).filter(made_at__isnull=False, expires_at__gt=timezone.now())
        file = made.filter(staff=staff, pk=object_id).first()
        if file is None:
            raise Http404
        answer = StreamingHttpResponse(making.read_file(file=file), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        answer.headers["Content-Length"] = str(making.size_of(file=file))
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


@admin.register(AudiencePart)
class AudiencePartAdmin(ReadOnlyAdmin[AudiencePart]):
    """That a part is kept, and how large it is; never what it holds."""

    area = Area.SCREENINGS
    job = PROOF
    organisation_path = "file__organisation"
    legal_entity_path = "file__legal_entity"
    list_display = ("file", "number", "people", "length")
    list_select_related = ("file",)
    ordering = ("-pk",)
    fields = ("file", "number", "people", "length")

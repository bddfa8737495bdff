"""The admin's own site. It stands outside the package of pages: those register with it as they load."""

from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase  # noqa: TID251  (it serves the admin)
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

LAST = 99
PEOPLE, PERMISSION, SCORING, PROOF, SETTINGS = "people", "permission", "scoring", "proof", "settings"
JOBS: dict[str, StrPromise] = {
    PEOPLE: _("People"),
    PERMISSION: _("Permission"),
    SCORING: _("Scoring and campaigns"),
    PROOF: _("Proof"),
    SETTINGS: _("Settings"),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the admin that is about no model; with a job it stands among the models on the start page."""

    route: str
    name: str
    title: StrPromise
    view: Callable[..., HttpResponseBase]
    is_shown: Callable[[HttpRequest], bool]
    job: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of the page of a contact, told by an app above: a template, and what it shows."""

    template: str
    shown: Any


class StaffSite(admin.AdminSite):
    site_header = "Jawoord"
    site_title = "Jawoord"
    index_title = _("Start")
    enable_nav_sidebar = False
    pages: ClassVar[list[Page]] = []
    # What stands on the start page before the list of pages: whoever knows of it adds it.
    on_start: ClassVar[list[Callable[[HttpRequest], dict[str, Any]]]] = []
    # What stands on the page of a contact below what consent knows; None where this member may not see it.
    on_contact: ClassVar[list[Callable[[HttpRequest, Any], Panel | None]]] = []

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        found = [tell(request) for tell in self.on_start]
        return super().index(request, {**(extra_context or {}), **dict(ChainMap(*found))})

    def get_urls(self) -> list[URLResolver | URLPattern]:
        pages: list[URLResolver | URLPattern] = [
            path(page.route, self.admin_view(page.view), name=page.name) for page in self.pages
        ]
        return pages + super().get_urls()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        links = [
            {"title": page.title, "url": reverse(f"admin:{page.name}")} for page in self._shown(request, "")
        ]
        return {**super().each_context(request), "pages": links}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Grouped by job; the page of one app stays as Django makes it."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = [model for app in apps for model in app["models"]]
        groups = [self._group(request, job, models) for job in JOBS]
        return [group for group in groups if group["models"]]

    def _shown(self, request: HttpRequest, job: str) -> list[Page]:
        pages = [page for page in self.pages if page.job == job and "<" not in page.route]
        return [page for page in pages if page.is_shown(request)]

    def _group(self, request: HttpRequest, job: str, models: list[dict[str, Any]]) -> dict[str, Any]:
        pages = [(model, self.get_model_admin(model["model"])) for model in models]
        mine = sorted(
            (getattr(page, "place", LAST), model["name"], model)
            for model, page in pages
            if getattr(page, "job", SETTINGS) == job
        )
        return {
            "name": JOBS[job],
            "app_label": job,
            "app_url": f"{reverse('admin:index')}#{job}",
            "has_module_perms": True,
            "models": [
                *(
                    {"name": page.title, "admin_url": reverse(f"admin:{page.name}")}
                    for page in self._shown(request, job)
                ),
                *(model for _place, _name, model in mine),
            ],
        }

"""The one place that sees every page staff open, and keeps what they did there: at most one row a request."""

import functools
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, reverse
from django.utils import timezone

from consent.domain.holdings import every_holding
from consent.domain.visits import shorten
from consent.models import ApiKey
from customers.admin.scope import ScopedAdmin
from customers.admin.trail import trail_of
from customers.domain.staff_acts import About, NewAct, keep_act, keep_failed_sign_in, path_to_contact
from customers.models import Contact, StaffAct, StaffMember

Act = StaffAct.Act
# What happens at the desks stands in rows of its own: whom an agent was shown, and who looked whom up.
TOLD_ELSEWHERE: Final = frozenset({"call_next", "call_contact", "call_put_back", "call_correct"})
# Pages about no model on which people appear.
ABOUT_PEOPLE: Final = frozenset({"audience", "what_if", "may_we"})
GIVING_ACCESS: Final = frozenset({StaffMember, ApiKey})
LONGEST_PAGE: Final = 150


@functools.cache
def staff_pages() -> str:
    """Where the pages of staff begin: asked with every request, also of programs."""
    return reverse("admin:index")


class StaffActsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(staff_pages()):
            return self.get_response(request)
        return self.in_one(request) if request.method == "POST" else self.watched(request)

    def in_one(self, request: HttpRequest) -> HttpResponse:
        """What a button changed and that it was pressed: neither stands without the other."""
        with transaction.atomic():
            response = self.watched(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
        return response

    def watched(self, request: HttpRequest) -> HttpResponse:
        before = request.user if request.path == reverse("admin:logout") else None
        leaver = before if isinstance(before, StaffMember) else None
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST and request.resolver_match:
            keep(request, response, request.resolver_match, leaver)
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        match = request.resolver_match
        if match and match.namespace == "admin":
            trail = trail_of(request)
            slug = match.kwargs.get("slug")
            trail.page = f"{match.url_name}/{slug}"[:LONGEST_PAGE] if slug else str(match.url_name)
            trail.network = shorten(client_address=request.META.get("REMOTE_ADDR", ""))


def keep(
    request: HttpRequest, response: HttpResponse, match: ResolverMatch, leaver: StaffMember | None
) -> None:
    trail, name = trail_of(request), str(match.url_name)
    if trail.is_kept or name in TOLD_ELSEWHERE:
        return
    if name == "login" and request.method == "POST" and response.status_code == HTTPStatus.OK:
        new = NewAct(act=Act.SIGN_IN_FAILED, page=name, done_at=timezone.now(), network=trail.network)
        keep_failed_sign_in(username=request.POST.get("username", ""), new=new)
        return
    staff = leaver or request.user
    act = trail.act or act_of(request, response, name)
    if act is None or not isinstance(staff, StaffMember):
        return
    about = about_of(request, match)
    model = about.model if about else None
    new = NewAct(
        act=Act.ACCESS_CHANGED if act == Act.CHANGED and model in GIVING_ACCESS else act,
        page=trail.page,
        done_at=timezone.now(),
        network=trail.network,
        about=about,
        rows=trail.rows if trail.rows is not None else rows_on(response, act),
    )
    keep_act(staff=staff, new=new)


def act_of(request: HttpRequest, response: HttpResponse, name: str) -> StaffAct.Act | None:
    """What a page that was given amounts to; none where nothing about people was seen and nothing changed."""
    if response.get("Content-Disposition", "").startswith("attachment"):
        return Act.EXPORTED
    if request.method == "POST":
        return posted(response, name)
    if request.method != "GET" or response.status_code != HTTPStatus.OK or not shows_people(request, name):
        return None
    searches = name == "autocomplete" or request.GET.get("q")
    return Act.SEARCHED if searches else Act.LOOKED


def shows_people(request: HttpRequest, name: str) -> bool:
    if name in ABOUT_PEOPLE:
        return bool(request.GET)
    model = named(request) if name == "autocomplete" else model_of(name)
    return any(holding.model is model for holding in every_holding())


def posted(response: HttpResponse, name: str) -> StaffAct.Act | None:
    """An answer that leads on did what was asked; one that shows the form again did not."""
    if response.status_code == HTTPStatus.OK:
        return {"may_we": Act.SEARCHED, "logout": Act.SIGNED_OUT}.get(name)
    return {"login": Act.SIGNED_IN, "logout": Act.SIGNED_OUT, "password_change": Act.ACCESS_CHANGED}.get(
        name, Act.CHANGED
    )


def about_of(request: HttpRequest, match: ResolverMatch) -> About | None:
    name = str(match.url_name)
    if name in ABOUT_PEOPLE:
        return asked_about(request.GET.get("contact", ""))
    model = named(request) if name == "autocomplete" else model_of(name)
    page = admin.site.get_model_admin(model) if model else None
    if model is None or not isinstance(page, ScopedAdmin):
        return None
    contact = path_to_contact(model=model, holdings=every_holding())
    return page.about(unquote(str(match.kwargs.get("object_id", match.kwargs.get("id", "")))), contact)


def asked_about(key: str) -> About | None:
    """A link to "May we?" names the contact by key."""
    try:
        contact = str(uuid.UUID(key))
    except ValueError:
        return None
    return About(model=Contact, key=contact, contact="pk", organisation="organisation")


def rows_on(response: HttpResponse, act: StaffAct.Act) -> int | None:
    """How many rows were found or shown: a list is one act, however many stand on it."""
    context = getattr(response, "context_data", None) or {}
    if (listed := context.get("cl")) is not None:
        return int(listed.result_count) if act == Act.SEARCHED else len(listed.result_list)
    rows = context.get("rows", context.get("cards"))
    return len(rows) if isinstance(rows, list) else None


def named(request: HttpRequest) -> type[Model] | None:
    """The model that a field with suggestions asks for."""
    return by_name().get(f"{request.GET.get('app_label')}_{request.GET.get('model_name')}")


def model_of(url_name: str) -> type[Model] | None:
    return by_name().get("_".join(url_name.split("_")[:2]))


@functools.cache
def by_name() -> dict[str, type[Model]]:
    """The models of the admin by how their pages are named."""
    options = [(model._meta, model) for model in admin.site._registry]  # noqa: SLF001  (Django has no other way)
    return {f"{one.app_label}_{one.model_name}": model for one, model in options}

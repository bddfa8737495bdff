import datetime
import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from consent.domain import rate_limits
from consent.domain.rate_limits import Limit
from consent.domain.visits import Visit, describe_visit, name_caller
from customers.models import Language

View = Callable[..., HttpResponse]


def visit_of(request: HttpRequest) -> Visit:
    return describe_visit(
        page=request.build_absolute_uri(request.path),
        client_address=client_address(request),
        user_agent=request.headers.get("User-Agent", ""),
    )


def client_address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def language_of_page() -> str:
    language = (get_language() or "")[:2]
    return language if language in Language.values else Language.NL


def limit_posts(*, action: str, at_most: int, window: datetime.timedelta) -> Callable[[View], View]:
    """Refuse more POSTs from one network address than this, with the time to come back (RFC 9110, 10.2.3)."""
    return _refuse_more(Limit(action=action, at_most=at_most, window=window), {"POST"})


def limit_visits(*, action: str, at_most: int, window: datetime.timedelta) -> Callable[[View], View]:
    """Refuse more visits to a page than this from one network address: for pages read by programs too."""
    return _refuse_more(Limit(action=action, at_most=at_most, window=window), {"GET", "HEAD", "POST"})


def _refuse_more(limit: Limit, methods: set[str]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            who = name_caller(client_address=client_address(request))
            verdict = rate_limits.count(limit=limit, who=who, now=timezone.now())
            if verdict.allowed:
                return view(request, *args, **kwargs)
            return too_many(request, seconds=verdict.retry_after_seconds)

        return limited

    return decorate


def too_many(request: HttpRequest, *, seconds: int) -> HttpResponse:
    context = {"minutes": -(-seconds // 60)}
    page = render(request, "errors/429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    page["Retry-After"] = str(seconds)
    return page


def answer_in_steps(view: View) -> View:
    """Answer a POST at a whole step of time, whatever the work took.

    A known address takes other work than an unknown one; by the clock they must look alike.
    """

    @wraps(view)
    def stepped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        started = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST" and settings.ANSWER_STEP_SECONDS:
            time.sleep((started - time.monotonic()) % settings.ANSWER_STEP_SECONDS)
        return response

    return stepped

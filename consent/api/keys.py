"""Who asks: a program, by the key it shows, within the limit of that key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from consent.api.problems import ProblemError
from consent.domain import api_keys, rate_limits
from consent.domain.api_keys import KeyEndedError, KeyNotAcceptedError
from consent.domain.rate_limits import Limit, Verdict
from consent.models import ApiKey, Scope

WINDOW = timedelta(minutes=1)
# A process takes a hundredth of the limit at once: of two, one may refuse a program that much early, and
# ninety-nine questions in a hundred do not wait for the count.
SHARES = 100


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The program that asks: its key, and what is left to it within the minute, if that is limited."""

    key: ApiKey
    limit: Limit | None = None
    verdict: Verdict | None = None

    def headers(self) -> dict[str, str]:
        """What is left, as the IETF's draft on RateLimit header fields writes it."""
        if self.limit is None or self.verdict is None:
            return {}
        name, seconds = self.limit.action, int(self.limit.window.total_seconds())
        return {
            "RateLimit-Policy": f'"{name}";q={self.limit.at_most};w={seconds}',
            "RateLimit": f'"{name}";r={self.verdict.left};t={self.verdict.retry_after_seconds}',
        }


class ApiKeyBearer(HttpBearer):
    """Lets a program in whose key is valid, may do this, and is within its limit for the minute.

    What can stop contact has no limit: stopping is not refused to anybody.
    """

    def __init__(self, *, scope: Scope, action: str = "", setting: str = "") -> None:
        super().__init__()
        self.scope, self.action, self.setting = scope, action, setting

    def __call__(self, request: HttpRequest) -> Caller:
        scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != self.openapi_scheme or not token:
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": 'Bearer realm="Jawoord"'}
            )
        return self.authenticate(request, token)

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        now = timezone.now()
        caller = self.counted(recognised(token), now) if self.action else Caller(key=recognised(token))
        if self.scope not in caller.key.scopes:
            detail = f"The key lacks the scope {self.scope}."
            raise ProblemError(HTTPStatus.FORBIDDEN, detail, headers=self.scoped())
        api_keys.note_use(key=caller.key, used_at=now)
        return caller

    def counted(self, key: ApiKey, now: datetime) -> Caller:
        at_most: int = getattr(settings, self.setting)
        at_once = max(at_most // SHARES, 1)
        limit = Limit(action=self.action, at_most=at_most, window=WINDOW, at_once=at_once)
        verdict = rate_limits.count(limit=limit, who=str(key.pk), now=now)
        caller = Caller(key=key, limit=limit, verdict=verdict)
        if not verdict.allowed:
            headers = {**caller.headers(), "Retry-After": str(verdict.retry_after_seconds)}
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "The minute is used up.", headers=headers)
        return caller

    def scoped(self) -> dict[str, str]:
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{self.scope}"'}


def recognised(token: str) -> ApiKey:
    """An unknown key and a wrong one look alike; that a key has ended is told to its holder alone."""
    refused = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    try:
        return api_keys.recognise(token=token, now=timezone.now())
    except KeyEndedError as ended:
        detail = f"The key is no longer valid: it is {ended.state.lower()}."
        raise ProblemError(HTTPStatus.UNAUTHORIZED, detail, headers=refused) from None
    except KeyNotAcceptedError:
        raise ProblemError(HTTPStatus.UNAUTHORIZED, headers=refused) from None


def caller_of(request: HttpRequest) -> Caller:
    """Who asks, in an operation that lets only keys in."""
    caller: Any = getattr(request, "auth", None)
    if not isinstance(caller, Caller):
        raise ProblemError(HTTPStatus.UNAUTHORIZED)
    return caller


MAY_ASK = ApiKeyBearer(scope=Scope.ASK, action="questions", setting="API_REQUESTS_PER_MINUTE")
MAY_ASK_MANY = ApiKeyBearer(scope=Scope.ASK, action="batches", setting="API_BATCHES_PER_MINUTE")
MAY_DIAL = ApiKeyBearer(scope=Scope.DIAL, action="calls", setting="API_REQUESTS_PER_MINUTE")
MAY_STOP = ApiKeyBearer(scope=Scope.DIAL)
MAY_TELL = ApiKeyBearer(scope=Scope.TELL, action="behaviour", setting="API_REQUESTS_PER_MINUTE")

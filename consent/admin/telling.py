"""What an announcement does for how many people, in words."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.told_by_law import Forecast, Outcome

IN_WORDS = {
    Outcome.MAILED: _("Get the mail"),
    Outcome.ALREADY_TOLD: _("Were told before"),
    Outcome.NO_ADDRESS: _("Have no e-mail address that can be used"),
    Outcome.BLOCKED: _("Blocked their address"),
    Outcome.RESTRICTED: _("Had the use of their data restricted"),
    Outcome.NOT_ALLOWED: _("May not be reached for another reason"),
}


def outcomes(expected: Forecast) -> list[tuple[StrPromise, int]]:
    counts = expected.counts or {}
    return [(word, counts[outcome]) for outcome, word in IN_WORDS.items() if counts.get(outcome)]

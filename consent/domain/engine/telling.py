"""An answer in words: for the terminal, the pages of staff and whoever never read the law."""

import datetime
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.engine.answering import Answer
from consent.domain.rulebook.codes import Code, Obligation
from consent.domain.rulebook.explanations import explain
from consent.domain.terms import last_moment
from consent.models import Channel

YES: Final[dict[str, StrPromise]] = {
    Channel.EMAIL: _("Yes, %(name)s may send this e-mail."),
    Channel.SMS: _("Yes, %(name)s may send this text message."),
    Channel.MESSAGING: _("Yes, %(name)s may send this message."),
    Channel.CALL: _("Yes, %(name)s may call."),
    Channel.AUTOMATED_CALL: _("Yes, %(name)s may have a computer call."),
    Channel.POST: _("Yes, %(name)s may send this by post."),
    Channel.NONE: _("Yes, %(name)s may use these details for this."),
}
NO: Final[dict[str, StrPromise]] = {
    Channel.EMAIL: _("No, %(name)s may not send this e-mail."),
    Channel.SMS: _("No, %(name)s may not send this text message."),
    Channel.MESSAGING: _("No, %(name)s may not send this message."),
    Channel.CALL: _("No, %(name)s may not call."),
    Channel.AUTOMATED_CALL: _("No, %(name)s may not have a computer call."),
    Channel.POST: _("No, %(name)s may not send this by post."),
    Channel.NONE: _("No, %(name)s may not use these details for this."),
}
EVIDENCE: Final[dict[str, StrPromise]] = {
    "event": _("Event in the ledger"),
    "transaction": _("Transaction"),
    "relation": _("Customer relation"),
    "notice": _("Wording shown"),
    "list": _("Do-not-call-me list"),
    "service test": _("Service test"),
    "balancing test": _("Balancing test"),
    "contact": _("Contact"),
    "contact point": _("Address"),
    "policy": _("House policy"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One code or duty in words: its label, what it means in a sentence, and the article behind it."""

    code: Code | Obligation
    label: str
    sentence: str
    article: str


def tell(*, code: Code | Obligation, language: str) -> Told:
    """Put a code or duty into words in one language."""
    article, label, sentence = explain(code, language)
    return Told(code=code, label=label, sentence=sentence, article=article)


def tell_verdict(*, allowed: bool, channel: str, name: str) -> str:
    """Say yes or no in one sentence, in the language of the moment."""
    sentences = YES if allowed else NO
    return str(sentences[channel]) % {"name": name}


def tell_reasons(*, answer: Answer, language: str) -> list[Told]:
    """Put the codes of an answer into words: the one that decides first, then every other."""
    codes = dict.fromkeys([answer.decision.code, *answer.decision.reasons])
    return [tell(code=code, language=language) for code in codes]


def tell_duties(*, answer: Answer, language: str) -> list[Told]:
    """Say what whoever makes this contact must do; nothing where there may be no contact."""
    duties = answer.decision.obligations if answer.decision.allowed else ()
    return [tell(code=duty, language=language) for duty in duties]


def tell_evidence(*, kind: str) -> str:
    """Name a kind of evidence."""
    return str(EVIDENCE[kind]) if kind in EVIDENCE else kind


def tell_moment(*, moment: datetime.datetime, zone: str) -> str:
    """Write a moment as the clock of a zone shows it."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "DATETIME_FORMAT")


def title_of_until(*, answer: Answer) -> str:
    """Head what `tell_until` says: a yes holds; of a no it is said when it may change."""
    return gettext("Holds until") if answer.decision.allowed else gettext("Until when")


def tell_until(*, answer: Answer, zone: str) -> str:
    """Say until when the answer holds if nothing happens: a term ends with its last day.

    An answer without facts says nothing about tomorrow.
    """
    if answer.decision.code == Code.D_UNAVAILABLE:
        return ""
    if answer.valid_until is None and not answer.decision.allowed:
        return gettext("No end date. Only something that happens, such as a new permission, changes this.")
    if answer.valid_until is None:
        return gettext("No end date. Only something that happens, such as a withdrawal, changes this.")
    return tell_moment(moment=last_moment(ends_at=answer.valid_until), zone=zone)


def tell_number(*, answer: Answer) -> str:
    """Give the number to show with this call; none where there may be no call."""
    return answer.caller_number if answer.decision.allowed else ""


def tell_hours(*, answer: Answer, zone: str) -> str:
    """Say whether the hour permits the call, and otherwise when it does; empty where hours do not matter.

    Beside a no, “a permitted hour” would read as a yes.
    """
    if answer.within_hours is None or not answer.decision.allowed:
        return ""
    if answer.within_hours:
        return gettext("This is a permitted hour for calling.")
    if answer.next_allowed_at is None:
        return gettext("This is no permitted hour for calling.")
    moment = tell_moment(moment=answer.next_allowed_at, zone=zone)
    return gettext("Not at this hour. Calling is permitted again from: %(moment)s") % {"moment": moment}

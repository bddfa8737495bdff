"""What the record of processing says about one purpose: sentences from rows, none of them a decision."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.processing.facts import Ground, Processing, Use, transfers_of
from consent.domain.retention.terms import Kind, Terms
from consent.models import (
    BalancingTest,
    Channel,
    CollectionPoint,
    DataKind,
    ImpactAssessment,
    Processor,
)
from customers.domain.countries import name_country
from customers.models import RelationKind

GROUNDS: Final[Mapping[Ground, StrPromise]] = {
    Ground.CONSENT: _("Permission (art. 6(1)(a))"),
    Ground.CONTRACT: _("What was agreed (art. 6(1)(b))"),
    Ground.INTEREST: _("Legitimate interest (art. 6(1)(f))"),
}
PEOPLE: Final[Mapping[str, StrPromise]] = {
    RelationKind.SALE: _("Customers"),
    RelationKind.DONATION: _("Donors"),
    RelationKind.VOLUNTEER: _("Volunteers"),
    RelationKind.ATTENDANCE: _("Visitors of gatherings"),
    RelationKind.SYMPATHY: _("Sympathisers"),
}
CALLS: Final = frozenset({Channel.CALL.value, Channel.AUTOMATED_CALL.value})
WRITTEN: Final = frozenset({Channel.EMAIL.value, Channel.SMS.value, Channel.MESSAGING.value})


def say_grounds(*, use: Use) -> Iterator[str]:
    """Name the grounds of a purpose with their articles."""
    yield from (str(GROUNDS[ground]) for ground in use.grounds)


def say_people(*, use: Use, points: list[CollectionPoint], sales: list[CollectionPoint]) -> Iterator[str]:
    """Name whose data a purpose uses (art. 30(1)(c) GDPR)."""
    if Ground.CONSENT in use.grounds:
        yield gettext("People who gave permission, or are asked for it")
    if set(use.grounds) & {Ground.CONTRACT, Ground.INTEREST}:
        kinds = [point.transaction_kind for point in sales if point.transaction_kind]
        yield from (str(PEOPLE[kind]) for kind in kinds)
        if not kinds:
            yield gettext("Customers and other relations")
    if any(point.place == CollectionPoint.Place.LIST_PURCHASE for point in points):
        yield gettext("People on lists that were bought")


def say_data(*, use: Use, points: list[CollectionPoint]) -> Iterator[str]:
    """Name which data a purpose uses (art. 30(1)(c) GDPR)."""
    for point in points:
        yield from (field.get_name_display() for field in point.fields.all())
    if Ground.CONSENT in use.grounds:
        yield gettext("Permissions, and the proof of them (wording, moment, network address)")
    if set(use.grounds) & {Ground.CONTRACT, Ground.INTEREST}:
        yield gettext("What was agreed, and when")
    if CALLS & {*use.purpose.channels}:
        yield gettext("Calls: when, by whom, what came of it")
    if WRITTEN & {*use.purpose.channels}:
        yield gettext("Messages that were sent")
    if Channel.NONE in use.purpose.channels:
        yield gettext("Profiles")


def say_point(*, point: CollectionPoint) -> str:
    """Say where data is asked, and why each detail is needed (art. 5(1)(c) GDPR)."""
    fields = [
        f"{field.get_name_display()}: {field.need}" if field.need else str(field.get_name_display())
        for field in point.fields.all()
    ]
    place = f"{point.code} ({point.get_place_display()})"
    return f"{place}: {'; '.join(fields)}" if fields else place


def say_recipient(*, recipient: Processor) -> str:
    """Say who receives which data, what for and on which agreement (art. 30(1)(d) GDPR)."""
    data = ", ".join(str(DataKind(kind).label) for kind in recipient.data)
    said = f"{recipient.name}: {recipient.service} ({data})"
    engaged = ", ".join(one.name for one in recipient.sub_processors.all())
    if not engaged:
        return said
    return gettext("%(recipient)s, with %(engaged)s") % {"recipient": said, "engaged": engaged}


def say_transfers(*, recipient: Processor) -> Iterator[str]:
    """Say to which countries data goes, and on what ground (art. 30(1)(e) GDPR)."""
    for country, ground in transfers_of(recipient):
        yield f"{recipient.name}: {name_country(code=country)} · {ground.label}"


def say_terms(*, use: Use, processing: Processing, terms: Terms) -> Iterator[str]:
    """Say when data goes: the term of the permission or relation, and of what is kept after it."""
    purpose = use.purpose
    if Ground.CONSENT in use.grounds:
        yield _permission_term(purpose.term_months)
    if set(use.grounds) & {Ground.CONTRACT, Ground.INTEREST}:
        for months in sorted(processing.relation_months):
            yield gettext("%(months)s months after what was last agreed") % {"months": months}
    proof = terms.of_purpose.get(purpose.pk, terms.of(Kind.PROOF))
    yield gettext("The proof: %(days)s after the permission ended") % {"days": in_days(days=proof.days)}
    if WRITTEN & {*purpose.channels}:
        yield gettext("Messages: %(days)s") % {"days": in_days(days=terms.of(Kind.MAILS).days)}
    if CALLS & {*purpose.channels}:
        yield gettext("Calls: %(days)s") % {"days": in_days(days=terms.of(Kind.ATTEMPTS).days)}


def say_test(*, test: BalancingTest) -> str:
    """Name a balancing test by its channel and days."""
    return f"{test.get_channel_display()} · {date_format(test.concluded_at, 'j F Y')}"


def say_assessment(*, assessment: ImpactAssessment) -> str:
    """Name an impact assessment with what came of it."""
    day = date_format(assessment.concluded_date, "j F Y")
    return (
        f"{assessment.title}: {assessment.get_conclusion_display()} ({day}, {assessment.document_reference})"
    )


def in_days(*, days: int) -> str:
    """Write a number of days."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _permission_term(months: int | None) -> str:
    if months is None:
        return gettext("Until the permission is withdrawn")
    return gettext("%(months)s months after the permission was given, or until it is withdrawn") % {
        "months": months
    }
